//! Passwords, keys and tokens.

use crate::cursor::Cursor;

const PRIVATE_KEY: &str = "a private key";
const TOKEN: &str = "an access key or token";
const PASSWORD: &str = "a password";

/// Words that are followed by a password.
const PASSWORD_WORDS: [&str; 5] = ["password", "passwort", "passwd", "passphrase", "pwd"];
/// Words that are followed by a key or token.
const KEY_WORDS: [&str; 8] = ["secret", "token", "apikey", "accesskey", "secretkey", "accountkey", "privatekey", "key"];
/// What stands behind `password:` where no password is given.
const NO_PASSWORDS: [&str; 28] = [
    "null",
    "none",
    "true",
    "false",
    "required",
    "reset",
    "expired",
    "changed",
    "unknown",
    "protected",
    "redacted",
    "hidden",
    "removed",
    "masked",
    "encrypted",
    "forgotten",
    "forgot",
    "policy",
    "please",
    "must",
    "should",
    "will",
    "cannot",
    "your",
    "this",
    "that",
    "same",
    "sent",
];
/// How much of a value is looked at, in bytes.
const VALUE: usize = 64;

/// Finds secrets in one text, from its beginning to its end.
#[derive(Default)]
pub(crate) struct Secrets {
    /// Up to where it is known that no JSON web token begins; without it, a text of `eyJ-eyJ-…`
    /// would be read again from each of them.
    no_jwt_before: usize,
}

impl Secrets {
    /// What the secret that begins here is, and where it ends, if there is one.
    pub(crate) fn find(&mut self, cursor: &Cursor) -> Option<(&'static str, usize)> {
        let rest = cursor.rest();
        match rest {
            [b'B', b'E', b'G', b'I', b'N', b' ', ..] if private_key(cursor) => return Some((PRIVATE_KEY, cursor.end)),
            [b'e', b'y', b'J', ..] if self.jwt(cursor) => return Some((TOKEN, cursor.end)),
            _ => {}
        }
        if let Some((prefix, least)) = known_prefix(rest) {
            let tail = rest.get(prefix..).unwrap_or_default();
            let length = tail.iter().take(least).take_while(|byte| token_byte(**byte)).count();
            if length == least {
                return Some((TOKEN, cursor.start + prefix + least));
            }
        }
        assignment(cursor)
    }

    /// Whether a JSON web token begins here: two parts in base64url, both of JSON objects.
    fn jwt(&mut self, cursor: &Cursor) -> bool {
        if cursor.start < self.no_jwt_before {
            return false;
        }
        let rest = cursor.rest();
        let head = rest.iter().position(|byte| !token_byte(*byte)).unwrap_or(rest.len());
        self.no_jwt_before = cursor.start + head;
        head >= 10 && rest.get(head..).is_some_and(|body| body.starts_with(b".eyJ"))
    }
}

/// Whether `BEGIN` opens a private key of any format.
fn private_key(cursor: &Cursor) -> bool {
    let title = cursor.rest().get(..VALUE).unwrap_or(cursor.rest());
    cursor.before().ends_with(b"-----") && title.windows(11).any(|window| window == b"PRIVATE KEY")
}

fn token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The length of a prefix that a vendor gives to its tokens, and how many characters follow at least.
#[expect(clippy::match_same_arms, reason = "one arm for each vendor")]
fn known_prefix(rest: &[u8]) -> Option<(usize, usize)> {
    Some(match rest {
        // Amazon: an access key, or a temporary one.
        [b'A', b'K' | b'S', b'I', b'A', tail @ ..] => {
            let capitals = tail.iter().take(16).all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            let ends = !tail.get(16).is_some_and(|byte| token_byte(*byte));
            return (capitals && ends).then_some((4, 16));
        }
        // Google.
        [b'A', b'I', b'z', b'a', ..] => (4, 35),
        [b'y', b'a', b'2', b'9', b'.', ..] => (5, 20),
        // GitHub, GitLab.
        [b'g', b'h', b'p' | b'o' | b'u' | b's' | b'r', b'_', ..] => (4, 36),
        [b'g', b'i', b't', b'h', b'u', b'b', b'_', b'p', b'a', b't', b'_', ..] => (11, 22),
        [b'g', b'l', b'p', b'a', b't', b'-', ..] => (6, 20),
        // Slack.
        [b'x', b'o', b'x', b'a' | b'b' | b'e' | b'p' | b'r' | b's', b'-', ..] => (5, 10),
        [b'x', b'a', b'p', b'p', b'-', ..] => (5, 10),
        // Stripe.
        [b's' | b'r', b'k', b'_', b'l', b'i', b'v', b'e', b'_', ..] => (8, 16),
        [b's' | b'r', b'k', b'_', b't', b'e', b's', b't', b'_', ..] => (8, 16),
        [b'w', b'h', b's', b'e', b'c', b'_', ..] => (6, 24),
        // Model vendors.
        [b's', b'k', b'-', b'a', b'n', b't', b'-', ..] => (7, 20),
        [b's', b'k', b'-', b'p', b'r', b'o', b'j', b'-', ..] => (8, 20),
        [b's', b'k', b'-', tail @ ..] => {
            let plain = tail.iter().take(32).all(u8::is_ascii_alphanumeric);
            return plain.then_some((3, 32));
        }
        [b'h', b'f', b'_', ..] => (3, 30),
        // SendGrid, npm, PyPI, DigitalOcean, Shopify, HubSpot.
        [b'S', b'G', b'.', ..] => (3, 20),
        [b'n', b'p', b'm', b'_', ..] => (4, 36),
        [b'p', b'y', b'p', b'i', b'-', b'A', b'g', b'E', ..] => (8, 30),
        [b'd', b'o', b'p', b'_', b'v', b'1', b'_', ..] => (7, 40),
        [b's', b'h', b'p', b'a' | b's' | b'c', b't', b'_', ..] => (6, 32),
        [b'p', b'a', b't', b'-', b'n' | b'e', b'a' | b'u', b'1' | b'2', b'-', ..] => (8, 30),
        _ => return None,
    })
}

/// A word such as `password`, a colon or equals sign, and a value.
fn assignment(cursor: &Cursor) -> Option<(&'static str, usize)> {
    let rest = skip(cursor.after(), 2, |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\'));
    let [b':' | b'=', rest @ ..] = skip(rest, 3, |byte| matches!(byte, b' ' | b'\t')) else { return None };
    let ends = |words: &[&'static str]| {
        let run = cursor.run();
        words.iter().copied().find(|word| {
            let tail = run.len().checked_sub(word.len()).and_then(|at| run.get(at..));
            tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word.as_bytes()))
        })
    };
    let value = skip(rest, 1, |byte| matches!(byte, b'>' | b'='));
    let value = skip(value, 4, |byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'`' | b'\\'));
    if ends(&PASSWORD_WORDS).is_some() && is_password(value) {
        return Some((PASSWORD, cursor.end));
    }
    match ends(&KEY_WORDS)? {
        // `key` alone is the key of a table; with one of these words before it, it opens something.
        "key" if !["api", "access", "secret", "account", "private"].iter().any(|word| follows(cursor, word)) => None,
        _ => is_key(value).then_some((TOKEN, cursor.end)),
    }
}

/// Whether a word stands right before the run, one character between.
fn follows(cursor: &Cursor, word: &str) -> bool {
    let before = cursor.before();
    let before = before.split_last().map_or(before, |(_, before)| before);
    let tail = before.len().checked_sub(word.len()).and_then(|at| before.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word.as_bytes()))
}

/// The text without up to `most` of these bytes at its beginning.
fn skip(text: &[u8], most: usize, which: impl Fn(u8) -> bool) -> &[u8] {
    let count = text.iter().take(most).take_while(|byte| which(**byte)).count();
    text.get(count..).unwrap_or_default()
}

/// Whether a value that is at least four characters long begins here, and is no stand-in for one.
fn is_password(text: &[u8]) -> bool {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b',' | b';' | b'\\');
    let length = text.iter().take(VALUE).position(ends).unwrap_or(text.len().min(VALUE));
    let value = text.get(..length).unwrap_or_default();
    let word = value.strip_suffix(b".").unwrap_or(value);
    let stand_in = NO_PASSWORDS.iter().any(|word_| word.eq_ignore_ascii_case(word_.as_bytes()))
        || value.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
        || value.first().is_some_and(|first| matches!(first, b'<' | b'[' | b'{' | b'$' | b'%' | b'('))
        // Bullets.
        || value.starts_with("•".as_bytes())
        || value.starts_with("●".as_bytes());
    length >= 4 && !stand_in
}

/// Whether at least 16 characters that look random begin here.
fn is_key(text: &[u8]) -> bool {
    let key = |byte: &u8| token_byte(*byte) || matches!(byte, b'+' | b'/' | b'=' | b'.' | b'~');
    let length = text.iter().take(VALUE).position(|byte| !key(byte)).unwrap_or(text.len().min(VALUE));
    let value = text.get(..length).unwrap_or_default();
    length >= 16 && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
}

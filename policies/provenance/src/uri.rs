//! Reads the URIs of sources, strictly: what programs read in different ways is not read at all, so
//! that a denied host cannot hide behind a spelling.

use countersign_guest::url::Authority;

/// The longest URI that is read, in bytes.
const LONGEST: usize = 2048;

/// A URI in its parts.
pub struct Uri {
    /// The scheme in lower case: `https`, `crm-note`.
    pub scheme: String,
    /// The host in lower case, if it has one.
    pub host: Option<String>,
}

impl Uri {
    /// Reads a URI; nothing if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let strange = |c: char| c.is_ascii_control() || c.is_whitespace() || c == '\\';
        if text.len() > LONGEST || text.contains(strange) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        let of_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(of_scheme) || rest.is_empty() {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let host = match rest.strip_prefix("//") {
            Some(rest) => host(rest)?,
            None => None,
        };
        // Browsers find a host in `https:example.com` and `https:///example.com`.
        if host.is_none() && matches!(scheme.as_str(), "http" | "https") {
            return None;
        }
        Some(Self { scheme, host })
    }
}

/// The host after `//`: nothing if it is malformed, `Some(None)` if it is empty.
#[expect(clippy::option_option, reason = "malformed and absent are different answers, used once")]
fn host(rest: &str) -> Option<Option<String>> {
    let Authority { host, .. } = Authority::read(rest)?;
    if host.is_empty() {
        // A path follows at once; a user or a port without a host is malformed.
        return rest.starts_with(['/', '?', '#']).then_some(None);
    }
    host_name(host).map(Some)
}

/// A host as it is compared: in lower case, without a final dot. Nothing if it is no host: names in
/// other scripts and `%`-escapes are refused, since programs disagree on what they mean.
pub fn host_name(text: &str) -> Option<String> {
    let host = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    let labels = !host.is_empty() && !host.split('.').any(str::is_empty);
    (labels && host.len() <= 253 && host.chars().all(allowed)).then_some(host)
}

/// Whether a host is one of these, or a subdomain of one.
pub fn is_within(host: &str, hosts: &[String]) -> bool {
    hosts
        .iter()
        .any(|named| host.strip_suffix(named.as_str()).is_some_and(|left| left.is_empty() || left.ends_with('.')))
}

/// Whether a URI names these parts one after the other: `hubspot:contact/101` and
/// `https://app.hubspot.com/contacts/7/record/0-1/101` both name `hubspot`, `contact`, `101`.
pub fn names(uri: &str, parts: &[&str]) -> bool {
    let mut wanted = parts.iter().flat_map(|part| words(part)).peekable();
    if wanted.peek().is_none() {
        return false;
    }
    for word in words(uri) {
        if wanted.peek().is_some_and(|wanted| same_word(word, wanted)) {
            wanted.next();
        }
    }
    wanted.peek().is_none()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([':', '/', '?', '#', '&', '=', '.', ';', ',', '@']).filter(|word| !word.is_empty())
}

/// Whether a word is the one that is wanted, or its plural.
fn same_word(word: &str, wanted: &str) -> bool {
    let singular = word.strip_suffix(['s', 'S']).unwrap_or(word);
    word.eq_ignore_ascii_case(wanted) || singular.eq_ignore_ascii_case(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_of(text: &str) -> Option<String> {
        Uri::parse(text).and_then(|uri| uri.host)
    }

    #[test]
    fn finds_the_host() {
        for (uri, host) in [
            ("https://Example.COM/about", "example.com"),
            ("https://example.com.", "example.com"),
            ("https://good.example@evil.example:8080/?x", "evil.example"),
            ("ftp://[2001:db8::1]:21/a", "2001:db8::1"),
        ] {
            assert_eq!(host_of(uri).as_deref(), Some(host), "{uri}");
        }
    }

    #[test]
    fn a_name_needs_no_host() {
        for uri in ["crm-note:4711", "febrl:rec-0", "urn:isbn:1", "file:///a/b"] {
            assert!(Uri::parse(uri).is_some_and(|uri| uri.host.is_none()), "{uri}");
        }
    }

    #[test]
    fn what_programs_read_in_different_ways_is_not_read() {
        for uri in [
            "",
            ":",
            "https:",
            "nonsense",
            "1a:b",
            "https:example.com",
            "https:///example.com",
            "https://",
            "https://good.example\\@evil.example",
            "https://ev%69l.example",
            "https://evil。example/",
            "https://a b/",
            "https://a\u{a0}b/",
            "https://a..b/",
            "https://a:b/",
            "https://[::1/",
            "https://[::1]x/",
        ] {
            assert!(Uri::parse(uri).is_none(), "{uri}");
        }
        assert!(Uri::parse(&format!("a:{}", "b".repeat(3000))).is_none());
    }

    #[test]
    fn a_host_covers_its_subdomains_only() {
        let hosts = ["example.com".to_owned()];
        assert!(is_within("example.com", &hosts) && is_within("www.example.com", &hosts));
        assert!(!is_within("badexample.com", &hosts) && !is_within("example.com.evil.test", &hosts));
    }

    #[test]
    fn recognises_the_record() {
        let record = ["hubspot", "contact", "101"];
        assert!(names("https://app.hubspot.com/contacts/7/record/0-1/101", &record));
        assert!(!names("https://app.hubspot.com/contacts/7/record/0-1/102", &record));
        assert!(!names("febrl:rec-0", &["sandbox", "contact", "rec-0"]));
        assert!(!names("a:b", &[]));
    }
}

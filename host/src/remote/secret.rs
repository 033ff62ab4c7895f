//! The token that a service is asked with.

use std::fmt;

use ureq::http::HeaderValue;

/// The longest token that is sent, in bytes: well above those that this program makes.
const LONGEST: usize = 1 << 10;

/// The token that a service is asked with. It shows in no error and in no log.
#[derive(Clone)]
pub(crate) struct Secret(String);

/// A text that is no token. It is not repeated: it may be one all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it holds no token: a token is one line of letters, digits and signs, as `countersign token create` prints it")]
pub(crate) struct NotASecret;

impl Secret {
    /// Reads a token; blanks and line breaks around it are no part of it.
    pub(crate) fn read(text: &str) -> Result<Self, NotASecret> {
        let text = text.trim();
        let plain = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain { Ok(Self(text.to_owned())) } else { Err(NotASecret) }
    }

    /// As it is sent.
    pub(super) fn header(&self) -> Result<HeaderValue, NotASecret> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0)).map_err(|_| NotASecret)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// A text of others without the token, should it stand there.
    pub(super) fn out_of(&self, text: &str) -> String {
        text.replace(&self.0, "…")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shows_only_where_it_is_sent() {
        let secret = Secret::read("cs_abc-123\r\n").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let header = secret.header().unwrap();
        assert_eq!(header, "Bearer cs_abc-123");
        assert_eq!(format!("{header:?}"), "Sensitive");
        assert_eq!(secret.out_of("who is cs_abc-123?"), "who is …?");
        for wrong in ["", " \n", "a b", "a\nb", "ü", "a\u{0}", &"x".repeat(2_000)] {
            assert_eq!(Secret::read(wrong).err(), Some(NotASecret), "{wrong:?}");
        }
    }
}

//! How people name a proposal.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::model::Digest;

/// A proposal by its number, by its set's digest (or the beginning of it, eight digits at least), or the newest one of a set's
/// name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The event that proposed it.
    Number(u64),
    /// The event that proposed it, if it proposed the set of this digest.
    Exact(u64, Digest),
    /// Hexadecimal digits that the digest begins with.
    Digest(String),
    /// The set's name.
    Name(String),
}

/// The fewest digits of a digest that name it.
const SHORTEST: usize = 8;

impl FromStr for Reference {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        if let Ok(number) = text.parse() {
            return Ok(Self::Number(number));
        }
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        let is_digest =
            (SHORTEST..=64).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        Ok(if is_digest { Self::Digest(digits.to_lowercase()) } else { Self::Name(text.to_owned()) })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) | Self::Exact(number, _) => write!(f, "{number}"),
            Self::Digest(digits) => write!(f, "sha256:{digits}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_digests_and_names_are_told_apart() {
        let read = |text: &str| text.parse::<Reference>().unwrap();
        assert_eq!(read("17"), Reference::Number(17));
        assert_eq!(read("sha256:ABCDEF0123"), Reference::Digest("abcdef0123".into()));
        assert_eq!(read("deadbeef"), Reference::Digest("deadbeef".into()));
        for name in ["crm-default", "dead", "sha256:xyz", ""] {
            assert_eq!(read(name), Reference::Name(name.into()));
        }
    }
}

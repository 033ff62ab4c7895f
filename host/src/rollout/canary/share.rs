//! Shares in ten-thousandths, as people write them.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::BUCKETS;

/// A share of all, in ten-thousandths: 500 is written `5%`, 25 is written `0.25%`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = r"^[0-9]{1,3}(\.[0-9]{1,2})?%$"))]
pub struct Share(pub u16);

/// A text that is no share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no share; write one such as `5%` or `0.25%`, from 0% to 100%, with at most two decimals")]
pub struct ShareError(String);

impl Share {
    /// All.
    pub const ALL: Self = Self(BUCKETS);

    /// As a number from 0 to 1.
    #[must_use]
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / f64::from(BUCKETS)
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let wrong = || ShareError(text.to_owned());
        let number = text.strip_suffix('%').ok_or_else(wrong)?;
        let (whole, part) = number.split_once('.').map_or((number, "0"), |(whole, part)| (whole, part));
        let digits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, 3) || !digits(part, 2) {
            return Err(wrong());
        }
        let read = |text: &str| text.parse::<u16>().map_err(|_| wrong());
        let hundredths = if part.len() == 1 { read(part)? * 10 } else { read(part)? };
        let share = read(whole)? * 100 + hundredths;
        if share > BUCKETS { Err(wrong()) } else { Ok(Self(share)) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match (part, part % 10) {
            (0, _) => write!(f, "{whole}%"),
            (_, 0) => write!(f, "{whole}.{}%", part / 10),
            _ => write!(f, "{whole}.{part:02}%"),
        }
    }
}

impl TryFrom<String> for Share {
    type Error = ShareError;

    fn try_from(text: String) -> Result<Self, ShareError> {
        text.parse()
    }
}

impl From<Share> for String {
    fn from(share: Share) -> Self {
        share.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_they_are_written() {
        for (text, share) in
            [("5%", 500), ("0.25%", 25), ("12.5%", 1250), ("100%", 10_000), ("0%", 0), ("0.05%", 5), ("99.99%", 9_999)]
        {
            assert_eq!(text.parse(), Ok(Share(share)), "{text}");
            assert_eq!(Share(share).to_string(), text);
            assert_eq!(serde_json::to_string(&Share(share)).unwrap(), format!("\"{text}\""));
            assert!((Share(share).fraction() - f64::from(share) * 1e-4).abs() < 1e-12);
        }
        for wrong in ["", "5", "%", "5.%", ".5%", "101%", "100.01%", "1.234%", "-1%", "+1%", "5 %", "1e2%", "999999%"] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
    }
}

//! Which share of the decisions is drawn.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A share in millionths, above nothing and up to all: exact, so that everybody rounds alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schemars(with = "u32")]
pub struct Share(u32);

/// All of it.
const WHOLE: u32 = 1_000_000;

/// Why a text or a number is no share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAShare {
    /// It is no number, or finer than a share can be.
    #[error("write a share in percent with at most four decimals, such as 1% or 0.25%")]
    Form,
    /// It is a number, but nothing or more than all.
    #[error("a rate of {0} draws nothing, or more than there is: choose one above 0 % and up to 100 %")]
    Range(String),
}

impl Share {
    /// The share in millionths.
    #[must_use]
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// How many of so many are drawn: the share rounded up, so at least one of any.
    #[must_use]
    pub fn of(self, members: u64) -> u64 {
        let exact = (u128::from(members) * u128::from(self.0)).div_ceil(u128::from(WHOLE));
        u64::try_from(exact).unwrap_or(members)
    }
}

impl TryFrom<u32> for Share {
    type Error = NotAShare;

    fn try_from(ppm: u32) -> Result<Self, NotAShare> {
        if (1..=WHOLE).contains(&ppm) { Ok(Self(ppm)) } else { Err(NotAShare::Range(format!("{ppm} millionths"))) }
    }
}

impl From<Share> for u32 {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl FromStr for Share {
    type Err = NotAShare;

    /// Reads percent, with or without the sign.
    fn from_str(text: &str) -> Result<Self, NotAShare> {
        let number = text.trim().trim_end_matches('%').trim_end();
        let out = || NotAShare::Range(text.trim().to_owned());
        let (negative, digits) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(decimals) || decimals.len() > 4 {
            return Err(NotAShare::Form);
        }
        let ppm: u32 = format!("{whole}{decimals:0<4}").parse().map_err(|_| out())?;
        if negative { Err(out()) } else { Self::try_from(ppm).map_err(|_| out()) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = format!("{}.{:04}", self.0 / 10_000, self.0 % 10_000);
        write!(f, "{}%", percent.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact() {
        for (text, ppm, shown) in [
            ("1%", 10_000, "1%"),
            ("100", WHOLE, "100%"),
            ("0.0001 %", 1, "0.0001%"),
            ("33.33%", 333_300, "33.33%"),
            ("10.0%", 100_000, "10%"),
        ] {
            let share: Share = text.parse().unwrap();
            assert_eq!((share.ppm(), share.to_string().as_str()), (ppm, shown));
        }
    }

    #[test]
    fn what_is_drawn_is_rounded_up() {
        let share: Share = "1%".parse().unwrap();
        assert_eq!([0, 1, 99, 100, 101, 200, 201].map(|members| share.of(members)), [0, 1, 1, 1, 2, 2, 3]);
        assert_eq!("100%".parse::<Share>().unwrap().of(u64::MAX), u64::MAX);
        // In floating point, 0.07 of 100 is more than 7.
        assert_eq!("7%".parse::<Share>().unwrap().of(100), 7);
    }

    #[test]
    fn other_shares_are_told_from_other_texts() {
        for text in ["0", "0%", "-1%", "100.0001%", "4294968%", "99999999999%"] {
            assert!(matches!(text.parse::<Share>(), Err(NotAShare::Range(_))), "{text}");
        }
        for text in ["", "%", "one", "1e1", "0.00001", "1..2", ".5", "NaN", "+1"] {
            assert_eq!(text.parse::<Share>(), Err(NotAShare::Form), "{text}");
        }
    }
}

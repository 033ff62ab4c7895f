//! Which share of the answers on record is computed again all the same.

use std::fmt;
use std::str::FromStr;

/// A share in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recheck(pub u32);

impl Default for Recheck {
    /// One percent.
    fn default() -> Self {
        Self(10_000)
    }
}

/// A text that names no such share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a share from 0 to 100 percent, such as 1%")]
pub struct NoShare;

impl FromStr for Recheck {
    type Err = NoShare;

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    fn from_str(text: &str) -> Result<Self, NoShare> {
        let percent: f64 = text.trim_end_matches('%').trim().parse().map_err(|_| NoShare)?;
        if (0.0..=100.0).contains(&percent) { Ok(Self((percent * 10_000.0).round() as u32)) } else { Err(NoShare) }
    }
}

impl fmt::Display for Recheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = format!("{}.{:04}", self.0 / 10_000, self.0 % 10_000);
        write!(f, "{}%", percent.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percent() {
        for (text, ppm) in [("1%", 10_000), ("0", 0), ("100 %", 1_000_000), ("0.5%", 5_000)] {
            assert_eq!(text.parse(), Ok(Recheck(ppm)), "{text}");
        }
        for (ppm, text) in [(10_000, "1%"), (0, "0%"), (1_000_000, "100%"), (5_000, "0.5%"), (123_457, "12.3457%")] {
            assert_eq!(Recheck(ppm).to_string(), text);
            assert_eq!(text.parse(), Ok(Recheck(ppm)), "it reads what it writes");
        }
        assert_eq!("1%".parse(), Ok(Recheck::default()));
        for wrong in ["", "-1%", "101%", "NaN", "one"] {
            assert_eq!(wrong.parse::<Recheck>(), Err(NoShare), "{wrong}");
        }
    }
}

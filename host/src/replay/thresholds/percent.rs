//! A share of what is neither nothing nor all.

use std::str::FromStr;

/// A share above 0 and below 1, as people write it: `1%`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percent(f64);

/// A text that names no such share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a share above 0 and below 100 percent, such as 1%")]
pub struct NoPercent;

impl Percent {
    /// The share of a history that is held back, if nobody says another one.
    pub const HELD_BACK: Self = Self(0.3);

    /// The share, from 0 to 1.
    #[must_use]
    pub const fn share(self) -> f64 {
        self.0
    }

    /// The share in millionths.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the share is between 0 and 1")]
    pub fn ppm(self) -> u32 {
        (self.0 * 1e6) as u32
    }
}

impl FromStr for Percent {
    type Err = NoPercent;

    fn from_str(text: &str) -> Result<Self, NoPercent> {
        let percent: f64 = text.trim_end_matches('%').trim().parse().map_err(|_| NoPercent)?;
        if percent > 0.0 && percent < 100.0 { Ok(Self(percent / 100.0)) } else { Err(NoPercent) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percent() {
        assert_eq!("30%".parse(), Ok(Percent::HELD_BACK));
        assert_eq!("0.5 %".parse::<Percent>().unwrap().ppm(), 5_000);
        for wrong in ["", "0", "0%", "100%", "-1%", "NaN", "inf", "one"] {
            assert_eq!(wrong.parse::<Percent>(), Err(NoPercent), "{wrong}");
        }
    }
}

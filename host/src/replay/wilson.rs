//! Rates with their uncertainty.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The quantile of the normal distribution for intervals that hold the true rate 95 times in 100.
pub const Z_TWO_SIDED_95: f64 = 1.959_963_984_540_054;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
}

/// A rate, and the interval that it lies in with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    /// The rate, from 0 to 1.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
}

impl Rate {
    /// The rate with its Wilson score interval (E. B. Wilson, 1927) at 95 %; none of nothing.
    #[must_use]
    pub fn estimate(self) -> Option<Estimate> {
        let (low, high) = self.interval(Z_TWO_SIDED_95)?;
        Some(Estimate { value: self.value()?, low, high })
    }

    /// The rate; none of nothing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.count as f64 / self.of as f64)
    }

    /// The Wilson score interval for a quantile of the normal distribution; none of nothing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub fn interval(self, z: f64) -> Option<(f64, f64)> {
        let (rate, n) = (self.value()?, self.of as f64);
        let z2 = z * z;
        let centre = rate + z2 / (2.0 * n);
        let spread = z * (rate * (1.0 - rate) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        // At the ends the formula is exact, but its arithmetic is not.
        let low = if self.count == 0 { 0.0 } else { (centre - spread) / scale };
        let high = if self.count == self.of { 1.0 } else { (centre + spread) / scale };
        Some((low.max(0.0), high.min(1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_wilsons() {
        // Worked examples: Newcombe (1998), Two-sided confidence intervals for the single proportion, table I.
        for (count, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let estimate = Rate { count, of }.estimate().unwrap();
            assert!((estimate.low - low).abs() < 5e-5 && (estimate.high - high).abs() < 5e-5, "{estimate:?}");
        }
    }

    #[test]
    fn nothing_has_no_rate() {
        assert_eq!(Rate { count: 0, of: 0 }.estimate(), None);
    }
}

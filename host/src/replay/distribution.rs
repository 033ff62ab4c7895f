//! How fuel is distributed, in bounded memory and whatever the order of the calls.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Classes of width 1/16 of a power of two: a quantile is at most 1/16 too high.
const PRECISION: u32 = 4;

/// A distribution of whole numbers: exact count, sum and maximum, and a histogram.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// How many numbers.
    pub count: u64,
    /// Their sum.
    pub sum: u64,
    /// The largest; 0 if there is none.
    pub max: u64,
    /// How many numbers are in each class, by the largest number of the class.
    pub classes: BTreeMap<u64, u64>,
}

impl Distribution {
    /// Counts one number.
    pub fn count(&mut self, number: u64) {
        self.count += 1;
        self.sum = self.sum.saturating_add(number);
        self.max = self.max.max(number);
        *self.classes.entry(upper(number)).or_default() += 1;
    }

    /// Adds another distribution.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.max = self.max.max(other.max);
        for (class, count) in &other.classes {
            *self.classes.entry(*class).or_default() += count;
        }
    }

    /// The mean; none of nothing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a mean need not be exact to the last digit")]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// The number that a share of all numbers, in percent, is not above: the upper end of its class, and never above
    /// the maximum.
    #[must_use]
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = (u128::from(self.count) * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        let class = self.classes.iter().find(|(_, count)| {
            seen += u128::from(**count);
            seen >= rank
        });
        class.map(|(class, _)| (*class).min(self.max))
    }
}

/// The largest number of the class that a number is in.
fn upper(number: u64) -> u64 {
    let shift = number.checked_ilog2().unwrap_or_default().saturating_sub(PRECISION);
    number | ((1_u64 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(numbers: &[u64]) -> Distribution {
        let mut all = Distribution::default();
        for number in numbers {
            all.count(*number);
        }
        all
    }

    proptest! {
        #[test]
        fn quantiles_are_close_and_parts_add_up(
            mut numbers in proptest::collection::vec(0_u64..1_000_000_000, 1..200),
            at in 0_usize..200,
        ) {
            let mut parts = of(&numbers[..at.min(numbers.len())]);
            parts.add(&of(&numbers[at.min(numbers.len())..]));
            let all = of(&numbers);
            prop_assert_eq!(&parts, &all);
            numbers.sort_unstable();
            for percent in [1, 50, 99, 100] {
                let exact = numbers[(numbers.len() * percent).div_ceil(100).max(1) - 1];
                let found = all.percentile(percent as u64).unwrap();
                prop_assert!(found >= exact && found <= exact + exact / 16, "{found} for {exact}");
            }
        }
    }

    #[test]
    fn nothing_has_no_quantile() {
        assert_eq!((Distribution::default().percentile(50), Distribution::default().mean()), (None, None));
    }

    #[test]
    fn small_numbers_are_exact() {
        assert_eq!(of(&[3, 5, 17]).percentile(50), Some(5));
        assert_eq!(of(&[u64::MAX, 1]).percentile(100), Some(u64::MAX));
    }
}

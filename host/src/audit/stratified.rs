//! The error rate of all decisions, from what was found in strata of which different shares were looked at.

use super::Weighted;
use crate::replay::{Estimate, Rate};

/// The rate of all decisions, estimated from strata: how many decisions each has, and how many of those looked at are
/// wrong. Each stratum's rate counts as much as the stratum has decisions; strata where nothing is known are left out, and
/// the result says how many decisions the others have. None if nothing is known at all.
///
/// The interval puts the strata's own Wilson intervals together as Zou and Donner do (MOVER, Statistics in Medicine 27,
/// 2008): with weights W and a stratum's rate p in the interval from l to u, its lower end is the root of the sum of
/// (W (p − l))² below the estimate, and its upper end that of (W (u − p))² above. Of one stratum it is Wilson's.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub fn stratified(strata: impl IntoIterator<Item = (u64, Rate)>) -> Option<Weighted> {
    let known: Vec<(u64, Estimate)> =
        strata.into_iter().filter_map(|(population, wrong)| Some((population, wrong.estimate()?))).collect();
    let covered: u64 = known.iter().map(|(population, _)| population).sum();
    if covered == 0 {
        return None;
    }
    let (mut value, mut below, mut above) = (0.0, 0.0, 0.0);
    for (population, Estimate { value: rate, low, high }) in known {
        let weight = population as f64 / covered as f64;
        value += weight * rate;
        below += (weight * (rate - low)).powi(2);
        above += (weight * (high - rate)).powi(2);
    }
    // Sums of weights that make 1 may miss it by a rounding.
    let (low, high) = ((value - f64::sqrt(below)).max(0.0), (value + f64::sqrt(above)).min(1.0));
    Some(Weighted { value: value.min(1.0), low, high, covered })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(count: u64, of: u64) -> Rate {
        Rate { count, of }
    }

    #[test]
    fn one_stratum_has_its_wilson_interval() {
        let Estimate { value, low, high } = rate(15, 148).estimate().unwrap();
        let found = stratified([(9_000, rate(15, 148)), (500, rate(0, 0))]).unwrap();
        assert_eq!(found.covered, 9_000);
        for (found, expected) in [(found.value, value), (found.low, low), (found.high, high)] {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn strata_count_by_their_decisions() {
        // 0 of 20 in three quarters of the decisions, 5 of 10 in the others. Wilson's ends, from tables: 0 to 0.1611, and
        // 0.2366 to 0.7634.
        let found = stratified([(300, rate(0, 20)), (100, rate(5, 10))]).unwrap();
        assert!((found.value - 0.125).abs() < 1e-12, "{found:?}");
        assert!((found.low - (0.125 - 0.25 * 0.2634)).abs() < 1e-4, "{found:?}");
        let above = ((0.75_f64 * 0.1611).powi(2) + (0.25_f64 * 0.2634).powi(2)).sqrt();
        assert!((found.high - (0.125 + above)).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn nothing_known_is_no_rate() {
        assert_eq!(stratified([(10, rate(0, 0))]), None);
        assert_eq!(stratified([]), None);
    }
}

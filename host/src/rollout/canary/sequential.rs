//! Rates of what is counted while everybody looks on. A usual test is asked once, of a number of records that was fixed before:
//! whoever asks it again and again, and stops as soon as it says yes, is wrong far more often than it promises. What is said
//! here holds at all times at once. The method and its sources stand in CANARY.md.

use libm::lgamma;

/// Both parameters of the beta distribution by which the bets are spread over all rates. With one half (Jeffreys), more of them
/// are on rates near 0 than with one: those of faults and corrections are there, and are told sooner.
const PRIOR: f64 = 0.5;

/// How often an interval that holds a bound is halved: afterwards it is known to 10^-12.
const HALVINGS: u8 = 40;

/// So many of so many, as counted up to now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    pub hits: u64,
    pub of: u64,
}

/// Where a number lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    pub low: f64,
    pub high: f64,
}

impl Tally {
    /// Where the true rate lies. Of many that count and look as often as they like, at most a share of `level` ever see a range
    /// that it does not lie in: whoever begins with 1 and bets against the true rate cannot expect to own more later on, and ever
    /// owns 1 / `level` with a chance of at most `level`.
    pub fn range(self, level: f64) -> Range {
        let rate = number(self.hits) / number(self.of);
        // Against a rate by which what was seen is that unlikely, bets have won 1 / level.
        let least = self.mixture() + level.ln();
        let refuted = |rate: f64| self.likelihood(rate) <= least;
        let low = if self.hits == 0 { 0.0 } else { edge(0.0, rate, refuted) };
        let high = if self.others() == 0 { 1.0 } else { edge(1.0, rate, refuted) };
        Range { low, high }
    }

    /// What bets have won, as a logarithm, against so many hits among so many things, from which these were drawn blindly and
    /// without putting them back.
    pub fn against_urn(self, urn: Self) -> f64 {
        let drawn = [(urn.hits, self.hits), (urn.others(), self.others()), (urn.of, self.of)];
        let [Some(hits), Some(others), Some(all)] = drawn.map(|(from, many)| falling(from, many)) else {
            // More were drawn than are in it.
            return f64::INFINITY;
        };
        self.mixture() - (hits + others - all)
    }

    const fn others(self) -> u64 {
        self.of.saturating_sub(self.hits)
    }

    /// The logarithm of how likely this is in its order if the rate was drawn from the beta distribution.
    fn mixture(self) -> f64 {
        ln_beta(PRIOR + number(self.hits), PRIOR + number(self.others())) - ln_beta(PRIOR, PRIOR)
    }

    /// The logarithm of how likely this is in its order with a rate.
    fn likelihood(self, rate: f64) -> f64 {
        times(self.hits, rate.ln()) + times(self.others(), (-rate).ln_1p())
    }
}

/// Where likely rates end, on the way to one that is refuted: the last one on that side which is known to be.
fn edge(mut refuted: f64, mut likely: f64, is_refuted: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(refuted, likely);
        if is_refuted(middle) {
            refuted = middle;
        } else {
            likely = middle;
        }
    }
    refuted
}

/// The logarithm of from × (from − 1) × …, of so many factors; none if there are not so many.
fn falling(from: u64, factors: u64) -> Option<f64> {
    let left = from.checked_sub(factors)?;
    Some(lgamma(number(from) + 1.0) - lgamma(number(left) + 1.0))
}

fn ln_beta(a: f64, b: f64) -> f64 {
    lgamma(a) + lgamma(b) - lgamma(a + b)
}

/// A logarithm so many times; what never happened counts nothing, also where it is impossible.
fn times(count: u64, logarithm: f64) -> f64 {
    if count == 0 { 0.0 } else { number(count) * logarithm }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
const fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;

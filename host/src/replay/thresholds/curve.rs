//! Automation against false applies, by threshold.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Truth;
use crate::replay::Rate;

/// Thresholds are looked at in steps of one two-hundredth, 0.005.
pub const STEPS: usize = 200;

/// The quantile of the normal distribution that 95 of 100 values are below: the promise has one side.
const Z_ONE_SIDED_95: f64 = 1.644_853_626_951_472_2;

/// Suggestions by the confidence that they would be applied with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Curve {
    /// All suggestions, also those that other policies hold back.
    suggestions: u64,
    /// Those that only the threshold can hold back, by the highest threshold that they reach.
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Step {
    all: u64,
    right: u64,
    wrong: u64,
}

/// What one threshold would do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ThresholdPoint")]
pub struct Point {
    /// The threshold.
    pub threshold: f64,
    /// Applied, of all suggestions.
    pub automation: Rate,
    /// Wrong, of those applied whose truth is known.
    pub false_applies: Rate,
}

impl Curve {
    /// Counts one suggestion: the confidence that it would be applied with, or none if something else holds it back.
    pub(super) fn count(&mut self, confidence: Option<f64>, truth: Option<Truth>) {
        self.suggestions += 1;
        let Some(reached) = confidence.map(step_of) else { return };
        if self.steps.is_empty() {
            self.steps = vec![Step::default(); STEPS + 1];
        }
        if let Some(step) = self.steps.get_mut(reached) {
            step.all += 1;
            step.right += u64::from(truth == Some(Truth::Approve));
            step.wrong += u64::from(truth == Some(Truth::Reject));
        }
    }

    /// Adds other suggestions.
    pub(super) fn add(&mut self, other: &Self) {
        self.suggestions += other.suggestions;
        if self.steps.is_empty() {
            self.steps.clone_from(&other.steps);
            return;
        }
        for (step, more) in self.steps.iter_mut().zip(&other.steps) {
            step.all += more.all;
            step.right += more.right;
            step.wrong += more.wrong;
        }
    }

    /// How many of those that only the threshold can hold back people know the truth of.
    #[must_use]
    pub fn labelled(&self) -> u64 {
        self.steps.iter().map(|step| step.right + step.wrong).sum()
    }

    /// What the threshold number `step` would do.
    #[must_use]
    pub fn at(&self, step: usize) -> Point {
        let applied = self.steps.get(step..).unwrap_or_default();
        let sum = |part: fn(&Step) -> u64| applied.iter().map(part).sum::<u64>();
        let wrong = sum(|step| step.wrong);
        Point {
            threshold: threshold(step),
            automation: Rate { count: sum(|step| step.all), of: self.suggestions },
            false_applies: Rate { count: wrong, of: wrong + sum(|step| step.right) },
        }
    }

    /// What every threshold would do, the lowest first.
    pub fn points(&self) -> impl Iterator<Item = Point> {
        (0..=STEPS).map(|step| self.at(step))
    }

    /// The lowest threshold from which on the rate of false applies is below the target with 95 % confidence: the upper
    /// end of its one-sided Wilson interval is. None if no threshold can be shown to keep it.
    ///
    /// The search goes down from where the target is kept with the most suggestions known, and ends at the first threshold
    /// that does not keep it: a lucky stretch below a bad one does not count.
    #[must_use]
    pub fn recommended(&self, target: f64) -> Option<Point> {
        let keeps = |point: &Point| {
            let interval = point.false_applies.interval(Z_ONE_SIDED_95);
            interval.is_some_and(|(_, high)| high <= target)
        };
        // High thresholds let so few through that nothing can be shown of them: begin at the highest that shows it.
        let kept = (0..=STEPS).rev().map(|step| self.at(step)).skip_while(|point| !keeps(point));
        kept.take_while(keeps).last()
    }
}

/// The threshold number `step`.
#[expect(clippy::cast_precision_loss, reason = "there are 200 steps")]
fn threshold(step: usize) -> f64 {
    step as f64 / STEPS as f64
}

/// The highest threshold that a confidence reaches.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a confidence is from 0 to 1"
)]
fn step_of(confidence: f64) -> usize {
    let near = (confidence * STEPS as f64).round().clamp(0.0, STEPS as f64) as usize;
    if threshold(near) <= confidence { near } else { near.saturating_sub(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confidence_reaches_the_thresholds_up_to_itself() {
        for step in 0..=STEPS {
            assert_eq!(step_of(threshold(step)), step);
            assert_eq!(step_of(threshold(step) + 0.0049), step.min(STEPS));
        }
        assert_eq!(step_of(0.9499), 189);
    }

    #[test]
    fn the_lowest_threshold_that_keeps_the_target_is_found() {
        let mut curve = Curve::default();
        // From 0.9 on one in a thousand is wrong, below every second.
        for number in 0..4_000 {
            let truth = if number % 1_000 == 0 { Truth::Reject } else { Truth::Approve };
            curve.count(Some(0.9 + f64::from(number % 20) / 200.0), Some(truth));
            let truth = if number % 2 == 0 { Truth::Reject } else { Truth::Approve };
            curve.count(Some(0.5 + f64::from(number % 16) / 50.0), Some(truth));
        }
        let found = curve.recommended(0.01).unwrap();
        let upper = |point: &Point| point.false_applies.interval(Z_ONE_SIDED_95).unwrap().1;
        assert!(found.threshold <= 0.8 && upper(&found) <= 0.01, "{found:?}");
        let next_lower = curve.at(step_of(found.threshold) - 1);
        assert!(upper(&next_lower) > 0.01, "{next_lower:?}");
        assert_eq!(curve.recommended(0.000_1), None);
    }

    #[test]
    fn little_evidence_shows_nothing() {
        let mut curve = Curve::default();
        (0..20).for_each(|_| curve.count(Some(1.0), Some(Truth::Approve)));
        assert_eq!(curve.recommended(0.01), None, "20 right ones do not show that fewer than 1 % are wrong");
        (0..500).for_each(|_| curve.count(Some(1.0), Some(Truth::Approve)));
        assert_eq!(curve.recommended(0.01), Some(curve.at(0)));
    }
}

//! Counts suggestions for curves, over all and by name.

use std::collections::BTreeMap;

use super::Curve;
use crate::model::{Outcome, Suggestion};
use crate::pipeline::NO_POLICY;
use crate::replay::count::Pair;
use crate::replay::counts::{MOST_NAMES, OTHERS};
use crate::replay::{Dimension, Gathers, Work};

/// What thresholds can be set by.
const DIMENSIONS: [Dimension; 3] = [Dimension::Field, Dimension::Segment, Dimension::Assistant];

/// Curves over a history, for a set from which the policy with the threshold was taken out.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    /// Over everything.
    pub all: Curve,
    /// By field, segment and assistant.
    pub by: BTreeMap<Dimension, BTreeMap<String, Curve>>,
    work: Work,
}

impl Sweep {
    /// Adds other suggestions.
    pub fn add(&mut self, other: Self) {
        self.all.add(&other.all);
        for (dimension, names) in other.by {
            let own = self.by.entry(dimension).or_default();
            for (name, curve) in names {
                own.entry(name).or_default().add(&curve);
            }
        }
    }
}

impl Gathers for Sweep {
    fn pair(&mut self, pair: &Pair<'_>) {
        let held_back = match pair.after.outcome {
            Outcome::Apply => false,
            // Where the threshold's policy is the only one, what is left has nobody who says that something may be applied.
            Outcome::Review => !pair.after.reasons.iter().all(|reason| reason.code == NO_POLICY),
            Outcome::HumanOnly | Outcome::Reject => true,
        };
        let confidence = if held_back { None } else { confidence(pair.suggestion) };
        self.all.count(confidence, pair.truth);
        for dimension in DIMENSIONS {
            let names = self.by.entry(dimension).or_default();
            dimension.names(pair.suggestion, |name| {
                let name = if names.len() < MOST_NAMES || names.contains_key(name) { name } else { OTHERS };
                names.entry(name.to_owned()).or_default().count(confidence, pair.truth);
            });
        }
    }

    fn work(&mut self) -> &mut Work {
        &mut self.work
    }
}

/// The confidence that a threshold is compared with.
fn confidence(suggestion: &Suggestion) -> Option<f64> {
    lowest_confidence(suggestion.confidence, suggestion.changes.iter().map(|change| change.confidence))
}

/// The confidence that a suggestion is judged by: the lowest of its changes', each its own or else the whole's; without
/// changes, the whole's. None if one of them has none, or one that is not from 0 to 1.
#[must_use]
pub fn lowest_confidence(whole: Option<f64>, changes: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let usable = |confidence: Option<f64>| confidence.filter(|given| (0.0..=1.0).contains(given));
    let each = changes.into_iter().map(|own| usable(own.or(whole)));
    each.reduce(|one, other| Some(one?.min(other?))).unwrap_or(usable(whole))
}

//! What is found about thresholds, as it is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::replay::{Dimension, Point, Rate};

/// What thresholds can differ by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum ThresholdsBy {
    Field,
    Segment,
    Assistant,
}

impl ThresholdsBy {
    pub(super) const fn dimension(self) -> Dimension {
        match self {
            Self::Field => Dimension::Field,
            Self::Segment => Dimension::Segment,
            Self::Assistant => Dimension::Assistant,
        }
    }

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.dimension().as_str()
    }
}

/// The lowest thresholds that keep a promise, and whether it was kept on what was held back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ThresholdReport {
    /// The most of what is applied that may be wrong, from 0 to 1.
    pub target: f64,
    /// The set, NAME@VERSION.
    pub set: String,
    /// What every threshold from 0 to 1 would do, on all that no threshold is checked on.
    pub curve: Vec<Point>,
    /// The lowest threshold that keeps the promise, for all that have none of their own; nothing, if none can be shown to.
    pub recommended: Option<Point>,
    /// What thresholds may differ by.
    pub by: Option<ThresholdsBy>,
    /// By name, where one can be shown to keep the promise.
    pub own: Vec<(String, Point)>,
    /// On what was held back: the set as it is, and as proposed.
    pub held_back: HeldBack,
    /// Whether the promise was kept there.
    pub kept: bool,
}

/// What came out on the part of the history that no threshold was chosen by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HeldBack {
    /// How many suggestions it has.
    pub suggestions: u64,
    /// Applied by the set as it is, of all.
    pub automation_before: Rate,
    /// Applied by the set as proposed, of all.
    pub automation_after: Rate,
    /// Wrong, of those that the set as it is applied and whose truth is known.
    pub false_applies_before: Rate,
    /// Wrong, of those that the set as proposed applied and whose truth is known.
    pub false_applies_after: Rate,
}

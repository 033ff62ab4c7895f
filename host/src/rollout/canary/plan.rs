//! What is planned for a canary: its steps, who it is for, and what each step must show.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Gates, Share};

/// The plan of a canary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The shares, each larger than the one before. The last one is 100%: with it the set comes into force for everything.
    pub steps: Vec<Share>,
    /// The segment of records that it is tried on; none: all.
    #[serde(default)]
    pub segment: Option<String>,
    /// Whether a step follows by itself when all gates of the one before have passed. Otherwise a person promotes.
    #[serde(default)]
    pub auto: bool,
    /// What each step must show.
    #[serde(default)]
    pub gates: Gates,
}

/// Why a plan cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing would be tried.
    #[error("a plan needs a step before 100%, such as 5%,25%,100%; `countersign set activate` needs no plan")]
    NoStep,
    /// A step that is not larger than the one before.
    #[error(
        "the step {0} does not follow after {1}: each step must be larger than the one before, and the first above 0%"
    )]
    Order(Share, Share),
    /// It ends before the set is in force.
    #[error("the plan ends at {0}: its last step must be 100%")]
    End(Share),
    /// Too many steps.
    #[error("a plan has at most {MOST_STEPS} steps")]
    Long,
    /// A segment without a name.
    #[error("the segment has no name")]
    Segment,
}

/// The most steps of a plan.
const MOST_STEPS: usize = 100;

impl Plan {
    /// Whether it can be followed.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn check(&self) -> Result<(), PlanError> {
        let Some((last, before)) = self.steps.split_last() else { return Err(PlanError::NoStep) };
        if self.steps.len() > MOST_STEPS {
            return Err(PlanError::Long);
        }
        let mut largest = Share(0);
        for step in &self.steps {
            if *step <= largest {
                return Err(PlanError::Order(*step, largest));
            }
            largest = *step;
        }
        if *last != Share::ALL {
            return Err(PlanError::End(*last));
        }
        if before.is_empty() {
            return Err(PlanError::NoStep);
        }
        if self.segment.as_ref().is_some_and(String::is_empty) {
            return Err(PlanError::Segment);
        }
        Ok(())
    }

    /// Whether this step, from 0, is the last one.
    #[must_use]
    pub fn is_last(&self, step: usize) -> bool {
        step + 1 >= self.steps.len()
    }
}

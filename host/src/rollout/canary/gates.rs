//! What each step of a canary must show before the next one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Canary, Counts, Share};
use crate::rollout::RolloutError;

/// What is asked of a canary. A gate that is not there is not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Gates {
    /// The fewest records that the canary decides about at each step.
    pub samples: u64,
    /// By how much more often, of its records, a module of the canary gives no answer than one of the active set.
    pub faults: Option<Share>,
    /// How often, of its records, the active set would have decided otherwise.
    pub disagreement: Option<Share>,
    /// By how much more often, of its records, reviewers reject or edit.
    pub overrides: Option<Share>,
    /// By how much more often, of its records, an applied value is found wrong.
    pub corrections: Option<Share>,
    /// By how much more often, of its records, people are asked.
    pub review_load: Option<Share>,
    /// How often, of its records, the canary uses more than twice the fuel of the active set.
    pub fuel: Option<Share>,
}

impl Default for Gates {
    fn default() -> Self {
        Self {
            samples: 200,
            faults: Some(Share(100)),
            disagreement: Some(Share(1_000)),
            overrides: Some(Share(500)),
            corrections: Some(Share(200)),
            review_load: Some(Share(1_000)),
            fuel: Some(Share(1_000)),
        }
    }
}

/// What a gate looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Whether there are enough records.
    Samples,
    /// Whether modules answer.
    Faults,
    /// Whether the active set would have decided the same.
    Disagreement,
    /// Whether reviewers agree.
    Overrides,
    /// Whether what was applied was right.
    Corrections,
    /// How much people are asked.
    ReviewLoad,
    /// What it costs.
    Fuel,
    /// Whether the arms have the sizes that the plan gives them.
    Sizes,
}

/// What a gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GateVerdict {
    /// It is as it must be.
    Passed,
    /// It is not.
    Failed,
    /// That cannot be told yet.
    Inconclusive,
}

/// What a gate says, and by what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateResult {
    /// The gate.
    pub gate: Gate,
    /// What it says.
    pub verdict: GateVerdict,
    /// By what, in one sentence for people.
    pub why: String,
}

/// What follows from all gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// All have passed: the next step may follow.
    Passed,
    /// One has failed: the canary ends.
    Failed,
    /// None has failed, but not all have passed: it stays at its step.
    Holds,
    /// The arms have the wrong sizes: the canary ends, and what was counted means nothing.
    Broken,
}

/// What all gates say at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GatesReport {
    /// What follows.
    pub standing: Standing,
    /// The share that the canary had.
    pub share: Share,
    /// What was counted.
    pub counts: Counts,
    /// Each gate, in order.
    pub gates: Vec<GateResult>,
}

impl GatesReport {
    /// Whether the canary may go on to its next step.
    ///
    /// # Errors
    /// [`RolloutError::Gates`] with the gates that have not passed; also if it is about another step than the canary has reached.
    pub fn allow(&self, canary: &Canary) -> Result<(), RolloutError> {
        let refused = |why: String| Err(RolloutError::Gates { share: canary.share().to_string(), why });
        if self.share != canary.share() {
            return refused(format!("the gates were asked about {}", self.share));
        }
        if self.standing == Standing::Passed {
            return Ok(());
        }
        let others = self.gates.iter().filter(|gate| gate.verdict != GateVerdict::Passed);
        refused(others.map(|gate| gate.why.as_str()).collect::<Vec<_>>().join("; "))
    }
}

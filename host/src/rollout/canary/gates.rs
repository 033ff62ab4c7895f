//! What each step of a canary must show before the next one.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Canary, Counts, Share, ShareError};
use crate::rollout::RolloutError;

/// What is asked of a canary. A gate that is not there is not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
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

/// A text that asks nothing of a gate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// It does not name a gate and what is asked of it.
    #[error("`{0}` asks nothing of a gate; write such as `faults=2%`, `samples=500` or `review-load=off`")]
    Form(String),
    /// There is no such gate.
    #[error(
        "there is no gate `{0}`; these can be set: samples, faults, disagreement, overrides, corrections, review-load, fuel"
    )]
    Unknown(String),
    /// No number of records.
    #[error("the gate samples takes a number of records, such as `samples=500`, and not `{0}`")]
    Samples(String),
    /// No limit.
    #[error("the gate {gate}: {error}, or `off`")]
    Limit {
        /// The gate.
        gate: String,
        /// Why it is no share.
        error: ShareError,
    },
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
    /// By what, in words for people.
    pub why: String,
}

impl fmt::Display for GateResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.gate.as_str(), self.why)
    }
}

/// What follows from all gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CanaryStanding")]
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

impl Gates {
    /// Takes over what people write of one gate: `samples=500`, `faults=2%`, or `review-load=off`, which is then not asked.
    ///
    /// # Errors
    /// See [`GateError`]; nothing is taken over then.
    pub fn set(&mut self, text: &str) -> Result<(), GateError> {
        let (name, value) = text.split_once('=').ok_or_else(|| GateError::Form(text.to_owned()))?;
        let limit = match name {
            "samples" => {
                self.samples = value.parse().map_err(|_| GateError::Samples(value.to_owned()))?;
                return Ok(());
            }
            "faults" => &mut self.faults,
            "disagreement" => &mut self.disagreement,
            "overrides" => &mut self.overrides,
            "corrections" => &mut self.corrections,
            "review-load" => &mut self.review_load,
            "fuel" => &mut self.fuel,
            _ => return Err(GateError::Unknown(name.to_owned())),
        };
        *limit = match value {
            "off" => None,
            share => Some(share.parse::<Share>().map_err(|error| GateError::Limit { gate: name.to_owned(), error })?),
        };
        Ok(())
    }
}

impl Gate {
    /// The word as it stands in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Samples => "samples",
            Self::Faults => "faults",
            Self::Disagreement => "disagreement",
            Self::Overrides => "overrides",
            Self::Corrections => "corrections",
            Self::ReviewLoad => "review-load",
            Self::Fuel => "fuel",
            Self::Sizes => "sizes",
        }
    }
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
        refused(others.map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Digest, SetRef};
    use crate::rollout::Plan;

    #[test]
    fn gates_are_set_as_people_write_them() {
        let mut gates = Gates::default();
        for text in ["samples=500", "faults=2%", "review-load=off", "fuel=0.5%"] {
            gates.set(text).unwrap();
        }
        let expected = Gates {
            samples: 500,
            faults: Some(Share(200)),
            review_load: None,
            fuel: Some(Share(50)),
            ..Gates::default()
        };
        assert_eq!(gates, expected);
        gates.set("review-load=5%").unwrap();
        assert_eq!(gates.review_load, Some(Share(500)));
        for (wrong, why) in [
            ("faults", "asks nothing of a gate"),
            ("sizes=1%", "no gate `sizes`; these can be set: samples, faults"),
            ("review_load=1%", "no gate `review_load`"),
            ("samples=off", "number of records, such as `samples=500`, and not `off`"),
            ("samples=-1", "and not `-1`"),
            ("faults=2", "the gate faults: `2` is no share"),
            ("faults=", "or `off`"),
        ] {
            let before = gates.clone();
            let error = gates.set(wrong).unwrap_err().to_string();
            assert!(error.contains(why), "{wrong}: {error}");
            assert_eq!(gates, before);
        }
    }

    #[test]
    fn gates_have_the_same_names_everywhere() {
        let names = [
            Gate::Samples,
            Gate::Faults,
            Gate::Disagreement,
            Gate::Overrides,
            Gate::Corrections,
            Gate::ReviewLoad,
            Gate::Fuel,
            Gate::Sizes,
        ];
        let json = serde_json::to_value(Gates::default()).unwrap();
        for gate in names {
            assert_eq!(serde_json::to_value(gate).unwrap(), gate.as_str());
            assert_eq!(json.get(gate.as_str()).is_some(), gate != Gate::Sizes, "{gate:?}");
        }
        assert_eq!(json.as_object().unwrap().len(), names.len() - 1);
        // What is not asked stays so, and what is not said is asked as usual.
        let some: Gates = serde_json::from_str(r#"{"samples":1,"review-load":null}"#).unwrap();
        assert_eq!(some, Gates { samples: 1, review_load: None, ..Gates::default() });
        assert_eq!(serde_json::from_value::<Gates>(serde_json::to_value(&some).unwrap()).unwrap(), some);
        assert!(serde_json::from_str::<Gates>(r#"{"review_load":"1%"}"#).is_err());
    }

    #[test]
    fn a_canary_goes_on_only_by_a_report_about_its_step_that_has_passed() {
        let set = SetRef { name: "s".into(), version: "2.0.0".into(), digest: Digest::of(b"s") };
        let at = "2026-11-20T09:00:00Z";
        let canary = Canary {
            seq: 9,
            since: at.into(),
            by: "op".into(),
            set: set.clone(),
            against: set,
            proposal: 7,
            salt: "00".into(),
            plan: Plan { steps: vec![Share(500), Share::ALL], segment: None, auto: false, gates: Gates::default() },
            reason: String::new(),
            step: 0,
            step_seq: 9,
            step_since: at.into(),
        };
        let result = |gate, verdict, why: &str| GateResult { gate, verdict, why: why.into() };
        let report = |standing, share| GatesReport {
            standing,
            share,
            counts: Counts::default(),
            gates: vec![
                result(Gate::Samples, GateVerdict::Passed, "enough"),
                result(Gate::Faults, GateVerdict::Inconclusive, "too few"),
                result(Gate::Fuel, GateVerdict::Failed, "too much"),
            ],
        };
        report(Standing::Passed, Share(500)).allow(&canary).unwrap();
        for standing in [Standing::Holds, Standing::Failed, Standing::Broken] {
            let error = report(standing, Share(500)).allow(&canary).unwrap_err();
            assert_eq!(error.to_string(), "the canary stays at 5%: faults: too few; fuel: too much");
        }
        let error = report(Standing::Passed, Share(1_000)).allow(&canary).unwrap_err();
        assert_eq!(error.to_string(), "the canary stays at 5%: the gates were asked about 10%");
        let report = report(Standing::Holds, Share(500));
        let read: GatesReport = serde_json::from_value(serde_json::to_value(&report).unwrap()).unwrap();
        assert_eq!(read, report);
    }
}

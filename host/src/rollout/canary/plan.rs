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

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(steps: &[u16]) -> Plan {
        let steps = steps.iter().copied().map(Share).collect();
        Plan { steps, segment: None, auto: false, gates: Gates::default() }
    }

    #[test]
    fn a_plan_grows_up_to_everything() {
        for steps in [vec![1, 10_000], vec![500, 1_000, 2_500, 5_000, 10_000], (9_901..=10_000).collect()] {
            plan(&steps).check().unwrap();
        }
        let segment = |name: &str| Plan { segment: Some(name.into()), ..plan(&[500, 10_000]) };
        segment("saas").check().unwrap();
        for (wrong, why) in [
            (plan(&[]), PlanError::NoStep),
            (plan(&[10_000]), PlanError::NoStep),
            (plan(&[500, 2_500]), PlanError::End(Share(2_500))),
            (plan(&[0, 10_000]), PlanError::Order(Share(0), Share(0))),
            (plan(&[500, 500, 10_000]), PlanError::Order(Share(500), Share(500))),
            (plan(&[2_500, 500, 10_000]), PlanError::Order(Share(500), Share(2_500))),
            (plan(&[500, 10_000, 10_000]), PlanError::Order(Share::ALL, Share::ALL)),
            (plan(&(9_900..=10_000).collect::<Vec<_>>()), PlanError::Long),
            (segment(""), PlanError::Segment),
        ] {
            assert_eq!(wrong.check(), Err(why), "{wrong:?}");
        }
        let text = PlanError::Order(Share(500), Share(2_500)).to_string();
        assert!(text.starts_with("the step 5% does not follow after 25%"), "{text}");
    }

    #[test]
    fn the_last_step_is_the_one_after_which_there_is_none() {
        let plan = plan(&[500, 2_500, 10_000]);
        assert_eq!([0, 1, 2, 3].map(|step| plan.is_last(step)), [false, false, true, true]);
    }

    #[test]
    fn plans_are_read_as_they_are_written_and_say_all() {
        let short: Plan = serde_json::from_str(r#"{"steps":["5%","100%"]}"#).unwrap();
        assert_eq!(short, plan(&[500, 10_000]));
        let long = r#"{"steps":["0.5%","25%","100%"],"segment":"saas","auto":true,
            "gates":{"samples":500,"review-load":null}}"#;
        let long: Plan = serde_json::from_str(long).unwrap();
        let gates = Gates { samples: 500, review_load: None, ..Gates::default() };
        assert_eq!(long, Plan { segment: Some("saas".into()), auto: true, gates, ..plan(&[50, 2_500, 10_000]) });
        let written = serde_json::to_string(&long).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&written).unwrap(), long);
        for wrong in [
            r#"{"steps":["5%","100%"],"speed":1}"#,
            r#"{"steps":["5%","100%"],"gates":{"sizes":"1%"}}"#,
            r#"{"steps":[5,100]}"#,
            r#"{"steps":["5%","101%"]}"#,
            r#"{"auto":true}"#,
        ] {
            assert!(serde_json::from_str::<Plan>(wrong).is_err(), "{wrong}");
        }
    }
}

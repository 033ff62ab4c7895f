//! The steps of rollouts: of sets in the shadow, and of canaries.

use serde::Deserialize;

use super::canary::{Begun, Canary, EndCause, GatesReport};
use super::{RolloutError, Shadow, event};
use crate::ledger::RecordedEvent;
use crate::model::SetRef;

/// What an event of a rollout says. A step that is not known here cannot be passed over: it may say what decides.
#[derive(Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
enum Body {
    ShadowBegun {
        set: SetRef,
        #[serde(default)]
        reason: String,
    },
    ShadowEnded {
        begun: u64,
    },
    CanaryBegun(Box<Begun>),
    CanaryMoved {
        begun: u64,
        to: usize,
    },
    CanaryEnded {
        begun: u64,
        cause: EndCause,
        #[serde(default)]
        gates: Option<Box<GatesReport>>,
        #[serde(default)]
        reason: String,
    },
}

/// A step of a rollout.
pub(super) enum Step {
    /// A set is in the shadow from now on.
    ShadowBegun(Shadow),
    /// The one that this event began is there no more.
    ShadowEnded(u64),
    /// A set is tried from now on.
    CanaryBegun(Box<Canary>),
    /// The canary that this event began goes on to this step.
    CanaryMoved { begun: u64, to: usize },
    /// The canary that this event began ends.
    CanaryEnded { begun: u64, cause: EndCause, gates: Option<GatesReport>, reason: String },
}

impl Step {
    pub(super) fn read(recorded: &RecordedEvent) -> Result<Self, RolloutError> {
        Ok(match event::read(recorded)? {
            Body::ShadowBegun { set, reason } => {
                let (seq, since, by) = (recorded.seq, recorded.at.clone(), recorded.actor.clone());
                Self::ShadowBegun(Shadow { seq, since, by, set, reason })
            }
            Body::ShadowEnded { begun } => Self::ShadowEnded(begun),
            Body::CanaryBegun(begun) => Self::CanaryBegun(Box::new(Canary::read(recorded, *begun))),
            Body::CanaryMoved { begun, to } => Self::CanaryMoved { begun, to },
            Body::CanaryEnded { begun, cause, gates, reason } => {
                Self::CanaryEnded { begun, cause, gates: gates.map(|gates| *gates), reason }
            }
        })
    }
}

//! The flow: a deployment's files, and suggestions through it to recorded decisions.

mod answer;
mod arms;
mod arrival;
mod canary;
mod checkpoints;
mod config;
mod deployment;
mod erasure;
mod error;
mod evaluate;
mod holds;
mod home;
mod init;
mod instances;
mod key;
mod precheck;
mod publish;
mod replays;
mod retention;
mod sbom;
mod search;
mod service;
mod set_cases;
mod sets;
mod shadow;
mod status;
mod thresholds;
mod truth;
mod vouch;
mod way;

pub use answer::{Answered, WrittenAnswer};
pub use arms::{CanaryArm, Deciding};
pub use arrival::Arrival;
pub use canary::{CanaryReport, Kept, Promotion, RolledBack};
pub use config::{Checkpoints, Config, ConfigError, Serve};
pub use deployment::{Active, Deployment};
pub use erasure::{WouldErase, would_erase};
pub use error::DeploymentError;
pub use evaluate::{Answer, Asked, EvaluateError, Evaluator, GROUP};
pub use holds::{Held, HoldError, Released, WrittenHold, hold, release};
pub use home::Home;
pub use init::{DEFAULT_CATALOGUE, Initialised, init, seed};
pub use instances::{Instance, Standing as InstanceStanding, instances};
pub use key::{SigningKeyError, keep_signing_key, make_signing_key, signing_key};
pub use precheck::{GROUP_BYTES, Parsed, Precheck, Standing, precheck};
pub use publish::Published;
pub use replays::{KEPT_REPLAYS, MOST_REPLAYED, NoReplay, NotReplayed, ReplayJob, ReplayState, Replays, WantedReplay};
pub use retention::{Due, LEAST_DAYS, Retention, WrittenDue, due, expire};
pub use sbom::sbom;
pub use search::{Found, NotASet, Search, SearchError, WhichSet};
pub use service::{Health, NoAnswer, NotTaken, Reply, Service};
pub use set_cases::TestedSetCase;
pub use shadow::{ShadowJudge, ShadowReport};
pub use status::{OpenProposal, RunningInstance, SetStatus};
pub use thresholds::{
    HeldBack, NoThresholds, Rehearses, ThresholdError, ThresholdReport, ThresholdTerms, ThresholdsBy, thresholds,
    thresholds_on_record,
};
pub use truth::{ImportedTruth, TruthError, import_truth};

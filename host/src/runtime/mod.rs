//! The flow: a deployment's files, and suggestions through it to recorded decisions.

mod answer;
mod checkpoints;
mod config;
mod deployment;
mod erasure;
mod evaluate;
mod holds;
mod home;
mod init;
mod key;
mod precheck;
mod publish;
mod replays;
mod retention;
mod search;
mod service;
mod vouch;
mod way;

pub use answer::{Answered, WrittenAnswer};
pub use config::{Checkpoints, Config, ConfigError, Serve};
pub use deployment::{Deployment, DeploymentError};
pub use erasure::{WouldErase, would_erase};
pub use evaluate::{Answer, Asked, EvaluateError, Evaluator, GROUP};
pub use holds::{Held, HoldError, Released, WrittenHold, hold, release};
pub use home::Home;
pub use init::{DEFAULT_CATALOGUE, Initialised, init, seed};
pub use key::{SigningKeyError, keep_signing_key, make_signing_key, signing_key};
pub use precheck::{GROUP_BYTES, Parsed, Precheck, Standing, precheck};
pub use publish::Publication;
pub use replays::{KEPT_REPLAYS, MOST_REPLAYED, NoReplay, ReplayJob, ReplayState, Replays, WantedReplay};
pub use retention::{Due, LEAST_DAYS, Retention, WrittenDue, due, expire};
pub use search::{Found, NotASet, Search, SearchError, WhichSet};
pub use service::{Health, NoAnswer, NotTaken, Reply, Service};
pub use vouch::Vouched;

//! The service over HTTP. `API.md` beside this file says how it is used; `GET /openapi.json` is the contract.

mod app;
mod assistant;
mod audits;
mod auth;
mod backup;
mod batch;
mod canaries;
mod compare;
mod decisions;
mod erasures;
mod export;
mod health;
mod holds;
mod host;
mod json;
mod ledger;
mod listen;
mod listing;
mod metrics;
mod modules;
mod on_record;
mod openapi;
mod outflow;
mod pages;
mod problem;
mod publishing;
mod readers;
mod reason;
mod replays;
mod router;
mod routes;
mod rules;
mod sets;
mod shadows;
mod suggestions;
mod thresholds;
mod tokens;
mod truth;

pub use app::{App, BESIDE, Limits};
pub use assistant::Said;
pub use listen::{ListenError, Listening, Tls, serve};
pub use metrics::collect;
pub use openapi::document;

/// What the command line shows, whether it reads it itself or a service answers it.
pub(crate) use {
    audits::{Found as NewFinding, Wanted as WantedSample},
    batch::{Mistake, NDJSON},
    canaries::{Canaries, Wanted as WantedCanary},
    compare::Compared,
    decisions::Reproduced,
    erasures::{Erasure, Expired, Wanted as WantedErasure},
    health::Readiness,
    holds::{Holds, Wanted as WantedHold},
    ledger::Consistency,
    modules::{HowPublished, Known as ListedModule, Modules},
    on_record::{Erased, OnRecord, Values},
    problem::{Code, WrittenProblem},
    publishing::Sent as WantedPublication,
    reason::Reason,
    replays::{
        Begun as ReplayBegun, Is as ReplayIs, Reported as ReplayReported, Shown as ReplayShown, Wanted as WantedReplay,
    },
    sets::{
        Activated as WantedActivation, Approved as WantedApproval, Proposed as WantedProposal, Why as WhyIntervene,
    },
    shadows::{Shadows, Wanted as WantedShadow},
    tokens::{Gone, New, Token, Tokens, Wanted, Whoami},
};

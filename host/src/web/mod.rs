//! The service over HTTP. `API.md` beside this file says how it is used; `GET /openapi.json` is the contract.

mod app;
mod assistant;
mod audits;
mod auth;
mod batch;
mod decisions;
mod erasures;
mod health;
mod holds;
mod json;
mod ledger;
mod listen;
mod listing;
mod metrics;
mod modules;
mod openapi;
mod problem;
mod readers;
mod reason;
mod replays;
mod router;
mod routes;
mod rules;
mod suggestions;
mod tokens;

pub use app::{App, BESIDE, Limits};
pub use assistant::Said;
pub use listen::{ListenError, Listening, Tls, serve};
pub use metrics::collect;
pub use openapi::document;

//! Webhooks: others are told what was recorded, signed, in order, and at least once. `WEBHOOKS.md` beside this file says what
//! comes and how it is verified.
//!
//! The ledger is the outbox. A webhook has a cursor, the position of the next event that it is to be told of; it moves on when
//! the receiver has said that it has the event, and nothing else has to survive a crash.

mod backoff;
mod config;
mod cursor;
mod data;
mod destination;
mod error;
mod message;
#[cfg(test)]
mod samples;
mod secret;
mod sender;
mod senders;

pub use config::{MOST, Webhook, mistake};
pub use cursor::{CursorError, Progress, progress};
pub use data::Data;
pub use destination::Target;
pub use error::WebhookError;
pub use secret::{SecretError, make_secret};
pub use senders::{Files, Prepared, Senders};

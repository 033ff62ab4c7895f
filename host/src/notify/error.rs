//! What can go wrong before anything is sent.

use super::{CursorError, SecretError};
use crate::ledger::LedgerError;
use crate::outbound::OutboundError;

/// Why webhooks cannot be used as they are configured.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// There is nothing to sign with.
    #[error("the webhook `{name}`: {error}")]
    Secret {
        /// The webhook.
        name: String,
        /// Why.
        error: SecretError,
    },
    /// Nobody can be asked.
    #[error("the webhook `{name}`: {}", error)]
    Outbound {
        /// The webhook.
        name: String,
        /// Why.
        error: OutboundError,
    },
    /// How far it came is not known.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There is no thread to be had. Some webhooks may be without theirs until the configuration is loaded again.
    #[error("a thread of a webhook cannot be started: {0}")]
    Thread(std::io::Error),
}

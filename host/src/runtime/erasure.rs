//! What erasing a record would destroy, before it is done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ledger::{Ledger, LedgerError, RecordParts};

/// What an erasure would destroy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WouldErase {
    /// The events whose values would go.
    pub events: Vec<u64>,
    /// The hold that keeps them; nothing, if they would be destroyed.
    pub hold: Option<u64>,
    /// True: nothing was destroyed.
    dry_run: bool,
}

/// What erasing a record would destroy.
///
/// # Errors
/// If the ledger cannot be read.
pub fn would_erase(ledger: &Ledger, subject: &RecordParts) -> Result<WouldErase, LedgerError> {
    let events = ledger.events_about(subject)?;
    let holds = events.iter().map(|seq| ledger.held_by(*seq)).collect::<Result<Vec<_>, _>>()?;
    Ok(WouldErase { hold: holds.into_iter().flatten().next(), events, dry_run: true })
}

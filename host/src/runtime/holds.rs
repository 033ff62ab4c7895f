//! Legal holds: set, ended, and as they are shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::init::seed;
use crate::ledger::{Cause, DraftError, HoldInForce, Ledger, LedgerError, RecordParts, held, released};

/// Why a hold was not set or ended.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// There is no such hold.
    #[error("event {0} is no hold in force; `countersign ledger holds` lists those that are")]
    NotInForce(u64),
    /// The event cannot be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// A hold that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NewHold")]
pub struct Held {
    /// The event that began it.
    pub hold: u64,
    /// How many events it covers so far; nothing, if it covers everything.
    pub events: Option<usize>,
}

/// A hold that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Released {
    /// The event that began it.
    pub hold: u64,
    /// The event that ended it.
    pub released: u64,
}

/// A hold in force as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Hold")]
pub struct WrittenHold {
    /// The event that began it.
    pub hold: u64,
    /// Since when, RFC 3339.
    pub at: String,
    /// Who set it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The record that it covers, `SYSTEM/OBJECT/ID`; nothing, if it covers everything.
    pub subject: Option<String>,
}

impl From<HoldInForce> for WrittenHold {
    fn from(hold: HoldInForce) -> Self {
        let HoldInForce { seq, at, actor, reason, subject } = hold;
        Self { hold: seq, at, by: actor, reason, subject: subject.map(|subject| subject.text()) }
    }
}

/// Puts a record on hold, or everything.
///
/// # Errors
/// See [`HoldError`].
pub fn hold(ledger: &mut Ledger, subject: Option<&RecordParts>, cause: Cause<'_>) -> Result<Held, HoldError> {
    let seq = append(ledger, held(subject, cause, seed())?.prepare()?)?;
    let events = subject.map(|subject| ledger.events_about(subject)).transpose()?;
    // The hold itself is about the record too.
    let events = events.map(|events| events.iter().filter(|event| **event != seq).count());
    Ok(Held { hold: seq, events })
}

/// Ends a hold.
///
/// # Errors
/// See [`HoldError`].
pub fn release(ledger: &mut Ledger, hold: u64, cause: Cause<'_>) -> Result<Released, HoldError> {
    if !ledger.holds()?.iter().any(|in_force| in_force.seq == hold) {
        return Err(HoldError::NotInForce(hold));
    }
    let released = append(ledger, released(hold, cause).prepare()?)?;
    Ok(Released { hold, released })
}

fn append(ledger: &mut Ledger, event: crate::ledger::Prepared) -> Result<u64, LedgerError> {
    Ok(ledger.append(&[event])?.first().map_or(0, |receipt| receipt.seq))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_ends_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
        let cause = Cause { reason: "case 7", at: "2026-11-20T09:00:00Z", actor: "legal" };
        let subject = "hubspot/contact/101".parse().unwrap();
        assert_eq!(hold(&mut ledger, Some(&subject), cause).unwrap(), Held { hold: 0, events: Some(0) });
        assert_eq!(hold(&mut ledger, None, cause).unwrap(), Held { hold: 1, events: None });
        let shown: Vec<WrittenHold> = ledger.holds().unwrap().into_iter().map(WrittenHold::from).collect();
        assert_eq!(shown[0].subject.as_deref(), Some("hubspot/contact/101"));
        assert_eq!((shown[1].subject.as_deref(), shown[1].by.as_str()), (None, "legal"));
        assert_eq!(crate::runtime::would_erase(&ledger, &subject).unwrap().hold, Some(0));
        assert_eq!(release(&mut ledger, 0, cause).unwrap(), Released { hold: 0, released: 2 });
        assert!(matches!(release(&mut ledger, 0, cause), Err(HoldError::NotInForce(0))));
        assert!(matches!(release(&mut ledger, 2, cause), Err(HoldError::NotInForce(2))));
        assert_eq!(ledger.count().unwrap(), 3);
    }
}

//! Legal holds: while one is in force, no value that it covers is destroyed.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Draft, DraftError, EventKind, RecordParts, RecordedEvent, Sealed, Sealer};

/// Why something is done about values that are kept, and who says so.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'c> {
    /// Why, in words. It stays for good, so it must name nobody: the number of a request or a case.
    pub reason: &'c str,
    /// When, as RFC 3339.
    pub at: &'c str,
    /// Who.
    pub actor: &'c str,
}

/// A hold that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldInForce {
    /// The event that began it.
    pub seq: u64,
    /// Since when.
    pub at: String,
    /// Who set it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// The record that it covers; none if it covers everything.
    pub subject: Option<RecordParts>,
}

impl HoldInForce {
    pub(super) fn read(event: &RecordedEvent) -> Option<Self> {
        #[derive(Deserialize)]
        struct Held {
            reason: String,
            subject: Option<RecordParts>,
        }
        let Held { reason, subject } = serde_json::from_str(event.body.as_deref()?).ok()?;
        Some(Self { seq: event.seq, at: event.at.clone(), actor: event.actor.clone(), reason, subject })
    }
}

/// The event that puts a record on hold, or everything. `seed` is random and used for no other event.
///
/// # Errors
/// See [`DraftError`].
pub fn held(subject: Option<&RecordParts>, cause: Cause<'_>, seed: [u8; 32]) -> Result<Draft, DraftError> {
    #[derive(Serialize)]
    struct Subject<'s> {
        system: &'s str,
        object: &'s str,
        id: Sealed,
    }
    let mut sealer = Sealer::new(seed);
    let subject = match subject {
        Some(RecordParts { system, object, id }) => Some(Subject { system, object, id: sealer.seal(id)? }),
        None => None,
    };
    let body = json!({ "reason": cause.reason, "subject": subject }).to_string();
    Ok(Draft { openings: Some(sealer.finish()), ..plain(EventKind::Held, body, cause) })
}

/// The event that ends a hold, which began with the event `hold`.
#[must_use]
pub fn released(hold: u64, cause: Cause<'_>) -> Draft {
    plain(EventKind::Released, json!({ "hold": hold, "reason": cause.reason }).to_string(), cause)
}

fn plain(kind: EventKind, body: String, cause: Cause<'_>) -> Draft {
    let (at, actor) = (cause.at.to_owned(), cause.actor.to_owned());
    Draft { kind, at, actor, body, openings: None, index: None, objects: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_names_its_subject_in_its_values_alone() {
        let cause = Cause { reason: "case 7", at: "2026-11-20T09:00:00Z", actor: "legal" };
        let subject =
            RecordParts { system: "hubspot".to_owned(), object: "contact".to_owned(), id: "ada-1".to_owned() };
        let prepared = held(Some(&subject), cause, [7; 32]).unwrap().prepare().unwrap();
        assert!(prepared.entry().contains("case 7") && !prepared.entry().contains("ada-1"));
        assert_eq!(prepared.stored_values(), "[\"ada-1\"]");
        let all = held(None, cause, [7; 32]).unwrap().prepare().unwrap();
        assert_eq!(all.stored_values(), "");
        assert!(released(3, cause).prepare().unwrap().entry().contains("\"hold\":3"));
    }
}

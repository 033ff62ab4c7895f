//! What people found wrong: few events among many, found without opening any.

use std::ops::Range;

use rusqlite::params;

use super::{Ledger, fail, heads, signed};
use crate::ledger::{EventKind, LedgerError};

/// An event by which somebody says that what was suggested was not right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The position in the ledger.
    pub seq: u64,
    /// Whether it was reviewed, corrected or audited.
    pub kind: EventKind,
    /// The suggestion's id.
    pub suggestion_id: String,
}

impl Ledger {
    /// What people said at some positions that was not right, in order.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn objections(&self, range: &Range<u64>) -> Result<Vec<Objection>, LedgerError> {
        let sql = "SELECT f.seq, e.kind, f.suggestion_id FROM follow_up f JOIN event e ON e.seq = f.seq
                   WHERE f.seq >= ?1 AND f.seq < ?2 AND f.truth = 'reject' ORDER BY f.seq";
        self.select(sql, params![signed(range.start), signed(range.end)], |ledger, row| {
            let read = || Ok((heads::get_u64(row, 0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?));
            let (seq, kind, suggestion_id) = read().map_err(|error| ledger.unreadable(error))?;
            let kind = kind.parse::<EventKind>();
            let kind = kind.map_err(|error| fail::corrupt(ledger.path(), format!("event {seq}: {error}")))?;
            Ok(Objection { seq, kind, suggestion_id })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Draft;

    #[test]
    fn only_what_was_found_wrong_is_an_objection() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
        let said = [
            (EventKind::Reviewed, r#"{"id":"a","verdict":"approved"}"#),
            (EventKind::Reviewed, r#"{"id":"b","verdict":"edited"}"#),
            (EventKind::Escalated, r#"{"id":"b"}"#),
            (EventKind::Corrected, r#"{"id":"c"}"#),
            (EventKind::Audited, r#"{"id":"d","finding":"unclear"}"#),
            (EventKind::Audited, r#"{"id":"d","finding":"wrong"}"#),
            (EventKind::Reviewed, r#"{"id":"e","verdict":"rejected"}"#),
        ];
        let events = said.map(|(kind, body)| {
            let (at, actor) = ("2026-11-20T09:00:00Z".to_owned(), "ana".to_owned());
            let body = body.to_owned();
            Draft { kind, at, actor, body, openings: None, index: None, objects: Vec::new() }.prepare().unwrap()
        });
        ledger.append(&events).unwrap();
        let found = |range: Range<u64>| -> Vec<(u64, EventKind, String)> {
            let found = ledger.objections(&range).unwrap().into_iter();
            found.map(|Objection { seq, kind, suggestion_id }| (seq, kind, suggestion_id)).collect()
        };
        let all = [
            (1, EventKind::Reviewed, "b".to_owned()),
            (3, EventKind::Corrected, "c".to_owned()),
            (5, EventKind::Audited, "d".to_owned()),
            (6, EventKind::Reviewed, "e".to_owned()),
        ];
        assert_eq!(found(0..u64::MAX), all);
        assert_eq!(found(2..6), all[1..3]);
        assert!(found(7..9).is_empty());
    }
}

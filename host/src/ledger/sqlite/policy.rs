//! The few events that say how policies come into force: found by an index of their own, however long the ledger is.

use rusqlite::Connection;

use super::read::EVENT;
use super::{Ledger, fail};
use crate::ledger::{EventKind, LedgerError, RecordedEvent};

/// What the index covers, in its own words: `SQLite` compares texts.
const OF_POLICY: &str = "(kind = 'published' OR kind = 'yanked' OR kind = 'set-proposed' OR kind = 'set-approved' \
     OR kind = 'activated' OR kind = 'rollout-step')";

/// The newest of them.
pub(super) fn last(conn: &Connection) -> rusqlite::Result<Option<u64>> {
    let sql = format!("SELECT max(seq) FROM event INDEXED BY event_of_policy WHERE {OF_POLICY}");
    let seq: Option<i64> = conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
    Ok(seq.and_then(|seq| u64::try_from(seq).ok()))
}

impl Ledger {
    /// The events that say how policies come into force (`published`, `yanked`, `set-proposed`, `set-approved`, `activated` and
    /// `rollout-step`), oldest first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn policy_log(&self) -> Result<Vec<RecordedEvent>, LedgerError> {
        let places = format!("SELECT seq FROM event INDEXED BY event_of_policy WHERE {OF_POLICY}");
        let sql = format!("SELECT {EVENT} WHERE e.seq IN ({places}) ORDER BY e.seq");
        self.select(&sql, [], Self::recorded_event)
    }

    /// Where the newest of these events stands: what they say changes with it, and with nothing else.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn last_of_policy(&self) -> Result<Option<u64>, LedgerError> {
        last(&self.conn).map_err(|error| fail::sqlite(self.path(), "looking for the newest change of policies", error))
    }

    /// Where the newest activation stands: which set decides changes with it, and with nothing else.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn last_activation(&self) -> Result<Option<u64>, LedgerError> {
        const DOING: &str = "looking for the active set";
        let failed = |error| fail::sqlite(self.path(), DOING, error);
        let kind = EventKind::Activated;
        let sql = format!("SELECT max(seq) FROM event INDEXED BY event_of_policy WHERE kind = '{kind}'");
        let found = self.conn.prepare_cached(&sql).map_err(failed)?.query_row([], |row| row.get::<_, Option<i64>>(0));
        Ok(found.map_err(failed)?.and_then(|seq| u64::try_from(seq).ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Draft, Prepared};

    fn event(kind: EventKind) -> Prepared {
        let draft = Draft {
            kind,
            at: "2026-11-20T09:00:00Z".to_owned(),
            actor: "ana".to_owned(),
            body: "{}".to_owned(),
            openings: None,
            index: None,
            objects: Vec::new(),
        };
        draft.prepare().unwrap()
    }

    #[test]
    fn whoever_was_slower_records_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let mut ledger = Ledger::create(&path).unwrap();
        let mut other = Ledger::open(&path).unwrap();
        assert_eq!(last(&ledger.conn).unwrap(), None);
        assert!(ledger.append_after_policy(&[event(EventKind::Published)], None).unwrap().is_some());
        assert!(other.append_after_policy(&[event(EventKind::Activated)], None).unwrap().is_none());
        assert!(other.append_after_policy(&[event(EventKind::Activated)], Some(0)).unwrap().is_some());
        // What is no such event does not come between.
        ledger.append(&[event(EventKind::Sampled)]).unwrap();
        assert!(ledger.append_after_policy(&[event(EventKind::Yanked)], Some(1)).unwrap().is_some());
        assert_eq!((ledger.last_of_policy().unwrap(), ledger.last_activation().unwrap()), (Some(3), Some(1)));
        assert!(other.append_after_policy(&[event(EventKind::RolloutStep)], Some(1)).unwrap().is_none());
        assert!(other.append_after_policy(&[event(EventKind::RolloutStep)], Some(3)).unwrap().is_some());
        assert_eq!((ledger.last_of_policy().unwrap(), ledger.last_activation().unwrap()), (Some(4), Some(1)));
        let kinds: Vec<_> = ledger.policy_log().unwrap().iter().map(|event| (event.seq, event.kind)).collect();
        assert_eq!(
            kinds,
            [(0, EventKind::Published), (1, EventKind::Activated), (3, EventKind::Yanked), (4, EventKind::RolloutStep)]
        );
    }
}

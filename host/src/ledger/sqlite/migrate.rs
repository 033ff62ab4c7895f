//! Brings a file of an earlier format up to date.
//!
//! Formats 1 to 3 held entries and values as texts alone, and fewer tables of state. Events and their values move as they are
//! into tables of the present form; the tables of state are built again from them.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::dictionaries::Reader;
use super::open::{FORMAT, RECORD_SECRET, check_format, configure, secret};
use super::views::Filling;
use super::{EVENTS, VIEWS, fail};
use crate::ledger::LedgerError;

const DOING: &str = "bringing a ledger of an earlier release up to date, for which it must be writable";

/// All in one transaction: after an interruption the file is as it was.
pub(super) fn bring_up_to_date(path: &Path) -> Result<(), LedgerError> {
    let failed = |error| fail::sqlite(path, DOING, error);
    let access = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, access).map_err(failed)?;
    conn.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
    configure(&conn).map_err(failed)?;
    // A table that makes room for its successor must take nothing along that refers to it.
    conn.pragma_update(None, "foreign_keys", false).map_err(failed)?;
    conn.pragma_update(None, "legacy_alter_table", true).map_err(failed)?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    // Another process may have been faster.
    if check_format(&tx, path)? < FORMAT {
        let secret = secret(&tx, path, RECORD_SECRET)?;
        move_events(&tx).map_err(failed)?;
        Filling { conn: &tx, path, reader: &Reader::default(), secret: &secret }.fill(&mut |_, _| {})?;
        tx.pragma_update(None, "user_version", FORMAT).map_err(failed)?;
    }
    tx.commit().map_err(failed)
}

fn move_events(conn: &Connection) -> rusqlite::Result<()> {
    for table in ["decision", "judged", "subtree"] {
        conn.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
    }
    conn.execute_batch("DROP INDEX IF EXISTS event_of_policy")?;
    for trigger in ["event_in_order", "event_no_update", "event_no_delete"] {
        conn.execute_batch(&format!("DROP TRIGGER IF EXISTS {trigger}"))?;
    }
    for trigger in ["opening_once", "opening_no_update", "opening_no_delete"] {
        conn.execute_batch(&format!("DROP TRIGGER IF EXISTS {trigger}"))?;
    }
    conn.execute_batch("ALTER TABLE opening RENAME TO earlier_opening; ALTER TABLE event RENAME TO earlier_event;")?;
    conn.execute_batch(EVENTS)?;
    conn.execute_batch(
        "INSERT INTO event (seq, kind, at, leaf, entry) SELECT seq, kind, at, leaf, entry FROM earlier_event ORDER BY seq;
         INSERT INTO opening (seq, seed, sealed_values)
           SELECT seq, seed, sealed_values FROM earlier_opening ORDER BY seq;
         DROP TABLE earlier_opening;
         DROP TABLE earlier_event;",
    )?;
    conn.execute_batch(VIEWS)
}

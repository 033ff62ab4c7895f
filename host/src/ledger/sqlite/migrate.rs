//! Brings a file of an earlier format up to date.
//!
//! Formats 1 to 3 held entries and values as texts alone, and fewer tables of state; format 4 knew fewer kinds of events. Events
//! and their values move as they are into tables of the present form; the tables of state are built again from them.

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

/// The tables of state of all formats, in an order in which they can be dropped.
const STATE: [&str; 8] = ["decision", "judged", "follow_up", "mention", "hold", "token", "destroyed", "subtree"];

/// The tables that are made anew, and what each holds. The earliest formats have no dictionaries.
const MOVED: [(&str, &str); 3] = [
    ("event", "seq, kind, at, leaf, entry"),
    ("opening", "seq, seed, sealed_values"),
    ("dictionary", "number, purpose, since, digest, bytes"),
];

fn move_events(conn: &Connection) -> rusqlite::Result<()> {
    for table in STATE {
        conn.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
    }
    conn.execute_batch("DROP INDEX IF EXISTS event_of_policy")?;
    let mut moved = Vec::new();
    for (table, columns) in MOVED {
        if conn.table_exists(None, table)? {
            moved.push((table, columns));
        }
    }
    for (table, _) in &moved {
        let triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1";
        let names =
            conn.prepare(triggers)?.query_map([table], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        for name in names {
            conn.execute_batch(&format!("DROP TRIGGER {name}"))?;
        }
        conn.execute_batch(&format!("ALTER TABLE {table} RENAME TO earlier_{table}"))?;
    }
    conn.execute_batch(EVENTS)?;
    for (table, columns) in &moved {
        conn.execute_batch(&format!(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM earlier_{table} ORDER BY 1"
        ))?;
    }
    // What refers to another goes before it.
    for (table, _) in moved.iter().rev() {
        conn.execute_batch(&format!("DROP TABLE earlier_{table}"))?;
    }
    conn.execute_batch(VIEWS)
}

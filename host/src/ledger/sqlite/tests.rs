//! Tests of the store as a whole, with a second raw connection as the adversary.

mod appending;
mod auditing;
mod backups;
mod erasing;
mod exporting;
mod opening;
mod proving;
mod reading;
mod tampering;
mod training;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::ledger::draft::tests::{decision, published, record_parts};
use crate::ledger::{Prepared, leaf_hash};

/// A folder with the path of a ledger in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    (folder, path)
}

fn prepared(id: &str) -> Prepared {
    decision(id, &format!("record of {id}"), 32).prepare().unwrap()
}

/// Decisions s-`from` up to before s-`to`.
fn group(from: u64, to: u64) -> Vec<Prepared> {
    (from..to).map(|number| prepared(&format!("s-{number}"))).collect()
}

/// A ledger of nine events in groups of 1, 3, 4 and 1, and an object; event 4 is no decision.
fn small(path: &Path) -> Ledger {
    let mut ledger = Ledger::create(path).unwrap();
    let object = ledger.put_object(ObjectKind::SetLock, b"lock").unwrap();
    let mut publish = published(&format!("{{\"objects\":[\"{object}\"]}}"));
    publish.objects = vec![object];
    ledger.append(&group(0, 1)).unwrap();
    ledger.append(&group(1, 4)).unwrap();
    let mut third = vec![publish.prepare().unwrap()];
    third.extend(group(5, 8));
    ledger.append(&third).unwrap();
    ledger.append(&group(8, 9)).unwrap();
    ledger
}

fn verify(path: &Path) -> Result<VerifyReport, Violation> {
    Ledger::open_read_only(path).unwrap().verify(&mut |_, _| {})
}

/// A connection that has removed all guards.
fn adversary(path: &Path) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    let triggers: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for trigger in triggers {
        conn.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    conn
}

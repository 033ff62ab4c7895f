//! Replaces what stands in the file of a ledger, with all others kept out.
//!
//! The file stays the same one and `SQLite` commits the new content as it commits an append: after a crash at any moment the
//! old content is there, or the new one. Giving another file the name would not do: who opened the old one a moment before
//! would go on to write its log of commits under that name, and `SQLite` would play it into the new file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, ffi};

use super::{Head, create, fail, heads, open};
use crate::ledger::LedgerError;

const DOING: &str = "replacing the ledger";

/// The file of a ledger that no other process has open, nor can open until this goes away. Whether what it holds is a
/// ledger that can be read is another question.
pub(in crate::ledger) struct Held {
    conn: Connection,
    path: PathBuf,
}

impl Held {
    /// Takes hold of a file; `None` if it is so damaged that it is no database.
    ///
    /// Nothing may open and close the file by other means while it is held: the system would give it free.
    pub(in crate::ledger) fn take(path: &Path) -> Result<Option<Self>, LedgerError> {
        match hold(path).map_err(|error| fail::sqlite(path, DOING, error)) {
            Ok(conn) => Ok(Some(Self { conn, path: path.to_owned() })),
            Err(LedgerError::Corrupt { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The file.
    pub(in crate::ledger) fn path(&self) -> &Path {
        &self.path
    }

    /// The newest head; `None` if it cannot be read.
    pub(in crate::ledger) fn head(&self) -> Option<Head> {
        heads::newest(&self.conn).ok()
    }

    /// Copies the file as it stands, page by page and with what is committed but still in the log, into an empty file.
    pub(in crate::ledger) fn copy_into(&self, path: &Path) -> Result<(), LedgerError> {
        const DOING: &str = "keeping the ledger that was there";
        let copied = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|mut copy| pages(&self.conn, &mut copy));
        copied.map_err(|error| match fail::sqlite(&self.path, DOING, error) {
            error @ (LedgerError::Full { .. } | LedgerError::Io { .. }) => error.about(path),
            error => error,
        })
    }

    /// Puts the content of another ledger in the place of this one's. When this returns, it is on disk.
    pub(in crate::ledger) fn replace_with(&mut self, path: &Path) -> Result<(), LedgerError> {
        let failed = |error| fail::sqlite(&self.path, DOING, error);
        let new = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        self.conn.flush_prepared_statement_cache();
        pages(&new, &mut self.conn).map_err(failed)?;
        // It is committed: that the log cannot be emptied now, for want of space perhaps, takes nothing away.
        self.conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).ok();
        self.conn.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(())).ok();
        Ok(())
    }
}

fn hold(path: &Path) -> rusqlite::Result<Connection> {
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    // What is damaged is kept as it was, with its log.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Before the first look at the file: only then the log of commits is opened as one that nobody shares.
    conn.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    // For a file that is empty; any other keeps the size that it has.
    conn.pragma_update(None, "page_size", create::PAGE_SIZE)?;
    open::configure(&conn)?;
    conn.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    Ok(conn)
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

/// Copies all pages in one transaction.
fn pages(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)),
    }
}

//! Opens an existing ledger.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::dictionaries::{Packing, Reader};
use super::{Ledger, State, erase, fail, heads, migrate};
use crate::ledger::{Frontier, LedgerError};

/// 'CSLG': tells a ledger from every other `SQLite` file.
pub(super) const APPLICATION_ID: i64 = 0x4353_4c47;
/// The format of the tables.
pub(super) const FORMAT: i64 = 5;

pub(super) const LOG_ID: &str = "log-id";
pub(super) const RECORD_SECRET: &str = "record-secret";

/// After how many pages in the log it is copied into the file, which costs syncs of its own: 32 MiB instead of `SQLite`'s 4 take
/// the least time in all.
const LARGE_STEP: i64 = 2048;

/// The same where somebody waits for each group. With `tests/bench serve` on one day, 99 of 100 answers came within 19 to 29 ms,
/// and within 47 ms with large steps, and as many in all.
const SMALL_STEP: i64 = 128;

const DOING: &str = "opening the ledger";

impl Ledger {
    /// Opens a ledger for reading and appending.
    ///
    /// Checks that the last group of events is the one that the last head covers: that is where an
    /// interrupted write would show.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LedgerError> {
        let path = path.as_ref();
        let mut ledger = open(path, State::Writable)?;
        configure(&ledger.conn).map_err(|error| fail::sqlite(path, DOING, error))?;
        ledger.frontier = heads::checked_tail(&ledger.conn, &ledger.reader, path)?;
        ledger.packing =
            Packing::open(&ledger.conn, ledger.log_id).map_err(|error| fail::sqlite(path, DOING, error))?;
        erase::finish_interrupted(&ledger)?;
        Ok(ledger)
    }

    /// Opens a ledger for reading. Checks nothing beyond its format, so that a damaged one can be
    /// [verified](Self::verify).
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, LedgerError> {
        let path = path.as_ref();
        let ledger = open(path, State::ReadOnly)?;
        guard(&ledger.conn).map_err(|error| fail::sqlite(path, DOING, error))?;
        Ok(ledger)
    }
}

fn open(path: &Path, state: State) -> Result<Ledger, LedgerError> {
    std::fs::metadata(path).map_err(|error| fail::file(path, DOING, error))?;
    let access = match state {
        State::Writable => OpenFlags::SQLITE_OPEN_READ_WRITE,
        State::ReadOnly | State::Poisoned => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let failed = |error| fail::sqlite(path, DOING, error);
    let access = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, access).map_err(failed)?;
    if state == State::ReadOnly
        && cannot_be_shared(&conn)
        && let Some(uri) = unchanging(path)
    {
        conn = Connection::open_with_flags(uri, access | OpenFlags::SQLITE_OPEN_URI).map_err(failed)?;
    }
    conn.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
    if check_format(&conn, path)? < FORMAT {
        migrate::bring_up_to_date(path)?;
    }
    let log_id = secret(&conn, path, LOG_ID)?;
    let record_secret = secret(&conn, path, RECORD_SECRET)?;
    Ok(Ledger {
        conn,
        path: path.to_owned(),
        log_id,
        record_secret,
        state,
        frontier: Frontier::default(),
        reader: Reader::default(),
        packing: Packing::default(),
        training_failed: false,
        training_left: false,
        known_objects: HashSet::new(),
    })
}

/// Whether the file can't be read because nothing can be written beside it: readers and writers agree by a
/// small file of their own, which a read-only medium does not let them make.
fn cannot_be_shared(conn: &Connection) -> bool {
    let read = conn.pragma_query_value(None, "application_id", |row| row.get::<_, i64>(0));
    read.is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::CannotOpen))
}

/// The name under which a file that nobody can be writing is read without that agreement; none if a log of
/// commits stands beside it, which would then be passed over.
fn unchanging(path: &Path) -> Option<String> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if std::fs::metadata(log).is_ok_and(|log| log.len() > 0) {
        return None;
    }
    let name = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Some(format!("file:{name}?immutable=1"))
}

/// The format of the file, if it is known here.
pub(super) fn check_format(conn: &Connection, path: &Path) -> Result<i64, LedgerError> {
    let number = |pragma| conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let not_a_ledger = || LedgerError::NotALedger { path: path.to_owned() };
    let application = number("application_id").map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => not_a_ledger(),
        _ => fail::sqlite(path, DOING, error),
    })?;
    if application != APPLICATION_ID {
        return Err(not_a_ledger());
    }
    match number("user_version").map_err(|error| fail::sqlite(path, DOING, error))? {
        found @ 1..=FORMAT => Ok(found),
        found if found > FORMAT => Err(LedgerError::Newer { path: path.to_owned(), found, known: FORMAT }),
        found => Err(fail::corrupt(path, format!("it says that it has format {found}, which never was"))),
    }
}

pub(super) fn secret<const N: usize>(conn: &Connection, path: &Path, key: &str) -> Result<[u8; N], LedgerError> {
    conn.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
        .map_err(|error| fail::corrupt(path, format!("its `{key}` cannot be read: {error}")))
}

/// Settings of a connection that writes.
pub(super) fn configure(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    // FULL: each commit is synced before it is answered, so that a power loss takes nothing away.
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten: values that were destroyed, and copies that were left when pages were split.
    conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    // With this, INSERT OR REPLACE runs the triggers that refuse to delete.
    conn.pragma_update(None, "recursive_triggers", true)?;
    // KiB when negative: enough for the upper pages of the indexes of a large ledger.
    conn.pragma_update(None, "cache_size", -32_768)?;
    copy_after(conn, LARGE_STEP)?;
    guard(conn)
}

impl Ledger {
    /// For those who wait for each answer, and not for all of them: nothing that takes long happens between two groups. Training
    /// dictionaries is left to another handle, one that [does nothing else](Self::train_dictionaries), and the log is copied into
    /// the file in small steps.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn answer_promptly(&mut self) -> Result<(), LedgerError> {
        self.training_left = true;
        copy_after(&self.conn, SMALL_STEP).map_err(|error| fail::sqlite(&self.path, DOING, error))
    }
}

fn copy_after(conn: &Connection, pages: i64) -> rusqlite::Result<()> {
    conn.pragma_update_and_check(None, "wal_autocheckpoint", pages, |_| Ok(()))
}

/// Settings against a file that somebody else prepared.
pub(super) fn guard(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // A statement is planned once, whatever is bound to it. Without this, each that could use an index over a part of the rows is
    // planned again in every use.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(32);
    Ok(())
}

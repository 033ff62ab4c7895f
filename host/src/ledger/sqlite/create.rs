//! Creates the file of a new ledger.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};

use super::{EVENTS, KEPT, Ledger, VIEWS, fail, open};
use crate::ledger::LedgerError;

const DOING: &str = "creating the ledger";

/// In bytes. A large page holds several events whole: measured, groups cost a fifth less than with 8 KiB.
pub(super) const PAGE_SIZE: u32 = 16_384;

impl Ledger {
    /// Creates a ledger that only its owner can read and write, and opens it.
    ///
    /// What exists is never overwritten. After an error nothing is left behind.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, LedgerError> {
        let path = path.as_ref();
        reserve(path).map_err(|error| fail::file(path, DOING, error))?;
        let created = fill(path).map_err(|error| fail::sqlite(path, DOING, error));
        let ledger = created.and_then(|()| Self::open(path));
        if ledger.is_err() {
            remove(path);
        }
        ledger
    }
}

/// Makes the empty file, so that no second process makes it too, and its name durable.
fn reserve(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

fn fill(path: &Path) -> rusqlite::Result<()> {
    let mut conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "page_size", PAGE_SIZE)?;
    open::configure(&conn)?;
    // All in one transaction: a ledger that was interrupted here has no application id.
    let tx = conn.transaction()?;
    [EVENTS, KEPT, VIEWS].into_iter().try_for_each(|tables| tx.execute_batch(tables))?;
    for (key, value) in [
        (open::LOG_ID, rand::random::<[u8; 16]>().to_vec()),
        (open::RECORD_SECRET, rand::random::<[u8; 32]>().to_vec()),
    ] {
        tx.execute("INSERT INTO meta (key, value) VALUES (?1, ?2)", params![key, value])?;
    }
    tx.pragma_update(None, "application_id", open::APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", open::FORMAT)?;
    tx.commit()
}

/// Removes what this call created; the first error is the one to tell.
fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        fs::remove_file(PathBuf::from(name)).ok();
    }
}

//! A file that is being made beside the place that it is for.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::ledger::publish::{folder_of, sync_folder};
use crate::model::Digest;

/// What `SQLite` puts beside a database while it is in use: the log of commits first.
pub(super) const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A file that only its owner reads, under a name of its own until it is whole. If it does not come so far, it goes away.
///
/// What stands beside it always goes first: whoever is interrupted leaves nothing that belongs to no file.
pub(super) struct Part {
    beside: Beside,
    file: NamedTempFile,
}

/// Removes at its end what stands beside a file.
struct Beside(PathBuf);

impl Beside {
    fn remove(&self) {
        for suffix in BESIDE {
            // Most often there is none.
            fs::remove_file(with_suffix(&self.0, suffix)).ok();
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.remove();
    }
}

const PREFIX: &str = ".ledger-";
const SUFFIX: &str = ".part";

impl Part {
    /// An empty file in the folder that a file is for. What was left there by somebody who was interrupted is removed: it
    /// holds personal values.
    pub(super) fn beside(target: &Path) -> io::Result<Self> {
        remove_abandoned(folder_of(target));
        let file = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder_of(target))?;
        // Says that somebody is at work on it. Where the file system has no locks, nothing is ever taken for abandoned.
        file.as_file().lock().ok();
        Ok(Self { beside: Beside(file.path().to_owned()), file })
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(super) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Another handle, which reads it from its beginning.
    pub(super) fn reopened(&self) -> io::Result<File> {
        self.file.reopen()
    }

    /// The length in bytes and the digest of what it holds.
    pub(super) fn length_and_digest(&self) -> io::Result<(u64, Digest)> {
        let (mut file, mut hash, mut length) = (self.reopened()?, Sha256::new(), 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = file.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
            length += bytes.len() as u64;
        }
        Ok((length, Digest::from_bytes(hash.finalize().into())))
    }

    /// Gives the file its name, if nothing has it yet. When this returns, it is on disk.
    pub(super) fn keep_new(self, target: &Path) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.beside.remove();
        self.file.persist_noclobber(target)?;
        sync_folder(folder_of(target))
    }

    /// Gives the file its name, and takes it from what has it. When this returns, it is on disk.
    pub(super) fn replace(self, target: &Path) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.beside.remove();
        self.file.persist(target)?;
        sync_folder(folder_of(target))
    }
}

/// Removes parts that nobody is at work on. The one that is to be made does not need their place.
fn remove_abandoned(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if !name.starts_with(PREFIX) {
            continue;
        }
        // A power failure can bring back what was removed before its file got another name.
        if BESIDE.iter().any(|suffix| name.strip_suffix(suffix).is_some_and(|part| is_gone(&path, part))) {
            fs::remove_file(path).ok();
        } else if name.ends_with(SUFFIX) && File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            drop(Beside(path.clone()));
            fs::remove_file(path).ok();
        }
    }
}

/// Whether a part of this name is no longer beside a file.
fn is_gone(path: &Path, part: &str) -> bool {
    part.ends_with(SUFFIX) && path.with_file_name(part).symlink_metadata().is_err()
}

/// A path with more letters at its end.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

//! Publishes the ledger as files that anybody can serve and check (<https://c2sp.org/tlog-tiles>): the checkpoint, the
//! hashes of the tree, and the entries, in which commitments stand in place of personal values.

mod file;

use std::fs;
use std::path::{Path, PathBuf};

use super::tiles::{self, Row, WIDTH};
use super::{Checkpoint, Head, Ledger, LedgerError, NoteError, NoteSigner, Subtrees, consistency_proof, is_consistent};

pub use file::{Readers, new_secret_file, replace_file, replace_file_with};
pub(super) use file::{folder_of, sync_folder};

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The head that the files show now.
    pub head: Head,
    /// The head that they showed before; none if there were none.
    pub before: Option<Head>,
    /// How many files were written.
    pub files: u64,
    /// The bundles with an entry that is too long for the layout, by number: they stand under `tile/entries-long`.
    pub long: Vec<u64>,
}

/// Why the ledger could not be published. The checkpoint in the folder is then what it was.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A file could not be read or written.
    #[error("{} cannot be written: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// There is a checkpoint that is not ours to replace.
    #[error("{} is not replaced: {error}", .path.display())]
    Kept {
        /// The file.
        path: PathBuf,
        /// Why it is not taken for an earlier one of this ledger.
        error: NoteError,
    },
    /// The ledger does not begin with what was published.
    #[error(
        "{} shows {} events with the root {:x}, and the ledger does not begin with them: one of them was changed or removed \
         since, or the ledger was replaced; nothing was published",
        .path.display(), .published.size, .published.root
    )]
    Forked {
        /// The file.
        path: PathBuf,
        /// The head that was published.
        published: Head,
    },
}

impl PublishError {
    /// Whether the ledger, or what was published of it, does not hold.
    #[must_use]
    pub const fn breaks(&self) -> bool {
        match self {
            Self::Kept { error, .. } => error.breaks(),
            Self::Forked { .. } => true,
            Self::Ledger(_) | Self::File { .. } => false,
        }
    }
}

impl Ledger {
    /// Brings the files in a folder up to date with the ledger. Files that are full and were written before stay as they
    /// are. Each file is replaced as a whole and the checkpoint last, so that whoever reads meanwhile, or after this was
    /// interrupted, finds all that the checkpoint covers.
    ///
    /// # Errors
    /// See [`PublishError`].
    pub fn publish(&self, folder: &Path, signer: &NoteSigner) -> Result<Published, PublishError> {
        let head = self.checked_head()?;
        let path = folder.join("checkpoint");
        let before = self.published_before(&path, &head, signer)?;
        let covered = before.map_or(0, |before| before.size);
        let mut writer = Writer { ledger: self, folder, covered, size: head.size, files: 0, long: Vec::new() };
        writer.entries()?;
        for level in (0..8).take_while(|level| tiles::complete(head.size, *level) > 0) {
            writer.hashes(level)?;
        }
        let Writer { mut files, long, .. } = writer;
        if before != Some(head) {
            write(&path, Checkpoint::sign(&head, signer).as_bytes())?;
            files += 1;
            remove_partial(folder, covered, head.size);
        }
        Ok(Published { head, before, files, long })
    }

    /// The head that was published before, if the ledger begins with it.
    fn published_before(&self, path: &Path, head: &Head, signer: &NoteSigner) -> Result<Option<Head>, PublishError> {
        let failed = |error| PublishError::File { path: path.to_owned(), error };
        if !path.try_exists().map_err(failed)? {
            return Ok(None);
        }
        let kept = |error| PublishError::Kept { path: path.to_owned(), error };
        let note = fs::read(path).map_err(failed)?;
        let note = String::from_utf8(note).map_err(|_| kept(NoteError::Form("it is no text")))?;
        let published = Checkpoint::open(&note, signer.verifier()).map_err(kept)?.head;
        let grown = published.size <= head.size
            && is_consistent(&published, head, &consistency_proof(self, published.size, head.size)?);
        if grown { Ok(Some(published)) } else { Err(PublishError::Forked { path: path.to_owned(), published }) }
    }
}

/// One run.
struct Writer<'r> {
    ledger: &'r Ledger,
    folder: &'r Path,
    /// How many events were published before.
    covered: u64,
    size: u64,
    files: u64,
    long: Vec<u64>,
}

impl Writer<'_> {
    /// The tiles of one level.
    fn hashes(&mut self, level: u32) -> Result<(), PublishError> {
        let row = Row::Hashes(level);
        for (number, width) in numbered(tiles::complete(self.size, level)) {
            let path = self.folder.join(tiles::path(row, number, width));
            if is_new(number, width, tiles::complete(self.covered, level)) || !path.exists() {
                let first = number * WIDTH;
                write(&path, &tiles::hashes(&self.ledger.roots(level, first..first + width)?))?;
                self.files += 1;
            }
        }
        Ok(())
    }

    /// The bundles of entries.
    fn entries(&mut self) -> Result<(), PublishError> {
        for (number, width) in numbered(self.size) {
            let path = self.folder.join(tiles::path(Row::Entries, number, width));
            let long = self.folder.join(tiles::path(Row::LongEntries, number, width));
            if is_new(number, width, self.covered) || !(path.exists() || long.exists()) {
                let first = number * WIDTH;
                let entries = self.ledger.entries(first..first + width)?;
                match tiles::bundle(&entries) {
                    Some(bundle) => write(&path, &bundle)?,
                    None => write(&long, &tiles::long_bundle(&entries).unwrap_or_default())?,
                }
                self.files += 1;
            }
            if long.exists() {
                self.long.push(number);
            }
        }
        Ok(())
    }
}

/// Whether a tile was not yet published so wide. What an interrupted run left is written again.
const fn is_new(number: u64, width: u64, covered: u64) -> bool {
    number * WIDTH + width > covered
}

/// The tiles of so many hashes or entries: their numbers and widths.
fn numbered(all: u64) -> impl Iterator<Item = (u64, u64)> {
    let partial = (!all.is_multiple_of(WIDTH)).then_some((all / WIDTH, all % WIDTH));
    (0..all / WIDTH).map(|number| (number, WIDTH)).chain(partial)
}

/// Removes the partial tiles of those that are full now, as the specification allows: whoever asks for one is given the full
/// one. One that stays does no harm.
fn remove_partial(folder: &Path, covered: u64, size: u64) {
    let levels =
        (0..8).map(|level| (Row::Hashes(level), tiles::complete(covered, level), tiles::complete(size, level)));
    let entries = [Row::Entries, Row::LongEntries].map(|row| (row, covered, size));
    for (row, covered, size) in levels.chain(entries) {
        for number in covered / WIDTH..size / WIDTH {
            let full = tiles::path(row, number, WIDTH);
            let _ = fs::remove_dir_all(folder.join(full + ".p"));
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), PublishError> {
    replace_file(path, bytes, Readers::All).map_err(|error| PublishError::File { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests;

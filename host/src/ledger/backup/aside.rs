//! Puts away what no database can be opened from.

use std::fs;
use std::io;
use std::path::Path;

use super::part::{BESIDE, Part, with_suffix};
use crate::ledger::publish::{folder_of, sync_folder};

/// Gives a file the name of another, which is kept under a third with all that stands beside it.
///
/// The log of commits goes away before the new file comes: `SQLite` would play it into whatever has the name. Between these
/// two, the damaged file stands without it, and both are kept.
pub(super) fn replace(part: Part, target: &Path, kept: &Path) -> io::Result<()> {
    also_named(target, kept)?;
    put_away_beside(target, kept)?;
    part.replace(target)
}

/// Moves away what stands beside a file, whether that is there or not.
pub(super) fn put_away_beside(target: &Path, kept: &Path) -> io::Result<()> {
    let folder = folder_of(target);
    let mut found = Vec::new();
    for suffix in BESIDE {
        let beside = with_suffix(target, suffix);
        let Ok(of) = beside.symlink_metadata() else { continue };
        // By the one called -shm, readers and writers agree; nothing is in it that is not in the others.
        if suffix != "-shm" && of.len() > 0 {
            also_named(&beside, &with_suffix(kept, suffix))?;
        }
        found.push(beside);
    }
    sync_folder(folder)?;
    for beside in found {
        fs::remove_file(beside)?;
    }
    sync_folder(folder)
}

/// A second name for a file, or where the file system knows no such thing, a copy.
fn also_named(file: &Path, name: &Path) -> io::Result<()> {
    match fs::hard_link(file, name) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            fs::copy(file, name)?;
            fs::File::open(name)?.sync_all()
        }
        named => named,
    }
}

//! Files that are there whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::Path;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the folder and the system's settings let read.
    All,
    /// The owner alone.
    Owner,
}

/// Writes a file, or replaces it, so that nobody ever reads a part of it; makes its folder. When this returns, it is on
/// disk.
///
/// # Errors
/// What the system says. The file is then what it was.
pub fn replace_file(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = tempfile::Builder::new();
    let permissions = permissions(readers);
    if let Some(permissions) = &permissions {
        new.permissions(permissions.clone());
    }
    let mut file = new.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// A new file is its owner's alone unless something else is asked for, from which the system takes away what it must.
#[cfg(unix)]
fn permissions(readers: Readers) -> Option<Permissions> {
    let mode = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    match readers {
        Readers::All => Some(mode(0o666)),
        Readers::Owner => None,
    }
}

#[cfg(not(unix))]
fn permissions(_: Readers) -> Option<Permissions> {
    None
}

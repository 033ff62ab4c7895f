//! Files that are there whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
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
    replace_file_with(path, readers, |file| file.write_all(bytes))
}

/// As [`replace_file`], for what is too large to be in memory at once: `write` writes it.
///
/// # Errors
/// What `write` or the system says. The file is then what it was.
pub fn replace_file_with<T, E: From<io::Error>>(
    path: &Path,
    readers: Readers,
    write: impl FnOnce(&mut File) -> Result<T, E>,
) -> Result<T, E> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    let mut new = tempfile::Builder::new();
    let permissions = permissions(readers);
    if let Some(permissions) = &permissions {
        new.permissions(permissions.clone());
    }
    let mut file = new.tempfile_in(folder)?;
    let written = write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(io::Error::from)?;
    sync_folder(folder)?;
    Ok(written)
}

/// Writes a secret to a file that is not there yet and that its owner alone can read. When this returns, it is on disk.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] if the file is there: nothing was changed. Otherwise what the system says.
pub fn new_secret_file(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}").and_then(|()| file.sync_all())
}

/// The folder that a file stands in.
pub(in crate::ledger) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes durable which names stand in a folder.
#[cfg(unix)]
pub(in crate::ledger) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(in crate::ledger) fn sync_folder(_: &Path) -> io::Result<()> {
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

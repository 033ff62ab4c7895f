//! Files that only this program can have written, for the deployment or the user whose folder it is: what is compiled is code,
//! and is never executed from a file that somebody else changed.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rand::TryRng;

use super::SandboxError;

/// Bytes of the authentication tag, which stands first in a file.
const TAG: usize = 32;

/// Bytes that are read at once: few enough to stay in the processor's cache between reading, hashing and writing.
const PART: usize = 32 * 1024;

/// A folder whose files each carry a keyed tag over their name and all of their bytes. A file that fails it is treated as if
/// it were not there.
#[derive(Debug)]
pub(super) struct SealedFolder {
    dir: PathBuf,
    key: [u8; 32],
}

impl SealedFolder {
    /// Opens a folder, and makes it and its key if they are not there.
    pub(super) fn open(dir: &Path) -> Result<Self, SandboxError> {
        let failed = |error: io::Error| SandboxError::Cache { path: dir.to_owned(), error };
        fs::create_dir_all(dir).map_err(failed)?;
        let key = read_or_make_key(&dir.join("key")).map_err(failed)?;
        Ok(Self { dir: dir.to_owned(), key })
    }

    /// Copies what a file holds to where nobody else can change it, and gives that back if the tag holds: the tag is taken of the
    /// bytes that are copied, in the same pass.
    pub(super) fn read_into<W: Write>(&self, name: &str, mut to: W) -> Option<W> {
        let mut file = File::open(self.dir.join(name)).ok()?;
        let mut tag = [0; TAG];
        file.read_exact(&mut tag).ok()?;
        let mut hasher = self.hasher(name);
        let mut part = vec![0; PART];
        loop {
            let length = file.read(&mut part).ok()?;
            let (read, _) = part.split_at_checked(length)?;
            if read.is_empty() {
                break;
            }
            hasher.update(read);
            to.write_all(read).ok()?;
        }
        // Compared in constant time by the type of the tag.
        if hasher.finalize() != blake3::Hash::from_bytes(tag) {
            tracing::warn!(file = name, "a cached file of compiled code fails its tag and is compiled again");
            return None;
        }
        Some(to)
    }

    /// Writes a file that consists of these parts.
    ///
    /// # Errors
    /// If it cannot be written; what stood there before then stands there still.
    pub(super) fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        // Written aside and renamed, so that no reader sees half a file.
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        file.write_all(self.tag(name, parts).as_bytes())?;
        for part in parts {
            file.write_all(part)?;
        }
        file.persist(self.dir.join(name)).map(drop).map_err(|error| error.error)
    }

    /// BLAKE3 in its keyed mode: whole megabytes are checked whenever the program starts, and it is several times as
    /// fast at that as HMAC-SHA256. The name goes first, so that a file counts only under its own.
    fn tag(&self, name: &str, parts: &[&[u8]]) -> blake3::Hash {
        let mut hasher = self.hasher(name);
        for part in parts {
            hasher.update(part);
        }
        hasher.finalize()
    }

    fn hasher(&self, name: &str) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(name.as_bytes());
        hasher.update(&[0]);
        hasher
    }
}

fn read_or_make_key(path: &Path) -> io::Result<[u8; 32]> {
    match fs::read(path) {
        Ok(key) => key.try_into().map_err(|_| {
            io::Error::other(format!("{} is no key of 32 bytes; delete it and the cache beside it", path.display()))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut key = [0; 32];
            rand::rngs::SysRng.try_fill_bytes(&mut key).map_err(io::Error::other)?;
            // A temporary file is readable by its owner alone, and it never replaces a key that another
            // process made meanwhile.
            let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
            file.write_all(&key)?;
            match file.persist_noclobber(path) {
                Ok(_) => Ok(key),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => read_or_make_key(path),
                Err(error) => Err(error.error),
            }
        }
        Err(error) => Err(error),
    }
}

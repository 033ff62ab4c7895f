//! Compiled code kept under the deployment's home, so that a module is configured and compiled once.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rand::TryRng;
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;

use super::SandboxError;
use super::load::TrustedCode;
use super::setup::{Ready, SetupRequest};
use crate::model::Digest;

/// Bytes of the authentication tag, which stands first in a cache file.
const TAG: usize = 32;

/// Compiled code by component, settings and engine. Every file carries a keyed tag over its name and all of
/// its bytes; a file that fails it is treated as if it were not there, and is never executed.
pub(super) struct Cache {
    dir: PathBuf,
    key: [u8; 32],
    engine: String,
}

impl Cache {
    /// Opens the cache in a folder, and makes both if they are not there.
    pub(super) fn open(dir: &Path, engine: &Engine) -> Result<Self, SandboxError> {
        let failed = |error: io::Error| SandboxError::Cache { path: dir.to_owned(), error };
        fs::create_dir_all(dir).map_err(failed)?;
        let key = read_or_make_key(&dir.join("key")).map_err(failed)?;
        Ok(Self { dir: dir.to_owned(), key, engine: fingerprint(engine) })
    }

    /// What is kept for a component, if it is there and its tag holds.
    pub(super) fn get(&self, component: Digest, request: &SetupRequest) -> Option<(Ready, TrustedCode)> {
        let name = self.name(component, request);
        let file = fs::read(self.dir.join(&name)).ok()?;
        let (tag, payload) = file.split_first_chunk::<TAG>()?;
        // Compared in constant time by the type of the tag.
        if self.tag(&name, payload) != blake3::Hash::from_bytes(*tag) {
            tracing::warn!(file = name, "a cached file of compiled code fails its tag and is compiled again");
            return None;
        }
        let (length, rest) = payload.split_first_chunk::<4>()?;
        let (head, _) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let ready = serde_json::from_slice(head).ok()?;
        let start = TAG + length.len() + head.len();
        Some((ready, TrustedCode::vouch_from(file, start)))
    }

    /// Keeps what was made ready. A cache that cannot be written costs time and nothing else.
    pub(super) fn put(&self, component: Digest, request: &SetupRequest, ready: &Ready, code: &TrustedCode) {
        if let Err(error) = self.write(component, request, ready, code) {
            tracing::warn!(%error, "compiled code could not be cached; it will be compiled again next time");
        }
    }

    fn write(&self, component: Digest, request: &SetupRequest, ready: &Ready, code: &TrustedCode) -> io::Result<()> {
        let name = self.name(component, request);
        let head = serde_json::to_vec(ready)?;
        let length = u32::try_from(head.len()).map_err(io::Error::other)?;
        let payload = [&length.to_le_bytes()[..], &head, code.bytes()].concat();
        let tag = self.tag(&name, &payload);
        // Written aside and renamed, so that no reader sees half a file.
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        file.write_all(tag.as_bytes())?;
        file.write_all(&payload)?;
        file.persist(self.dir.join(name)).map(drop).map_err(|error| error.error)
    }

    fn name(&self, component: Digest, request: &SetupRequest) -> String {
        let settings = Digest::of(request.settings.as_bytes());
        let strict = if request.strict { "" } else { "-lenient" };
        let snapshot = if request.snapshot { "" } else { "-plain" };
        format!("{}-{}-{}{strict}{snapshot}", format_args!("{component:x}"), settings.short(), self.engine)
    }

    /// BLAKE3 in its keyed mode: whole megabytes are checked whenever the program starts, and it is several times as
    /// fast at that as HMAC-SHA256. The name goes first, so that a file counts only under its own.
    fn tag(&self, name: &str, payload: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(name.as_bytes());
        hasher.update(&[0]);
        hasher.update(payload);
        hasher.finalize()
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

/// A short text that differs when the engine's version or configuration does.
pub(super) fn fingerprint(engine: &Engine) -> String {
    struct Sha(Sha256);
    impl Hasher for Sha {
        fn finish(&self) -> u64 {
            0
        }

        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
    }
    let mut hasher = Sha(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hex::encode(hasher.0.finalize()).chars().take(16).collect()
}

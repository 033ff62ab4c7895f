//! Compiled code kept under the deployment's home, so that a module is configured and compiled once.

use std::hash::{Hash, Hasher};
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;

use super::SandboxError;
use super::frozen::Filling;
use super::load::TrustedCode;
use super::sealed::SealedFolder;
use super::setup::{Ready, SetupRequest};
use crate::model::Digest;

/// Bytes of the length at the end of a file.
const LENGTH: usize = 4;

/// Compiled code by component, settings and engine, each in a sealed file.
pub(super) struct Cache {
    folder: SealedFolder,
    engine: String,
}

impl Cache {
    /// Opens the cache in a folder, and makes both if they are not there.
    pub(super) fn open(dir: &Path, engine: &Engine) -> Result<Self, SandboxError> {
        Ok(Self { folder: SealedFolder::open(dir)?, engine: fingerprint(engine) })
    }

    /// What is kept for a component, if it is there and its seal holds.
    pub(super) fn get(&self, component: Digest, request: &SetupRequest) -> Option<(Ready, TrustedCode)> {
        let name = self.name(component, request);
        let Ok(memory) = Filling::new() else {
            let file = self.folder.read_into(&name, Vec::new())?;
            let (rest, length) = file.split_last_chunk()?;
            let head = rest.get(rest.len().checked_sub(u32::from_le_bytes(*length) as usize)?..)?;
            return Some((serde_json::from_slice(head).ok()?, TrustedCode::vouch(file)));
        };
        let mut file = self.folder.read_into(&name, memory)?.freeze().ok()?;
        let length = file.read_before_end(LENGTH, 0).ok()?;
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        let head = file.read_before_end(length, LENGTH).ok()?;
        Some((serde_json::from_slice(&head).ok()?, TrustedCode::vouch_frozen(file)))
    }

    /// Keeps what was made ready. A cache that cannot be written costs time and nothing else.
    pub(super) fn put(&self, component: Digest, request: &SetupRequest, ready: &Ready, code: &TrustedCode) {
        // What is frozen comes from here.
        let TrustedCode::Bytes(code) = code else { return };
        if let Err(error) = self.write(component, request, ready, code) {
            tracing::warn!(%error, "compiled code could not be cached; it will be compiled again next time");
        }
    }

    /// The code comes first, because the engine maps a file from its beginning; what is known of the module follows, and
    /// its length.
    fn write(&self, component: Digest, request: &SetupRequest, ready: &Ready, code: &[u8]) -> io::Result<()> {
        let head = serde_json::to_vec(ready)?;
        let length = u32::try_from(head.len()).map_err(io::Error::other)?;
        self.folder.write(&self.name(component, request), &[code, &head, &length.to_le_bytes()])
    }

    fn name(&self, component: Digest, request: &SetupRequest) -> String {
        let settings = Digest::of(request.settings.as_bytes());
        let strict = if request.strict { "" } else { "-lenient" };
        let snapshot = if request.snapshot { "" } else { "-plain" };
        format!("{}-{}-{}{strict}{snapshot}", format_args!("{component:x}"), settings.short(), self.engine)
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

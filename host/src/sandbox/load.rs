//! The one place where compiled code is loaded, and the only unsafe code of the host.
#![allow(unsafe_code, reason = "loading compiled code is unsafe by nature; what makes it sound is said below")]

use wasmtime::Engine;
use wasmtime::component::Component;

use super::SandboxError;

/// Compiled code that this program made itself: fresh from the compiler, or from a cache file whose
/// authentication tag holds. Only `cache.rs` and `worker.rs` make values of this type.
pub(super) struct TrustedCode {
    file: Vec<u8>,
    /// Where in the file the code begins: what is read from the cache is not copied again.
    start: usize,
}

impl TrustedCode {
    /// Vouches that `code` is what this program's compiler made, byte for byte.
    pub(super) fn vouch(code: Vec<u8>) -> Self {
        Self { file: code, start: 0 }
    }

    /// Vouches for what stands in `file` from `start` on.
    pub(super) fn vouch_from(file: Vec<u8>, start: usize) -> Self {
        Self { file, start }
    }

    /// The bytes, for the cache.
    pub(super) fn bytes(&self) -> &[u8] {
        self.file.get(self.start..).unwrap_or_default()
    }
}

/// Loads compiled code.
pub(super) fn load(engine: &Engine, code: &TrustedCode) -> Result<Component, SandboxError> {
    // SAFETY: `deserialize` runs whatever code the bytes hold, so they must be what `Component::serialize`
    // returned. A `TrustedCode` is: it comes straight from the compiling process, which is this same
    // program and takes functions only from a file with a keyed tag (`functions.rs`), or from a file that carries
    // this deployment's keyed tag over every byte. The bytes are in
    // memory and cannot change between the check and the load. The engine itself refuses code of another
    // version or configuration.
    unsafe { Component::deserialize(engine, code.bytes()) }
        .map_err(|error| SandboxError::Engine(format!("cannot load compiled code: {error:#}")))
}

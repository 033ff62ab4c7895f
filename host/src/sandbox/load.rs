//! The one place where compiled code is loaded, and the only unsafe code of the host.
#![allow(unsafe_code, reason = "loading compiled code is unsafe by nature; what makes it sound is said below")]

use wasmtime::Engine;
use wasmtime::component::Component;

use super::SandboxError;
use super::frozen::Frozen;

/// Compiled code that this program made itself: fresh from the compiler, or from a cache file whose
/// authentication tag holds. Only `cache.rs` and `worker.rs` make values of this type. What stands behind the code is
/// nothing to the engine.
pub(super) enum TrustedCode {
    /// In ordinary memory.
    Bytes(Vec<u8>),
    /// In memory that the engine maps.
    Frozen(Frozen),
}

impl TrustedCode {
    /// Vouches that `code` is what this program's compiler made, byte for byte.
    pub(super) fn vouch(code: Vec<u8>) -> Self {
        Self::Bytes(code)
    }

    /// Vouches for what was read where nobody can change it.
    pub(super) fn vouch_frozen(code: Frozen) -> Self {
        Self::Frozen(code)
    }
}

/// Loads compiled code.
pub(super) fn load(engine: &Engine, code: &TrustedCode) -> Result<Component, SandboxError> {
    // SAFETY: `deserialize` runs whatever code the bytes hold, so they must be what `Component::serialize`
    // returned. A `TrustedCode` is: it comes straight from the compiling process, which is this same
    // program and takes functions only from a file with a keyed tag (`functions.rs`), or from a file that carries
    // this deployment's keyed tag over every byte. The bytes are in
    // memory, in ours alone or in such as the system lets nobody change (`frozen.rs`), so that they cannot
    // change between the check and the load nor after it. The engine itself refuses code of another
    // version or configuration.
    let loaded = unsafe {
        match code {
            TrustedCode::Bytes(bytes) => Component::deserialize(engine, bytes),
            TrustedCode::Frozen(frozen) => Component::deserialize_file(engine, frozen.path()),
        }
    };
    loaded.map_err(|error| SandboxError::Engine(format!("cannot load compiled code: {error:#}")))
}

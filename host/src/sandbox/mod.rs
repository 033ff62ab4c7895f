//! The sandbox: hostile modules in, typed answers and typed faults out. No other room knows the engine.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wasmtime::Engine;

use crate::model::{Digest, Limits};

mod admit;
mod bindings;
mod cache;
mod engine;
mod fault;
mod frozen;
mod functions;
mod interface;
mod lift;
mod load;
mod lower;
mod module;
mod profile;
mod scan;
mod sealed;
mod settings;
mod setup;
mod state;
mod trim;
mod worker;

pub use admit::{Admitted, Refusal, admit};
pub use engine::{Allocation, ENGINE_VERSION};
pub use interface::INTERFACE_VERSIONS;
pub use lower::in_scope;
pub use module::{Answer, Module, Scratch};
pub use profile::{Profile, Profiler};
pub use scan::{Shape, ShapeError, within};
pub use settings::{Misfit, Misfits, SettingsCheck, Step};
pub use setup::{Ready, SetupRequest, Snapshot, compiled_in};
pub use worker::{Worker, serve_worker};

/// What went wrong in the sandbox itself, not in a module.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The engine.
    #[error("the Wasm engine fails: {0}")]
    Engine(String),
    /// The cache of compiled code.
    #[error("the cache of compiled code in {} cannot be used: {error}", path.display())]
    Cache {
        /// Its folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The child process.
    #[error("the process that compiles modules ({}) cannot be used: {error}", program.display())]
    Worker {
        /// The program.
        program: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A component that is not let in.
    #[error("the component {}: {refusal}", digest.short())]
    Refused {
        /// Its digest.
        digest: Digest,
        /// Why.
        refusal: Refusal,
    },
}

/// The engine, the worker that compiles for it, and the cache of what it compiled.
pub struct Sandbox {
    engine: Engine,
    worker: Worker,
    cache: Option<cache::Cache>,
    functions: Option<functions::FunctionStore>,
    /// Held so that the back-stop's thread knows that the sandbox is still there.
    _alive: Arc<()>,
}

impl Sandbox {
    /// Makes a sandbox. Without a cache folder, modules are compiled each time they are loaded.
    ///
    /// # Errors
    /// If the engine cannot be set up here or the cache cannot be used.
    pub fn new(allocation: Allocation, worker: Worker, cache: Option<&Path>) -> Result<Self, SandboxError> {
        let engine = engine::engine(allocation)?;
        let alive = Arc::new(());
        engine::start_ticking(&alive, &engine)?;
        let cache = cache.map(|dir| cache::Cache::open(dir, &engine)).transpose()?;
        Ok(Self { engine, worker, cache, functions: None, _alive: alive })
    }

    /// The same, but that large modules take functions that were compiled before from this folder, and leave theirs there: for
    /// those who write modules, and compile almost the same again and again. A folder that cannot be used costs time and nothing
    /// else.
    #[must_use]
    pub fn sharing_functions(self, dir: &Path) -> Self {
        let functions = functions::FunctionStore::open(dir);
        let functions = functions.inspect_err(|error| tracing::warn!(%error, "compiled functions are not shared"));
        Self { functions: functions.ok(), ..self }
    }

    /// A short text that differs when the engine's version or configuration does.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        cache::fingerprint(&self.engine)
    }

    /// What a component of a known digest is and says of itself, with these settings; made ready and
    /// cached on the way.
    ///
    /// # Errors
    /// [`SandboxError::Refused`] if it is not let in.
    pub fn inspect(&self, component: &[u8], digest: Digest, request: &SetupRequest) -> Result<Ready, SandboxError> {
        self.ready(component, digest, request).map(|(ready, _)| ready)
    }

    /// Holds settings against the schemas that modules give for them: what does not fit of each.
    ///
    /// # Errors
    /// If the child process cannot be used.
    pub fn misfits(&self, checks: &[SettingsCheck]) -> Result<Vec<Misfits>, SandboxError> {
        self.worker.hold(checks)
    }

    /// A module that can be called, from a component of a known digest.
    ///
    /// # Errors
    /// [`SandboxError::Refused`] if it is not let in.
    pub fn load(
        &self,
        component: &[u8],
        digest: Digest,
        request: &SetupRequest,
        limits: Limits,
    ) -> Result<Module, SandboxError> {
        let (ready, code) = self.ready(component, digest, request)?;
        Module::load(&self.engine, ready, &code, &request.settings, limits, &interface::Interface::RELEASED)
    }

    fn ready(
        &self,
        component: &[u8],
        digest: Digest,
        request: &SetupRequest,
    ) -> Result<(Ready, load::TrustedCode), SandboxError> {
        // A newer host may have left there what this one refuses.
        let served = |ready: &Ready| INTERFACE_VERSIONS.contains(&ready.admitted.version.as_str());
        let cached = self.cache.as_ref().and_then(|cache| cache.get(digest, request));
        if let Some(cached) = cached.filter(|(ready, _)| served(ready)) {
            return Ok(cached);
        }
        let made = self.worker.set_up(component, request, self.functions.as_ref())?;
        let (ready, code) = made.map_err(|refusal| SandboxError::Refused { digest, refusal })?;
        if let Some(cache) = &self.cache {
            cache.put(digest, request, &ready, &code);
        }
        Ok((ready, code))
    }
}

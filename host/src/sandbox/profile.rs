//! Where a call's fuel goes: its stack at fixed intervals of fuel.
//!
//! A call is repeated with ever more fuel, and each time the stack is taken where the fuel ran out. So the samples are
//! weighted by fuel, and they are the same on every run and every machine with the same engine.

use wasmtime::component::Component;
use wasmtime::{Engine, WasmBacktrace};

use super::engine::{Allocation, config};
use super::interface::Interface;
use super::load::TrustedCode;
use super::module::{Module, Scratch};
use super::setup::{SetupRequest, configure};
use super::{Sandbox, SandboxError};
use crate::model::{Digest, Facts, Finding, Limits, ModuleKind, Suggestion};

/// Frames of a stack that are kept, innermost first.
const FRAMES: usize = 128;

/// Where the fuel of one call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The fuel of the whole call.
    pub fuel: u64,
    /// The fuel between two samples.
    pub interval: u64,
    /// The stack of each sample, outermost function first, by the names that the module gives its functions.
    pub stacks: Vec<Vec<String>>,
}

/// A module made ready to be profiled.
pub struct Profiler(Module);

impl Sandbox {
    /// A module made ready to be profiled. Its code keeps what backtraces need, and is never cached.
    ///
    /// # Errors
    /// [`SandboxError::Refused`] if it is not let in.
    pub fn profiler(
        &self,
        component: &[u8],
        digest: Digest,
        request: &SetupRequest,
        limits: Limits,
    ) -> Result<Profiler, SandboxError> {
        // Compiled in the child process first, where hostile code is stopped; what got through there is compiled here.
        self.inspect(component, digest, request)?;
        let failed = |error: wasmtime::Error| SandboxError::Engine(error.to_string());
        let mut config = config(Allocation::OnDemand);
        config.wasm_backtrace_max_frames(std::num::NonZeroUsize::new(FRAMES));
        let engine = Engine::new(&config).map_err(failed)?;
        let interface = Interface::RELEASED;
        let refused = |refusal| SandboxError::Refused { digest, refusal };
        let (ready, bytes) = configure(&engine, component, request, &interface).map_err(refused)?;
        let code = Component::new(&engine, bytes).and_then(|compiled| compiled.serialize()).map_err(failed)?;
        Module::load(&engine, ready, &TrustedCode::vouch(code), &request.settings, limits, &interface).map(Profiler)
    }
}

impl Profiler {
    /// Profiles one call with so many samples. None if the call itself does not get through: there is nothing to
    /// measure it by.
    #[must_use]
    pub fn profile(
        &self,
        suggestion: &Suggestion,
        facts: &Facts<'_>,
        findings: &[Finding],
        samples: u64,
    ) -> Option<Profile> {
        let mut scratch = Scratch::default();
        let mut run = |fuel: u64| -> Option<(u64, Option<Vec<String>>)> {
            let Self(module) = self;
            match module.kind() {
                ModuleKind::Validator => {
                    let called = module.call_validate(&mut scratch, suggestion, facts, fuel).ok()?;
                    Some((called.fuel, called.returned.err().map(|error| stack(&error))))
                }
                ModuleKind::Policy => {
                    let called = module.call_decide(&mut scratch, suggestion, facts, findings, fuel).ok()?;
                    Some((called.fuel, called.returned.err().map(|error| stack(&error))))
                }
            }
        };
        let (fuel, None) = run(self.0.limits().fuel)? else { return None };
        let interval = fuel.div_ceil(samples.max(1)).max(1);
        let stacks = (0..fuel.div_ceil(interval))
            .filter_map(|sample| run(sample * interval + interval / 2)?.1)
            .filter(|stack| !stack.is_empty())
            .collect();
        Some(Profile { fuel, interval, stacks })
    }
}

/// The functions of an error's backtrace, outermost first.
fn stack(error: &wasmtime::Error) -> Vec<String> {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else { return Vec::new() };
    let name = |frame: &wasmtime::FrameInfo| match frame.func_name() {
        Some(name) => format!("{:#}", rustc_demangle::demangle(name)),
        None => format!("function {}", frame.func_index()),
    };
    trace.frames().iter().rev().map(name).collect()
}

//! Makes a component ready to be called: configured, described, snapshotted and compiled.
//!
//! Compiling and configuring run hostile input through a compiler, so outside of tests this happens in
//! a child process: see `worker.rs`.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use serde::{Deserialize, Serialize};
use wasmtime::component::{Component, Instance, InstancePre, Lift, Linker, WasmList};
use wasmtime::{Engine, Store};
use wasmtime_wizer::{ComponentInstanceState, Wizer};

use super::SandboxError;
use super::admit::{Admitted, Refusal, admit_to};
use super::bindings::{Decide, Validate, setup};
use super::engine::{engine_for_setup, engine_to_compile};
use super::fault::fault_of;
use super::functions::Functions;
use super::interface::Interface;
use super::lift::description;
use super::load::Entry;
use super::scan::Shape;
use super::state::{State, store};
use super::trim::trim;
use crate::model::{Description, Limits, ModuleKind};

/// Fuel for starting, configuring and describing a module once: a list of 10,000 entries takes 25 million.
const SETUP_FUEL: u64 = 2_000_000_000;

/// Linear memory for that, in bytes.
const SETUP_MEMORY: usize = 128 << 20;

/// What a component is to be made ready for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupRequest {
    /// The module's settings, a JSON document.
    pub settings: String,
    /// The largest shape that is let in.
    pub shape: Shape,
    /// Whether settings that the module refuses are an error, or leave it described without any: the
    /// latter for tools that look at a module whose settings they do not know.
    pub strict: bool,
    /// Whether to take a snapshot where that is possible. Without one, the same compiled code serves all settings:
    /// see [`super::Module::with_settings`].
    pub snapshot: bool,
}

/// Whether calls start from a snapshot of the configured module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "taken", content = "why")]
pub enum Snapshot {
    /// They do.
    Yes,
    /// The module is configured before each call, because of this.
    No(String),
}

/// A component made ready: all but the compiled code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// What it is.
    pub admitted: Admitted,
    /// What it says of itself, as configured.
    pub description: Description,
    /// Whether calls start from a snapshot.
    pub snapshot: Snapshot,
}

/// Makes a component ready in this process, for a host that serves this interface, with functions that may have been compiled
/// before. Returns what it is, and its compiled code.
///
/// # Errors
/// See [`Refusal`].
pub(super) fn set_up(
    component: &[u8],
    request: &SetupRequest,
    interface: &Interface,
    compiled_before: Option<Arc<Functions>>,
) -> Result<(Ready, Vec<u8>), Refusal> {
    let unusable = |error: SandboxError| Refusal::Setup(error.to_string());
    let engine = engine_for_setup(compiled_before.clone()).map_err(unusable)?;
    let (ready, bytes) = configure(&engine, component, request, interface)?;
    let engine = engine_to_compile(compiled_before).map_err(unusable)?;
    let compiled = Component::new(&engine, &bytes).map_err(|error| Refusal::Compile(format!("failed: {error:#}")))?;
    let pre = link(&engine, &ready.admitted, &compiled, interface)?;
    match ready.admitted.kind {
        ModuleKind::Validator => Entry::<Validate>::new(pre).map(drop),
        ModuleKind::Policy => Entry::<Decide>::new(pre).map(drop),
    }
    .map_err(|error| wrong_types(&ready.admitted.version, &error))?;
    let code = compiled.serialize().map_err(|error| Refusal::Compile(format!("failed: {error:#}")))?;
    Ok((ready, code))
}

/// A component with its settings compiled in, as the sandbox compiles it: to measure it elsewhere, or to look
/// at it with other tools. The component itself, if it cannot be snapshotted. Runs in this process, so only for
/// components that are trusted.
///
/// # Errors
/// See [`Refusal`].
pub fn compiled_in(component: &[u8], request: &SetupRequest) -> Result<Vec<u8>, Refusal> {
    let engine = engine_for_setup(None).map_err(|error| Refusal::Setup(error.to_string()))?;
    configure(&engine, component, request, &Interface::RELEASED).map(|(_, bytes)| bytes)
}

/// Admits, configures and describes a component, and returns the one to be compiled.
pub(super) fn configure(
    engine: &Engine,
    component: &[u8],
    request: &SetupRequest,
    interface: &Interface,
) -> Result<(Ready, Vec<u8>), Refusal> {
    let admitted = admit_to(interface.versions, component, &request.shape)?;
    let taken = if request.snapshot {
        take_snapshot(engine, &admitted, component, request, interface)?
    } else {
        Err("none was asked for".to_owned())
    };
    let (description, snapshot, bytes) = match taken {
        Ok((description, snapshot)) => (description, Snapshot::Yes, snapshot),
        Err(why) => {
            let pre = compiled(engine, &admitted, component, interface)?;
            let mut module = configured(engine, &admitted, &pre, &request.settings, request.strict)?;
            (module.describe()?, Snapshot::No(why), component.to_vec())
        }
    };
    Ok((Ready { admitted, description, snapshot }, bytes))
}

/// Links a component with what the host offers.
pub(super) fn link(
    engine: &Engine,
    admitted: &Admitted,
    component: &Component,
    interface: &Interface,
) -> Result<InstancePre<State>, Refusal> {
    let mut linker = Linker::new(engine);
    let offer = |linker: &mut Linker<State>| -> wasmtime::Result<InstancePre<State>> {
        if admitted.logs {
            (interface.offer)(linker)?;
        }
        for name in &admitted.type_imports {
            linker.instance(name)?;
        }
        linker.instantiate_pre(component)
    };
    offer(&mut linker).map_err(|error| wrong_types(&admitted.version, &error))
}

fn wrong_types(version: &str, error: &wasmtime::Error) -> Refusal {
    Refusal::World(format!("does not have the types of countersign:policy@{version}: {error:#}"))
}

/// A configured instance.
pub(super) struct Configured {
    store: Store<State>,
    instance: Instance,
    /// The version of the interface that it is written against.
    version: String,
}

impl Configured {
    /// What the module says of itself.
    pub(super) fn describe(&mut self) -> Result<Description, Refusal> {
        let Self { store, instance, version } = self;
        let module = setup::Setup::new(&mut *store, instance).map_err(|error| wrong_types(version, &error))?;
        let described = module.call_describe(&mut *store);
        let described = described.map_err(|error| stopped("`describe`", store, &error))?;
        description(described).map_err(Refusal::World)
    }
}

fn stopped(doing: &str, store: &mut Store<State>, error: &wasmtime::Error) -> Refusal {
    let fault = fault_of(error, store.data());
    let said = store.data_mut().take_log().map_or_else(String::new, |log| format!(", after it logged: {log}"));
    Refusal::Setup(format!("does not get through {doing}: {fault}{said}"))
}

/// Compiles a component and links it.
fn compiled(
    engine: &Engine,
    admitted: &Admitted,
    component: &[u8],
    interface: &Interface,
) -> Result<InstancePre<State>, Refusal> {
    let compiled = Component::new(engine, component).map_err(|error| Refusal::Compile(format!("failed: {error:#}")))?;
    link(engine, admitted, &compiled, interface)
}

/// Starts and configures an instance. Settings that the module refuses are an error only if `strict`.
pub(super) fn configured(
    engine: &Engine,
    admitted: &Admitted,
    pre: &InstancePre<State>,
    settings: &str,
    strict: bool,
) -> Result<Configured, Refusal> {
    let state = State::new(SETUP_MEMORY, Limits::DEFAULT.log);
    let mut store = store(engine, state, SETUP_FUEL).map_err(|error| Refusal::Setup(error.to_string()))?;
    let instance = pre.instantiate(&mut store).map_err(|error| stopped("its start", &mut store, &error))?;
    let version = admitted.version.clone();
    let module = setup::Setup::new(&mut store, &instance).map_err(|error| wrong_types(&version, &error))?;
    match module.call_configure(&mut store, settings) {
        Ok(Err(why)) if strict => Err(Refusal::Settings(why.chars().take(2_000).collect())),
        Ok(_) => Ok(Configured { store, instance, version }),
        Err(error) => Err(stopped("`configure`", &mut store, &error)),
    }
}

/// Takes a snapshot of the configured component; the inner error says why that is not possible.
fn take_snapshot(
    engine: &Engine,
    admitted: &Admitted,
    component: &[u8],
    request: &SetupRequest,
    interface: &Interface,
) -> Result<Result<(Description, Vec<u8>), String>, Refusal> {
    let mut wizer = Wizer::new();
    wizer.keep_init_func(true);
    let (context, instrumented) = match wizer.instrument_component(component) {
        Ok(instrumented) => instrumented,
        Err(error) => return Ok(Err(format!("{error:#}"))),
    };
    let pre = compiled(engine, admitted, &instrumented, interface)?;
    let module = configured(engine, admitted, &pre, &request.settings, request.strict)?;
    let mut reader = StateReader { module, failed: None };
    let snapshot = finish(wizer.snapshot_component(&context, &mut reader));
    // Described last: what the description takes of the memory is not to be part of every call.
    match (reader.failed, snapshot) {
        (Some(why), _) => Ok(Err(why)),
        (None, Err(error)) => Ok(Err(format!("{error:#}"))),
        (None, Ok(snapshot)) => match trim(&snapshot) {
            Ok(trimmed) => Ok(Ok((reader.module.describe()?, trimmed))),
            Err(why) => Ok(Err(why)),
        },
    }
}

/// Runs a future that never waits.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// Reads the state of a configured instance through the functions that the snapshot tool added to it.
struct StateReader {
    module: Configured,
    failed: Option<String>,
}

impl StateReader {
    fn read<R: Lift + 'static>(&mut self, instance: &str, name: &str) -> Option<R> {
        let Configured { store, instance: component, .. } = &mut self.module;
        let mut read = || -> wasmtime::Result<R> {
            let missing = || wasmtime::format_err!("the instrumented component lacks `{instance}#{name}`");
            let (_, parent) = component.get_export(&mut *store, None, instance).ok_or_else(missing)?;
            let (_, export) = component.get_export(&mut *store, Some(&parent), name).ok_or_else(missing)?;
            let function = component.get_typed_func::<(), (R,)>(&mut *store, export)?;
            store.set_hostcall_fuel(SETUP_MEMORY * 2);
            Ok(function.call(&mut *store, ())?.0)
        };
        match read() {
            Ok(value) => Some(value),
            Err(error) => {
                self.failed.get_or_insert(format!("its state cannot be read: {error:#}"));
                None
            }
        }
    }
}

impl ComponentInstanceState for StateReader {
    async fn call_func_ret_list_u8(&mut self, instance: &str, func: &str, contents: impl FnOnce(&[u8]) + Send) {
        match self.read::<WasmList<u8>>(instance, func) {
            Some(list) => contents(list.as_le_slice(&self.module.store)),
            None => contents(&[]),
        }
    }

    async fn call_func_ret_s32(&mut self, instance: &str, func: &str) -> i32 {
        self.read(instance, func).unwrap_or_default()
    }

    async fn call_func_ret_s64(&mut self, instance: &str, func: &str) -> i64 {
        self.read(instance, func).unwrap_or_default()
    }

    async fn call_func_ret_f32(&mut self, instance: &str, func: &str) -> u32 {
        self.read::<f32>(instance, func).unwrap_or_default().to_bits()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, func: &str) -> u64 {
        self.read::<f64>(instance, func).unwrap_or_default().to_bits()
    }
}

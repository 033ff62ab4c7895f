//! The engine and its settings. Every setting here is part of what makes a decision repeatable, or of
//! what makes a fresh instance cheap; the comments say which.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

use super::SandboxError;
use super::functions::Functions;
use crate::model::Limits;

/// The version of the engine. Fuel is comparable only between equal versions and configurations, so
/// both are recorded with every decision.
pub const ENGINE_VERSION: &str = env!("COUNTERSIGN_WASMTIME_VERSION");

/// How instances get their memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// From a pool with room for this many calls at a time: no system call and no page fault in the
    /// steady state. For everything that judges more than a few suggestions.
    Pool(u16),
    /// Mapped anew for each instance. For what runs once, and for configuring modules.
    OnDemand,
}

/// How often the wall-clock back-stop ticks.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// The wall-clock back-stop in ticks. Fuel ends every call long before; this one is for bugs of the host.
pub(super) const STALLED_AFTER_TICKS: u64 = 10;

/// Memory of an instance that is reset by copying instead of by a system call. An ordinary module of the SDK
/// has one Wasm page, and only what an instance has is copied; this leaves room for modules that bring a rule engine or
/// have long lists in their settings.
const RESIDENT: usize = 2 << 20;

/// The stack that a call may use, in bytes.
const WASM_STACK: usize = 512 << 10;

/// Makes an engine.
pub(super) fn engine(allocation: Allocation) -> Result<Engine, SandboxError> {
    Engine::new(&config(allocation)).map_err(|error| SandboxError::Engine(error.to_string()))
}

/// An engine that compiles for others, and takes the functions that were compiled before.
pub(super) fn engine_to_compile(compiled: Option<Arc<Functions>>) -> Result<Engine, SandboxError> {
    with_functions(config(Allocation::OnDemand), compiled)
}

/// An engine for what runs once: a module that is configured, so that a snapshot of it can be taken. Compiling it takes longer than
/// running it, so nothing is optimized; what comes out of it is the same, and so is its fuel.
pub(super) fn engine_for_setup(compiled: Option<Arc<Functions>>) -> Result<Engine, SandboxError> {
    let mut config = config(Allocation::OnDemand);
    config.cranelift_opt_level(OptLevel::None);
    // Code that is not optimized has larger frames.
    config.max_wasm_stack(2 * WASM_STACK);
    with_functions(config, compiled)
}

fn with_functions(mut config: Config, compiled: Option<Arc<Functions>>) -> Result<Engine, SandboxError> {
    let failed = |error: wasmtime::Error| SandboxError::Engine(error.to_string());
    if let Some(functions) = compiled {
        config.enable_incremental_compilation(functions).map_err(failed)?;
    }
    Engine::new(&config).map_err(failed)
}

/// The settings that do not depend on the way of allocation decide what compiled code looks like, so that
/// code compiled under one loads under the other.
pub(super) fn config(allocation: Allocation) -> Config {
    let mut config = Config::new();
    // Determinism: the same bits on every machine.
    config.cranelift_nan_canonicalization(true);
    config.wasm_relaxed_simd(false);
    config.consume_fuel(true);
    // The back-stop.
    config.epoch_interruption(true);
    // What policies do not need is not accepted: each of these has had its advisories.
    config.wasm_memory64(false);
    config.wasm_multi_memory(false);
    config.wasm_tail_call(false);
    config.wasm_custom_page_sizes(false);
    config.wasm_wide_arithmetic(false);
    // A trap's backtrace costs time and is not part of a decision.
    config.wasm_backtrace_max_frames(None);
    // Nor are the tables that only backtraces and debuggers read: they are half of the compiled code.
    config.generate_address_map(false);
    config.native_unwind_info(false);
    // One thread runs one call: support for concurrent tasks in a store costs a sixth of a call.
    config.concurrency_support(false);
    config.max_wasm_stack(WASM_STACK);
    match allocation {
        Allocation::OnDemand => config.allocation_strategy(InstanceAllocationStrategy::OnDemand),
        Allocation::Pool(calls) => config.allocation_strategy(pool(calls)),
    };
    config
}

/// Memory slots for each call at a time. A slot that held a module before is given to the same module
/// again, with its image still mapped; a slot that held another one must be mapped anew. So each thread has
/// room for the modules of a large set, and each module finds its own slot.
const SLOTS_PER_CALL: u32 = 32;

fn pool(calls: u16) -> InstanceAllocationStrategy {
    let calls = u32::from(calls);
    let mut pool = PoolingAllocationConfig::new();
    // A component of a scripting language has up to some dozens of core instances and tables.
    pool.total_component_instances(calls);
    pool.total_core_instances(calls * 64);
    pool.total_tables(calls * 32);
    pool.total_memories(calls * SLOTS_PER_CALL);
    pool.max_unused_warm_slots(calls * SLOTS_PER_CALL);
    pool.max_core_instances_per_component(64);
    pool.max_memories_per_component(1);
    pool.max_tables_per_component(32);
    pool.max_core_instance_size(4 << 20);
    pool.max_component_instance_size(4 << 20);
    pool.max_memory_size(Limits::CEILING.memory);
    pool.table_elements(super::state::MAX_TABLE_ELEMENTS);
    pool.linear_memory_keep_resident(RESIDENT);
    pool.table_keep_resident(4 << 10);
    // Faster still, but a page that was swapped out would not be reset: the next instance could read
    // what the one before it wrote.
    pool.pagemap_scan(Enabled::No);
    InstanceAllocationStrategy::Pooling(pool)
}

/// Advances the engine's epoch until the engine is gone.
pub(super) fn start_ticking(alive: &Arc<()>, engine: &Engine) -> Result<(), SandboxError> {
    let alive: Weak<()> = Arc::downgrade(alive);
    let engine = engine.weak();
    thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            while alive.strong_count() > 0 {
                thread::sleep(TICK);
                let Some(engine) = engine.upgrade() else { break };
                engine.increment_epoch();
            }
        })
        .map(drop)
        .map_err(|error| SandboxError::Engine(format!("cannot start the back-stop's thread: {error}")))
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::*;

    #[test]
    fn the_engine_is_not_older_than_its_last_known_fixes() {
        let engine: Version = ENGINE_VERSION.parse().unwrap();
        assert!(engine >= Version::new(48, 0, 8), "{engine} lacks security fixes of 48.0.8");
    }
}

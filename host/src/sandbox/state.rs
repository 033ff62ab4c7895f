//! What the host keeps beside one instance: its limits and its log.

use std::fmt::Write as _;

use wasmtime::component::{Linker, LinkerInstance, WasmStr};
use wasmtime::{ResourceLimiter, Store, StoreContextMut, Trap};

use super::SandboxError;

/// The most elements that a table may have: room for the tables of interpreters.
pub(super) const MAX_TABLE_ELEMENTS: usize = 200_000;

/// The most core instances, tables and resource handles of one component: those of a scripting
/// language with its adapters, and some room.
const MAX_INSTANCES: usize = 64;
const MAX_TABLES: usize = 32;
const MAX_HANDLES: usize = 1_000;

/// What is copied between host and guest in one call, in bytes, before the host stops it.
const TRANSFER: usize = 1 << 20;

/// What a call into `log` costs beside one unit of fuel a byte.
const LOG_CALL_FUEL: u64 = 200;

/// What the host keeps beside one instance.
pub(super) struct State {
    memory: usize,
    /// Set when the instance wanted more than it may have.
    pub(super) refused_growth: bool,
    log: String,
    log_limit: usize,
    log_cut: u64,
}

impl State {
    pub(super) fn new(memory: usize, log_limit: usize) -> Self {
        Self { memory, refused_growth: false, log: String::new(), log_limit, log_cut: 0 }
    }

    /// What was logged; what was over the limit is said at the end.
    pub(super) fn take_log(&mut self) -> Option<String> {
        let mut log = std::mem::take(&mut self.log);
        if self.log_cut > 0 {
            let _ = write!(log, "\n[{} bytes over the limit of {} were cut]", self.log_cut, self.log_limit);
        }
        (!log.is_empty()).then_some(log)
    }

    fn write_log(&mut self, message: &str) {
        let separator = usize::from(!self.log.is_empty());
        let room = self.log_limit.saturating_sub(self.log.len() + separator);
        if room == 0 {
            self.log_cut += message.len() as u64;
            return;
        }
        if separator > 0 {
            self.log.push('\n');
        }
        let end = (0..=room.min(message.len())).rev().find(|end| message.is_char_boundary(*end)).unwrap_or(0);
        let (kept, cut) = message.split_at(end);
        self.log.push_str(kept);
        self.log_cut += cut.len() as u64;
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.refused_growth |= desired > self.memory;
        Ok(desired <= self.memory)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.refused_growth |= desired > MAX_TABLE_ELEMENTS;
        Ok(desired <= MAX_TABLE_ELEMENTS)
    }

    fn instances(&self) -> usize {
        MAX_INSTANCES
    }

    fn tables(&self) -> usize {
        MAX_TABLES
    }

    fn memories(&self) -> usize {
        1
    }
}

/// A store for one instance, with fuel for setting it up.
pub(super) fn store(engine: &wasmtime::Engine, state: State, fuel: u64) -> Result<Store<State>, SandboxError> {
    let mut store = Store::new(engine, state);
    store.limiter(|state| state);
    store.set_fuel(fuel).map_err(|error| SandboxError::Engine(error.to_string()))?;
    store.set_epoch_deadline(super::engine::STALLED_AFTER_TICKS);
    store.set_hostcall_fuel(TRANSFER);
    store.set_max_component_handles(MAX_HANDLES);
    Ok(store)
}

/// Offers `log` to instances under a versioned name, and nothing else.
pub(super) fn offer_log<'a>(linker: &'a mut Linker<State>, name: &str) -> wasmtime::Result<LinkerInstance<'a, State>> {
    let mut log = linker.instance(name)?;
    log.func_wrap("write", |mut store: StoreContextMut<'_, State>, (message,): (WasmStr,)| -> wasmtime::Result<()> {
        let text = message.to_str(&store)?.into_owned();
        keep_in_log(&mut store, &text)
    })?;
    Ok(log)
}

/// Keeps a line in the log of an instance, and takes fuel for it: fuel does not pay by itself for what the host does.
pub(super) fn keep_in_log(store: &mut StoreContextMut<'_, State>, text: &str) -> wasmtime::Result<()> {
    let left = store.get_fuel()?;
    let cost = LOG_CALL_FUEL + text.len() as u64;
    store.set_fuel(left.saturating_sub(cost))?;
    if left < cost {
        return Err(Trap::OutOfFuel.into());
    }
    store.data_mut().write_log(text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_cut_at_a_character_and_says_so() {
        let mut state = State::new(0, 10);
        state.write_log("1234");
        state.write_log("567é9");
        state.write_log("more");
        assert_eq!(state.take_log().unwrap(), "1234\n567é\n[5 bytes over the limit of 10 were cut]");
    }

    #[test]
    fn an_empty_log_is_none() {
        assert_eq!(State::new(0, 10).take_log(), None);
    }
}

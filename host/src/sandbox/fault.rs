//! From the engine's errors to faults.

use wasmtime::Trap;

use super::state::State;
use crate::model::{Fault, FaultKind};

/// What an error of the engine means. The detail is the same for the same input, so that it can be
/// reproduced: no addresses, no backtrace.
pub(super) fn fault_of(error: &wasmtime::Error, state: &State) -> Fault {
    if state.refused_growth {
        return Fault::new(FaultKind::Memory, "wanted more memory than it may have");
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Fault::new(FaultKind::Fuel, "used up its fuel"),
        Some(Trap::StackOverflow) => Fault::new(FaultKind::Stack, "recursed too deeply"),
        Some(Trap::Interrupt) => Fault::new(FaultKind::Stalled, "was stopped by the clock before its fuel ran out"),
        Some(trap) => Fault::new(FaultKind::Trap, trap.to_string()),
        // The engine has no type of its own for this one.
        None if error.root_cause().to_string().contains("store handle limit exceeded") => {
            Fault::new(FaultKind::Memory, "wanted more handles than it may have")
        }
        None => Fault::new(FaultKind::Output, format!("handed over what cannot be read: {}", error.root_cause())),
    }
}

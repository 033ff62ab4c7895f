//! The module interface as this host serves it: which versions of it, and what components may call.

use wasmtime::component::Linker;

use super::state::{State, offer_log};

/// The versions of the module interface that this host serves, oldest first.
pub const INTERFACE_VERSIONS: &[&str] = &["1.0.0"];

/// The name of `log` in the newest of them: the linker finds what stands there by the names of the older ones, too.
const LOG: &str = "countersign:policy/log@1.0.0";

/// The module interface as a host serves it. Production has one; tests rehearse with others how it grows.
pub(super) struct Interface {
    /// The versions that are served, oldest first.
    pub(super) versions: &'static [&'static str],
    /// Offers what components may call.
    pub(super) offer: fn(&mut Linker<State>) -> wasmtime::Result<()>,
}

impl Interface {
    /// What this host serves.
    pub(super) const RELEASED: Self = Self { versions: INTERFACE_VERSIONS, offer };
}

fn offer(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    offer_log(linker, LOG).map(drop)
}

#[cfg(test)]
mod tests;

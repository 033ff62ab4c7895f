//! The one place where compiled code is loaded, and where its functions are called as functions of Rust types: the only unsafe
//! code of the host.
#![allow(unsafe_code, reason = "loading compiled code is unsafe by nature; what makes it sound is said below")]

use std::marker::PhantomData;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, Instance, InstancePre, Lift, Lower, TypedFunc,
};
use wasmtime::error::Context as _;
use wasmtime::{Engine, Store, format_err};

use super::SandboxError;
use super::frozen::Frozen;
use super::state::State;

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

/// A function that modules of a kind export, by the Rust types of its arguments and its answer.
pub(super) trait Export {
    const NAME: &'static str;
    type Arguments<'a>: ComponentNamedList + Lower;
    type Answer: ComponentNamedList + Lift;
}

/// A component of which instances can be made, and the function that is called in each.
pub(super) struct Entry<E> {
    pre: InstancePre<State>,
    function: ComponentExportIndex,
    export: PhantomData<fn() -> E>,
}

impl<E: Export> Entry<E> {
    /// Finds the function, and holds its types against those of `E`, as generated bindings do: once, because a tenth of the
    /// time of a call would go into it.
    pub(super) fn new(pre: InstancePre<State>) -> wasmtime::Result<Self> {
        let name = E::NAME;
        let (item, function) =
            pre.component().get_export(None, name).ok_or_else(|| format_err!("no export `{name}` found"))?;
        let ComponentItem::ComponentFunc(found) = item else {
            return Err(format_err!("export `{name}` is not a function"));
        };
        found
            .typecheck::<E::Arguments<'_>, E::Answer>(&pre.instance_type())
            .with_context(|| format!("type-checking export func `{name}`"))?;
        Ok(Self { pre, function, export: PhantomData })
    }

    pub(super) fn pre(&self) -> &InstancePre<State> {
        &self.pre
    }

    /// The function in a fresh instance, with which something may be done before.
    pub(super) fn start<'a>(
        &self,
        store: &mut Store<State>,
        first: impl FnOnce(&mut Store<State>, &Instance) -> wasmtime::Result<()>,
    ) -> wasmtime::Result<TypedFunc<E::Arguments<'a>, E::Answer>> {
        let instance = self.pre.instantiate(&mut *store)?;
        first(store, &instance)?;
        let function = instance.get_func(&mut *store, self.function);
        let function = function.ok_or_else(|| format_err!("no export `{}` found", E::NAME))?;
        // SAFETY: the function must have these types. `new` has held its types in `pre` against them, whatever the
        // lifetimes in them; the instance is made of `pre`, and all instances of one component have the types that
        // it has.
        Ok(unsafe { TypedFunc::new_unchecked(function) })
    }
}

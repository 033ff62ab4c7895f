//! What the modules `rego`, `cedar` and `cel` share: their settings, the document that a rule sees, and how a rule's
//! answer becomes a verdict. They run whatever rules a deployment has, so the name, the codes and the data that they
//! read come from the settings.

pub mod answer;
pub mod consent;
pub mod document;
#[cfg(any(target_arch = "wasm32", test))]
mod memory;
pub mod number;
pub mod place;
pub mod sample;
pub mod settings;
#[cfg(not(target_arch = "wasm32"))]
pub mod twins;
pub mod uses;

/// Says that a module is configured: what is allocated from now on is one call's.
pub fn configured() {
    #[cfg(target_arch = "wasm32")]
    memory::ALLOCATOR.serve_a_call();
}

//! Write Countersign modules in Rust.
//!
//! A module is a type, its settings, and one trait:
//!
//! ```
//! use countersign_guest::prelude::*;
//!
//! /// Settings: doc comments become the descriptions in the JSON Schema.
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
//! pub struct Settings {
//!     /// The longest rationale that is still believed, in characters.
//!     longest: usize,
//! }
//! impl Default for Settings {
//!     fn default() -> Self {
//!         Self { longest: 500 }
//!     }
//! }
//!
//! pub struct Wordy(Settings);
//!
//! impl Module for Wordy {
//!     const NAME: &'static str = "wordy";
//!     const CODES: &'static [(&'static str, &'static str)] = &[("wordy.long", "The rationale is longer than allowed.")];
//!     type Settings = Settings;
//!     fn configure(settings: Settings) -> Result<Self, String> {
//!         Ok(Self(settings))
//!     }
//!     fn reads(&self) -> Reads {
//!         Reads::parts(Parts::RATIONALE)
//!     }
//! }
//!
//! impl Policy for Wordy {
//!     fn decide(&self, suggestion: &Suggestion, _: &Facts, _: &[Finding]) -> Result<Verdict, String> {
//!         if suggestion.rationale.chars().count() <= self.0.longest {
//!             return Ok(Verdict::apply());
//!         }
//!         Ok(Verdict::review(Reason::new("wordy.long", "The rationale is too long to be read in a queue.")))
//!     }
//! }
//!
//! countersign_guest::export!(policy Wordy);
//!
//! let case = testing::Case::overwrite("industry", "Retail", "Software").rationale("x".repeat(501));
//! assert_eq!(testing::decide::<Wordy>("{}", &case).unwrap().outcome, Outcome::Review);
//! ```
//!
//! Built for `wasm32-unknown-unknown` and made a component, it runs in the host; under plain
//! `cargo test` it runs natively through [`testing`].

pub mod answer;
#[doc(hidden)]
pub mod bindings;
mod bounds;
mod export;
mod lookup;
mod module;
mod panic;
pub mod settings;
pub mod testing;
pub mod text;
pub mod time;
pub mod url;
mod value;

#[cfg(all(target_arch = "wasm32", not(feature = "own-allocator")))]
mod alloc;

#[doc(hidden)]
pub use export::{configure, decide, describe, validate};
pub use module::{Module, Policy, Validator};

/// The types of the interface, as `wit/1.0.0/policy.wit` documents them.
pub mod types {
    pub use crate::bindings::validator::countersign::policy::types::*;
}

/// Everything that a module usually needs.
pub mod prelude {
    pub use schemars::JsonSchema;
    pub use serde::Deserialize;

    pub use crate::answer::Objections;
    pub use crate::settings::{check_codes, check_fields};
    pub use crate::testing;
    pub use crate::time::Timestamp;
    pub use crate::types::*;
    pub use crate::{Module, Policy, Validator, log};
}

#[cfg(all(target_arch = "wasm32", not(feature = "own-allocator")))]
#[global_allocator]
static ALLOCATOR: alloc::Bump = alloc::Bump::new();

/// Keeps a line with the decision, for whoever reads it later. Costs fuel by length, and is cut at
/// 4 KiB a call. Under `cargo test` it prints.
pub fn log(message: &str) {
    #[cfg(target_arch = "wasm32")]
    bindings::validator::countersign::policy::log::write(message);
    #[cfg(not(target_arch = "wasm32"))]
    println!("log: {message}");
}

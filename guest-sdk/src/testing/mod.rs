//! Testing a module natively, under plain `cargo test`.
//!
//! [`Case`] builds a suggestion with its facts; [`validate`] and [`decide`] configure a module and
//! call it as the host does: only where it applies, and with nothing but what it declared.

mod case;
mod least_data;
mod runner;

pub use case::{Case, codes};
pub use runner::{NotCalled, configured, decide, decide_by, decide_with, validate};

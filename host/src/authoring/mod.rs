//! What the author of a module does: begin one, build it, test it, measure it, and see what changed.
//!
//! Everything here works on a folder or a file and needs no deployment.

mod bench;
mod build;
mod close;
mod error;
mod metadata;
mod profile;
mod project;
mod recipe;
mod template;
mod test;

pub use bench::{Measured, Spread, bench};
pub use build::{Built, build, build_twice};
pub use close::{CloseError, close, componentize, pure};
pub use error::AuthoringError;
pub use profile::{Fuel, Share, profile};
pub use project::{Language, Manifest, Project, bounds};
pub use template::new_project;
pub use test::{
    Answered, Case, CaseError, Difference, Expect, Fuzzed, Given, Said, Subject, Summary, Tested, check, fuzz,
    generated, junit, read_cases, run_cases, save, update,
};

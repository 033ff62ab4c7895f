//! `policy test`: cases, and inputs that are made up.

mod answer;
mod case;
mod expect;
mod fuzz;
mod generate;
mod report;
mod run;
mod update;

pub use answer::{Answered, Said};
pub use case::{Case, CaseError, Given, read_cases};
pub use expect::{Difference, Expect, check};
pub use fuzz::{Fuzzed, fuzz, save};
pub use generate::generated;
pub use report::junit;
pub use run::{Subject, Summary, Tested, run_cases};
pub use update::update;

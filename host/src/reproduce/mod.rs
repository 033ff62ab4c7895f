//! One past decision run again with what it cites: equal, or explained.

mod archive;
mod compare;

pub use archive::{ReproduceError, Reproducer, Rerun, decision_on_record};
pub use compare::{Difference, differences};

//! One past decision run again with what it cites: equal, or explained.

mod archive;
mod compare;
mod error;
mod rerun;

pub use archive::{PastSets, past_set, set_lock};
pub use compare::{Difference, differences};
pub use error::ReproduceError;
pub use rerun::{Rerun, decision_on_record};

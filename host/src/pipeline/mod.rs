//! Runs a set's modules over a suggestion, and decides.

mod decide;
mod judge;
mod loaded;
mod parallel;

pub use decide::{Judgement, Voice, decide};
pub use judge::judge;
pub use loaded::LoadedSet;
pub use parallel::{ThreadFailed, on_threads};

//! Runs a set's modules over a suggestion, and decides.

mod answers;
mod decide;
mod judge;
mod loaded;
mod parallel;
mod span;
mod stream;

pub use answers::{Answers, Call, Calling};
pub use decide::{Judgement, Voice, decide};
pub use judge::{ALL_FROZEN, NO_POLICY, judge, judge_by};
pub use loaded::LoadedSet;
pub use parallel::{ThreadFailed, on_threads};
pub use stream::stream;

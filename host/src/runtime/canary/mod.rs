//! A set that is tried on a part of the records: how that begins, what is counted while it goes on, what follows from that, and
//! how it ends.

mod count;
mod gated;
mod report;
mod steps;

pub(super) use count::{CanaryCount, CanaryCounter};
pub(super) use gated::Follows;
pub use report::{CanaryReport, Kept, Promotion, RolledBack};
pub(super) use steps::{BY_ITSELF, end_as_it_stands};

#[cfg(test)]
mod tests;

//! Which confidence suffices: automation against false applies at every threshold, and the lowest threshold that keeps a
//! promise.

mod curve;
mod percent;
mod proposal;
mod sweep;

pub use curve::{Curve, Point, STEPS};
pub use percent::{NoPercent, Percent};
pub use proposal::{ProposalError, Proposed, propose};
pub use sweep::{Sweep, lowest_confidence};

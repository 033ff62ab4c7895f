//! How sets come into force: modules are published and yanked, sets are proposed, approved by others, tried in the shadow,
//! activated, taken back and frozen. Each step is an event, and what stands is read from the events alone.

mod activation;
mod approvals;
mod archive;
mod canary;
mod error;
mod event;
mod history;
mod proposal;
mod publication;
mod reference;
mod shadow;
mod step;

pub use activation::{Activation, Cause};
pub use approvals::Approvals;
pub use archive::{KnownModule, ModuleArchive, Origin};
pub use canary::{
    ArmCounts, BUCKETS, Beside, Canary, Counts, EndCause, EndedCanary, Evidence, Gate, GateError, GateResult,
    GateVerdict, Gates, GatesReport, Observed, Plan, PlanError, Share, ShareError, Standing, StepCounts, assign,
    bucket,
};
pub use error::RolloutError;
pub use history::History;
pub use proposal::{Approval, Proposal};
pub use publication::{Against, NewPublication, Publication, Signature, Yank};
pub use reference::Reference;
pub use shadow::Shadow;

use crate::ledger::{Ledger, Prepared};

/// Who does something, when and why, as the ledger keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Who. Not personal: a token's name, or a person's opaque id.
    pub by: &'a str,
    /// When, RFC 3339.
    pub at: &'a str,
    /// Why, in their words. It stays on record for good, so it must name nobody.
    pub reason: &'a str,
}

/// Records events that were made by looking at a history, unless somebody was faster. Returns where the last one stands.
///
/// # Errors
/// [`RolloutError::Raced`] if something else came into the history meanwhile.
pub fn record(ledger: &mut Ledger, history: &History, events: &[Prepared]) -> Result<u64, RolloutError> {
    let receipts = ledger.append_after_policy(events, history.last())?.ok_or(RolloutError::Raced)?;
    receipts.last().map(|receipt| receipt.seq).ok_or(RolloutError::Raced)
}

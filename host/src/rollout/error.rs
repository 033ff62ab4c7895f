//! Why a set does not come into force.

use super::PlanError;
use crate::ledger::{DraftError, LedgerError};
use crate::model::Digest;

/// Why a step towards a set in force is not taken. Nothing was recorded, and what was in force stays so.
#[derive(Debug, thiserror::Error)]
pub enum RolloutError {
    /// An event of ours cannot be read.
    #[error("event {seq} cannot be read: {message}")]
    Unreadable {
        /// Where it stands.
        seq: u64,
        /// Why.
        message: String,
    },
    /// Something else was recorded between looking and recording.
    #[error(
        "somebody else changed what is in force, or is to be, at the same moment: look again, and repeat what still holds"
    )]
    Raced,
    /// No set was ever activated.
    #[error("no set was ever activated in this ledger: begin with `countersign init`")]
    NothingActive,
    /// There is no such proposal.
    #[error("there is no proposal `{0}`; `countersign set status` lists those that are open")]
    NoProposal(String),
    /// The beginning of a digest means several sets.
    #[error("`{0}` begins the digests of several proposed sets: give more of it")]
    Ambiguous(String),
    /// A newer proposal of the same set took its place.
    #[error("proposal {proposal} of the set {set} was replaced by proposal {by}")]
    Replaced {
        /// The proposal.
        proposal: u64,
        /// The set's name.
        set: String,
        /// The newer one.
        by: u64,
    },
    /// It was activated before.
    #[error("proposal {proposal} was activated before, by event {activation}; propose the set again")]
    Spent {
        /// The proposal.
        proposal: u64,
        /// Its activation.
        activation: u64,
    },
    /// The set decides already.
    #[error("the set {name} ({}) decides already", digest.short())]
    Active {
        /// Its name.
        name: String,
        /// Its digest.
        digest: Digest,
    },
    /// What was approved as a change of one set would replace another one.
    #[error(
        "proposal {proposal} was made when {before} decided, and {now} decides now: what was approved is not what would change; \
         propose the set again"
    )]
    Outdated {
        /// The proposal.
        proposal: u64,
        /// The set that it was to replace.
        before: String,
        /// The set that decides.
        now: String,
    },
    /// The set that stands in its file is not the one that was proposed.
    #[error(
        "the set {name} is not the one of proposal {proposal}, which has the digest {proposed}; this one has {now}: look at what \
         was proposed, or propose it again"
    )]
    Changed {
        /// The set's name.
        name: String,
        /// The proposal.
        proposal: u64,
        /// The digest that was proposed.
        proposed: Digest,
        /// The digest of the lock that stands there.
        now: Digest,
    },
    /// Nobody approves what they proposed.
    #[error("`{by}` proposed this set, so somebody else must approve it")]
    OwnProposal {
        /// Who.
        by: String,
    },
    /// One person counts once.
    #[error("`{by}` has approved proposal {proposal} before; one person counts once")]
    ApprovedBefore {
        /// Who.
        by: String,
        /// The proposal.
        proposal: u64,
    },
    /// The role does not count.
    #[error("approvals by `{role}` do not count here; countersign.toml wants one of: {wanted}")]
    Role {
        /// The role.
        role: String,
        /// Those that count.
        wanted: String,
    },
    /// Too few have approved.
    #[error(
        "proposal {proposal} needs {needed} approvals and has {given}; others approve it with `countersign set approve {proposal}`"
    )]
    Unapproved {
        /// The proposal.
        proposal: u64,
        /// How many it needs.
        needed: usize,
        /// How many it has.
        given: usize,
    },
    /// A set names a module that was yanked.
    #[error("{module} was yanked ({reason}): no new set may name it; choose another version")]
    Yanked {
        /// Its name and version.
        module: String,
        /// Why.
        reason: String,
    },
    /// There is no such module.
    #[error("no module `{0}` is known here; `countersign policy list` lists those that are")]
    NoModule(String),
    /// It was yanked before.
    #[error("{module} was yanked before, by event {seq}")]
    YankedBefore {
        /// Its name and version.
        module: String,
        /// The event.
        seq: u64,
    },
    /// A set is in the shadow already.
    #[error(
        "the set {set} is in the shadow already, since event {seq}: end that first with `countersign set shadow --stop`"
    )]
    Shadowed {
        /// Its name and version.
        set: String,
        /// The event that began it.
        seq: u64,
    },
    /// No set is in the shadow.
    #[error("no set is in the shadow: begin with `countersign set shadow SET`")]
    NoShadow,
    /// A set is tried already.
    #[error(
        "the set {set} is tried on a part of the records, since event {seq}: bring it on with `countersign set promote`, or end \
         that with `countersign set canary --stop`"
    )]
    CanaryRuns {
        /// Its name and version.
        set: String,
        /// The event that began it.
        seq: u64,
    },
    /// No set is tried.
    #[error("no set is tried on a part of the records: begin with `countersign set canary PROPOSAL --plan STEPS`")]
    NoCanary,
    /// The gates do not let a canary go on.
    #[error("the canary stays at {share}: {why}")]
    Gates {
        /// The share that it has.
        share: String,
        /// What the gates say.
        why: String,
    },
    /// A plan that cannot be followed.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Everything is frozen.
    #[error("everything is frozen and goes to review; thaw first: countersign set thaw")]
    Frozen,
    /// Nothing is frozen.
    #[error("nothing is frozen")]
    NotFrozen,
    /// There is no earlier set.
    #[error(
        "no other set decided before {0}: there is nothing to go back to; `countersign set freeze` sends everything to review"
    )]
    NoEarlier(String),
    /// An event that cannot be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

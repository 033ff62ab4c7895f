//! What a service can be asked about the sets that decide, and to bring into force.

use ureq::http::StatusCode;

use super::RemoteError;
use super::asking::{Question, Service};
use crate::model::Digest;
use crate::rollout::{Activation, Reference, Shadow};
use crate::runtime::{OpenProposal, RolledBack, SetStatus, ShadowReport};
use crate::web::{Reason, Shadows, WantedActivation, WantedApproval, WantedProposal, WantedShadow, WhyIntervene};

/// A step that needs nobody's approval.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Intervention {
    /// To send everything to review.
    Freeze,
    /// To end that.
    Thaw,
}

impl Service {
    /// How the sets stand.
    pub(crate) fn set_status(&self) -> Result<SetStatus, RemoteError> {
        self.read("/v1/activations")
    }

    /// Proposes a set of the deployment's folder.
    pub(crate) fn propose(&self, set: &str, reason: Reason) -> Result<OpenProposal, RemoteError> {
        self.act(&Question::post("/v1/proposals", &WantedProposal { set: set.to_owned(), reason }))
    }

    /// Approves the set of a digest, as a proposal has it.
    pub(crate) fn approve(&self, proposal: u64, digest: Digest, reason: Reason) -> Result<OpenProposal, RemoteError> {
        let path = format!("/v1/proposals/{proposal}/approvals");
        let approved: OpenProposal = self.act(&Question::post(&path, &WantedApproval { digest, reason }))?;
        if approved.proposal.set.digest == digest {
            return Ok(approved);
        }
        Err(self.strange("it says that it approved something else than it was asked for", StatusCode::OK))
    }

    /// Brings an approved set into force.
    pub(crate) fn activate(&self, proposal: u64, reason: Reason) -> Result<Activation, RemoteError> {
        self.act(&Question::post("/v1/activations", &WantedActivation { proposal, reason }))
    }

    /// Does what needs nobody's approval.
    pub(crate) fn intervene(&self, how: Intervention, reason: Reason) -> Result<Activation, RemoteError> {
        let path = match how {
            Intervention::Freeze => "/v1/freezes",
            Intervention::Thaw => "/v1/thaws",
        };
        self.act(&Question::post(path, &WhyIntervene { reason }))
    }

    /// Goes back to the set before; where a set is tried on a part of the records, that ends, and nothing else.
    pub(crate) fn roll_back(&self, reason: Reason) -> Result<RolledBack, RemoteError> {
        self.act(&Question::post("/v1/rollbacks", &WhyIntervene { reason }))
    }

    /// What the set in the shadow would have decided otherwise so far, if there is one.
    pub(crate) fn shadow(&self) -> Result<Option<ShadowReport>, RemoteError> {
        let Shadows { shadows } = self.read("/v1/shadows")?;
        Ok(shadows.into_iter().next())
    }

    /// Lets a set of the deployment's folder judge in the shadow.
    pub(crate) fn begin_shadow(&self, set: &str, reason: Reason) -> Result<Shadow, RemoteError> {
        self.act(&Question::post("/v1/shadows", &WantedShadow { set: set.to_owned(), reason }))
    }

    /// Ends that.
    pub(crate) fn end_shadow(&self, reason: Reason) -> Result<Shadow, RemoteError> {
        self.act(&Question::post("/v1/shadows/end", &WhyIntervene { reason }))
    }

    /// The open proposal that is meant, if there is one; of several of one name, the newest.
    pub(crate) fn open_proposal(&self, meant: &Reference) -> Result<Option<OpenProposal>, RemoteError> {
        let is_meant = |open: &OpenProposal| match meant {
            Reference::Number(number) => open.proposal.seq == *number,
            Reference::Exact(number, digest) => (open.proposal.seq, open.proposal.set.digest) == (*number, *digest),
            Reference::Digest(digits) => hex::encode(open.proposal.set.digest.as_bytes()).starts_with(digits),
            Reference::Name(name) => open.proposal.set.name == *name,
        };
        Ok(self.set_status()?.proposals.into_iter().rfind(is_meant))
    }
}

//! What stands, by the events about policies.

mod canary;

use std::collections::BTreeMap;

use semver::Version;

use super::activation::NewActivation;
use super::canary::{Canary, EndedCanary};
use super::proposal::cited;
use super::step::Step;
use super::{
    Act, Activation, Approval, Approvals, Cause, Proposal, Publication, Reference, RolloutError, Shadow, Yank,
};
use crate::access::Role;
use crate::ledger::{EventKind, Ledger, Prepared, RecordedEvent};
use crate::model::{Digest, SetRef};
use crate::modules::PolicySet;

/// All that events say of policies, oldest first.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The modules that were published.
    pub publications: Vec<Publication>,
    /// Those of them that were yanked, by name and version.
    pub yanks: BTreeMap<(String, Version), Yank>,
    /// The sets that were proposed.
    pub proposals: Vec<Proposal>,
    /// The sets that came into force.
    pub activations: Vec<Activation>,
    /// The set in the shadow, if there is one.
    pub shadow: Option<Shadow>,
    /// The set that is tried on a part of the records, if there is one.
    pub canary: Option<Canary>,
    /// The canaries that ended before their end.
    pub ended_canaries: Vec<EndedCanary>,
    /// The newest event that changed what decides.
    change: Option<(u64, String)>,
    last: Option<u64>,
}

impl History {
    /// Reads all of it.
    ///
    /// # Errors
    /// If an event cannot be read.
    pub fn read(ledger: &Ledger) -> Result<Self, RolloutError> {
        ledger.policy_log()?.iter().try_fold(Self::default(), |mut history, event| {
            history.add(event)?;
            Ok(history)
        })
    }

    fn add(&mut self, event: &RecordedEvent) -> Result<(), RolloutError> {
        match event.kind {
            EventKind::Published => self.publications.push(Publication::read(event)?),
            EventKind::Yanked => {
                let (module, yank) = Yank::read(event)?;
                self.yanks.entry(module).or_insert(yank);
            }
            EventKind::SetProposed => self.proposals.push(Proposal::read(event)?),
            EventKind::SetApproved => {
                let (number, approval) = Approval::read(event)?;
                if let Some(proposal) = self.proposals.iter_mut().find(|proposal| proposal.seq == number) {
                    proposal.approvals.push(approval);
                }
            }
            EventKind::Activated => {
                let activation = Activation::read(event)?;
                if let Some(proposal) = self.proposals.iter_mut().find(|one| Some(one.seq) == activation.proposal) {
                    proposal.activated = Some(activation.seq);
                }
                // Beside itself a set has nothing to show.
                self.shadow = self.shadow.take().filter(|shadow| shadow.set.digest != activation.set.digest);
                // Whatever comes into force does so for everything.
                self.canary = None;
                self.activations.push(activation);
                self.change = Some((event.seq, event.at.clone()));
            }
            EventKind::RolloutStep => self.step(event)?,
            _ => {}
        }
        self.last = Some(event.seq);
        Ok(())
    }

    fn step(&mut self, event: &RecordedEvent) -> Result<(), RolloutError> {
        match Step::read(event)? {
            Step::ShadowBegun(shadow) => {
                self.shadow = Some(shadow);
                return Ok(());
            }
            Step::ShadowEnded(begun) => {
                self.shadow = self.shadow.take().filter(|shadow| shadow.seq != begun);
                return Ok(());
            }
            Step::CanaryBegun(canary) => self.canary = Some(*canary),
            Step::CanaryMoved { begun, to } => {
                if let Some(canary) = self.canary.as_mut().filter(|canary| canary.seq == begun) {
                    (canary.step, canary.step_seq, canary.step_since) = (to, event.seq, event.at.clone());
                }
            }
            Step::CanaryEnded { begun, cause, gates, reason } => {
                if let Some(canary) = self.canary.take_if(|canary| canary.seq == begun) {
                    let (seq, at, by) = (event.seq, event.at.clone(), event.actor.clone());
                    self.ended_canaries.push(EndedCanary { seq, at, by, canary, cause, gates, reason });
                }
            }
        }
        self.change = Some((event.seq, event.at.clone()));
        Ok(())
    }

    /// The newest event that changed what decides, with its time: an activation, or a step of a canary.
    ///
    /// # Errors
    /// [`RolloutError::NothingActive`] if there is none.
    pub fn change(&self) -> Result<(u64, &str), RolloutError> {
        self.change.as_ref().map(|(seq, at)| (*seq, at.as_str())).ok_or(RolloutError::NothingActive)
    }

    /// The newest of the events that this was read from.
    #[must_use]
    pub const fn last(&self) -> Option<u64> {
        self.last
    }

    /// The activation that says which set decides.
    ///
    /// # Errors
    /// [`RolloutError::NothingActive`] if there is none.
    pub fn active(&self) -> Result<&Activation, RolloutError> {
        self.activations.last().ok_or(RolloutError::NothingActive)
    }

    /// Whether everything goes to review.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.activations.last().is_some_and(|active| active.cause == Cause::Freeze)
    }

    /// The activation of the set that decides; while everything is frozen, of the one that decides after a thaw. After a
    /// rollback or a thaw that is the earlier one, which came into force again.
    ///
    /// # Errors
    /// [`RolloutError::NothingActive`] if there is none.
    pub fn in_force(&self) -> Result<&Activation, RolloutError> {
        self.active().map(|active| self.meant(active))
    }

    fn meant<'h>(&'h self, activation: &'h Activation) -> &'h Activation {
        let earlier = activation.earlier.and_then(|seq| self.activations.iter().find(|earlier| earlier.seq == seq));
        earlier.unwrap_or(activation)
    }

    /// The activation that a rollback goes back to: of the set that decided before the one in force first did.
    ///
    /// # Errors
    /// [`RolloutError::NoEarlier`] if there is none.
    pub fn previous(&self) -> Result<&Activation, RolloutError> {
        let now = self.in_force()?;
        let before = self.activations.iter().rev().filter(|activation| activation.seq < now.seq);
        let mut sets = before.map(|activation| self.meant(activation));
        sets.find(|earlier| earlier.set.digest != now.set.digest)
            .ok_or_else(|| RolloutError::NoEarlier(format!("{}@{}", now.set.name, now.set.version)))
    }

    /// The proposals that were neither activated nor replaced by a newer one of the same set.
    pub fn open_proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| proposal.activated.is_none() && self.replacement(proposal).is_none())
    }

    fn replacement(&self, proposal: &Proposal) -> Option<&Proposal> {
        self.proposals.iter().rfind(|other| other.seq > proposal.seq && other.set.name == proposal.set.name)
    }

    /// The proposal that is meant, if something can still become of it. `locked` is the digest of the set's lock as it stands in
    /// its file: a name means what stands there, and must be what was proposed.
    ///
    /// # Errors
    /// What stands against it.
    pub fn proposal(
        &self,
        meant: &Reference,
        locked: impl FnOnce(&str) -> Option<Digest>,
    ) -> Result<&Proposal, RolloutError> {
        let unknown = || RolloutError::NoProposal(meant.to_string());
        let proposal = match meant {
            Reference::Number(seq) => {
                self.proposals.iter().find(|proposal| proposal.seq == *seq).ok_or_else(unknown)?
            }
            Reference::Exact(seq, digest) => {
                let found = self.proposals.iter().find(|proposal| proposal.seq == *seq).ok_or_else(unknown)?;
                let (proposed, name) = (found.set.digest, found.set.name.clone());
                if proposed != *digest {
                    return Err(RolloutError::Changed { name, proposal: *seq, proposed, now: *digest });
                }
                found
            }
            Reference::Digest(digits) => {
                let begins = |proposal: &&Proposal| hex::encode(proposal.set.digest.as_bytes()).starts_with(digits);
                let newest = self.proposals.iter().rfind(begins).ok_or_else(unknown)?;
                if self.proposals.iter().filter(begins).any(|other| other.set.digest != newest.set.digest) {
                    return Err(RolloutError::Ambiguous(meant.to_string()));
                }
                newest
            }
            Reference::Name(name) => {
                let newest = self.proposals.iter().rfind(|proposal| proposal.set.name == *name).ok_or_else(unknown)?;
                match locked(name) {
                    Some(now) if now != newest.set.digest => {
                        return Err(RolloutError::Changed {
                            name: name.clone(),
                            proposal: newest.seq,
                            proposed: newest.set.digest,
                            now,
                        });
                    }
                    _ => newest,
                }
            }
        };
        let seq = proposal.seq;
        if let Some(activation) = proposal.activated {
            return Err(RolloutError::Spent { proposal: seq, activation });
        }
        match self.replacement(proposal) {
            Some(newer) => Err(RolloutError::Replaced { proposal: seq, set: proposal.set.name.clone(), by: newer.seq }),
            None => Ok(proposal),
        }
    }

    /// The event that proposes a set.
    ///
    /// # Errors
    /// If it decides already, or names a module that was yanked.
    pub fn propose(&self, set: &PolicySet, act: Act<'_>) -> Result<Prepared, RolloutError> {
        self.refuse_active(set)?;
        self.refuse_yanked(set)?;
        Proposal::event(set, self.in_force().ok().map(|activation| &activation.set), act)
    }

    /// Whether a set may judge in the shadow. Nobody need approve it: it cannot act.
    ///
    /// # Errors
    /// If one does already, the set decides, or it names a module that was yanked.
    pub fn may_shadow(&self, set: &PolicySet) -> Result<(), RolloutError> {
        if let Some(Shadow { seq, set, .. }) = &self.shadow {
            return Err(RolloutError::Shadowed { set: format!("{}@{}", set.name, set.version), seq: *seq });
        }
        self.refuse_active(set)?;
        self.refuse_yanked(set)
    }

    /// The event from which on a set judges in the shadow, whose modules are all usable.
    ///
    /// # Errors
    /// As [`may_shadow`](Self::may_shadow).
    pub fn begin_shadow(&self, set: &PolicySet, act: Act<'_>) -> Result<Prepared, RolloutError> {
        self.may_shadow(set)?;
        Shadow::begun(set, act)
    }

    /// The event that ends it.
    ///
    /// # Errors
    /// [`RolloutError::NoShadow`] if no set is there.
    pub fn end_shadow(&self, act: Act<'_>) -> Result<Prepared, RolloutError> {
        self.shadow.as_ref().ok_or(RolloutError::NoShadow)?.ended(act)
    }

    /// The event that approves a proposal.
    ///
    /// # Errors
    /// If it may not be approved by them.
    pub fn approve(
        &self,
        proposal: &Proposal,
        role: Option<Role>,
        approvals: &Approvals,
        act: Act<'_>,
    ) -> Result<Prepared, RolloutError> {
        approvals.check_role(role)?;
        proposal.approved(role, act)
    }

    /// Whether a proposal may be activated.
    ///
    /// # Errors
    /// What stands against it.
    pub fn may_activate(&self, proposal: &Proposal, approvals: &Approvals) -> Result<(), RolloutError> {
        if self.is_frozen() {
            return Err(RolloutError::Frozen);
        }
        if let Some(Canary { set, seq, .. }) = &self.canary {
            return Err(RolloutError::CanaryRuns { set: format!("{}@{}", set.name, set.version), seq: *seq });
        }
        approvals.check(proposal)?;
        let now = self.in_force().ok().map(|activation| &activation.set);
        if now.map(|now| now.digest) == proposal.against.as_ref().map(|before| before.digest) {
            return Ok(());
        }
        let named = |set: Option<&SetRef>| {
            set.map_or_else(
                || "no set".to_owned(),
                |set| format!("{}@{} ({})", set.name, set.version, set.digest.short()),
            )
        };
        Err(RolloutError::Outdated {
            proposal: proposal.seq,
            before: named(proposal.against.as_ref()),
            now: named(now),
        })
    }

    /// The event that activates a proposed set, whose modules are all usable.
    ///
    /// # Errors
    /// As [`may_activate`](Self::may_activate), and if it names a module that was yanked.
    pub fn activate(
        &self,
        proposal: &Proposal,
        set: &PolicySet,
        approvals: &Approvals,
        catalogue: Digest,
        act: Act<'_>,
    ) -> Result<Prepared, RolloutError> {
        self.may_activate(proposal, approvals)?;
        self.refuse_yanked(set)?;
        let (cause, proposal) = (Cause::Proposal, Some(proposal.seq));
        NewActivation { set: &set.set_ref, catalogue, cause, proposal, earlier: None, objects: cited(set) }.event(act)
    }

    /// The event that activates a deployment's first set.
    ///
    /// # Errors
    /// None that can be met.
    pub fn begin(set: &PolicySet, catalogue: Digest, act: Act<'_>) -> Result<Prepared, RolloutError> {
        let (cause, objects) = (Cause::Init, cited(set));
        NewActivation { set: &set.set_ref, catalogue, cause, proposal: None, earlier: None, objects }.event(act)
    }

    /// The event that goes back to the set that decided [before](Self::previous). It ends a freeze.
    ///
    /// # Errors
    /// If there is none.
    pub fn roll_back(&self, catalogue: Digest, act: Act<'_>) -> Result<Prepared, RolloutError> {
        Self::again(self.previous()?, Cause::Rollback, catalogue, act)
    }

    /// The event that sends everything to review: the [empty set](PolicySet::frozen) decides. Its lock must be among the
    /// ledger's objects.
    ///
    /// # Errors
    /// [`RolloutError::Frozen`] if it does already.
    pub fn freeze(&self, frozen: &PolicySet, catalogue: Digest, act: Act<'_>) -> Result<Prepared, RolloutError> {
        if self.is_frozen() {
            return Err(RolloutError::Frozen);
        }
        let (cause, earlier, objects) = (Cause::Freeze, Some(self.in_force()?.seq), cited(frozen));
        NewActivation { set: &frozen.set_ref, catalogue, cause, proposal: None, earlier, objects }.event(act)
    }

    /// The event that ends a freeze: the set that decided before decides again.
    ///
    /// # Errors
    /// [`RolloutError::NotFrozen`] if nothing is frozen.
    pub fn thaw(&self, catalogue: Digest, act: Act<'_>) -> Result<Prepared, RolloutError> {
        if !self.is_frozen() {
            return Err(RolloutError::NotFrozen);
        }
        Self::again(self.in_force()?, Cause::Thaw, catalogue, act)
    }

    fn again(earlier: &Activation, cause: Cause, catalogue: Digest, act: Act<'_>) -> Result<Prepared, RolloutError> {
        let objects = vec![earlier.set.digest];
        NewActivation { set: &earlier.set, catalogue, cause, proposal: None, earlier: Some(earlier.seq), objects }
            .event(act)
    }

    /// The event that yanks a module of a known digest.
    ///
    /// # Errors
    /// [`RolloutError::YankedBefore`].
    pub fn yank(&self, name: &str, version: &Version, digest: Digest, act: Act<'_>) -> Result<Prepared, RolloutError> {
        match self.yanks.get(&(name.to_owned(), version.clone())) {
            Some(yank) => Err(RolloutError::YankedBefore { module: format!("{name}@{version}"), seq: yank.seq }),
            None => Yank::event(name, version, digest, act),
        }
    }

    fn refuse_active(&self, set: &PolicySet) -> Result<(), RolloutError> {
        let now = self.in_force().ok().map(|activation| &activation.set);
        match now.filter(|now| now.digest == set.set_ref.digest) {
            Some(SetRef { name, digest, .. }) => Err(RolloutError::Active { name: name.clone(), digest: *digest }),
            None => Ok(()),
        }
    }

    fn refuse_yanked(&self, set: &PolicySet) -> Result<(), RolloutError> {
        // By digest: a module that takes its rules as text is called otherwise in a set.
        let names = |yank: &Yank| set.modules.iter().any(|module| module.locked.digest == yank.digest);
        if let Some(((name, version), yank)) = self.yanks.iter().find(|(_, yank)| names(yank)) {
            let module = format!("{name}@{version}");
            return Err(RolloutError::Yanked { module, reason: yank.reason.clone() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

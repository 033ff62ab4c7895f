//! Makes the proof of a decision: a few reads, however long the ledger is.

use std::path::Path;

use super::check::{DecisionBody, OfModule, OfSet, Pinned};
use super::{FORMAT, Proof, ProvenEvent};
use crate::ledger::event::Entry;
use crate::ledger::sqlite::SealedEvent;
use crate::ledger::{Checkpoint, EventKind, Head, Ledger, LedgerError, NoteSigner};

impl Ledger {
    /// The signed checkpoint of the newest head, after holding the head against the hashes of the tree.
    ///
    /// # Errors
    /// [`LedgerError::Corrupt`] if the head is not that of the tree, and others if it cannot be read.
    pub fn checkpoint(&self, signer: &NoteSigner) -> Result<String, LedgerError> {
        Ok(Checkpoint::sign(&self.checked_head()?, signer))
    }

    /// The newest head, held against the hashes of the tree: nothing is signed that contradicts itself.
    pub(in crate::ledger) fn checked_head(&self) -> Result<Head, LedgerError> {
        let head = self.head()?;
        if self.root_at(head.size)? == head.root {
            return Ok(head);
        }
        Err(corrupt(self.path(), format!("the head of {} events is not that of the tree over them", head.size)))
    }

    /// The proof of the decision about a suggestion, under a checkpoint of the newest head; none if it was not decided.
    ///
    /// # Errors
    /// [`LedgerError::Corrupt`] if what stands in the ledger does not hold: no proof is made that would be refused.
    pub fn prove(&self, suggestion_id: &str, signer: &NoteSigner) -> Result<Option<Proof>, LedgerError> {
        let Some(decision) = self.sealed_decision(suggestion_id)? else { return Ok(None) };
        let seq = decision.seq;
        let head = self.checked_head()?;
        let unread = |error: serde_json::Error| corrupt(self.path(), format!("event {seq} is no decision: {error}"));
        let decided: DecisionBody = body(&decision).map_err(unread)?;
        let digest = decided.set.digest;
        let lock = self.object(&digest)?.ok_or(LedgerError::MissingObject(digest))?;
        let lock =
            String::from_utf8(lock).map_err(|_| corrupt(self.path(), format!("the lock {digest} is no text")))?;
        let pinned: Pinned = serde_json::from_str(&lock).map_err(unread)?;
        let prove = |event: SealedEvent| ProvenEvent::new(self, head.size, event);
        // An event whose body has not the form asked for here is none of this set's or of its modules'.
        let of_set = |event: &SealedEvent| body(event).is_ok_and(|of: OfSet| of.set.digest == digest);
        let of_module = |event: &SealedEvent| {
            body(event).is_ok_and(|of: OfModule| pinned.modules.iter().any(|module| module.digest == of.digest))
        };
        let activation = match decided.begun() {
            Some(begun) => {
                self.policy_events(EventKind::RolloutStep, seq)?.into_iter().find(|event| event.seq == begun)
            }
            None => self.policy_events(EventKind::Activated, seq)?.into_iter().rfind(of_set),
        };
        let approvals = self.policy_events(EventKind::SetApproved, seq)?.into_iter().filter(of_set);
        let publications = self.policy_events(EventKind::Published, seq)?.into_iter().filter(of_module);
        let proof = Proof {
            format: FORMAT.to_owned(),
            checkpoint: Checkpoint::sign(&head, signer),
            activation: activation.map(prove).transpose()?,
            approvals: approvals.map(prove).collect::<Result<_, _>>()?,
            publications: publications.map(prove).collect::<Result<_, _>>()?,
            decision: prove(decision)?,
            lock,
        };
        match proof.verify(signer.verifier()) {
            Ok(_) => Ok(Some(proof)),
            Err(error) => Err(corrupt(self.path(), format!("event {seq} cannot be proved: {error}"))),
        }
    }
}

/// What stands in the body of an event as it is hashed.
fn body<'e, T: serde::Deserialize<'e>>(event: &'e SealedEvent) -> Result<T, serde_json::Error> {
    serde_json::from_str(Entry::read(&event.entry)?.body.get())
}

fn corrupt(path: &Path, what: String) -> LedgerError {
    LedgerError::Corrupt { path: path.to_owned(), what }
}

//! Holds a proof against a key: nothing in it is believed that does not follow from the signature.

use serde::Deserialize;

use super::shown::{Shown, ShownDecision, ShownEvent, ShownModule};
use super::{Proof, ProofError, ProvenEvent};
use crate::ledger::{Checkpoint, EventKind, VerifierKey};
use crate::model::{Arm, Digest, ModuleKind, SetRef};

/// What stands in the clear in the body of a decision.
#[derive(Deserialize)]
pub(super) struct DecisionBody {
    pub id: String,
    pub outcome: String,
    pub decided_at: String,
    pub set: SetRef,
    pub modules: Vec<Ran>,
    #[serde(default)]
    canary: Option<Tried>,
}

/// Why one of two sets decided.
#[derive(Deserialize)]
struct Tried {
    canary: u64,
    arm: Arm,
}

impl DecisionBody {
    /// The event from which on the set was tried, if it decided because of that, and not because it was in force.
    pub(super) fn begun(&self) -> Option<u64> {
        self.canary.as_ref().filter(|tried| tried.arm == Arm::Canary).map(|tried| tried.canary)
    }
}

/// A module that ran, or was not called.
#[derive(Deserialize)]
pub(super) struct Ran {
    name: String,
}

/// The body of an event about a set.
#[derive(Deserialize)]
pub(super) struct OfSet {
    pub set: SetRef,
}

/// The body of an event that is a step of a rollout.
#[derive(Deserialize)]
struct OfStep {
    step: String,
}

/// The body of an event about a module.
#[derive(Deserialize)]
pub(super) struct OfModule {
    pub digest: Digest,
}

/// What a proof needs of a set's lock; more may stand there.
#[derive(Deserialize)]
pub(super) struct Pinned {
    name: String,
    version: String,
    #[serde(rename = "module")]
    pub modules: Vec<PinnedModule>,
}

/// One module of the lock.
#[derive(Deserialize)]
pub(super) struct PinnedModule {
    kind: ModuleKind,
    name: String,
    version: String,
    pub digest: Digest,
    settings: Digest,
}

impl Proof {
    /// What the proof shows to somebody who trusts a key.
    ///
    /// # Errors
    /// See [`ProofError`]: the first thing that does not hold.
    pub fn verify(&self, key: &VerifierKey) -> Result<Shown, ProofError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, key)?;
        let event = self.decision.check("the decision", EventKind::Decision, &checkpoint.head)?;
        let decided: DecisionBody = read("the decision", &event.committed)?;
        let pinned = self.pinned(&decided)?;
        let earlier = |part: &str, kind, proven: &ProvenEvent| {
            let shown = proven.check(part, kind, &checkpoint.head)?;
            if shown.seq < event.seq {
                Ok(shown)
            } else {
                Err(ProofError::broken(part, "it is later than the decision"))
            }
        };
        let of_set = |part: &str, kind, proven: &ProvenEvent| {
            let shown = earlier(part, kind, proven)?;
            let OfSet { set } = read(part, &shown.committed)?;
            if set == decided.set { Ok(shown) } else { Err(ProofError::broken(part, "it is about another set")) }
        };
        let allowed = |proven: &ProvenEvent| {
            let Some(begun) = decided.begun() else {
                return of_set("the activation", EventKind::Activated, proven);
            };
            let part = "the canary's begin";
            let shown = of_set(part, EventKind::RolloutStep, proven)?;
            let OfStep { step } = read(part, &shown.committed)?;
            match (step.as_str(), shown.seq == begun) {
                ("canary-begun", true) => Ok(shown),
                ("canary-begun", false) => Err(ProofError::broken(part, "the decision names another canary")),
                _ => Err(ProofError::broken(part, format!("it is the step `{step}`"))),
            }
        };
        let activation = self.activation.iter().map(allowed);
        let approvals = self.approvals.iter().map(|proven| of_set("an approval", EventKind::SetApproved, proven));
        let published = self.publications.iter().map(|proven| {
            let shown = earlier("a publication", EventKind::Published, proven)?;
            let OfModule { digest } = read("a publication", &shown.committed)?;
            Ok((digest, shown))
        });
        let (activation, approvals) =
            (activation.collect::<Result<Vec<_>, _>>()?.pop(), approvals.collect::<Result<_, _>>()?);
        let modules = modules(pinned, &published.collect::<Result<Vec<_>, ProofError>>()?)?;
        let DecisionBody { id, outcome, decided_at, set, .. } = decided;
        let decision = ShownDecision { event, id, outcome, decided_at, set };
        Ok(Shown { checkpoint, decision, modules, activation, approvals })
    }

    /// The lock, if it is that of the set which the decision names.
    fn pinned(&self, decided: &DecisionBody) -> Result<Pinned, ProofError> {
        let broken = |what: String| ProofError::broken("the lock", what);
        let digest = Digest::of(self.lock.as_bytes());
        if digest != decided.set.digest {
            return Err(broken(format!("it is {digest}, but the decision was made by the set {}", decided.set.digest)));
        }
        let pinned: Pinned = read("the lock", &self.lock)?;
        if (&pinned.name, &pinned.version) != (&decided.set.name, &decided.set.version) {
            return Err(broken("its name and version are not those that the decision names".to_owned()));
        }
        let ran = decided.modules.iter().map(|module| &module.name);
        if ran.ne(pinned.modules.iter().map(|module| &module.name)) {
            return Err(broken("its modules are not those of the decision".to_owned()));
        }
        Ok(pinned)
    }
}

/// The modules of the lock, each with its publication.
fn modules(pinned: Pinned, published: &[(Digest, ShownEvent)]) -> Result<Vec<ShownModule>, ProofError> {
    if published.iter().any(|(digest, _)| pinned.modules.iter().all(|module| module.digest != *digest)) {
        return Err(ProofError::broken("a publication", "it is of no module of the set"));
    }
    let with_publication = |module: PinnedModule| {
        let PinnedModule { kind, name, version, digest, settings } = module;
        let found = published.iter().find(|(of, _)| *of == digest);
        ShownModule { kind, name, version, digest, settings, published: found.map(|(_, event)| event.clone()) }
    };
    Ok(pinned.modules.into_iter().map(with_publication).collect())
}

fn read<'t, T: Deserialize<'t>>(part: &str, text: &'t str) -> Result<T, ProofError> {
    serde_json::from_str(text).map_err(|error| ProofError::broken(part, format!("it cannot be read: {error}")))
}

//! The body of a decision: everything that explains it and that repeating it needs, with a commitment in
//! place of every personal value.

use serde::{Deserialize, Deserializer, Serialize};

use super::{DecisionIndex, Draft, EventKind, Openings, RecordParts, SealError, Sealed, Sealer};
use crate::model::{
    Arm, Assignment, Assistant, Change, Decision, Digest, Fault, FaultKind, GivenFinding, GivenReason, ModuleRun,
    Operation, Outcome, PastChange, RecordRef, ReviewNeeds, SetRef, Severity, Suggestion,
};
use crate::modules::{Lock, LockedModule};

/// The engine that a decision was made with: fuel is comparable between equal engines only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineRef {
    /// Its version.
    pub version: String,
    /// Differs when its configuration does.
    pub config: String,
}

/// What was judged, and with what: the rest of a decision's body.
#[derive(Clone, Debug)]
pub struct Basis<'a> {
    /// The suggestion.
    pub suggestion: &'a Suggestion,
    /// Earlier suggestions for the record, as the modules could see them.
    pub history: &'a [PastChange],
    /// The digest of the catalogue.
    pub catalogue: Digest,
    /// The engine.
    pub engine: &'a EngineRef,
}

/// A decision as it was recorded, with its values put back.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RecordedDecision {
    /// The suggestion's id.
    pub id: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The time it was judged at.
    pub decided_at: String,
    /// The set that judged it.
    pub set: SetRef,
    /// Why this one of two sets judged it; nothing, if none was tried then, or not on such suggestions.
    #[serde(default)]
    pub canary: Option<Assignment>,
    /// The engine.
    pub engine: EngineRef,
    /// The digest of the catalogue.
    pub catalogue: Digest,
    /// The reasons.
    pub reasons: Vec<GivenReason>,
    /// The findings.
    pub findings: Vec<GivenFinding>,
    /// What each module of the set did, in the order of the set's lock.
    pub modules: Vec<RecordedRun>,
    /// What a review must look like.
    pub review: Option<ReviewNeeds>,
    /// What was judged.
    pub suggestion: Suggestion,
    /// The record's history as the modules could see it.
    pub history: Vec<PastChange>,
}

/// What a recorded decision was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedBasis {
    /// What was judged.
    pub suggestion: Suggestion,
    /// The record's history as the modules could see it.
    pub history: Vec<PastChange>,
    /// The engine.
    pub engine: EngineRef,
    /// The digest of the catalogue.
    pub catalogue: Digest,
    /// By module of the set: whether it is on record what its verdict wanted of a review.
    pub reviews_known: Vec<bool>,
}

/// What one module did. Its version, digest and settings stand in the set's lock, which the decision
/// cites, and not again in every decision.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RecordedRun {
    /// The module's name.
    pub name: String,
    /// Whether it was called.
    pub called: bool,
    /// The outcome it asked for.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// What its verdict wanted of a review.
    #[serde(default)]
    pub review: RecordedNeeds,
    /// Why it gave no answer.
    #[serde(default)]
    pub fault: Option<Fault>,
    /// The fuel that the call used.
    #[serde(default)]
    pub fuel: Option<u64>,
    /// What it logged.
    #[serde(default)]
    pub log: Option<String>,
}

/// What is on record of what a verdict wanted of a review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RecordedNeeds {
    /// Nothing, as in events of the first form of this ledger.
    #[default]
    Unknown,
    /// What it wanted, if it wanted anything.
    Known(Option<ReviewNeeds>),
}

impl<'de> Deserialize<'de> for RecordedNeeds {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::Known)
    }
}

impl RecordedDecision {
    /// Reads an opened body.
    ///
    /// # Errors
    /// If it is no body of a decision.
    pub fn read(body: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(body)
    }

    /// The decision alone, with the versions and digests that the set's lock pins. None if the lock is
    /// that of another set.
    #[must_use]
    pub fn into_decision(self, lock: &Lock) -> Option<Decision> {
        self.split(lock).map(|(decision, _)| decision)
    }

    /// The decision, and what it was made of. None if the lock is that of another set.
    #[must_use]
    pub fn split(self, lock: &Lock) -> Option<(Decision, RecordedBasis)> {
        if self.modules.len() != lock.modules.len() {
            return None;
        }
        let reviews_known = self.modules.iter().map(|run| run.review != RecordedNeeds::Unknown).collect();
        let join = |(run, pinned): (RecordedRun, &LockedModule)| {
            (run.name == pinned.name).then(|| ModuleRun {
                name: run.name,
                version: pinned.version.clone(),
                kind: pinned.kind,
                digest: pinned.digest,
                settings: pinned.settings,
                called: run.called,
                outcome: run.outcome,
                review: match run.review {
                    RecordedNeeds::Known(needs) => needs,
                    RecordedNeeds::Unknown => None,
                },
                fault: run.fault,
                fuel: run.fuel,
                log: run.log,
            })
        };
        let decision = Decision {
            modules: self.modules.into_iter().zip(&lock.modules).map(join).collect::<Option<_>>()?,
            id: self.id,
            outcome: self.outcome,
            decided_at: self.decided_at,
            set: self.set,
            canary: self.canary,
            reasons: self.reasons,
            findings: self.findings,
            review: self.review,
        };
        let Self { suggestion, history, engine, catalogue, .. } = self;
        Some((decision, RecordedBasis { suggestion, history, engine, catalogue, reviews_known }))
    }
}

/// The event that records a decision. `seed` is random and used for no other event.
///
/// # Errors
/// Only if a value has no JSON form.
pub fn decision_event(
    decision: &Decision,
    basis: &Basis<'_>,
    input: Digest,
    at: String,
    actor: &str,
    seed: [u8; 32],
) -> Result<Draft, SealError> {
    let (body, openings) = write(decision, basis, input, seed)?;
    let RecordRef { system, object, id } = basis.suggestion.target.clone();
    Ok(Draft {
        kind: EventKind::Decision,
        at,
        actor: actor.to_owned(),
        body,
        openings: Some(openings),
        index: Some(DecisionIndex {
            suggestion_id: decision.id.clone(),
            record: RecordParts { system, object, id },
            outcome: decision.outcome.as_str().to_owned(),
            decided_at: decision.decided_at.clone(),
            set_digest: *decision.set.digest.as_bytes(),
            input_digest: *input.as_bytes(),
        }),
        objects: cited(decision, basis).to_vec(),
    })
}

/// What the decision cites by digest. The lock cites modules and settings in its turn.
fn cited(decision: &Decision, basis: &Basis<'_>) -> [Digest; 2] {
    [decision.set.digest, basis.catalogue]
}

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    outcome: Outcome,
    decided_at: &'a str,
    set: &'a SetRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<SealedAssignment<'a>>,
    engine: &'a EngineRef,
    catalogue: Digest,
    objects: [Digest; 2],
    reasons: Vec<SealedReason<'a>>,
    findings: Vec<SealedFinding<'a>>,
    modules: Vec<SealedRun<'a>>,
    review: &'a Option<ReviewNeeds>,
    suggestion: SealedSuggestion<'a>,
    history: Sealed,
    input: Sealed,
}

#[derive(Serialize)]
struct SealedAssignment<'a> {
    canary: u64,
    salt: &'a str,
    /// With the salt it tells which records it may have been.
    bucket: Sealed,
    share: u16,
    arm: Arm,
}

#[derive(Serialize)]
struct SealedReason<'a> {
    module: &'a str,
    code: &'a str,
    field: &'a Option<String>,
    message: Sealed,
    outcome: Outcome,
}

#[derive(Serialize)]
struct SealedFinding<'a> {
    module: &'a str,
    code: &'a str,
    severity: Severity,
    field: &'a Option<String>,
    message: Sealed,
}

#[derive(Serialize)]
struct SealedRun<'a> {
    name: &'a str,
    called: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    /// Written wherever a verdict may have wanted something, also if it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<&'a Option<ReviewNeeds>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<SealedFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fuel: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Sealed>,
}

#[derive(Serialize)]
struct SealedFault {
    kind: FaultKind,
    detail: Sealed,
}

#[derive(Serialize)]
struct SealedSuggestion<'a> {
    id: &'a str,
    received_at: &'a str,
    target: SealedTarget<'a>,
    operation: Operation,
    changes: Vec<SealedChange<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    merge_with: Vec<SealedTarget<'a>>,
    assistant: &'a Assistant,
    confidence: Option<f64>,
    evidence: Vec<Sealed>,
    rationale: Sealed,
    context: Sealed,
}

#[derive(Serialize)]
struct SealedTarget<'a> {
    system: &'a str,
    object: &'a str,
    id: Sealed,
}

#[derive(Serialize)]
struct SealedChange<'a> {
    field: &'a str,
    prior: Sealed,
    proposed: Sealed,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
}

/// Values are sealed in the order in which the body holds them, as the sealer asks: the fields below
/// stand in the order of the types above.
fn write(
    decision: &Decision,
    basis: &Basis<'_>,
    input: Digest,
    seed: [u8; 32],
) -> Result<(String, Openings), SealError> {
    let mut sealer = Sealer::new(seed);
    let seal = &mut sealer;
    let body = Body {
        id: &decision.id,
        outcome: decision.outcome,
        decided_at: &decision.decided_at,
        set: &decision.set,
        canary: decision.canary.as_ref().map(|assignment| sealed_assignment(seal, assignment)).transpose()?,
        engine: basis.engine,
        catalogue: basis.catalogue,
        objects: cited(decision, basis),
        reasons: decision.reasons.iter().map(|reason| sealed_reason(seal, reason)).collect::<Result<_, _>>()?,
        findings: decision.findings.iter().map(|finding| sealed_finding(seal, finding)).collect::<Result<_, _>>()?,
        modules: decision.modules.iter().map(|run| sealed_run(seal, run)).collect::<Result<_, _>>()?,
        review: &decision.review,
        suggestion: sealed_suggestion(seal, basis.suggestion)?,
        history: seal.seal(&basis.history)?,
        input: seal.seal(&input)?,
    };
    let text = serde_json::to_string(&body).map_err(SealError::Value)?;
    Ok((text, sealer.finish()))
}

fn sealed_assignment<'a>(seal: &mut Sealer, from: &'a Assignment) -> Result<SealedAssignment<'a>, SealError> {
    let Assignment { canary, salt, bucket, share, arm } = from;
    Ok(SealedAssignment { canary: *canary, salt, bucket: seal.seal(bucket)?, share: *share, arm: *arm })
}

fn sealed_reason<'a>(seal: &mut Sealer, reason: &'a GivenReason) -> Result<SealedReason<'a>, SealError> {
    let GivenReason { module, code, field, message, outcome } = reason;
    Ok(SealedReason { module, code, field, message: seal.seal(message)?, outcome: *outcome })
}

fn sealed_finding<'a>(seal: &mut Sealer, finding: &'a GivenFinding) -> Result<SealedFinding<'a>, SealError> {
    let GivenFinding { module, code, severity, field, message } = finding;
    Ok(SealedFinding { module, code, severity: *severity, field, message: seal.seal(message)? })
}

fn sealed_run<'a>(seal: &mut Sealer, run: &'a ModuleRun) -> Result<SealedRun<'a>, SealError> {
    let ModuleRun { name, called, outcome, review, fault, fuel, log, .. } = run;
    let asks = fault.is_none() && matches!(outcome, Some(Outcome::Review | Outcome::HumanOnly));
    Ok(SealedRun {
        name,
        called: *called,
        outcome: *outcome,
        review: (asks || review.is_some()).then_some(review),
        fault: match fault {
            // What a module hands over can stand in the detail, so it may be personal.
            Some(Fault { kind, detail }) => Some(SealedFault { kind: *kind, detail: seal.seal(detail)? }),
            None => None,
        },
        fuel: *fuel,
        log: log.as_ref().map(|log| seal.seal(log)).transpose()?,
    })
}

fn sealed_suggestion<'a>(seal: &mut Sealer, from: &'a Suggestion) -> Result<SealedSuggestion<'a>, SealError> {
    Ok(SealedSuggestion {
        id: &from.id,
        received_at: &from.received_at,
        target: sealed_target(seal, &from.target)?,
        operation: from.operation,
        changes: from.changes.iter().map(|change| sealed_change(seal, change)).collect::<Result<_, _>>()?,
        merge_with: from.merge_with.iter().map(|record| sealed_target(seal, record)).collect::<Result<_, _>>()?,
        assistant: &from.assistant,
        confidence: from.confidence,
        evidence: from.evidence.iter().map(|evidence| seal.seal(evidence)).collect::<Result<_, _>>()?,
        rationale: seal.seal(&from.rationale)?,
        context: seal.seal(&from.context)?,
    })
}

fn sealed_target<'a>(seal: &mut Sealer, from: &'a RecordRef) -> Result<SealedTarget<'a>, SealError> {
    Ok(SealedTarget { system: &from.system, object: &from.object, id: seal.seal(&from.id)? })
}

fn sealed_change<'a>(seal: &mut Sealer, from: &'a Change) -> Result<SealedChange<'a>, SealError> {
    let Change { field, prior, proposed, confidence } = from;
    Ok(SealedChange { field, prior: seal.seal(prior)?, proposed: seal.seal(proposed)?, confidence: *confidence })
}

#[cfg(test)]
mod tests;

//! A decision as a page shows it: read from its event, with or without the values.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::page::moment;
use crate::ledger::Ledger;
use crate::model::{
    Arm, Assistant, Digest, Evidence, FaultKind, Operation, Outcome, ReviewNeeds, SetRef, Severity, Value,
};
use crate::modules::Lock;
use crate::reproduce::{ReproduceError, set_lock};
use crate::words::{assigned, grouped, plain, value};

/// Something that may be withheld: then a commitment stands in its place.
struct Kept<T>(Option<T>);

impl<T> Kept<T> {
    fn open(self) -> Option<T> {
        self.0
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Commitment {
            #[serde(rename = "sealed")]
            _digest: String,
        }
        // A number is read to its last digit, which only its own text gives.
        let text = Box::<RawValue>::deserialize(from)?;
        if serde_json::from_str::<Commitment>(text.get()).is_ok() {
            return Ok(Self(None));
        }
        serde_json::from_str(text.get()).map(|open| Self(Some(open))).map_err(D::Error::custom)
    }
}

/// The body of a decision, as far as it is shown.
#[derive(Deserialize)]
struct Body {
    id: String,
    outcome: Outcome,
    decided_at: String,
    set: SetRef,
    canary: Option<BodyAssignment>,
    reasons: Vec<BodyReason>,
    findings: Vec<BodyFinding>,
    modules: Vec<BodyRun>,
    review: Option<ReviewNeeds>,
    suggestion: BodySuggestion,
}

#[derive(Deserialize)]
struct BodyAssignment {
    canary: u64,
    bucket: Kept<u16>,
    share: u16,
    arm: Arm,
}

#[derive(Deserialize)]
struct BodyReason {
    module: String,
    code: String,
    field: Option<String>,
    message: Kept<String>,
    outcome: Outcome,
}

#[derive(Deserialize)]
struct BodyFinding {
    module: String,
    code: String,
    severity: Severity,
    field: Option<String>,
    message: Kept<String>,
}

#[derive(Deserialize)]
struct BodyRun {
    name: String,
    called: bool,
    outcome: Option<Outcome>,
    fault: Option<BodyFault>,
    fuel: Option<u64>,
}

#[derive(Deserialize)]
struct BodyFault {
    kind: FaultKind,
}

#[derive(Deserialize)]
struct BodySuggestion {
    received_at: String,
    target: BodyTarget,
    operation: Operation,
    #[serde(default)]
    changes: Vec<BodyChange>,
    #[serde(default)]
    merge_with: Vec<BodyTarget>,
    assistant: Assistant,
    confidence: Option<f64>,
    #[serde(default)]
    evidence: Vec<Kept<Evidence>>,
    rationale: Kept<String>,
}

#[derive(Deserialize)]
struct BodyTarget {
    system: String,
    object: String,
    id: Kept<String>,
}

#[derive(Deserialize)]
struct BodyChange {
    field: String,
    prior: Kept<Value>,
    proposed: Kept<Value>,
    confidence: Option<f64>,
}

/// A decision, in the words of the page. What is withheld is none.
pub(super) struct View {
    pub id: String,
    pub outcome: &'static str,
    pub decided_at: String,
    pub set: SetRef,
    /// Why this one of two sets judged.
    pub canary: Option<String>,
    pub review: Option<String>,
    pub reasons: Vec<Said>,
    pub findings: Vec<Said>,
    pub ran: Vec<Ran>,
    pub idle: Vec<String>,
    pub operation: &'static str,
    pub target: String,
    pub others: Vec<String>,
    pub assistant: String,
    pub received_at: String,
    pub confidence: Option<f64>,
    pub changes: Vec<Changed>,
    pub evidence: Vec<Source>,
    pub rationale: Option<String>,
}

/// What a module said.
pub(super) struct Said {
    /// The outcome that it asks for, or how severe it is.
    pub word: &'static str,
    pub module: String,
    pub code: String,
    pub field: Option<String>,
    pub message: Option<String>,
}

/// A module that was called.
pub(super) struct Ran {
    pub name: String,
    pub version: String,
    pub digest: Digest,
    pub said: String,
    pub fuel: String,
}

/// One change of a field.
pub(super) struct Changed {
    pub field: String,
    pub prior: Option<String>,
    pub proposed: Option<String>,
    pub confidence: Option<f64>,
}

/// A piece of evidence.
pub(super) struct Source {
    pub kind: String,
    pub uri: String,
    pub excerpt: Option<String>,
    pub retrieved_at: Option<String>,
}

impl View {
    /// Reads the body of an event: opened, or as the ledger's entry has it.
    pub(super) fn read(ledger: &Ledger, body: &str) -> Result<Self, ReproduceError> {
        let body: Body = serde_json::from_str(body).map_err(|error| ReproduceError::unreadable("body", &error))?;
        let lock = set_lock(ledger, body.set.digest)?;
        let suggestion = body.suggestion;
        let said = |word, module, code, field, message: Kept<String>| Said {
            word,
            module,
            code,
            field,
            message: message.open().as_deref().map(plain),
        };
        let found = |name: &str| body.findings.iter().filter(|finding| finding.module == name).count();
        let ran: Vec<Ran> = body
            .modules
            .iter()
            .filter(|run| run.called || run.fault.is_some())
            .filter_map(|run| ran(run, &lock, found(&run.name)))
            .collect();
        let idle = body.modules.iter().filter(|run| !run.called && run.fault.is_none());
        Ok(Self {
            id: body.id,
            outcome: body.outcome.as_str(),
            decided_at: moment(&body.decided_at),
            set: body.set,
            canary: body
                .canary
                .map(|BodyAssignment { canary, bucket, share, arm }| assigned(canary, arm, share, bucket.open())),
            review: body.review.map(|needs| in_words(&needs)),
            ran,
            idle: idle.map(|run| run.name.clone()).collect(),
            reasons: body
                .reasons
                .into_iter()
                .map(|reason| said(reason.outcome.as_str(), reason.module, reason.code, reason.field, reason.message))
                .collect(),
            findings: body
                .findings
                .into_iter()
                .map(|one| said(one.severity.as_str(), one.module, one.code, one.field, one.message))
                .collect(),
            operation: suggestion.operation.as_str(),
            target: record(suggestion.target),
            others: suggestion.merge_with.into_iter().map(record).collect(),
            assistant: by(&suggestion.assistant),
            received_at: moment(&suggestion.received_at),
            confidence: suggestion.confidence,
            changes: suggestion.changes.into_iter().map(changed).collect(),
            evidence: suggestion.evidence.into_iter().filter_map(Kept::open).map(|one| source(&one)).collect(),
            rationale: suggestion.rationale.open().as_deref().map(plain),
        })
    }
}

fn ran(run: &BodyRun, lock: &Lock, found: usize) -> Option<Ran> {
    let pinned = lock.modules.iter().find(|module| module.name == run.name)?;
    let said = match (&run.fault, run.outcome) {
        (Some(fault), _) => format!("fault: {}", fault.kind.as_str()),
        (None, Some(outcome)) => outcome.as_str().to_owned(),
        (None, None) if found == 0 => "nothing found".to_owned(),
        (None, None) => crate::words::count(found as u64, "finding"),
    };
    let fuel = run.fuel.map_or_else(String::new, grouped);
    Some(Ran { name: run.name.clone(), version: pinned.version.clone(), digest: pinned.digest, said, fuel })
}

fn in_words(needs: &ReviewNeeds) -> String {
    let role = needs.role.as_deref().unwrap_or("any reviewer");
    let hours = needs.within_hours.map_or_else(String::new, |hours| format!(" within {hours} hours"));
    let approvals = crate::words::count(needs.approvals.into(), "approval");
    plain(&format!("{approvals} by {role}{hours}, priority {}", needs.priority))
}

fn record(target: BodyTarget) -> String {
    let id = target.id.open().unwrap_or_else(|| "(withheld)".to_owned());
    plain(&format!("{} {} {id}", target.system, target.object))
}

fn by(assistant: &Assistant) -> String {
    plain(&format!("{}/{} {}", assistant.vendor, assistant.model, assistant.version))
}

fn changed(change: BodyChange) -> Changed {
    let shown = |kept: Kept<Value>| kept.open().as_ref().map(value);
    Changed {
        field: plain(&change.field),
        prior: shown(change.prior),
        proposed: shown(change.proposed),
        confidence: change.confidence,
    }
}

fn source(evidence: &Evidence) -> Source {
    Source {
        kind: plain(&evidence.kind),
        uri: plain(&evidence.uri),
        excerpt: evidence.excerpt.as_deref().map(plain),
        retrieved_at: evidence.retrieved_at.as_deref().map(moment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_withheld_and_all_else_is_shown() {
        let read = |text: &str| serde_json::from_str::<Kept<Value>>(text).map(Kept::open);
        let sealed = format!(r#"{{"sealed":"{}"}}"#, Digest::of(b""));
        assert_eq!(read(&sealed).unwrap(), None);
        assert_eq!(read("12.50").unwrap().map(|open| value(&open)).as_deref(), Some("12.50"));
        assert_eq!(read("null").unwrap(), Some(Value::Null));
        assert_eq!(read(r#""sealed""#).unwrap().map(|open| value(&open)).as_deref(), Some("“sealed”"));
        assert!(read(r#"{"sealed":1,"more":2}"#).is_err());
    }
}

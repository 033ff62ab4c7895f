//! What is said of an event: ids and codes; and all of it, only to a webhook that is to be told personal values.
//!
//! Ids and codes are taken from the text that is hashed, in which no personal value stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ledger::{EventKind, RecordedEvent};
use crate::model::{Digest, Operation, Outcome, ReviewNeeds, SetRef, Severity};

/// The data of a webhook.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Data {
    /// What happened: the kind of the event in the ledger, such as `decision`.
    kind: &'static str,
    /// Who caused it, as the ledger names them.
    actor: String,
    /// Where the event stands.
    ledger: Place,
    /// What became of the event's personal values.
    values: Values,
    /// The id of the suggestion that the event is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    /// The set that decided, was proposed or approved, or came into force.
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<SetRef>,
    /// The module that was published or yanked.
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<ModuleVersion>,
    /// What was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionCodes>,
    /// The body of the event with its personal values; there only if `values` is `shown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    body: Option<Box<RawValue>>,
}

/// Where an event stands in the ledger.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlaceInLedger")]
struct Place {
    /// Its position, from 0.
    seq: u64,
    /// Its leaf hash.
    leaf: Digest,
}

/// What became of personal values.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Values {
    /// They stand in `body`.
    Shown,
    /// They were left out: the webhook is not told any.
    Withheld,
    /// They were erased.
    Erased,
}

/// One version of a module.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ModuleVersion {
    /// Its name.
    name: String,
    /// Its version.
    version: String,
    /// The digest of its component.
    digest: Digest,
}

/// What was decided about a suggestion.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct DecisionCodes {
    /// What may happen to it.
    outcome: Outcome,
    /// The time it was judged at, RFC 3339.
    decided_at: String,
    /// What was suggested.
    suggestion: Suggested,
    /// The codes of every reason of every policy, in the set's order.
    reasons: Vec<ReasonCode>,
    /// The codes of every finding of every validator, in the set's order.
    findings: Vec<FindingCode>,
    /// What a review must look like, if the outcome is `review` or `human-only`.
    review: Option<ReviewNeeds>,
}

/// What was suggested, without values.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Suggested {
    /// When the suggestion came in, RFC 3339.
    received_at: String,
    /// The kind of record that would be changed.
    target: RecordKind,
    /// What would be done to it.
    operation: Operation,
    /// The fields that would be changed.
    changes: Vec<ChangedField>,
}

/// A kind of record.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct RecordKind {
    /// The CRM.
    system: String,
    /// The kind of record in it.
    object: String,
}

/// A field that would be changed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ChangedField {
    /// Its name in the CRM.
    field: String,
}

/// A reason by its code.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ReasonCode {
    /// The module.
    module: String,
    /// The code; `<module>.fault` when the sandbox speaks for the module.
    code: String,
    /// The field, if it is about one.
    field: Option<String>,
    /// The outcome of the module's verdict.
    outcome: Outcome,
}

/// A finding by its code.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct FindingCode {
    /// The module.
    module: String,
    /// The code.
    code: String,
    /// How serious it is.
    severity: Severity,
    /// The field, if it is about one.
    field: Option<String>,
}

/// The part of an entry that is looked at: its body, with commitments in place of personal values.
#[derive(Deserialize)]
struct Entry<'e> {
    #[serde(borrow)]
    body: &'e RawValue,
}

/// Reads a part of what stands in an event in the clear.
fn clear<'e, T: Deserialize<'e>>(event: &'e RecordedEvent) -> Result<T, serde_json::Error> {
    let Entry { body } = serde_json::from_str(&event.entry)?;
    serde_json::from_str(body.get())
}

/// The outcome of a decision; none of another event.
pub(super) fn outcome(event: &RecordedEvent) -> Option<Outcome> {
    #[derive(Deserialize)]
    struct Decision {
        outcome: Outcome,
    }
    (event.kind == EventKind::Decision).then(|| clear::<Decision>(event).ok().map(|decision| decision.outcome))?
}

impl Data {
    /// What is said of an event, with or without its values. An error if it has not the form of its kind.
    pub(super) fn of(event: &RecordedEvent, values: bool) -> Result<Self, serde_json::Error> {
        use EventKind::{
            Activated, Audited, Corrected, Decision, EffectBegun, EffectDone, Escalated, Expired, Published, Reviewed,
            RolledBack, SetApproved, SetProposed, Yanked,
        };
        #[derive(Deserialize)]
        struct About {
            id: String,
        }
        #[derive(Deserialize)]
        struct By {
            set: SetRef,
        }
        let about = || clear::<About>(event).map(|about| Some(about.id));
        let by = || clear::<By>(event).map(|by| Some(by.set));
        let (mut id, mut set, mut module, mut decision) = (None, None, None, None);
        match event.kind {
            Decision => (id, set, decision) = (about()?, by()?, Some(clear(event)?)),
            EffectBegun | EffectDone | Reviewed | Escalated | Expired | Corrected | RolledBack | Audited => {
                id = about()?;
            }
            SetProposed | SetApproved | Activated => set = by()?,
            Published | Yanked => module = Some(clear(event)?),
            _ => {}
        }
        let (values, body) = match &event.body {
            None => (Values::Erased, None),
            Some(_) if !values => (Values::Withheld, None),
            Some(body) => (Values::Shown, Some(RawValue::from_string(body.clone())?)),
        };
        Ok(Self {
            kind: event.kind.as_str(),
            actor: event.actor.clone(),
            ledger: Place { seq: event.seq, leaf: event.leaf },
            values,
            id,
            set,
            module,
            decision,
            body,
        })
    }
}

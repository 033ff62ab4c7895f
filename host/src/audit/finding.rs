//! What people found: events of the kind `audited` that name a sample.

use std::collections::{BTreeMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AuditError, Sample};
use crate::ledger::{Draft, EventKind, Ledger, RecordedEvent, SealError, Sealed, Sealer};
use crate::model::Digest;

/// What somebody found about a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The suggestion was right as it stood.
    Right,
    /// It was not.
    Wrong,
    /// Nobody can tell.
    Unclear,
}

impl Finding {
    /// The word as it stands in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Unclear => "unclear",
        }
    }
}

/// A finding on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// Its event.
    pub seq: u64,
    /// What was found.
    pub finding: Finding,
}

/// The last finding about each drawn decision of a sample, by the suggestion's id.
pub type Findings = BTreeMap<String, Audited>;

/// The findings about the decisions of a sample.
///
/// # Errors
/// If the ledger cannot be read.
pub fn findings(ledger: &Ledger, sample: &Sample) -> Result<Findings, AuditError> {
    /// Findings of imports have no sample, and are none of an audit.
    #[derive(Deserialize)]
    struct Body {
        id: String,
        finding: Finding,
        sample: Option<u64>,
    }
    #[derive(Deserialize)]
    struct Entry {
        body: Body,
    }
    let drawn: HashSet<&str> = sample.drawing.ids().collect();
    let mut all = Findings::new();
    for RecordedEvent { seq, entry, .. } in ledger.events_of(EventKind::Audited, &(sample.seq..u64::MAX))? {
        let Entry { body } = serde_json::from_str(&entry)
            .map_err(|error| AuditError::Unreadable { seq, message: format!("it is no finding: {error}") })?;
        if body.sample == Some(sample.seq) && drawn.contains(body.id.as_str()) {
            all.insert(body.id, Audited { seq, finding: body.finding });
        }
    }
    Ok(all)
}

/// What is recorded, by whom and how.
#[derive(Clone, Debug)]
pub struct Note<'a> {
    /// What was found.
    pub finding: Finding,
    /// In the finder's own words. They may be personal, so they are sealed.
    pub text: Option<&'a str>,
    /// Whether it may replace an earlier finding.
    pub again: bool,
    /// When, RFC 3339.
    pub at: &'a str,
    /// By whom.
    pub actor: &'a str,
    /// Random, and used for no other event.
    pub seal: [u8; 32],
}

/// A finding that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordedFinding {
    /// The suggestion's id.
    pub id: String,
    /// What was found.
    pub finding: Finding,
    /// Who says so.
    pub by: String,
    /// The sample's event.
    pub sample: u64,
    /// The finding's own event.
    pub event: u64,
    /// The leaf hash of that.
    pub leaf: Digest,
}

/// Records what somebody found about a drawn decision.
///
/// # Errors
/// [`AuditError::NotDrawn`], [`AuditError::Recorded`] if there is a finding and `again` was not asked for, and
/// [`AuditError::Erased`] if the values are gone and the finding claims to know, or has a note: what was erased is found by its
/// record no more, so the note would be there for good.
pub fn record_finding(
    ledger: &mut Ledger,
    sample: &Sample,
    id: &str,
    note: &Note<'_>,
) -> Result<RecordedFinding, AuditError> {
    if !sample.holds(id) {
        return Err(AuditError::NotDrawn { id: id.to_owned(), sample: Some(sample.seq) });
    }
    if let (false, Some(Audited { seq, finding })) = (note.again, findings(ledger, sample)?.remove(id)) {
        return Err(AuditError::Recorded { id: id.to_owned(), seq, finding: finding.as_str() });
    }
    let Some(decision) = ledger.decision(id)? else {
        return Err(AuditError::Missing { id: id.to_owned(), sample: sample.seq });
    };
    if decision.body.is_none() && (note.finding != Finding::Unclear || note.text.is_some()) {
        return Err(AuditError::Erased(id.to_owned()));
    }
    let prepared = audited(sample.seq, id, note)?.prepare()?;
    // A note goes with the values of its decision: it is not recorded when they were destroyed a moment ago.
    let with = if note.text.is_some() { vec![decision.seq] } else { Vec::new() };
    let Some(receipts) = ledger.append_made_of(&[prepared], &with)? else {
        return Err(AuditError::Erased(id.to_owned()));
    };
    let (id, sample) = (id.to_owned(), sample.seq);
    match receipts.first() {
        Some(receipt) => {
            let by = note.actor.to_owned();
            Ok(RecordedFinding { id, finding: note.finding, by, sample, event: receipt.seq, leaf: receipt.leaf })
        }
        None => Err(AuditError::Missing { id, sample }),
    }
}

/// The event of a finding.
fn audited(sample: u64, id: &str, note: &Note<'_>) -> Result<Draft, AuditError> {
    #[derive(Serialize)]
    struct Body<'a> {
        id: &'a str,
        finding: Finding,
        sample: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<Sealed>,
    }
    let mut sealer = Sealer::new(note.seal);
    let text = note.text.map(|text| sealer.seal(&text)).transpose()?;
    let body = Body { id, finding: note.finding, sample, note: text };
    Ok(Draft {
        kind: EventKind::Audited,
        at: note.at.to_owned(),
        actor: note.actor.to_owned(),
        body: serde_json::to_string(&body).map_err(SealError::Value)?,
        openings: text.map(|_| sealer.finish()),
        index: None,
        objects: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_sealed_and_the_rest_is_in_the_clear() {
        let note = |text| Note {
            finding: Finding::Wrong,
            text,
            again: false,
            at: "2026-11-20T09:00:00Z",
            actor: "ana",
            seal: [7; 32],
        };
        let with = audited(42, "s-\"1\"", &note(Some("Bob told me."))).unwrap();
        let prefix = r#"{"id":"s-\"1\"","finding":"wrong","sample":42,"note":{"sealed":""#;
        assert!(with.body.starts_with(prefix) && !with.body.contains("Bob"), "{}", with.body);
        let prepared = with.prepare().unwrap();
        assert_eq!(prepared.stored_values(), "[\"Bob told me.\"]");
        let without = audited(42, "s", &note(None)).unwrap();
        assert_eq!(without.body, r#"{"id":"s","finding":"wrong","sample":42}"#);
        assert!(without.prepare().unwrap().stored_values().is_empty());
    }
}

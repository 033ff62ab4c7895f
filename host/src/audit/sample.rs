//! Samples on record: events of the kind `sampled`.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::draw::{Drawing, Terms, draw};
use super::{AuditError, Month, differ};
use crate::ledger::{Draft, EventKind, Ledger, RecordedEvent};

/// A sample as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its event.
    pub seq: u64,
    /// When it was recorded, RFC 3339.
    pub at: String,
    /// Who recorded it.
    pub actor: String,
    /// What was drawn.
    pub drawing: Drawing,
}

/// A sample as it is written: its event, and what was drawn.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Sample")]
pub struct WrittenSample {
    /// Its event.
    pub event: u64,
    /// How many decisions were drawn.
    pub drawn: u64,
    /// What was drawn.
    #[serde(flatten)]
    pub drawing: Drawing,
}

impl From<Sample> for WrittenSample {
    fn from(sample: Sample) -> Self {
        Self { event: sample.seq, drawn: sample.drawing.drawn(), drawing: sample.drawing }
    }
}

impl Sample {
    fn read(event: RecordedEvent) -> Result<Self, AuditError> {
        #[derive(Deserialize)]
        struct Entry {
            body: Drawing,
        }
        let RecordedEvent { seq, at, actor, entry, .. } = event;
        let Entry { body: drawing } = serde_json::from_str(&entry)
            .map_err(|error| AuditError::Unreadable { seq, message: format!("it is no sample: {error}") })?;
        Ok(Self { seq, at, actor, drawing })
    }

    /// Whether the decision about a suggestion was drawn.
    #[must_use]
    pub fn holds(&self, suggestion_id: &str) -> bool {
        self.drawing.ids().any(|id| id == suggestion_id)
    }
}

/// Draws a sample and records it. `now` decides whether the month is over; `at` is when it is recorded, RFC 3339.
///
/// # Errors
/// [`AuditError::NotOver`], [`AuditError::NoDecisions`], and [`AuditError::Drawn`] if the same sample is on record.
pub fn record_sample(
    ledger: &mut Ledger,
    terms: &Terms,
    now: Timestamp,
    at: &str,
    actor: &str,
) -> Result<Sample, AuditError> {
    let month = terms.month;
    if now < month.span().end {
        return Err(AuditError::NotOver { month, now });
    }
    let before = ledger.count()?;
    let drawing = draw(ledger, terms, before)?;
    for earlier in samples(ledger)? {
        // What was drawn before the month was over does not stand for what came after it.
        if earlier.drawing.terms() == *terms && differ::late(ledger, &earlier)? == 0 {
            return Err(AuditError::Drawn { seq: earlier.seq, month });
        }
    }
    let body = serde_json::to_string(&drawing)
        .map_err(|error| AuditError::Unreadable { seq: before, message: error.to_string() })?;
    let draft = Draft {
        kind: EventKind::Sampled,
        at: at.to_owned(),
        actor: actor.to_owned(),
        body,
        openings: None,
        index: None,
        objects: Vec::new(),
    };
    let receipts = ledger.append(&[draft.prepare()?])?;
    let seq = receipts.first().map_or(before, |receipt| receipt.seq);
    Ok(Sample { seq, at: at.to_owned(), actor: actor.to_owned(), drawing })
}

fn samples(ledger: &Ledger) -> Result<Vec<Sample>, AuditError> {
    ledger.events_of(EventKind::Sampled, &(0..u64::MAX))?.into_iter().map(Sample::read).collect()
}

/// The sample that an event is.
///
/// # Errors
/// [`AuditError::NotASample`] if it is something else.
pub fn sample_at(ledger: &Ledger, seq: u64) -> Result<Sample, AuditError> {
    match ledger.event(seq)? {
        Some(event) if event.kind == EventKind::Sampled => Sample::read(event),
        _ => Err(AuditError::NotASample(seq)),
    }
}

/// The newest sample.
///
/// # Errors
/// [`AuditError::NoSample`].
pub fn last_sample(ledger: &Ledger) -> Result<Sample, AuditError> {
    ledger.last_event_of(EventKind::Sampled, u64::MAX)?.map_or(Err(AuditError::NoSample), Sample::read)
}

/// All samples of a month, oldest first.
///
/// # Errors
/// If the ledger cannot be read.
pub fn samples_of_month(ledger: &Ledger, month: Month) -> Result<Vec<Sample>, AuditError> {
    let mut all = samples(ledger)?;
    all.retain(|sample| sample.drawing.month == month);
    Ok(all)
}

/// The one sample of a month.
///
/// # Errors
/// [`AuditError::NoSampleOf`], and [`AuditError::SeveralSamples`].
pub fn sample_of_month(ledger: &Ledger, month: Month) -> Result<Sample, AuditError> {
    let mut all = samples_of_month(ledger, month)?;
    let seqs = all.iter().map(|sample| sample.seq).collect();
    match all.pop() {
        None => Err(AuditError::NoSampleOf(month)),
        Some(sample) if all.is_empty() => Ok(sample),
        Some(_) => Err(AuditError::SeveralSamples { month, seqs }),
    }
}

/// The newest sample that holds the decision about a suggestion.
///
/// # Errors
/// [`AuditError::NotDrawn`], and [`AuditError::NoSample`] if nothing was drawn at all.
pub fn sample_with(ledger: &Ledger, suggestion_id: &str) -> Result<Sample, AuditError> {
    let mut before = u64::MAX;
    while let Some(event) = ledger.last_event_of(EventKind::Sampled, before)? {
        before = event.seq;
        let sample = Sample::read(event)?;
        if sample.holds(suggestion_id) {
            return Ok(sample);
        }
    }
    if before == u64::MAX {
        return Err(AuditError::NoSample);
    }
    Err(AuditError::NotDrawn { id: suggestion_id.to_owned(), sample: None })
}

//! A sample drawn again: equal, or what is not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::draw::{Drawing, Seed, Stratum, draw, is_of};
use super::{AuditError, ClearDecision, Month, Outcomes, Sample};
use crate::ledger::Ledger;

/// What came of drawing a sample again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SampleCheck")]
pub struct Check {
    /// Whether the sample is the one that these terms draw, from all of the month.
    pub holds: bool,
    /// What is not the same.
    pub differences: Vec<String>,
    /// How many decisions that belong to the month were recorded after the draw, and could not be drawn.
    pub late: u64,
    /// Whether the event was recorded before the month was over.
    pub early: bool,
}

/// What came of it, as it is written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CheckedSample")]
pub struct WrittenCheck {
    /// The sample's event.
    pub event: u64,
    /// The month.
    pub month: Month,
    /// The outcome of the decisions that were drawn from, or `all`.
    pub outcome: Outcomes,
    /// What the order came from.
    pub seed: Seed,
    /// How many decisions there were to draw from.
    pub population: u64,
    /// How many decisions were drawn.
    pub drawn: u64,
    /// What came of drawing it again.
    pub check: Check,
}

impl WrittenCheck {
    /// What came of drawing a sample again.
    #[must_use]
    pub fn new(sample: &Sample, check: Check) -> Self {
        let drawing = &sample.drawing;
        Self {
            event: sample.seq,
            month: drawing.month,
            outcome: drawing.outcome,
            seed: drawing.seed,
            population: drawing.population,
            drawn: drawing.drawn(),
            check,
        }
    }
}

/// Draws again what was there when a sample was drawn, and compares.
///
/// # Errors
/// If the ledger cannot be read.
pub fn check(ledger: &Ledger, sample: &Sample) -> Result<Check, AuditError> {
    let differences = match draw(ledger, &sample.drawing.terms(), sample.seq) {
        Ok(again) => differences(&sample.drawing, &again),
        Err(error @ AuditError::NoDecisions { .. }) => vec![error.to_string()],
        Err(error) => return Err(error),
    };
    let late = late(ledger, sample)?;
    let early = sample.at.parse::<jiff::Timestamp>().is_ok_and(|at| at < sample.drawing.month.span().end);
    Ok(Check { holds: differences.is_empty() && late == 0, differences, late, early })
}

/// How many decisions that a sample should have been drawn from were recorded after it.
pub(super) fn late(ledger: &Ledger, sample: &Sample) -> Result<u64, AuditError> {
    let Drawing { month, outcome, .. } = &sample.drawing;
    let Some(range) = ledger.recorded_in(&month.span(), u64::MAX)? else { return Ok(0) };
    let mut late = 0;
    ledger.decision_entries(range.start.max(sample.seq)..range.end, |entry| {
        if is_of(*month, &entry)? && outcome.holds(ClearDecision::read(&entry)?.outcome) {
            late += 1;
        }
        Ok::<_, AuditError>(())
    })?;
    Ok(late)
}

/// What the recorded drawing has otherwise than the one that was drawn again.
fn differences(recorded: &Drawing, again: &Drawing) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, recorded: String, again: String| {
        if recorded != again {
            found.push(format!("{what}: {recorded} on record, {again} drawn again"));
        }
    };
    compare("events that the seed covers", recorded.seed.size.to_string(), again.seed.size.to_string());
    compare("the seed's root", format!("{:x}", recorded.seed.root), format!("{:x}", again.seed.root));
    compare("decisions to draw from", recorded.population.to_string(), again.population.to_string());
    let names = |drawing: &Drawing| {
        let all = drawing.strata.iter().map(|stratum| stratum.stratum.join(", "));
        all.collect::<Vec<_>>().join("; ")
    };
    compare("strata", names(recorded), names(again));
    for (recorded, again) in recorded.strata.iter().zip(&again.strata) {
        let Stratum { stratum, .. } = recorded;
        let what = |what: &str| format!("{what} of the stratum {}", stratum.join(", "));
        compare(&what("decisions"), recorded.population.to_string(), again.population.to_string());
        compare(&what("what was drawn"), recorded.drawn.join(", "), again.drawn.join(", "));
    }
    // Nothing of a drawing may differ without being told.
    if found.is_empty() && recorded != again {
        found.push("the terms: what strata differ by is not in order".to_owned());
    }
    found
}

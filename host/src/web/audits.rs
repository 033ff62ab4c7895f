//! `/v1/audits`: samples of decisions that nobody can choose, what people find about them, and what that says of all.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::{Asked, Json, JsonText, Part};
use super::problem::{Code, Problem};
use crate::access::{Permission, Principal};
use crate::audit::{
    AuditError, AuditReport, By, Finding, Month, NotAMonth, NotAShare, Note, Outcomes, RecordedFinding, Sample, Share,
    Terms, WrittenCheck, WrittenNext, WrittenSample, check, last_sample, next as next_of, record_finding,
    record_sample, report as report_of, sample_at, sample_of_month, sample_with, samples_of_month,
};
use crate::ledger::Ledger;
use crate::model::Outcome;

/// The most characters that a note has.
const LONGEST_NOTE: usize = 10_000;

/// What is to be drawn.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedSample")]
pub(crate) struct Wanted {
    /// The month whose decisions are drawn from: those that were recorded in it. It must be over.
    pub month: Month,
    /// The share of each stratum that is drawn, rounded up, in percent such as `1%`: at least one decision of each.
    pub rate: String,
    /// What strata differ by: a decision is in one for each combination.
    #[serde(default = "confidence_and_assistant")]
    pub by: Vec<By>,
    /// Which decisions are drawn from.
    #[serde(default = "applied")]
    pub outcome: Outcomes,
}

fn confidence_and_assistant() -> Vec<By> {
    vec![By::Confidence, By::Assistant]
}

const fn applied() -> Outcomes {
    Outcomes::Only(Outcome::Apply)
}

pub(super) async fn draw(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<WrittenSample>), Problem> {
    let Wanted { month, rate, by, outcome } = body.read()?;
    let share: Share = rate.parse().map_err(|error: NotAShare| Problem::invalid("rate", error.to_string()))?;
    if by.is_empty() {
        return Err(Problem::invalid("by", "name at least one of confidence, field, assistant and set"));
    }
    let terms = Terms::new(month, share, by, outcome);
    app.heavy(move |app| {
        app.write_in_turn(&app.auditing, |ledger| {
            let now = Timestamp::now();
            let sample = record_sample(ledger, &terms, now, &now.to_string(), &principal.name)?;
            Ok((StatusCode::CREATED, Json(sample.into())))
        })
    })
    .await
}

/// The samples of a month.
#[derive(Serialize, JsonSchema)]
pub(super) struct Samples {
    /// The samples, oldest first.
    samples: Vec<Drawn>,
}

/// A sample, with who drew it and when.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RecordedSample")]
struct Drawn {
    /// When it was recorded, RFC 3339.
    at: String,
    /// Who had it drawn.
    actor: String,
    #[serde(flatten)]
    sample: WrittenSample,
}

pub(super) async fn of_month(State(app): State<Arc<App>>, Part(month): Part) -> Result<Json<Samples>, Problem> {
    let month: Month = month.parse().map_err(|error: NotAMonth| Problem::bad_query("month", error.to_string()))?;
    app.heavy(move |app| {
        let samples = app.readers.with(|ledger| samples_of_month(ledger, month).map_err(Problem::from))?;
        let drawn = |sample: Sample| Drawn {
            at: sample.at.clone(),
            actor: sample.actor.clone(),
            sample: WrittenSample::from(sample),
        };
        Ok(Json(Samples { samples: samples.into_iter().map(drawn).collect() }))
    })
    .await
}

/// Which sample: the newest, if none is named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    sample: Option<u64>,
    month: Option<Month>,
}

impl Which {
    fn read(&self, ledger: &Ledger) -> Result<Sample, Problem> {
        Ok(match (self.sample, self.month) {
            (None, None) => last_sample(ledger)?,
            (Some(seq), None) => sample_at(ledger, seq)?,
            (None, Some(month)) => sample_of_month(ledger, month)?,
            (Some(_), Some(_)) => {
                return Err(Problem::bad_query("month", "name a sample or a month, and not both"));
            }
        })
    }
}

pub(super) async fn verified(
    State(app): State<Arc<App>>,
    Asked(which): Asked<Which>,
) -> Result<Json<WrittenCheck>, Problem> {
    app.heavy(move |app| {
        app.readers.with(|ledger| {
            let sample = which.read(ledger)?;
            let found = check(ledger, &sample)?;
            Ok(Json(WrittenCheck::new(&sample, found)))
        })
    })
    .await
}

pub(super) async fn next(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Asked(which): Asked<Which>,
) -> Result<Json<WrittenNext>, Problem> {
    app.heavy(move |app| {
        app.readers.with(|ledger| {
            let sample = which.read(ledger)?;
            let waiting = next_of(ledger, &sample)?;
            let written = WrittenNext::new(&sample, waiting, principal.may(Permission::ReadValues));
            let broken = |error| Problem::new(Code::Broken, format!("a drawn decision is not JSON: {error}"));
            Ok(Json(written.map_err(broken)?))
        })
    })
    .await
}

pub(super) async fn report(
    State(app): State<Arc<App>>,
    Asked(which): Asked<Which>,
) -> Result<Json<AuditReport>, Problem> {
    app.heavy(move |app| {
        app.readers.with(|ledger| {
            let sample = which.read(ledger)?;
            Ok(Json(report_of(ledger, &sample)?))
        })
    })
    .await
}

/// What somebody found about a drawn decision.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewFinding")]
pub(crate) struct Found {
    /// The suggestion's id.
    pub id: String,
    /// What was found.
    pub finding: Finding,
    /// Why, in one's own words. It is kept apart from the ledger's tree, as personal values are, and can be erased.
    #[serde(default)]
    #[schemars(length(max = LONGEST_NOTE))]
    pub note: Option<String>,
    /// Whether it replaces an earlier finding: the last one counts, and both stay on record.
    #[serde(default)]
    pub again: bool,
    /// The sample's event; the newest sample that holds the decision, if none is named.
    #[serde(default)]
    pub sample: Option<u64>,
}

pub(super) async fn found(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<RecordedFinding>), Problem> {
    let Found { id, finding, note, again, sample } = body.read()?;
    if note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(Problem::invalid("note", format!("write at most {LONGEST_NOTE} characters")));
    }
    app.heavy(move |app| {
        app.write_in_turn(&app.auditing, |ledger| {
            let sample = match sample {
                Some(seq) => sample_at(ledger, seq)?,
                None => sample_with(ledger, &id)?,
            };
            let at = Timestamp::now().to_string();
            let text = note.as_deref().filter(|note| !note.is_empty());
            let note = Note { finding, text, again, at: &at, actor: &principal.name, seal: rand::random() };
            Ok((StatusCode::CREATED, Json(record_finding(ledger, &sample, &id, &note)?)))
        })
    })
    .await
}

impl From<AuditError> for Problem {
    fn from(error: AuditError) -> Self {
        let said = error.to_string();
        match error {
            AuditError::Ledger(error) => error.into(),
            AuditError::NotOver { .. } | AuditError::NoDecisions { .. } => Self::invalid("month", said),
            AuditError::Drawn { .. } | AuditError::Recorded { .. } => Self::new(Code::Recorded, said),
            AuditError::SeveralSamples { .. } => Self::bad_query("month", said),
            AuditError::NoSample
            | AuditError::NoSampleOf(_)
            | AuditError::NotASample(_)
            | AuditError::NotDrawn { .. } => Self::not_found(said),
            AuditError::Erased(_) => Self::new(Code::Erased, said),
            AuditError::Draft(_) | AuditError::Seal(_) => Self::new(Code::Bug, said),
            AuditError::Set { .. } | AuditError::Unreadable { .. } | AuditError::Missing { .. } => {
                tracing::error!(error = said, "what an audit reads does not hold");
                Self::new(Code::Broken, "what is on record does not hold; the operator's log says where")
            }
        }
    }
}

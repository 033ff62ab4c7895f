//! `GET /v1/reports/thresholds`: the lowest confidence that keeps a promise, found in what is on record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Extension;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;

use super::app::App;
use super::auth::require;
use super::json::{Asked, Json};
use super::problem::{Code, Problem};
use crate::access::{Permission, Principal};
use crate::replay::{ConditionError, Conditions, NoPercent, Percent, ProposalError, ReplayError, Selection};
use crate::reproduce::ReproduceError;
use crate::runtime::{
    NoThresholds, ThresholdError, ThresholdReport, ThresholdTerms, ThresholdsBy, thresholds_on_record,
};

/// The policy whose threshold is set, if nobody names another one.
const MODULE: &str = "confidence";

/// Which promise, and by what thresholds may be set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    target: String,
    set: Option<String>,
    module: Option<String>,
    by: Option<ThresholdsBy>,
    hold_back: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    #[serde(default, rename = "where")]
    conditions: String,
}

fn share(key: &str, text: &str) -> Result<Percent, Problem> {
    text.parse().map_err(|error: NoPercent| Problem::bad_query(key, format!("`{key}`: {error}")))
}

impl Wanted {
    fn terms(&self) -> Result<ThresholdTerms, Problem> {
        let held_back = self.hold_back.as_deref().map(|text| share("hold_back", text)).transpose()?;
        Ok(ThresholdTerms {
            target: share("target", &self.target)?,
            set: self.set.clone(),
            module: self.module.clone().unwrap_or_else(|| MODULE.to_owned()),
            by: self.by,
            hold_back: held_back.unwrap_or(Percent::HELD_BACK),
        })
    }

    fn selection(&self) -> Result<Selection, Problem> {
        let wrong = |error: ConditionError| Problem::bad_query("where", format!("`where`: {error}"));
        let conditions: Conditions = self.conditions.parse().map_err(wrong)?;
        Ok(Selection { from: self.from, to: self.to, conditions, part: None })
    }
}

/// Tells a report to end when nobody waits for it any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub(super) async fn thresholds(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<ThresholdReport>, Problem> {
    let (terms, selection) = (wanted.terms()?, wanted.selection()?);
    // Segments are among the values.
    if terms.by == Some(ThresholdsBy::Segment) || selection.conditions.name_segments() {
        require(&principal, Permission::ReadValues)?;
    }
    let place = app.place()?;
    let stop = Arc::new(AtomicBool::new(false));
    let _waiting = Waiting(Arc::clone(&stop));
    app.heavy(move |app| {
        let _place = place;
        let deployment = app.service.deployment();
        let known = deployment.set_names();
        // Only names that were found are looked up: they come from outside, and would be paths.
        if let Some(set) = terms.set.as_ref().filter(|set| !known.contains(set)) {
            let detail = format!("there is no set `{set}`; there are: {}", known.join(", "));
            return Err(Problem::bad_query("set", detail));
        }
        Ok(Json(thresholds_on_record(&deployment, &terms, selection, &stop)?))
    })
    .await
}

impl From<NoThresholds> for Problem {
    fn from(error: NoThresholds) -> Self {
        let said = error.to_string();
        match error {
            NoThresholds::Ledger(error)
            | NoThresholds::Replay(ReplayError::Ledger(error) | ReplayError::Cited(ReproduceError::Ledger(error))) => {
                error.into()
            }
            NoThresholds::Terms(ThresholdError::NoModule { .. })
            | NoThresholds::Proposal(ProposalError::NoModule(_)) => Self::bad_query("module", said),
            NoThresholds::Proposal(_) => Self::bad_query("set", said),
            NoThresholds::Replay(ReplayError::TooMany(_)) => Self::new(Code::BadRequest, said),
            NoThresholds::Terms(ThresholdError::NoTruth) => {
                Self::not_found(format!("{said}: record what people know with `POST /v1/truth`"))
            }
            NoThresholds::Empty => Self::not_found(said),
            NoThresholds::Set(_) => {
                tracing::error!(error = said, "a set cannot be read");
                Self::not_found("the set cannot be read; the operator's log says why")
            }
            NoThresholds::Replay(_) => {
                tracing::error!(error = said, "what a report reads does not hold");
                Self::new(Code::Broken, "what is on record does not hold; the operator's log says where")
            }
            NoThresholds::Stopped => Self { retry_after: Some(5), ..Self::new(Code::Unavailable, said) },
            NoThresholds::Thread(_) | NoThresholds::Bug => Self::new(Code::Bug, said),
        }
    }
}

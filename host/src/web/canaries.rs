//! `/v1/canaries`: a set that is tried on a part of the records, what its gates say, and its steps.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::{Json, JsonText};
use super::problem::Problem;
use super::reason::Reason;
use super::sets::{Why, into_force, refused};
use crate::access::Principal;
use crate::model::Digest;
use crate::rollout::{Act, Canary, EndCause, EndedCanary, Plan, Reference};
use crate::runtime::{CanaryReport, Promotion};

/// A set that is to be tried on a part of the records.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedCanary")]
pub(crate) struct Wanted {
    /// The proposal, which must be approved: the event that proposed it.
    pub proposal: u64,
    /// The digest of the set that is meant; if it is given, nothing else is tried.
    #[serde(default)]
    pub digest: Option<Digest>,
    /// The shares of the records, who they are, and what each step must show.
    pub plan: Plan,
    /// Why. It stays on record for good, so it must name nobody.
    pub reason: Reason,
}

pub(super) async fn begin(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<Canary>), Problem> {
    let Wanted { proposal, digest, plan, reason } = body.read()?;
    plan.check().map_err(|error| Problem::invalid("plan", error.to_string()))?;
    let meant = digest.map_or(Reference::Number(proposal), |digest| Reference::Exact(proposal, digest));
    into_force(app, principal, reason.text().to_owned(), move |deployment, ledger, act| {
        deployment.begin_canary(ledger, &meant, &plan, act)
    })
    .await
}

pub(super) async fn promote(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<Promotion>), Problem> {
    let Why { reason } = body.read()?;
    let promotion = app.heavy(move |app| promote_as(app, &principal, reason.text())).await?;
    Ok((StatusCode::CREATED, Json(promotion)))
}

/// Brings the canary on as whoever authenticated. What is not counted yet is counted first.
pub(super) fn promote_as(app: &App, principal: &Principal, reason: &str) -> Result<Promotion, Problem> {
    app.write(|ledger| {
        let at = Timestamp::now().to_string();
        app.service.promote(ledger, Act { by: &principal.name, at: &at, reason }).map_err(refused)
    })
}

pub(super) async fn end(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<EndedCanary>), Problem> {
    let Why { reason } = body.read()?;
    end_as(app, principal, reason.text().to_owned()).await
}

/// Ends the canary as whoever authenticated.
pub(super) async fn end_as(
    app: Arc<App>,
    principal: Arc<Principal>,
    reason: String,
) -> Result<(StatusCode, Json<EndedCanary>), Problem> {
    into_force(app, principal, reason, |deployment, ledger, act| {
        deployment.end_canary(ledger, EndCause::Person, None, act)
    })
    .await
}

/// The sets that are tried.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Canaries {
    /// The sets, one at most, each with what its gates say.
    pub canaries: Vec<CanaryReport>,
}

pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Canaries>, Problem> {
    app.heavy(|app| {
        let report = report(app)?;
        Ok(Json(Canaries { canaries: report.into_iter().collect() }))
    })
    .await
}

/// What the gates say of the canary that runs, as far as it is counted.
pub(super) fn report(app: &App) -> Result<Option<CanaryReport>, Problem> {
    app.readers.with(|ledger| app.service.canary(ledger).map_err(refused))
}

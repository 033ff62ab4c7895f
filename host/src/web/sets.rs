//! `/v1/activations`, `/v1/proposals` and what stands beside them: how sets come into force, and how they are taken back.

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
use super::reason::Reason;
use crate::access::Principal;
use crate::ledger::Ledger;
use crate::model::Digest;
use crate::modules::SetDifference;
use crate::rollout::{Act, Activation, Reference, RolloutError};
use crate::runtime::{Deployment, DeploymentError, OpenProposal, RolledBack, SetStatus};

pub(super) async fn status(State(app): State<Arc<App>>) -> Result<Json<SetStatus>, Problem> {
    app.heavy(|app| {
        let deployment = app.service.deployment();
        app.readers.with(|ledger| Ok(Json(deployment.set_status(ledger).map_err(refused)?)))
    })
    .await
}

/// Which sets are compared: each by name, by its digest on record, or `active`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Two {
    from: String,
    to: String,
}

pub(super) async fn difference(
    State(app): State<Arc<App>>,
    Asked(two): Asked<Two>,
) -> Result<Json<SetDifference>, Problem> {
    app.heavy(move |app| {
        let deployment = app.service.deployment();
        let set = |key: &str, named: &str| {
            known(&deployment, named).map_err(|detail| Problem::bad_query(key, detail))?;
            deployment.named_set(named).map_err(refused)
        };
        let (from, to) = (set("from", &two.from)?, set("to", &two.to)?);
        Ok(Json(deployment.set_difference(&from, &to).map_err(refused)?))
    })
    .await
}

/// Only names that were found are looked up: they come from outside, and would be paths.
fn known(deployment: &Deployment, named: &str) -> Result<(), String> {
    let all = deployment.set_names();
    if named == "active" || named.parse::<Digest>().is_ok() || all.iter().any(|name| name == named) {
        return Ok(());
    }
    Err(format!("there is no set `{named}`; there are: {}, `active`, and those on record by digest", all.join(", ")))
}

/// A set that is to be proposed.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedProposal")]
pub(crate) struct Proposed {
    /// The name of a set of the deployment's folder.
    pub set: String,
    /// Why. It stays on record for good, so it must name nobody.
    pub reason: Reason,
}

pub(super) async fn propose(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<OpenProposal>), Problem> {
    let Proposed { set, reason } = body.read()?;
    app.heavy(move |app| {
        let deployment = app.service.deployment();
        if !deployment.set_names().contains(&set) {
            return Err(Problem::invalid("set", format!("there is no set `{set}`")));
        }
        let proposal =
            act(app, &principal, reason.text(), |deployment, ledger, act| deployment.propose(ledger, &set, act))?;
        Ok((StatusCode::CREATED, Json(deployment.open_proposal(&proposal))))
    })
    .await
}

/// An approval.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedApproval")]
pub(crate) struct Approved {
    /// The digest of the set that was looked at: nothing else is approved.
    pub digest: Digest,
    /// Why. It stays on record for good, so it must name nobody.
    pub reason: Reason,
}

pub(super) async fn approve(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Part(number): Part,
    body: JsonText,
) -> Result<(StatusCode, Json<OpenProposal>), Problem> {
    let Approved { digest, reason } = body.read()?;
    let number = number
        .parse()
        .map_err(|_| Problem::new(Code::BadRequest, "the address names a proposal by the event that proposed it"))?;
    let meant = Reference::Exact(number, digest);
    let approved = app.heavy(move |app| approve_as(app, &principal, &meant, reason.text())).await?;
    Ok((StatusCode::CREATED, Json(approved)))
}

/// Approves a proposal as whoever authenticated.
pub(super) fn approve_as(
    app: &App,
    principal: &Principal,
    meant: &Reference,
    reason: &str,
) -> Result<OpenProposal, Problem> {
    let role = Some(principal.role);
    let approve =
        |deployment: &Deployment, ledger: &mut Ledger, act: Act<'_>| deployment.approve(ledger, meant, role, act);
    let proposal = act(app, principal, reason, approve)?;
    Ok(app.service.deployment().open_proposal(&proposal))
}

/// A set that is to come into force.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedActivation")]
pub(crate) struct Activated {
    /// The proposal: the event that proposed it.
    pub proposal: u64,
    /// Why. It stays on record for good, so it must name nobody.
    pub reason: Reason,
}

pub(super) async fn activate(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<Activation>), Problem> {
    let Activated { proposal, reason } = body.read()?;
    let meant = Reference::Number(proposal);
    into_force(app, principal, reason.text().to_owned(), move |deployment, ledger, act| {
        deployment.activate(ledger, &meant, act)
    })
    .await
}

/// Why something is done.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WhyIntervene")]
pub(crate) struct Why {
    /// Why. It stays on record for good, so it must name nobody.
    pub reason: Reason,
}

pub(super) async fn roll_back(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<RolledBack>), Problem> {
    let Why { reason } = body.read()?;
    into_force(app, principal, reason.text().to_owned(), Deployment::roll_back).await
}

pub(super) async fn freeze(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<Activation>), Problem> {
    let Why { reason } = body.read()?;
    into_force(app, principal, reason.text().to_owned(), Deployment::freeze).await
}

pub(super) async fn thaw(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<Activation>), Problem> {
    let Why { reason } = body.read()?;
    into_force(app, principal, reason.text().to_owned(), Deployment::thaw).await
}

/// Changes what decides, here before the answer and in other services a moment later.
pub(super) async fn into_force<T: Send + 'static>(
    app: Arc<App>,
    principal: Arc<Principal>,
    reason: String,
    step: impl FnOnce(&Deployment, &mut Ledger, Act<'_>) -> Result<T, DeploymentError> + Send + 'static,
) -> Result<(StatusCode, Json<T>), Problem> {
    app.heavy(move |app| {
        let done = act(app, &principal, &reason, step)?;
        // It is on record. Should it not be usable a moment after it was, the status says so.
        if let Err(error) = app.service.adopt() {
            tracing::error!(%error, "what is on record is not in force here; the last good set goes on");
        }
        Ok((StatusCode::CREATED, Json(done)))
    })
    .await
}

/// Does something as whoever authenticated.
pub(super) fn act<T>(
    app: &App,
    principal: &Principal,
    reason: &str,
    step: impl FnOnce(&Deployment, &mut Ledger, Act<'_>) -> Result<T, DeploymentError>,
) -> Result<T, Problem> {
    let deployment = app.service.deployment();
    app.write(|ledger| {
        let at = Timestamp::now().to_string();
        step(&deployment, ledger, Act { by: &principal.name, at: &at, reason }).map_err(refused)
    })
}

pub(super) fn refused(error: DeploymentError) -> Problem {
    let text = error.to_string();
    match error {
        DeploymentError::Ledger(error) | DeploymentError::Rollout(RolloutError::Ledger(error)) => error.into(),
        DeploymentError::Rollout(error) => match error {
            RolloutError::NoProposal(_) => Problem::not_found(text),
            RolloutError::OwnProposal { .. } | RolloutError::Role { .. } => Problem::new(Code::Forbidden, text),
            RolloutError::Unreadable { .. } => Problem::new(Code::Broken, text),
            RolloutError::Draft(_) => Problem::new(Code::Bug, text),
            RolloutError::Plan(_) => Problem::invalid("plan", text),
            _ => Problem::new(Code::NotInForce, text),
        },
        DeploymentError::Active(_) | DeploymentError::Tried(_) => {
            tracing::error!(error = text, "a set on record cannot be read");
            Problem::not_found("there is no such set on record, or not all of it; the operator's log says more")
        }
        DeploymentError::Untrusted(_) => Problem::new(Code::Untrusted, text),
        DeploymentError::Set(_)
        | DeploymentError::OtherBytes { .. }
        | DeploymentError::Unusable { .. }
        | DeploymentError::Cases { .. }
        | DeploymentError::SetCases(_)
        | DeploymentError::Sandbox(_)
        | DeploymentError::Archive(_) => Problem::new(Code::NotInForce, text),
        _ => {
            tracing::error!(error = text, "a set cannot be brought into force");
            Problem::new(Code::Bug, "this cannot be done; the operator's log says why")
        }
    }
}

//! What stands below `GET /v1/decisions`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::{Json, Part};
use super::on_record::OnRecord;
use super::problem::{Code, Problem};
use crate::access::{Permission, Principal};
use crate::ledger::{Ledger, Recorded, RecordedEvent};
use crate::reproduce::{Difference, PastSets, ReproduceError, Rerun};
use crate::sandbox::Scratch;

pub(super) async fn one(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Part(id): Part,
) -> Result<Json<OnRecord>, Problem> {
    show(&app, principal, id).await.map(Json)
}

/// What is on record of a decision, as far as somebody may see it.
pub(super) async fn show(app: &Arc<App>, principal: Arc<Principal>, id: String) -> Result<OnRecord, Problem> {
    app.heavy(move |app| app.readers.with(|ledger| on_record(ledger, &principal, &id))).await
}

pub(super) fn on_record(ledger: &Ledger, principal: &Principal, id: &str) -> Result<OnRecord, Problem> {
    let (recorded, event) = find(ledger, id, principal)?;
    OnRecord::read(ledger, &recorded, event, principal.may(Permission::ReadValues)).map_err(not_run)
}

/// A decision that somebody may read. What they may not read is not there for them.
fn find(ledger: &Ledger, id: &str, principal: &Principal) -> Result<(Recorded, RecordedEvent), Problem> {
    let none = || Problem::not_found(format!("no decision about the suggestion `{id}` is on record"));
    let recorded = ledger.decision(id)?.ok_or_else(none)?;
    let event = ledger.event(recorded.seq)?.ok_or_else(none)?;
    if !principal.may(Permission::ReadDecisions) && *event.actor != *principal.name {
        return Err(none());
    }
    Ok((recorded, event))
}

pub(super) async fn proof(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Part(id): Part,
) -> Result<Response, Problem> {
    let proof = prove(&app, principal, id).await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], proof).into_response())
}

/// The proof of a decision that somebody may read, as a text.
pub(super) async fn prove(app: &Arc<App>, principal: Arc<Principal>, id: String) -> Result<String, Problem> {
    app.heavy(move |app| {
        app.readers.with(|ledger| {
            find(ledger, &id, &principal)?;
            let signer = app.signer()?;
            let proof = ledger.prove(&id, &signer)?;
            let text = proof.map(|proof| proof.to_text()).transpose();
            let bug = |error| Problem::new(Code::Bug, format!("the proof has no JSON form: {error}"));
            text.map_err(bug)?.ok_or_else(|| Problem::not_found("the decision is gone"))
        })
    })
    .await
}

/// What came of judging again.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Reproduced {
    /// The suggestion's id.
    pub id: String,
    /// Whether the decision came out as it is on record.
    pub equal: bool,
    /// What came out otherwise.
    pub differences: Vec<Difference>,
    /// Whether the engine is the one that the decision was made with: only then is fuel compared.
    pub same_engine: bool,
}

impl Reproduced {
    /// Makes a decision again.
    pub(crate) fn of(id: String, rerun: &Rerun<'_>, scratch: &mut Scratch) -> Self {
        let differences = rerun.run(scratch);
        Self { id, equal: differences.is_empty(), differences, same_engine: rerun.same_engine() }
    }
}

pub(super) async fn reproduce(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Part(id): Part,
) -> Result<Json<Reproduced>, Problem> {
    again(&app, principal, id).await.map(Json)
}

/// Makes a decision again that somebody may read.
pub(super) async fn again(app: &Arc<App>, principal: Arc<Principal>, id: String) -> Result<Reproduced, Problem> {
    app.heavy(move |app| {
        let (recorded, _) = app.readers.with(|ledger| find(ledger, &id, &principal))?;
        let body = recorded.body.ok_or_else(|| not_run(ReproduceError::Erased))?;
        let deployment = app.service.deployment();
        let archive = Ledger::open_read_only(app.service.home().ledger())?;
        let past = PastSets::new(archive, &deployment.sandbox);
        let rerun = Rerun::gather(&past, &deployment.engine, &body).map_err(not_run)?;
        let mut reproduced = Reproduced::of(id, &rerun, &mut Scratch::default());
        if !principal.may(Permission::ReadValues) {
            // What a module said may quote a value.
            for difference in &mut reproduced.differences {
                difference.withhold();
            }
        }
        Ok(reproduced)
    })
    .await
}

pub(super) fn not_run(error: ReproduceError) -> Problem {
    match error {
        ReproduceError::Ledger(error) => error.into(),
        ReproduceError::Erased => Problem::new(Code::Erased, "its values were erased, so it cannot be made again"),
        ReproduceError::Stalled(_) => Problem::new(Code::Conflict, error.to_string()),
        error => {
            tracing::error!(%error, "a decision cannot be read or made again");
            Problem::new(Code::Broken, "what it was made with does not hold; the operator's log says what")
        }
    }
}

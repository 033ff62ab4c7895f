//! What stands below `GET /v1/decisions`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::app::App;
use super::json::{Json, Part};
use super::problem::{Code, Problem};
use crate::access::{Permission, Principal};
use crate::ledger::{Ledger, Recorded, RecordedEvent};
use crate::model::Digest;
use crate::reproduce::{Difference, PastSets, ReproduceError, Rerun, decision_on_record};
use crate::sandbox::Scratch;
use crate::words::explain;

/// A decision as it is on record.
#[derive(Serialize, JsonSchema)]
pub(super) struct OnRecord {
    /// The position of its event in the ledger.
    seq: u64,
    /// The leaf hash of its event.
    leaf: Digest,
    /// When it was recorded, RFC 3339.
    at: String,
    /// Who asked.
    actor: String,
    /// Whether personal values stand in it; where they do not, an object `{"sealed": …}` with a commitment does.
    values: Values,
    /// The body of the event: the decision, the suggestion, and what the modules were told.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    decision: Box<RawValue>,
    /// The decision in words; nothing, where values are not shown.
    explanation: Option<String>,
}

/// What became of the personal values of an answer.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Values {
    /// They stand in it.
    Shown,
    /// They were left out: whoever asks may not see them.
    Withheld,
    /// They were erased.
    Erased,
}

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

fn on_record(ledger: &Ledger, principal: &Principal, id: &str) -> Result<OnRecord, Problem> {
    let (recorded, event) = find(ledger, id, principal)?;
    let see = principal.may(Permission::ReadValues);
    let values = match recorded.body {
        None => Values::Erased,
        Some(_) if see => Values::Shown,
        Some(_) => Values::Withheld,
    };
    let body = recorded.body.as_deref().filter(|_| see);
    let explanation = match body {
        Some(_) => {
            let text = explain(&decision_on_record(ledger, &recorded).map_err(not_run)?, Some(recorded.seq));
            // Without the colours of a terminal.
            Some(anstream::adapter::strip_str(&text).to_string())
        }
        None => None,
    };
    let decision = match body {
        Some(body) => RawValue::from_string(body.to_owned()),
        None => recorded.sealed_body(),
    };
    let broken = |error| Problem::new(Code::Broken, format!("event {} is not JSON: {error}", recorded.seq));
    Ok(OnRecord {
        seq: recorded.seq,
        leaf: recorded.leaf,
        at: event.at,
        actor: event.actor,
        values,
        decision: decision.map_err(broken)?,
        explanation,
    })
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
    app.heavy(move |app| {
        app.readers.with(|ledger| {
            find(ledger, &id, &principal)?;
            let signer = app.signer()?;
            let proof = ledger.prove(&id, &signer)?;
            let text = proof.map(|proof| proof.to_text()).transpose();
            let bug = |error| Problem::new(Code::Bug, format!("the proof has no JSON form: {error}"));
            let text = text.map_err(bug)?.ok_or_else(|| Problem::not_found("the decision is gone"))?;
            Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response())
        })
    })
    .await
}

/// What came of judging again.
#[derive(Serialize, JsonSchema)]
pub(super) struct Reproduced {
    /// The suggestion's id.
    id: String,
    /// Whether the decision came out as it is on record.
    equal: bool,
    /// What came out otherwise.
    differences: Vec<Difference>,
    /// Whether the engine is the one that the decision was made with: only then is fuel compared.
    same_engine: bool,
}

pub(super) async fn reproduce(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Part(id): Part,
) -> Result<Json<Reproduced>, Problem> {
    app.heavy(move |app| {
        let (recorded, _) = app.readers.with(|ledger| find(ledger, &id, &principal))?;
        let body = recorded.body.ok_or_else(|| not_run(ReproduceError::Erased))?;
        let deployment = app.service.deployment();
        let archive = Ledger::open_read_only(app.service.home().ledger())?;
        let past = PastSets::new(archive, &deployment.sandbox);
        let rerun = Rerun::gather(&past, &deployment.engine, &body).map_err(not_run)?;
        let mut differences = rerun.run(&mut Scratch::default());
        let equal = differences.is_empty();
        if !principal.may(Permission::ReadValues) {
            // What a module said may quote a value.
            for difference in &mut differences {
                difference.withhold();
            }
        }
        Ok(Json(Reproduced { id, equal, differences, same_engine: rerun.same_engine() }))
    })
    .await
}

fn not_run(error: ReproduceError) -> Problem {
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

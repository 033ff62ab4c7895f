//! `GET /v1/ledger` and what stands below it: what others keep and compare. No personal value stands in it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::{Asked, Json};
use super::problem::Problem;
use crate::ledger::{Checkpoint, consistency_proof};
use crate::model::Digest;

/// The newest head of the ledger.
#[derive(Serialize, JsonSchema)]
pub(super) struct Head {
    /// How many events it covers.
    size: u64,
    /// The root of the tree over them (RFC 6962).
    root: Digest,
}

pub(super) async fn head(State(app): State<Arc<App>>) -> Result<Json<Head>, Problem> {
    app.heavy(|app| {
        app.readers.with(|ledger| {
            let head = ledger.head()?;
            Ok(Json(Head { size: head.size, root: head.root }))
        })
    })
    .await
}

pub(super) async fn checkpoint(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    app.heavy(|app| {
        let signer = app.signer()?;
        let note = app.readers.with(|ledger| ledger.checkpoint(&signer).map_err(Problem::from))?;
        Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], note).into_response())
    })
    .await
}

/// Since when.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    since: u64,
}

/// The proof that the ledger begins with what an earlier head covers. Whoever kept that head compares: `RFC 9162`, section 2.1.4.2.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Consistency {
    /// How many events the earlier head covers.
    pub since: u64,
    /// How many events the newest head covers.
    size: u64,
    /// The root of the tree over them (RFC 6962).
    root: Digest,
    /// The nodes of the proof (RFC 9162, section 2.1.4.1).
    pub proof: Vec<Digest>,
    /// The newest head, signed (C2SP tlog-checkpoint).
    pub checkpoint: String,
}

pub(super) async fn consistency(
    State(app): State<Arc<App>>,
    Asked(Since { since }): Asked<Since>,
) -> Result<Json<Consistency>, Problem> {
    app.heavy(move |app| {
        let signer = app.signer()?;
        app.readers.with(|ledger| {
            // What is appended meanwhile changes nothing of the tree that this head covers.
            let head = ledger.head()?;
            if since > head.size {
                let detail = format!(
                    "this ledger has {} events, and the head that was kept covers {since}: it is that of another ledger, or \
                     events were removed from this one",
                    head.size
                );
                return Err(Problem::bad_query("since", detail));
            }
            let proof = consistency_proof(ledger, since, head.size)?;
            let checkpoint = Checkpoint::sign(&head, &signer);
            Ok(Json(Consistency { since, size: head.size, root: head.root, proof, checkpoint }))
        })
    })
    .await
}

/// The key that others verify checkpoints and proofs with. It is no secret: whoever may come in may have it.
pub(super) async fn key(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    app.heavy(|app| {
        let key = format!("{}\n", app.signer()?.verifier());
        Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], key).into_response())
    })
    .await
}

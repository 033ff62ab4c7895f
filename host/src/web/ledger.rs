//! `GET /v1/ledger` and what stands below it: what others keep and compare. No personal value stands in it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::app::App;
use super::json::Json;
use super::problem::Problem;
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

/// The key that others verify checkpoints and proofs with. It is no secret: whoever may come in may have it.
pub(super) async fn key(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    app.heavy(|app| {
        let key = format!("{}\n", app.signer()?.verifier());
        Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], key).into_response())
    })
    .await
}

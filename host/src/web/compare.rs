//! `POST /v1/suggestions:compare`: what stands on record under the ids of suggestions. Nothing is decided, so whoever has a file
//! in which an id stands for something else can refuse it whole.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::batch::{Line, NDJSON, line, lines, mistake};
use super::json::of_kind;
use super::problem::Problem;
use super::suggestions::parse;
use crate::access::Principal;
use crate::runtime::Standing;

/// What stands on record under the id of a suggestion.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Compared {
    /// The suggestion's id.
    pub id: String,
    /// What stands under it; nothing, if it was never decided.
    pub recorded: Option<Standing>,
}

pub(super) async fn compare(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    request: Request,
) -> Result<Response, Problem> {
    of_kind(request.headers(), &[NDJSON, "application/jsonl"])?;
    let answers = lines(request.into_body().into_data_stream()).then(move |Line { number, text }| {
        let (app, principal) = (Arc::clone(&app), Arc::clone(&principal));
        async move {
            let answer = match text {
                Ok(text) => compared(&app, &principal, number, text).await,
                Err(problem) => Err(problem),
            };
            Ok::<_, Infallible>(Bytes::from(answer.map_or_else(|problem| mistake(number, &problem), |one| line(&one))))
        }
    });
    let kind = HeaderValue::from_static(NDJSON);
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(answers)).into_response())
}

async fn compared(app: &Arc<App>, principal: &Principal, number: u64, text: String) -> Result<Compared, Problem> {
    let suggestion = parse(number, text)?;
    while let Err(wait) = app.spend(principal) {
        tokio::time::sleep(wait).await;
    }
    app.heavy(move |app| {
        let recorded = app.readers.with(|ledger| Standing::of(&suggestion, ledger).map_err(Problem::from))?;
        Ok(Compared { id: suggestion.id, recorded })
    })
    .await
}

//! One decision: why it was made, of what, and that it can be made again.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::page::{Page, Refusal, Visitor, moment};
use super::view::View;
use crate::access::{Permission, Principal};
use crate::model::Digest;
use crate::web::app::App;
use crate::web::auth::require;
use crate::web::decisions::{self, Reproduced};
use crate::web::json::Part;
use crate::web::on_record::Values;
use crate::web::problem::Problem;

#[derive(Template)]
#[template(path = "decision.html")]
pub(super) struct DecisionPage {
    who: Option<Visitor>,
    view: View,
    values: Values,
    seq: u64,
    leaf: Digest,
    at: String,
    actor: String,
    /// What came of making it again, if somebody asked for that.
    again: Option<Result<Reproduced, String>>,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: Result<Part, Problem>,
) -> Result<Page<DecisionPage>, Refusal> {
    let refuse = Refusal::to(&principal);
    let Part(id) = id.map_err(&refuse)?;
    page(&app, principal, id, None).await.map(Page).map_err(refuse)
}

pub(super) async fn reproduce(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: Result<Part, Problem>,
) -> Result<Page<DecisionPage>, Refusal> {
    let refuse = Refusal::to(&principal);
    let Part(id) = id.map_err(&refuse)?;
    require(&principal, Permission::Reproduce).map_err(&refuse)?;
    // Why it cannot be made again stands on the page, where the rest of what is known of it does.
    let again = decisions::again(&app, Arc::clone(&principal), id.clone()).await.map_err(|problem| problem.detail);
    page(&app, principal, id, Some(again)).await.map(Page).map_err(refuse)
}

pub(super) async fn proof(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: Result<Part, Problem>,
) -> Result<Response, Refusal> {
    let refuse = Refusal::to(&principal);
    let Part(id) = id.map_err(&refuse)?;
    require(&principal, Permission::Prove).map_err(&refuse)?;
    let proof = decisions::prove(&app, principal, id).await.map_err(refuse)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        // Ids of suggestions are texts of others, so none stands in the name.
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"proof.json\"")),
    ];
    Ok((headers, proof).into_response())
}

async fn page(
    app: &Arc<App>,
    principal: Arc<Principal>,
    id: String,
    again: Option<Result<Reproduced, String>>,
) -> Result<DecisionPage, Problem> {
    app.heavy(move |app| {
        app.readers.with(|ledger| {
            let shown = decisions::on_record(ledger, &principal, &id)?;
            let view = View::read(ledger, shown.decision.get()).map_err(decisions::not_run)?;
            Ok(DecisionPage {
                who: Some(Visitor::of(&principal)),
                view,
                values: shown.values,
                seq: shown.seq,
                leaf: shown.leaf,
                at: moment(&shown.at),
                actor: shown.actor,
                again,
            })
        })
    })
    .await
}

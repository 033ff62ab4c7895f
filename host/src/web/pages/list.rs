//! The decisions, newest first.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::decision;
use super::page::{Page, Refusal, Visitor, moment};
use crate::access::Principal;
use crate::ledger::{DecisionSummary, Ledger};
use crate::model::Outcome;
use crate::web::app::App;
use crate::web::json::{Asked, Part};
use crate::web::problem::Problem;

/// How many decisions a page has.
const PAGE: u32 = 50;

/// What is listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Those before this event.
    before: Option<u64>,
    outcome: Option<Outcome>,
    /// A suggestion to look up instead.
    id: Option<String>,
}

/// What a list says of a decision.
pub(super) struct Listed {
    pub seq: u64,
    pub id: String,
    pub outcome: String,
    pub decided_at: String,
    pub set: String,
}

/// The newest decisions before an event.
pub(super) fn newest(
    ledger: &Ledger,
    before: u64,
    outcome: Option<Outcome>,
    most: u32,
) -> Result<Vec<Listed>, Problem> {
    let listed = |DecisionSummary { seq, suggestion_id, outcome, decided_at, set }| Listed {
        seq,
        id: suggestion_id,
        outcome,
        decided_at: moment(&decided_at),
        set: set.short(),
    };
    let found = ledger.newest_decisions(before, outcome.map(Outcome::as_str), most)?;
    Ok(found.into_iter().map(listed).collect())
}

#[derive(Template)]
#[template(path = "decisions.html")]
struct ListPage {
    who: Option<Visitor>,
    outcomes: [&'static str; 4],
    outcome: Option<&'static str>,
    decisions: Vec<Listed>,
    next: Option<u64>,
    first: bool,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    asked: Result<Asked<Which>, Problem>,
) -> Result<Response, Refusal> {
    let refuse = Refusal::to(&principal);
    let Asked(Which { before, outcome, id }) = asked.map_err(&refuse)?;
    if let Some(id) = id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()) {
        return decision::show(State(app), Extension(principal), Ok(Part(id))).await.map(IntoResponse::into_response);
    }
    let page = app.heavy(move |app| {
        // One more than is shown tells whether there is a next page.
        let mut decisions = app.readers.with(|ledger| newest(ledger, before.unwrap_or(u64::MAX), outcome, PAGE + 1))?;
        let more = decisions.len() > PAGE as usize;
        decisions.truncate(PAGE as usize);
        Ok(ListPage {
            who: Some(Visitor::of(&principal)),
            outcomes: Outcome::ALL.map(Outcome::as_str),
            outcome: outcome.map(Outcome::as_str),
            next: decisions.last().filter(|_| more).map(|last| last.seq),
            decisions,
            first: before.is_none(),
        })
    });
    Ok(Page(page.await.map_err(refuse)?).into_response())
}

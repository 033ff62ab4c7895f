//! `GET /v1/decisions`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::auth::require;
use super::json::{Asked, Json};
use super::problem::{Code, Problem};
use crate::access::{Permission, Principal};
use crate::ledger::DecisionSummary;
use crate::model::{Digest, Operation, Outcome};
use crate::replay::{Conditions, Dimension, Selection};
use crate::runtime::{NotASet, Search, SearchError};

/// How many decisions a page has if nobody says, and at most.
const PAGE: u32 = 50;
pub(super) const LONGEST_PAGE: u32 = 500;

/// What is listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// What the page before said comes next.
    cursor: Option<u64>,
    limit: Option<u32>,
    outcome: Option<Outcome>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    set: Option<String>,
    system: Option<String>,
    object: Option<String>,
    operation: Option<Operation>,
    field: Option<String>,
    assistant: Option<String>,
    segment: Option<String>,
    code: Option<String>,
}

impl Which {
    fn search(self) -> Result<Search, Problem> {
        let set = self.set.map(|set| set.parse()).transpose();
        let set = set.map_err(|error: NotASet| Problem::bad_query("set", format!("`set`: {error}")))?;
        if self.assistant.as_ref().is_some_and(|assistant| !assistant.contains('/')) {
            let detail = "`assistant`: write the vendor and the model, such as acme/enricher";
            return Err(Problem::bad_query("assistant", detail));
        }
        let names = [
            (Dimension::Field, self.field),
            (Dimension::Segment, self.segment),
            (Dimension::Assistant, self.assistant),
            (Dimension::Operation, self.operation.map(|operation| operation.as_str().to_owned())),
            (Dimension::Object, self.object),
        ];
        let conditions = Conditions::new(self.outcome, names);
        let selection = Selection { from: self.from, to: self.to, conditions, part: None };
        Ok(Search { selection, set, system: self.system, code: self.code })
    }
}

/// A page of decisions, newest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Page {
    /// The decisions: at most as many as were asked for. Where few meet the conditions, a page can have fewer, or none, and still
    /// be followed by another.
    decisions: Vec<Listed>,
    /// The `cursor` of the next page; nothing, if this is the last.
    next: Option<u64>,
}

/// What a list says of a decision.
#[derive(Serialize, JsonSchema)]
struct Listed {
    /// The suggestion's id.
    id: String,
    /// The outcome: `apply`, `review`, `human-only` or `reject`.
    outcome: String,
    /// The time it was judged at, RFC 3339.
    decided_at: String,
    /// The digest of the set that judged it.
    set: Digest,
    /// The position of its event in the ledger.
    seq: u64,
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Asked(which): Asked<Which>,
) -> Result<Json<Page>, Problem> {
    let limit = which.limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        return Err(Problem::bad_query("limit", format!("`limit` must be from 1 to {LONGEST_PAGE}")));
    }
    let before = which.cursor.unwrap_or(u64::MAX);
    let search = which.search()?;
    if search.needs_values() {
        require(&principal, Permission::ReadValues)?;
    }
    app.heavy(move |app| {
        let found = app.readers.with(|ledger| search.page(ledger, before, limit).map_err(Problem::from))?;
        let listed = |DecisionSummary { seq, suggestion_id, outcome, decided_at, set }| Listed {
            id: suggestion_id,
            outcome,
            decided_at,
            set,
            seq,
        };
        Ok(Json(Page { decisions: found.decisions.into_iter().map(listed).collect(), next: found.next }))
    })
    .await
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Ledger(error) => error.into(),
            error => {
                tracing::error!(%error, "decisions cannot be looked for");
                Self::new(Code::Broken, "a decision on record does not hold; the operator's log says which")
            }
        }
    }
}

//! `POST /v1/ledger/erasures` and `/v1/ledger/expirations`: personal values are destroyed for good.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::{Asked, Json, JsonText};
use super::problem::Problem;
use super::reason::Reason;
use crate::access::Principal;
use crate::ledger::{Cause, Destroyed, NotARecord, RecordParts};
use crate::runtime::{Due, WouldErase, WrittenDue, due, expire, would_erase};

/// Whether anything is done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct How {
    #[serde(default)]
    dry_run: bool,
}

/// Whose values are to be destroyed.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedErasure")]
pub(crate) struct Wanted {
    /// The record that the values are about: SYSTEM/OBJECT/ID.
    #[schemars(regex(pattern = "^[^/]+/[^/]+/"))]
    pub subject: String,
    /// Why. It stays on record for good, so it must name nobody: the number of the request.
    pub reason: Reason,
}

/// What was destroyed, or would be.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Erasure {
    /// What was.
    Done(Destroyed),
    /// What would be.
    Would(WouldErase),
}

/// The record that a text names.
pub(super) fn subject(text: &str) -> Result<RecordParts, Problem> {
    text.parse().map_err(|error: NotARecord| Problem::invalid("subject", error.to_string()))
}

pub(super) async fn erase(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Asked(how): Asked<How>,
    body: JsonText,
) -> Result<Json<Erasure>, Problem> {
    let wanted: Wanted = body.read()?;
    let subject = subject(&wanted.subject)?;
    app.heavy(move |app| {
        if how.dry_run {
            let would = app.readers.with(|ledger| would_erase(ledger, &subject).map_err(Problem::from))?;
            return Ok(Json(Erasure::Would(would)));
        }
        app.write(|ledger| {
            let at = Timestamp::now().to_string();
            let cause = Cause { reason: wanted.reason.text(), at: &at, actor: &principal.name };
            Ok(Json(Erasure::Done(ledger.erase(&subject, cause)?)))
        })
    })
    .await
}

/// What was due by the deployment's rules of retention, and what was destroyed of it.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Expired {
    /// What was destroyed; nothing of this in a dry run.
    #[serde(flatten)]
    pub destroyed: Option<Destroyed>,
    /// True, if nothing was to be destroyed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// What was due by each rule.
    pub rules: Vec<WrittenDue>,
}

impl Expired {
    /// What is due, of which nothing was destroyed.
    pub(crate) fn would(due: &[Due<'_>]) -> Self {
        Self { destroyed: None, dry_run: true, rules: due.iter().map(WrittenDue::from).collect() }
    }

    /// What was due, and what was destroyed of it.
    pub(crate) fn done(due: &[Due<'_>], destroyed: Destroyed) -> Self {
        Self { destroyed: Some(destroyed), dry_run: false, rules: due.iter().map(WrittenDue::from).collect() }
    }
}

pub(super) async fn expired(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Asked(how): Asked<How>,
) -> Result<Json<Expired>, Problem> {
    app.heavy(move |app| {
        let deployment = app.service.deployment();
        let rules = &deployment.config.retention;
        let now = Timestamp::now();
        if how.dry_run {
            let due = app.readers.with(|ledger| due(rules, ledger, now).map_err(Problem::from))?;
            return Ok(Json(Expired::would(&due)));
        }
        app.write(|ledger| {
            // Whether anything is on hold is asked again for each transaction.
            let due = due(rules, ledger, now)?;
            let destroyed = expire(ledger, &due, &now.to_string(), &principal.name)?;
            Ok(Json(Expired::done(&due, destroyed)))
        })
    })
    .await
}

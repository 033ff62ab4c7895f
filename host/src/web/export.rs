//! `GET /v1/ledger/export`: events as rows for other programs, the same bytes as `countersign ledger export` writes.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::app::App;
use super::batch::NDJSON;
use super::json::Asked;
use super::outflow::{body, not_read};
use super::problem::Problem;
use crate::access::{Permission, Principal};
use crate::ledger::{Export, ExportError, ExportFormat};

/// The kinds of content that rows are, beside JSON lines.
pub(super) const CSV: &str = "text/csv";
pub(super) const PARQUET: &str = "application/vnd.apache.parquet";

/// What is exported, and how.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default)]
    format: ExportFormat,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    #[serde(default)]
    commitments_only: bool,
}

pub(super) async fn export(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let Wanted { format, from, to, commitments_only } = wanted;
    let commitments_only = commitments_only || !principal.may(Permission::ReadValues);
    let export = Export { format, from, to, commitments_only };
    let place = app.place()?;
    let body = body(&app, move |app, out| {
        let _place = place;
        app.readers.with(|ledger| ledger.export(&export, out)).map(drop).map_err(refused)
    });
    let kind = match format {
        ExportFormat::Jsonl => NDJSON,
        ExportFormat::Csv => CSV,
        ExportFormat::Parquet => PARQUET,
    };
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body.await?).into_response())
}

fn refused(error: ExportError) -> Problem {
    match error {
        ExportError::Ledger(error) => error.into(),
        ExportError::Write(error) => not_read(&error),
    }
}

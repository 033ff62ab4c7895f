//! `GET /v1/ledger/backup`: all of the ledger in one file, for the day when it is lost. `countersign ledger restore` takes it.

use std::io;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::app::App;
use super::outflow::{body, not_read};
use super::problem::{Code, Problem};
use crate::ledger::{BackedUp, BackupError, Ledger};

/// The kind of content that a backup is.
pub(super) const SQLITE: &str = "application/vnd.sqlite3";

pub(super) async fn backup(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    // Each has a file on the deployment's disk until it was sent.
    let place = app.place()?;
    let mut backup = app.heavy(|app| app.readers.with(Ledger::backup_to_read).map_err(refused)).await?;
    let BackedUp { bytes, digest, .. } = backup.made;
    let digest = HeaderValue::try_from(format!("sha-256=:{}:", STANDARD.encode(digest.as_bytes())));
    let digest = digest.map_err(|error| Problem::new(Code::Bug, format!("a digest that is none: {error}")))?;
    let body = body(&app, move |_, out| {
        let _place = place;
        io::copy(&mut backup, out).map(drop).map_err(|error| not_read(&error))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(SQLITE)),
        (header::CONTENT_LENGTH, bytes.into()),
        // By it whoever has all of it can tell (RFC 9530).
        (HeaderName::from_static("repr-digest"), digest),
    ];
    Ok((headers, body.await?).into_response())
}

fn refused(error: BackupError) -> Problem {
    match error {
        BackupError::Ledger(error) => error.into(),
        BackupError::Differs { .. } => {
            tracing::error!(%error, "the ledger could not be copied");
            Problem::new(Code::Broken, "the ledger does not hold; the operator's log says where")
        }
        error => {
            tracing::error!(%error, "the ledger could not be copied");
            let detail = "the ledger cannot be copied; the operator's log says why";
            Problem { retry_after: Some(5), ..Problem::new(Code::Unavailable, detail) }
        }
    }
}

//! Whether the service is alive and can do its work, and its metrics.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::Json;
use super::metrics;
use super::problem::Problem;

/// Free room on the ledger's disk below which the service says that it cannot work, in bytes: some thousand decisions.
const LEAST_ROOM: u64 = 64 << 20;

pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether the service can do its work. What exactly is wrong stands in the log: whoever asks need not have a token.
#[derive(Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "a list of what can be well or not")]
pub(crate) struct Readiness {
    /// Whether it can.
    pub ready: bool,
    /// Whether the last group was recorded.
    pub ledger: bool,
    /// Whether there is room for more.
    pub disk: bool,
    /// Whether the queue has room.
    pub queue: bool,
    /// Whether the configuration that was loaded last is the one in use. The service is ready all the same: the last good
    /// one decides.
    pub configuration: bool,
}

pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    app.heavy(|app| {
        let said = readiness(app);
        let status = if said.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        Ok((status, Json(said)).into_response())
    })
    .await
}

/// How the service is at the moment.
pub(super) fn readiness(app: &App) -> Readiness {
    let health = app.service.health();
    let (waiting, most) = app.service.load();
    let readable = app.readers.with(|ledger| ledger.head().map(|_| ())).is_ok();
    let (ledger, queue) = (health.ledger.is_none() && readable, waiting < most);
    let disk = room(app).is_none_or(|room| room >= LEAST_ROOM);
    Readiness { ready: ledger && disk && queue, ledger, disk, queue, configuration: health.reload.is_none() }
}

/// Free room on the ledger's disk, in bytes; none where the system does not say.
#[cfg(unix)]
fn room(app: &App) -> Option<u64> {
    let disk = rustix::fs::statvfs(app.service.home().folder()).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn room(_: &App) -> Option<u64> {
    None
}

/// The metrics, in the format of Prometheus.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    metrics::observe(&app);
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], app.metrics.render()).into_response()
}

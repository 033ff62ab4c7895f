//! `/v1/shadows`: a set that judges beside the one that decides, and what it would have decided otherwise.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::json::{Json, JsonText};
use super::problem::Problem;
use super::reason::Reason;
use super::sets::{Why, act, refused};
use crate::access::{Permission, Principal};
use crate::rollout::Shadow;
use crate::runtime::{Deployment, ShadowReport};

/// A set that is to judge in the shadow.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedShadow")]
pub(crate) struct Wanted {
    /// The name of a set of the deployment's folder.
    pub set: String,
    /// Why. It stays on record for good, so it must name nobody.
    pub reason: Reason,
}

pub(super) async fn begin(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<Shadow>), Problem> {
    let Wanted { set, reason } = body.read()?;
    app.heavy(move |app| {
        // Only names that were found are looked up: they come from outside, and would be paths.
        if !app.service.deployment().set_names().contains(&set) {
            return Err(Problem::invalid("set", format!("there is no set `{set}`")));
        }
        let shadow =
            act(app, &principal, reason.text(), |deployment, ledger, act| deployment.begin_shadow(ledger, &set, act))?;
        Ok((StatusCode::CREATED, Json(shadow)))
    })
    .await
}

pub(super) async fn end(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<(StatusCode, Json<Shadow>), Problem> {
    let Why { reason } = body.read()?;
    app.heavy(move |app| {
        let shadow = act(app, &principal, reason.text(), Deployment::end_shadow)?;
        Ok((StatusCode::CREATED, Json(shadow)))
    })
    .await
}

/// The sets in the shadow.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Shadows {
    /// The sets, one at most. What one would have decided otherwise asks for the permission `read-decisions`; without
    /// `read-values`, nothing in it is told apart by segments.
    pub shadows: Vec<ShadowReport>,
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
) -> Result<Json<Shadows>, Problem> {
    app.heavy(move |app| {
        let mut report = app.readers.with(|ledger| app.service.shadow(ledger).map_err(refused))?;
        if let Some(report) = &mut report {
            report.withhold(principal.may(Permission::ReadDecisions), principal.may(Permission::ReadValues));
        }
        Ok(Json(Shadows { shadows: report.into_iter().collect() }))
    })
    .await
}

//! `GET /v1/modules` and what stands below it: what sets can name.

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::app::App;
use super::json::{Json, TwoParts};
use super::problem::{Code, Problem};
use crate::model::Digest;
use crate::modules::Inspected;
use crate::rollout::{KnownModule, ModuleArchive, Origin, RolloutError};

/// The modules that sets can name.
#[derive(Serialize, JsonSchema)]
pub(super) struct Modules {
    /// Every version of every module, in the order of names and versions.
    modules: Vec<Known>,
}

/// A version of a module.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnownModule")]
struct Known {
    /// Its name.
    name: String,
    /// Its version.
    version: String,
    /// The digest of its component.
    digest: Digest,
    /// Where it is from.
    origin: Origin,
    /// Why no new set may name it; nothing, if one may.
    yanked: Option<String>,
}

pub(super) async fn modules(State(app): State<Arc<App>>) -> Result<Json<Modules>, Problem> {
    app.heavy(|app| {
        app.readers.with(|ledger| {
            let archive = ModuleArchive::open(Some(ledger)).map_err(unreadable)?;
            let known = archive.all().iter().map(|module| Known {
                name: module.name.clone(),
                version: module.version.to_string(),
                digest: module.digest,
                origin: module.origin,
                yanked: module.yank.as_ref().map(|yank| yank.reason.clone()),
            });
            Ok(Json(Modules { modules: known.collect() }))
        })
    })
    .await
}

pub(super) async fn module(
    State(app): State<Arc<App>>,
    TwoParts(name, version): TwoParts,
) -> Result<Json<Inspected>, Problem> {
    app.heavy(move |app| {
        app.readers.with(|ledger| {
            let archive = ModuleArchive::open(Some(ledger)).map_err(unreadable)?;
            let meant = |module: &&KnownModule| module.name == name && module.version.to_string() == version;
            let Some(module) = archive.all().iter().find(meant) else {
                return Err(Problem::not_found(format!("there is no module `{name}` of the version `{version}`")));
            };
            let described = archive.described(module).map_err(unreadable)?;
            described.map(Json).ok_or_else(|| {
                let detail = "what this module said of itself was not kept when it came here; \
                    `countersign policy inspect FILE` shows it";
                Problem::not_found(detail)
            })
        })
    })
    .await
}

/// What is on record about modules cannot be read.
fn unreadable(error: RolloutError) -> Problem {
    match error {
        RolloutError::Ledger(error) => error.into(),
        error => {
            tracing::error!(%error, "what is on record about modules cannot be read");
            Problem::new(Code::Broken, "what is on record about modules cannot be read; the operator's log says why")
        }
    }
}

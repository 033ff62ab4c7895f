//! `GET /v1/modules` and what stands below it: what sets can name.

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::app::App;
use super::json::{Json, TwoParts};
use super::problem::{Code, Problem};
use crate::model::Digest;
use crate::modules::{ArchiveError, Inspected, KeptModules, KnownModule, Origin};
use crate::sandbox::{SandboxError, SetupRequest, Shape};

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
}

pub(super) async fn modules(State(app): State<Arc<App>>) -> Result<Json<Modules>, Problem> {
    app.heavy(|app| {
        let folder = app.service.home().modules();
        let kept = KeptModules { folder: &folder };
        let known = kept.all().into_iter().map(|module| {
            let digest = kept.component(&module).map_err(|error| unreadable(&error))?.digest;
            Ok(Known { name: module.name, version: module.version.to_string(), digest, origin: module.origin })
        });
        Ok(Json(Modules { modules: known.collect::<Result<_, Problem>>()? }))
    })
    .await
}

pub(super) async fn module(
    State(app): State<Arc<App>>,
    TwoParts(name, version): TwoParts,
) -> Result<Json<Inspected>, Problem> {
    app.heavy(move |app| {
        let folder = app.service.home().modules();
        let kept = KeptModules { folder: &folder };
        // Only what was found is looked up: name and version come from outside, and would be a path.
        let meant = |module: &KnownModule| module.name == name && module.version.to_string() == version;
        let Some(module) = kept.all().into_iter().find(meant) else {
            return Err(Problem::not_found(format!("there is no module `{name}` of the version `{version}`")));
        };
        let found = kept.component(&module).map_err(|error| unreadable(&error))?;
        let request = SetupRequest {
            settings: "{}".to_owned(),
            // Whether it may be so large was asked when it was published.
            shape: Shape::SCRIPTED,
            strict: false,
            snapshot: true,
        };
        let deployment = app.service.deployment();
        let ready = deployment.sandbox.inspect(&found.component, found.digest, &request);
        let ready = ready.map_err(|error| not_ready(&error))?;
        let inspected = Inspected::new(ready, found.digest, found.component.len());
        let bug = |error| Problem::new(Code::Broken, format!("the schema of its settings is not JSON: {error}"));
        Ok(Json(inspected.map_err(bug)?))
    })
    .await
}

fn unreadable(error: &ArchiveError) -> Problem {
    tracing::error!(%error, "a published module cannot be read");
    Problem::new(Code::Broken, "a published module cannot be read; the operator's log says which")
}

fn not_ready(error: &SandboxError) -> Problem {
    tracing::error!(%error, "a module cannot be looked at");
    match error {
        SandboxError::Refused { .. } => Problem::new(Code::Broken, error.to_string()),
        _ => Problem::new(Code::Bug, "the module cannot be looked at; the operator's log says why"),
    }
}

//! `GET /v1/rules`, and `GET /v1/sets` and what stands below it.

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::app::App;
use super::json::{Json, Part};
use super::problem::Problem;
use crate::model::{CodeMeaning, Description, Digest, ModuleKind, Scope, SetRef};

/// The sets of the deployment.
#[derive(Serialize, JsonSchema)]
pub(super) struct Sets {
    /// The set that decides.
    active: SetRef,
    /// The names of all sets that there are.
    sets: Vec<String>,
}

pub(super) async fn sets(State(app): State<Arc<App>>) -> Result<Json<Sets>, Problem> {
    app.heavy(|app| {
        let active = app.service.health().set;
        Ok(Json(Sets { active, sets: app.service.deployment().set_names() }))
    })
    .await
}

/// A set, with its modules in their order.
#[derive(Serialize, JsonSchema)]
pub(super) struct Set {
    /// Its name, version and digest.
    #[serde(flatten)]
    is: SetRef,
    /// Whether it is the one that decides.
    active: bool,
    /// Its modules.
    modules: Vec<Module>,
}

/// One module of a set.
#[derive(Serialize, JsonSchema)]
struct Module {
    /// Its name.
    name: String,
    /// Its version.
    version: String,
    /// Validator or policy.
    kind: ModuleKind,
    /// The digest of its component.
    digest: Digest,
    /// The digest of its settings.
    settings: Digest,
}

pub(super) async fn set(State(app): State<Arc<App>>, Part(name): Part) -> Result<Json<Set>, Problem> {
    app.heavy(move |app| {
        let deployment = app.service.deployment();
        // Only a name that was found is looked up: it comes from outside, and would be a path.
        if !deployment.set_names().contains(&name) {
            return Err(Problem::not_found(format!("there is no set `{name}`")));
        }
        let set = deployment.set_to_read(Some(&name)).map_err(|error| {
            tracing::error!(%error, "a set cannot be read");
            Problem::not_found(format!("the set `{name}` cannot be read; the operator's log says why"))
        })?;
        let modules = set.lock.modules.iter().map(|module| Module {
            name: module.name.clone(),
            version: module.version.clone(),
            kind: module.kind,
            digest: module.digest,
            settings: module.settings,
        });
        let active = app.service.health().set == set.set_ref;
        Ok(Json(Set { is: set.set_ref.clone(), active, modules: modules.collect() }))
    })
    .await
}

/// The rules in force: what each module of the set that decides is for.
#[derive(Serialize, JsonSchema)]
pub(super) struct Rules {
    /// The set.
    set: SetRef,
    /// Its modules, in their order.
    rules: Vec<Rule>,
}

/// One rule.
#[derive(Serialize, JsonSchema)]
struct Rule {
    /// The module's name.
    name: String,
    /// Its version.
    version: String,
    /// What it is for.
    summary: String,
    /// Where it applies: lists that are not empty must all match.
    applies_to: Scope,
    /// Every code that it may return, with its meaning.
    codes: Vec<CodeMeaning>,
}

pub(super) async fn rules(State(app): State<Arc<App>>) -> Json<Rules> {
    Json(in_force(&app))
}

/// The rules in force.
pub(super) fn in_force(app: &App) -> Rules {
    let rule = |module: &Description| Rule {
        name: module.name.clone(),
        version: module.version.clone(),
        summary: module.summary.clone(),
        applies_to: module.applies_to.clone(),
        codes: module.codes.clone(),
    };
    Rules { set: app.service.health().set, rules: app.service.rules().iter().map(rule).collect() }
}

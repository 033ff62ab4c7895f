//! `/v1/replays`: what another set would have decided about past suggestions.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::auth::require;
use super::json::{Json, JsonText, Part};
use super::problem::{Code, Problem, WrittenProblem};
use crate::access::{Permission, Principal};
use crate::replay::{ConditionError, Conditions, NoShare, Recheck, Report, Selection};
use crate::runtime::{NoReplay, NotReplayed, ReplayJob, ReplayState, WantedReplay};

/// What is to be replayed.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedReplay")]
pub(crate) struct Wanted {
    /// The name of the set under test.
    pub candidate: String,
    /// The name of the set that it is compared with; what is on record, if none is named.
    #[serde(default)]
    pub baseline: Option<String>,
    /// Not what was decided before this time, RFC 3339.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub from: Option<Timestamp>,
    /// Only what was decided before this time, RFC 3339.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub to: Option<Timestamp>,
    /// Only suggestions with these properties: `outcome=review,field=email`. There are outcome, field, segment, assistant,
    /// operation and object; of several values for one, one must hold. Segments ask for the permission `read-values`.
    #[serde(default, rename = "where")]
    pub conditions: String,
    /// Whether every module is called, also where its answer is on record.
    #[serde(default)]
    pub full: bool,
    /// The share of the suggestions whose recorded answers are computed again all the same, in percent; `1%` if not given.
    #[serde(default)]
    pub recheck: Option<String>,
}

/// A replay that was begun.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BegunReplay")]
pub(crate) struct Begun {
    /// What it is found by.
    pub id: String,
    /// Where it is shown.
    address: String,
}

pub(super) async fn begin(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    body: JsonText,
) -> Result<Response, Problem> {
    let wanted: Wanted = body.read()?;
    let conditions: Conditions =
        wanted.conditions.parse().map_err(|error: ConditionError| Problem::invalid("where", error.to_string()))?;
    if conditions.name_segments() {
        require(&principal, Permission::ReadValues)?;
    }
    let recheck = wanted.recheck.as_deref().map(str::parse).transpose();
    let recheck: Recheck =
        recheck.map_err(|error: NoShare| Problem::invalid("recheck", error.to_string()))?.unwrap_or_default();
    let selection = Selection { from: wanted.from, to: wanted.to, conditions, part: None };
    let Wanted { candidate, baseline, full, .. } = wanted;
    app.heavy(move |app| {
        let deployment = app.service.deployment();
        // Only names that were found are looked up: they come from outside, and would be paths.
        let known = deployment.set_names();
        for (key, named) in [("candidate", Some(&candidate)), ("baseline", baseline.as_ref())] {
            if let Some(name) = named.filter(|name| !known.contains(name)) {
                return Err(Problem::invalid(
                    key,
                    format!("there is no set `{name}`; there are: {}", known.join(", ")),
                ));
            }
        }
        let wanted = WantedReplay { candidate, baseline, selection, full, recheck };
        let job = app
            .service
            .replays()
            .begin(deployment, wanted, Arc::clone(&principal.name))
            .map_err(|error| not_begun(&error))?;
        let begun = Begun { id: job.id.clone(), address: format!("/v1/replays/{}", job.id) };
        let place = HeaderValue::try_from(&begun.address);
        let place = place.map_err(|error| Problem::new(Code::Bug, format!("an address that is none: {error}")))?;
        Ok((StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(begun)).into_response())
    })
    .await
}

fn not_begun(error: &NoReplay) -> Problem {
    match error {
        NoReplay::Busy(_) => Problem { retry_after: Some(5), ..Problem::new(Code::Busy, error.to_string()) },
        NoReplay::Stopping => Problem { retry_after: Some(5), ..Problem::new(Code::Unavailable, error.to_string()) },
        NoReplay::Thread(_) => Problem::new(Code::Bug, error.to_string()),
    }
}

/// How far a replay is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ReplayState")]
pub(crate) enum Is {
    /// It goes on.
    Running,
    /// It went to its end.
    Done,
    /// Somebody ended it: its report says what was done by then.
    Stopped,
    /// It could not be done.
    Failed,
}

/// A replay.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Replay")]
pub(crate) struct Shown {
    /// What it is found by.
    pub id: String,
    /// How far it is.
    pub state: Is,
    /// Who asked for it.
    actor: String,
    /// When, RFC 3339.
    #[schemars(with = "String")]
    begun_at: Timestamp,
    /// The set under test.
    candidate: String,
    /// The set that it is compared with; nothing, if what is on record.
    baseline: Option<String>,
    /// How many decisions were looked at.
    pub done: u64,
    /// How many there are; none, until the sets are ready.
    pub all: u64,
    /// Why it could not be done.
    why: Option<String>,
    /// The same as a problem with a code.
    pub problem: Option<WrittenProblem>,
}

/// The replays that are kept.
#[derive(Serialize, JsonSchema)]
pub(super) struct Replays {
    /// The replays, newest first.
    replays: Vec<Shown>,
}

/// A replay with what came of it.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ReplayWithReport")]
pub(crate) struct Reported {
    #[serde(flatten)]
    pub shown: Shown,
    /// The report, as `countersign replay --format json` writes it; nothing, while it runs or if it failed. Without the permission
    /// `read-values`, nothing in it is told apart by segments.
    pub report: Option<Report>,
}

const fn code(kind: NotReplayed) -> Code {
    match kind {
        NotReplayed::Unusable => Code::Invalid,
        NotReplayed::Unreadable => Code::Unavailable,
        NotReplayed::Broken => Code::Broken,
        NotReplayed::Bug => Code::Bug,
    }
}

fn shown(job: &ReplayJob) -> (Shown, Option<Arc<Report>>) {
    let (state, report, problem) = match job.state() {
        ReplayState::Running => (Is::Running, None, None),
        ReplayState::Done(report) => (Is::Done, Some(report), None),
        ReplayState::Stopped(report) => (Is::Stopped, Some(report), None),
        ReplayState::Failed(kind, why) => (Is::Failed, None, Some(Problem::new(code(kind), why))),
    };
    let (done, all) = job.progress();
    let shown = Shown {
        id: job.id.clone(),
        state,
        actor: job.actor.to_string(),
        begun_at: job.begun_at,
        candidate: job.wanted.candidate.clone(),
        baseline: job.wanted.baseline.clone(),
        done,
        all,
        why: problem.as_ref().map(|problem| problem.detail.clone()),
        problem: problem.as_ref().map(Problem::written),
    };
    (shown, report)
}

fn reported(job: &ReplayJob, principal: &Principal) -> Reported {
    let (shown, report) = shown(job);
    let report = report.map(|report| {
        let mut report = Report::clone(&report);
        if !principal.may(Permission::ReadValues) {
            report.withhold();
        }
        report
    });
    Reported { shown, report }
}

/// A replay that somebody may see.
fn find(app: &App, principal: &Principal, id: &str) -> Result<Arc<ReplayJob>, Problem> {
    let none = || Problem::not_found(format!("there is no replay `{id}`: the last ones alone are kept"));
    let job = app.service.replays().job(id).ok_or_else(none)?;
    // Its examples are of the segment that was asked for.
    if job.wanted.selection.conditions.name_segments() {
        require(principal, Permission::ReadValues)?;
    }
    Ok(job)
}

pub(super) async fn list(State(app): State<Arc<App>>) -> Json<Replays> {
    Json(Replays { replays: app.service.replays().all().iter().map(|job| shown(job).0).collect() })
}

pub(super) async fn one(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Part(id): Part,
) -> Result<Json<Reported>, Problem> {
    Ok(Json(reported(&*find(&app, &principal, &id)?, &principal)))
}

pub(super) async fn stop(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Part(id): Part,
) -> Result<Json<Shown>, Problem> {
    let job = find(&app, &principal, &id)?;
    job.stop();
    Ok(Json(shown(&job).0))
}

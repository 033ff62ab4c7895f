//! Sets: which one decides, what is proposed to replace it and how that differs, and the buttons of those who may.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::Redirect;
use axum::{Extension, Form};
use serde::Deserialize;

use super::canary::{Ended, Tried};
use super::page::{Page, Refusal, Visitor, moment};
use crate::access::{Permission, Principal};
use crate::model::{Digest, SetRef};
use crate::modules::{ModuleDifference, SettingChange};
use crate::rollout::{Activation, Cause, Reference, Shadow};
use crate::runtime::{Deployment, InstanceStanding, OpenProposal, SetStatus};
use crate::web::app::App;
use crate::web::auth::require;
use crate::web::canaries::{end_as, promote_as, report};
use crate::web::problem::{Code, Problem};
use crate::web::reason::Reason;
use crate::web::sets::{approve_as, into_force, refused};
use crate::words::plain;

/// What a visitor may do here.
struct Rights {
    approve: bool,
    activate: bool,
    intervene: bool,
}

/// A proposal, with how it differs from the set in force.
struct Proposed {
    open: OpenProposal,
    at: String,
    /// Whether the visitor may approve it: not their own, and not twice.
    approvable: bool,
    ready: bool,
    approvers: String,
    modules: Vec<Changed>,
    /// Why it cannot be compared.
    unknown: Option<String>,
}

/// A module that differs, a line for each difference.
struct Changed {
    head: String,
    lines: Vec<Line>,
}

struct Line {
    wider: bool,
    text: String,
}

/// A service that runs.
struct Running {
    process: u32,
    set: SetRef,
    tried: Option<SetRef>,
    since: String,
    standing: &'static str,
    well: bool,
    why: Option<String>,
}

#[derive(Template)]
#[template(path = "sets.html")]
pub(super) struct SetsPage {
    who: Option<Visitor>,
    rights: Rights,
    active: Activation,
    since: String,
    cause: &'static str,
    frozen: bool,
    in_force: SetRef,
    previous: Option<SetRef>,
    shadow: Option<Shadow>,
    tried: Option<Tried>,
    ended: Option<Ended>,
    proposals: Vec<Proposed>,
    running: Vec<Running>,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
) -> Result<Page<SetsPage>, Refusal> {
    let refuse = Refusal::to(&principal);
    app.heavy(move |app| page(app, &principal)).await.map(Page).map_err(refuse)
}

fn page(app: &App, principal: &Principal) -> Result<SetsPage, Problem> {
    let deployment = app.service().deployment();
    let status = app.readers.with(|ledger| deployment.set_status(ledger).map_err(refused))?;
    let tried = report(app)?.as_ref().map(Tried::new);
    let rights = Rights {
        approve: principal.may(Permission::Approve),
        activate: principal.may(Permission::Activate),
        intervene: principal.may(Permission::Intervene),
    };
    let SetStatus { active, frozen, in_force, previous, shadow, ended_canary, proposals, instances, .. } = status;
    let proposals = proposals.into_iter().rev().map(|open| proposed(&deployment, &in_force, open, principal)).collect();
    let running = instances.into_iter().map(|one| {
        let (standing, well) = match one.standing {
            InstanceStanding::Current => ("current", true),
            InstanceStanding::Following => ("takes it over", true),
            InstanceStanding::Lags => ("lags", false),
            InstanceStanding::Silent => ("silent", false),
        };
        let since = moment(&one.instance.since);
        let why = one.instance.refused.filter(|_| !well);
        let (process, set, tried) = (one.instance.process, one.instance.set, one.instance.canary);
        Running { process, set, tried, since, standing, well, why }
    });
    Ok(SetsPage {
        who: Some(Visitor::of(principal)),
        rights,
        since: moment(&active.at),
        cause: active.cause.as_str(),
        frozen: frozen && active.cause == Cause::Freeze,
        in_force,
        previous,
        shadow: shadow.map(|shadow| Shadow { since: moment(&shadow.since), ..shadow }),
        tried,
        ended: ended_canary.as_ref().map(Ended::new),
        proposals,
        running: running.collect(),
        active,
    })
}

fn proposed(deployment: &Deployment, in_force: &SetRef, open: OpenProposal, visitor: &Principal) -> Proposed {
    let proposal = &open.proposal;
    let set = |digest: Digest| deployment.named_set(&digest.to_string());
    let compared = set(in_force.digest)
        .and_then(|from| deployment.set_difference(&from, &*set(proposal.set.digest)?))
        .map(|difference| difference.modules.iter().map(changed).collect::<Vec<_>>());
    let (modules, unknown) = match compared {
        Ok(modules) => (modules, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let own = proposal.by == *visitor.name || proposal.approvals.iter().any(|one| one.by == *visitor.name);
    let names: Vec<&str> = proposal.approvals.iter().map(|approval| approval.by.as_str()).collect();
    Proposed {
        at: moment(&proposal.at),
        approvable: !own,
        ready: open.given >= open.needed,
        approvers: names.join(", "),
        modules,
        unknown,
        open,
    }
}

fn changed(module: &ModuleDifference) -> Changed {
    let ModuleDifference { name, from, to, settings, pinned, capabilities } = module;
    let head = match (from, to) {
        (Some(from), Some(to)) if from.digest == to.digest => format!("{name} {}", to.version),
        (Some(from), Some(to)) => format!("{name} {} → {}", from.version, to.version),
        (None, Some(to)) => format!("+ {name} {}", to.version),
        (Some(from), None) => format!("− {name} {}", from.version),
        (None, None) => name.clone(),
    };
    let value = |value: &Option<serde_json::Value>| value.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
    let line = |SettingChange { key, from, to }: &SettingChange| Line {
        wider: false,
        text: plain(&format!("{key}: {} → {}", value(from), value(to))),
    };
    let capability = capabilities
        .iter()
        .map(|change| Line { wider: change.wider, text: plain(&format!("{}: {}", change.what, change.how)) });
    Changed { head: plain(&head), lines: settings.iter().chain(pinned).map(line).chain(capability).collect() }
}

/// What somebody wants who pressed a button.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Do {
    Approve,
    Activate,
    Promote,
    EndCanary,
    Rollback,
    Freeze,
    Thaw,
}

/// What a button sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pressed {
    what: Do,
    reason: String,
    #[serde(default)]
    proposal: Option<u64>,
    /// The digest of the set that stood on the page.
    #[serde(default)]
    digest: Option<Digest>,
}

pub(super) async fn act(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    form: Result<Form<Pressed>, FormRejection>,
) -> Result<Redirect, Refusal> {
    let refuse = Refusal::to(&principal);
    let pressed = form.map_err(|error| Problem::new(Code::BadRequest, error.body_text())).map_err(&refuse)?.0;
    done(app, principal, pressed).await.map_err(refuse)?;
    Ok(Redirect::to("/sets"))
}

async fn done(app: Arc<App>, principal: Arc<Principal>, pressed: Pressed) -> Result<(), Problem> {
    let Pressed { what, reason, proposal, digest } = pressed;
    let reason = Reason::try_from(reason).map_err(|error| Problem::invalid("reason", error.to_string()))?;
    let meant = || match (proposal, digest) {
        (Some(number), Some(digest)) => Ok(Reference::Exact(number, digest)),
        _ => Err(Problem::new(Code::BadRequest, "the form names no proposal: use the page's own buttons")),
    };
    let permission = match what {
        Do::Approve => Permission::Approve,
        Do::Activate | Do::Promote => Permission::Activate,
        Do::EndCanary | Do::Rollback | Do::Freeze | Do::Thaw => Permission::Intervene,
    };
    require(&principal, permission)?;
    let reason = reason.text().to_owned();
    match what {
        Do::Approve => {
            let meant = meant()?;
            app.heavy(move |app| approve_as(app, &principal, &meant, &reason)).await?;
        }
        Do::Activate => {
            let meant = meant()?;
            into_force(app, principal, reason, move |deployment, ledger, act| deployment.activate(ledger, &meant, act))
                .await?;
        }
        Do::Promote => {
            app.heavy(move |app| promote_as(app, &principal, &reason)).await?;
        }
        Do::EndCanary => drop(end_as(app, principal, reason).await?),
        Do::Rollback => drop(into_force(app, principal, reason, Deployment::roll_back).await?),
        Do::Freeze => drop(into_force(app, principal, reason, Deployment::freeze).await?),
        Do::Thaw => drop(into_force(app, principal, reason, Deployment::thaw).await?),
    }
    Ok(())
}

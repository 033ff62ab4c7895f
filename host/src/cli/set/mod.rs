//! `countersign set`: sets of policies, from their files into force and back.

use anstream::println;
use anyhow::Context;
use clap::{Args, Subcommand};

use super::by::ByArgs;
use super::exit::Done;
use super::place::{Place, WorksOn};
use super::{Global, open};
use crate::ledger::Ledger;
use crate::remote::{Intervention, Service};
use crate::rollout::{Act, Activation, Cause, Reference, RolloutError};
use crate::runtime::{Deployment, DeploymentError, OpenProposal};
use crate::web::Reason;
use crate::words::named;

mod activate;
mod canary;
mod diff;
mod lock;
mod propose;
mod shadow;
mod show;
mod status;
mod test;

pub(super) use canary::kept;

#[derive(Debug, Subcommand)]
pub(super) enum SetCommand {
    /// Say which set decides, what is proposed, and what decides in each service that runs.
    Status,
    /// Show a set's modules and what is pinned of each.
    Show(show::ShowArgs),
    /// Resolve a set's file to digests and write its lock; say what changed.
    Lock(lock::LockArgs),
    /// Compare two sets: modules, settings key by key, and what may be done and seen.
    Diff(diff::DiffArgs),
    /// Run the cases of a set: files in sets/NAME/cases.
    Test(test::TestArgs),
    /// Propose a set, as its lock pins it: it must be usable and pass its cases.
    Propose(propose::ProposeArgs),
    /// Approve a proposed set, which somebody else must have proposed.
    Approve(propose::ApproveArgs),
    /// Bring an approved set into force, here and in every service that runs.
    Activate(activate::ActivateArgs),
    /// Let a set judge beside the one that decides, without acting; or show what it would have decided otherwise so far.
    Shadow(shadow::ShadowArgs),
    /// Let an approved set decide about a part of the records that grows step by step; or show what its gates say so far.
    Canary(Box<canary::CanaryArgs>),
    /// Bring the set that is tried on to its next step, at the last one into force: all its gates must have passed.
    Promote(ReasonArgs),
    /// Go back to the set that decided before. While a set is tried on a part of the records, that ends, and nothing else.
    Rollback(ReasonArgs),
    /// Send everything to review, without asking any module, until it is thawed.
    Freeze(ReasonArgs),
    /// End a freeze.
    Thaw(ReasonArgs),
}

/// Who does it, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReasonArgs {
    /// Why. It stays on record for good, so it must name nobody.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    by: ByArgs,
}

impl SetCommand {
    pub(super) fn works_on(&self) -> WorksOn {
        match self {
            Self::Status
            | Self::Propose(_)
            | Self::Approve(_)
            | Self::Activate(_)
            | Self::Shadow(_)
            | Self::Canary(_)
            | Self::Promote(_)
            | Self::Rollback(_)
            | Self::Freeze(_)
            | Self::Thaw(_) => WorksOn::Either,
            Self::Show(_) | Self::Lock(_) | Self::Diff(_) | Self::Test(_) => WorksOn::Folder,
        }
    }
}

pub(super) fn set(global: &Global, command: &SetCommand) -> anyhow::Result<Done> {
    match command {
        SetCommand::Status => status::status(global),
        SetCommand::Show(args) => show::show(global, args),
        SetCommand::Lock(args) => lock::lock(global, args),
        SetCommand::Diff(args) => diff::diff(global, args),
        SetCommand::Test(args) => test::test(global, args),
        SetCommand::Propose(args) => propose::propose(global, args),
        SetCommand::Approve(args) => propose::approve(global, args),
        SetCommand::Activate(args) => activate::activate(global, args),
        SetCommand::Shadow(args) => shadow::shadow(global, args),
        SetCommand::Canary(args) => canary::canary(global, args),
        SetCommand::Promote(args) => canary::promote(global, args),
        SetCommand::Rollback(args) => activate::roll_back(global, args),
        SetCommand::Freeze(args) => activate::intervene(global, args, Intervention::Freeze),
        SetCommand::Thaw(args) => activate::intervene(global, args, Intervention::Thaw),
    }
}

/// Does something now: in the deployment's folder, or through a service, which knows by itself who asks.
fn step<T>(
    global: &Global,
    args: &ReasonArgs,
    here: impl FnOnce(&Deployment, &mut Ledger, Act<'_>) -> Result<T, DeploymentError>,
    there: impl FnOnce(&Service, Reason) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    step_of(global, (args.reason.as_str(), &args.by), here, there)
}

/// As [`step`], for a command that need not give a reason.
fn step_of<T>(
    global: &Global,
    (reason, by): (&str, &ByArgs),
    here: impl FnOnce(&Deployment, &mut Ledger, Act<'_>) -> Result<T, DeploymentError>,
    there: impl FnOnce(&Service, Reason) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    match global.place()? {
        Place::Folder(home) => {
            let deployment = open::deployment_for_few(home.clone())?;
            let at = jiff::Timestamp::now().to_string();
            let act = Act { by: by.actor(), at: &at, reason };
            Ok(here(&deployment, &mut open::ledger(&home)?, act)?)
        }
        Place::Service(service) => {
            by.not_for_a_service()?;
            there(&service, Reason::try_from(reason.to_owned()).context("--reason")?)
        }
    }
}

/// The open proposal that is meant, of a service.
fn proposal(service: &Service, meant: &Reference) -> anyhow::Result<OpenProposal> {
    Ok(service.open_proposal(meant)?.ok_or_else(|| RolloutError::NoProposal(meant.to_string()))?)
}

/// Says what came into force.
fn came_into_force(activation: &Activation) {
    let Activation { seq, set, cause, .. } = activation;
    let set = named(set);
    match cause {
        Cause::Freeze => {
            println!("Everything goes to review from now on: event {seq}. `countersign set thaw` ends it.");
        }
        _ => println!("{set} decides from now on: event {seq}. Services that run take it over within a moment."),
    }
}

//! `countersign set activate`, `rollback`, `freeze` and `thaw`.

use anstream::println;
use clap::Args;
use serde_json::json;

use super::{ByArgs, ReasonArgs, came_into_force, on_record};
use crate::cli::exit::Done;
use crate::cli::{Format, Global};
use crate::ledger::Ledger;
use crate::rollout::{Act, Activation, Reference};
use crate::runtime::{Deployment, DeploymentError};

/// What to bring into force.
#[derive(Debug, Args)]
pub(in crate::cli) struct ActivateArgs {
    /// The proposal: its number, the set's name, or the set's digest.
    proposal: Reference,
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn activate(global: &Global, args: &ActivateArgs) -> anyhow::Result<Done> {
    let activated = on_record(global, &args.by, "", |deployment, ledger, act| {
        Ok(deployment.activate(ledger, &args.proposal, act)?)
    })?;
    say(global, &activated);
    Ok(Done::Yes)
}

pub(super) fn act(
    global: &Global,
    args: &ReasonArgs,
    step: impl FnOnce(&Deployment, &mut Ledger, Act<'_>) -> Result<Activation, DeploymentError>,
) -> anyhow::Result<Done> {
    let activated =
        on_record(global, &args.by, &args.reason, |deployment, ledger, act| Ok(step(deployment, ledger, act)?))?;
    say(global, &activated);
    Ok(Done::Yes)
}

fn say(global: &Global, activation: &Activation) {
    match global.format {
        Format::Json => println!("{}", json!(activation)),
        Format::Text => came_into_force(activation),
    }
}

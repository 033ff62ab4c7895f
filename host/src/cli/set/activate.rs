//! `countersign set activate`, `rollback`, `freeze` and `thaw`.

use anstream::println;
use clap::Args;
use serde_json::json;

use super::{ReasonArgs, came_into_force, proposal, step};
use crate::cli::exit::Done;
use crate::cli::{Format, Global};
use crate::remote::Intervention;
use crate::rollout::{Activation, Reference};
use crate::runtime::Deployment;
use crate::words::named;

/// What to bring into force.
#[derive(Debug, Args)]
pub(in crate::cli) struct ActivateArgs {
    /// The proposal: its number, the set's name, or the set's digest.
    proposal: Reference,
    #[command(flatten)]
    why: ReasonArgs,
}

pub(super) fn activate(global: &Global, args: &ActivateArgs) -> anyhow::Result<Done> {
    let activation = step(
        global,
        &args.why,
        |deployment, ledger, act| deployment.activate(ledger, &args.proposal, act),
        |service, reason| Ok(service.activate(proposal(service, &args.proposal)?.proposal.seq, reason)?),
    )?;
    say(global, &activation);
    Ok(Done::Yes)
}

pub(super) fn intervene(global: &Global, args: &ReasonArgs, how: Intervention) -> anyhow::Result<Done> {
    let activation = step(
        global,
        args,
        |deployment, ledger, act| match how {
            Intervention::Freeze => deployment.freeze(ledger, act),
            Intervention::Thaw => deployment.thaw(ledger, act),
        },
        |service, reason| Ok(service.intervene(how, reason)?),
    )?;
    say(global, &activation);
    Ok(Done::Yes)
}

pub(super) fn roll_back(global: &Global, args: &ReasonArgs) -> anyhow::Result<Done> {
    let back = step(global, args, Deployment::roll_back, |service, reason| Ok(service.roll_back(reason)?))?;
    match (global.format, &back.ended) {
        (Format::Json, _) => println!("{}", json!(back)),
        (Format::Text, None) => came_into_force(&back.activation),
        (Format::Text, Some(ended)) => {
            println!("{} is tried no more: event {}.", named(&ended.canary.set), ended.seq);
            println!(
                "{} decides about everything; the same command again goes back further.",
                named(&back.activation.set)
            );
        }
    }
    Ok(Done::Yes)
}

fn say(global: &Global, activation: &Activation) {
    match global.format {
        Format::Json => println!("{}", json!(activation)),
        Format::Text => came_into_force(activation),
    }
}

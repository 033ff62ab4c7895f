//! `countersign set propose` and `approve`.

use anstream::println;
use clap::Args;
use serde_json::json;

use super::{ReasonArgs, proposal, step};
use crate::cli::exit::Done;
use crate::cli::{Format, Global};
use crate::rollout::Reference;
use crate::runtime::OpenProposal;

/// What to propose.
#[derive(Debug, Args)]
pub(in crate::cli) struct ProposeArgs {
    /// The set: its name, or a file that ends in .toml.
    set: String,
    #[command(flatten)]
    why: ReasonArgs,
}

/// What to approve.
#[derive(Debug, Args)]
pub(in crate::cli) struct ApproveArgs {
    /// The proposal: its number, the set's name, or the set's digest.
    proposal: Reference,
    #[command(flatten)]
    why: ReasonArgs,
}

pub(super) fn propose(global: &Global, args: &ProposeArgs) -> anyhow::Result<Done> {
    let proposal = step(
        global,
        &args.why,
        |deployment, ledger, act| Ok(deployment.open_proposal(&deployment.propose(ledger, &args.set, act)?)),
        |service, reason| Ok(service.propose(&args.set, reason)?),
    )?;
    say(global, &proposal, "proposed");
    Ok(Done::Yes)
}

pub(super) fn approve(global: &Global, args: &ApproveArgs) -> anyhow::Result<Done> {
    let proposal = step(
        global,
        &args.why,
        |deployment, ledger, act| {
            Ok(deployment.open_proposal(&deployment.approve(ledger, &args.proposal, None, act)?))
        },
        |service, reason| {
            let meant = proposal(service, &args.proposal)?.proposal;
            Ok(service.approve(meant.seq, meant.set.digest, reason)?)
        },
    )?;
    say(global, &proposal, "approved");
    Ok(Done::Yes)
}

fn say(global: &Global, open: &OpenProposal, done: &str) {
    if global.format == Format::Json {
        println!("{}", json!(open));
        return;
    }
    let OpenProposal { proposal, given, needed } = open;
    let (seq, set) = (proposal.seq, &proposal.set);
    println!("{done}: proposal {seq}, {}@{} ({})", set.name, set.version, set.digest.short());
    if given >= needed {
        println!("It has {given} of {needed} approvals: countersign set activate {seq} --reason TEXT");
    } else {
        println!("It has {given} of {needed} approvals; somebody else looks at what it changes, and approves it:");
        println!("  countersign set diff active {}", set.digest);
        println!("  countersign set approve {seq} --by NAME --reason TEXT");
    }
}

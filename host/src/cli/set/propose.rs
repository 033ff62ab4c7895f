//! `countersign set propose` and `approve`.

use anstream::println;
use clap::Args;
use serde_json::json;

use super::{ByArgs, on_record};
use crate::cli::exit::Done;
use crate::cli::{Format, Global};
use crate::rollout::Reference;
use crate::runtime::OpenProposal;

/// What to propose.
#[derive(Debug, Args)]
pub(in crate::cli) struct ProposeArgs {
    /// The set: its name, or a file that ends in .toml.
    set: String,
    /// Why. It stays on record for good, so it must name nobody.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    #[command(flatten)]
    by: ByArgs,
}

/// What to approve.
#[derive(Debug, Args)]
pub(in crate::cli) struct ApproveArgs {
    /// The proposal: its number, the set's name, or the set's digest.
    proposal: Reference,
    /// Why. It stays on record for good, so it must name nobody.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn propose(global: &Global, args: &ProposeArgs) -> anyhow::Result<Done> {
    let proposal = on_record(global, &args.by, &args.reason, |deployment, ledger, act| {
        let proposal = deployment.propose(ledger, &args.set, act)?;
        Ok(deployment.open_proposal(&proposal))
    })?;
    say(global, &proposal, "proposed");
    Ok(Done::Yes)
}

pub(super) fn approve(global: &Global, args: &ApproveArgs) -> anyhow::Result<Done> {
    let proposal = on_record(global, &args.by, &args.reason, |deployment, ledger, act| {
        let proposal = deployment.approve(ledger, &args.proposal, None, act)?;
        Ok(deployment.open_proposal(&proposal))
    })?;
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
        println!("It has {given} of {needed} approvals: countersign set activate {seq}");
    } else {
        println!(
            "It has {given} of {needed} approvals; somebody else approves it: countersign set approve {seq} --by NAME"
        );
        println!("What it changes: countersign set diff active {}", set.digest);
    }
}

//! `countersign ledger show` and `ledger verify`.

use std::io::IsTerminal;

use anstream::println;
use anyhow::bail;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::exit::Done;
use super::text::{count, explain};
use super::{Format, Global, open};
use crate::reproduce::decision_on_record;

#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// Show the decision about a suggestion, with its explanation.
    Show(ShowArgs),
    /// Recompute everything that the ledger claims; exit 4 and name the first event that does not hold.
    Verify(VerifyArgs),
}

/// Which decision.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The suggestion's id.
    id: String,
}

/// Nothing beyond the global options.
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {}

pub(super) fn ledger(global: &Global, command: &LedgerCommand) -> anyhow::Result<Done> {
    match command {
        LedgerCommand::Show(args) => show(global, args),
        LedgerCommand::Verify(_) => verify(global),
    }
}

fn show(global: &Global, args: &ShowArgs) -> anyhow::Result<Done> {
    let ledger = open::ledger_to_read(&open::home(global))?;
    let Some(recorded) = ledger.decision(&args.id)? else {
        bail!("no decision about the suggestion `{}` is on record; check the id, and --home", args.id);
    };
    if global.format == Format::Json {
        println!("{}", recorded.body.as_deref().unwrap_or(&recorded.entry));
        return Ok(Done::Yes);
    }
    println!("{}", explain(&decision_on_record(&ledger, &recorded)?, Some(recorded.seq)).trim_end());
    println!("  leaf {:x}", recorded.leaf);
    Ok(Done::Yes)
}

fn verify(global: &Global) -> anyhow::Result<Done> {
    let ledger = open::ledger_to_read(&open::home(global))?;
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} events")?);
    let report = ledger.verify(&mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let report = report?;
    if global.format == Format::Json {
        println!(
            "{}",
            json!({ "events": report.events, "heads": report.heads, "objects": report.objects, "root": report.head.root })
        );
        return Ok(Done::Yes);
    }
    println!(
        "{} and {} hold; so do {}.",
        count(report.events, "event"),
        count(report.heads, "tree head"),
        count(report.objects, "object")
    );
    println!("tree head: size {} root {:x}", report.head.size, report.head.root);
    println!("Keep this line elsewhere: whoever holds it can tell later whether anything before it was changed.");
    Ok(Done::Yes)
}

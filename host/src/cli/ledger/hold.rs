//! `countersign ledger hold`, `release` and `holds`.

use anstream::{print, println};
use clap::{ArgGroup, Args};
use serde_json::json;

use super::CauseArgs;
use crate::cli::exit::Done;
use crate::cli::text::{count, table};
use crate::cli::{Format, Global, open};
use crate::ledger::{Cause, RecordParts};
use crate::runtime::{self, WrittenHold};

/// What is put on hold.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["subject", "all"])))]
pub(in crate::cli) struct HoldArgs {
    /// The record whose values are kept: SYSTEM/OBJECT/ID.
    #[arg(long, value_name = "RECORD")]
    subject: Option<RecordParts>,
    /// Keep everything.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    cause: CauseArgs,
}

/// Which hold ends.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReleaseArgs {
    /// The event that began the hold; `ledger holds` lists them.
    hold: u64,
    #[command(flatten)]
    cause: CauseArgs,
}

pub(super) fn hold(global: &Global, args: &HoldArgs) -> anyhow::Result<Done> {
    let mut ledger = open::ledger(&open::home(global))?;
    let at = jiff::Timestamp::now().to_string();
    let cause = Cause { reason: &args.cause.reason, at: &at, actor: &args.cause.by };
    let held = runtime::hold(&mut ledger, args.subject.as_ref(), cause)?;
    let seq = held.hold;
    match (global.format, held.events) {
        (Format::Json, _) => println!("{}", json!(held)),
        (Format::Text, None) => println!("Nothing is destroyed from now on. The hold is event {seq}."),
        (Format::Text, Some(0)) => {
            println!("The hold is event {seq}. Nothing about this record is on record so far: check its name.");
        }
        (Format::Text, Some(covered)) => {
            println!("The hold is event {seq}. It covers {} so far.", count(covered as u64, "event"));
        }
    }
    Ok(Done::Yes)
}

pub(super) fn release(global: &Global, args: &ReleaseArgs) -> anyhow::Result<Done> {
    let mut ledger = open::ledger(&open::home(global))?;
    let at = jiff::Timestamp::now().to_string();
    let cause = Cause { reason: &args.cause.reason, at: &at, actor: &args.cause.by };
    let released = runtime::release(&mut ledger, args.hold, cause)?;
    let seq = released.released;
    match global.format {
        Format::Json => println!("{}", json!(released)),
        Format::Text => println!("The hold of event {} has ended: event {seq}.", args.hold),
    }
    Ok(Done::Yes)
}

pub(super) fn holds(global: &Global) -> anyhow::Result<Done> {
    let holds = open::ledger_to_read(&open::home(global))?.holds()?;
    if global.format == Format::Json {
        let written: Vec<WrittenHold> = holds.into_iter().map(WrittenHold::from).collect();
        println!("{}", json!(written));
        return Ok(Done::Yes);
    }
    if holds.is_empty() {
        println!("No hold is in force.");
        return Ok(Done::Yes);
    }
    let rows = holds.into_iter().map(|hold| {
        let subject = hold.subject.as_ref().map_or_else(|| "everything".to_owned(), RecordParts::text);
        vec![hold.seq.to_string(), subject, hold.reason, hold.actor, hold.at]
    });
    print!("{}", table(&["event", "covers", "reason", "by", "since"], 5, rows));
    Ok(Done::Yes)
}

//! `countersign ledger hold`, `release` and `holds`.

use anstream::{print, println};
use anyhow::bail;
use clap::{ArgGroup, Args};
use serde_json::json;

use super::{CauseArgs, subject};
use crate::cli::exit::Done;
use crate::cli::text::{count, table};
use crate::cli::{Format, Global, open};
use crate::ledger::{Cause, HoldInForce, RecordParts, held, released};
use crate::runtime::seed;

/// What is put on hold.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["subject", "all"])))]
pub(in crate::cli) struct HoldArgs {
    /// The record whose values are kept: SYSTEM/OBJECT/ID.
    #[arg(long, value_name = "RECORD", value_parser = subject)]
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
    let receipts = ledger.append(&[held(args.subject.as_ref(), cause, seed())?.prepare()?])?;
    let seq = receipts.first().map_or(0, |receipt| receipt.seq);
    let events = args.subject.as_ref().map(|subject| ledger.events_about(subject)).transpose()?;
    // The hold itself is about the record too.
    let covered = events.map(|events| events.iter().filter(|event| **event != seq).count());
    match (global.format, covered) {
        (Format::Json, covered) => println!("{}", json!({ "hold": seq, "events": covered })),
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
    if !ledger.holds()?.iter().any(|hold| hold.seq == args.hold) {
        bail!("event {} is no hold in force; `countersign ledger holds` lists those that are", args.hold);
    }
    let at = jiff::Timestamp::now().to_string();
    let cause = Cause { reason: &args.cause.reason, at: &at, actor: &args.cause.by };
    let receipts = ledger.append(&[released(args.hold, cause).prepare()?])?;
    let seq = receipts.first().map_or(0, |receipt| receipt.seq);
    match global.format {
        Format::Json => println!("{}", json!({ "hold": args.hold, "released": seq })),
        Format::Text => println!("The hold of event {} has ended: event {seq}.", args.hold),
    }
    Ok(Done::Yes)
}

pub(super) fn holds(global: &Global) -> anyhow::Result<Done> {
    let holds = open::ledger_to_read(&open::home(global))?.holds()?;
    if global.format == Format::Json {
        let json = holds.iter().map(|hold| {
            let HoldInForce { seq, at, actor, reason, .. } = hold;
            json!({ "hold": seq, "at": at, "by": actor, "reason": reason, "subject": hold.subject.as_ref().map(name) })
        });
        println!("{}", json.collect::<serde_json::Value>());
        return Ok(Done::Yes);
    }
    if holds.is_empty() {
        println!("No hold is in force.");
        return Ok(Done::Yes);
    }
    let rows = holds.into_iter().map(|hold| {
        let subject = hold.subject.as_ref().map_or_else(|| "everything".to_owned(), name);
        vec![hold.seq.to_string(), subject, hold.reason, hold.actor, hold.at]
    });
    print!("{}", table(&["event", "covers", "reason", "by", "since"], 5, rows));
    Ok(Done::Yes)
}

fn name(subject: &RecordParts) -> String {
    let RecordParts { system, object, id } = subject;
    format!("{system}/{object}/{id}")
}

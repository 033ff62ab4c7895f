//! `countersign ledger hold`, `release` and `holds`.

use anstream::{print, println};
use clap::{ArgGroup, Args};
use serde_json::json;

use super::CauseArgs;
use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::text::{count, plain, table};
use crate::cli::{Format, Global, open};
use crate::ledger::RecordParts;
use crate::runtime;
use crate::web::{Holds, WantedHold};

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
    let held = match global.place()? {
        Place::Folder(home) => {
            let at = jiff::Timestamp::now().to_string();
            runtime::hold(&mut open::ledger(&home)?, args.subject.as_ref(), args.cause.at(&at))?
        }
        Place::Service(service) => {
            let reason = args.cause.for_a_service()?;
            let subject = args.subject.as_ref().map(RecordParts::text);
            service.hold(&WantedHold { subject, all: args.all, reason })?
        }
    };
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
    let released = match global.place()? {
        Place::Folder(home) => {
            let at = jiff::Timestamp::now().to_string();
            runtime::release(&mut open::ledger(&home)?, args.hold, args.cause.at(&at))?
        }
        Place::Service(service) => service.release(args.hold, &args.cause.for_a_service()?)?,
    };
    let seq = released.released;
    match global.format {
        Format::Json => println!("{}", json!(released)),
        Format::Text => println!("The hold of event {} has ended: event {seq}.", args.hold),
    }
    Ok(Done::Yes)
}

pub(super) fn holds(global: &Global) -> anyhow::Result<Done> {
    let holds = match global.place()? {
        Place::Folder(home) => Holds::of(&open::ledger_to_read(&home)?)?.holds,
        Place::Service(service) => service.holds()?,
    };
    if global.format == Format::Json {
        println!("{}", json!(holds));
        return Ok(Done::Yes);
    }
    if holds.is_empty() {
        println!("No hold is in force.");
        return Ok(Done::Yes);
    }
    let rows = holds.iter().map(|hold| {
        let subject = plain(hold.subject.as_deref().unwrap_or("everything"));
        vec![hold.hold.to_string(), subject, plain(&hold.reason), plain(&hold.by), plain(&hold.at)]
    });
    print!("{}", table(&["event", "covers", "reason", "by", "since"], 5, rows));
    Ok(Done::Yes)
}

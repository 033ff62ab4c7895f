//! `countersign ledger erase`.

use anstream::println;
use clap::Args;
use serde_json::json;

use super::CauseArgs;
use crate::cli::exit::Done;
use crate::cli::text::count;
use crate::cli::{Format, Global, open};
use crate::ledger::{Cause, Destroyed, RecordParts};
use crate::runtime::{WouldErase, would_erase};

/// Whose values.
#[derive(Debug, Args)]
pub(in crate::cli) struct EraseArgs {
    /// The record that the values are about: SYSTEM/OBJECT/ID.
    #[arg(long, value_name = "RECORD")]
    subject: RecordParts,
    #[command(flatten)]
    cause: CauseArgs,
    /// Say what would be destroyed, and destroy nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn erase(global: &Global, args: &EraseArgs) -> anyhow::Result<Done> {
    if args.dry_run {
        return dry_run(global, args);
    }
    let mut ledger = open::ledger(&open::home(global))?;
    let at = jiff::Timestamp::now().to_string();
    let cause = Cause { reason: &args.cause.reason, at: &at, actor: &args.cause.by };
    let destroyed = ledger.erase(&args.subject, cause)?;
    if global.format == Format::Json {
        println!("{}", json(&destroyed));
    } else if destroyed.events.is_empty() {
        println!("Nothing about this record is on record: it never was, or its values were destroyed before.");
    } else {
        println!("The values of {} were destroyed; {} so.", events(&destroyed), says(&destroyed.by));
        println!("Proofs, exports and back-ups that were made before may still hold them: they are yours to find.");
    }
    Ok(log(global, &destroyed, !destroyed.events.is_empty()))
}

fn dry_run(global: &Global, args: &EraseArgs) -> anyhow::Result<Done> {
    let ledger = open::ledger_to_read(&open::home(global))?;
    let would = would_erase(&ledger, &args.subject)?;
    let WouldErase { events, hold, .. } = &would;
    match (global.format, hold) {
        (Format::Json, _) => println!("{}", json!(would)),
        (Format::Text, Some(hold)) => println!("Nothing would be destroyed: it is on hold by event {hold}."),
        (Format::Text, None) => {
            println!("The values of {} would be destroyed.", count(events.len() as u64, "event"));
        }
    }
    Ok(if events.is_empty() || hold.is_some() { Done::No } else { Done::Yes })
}

pub(super) fn json(destroyed: &Destroyed) -> serde_json::Value {
    json!(destroyed)
}

pub(super) fn events(destroyed: &Destroyed) -> String {
    count(destroyed.events.len() as u64, "event")
}

/// Which events say that values were destroyed.
pub(super) fn says(by: &[u64]) -> String {
    match by {
        [one] => format!("event {one} says"),
        [first, .., last] => format!("events {first} to {last} say"),
        [] => "no event says".to_owned(),
    }
}

/// Says what is left to do if the file's log could not be emptied. `done`: whether the rest came out as asked.
pub(super) fn log(global: &Global, destroyed: &Destroyed, done: bool) -> Done {
    if destroyed.log_emptied {
        return if done { Done::Yes } else { Done::No };
    }
    if global.format == Format::Text {
        println!("Another program is reading the ledger: until it ends, deleted bytes can be left in ledger.db-wal.");
        println!("Run the same command again then.");
    }
    Done::No
}

//! `countersign ledger erase`.

use anstream::println;
use clap::Args;
use serde_json::json;

use super::CauseArgs;
use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::text::count;
use crate::cli::{Format, Global, open};
use crate::ledger::{Destroyed, RecordParts};
use crate::runtime::{WouldErase, would_erase};
use crate::web::{Erasure, WantedErasure};

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
    let erasure = match global.place()? {
        Place::Folder(home) if args.dry_run => {
            Erasure::Would(would_erase(&open::ledger_to_read(&home)?, &args.subject)?)
        }
        Place::Folder(home) => {
            let at = jiff::Timestamp::now().to_string();
            Erasure::Done(open::ledger(&home)?.erase(&args.subject, args.cause.at(&at))?)
        }
        Place::Service(service) => {
            let reason = args.cause.for_a_service()?;
            service.erase(&WantedErasure { subject: args.subject.text(), reason }, args.dry_run)?
        }
    };
    if global.format == Format::Json {
        println!("{}", json!(erasure));
    } else {
        say(&erasure);
    }
    Ok(match &erasure {
        Erasure::Done(destroyed) => log(global, destroyed, !destroyed.events.is_empty()),
        Erasure::Would(would) if would.events.is_empty() || would.hold.is_some() => Done::No,
        Erasure::Would(_) => Done::Yes,
    })
}

fn say(erasure: &Erasure) {
    match erasure {
        Erasure::Done(destroyed) if destroyed.events.is_empty() => {
            println!("Nothing about this record is on record: it never was, or its values were destroyed before.");
        }
        Erasure::Done(destroyed) => {
            println!("The values of {} were destroyed; {} so.", events(destroyed), says(&destroyed.by));
            println!("Proofs, exports and back-ups that were made before may still hold them: they are yours to find.");
        }
        Erasure::Would(WouldErase { hold: Some(hold), .. }) => {
            println!("Nothing would be destroyed: it is on hold by event {hold}.");
        }
        Erasure::Would(WouldErase { events, .. }) => {
            println!("The values of {} would be destroyed.", count(events.len() as u64, "event"));
        }
    }
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

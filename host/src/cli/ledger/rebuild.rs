//! `countersign ledger rebuild`.

use anstream::println;
use serde_json::json;

use super::progress;
use crate::cli::exit::Done;
use crate::cli::text::count;
use crate::cli::{Format, Global, open};

pub(super) fn rebuild(global: &Global) -> anyhow::Result<Done> {
    let mut ledger = open::ledger(&open::home(global))?;
    let bar = progress::events()?;
    let events = ledger.rebuild(&mut |done, all| progress::set(&bar, done, all))?;
    bar.finish_and_clear();
    match global.format {
        Format::Json => println!("{}", json!({ "events": events })),
        Format::Text => {
            println!("The tables of state were built again from {}.", count(events, "event"));
            println!("Verify them with: countersign ledger verify");
        }
    }
    Ok(Done::Yes)
}

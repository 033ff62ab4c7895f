//! `countersign ledger show`.

use anstream::println;
use anyhow::bail;
use clap::Args;

use crate::cli::exit::Done;
use crate::cli::text::explain;
use crate::cli::{Format, Global, open};
use crate::reproduce::decision_on_record;

/// Which decision.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// The suggestion's id.
    id: String,
}

pub(super) fn show(global: &Global, args: &ShowArgs) -> anyhow::Result<Done> {
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

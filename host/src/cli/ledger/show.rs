//! `countersign ledger show`.

use anstream::println;
use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::exit::Done;
use crate::cli::text::explain;
use crate::cli::{Format, Global, open};
use crate::ledger::{Ledger, Recorded, RecordedEvent};
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
    let Some(body) = &recorded.body else { return show_erased(global, &ledger, &recorded) };
    if global.format == Format::Json {
        println!("{body}");
        return Ok(Done::Yes);
    }
    println!("{}", explain(&decision_on_record(&ledger, &recorded)?, Some(recorded.seq)).trim_end());
    println!("  leaf {:x}", recorded.leaf);
    Ok(Done::Yes)
}

/// What is left of a decision whose values were destroyed: its entry, with commitments in place of them.
fn show_erased(global: &Global, ledger: &Ledger, recorded: &Recorded) -> anyhow::Result<Done> {
    let by = ledger.destroyed_by(recorded.seq)?.map(|by| ledger.event(by)).transpose()?.flatten();
    let says: Value =
        by.as_ref().and_then(|event| serde_json::from_str(event.body.as_deref()?).ok()).unwrap_or_default();
    let entry: Value = serde_json::from_str(&recorded.entry)?;
    if global.format == Format::Json {
        let mut left = entry.get("body").cloned().unwrap_or_default();
        let erased = json!({
            "event": by.as_ref().map(|event| event.seq), "at": by.as_ref().map(|event| &event.at),
            "by": by.as_ref().map(|event| &event.actor), "cause": says.get("cause"), "reason": says.get("reason"),
        });
        left.as_object_mut().map(|left| left.insert("erased".to_owned(), erased));
        println!("{left}");
        return Ok(Done::Yes);
    }
    let text = |path: &str| entry.pointer(path).and_then(Value::as_str).unwrap_or("?").to_owned();
    println!("{}: {}", text("/body/id"), text("/body/outcome"));
    let (name, version) = (text("/body/set/name"), text("/body/set/version"));
    println!("  judged at {} by {name}@{version} · event {}", text("/body/decided_at"), recorded.seq);
    if let Some(RecordedEvent { seq, at, actor, .. }) = by {
        let of = |key| says.get(key).and_then(Value::as_str).unwrap_or("?").to_owned();
        println!("  its values were erased: event {seq}, {at}, by {actor} ({}: {})", of("cause"), of("reason"));
    }
    println!("  leaf {:x}", recorded.leaf);
    Ok(Done::Yes)
}

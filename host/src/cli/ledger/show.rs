//! `countersign ledger show`.

use anstream::println;
use anyhow::bail;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::text::{explain, plain};
use crate::cli::{Format, Global, open};
use crate::ledger::Ledger;
use crate::model::Arm;
use crate::web::{Erased, OnRecord, Values};
use crate::words::assigned;

/// Which decision.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// The suggestion's id.
    id: String,
}

pub(super) fn show(global: &Global, args: &ShowArgs) -> anyhow::Result<Done> {
    let found = on_record(&global.place()?, &args.id, global.format)?;
    match (global.format, &found.answer) {
        (Format::Json, _) => println!("{}", for_programs(&found)?),
        (Format::Text, Some(answer)) => {
            println!("{}", explain(answer.decision(), Some(found.seq)).trim_end());
            println!("  leaf {:x}", found.leaf);
        }
        (Format::Text, None) => println!("{}", left(&found)?),
    }
    Ok(Done::Yes)
}

/// What is on record of a decision: for people with its words, for programs as it is kept.
pub(in crate::cli) fn on_record(place: &Place, id: &str, format: Format) -> anyhow::Result<OnRecord> {
    match place {
        Place::Folder(home) => read(&open::ledger_to_read(home)?, id, format),
        Place::Service(service) => Ok(service.decision(id)?),
    }
}

fn read(ledger: &Ledger, id: &str, format: Format) -> anyhow::Result<OnRecord> {
    let recorded = ledger.decision(id)?;
    let event = recorded.as_ref().map(|recorded| ledger.event(recorded.seq)).transpose()?.flatten();
    let (Some(recorded), Some(event)) = (recorded, event) else {
        bail!("no decision about the suggestion `{id}` is on record; check the id, and --home");
    };
    Ok(match format {
        Format::Text => OnRecord::read(ledger, &recorded, event, true)?,
        Format::Json => OnRecord::as_kept(ledger, &recorded, event, true)?,
    })
}

/// The body of the event, and what destroyed its values if something did.
fn for_programs(found: &OnRecord) -> anyhow::Result<String> {
    if found.values != Values::Erased {
        return Ok(found.decision.get().to_owned());
    }
    let mut left: Value = serde_json::from_str(found.decision.get())?;
    let erased = found.erased.as_ref().map_or_else(
        || json!({ "event": null, "at": null, "by": null, "cause": null, "reason": null }),
        |Erased { event, at, by, cause, reason }| {
            json!({ "event": event, "at": at, "by": by, "cause": cause, "reason": reason })
        },
    );
    left.as_object_mut().map(|left| left.insert("erased".to_owned(), erased));
    Ok(left.to_string())
}

/// Why one of two sets judged, as far as it stands in the clear.
#[derive(Deserialize)]
struct Tried {
    canary: u64,
    share: u16,
    arm: Arm,
}

/// What is left of a decision whose values are not there: what stands in its entry in the clear.
fn left(found: &OnRecord) -> anyhow::Result<String> {
    let body: Value = serde_json::from_str(found.decision.get())?;
    let text = |path: &str| plain(body.pointer(path).and_then(Value::as_str).unwrap_or("?"));
    let tried = body.get("canary").and_then(|tried| Tried::deserialize(tried).ok());
    let canary = tried
        .map_or_else(String::new, |Tried { canary, share, arm }| format!(", {}", assigned(canary, arm, share, None)));
    let mut lines = vec![
        format!("{}: {}", text("/id"), text("/outcome")),
        format!(
            "  judged at {} by {}@{}{canary} · event {}",
            text("/decided_at"),
            text("/set/name"),
            text("/set/version"),
            found.seq
        ),
    ];
    if found.values == Values::Withheld {
        lines.push("  its values are not shown: the role of this token may not see them".to_owned());
    }
    if let Some(Erased { event, at, by, cause, reason }) = &found.erased {
        let of = |text: &Option<String>| plain(text.as_deref().unwrap_or("?"));
        let (cause, reason) = (of(cause), of(reason));
        lines.push(format!(
            "  its values were erased: event {event}, {}, by {} ({cause}: {reason})",
            plain(at),
            plain(by)
        ));
    }
    lines.push(format!("  leaf {:x}", found.leaf));
    Ok(lines.join("\n"))
}

//! `countersign audit record`.

use anstream::println;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::audit::{Finding, Note, record_finding, sample_at, sample_with};
use crate::cli::exit::Done;
use crate::cli::text::plain;
use crate::cli::{Format, Global, open};

/// About which decision, and what.
#[derive(Debug, Args)]
pub(in crate::cli) struct RecordArgs {
    /// The suggestion's id.
    id: String,
    /// What you found.
    #[arg(long, value_enum)]
    finding: Found,
    /// Why, in your own words. It is kept apart from the ledger's tree, as personal values are, and can be erased.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Replace an earlier finding: the last one counts, and both stay on record.
    #[arg(long)]
    again: bool,
    /// Who says so: a name or an opaque id, as the ledger keeps it for good.
    #[arg(long, value_name = "NAME", default_value = open::ACTOR)]
    by: String,
    /// The sample's event, as `audit sample` prints it; the newest sample that holds the decision if none is named.
    #[arg(long, value_name = "SEQ")]
    sample: Option<u64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Found {
    /// The suggestion was right as it stood.
    Right,
    /// It was not.
    Wrong,
    /// Nobody can tell.
    Unclear,
}

pub(super) fn record(global: &Global, args: &RecordArgs) -> anyhow::Result<Done> {
    let finding = match args.finding {
        Found::Right => Finding::Right,
        Found::Wrong => Finding::Wrong,
        Found::Unclear => Finding::Unclear,
    };
    let mut ledger = open::ledger(&open::home(global))?;
    let sample = args.sample.map_or_else(|| sample_with(&ledger, &args.id), |seq| sample_at(&ledger, seq))?;
    let at = jiff::Timestamp::now().to_string();
    let note = Note {
        finding,
        text: args.note.as_deref().filter(|note| !note.is_empty()),
        again: args.again,
        at: &at,
        actor: &args.by,
        seal: rand::random(),
    };
    let recorded = record_finding(&mut ledger, &sample, &args.id, &note)?;
    match global.format {
        Format::Json => println!("{}", json!(recorded)),
        Format::Text => println!(
            "Recorded as event {}: {} was found {}, said by {}.",
            recorded.event,
            plain(&args.id),
            finding.as_str(),
            plain(&args.by)
        ),
    }
    Ok(Done::Yes)
}

//! `countersign audit record`.

use anstream::println;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::audit::{Finding, Note, RecordedFinding, record_finding, sample_at, sample_with};
use crate::cli::by::ByArgs;
use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::text::plain;
use crate::cli::{Format, Global, open};
use crate::runtime::Home;
use crate::web::NewFinding;

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
    #[command(flatten)]
    by: ByArgs,
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
    let recorded = match global.place()? {
        Place::Folder(home) => in_folder(&home, args, finding)?,
        Place::Service(service) => {
            args.by.not_for_a_service()?;
            let (id, note) = (args.id.clone(), args.note.clone());
            service.record_finding(&NewFinding { id, finding, note, again: args.again, sample: args.sample })?
        }
    };
    match global.format {
        Format::Json => println!("{}", json!(recorded)),
        Format::Text => println!(
            "Recorded as event {}: {} was found {}, said by {}.",
            recorded.event,
            plain(&recorded.id),
            recorded.finding.as_str(),
            plain(&recorded.by)
        ),
    }
    Ok(Done::Yes)
}

fn in_folder(home: &Home, args: &RecordArgs, finding: Finding) -> anyhow::Result<RecordedFinding> {
    let mut ledger = open::ledger(home)?;
    let sample = args.sample.map_or_else(|| sample_with(&ledger, &args.id), |seq| sample_at(&ledger, seq))?;
    let at = jiff::Timestamp::now().to_string();
    let note = Note {
        finding,
        text: args.note.as_deref().filter(|note| !note.is_empty()),
        again: args.again,
        at: &at,
        actor: args.by.actor(),
        seal: rand::random(),
    };
    Ok(record_finding(&mut ledger, &sample, &args.id, &note)?)
}

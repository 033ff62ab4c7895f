//! `countersign truth`.

use std::fs::File;
use std::path::PathBuf;

use anstream::println;
use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::exit::Done;
use super::place::WorksOn;
use super::text::count;
use super::{Format, Global, open};
use crate::runtime::{ImportedTruth, TruthError, import_truth};

#[derive(Debug, Subcommand)]
pub(super) enum TruthCommand {
    /// Record what people know of suggestions that were decided, so that replays can tell right from wrong.
    Import(ImportArgs),
}

impl TruthCommand {
    pub(super) fn works_on(&self) -> WorksOn {
        match self {
            Self::Import(_) => WorksOn::Folder,
        }
    }
}

/// Whose knowledge, and where it stands.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// One JSON object a line: {"id": …, "truth": "approve" or "reject"}.
    labels: PathBuf,
    /// Who says so: a name or an opaque id, as the ledger keeps it for good.
    #[arg(long, value_name = "NAME", default_value = open::ACTOR)]
    by: String,
}

pub(super) fn truth(global: &Global, command: &TruthCommand) -> anyhow::Result<Done> {
    let TruthCommand::Import(args) = command;
    import(global, args)
}

fn import(global: &Global, args: &ImportArgs) -> anyhow::Result<Done> {
    let shown = args.labels.display();
    let mut file = File::open(&args.labels).with_context(|| format!("cannot read {shown}"))?;
    let mut ledger = open::ledger(&open::home(global))?;
    let imported = import_truth(&mut ledger, &mut file, &Timestamp::now().to_string(), &args.by);
    let imported = imported.map_err(|error| match error {
        TruthError::Ledger(error) => error.into(),
        TruthError::Draft(error) => error.into(),
        TruthError::Read(error) => anyhow!(error).context(format!("cannot read {shown}")),
        TruthError::Refused(lines) => anyhow!("{shown} was refused whole: nothing was recorded\n{lines}"),
        TruthError::Empty => anyhow!("{shown} holds no label; it takes one JSON object a line"),
    })?;
    let ImportedTruth { recorded, known } = imported;
    match global.format {
        Format::Json => println!("{}", serde_json::to_string(&imported)?),
        Format::Text => {
            println!("{} recorded, said by {}.", count(recorded, "label"), args.by);
            if known > 0 {
                println!("{} on record already.", count(known, "label"));
            }
        }
    }
    Ok(Done::Yes)
}

//! `countersign truth`.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::PathBuf;

use anstream::println;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Done;
use super::place::WorksOn;
use super::text::count;
use super::{Format, Global, open};
use crate::ledger::{Ledger, LedgerError, Prepared, imported_truth};
use crate::model::Digest;
use crate::replay::{LabelLine, Labels, read_labels};
use crate::runtime::GROUP;

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
    // Everything is looked at before anything is recorded.
    let mistakes = mistakes(&mut file, &ledger).with_context(|| format!("cannot read {shown}"))??;
    if !mistakes.is_empty() {
        bail!("{shown} was refused whole: nothing was recorded\n{}", mistakes.join("\n"));
    }
    let at = jiff::Timestamp::now().to_string();
    let (mut recorded, mut known, mut group) = (0_u64, 0_u64, Vec::new());
    let mut failed = None;
    file.rewind()?;
    read_labels(BufReader::new(&file), |_, label| {
        let mut keep = || -> anyhow::Result<()> {
            // What was recorded before an interruption is not recorded again.
            if ledger.truth(&label.id)? == Some(label.truth) {
                known += 1;
                return Ok(());
            }
            group.push(imported_truth(&label.id, label.truth, &at, &args.by).prepare()?);
            if group.len() == GROUP {
                recorded += append(&mut ledger, &mut group)?;
            }
            Ok(())
        };
        if failed.is_none() {
            failed = keep().err();
        }
        Ok(())
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    recorded += append(&mut ledger, &mut group)?;
    if recorded + known == 0 {
        bail!("{shown} holds no label; it takes one JSON object a line");
    }
    match global.format {
        Format::Json => println!("{}", json!({ "recorded": recorded, "known": known })),
        Format::Text => {
            println!("{} recorded, said by {}.", count(recorded, "label"), args.by);
            if known > 0 {
                println!("{} on record already.", count(known, "label"));
            }
        }
    }
    Ok(Done::Yes)
}

fn append(ledger: &mut Ledger, group: &mut Vec<Prepared>) -> Result<u64, LedgerError> {
    let receipts = ledger.append(group)?;
    group.clear();
    Ok(receipts.len() as u64)
}

/// What is wrong with a file of labels for this ledger.
fn mistakes(file: &mut File, ledger: &Ledger) -> std::io::Result<Result<Vec<String>, LedgerError>> {
    if let Err(mistakes) = Labels::read(BufReader::new(&*file), Digest::of(b"")) {
        return Ok(Ok(vec![mistakes]));
    }
    file.rewind()?;
    let mut failed = None;
    let mistakes = read_labels(BufReader::new(&*file), |_, LabelLine { id, .. }| match ledger.is_decided(&id) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("no decision about the suggestion `{id}` is on record")),
        Err(error) => {
            failed = failed.take().or(Some(error));
            Ok(())
        }
    })?;
    Ok(match failed {
        Some(error) => Err(error),
        None => Ok(mistakes),
    })
}

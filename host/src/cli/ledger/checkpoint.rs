//! `countersign ledger checkpoint`.

use std::path::PathBuf;

use anstream::{print, println};
use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::SignArgs;
use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::{Format, Global, open};
use crate::ledger::{Checkpoint, Readers, replace_file};

/// Where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct CheckpointArgs {
    /// Write the checkpoint to this file, not to standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    sign: SignArgs,
}

pub(super) fn checkpoint(global: &Global, args: &CheckpointArgs) -> anyhow::Result<Done> {
    let (note, key) = match global.place()? {
        Place::Folder(home) => {
            let signer = args.sign.signer(&home)?;
            (open::ledger_to_read(&home)?.checkpoint(&signer)?, signer.verifier().clone())
        }
        Place::Service(service) => {
            args.sign.not_for_a_service()?;
            let (note, key) = (service.checkpoint()?, service.key()?);
            Checkpoint::open(&note, &key).with_context(|| format!("{} signed no checkpoint", service.address()))?;
            (note, key)
        }
    };
    if let Some(out) = &args.out {
        replace_file(out, note.as_bytes(), Readers::All).with_context(|| format!("cannot write {}", out.display()))?;
    }
    match (global.format, &args.out) {
        (Format::Json, _) => println!("{}", json!({ "checkpoint": note, "key": key.to_string() })),
        (Format::Text, None) => print!("{note}"),
        (Format::Text, Some(out)) => {
            println!(
                "Wrote {}. Keep it elsewhere: whoever holds it can tell later whether anything that it covers",
                out.display()
            );
            println!("was changed, with: countersign ledger verify --since FILE --key {key}");
        }
    }
    Ok(Done::Yes)
}

//! `countersign ledger prove`.

use std::path::PathBuf;

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use super::SignArgs;
use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::{Format, Global, open};
use crate::ledger::{Proof, Readers, replace_file};

/// What of, and where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct ProveArgs {
    /// The suggestion's id.
    id: String,
    /// Write the proof to this file, which you alone can read.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    sign: SignArgs,
}

pub(super) fn prove(global: &Global, args: &ProveArgs) -> anyhow::Result<Done> {
    let (text, key) = match global.place()? {
        Place::Folder(home) => {
            let signer = args.sign.signer(&home)?;
            let Some(proof) = open::ledger_to_read(&home)?.prove(&args.id, &signer)? else {
                bail!("no decision about the suggestion `{}` is on record; check the id, and --home", args.id);
            };
            (proof.to_text()?, signer.verifier().clone())
        }
        Place::Service(service) => {
            args.sign.not_for_a_service()?;
            let (text, key) = (service.proof(&args.id)?, service.key()?);
            let shown = Proof::from_text(&text).and_then(|proof| proof.verify(&key));
            let shown = shown.with_context(|| format!("{} proved nothing", service.address()))?;
            if shown.decision.id != args.id {
                bail!("{} proved another decision", service.address());
            }
            (text, key)
        }
    };
    let out = args.out.display();
    replace_file(&args.out, text.as_bytes(), Readers::Owner).with_context(|| format!("cannot write {out}"))?;
    if global.format == Format::Json {
        println!("{}", json!({ "out": args.out, "bytes": text.len(), "key": key.to_string() }));
        return Ok(Done::Yes);
    }
    println!("Wrote {out}. It holds the values of the decision: give it only to those who may see them.");
    println!("Anybody verifies it, without this deployment and without a network:");
    println!("  countersign ledger verify --proof {out} --key {key}");
    Ok(Done::Yes)
}

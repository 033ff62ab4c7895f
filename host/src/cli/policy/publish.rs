//! `countersign policy publish`.

use std::fs;
use std::path::PathBuf;

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;

use super::arrival::{Arrival, shape, show};
use super::bundles::bundles;
use crate::authoring::close;
use crate::cli::exit::Done;
use crate::cli::{Format, Global, open};
use crate::sandbox::within;

/// What to publish.
#[derive(Debug, Args)]
pub(in crate::cli) struct PublishArgs {
    /// The component's file. Sets can name it as NAME@VERSION from then on; a version never changes.
    file: PathBuf,
    /// Close what it imports of WASI first: no files, no network, a clock and a randomness that never move.
    #[arg(long)]
    stub_wasi: bool,
    /// Let in the larger shape of a module that brings an interpreter.
    #[arg(long)]
    scripted: bool,
    /// A file with a signature of it; can be given several times [default: the component's with .sigstore.json at its end].
    ///
    /// Signatures are asked for where the deployment has a trust.toml, which says whose.
    #[arg(long, value_name = "FILE")]
    bundle: Vec<PathBuf>,
    /// Who publishes it, as the ledger keeps it for good.
    #[arg(long, value_name = "NAME", default_value = open::ACTOR)]
    by: String,
}

pub(super) fn publish(global: &Global, args: &PublishArgs) -> anyhow::Result<Done> {
    let shown = args.file.display();
    let mut component = fs::read(&args.file).with_context(|| format!("cannot read {shown}"))?;
    let shape = shape(args.scripted);
    let home = open::home(global);
    let asks = home.trust().exists();
    if !asks && !args.bundle.is_empty() {
        bail!(
            "--bundle: no signature is asked for, as there is no {}; write it, or leave out --bundle",
            home.trust().display()
        );
    }
    if args.stub_wasi {
        if asks {
            bail!(
                "--stub-wasi makes other bytes than those that were signed, and {} asks for signatures: publish what was closed \
                   before it was signed, as `countersign policy build` does it",
                home.trust().display()
            );
        }
        // Before anything reads it whole.
        within(&component, &shape).with_context(|| shown.to_string())?;
        component = close(&component).with_context(|| shown.to_string())?;
    }
    let deployment = open::deployment_for_few(home.clone())?;
    let bundles = if asks { bundles(&args.file, &args.bundle)? } else { Vec::new() };
    let arrival = Arrival::let_in(&deployment, &shown.to_string(), &component, bundles, shape)?;
    let published = arrival.publish(&deployment, &mut open::ledger(&home)?, &args.by)?;
    match global.format {
        Format::Json => println!("{}", serde_json::json!(published)),
        Format::Text => show(&published),
    }
    Ok(Done::Yes)
}

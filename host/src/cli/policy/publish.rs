//! `countersign policy publish`.

use std::fs;
use std::path::PathBuf;

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;

use super::arrival::{Arrival, shape, show};
use super::bundles::bundles;
use crate::authoring::close;
use crate::cli::by::ByArgs;
use crate::cli::exit::Done;
use crate::cli::place::{Place, WrongUsage};
use crate::cli::{Format, Global, open};
use crate::remote::Service;
use crate::runtime::{Home, Published};
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
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn publish(global: &Global, args: &PublishArgs) -> anyhow::Result<Done> {
    let published = match global.place()? {
        Place::Folder(home) => here(&home, args)?,
        Place::Service(service) => there(&service, args)?,
    };
    match global.format {
        Format::Json => println!("{}", serde_json::json!(published)),
        Format::Text => show(&published),
    }
    Ok(Done::Yes)
}

fn here(home: &Home, args: &PublishArgs) -> anyhow::Result<Published> {
    let shown = args.file.display().to_string();
    let asks = home.trust().exists();
    if !asks && !args.bundle.is_empty() {
        bail!(
            "--bundle: no signature is asked for, as there is no {}; write it, or leave out --bundle",
            home.trust().display()
        );
    }
    if asks && args.stub_wasi {
        bail!(
            "--stub-wasi makes other bytes than those that were signed, and {} asks for signatures: publish what was closed \
               before it was signed, as `countersign policy build` does it",
            home.trust().display()
        );
    }
    let component = component(args)?;
    let deployment = open::deployment_for_few(home.clone())?;
    let bundles = if asks { bundles(&args.file, &args.bundle)? } else { Vec::new() };
    let arrival = Arrival::let_in(&deployment, &shown, &component, bundles, shape(args.scripted))?;
    arrival.publish(&deployment, &mut open::ledger(home)?, args.by.actor())
}

/// Whether signatures are asked for, and whose, the service knows.
fn there(service: &Service, args: &PublishArgs) -> anyhow::Result<Published> {
    args.by.not_for_a_service()?;
    if args.stub_wasi && !args.bundle.is_empty() {
        let why =
            "--stub-wasi makes other bytes than those that were signed: leave out one of --stub-wasi and --bundle";
        return Err(WrongUsage(why.to_owned()).into());
    }
    let component = component(args)?;
    let bundles = if args.stub_wasi { Vec::new() } else { bundles(&args.file, &args.bundle)? };
    let published = service.publish(&component, &bundles, args.scripted);
    published.with_context(|| args.file.display().to_string())
}

/// What is in the file, closed if that is asked for.
fn component(args: &PublishArgs) -> anyhow::Result<Vec<u8>> {
    let shown = args.file.display();
    let component = fs::read(&args.file).with_context(|| format!("cannot read {shown}"))?;
    if !args.stub_wasi {
        return Ok(component);
    }
    // Before anything reads it whole.
    within(&component, &shape(args.scripted)).with_context(|| shown.to_string())?;
    close(&component).with_context(|| shown.to_string())
}

//! `countersign policy publish`.

use std::fs;
use std::path::PathBuf;

use anstream::println;
use anyhow::Context;
use clap::Args;

use super::check::changed;
use crate::authoring::close;
use crate::cli::exit::Done;
use crate::cli::{Format, Global, open};
use crate::model::Digest;
use crate::modules::Inspected;
use crate::rollout::{Act, Against};
use crate::runtime::Published;
use crate::sandbox::{SetupRequest, Shape, within};

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
    /// Who publishes it, as the ledger keeps it for good.
    #[arg(long, value_name = "NAME", default_value = open::ACTOR)]
    by: String,
}

pub(super) fn publish(global: &Global, args: &PublishArgs) -> anyhow::Result<Done> {
    let shown = args.file.display();
    let mut component = fs::read(&args.file).with_context(|| format!("cannot read {shown}"))?;
    let shape = if args.scripted { Shape::SCRIPTED } else { Shape::ORDINARY };
    if args.stub_wasi {
        // Before anything reads it whole.
        within(&component, &shape).with_context(|| shown.to_string())?;
        component = close(&component).with_context(|| shown.to_string())?;
    }
    let home = open::home(global);
    let deployment = open::deployment_for_few(home.clone())?;
    let request = SetupRequest { settings: "{}".to_owned(), shape, strict: false, snapshot: false };
    let digest = Digest::of(&component);
    let ready = deployment.sandbox.inspect(&component, digest, &request).with_context(|| shown.to_string())?;
    let described = Inspected::new(ready, &request, digest, component.len())?;
    let mut ledger = open::ledger(&home)?;
    let at = jiff::Timestamp::now().to_string();
    let act = Act { by: &args.by, at: &at, reason: "" };
    let published = deployment.publish(&mut ledger, &component, &described, act)?;
    if global.format == Format::Json {
        println!("{}", serde_json::json!(published));
        return Ok(Done::Yes);
    }
    let Published { module, new, against, .. } = published;
    if new {
        println!("published {module}, {digest}");
    } else {
        println!("{module} was published before with the same bytes; nothing was written");
    }
    if let Some(Against { version, changes, .. }) = against {
        println!("\nagainst version {version}:");
        changed(&changes);
    }
    println!("\nA set can name it: module = \"{module}\"");
    Ok(Done::Yes)
}

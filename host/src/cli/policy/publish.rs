//! `countersign policy publish`.

use std::fs;
use std::path::PathBuf;

use anstream::println;
use anyhow::Context;
use clap::Args;

use crate::authoring::close;
use crate::cli::exit::Done;
use crate::cli::{Format, Global, open};
use crate::model::Digest;
use crate::runtime::Publication;
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
    let mut ledger = open::ledger(&home)?;
    let at = jiff::Timestamp::now().to_string();
    let publication = deployment.publish(&mut ledger, &component, &ready, &at, open::ACTOR)?;
    let name = format!("{}@{}", ready.description.name, ready.description.version);
    if global.format == Format::Json {
        let new = publication == Publication::New;
        println!("{}", serde_json::json!({ "module": name, "digest": digest, "bytes": component.len(), "new": new }));
        return Ok(Done::Yes);
    }
    match publication {
        Publication::New => println!("published {name}, {digest}"),
        Publication::Known => println!("{name} was published before with the same bytes; nothing was written"),
    }
    println!("A set can name it: module = \"{name}\"");
    Ok(Done::Yes)
}

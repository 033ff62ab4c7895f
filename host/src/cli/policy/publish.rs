//! `countersign policy publish`.

use std::fs;
use std::path::PathBuf;

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;

use super::bundles::bundles;
use super::check::changed;
use crate::authoring::close;
use crate::cli::exit::Done;
use crate::cli::{Format, Global, open};
use crate::modules::Inspected;
use crate::rollout::{Act, Against, Signature};
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
    let shape = if args.scripted { Shape::SCRIPTED } else { Shape::ORDINARY };
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
    // Where signatures are asked for, nothing has looked into the component before this.
    let vouched = deployment.vouched(&component, bundles).with_context(|| shown.to_string())?;
    let digest = vouched.digest();
    let request = SetupRequest { settings: "{}".to_owned(), shape, strict: false, snapshot: false };
    let ready = deployment.sandbox.inspect(&component, digest, &request).with_context(|| shown.to_string())?;
    let described = Inspected::new(ready, &request, digest, component.len())?;
    let mut ledger = open::ledger(&home)?;
    let at = jiff::Timestamp::now().to_string();
    let act = Act { by: &args.by, at: &at, reason: "" };
    let published = deployment.publish(&mut ledger, &vouched, &described, act).with_context(|| shown.to_string())?;
    if global.format == Format::Json {
        println!("{}", serde_json::json!(published));
        return Ok(Done::Yes);
    }
    let Published { module, new, signatures, against, .. } = published;
    if new {
        println!("published {module}, {digest}");
    } else {
        println!("{module} was published before with the same bytes; nothing was written");
    }
    for Signature { name, key, .. } in signatures {
        println!("  signed by {name} (key {key})");
    }
    if let Some(Against { version, changes, .. }) = against {
        println!("\nagainst version {version}:");
        changed(&changes);
    }
    println!("\nA set can name it: module = \"{module}\"");
    Ok(Done::Yes)
}

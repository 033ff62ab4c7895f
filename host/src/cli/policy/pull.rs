//! `countersign policy pull`.

use anstream::println;
use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::arrival::{Arrival, shape, show};
use super::registry::{RegistryArgs, bounds};
use crate::cli::exit::Done;
use crate::cli::{Format, Global, open};
use crate::model::Digest;
use crate::registry::ArtifactReference;

/// What to pull.
#[derive(Debug, Args)]
pub(in crate::cli) struct PullArgs {
    /// The module: registry.example.com/team/rule:1.2.0, or with @sha256: and the digest of its manifest at the end.
    #[arg(value_name = "REF")]
    reference: ArtifactReference,
    /// The digest that its manifest must have, as `policy push` prints it.
    #[arg(long, value_name = "DIGEST")]
    digest: Option<Digest>,
    /// Let in the larger shape of a module that brings an interpreter.
    #[arg(long)]
    scripted: bool,
    /// Who publishes it, as the ledger keeps it for good.
    #[arg(long, value_name = "NAME", default_value = open::ACTOR)]
    by: String,
    #[command(flatten)]
    registry: RegistryArgs,
}

pub(super) fn pull(global: &Global, args: &PullArgs) -> anyhow::Result<Done> {
    let home = open::home(global);
    // Before anybody is asked: without a deployment there is nothing to publish in.
    let deployment = open::deployment_for_few(home.clone())?;
    let (reference, shape) = (&args.reference, shape(args.scripted));
    let shown = reference.to_string();
    let mut registry = args.registry.registry(reference)?;
    let received = registry.pull(reference, args.digest, bounds(shape)).with_context(|| shown.clone())?;
    let arrival = Arrival::let_in(&deployment, &shown, &received.component, received.bundles, shape)?;
    let arrival = arrival.made_of(received.sbom);
    let published = arrival.publish(&deployment, &mut open::ledger(&home)?, &args.by)?;
    let pinned = reference.pinned(received.manifest);
    match global.format {
        Format::Json => println!("{}", json!({ "reference": pinned, "published": published })),
        Format::Text => {
            println!("pulled {pinned}");
            show(&published);
        }
    }
    Ok(Done::Yes)
}

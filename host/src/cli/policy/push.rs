//! `countersign policy push`.

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use super::parcel::Sendable;
use super::registry::RegistryArgs;
use crate::cli::exit::Done;
use crate::cli::{Format, Global};
use crate::registry::ArtifactReference;

/// What to push, and where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct PushArgs {
    /// The module: NAME@VERSION, with the whole version; published here, or part of the program.
    module: String,
    /// Where to: registry.example.com/team/rule:1.2.0. On this machine without TLS, elsewhere with it.
    #[arg(value_name = "REF")]
    reference: ArtifactReference,
    #[command(flatten)]
    registry: RegistryArgs,
}

pub(super) fn push(global: &Global, args: &PushArgs) -> anyhow::Result<Done> {
    let reference = &args.reference;
    let (Some(tag), None) = (&reference.tag, reference.digest) else {
        bail!(
            "{reference}: what is pushed gets a tag, and its digest by itself: write registry.example.com/team/rule:1.2.0"
        );
    };
    let found = Sendable::find(global, std::slice::from_ref(&args.module))?;
    let Some(module) = found.first() else { bail!("no module was named") };
    let packed = module.packed()?;
    args.registry.registry(reference)?.push(&packed, tag).with_context(|| reference.to_string())?;
    let pinned = reference.pinned(packed.digest());
    match global.format {
        Format::Text => println!("{pinned}"),
        Format::Json => println!(
            "{}",
            json!({
                "reference": pinned, "module": module.module(), "manifest": packed.digest(),
                "signatures": module.signatures(),
            })
        ),
    }
    Ok(Done::Yes)
}

//! `countersign policy load`.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use super::arrival::{Arrival, shape, show};
use super::registry::bounds;
use crate::cli::exit::Done;
use crate::cli::{Format, Global, open};
use crate::registry::Layout;

/// What to load.
#[derive(Debug, Args)]
pub(in crate::cli) struct LoadArgs {
    /// The file: an OCI image layout in a tar, as `policy save` writes it. All modules in it are published, or none.
    file: PathBuf,
    /// Let in the larger shape of modules that bring an interpreter.
    #[arg(long)]
    scripted: bool,
    /// Who publishes them, as the ledger keeps it for good.
    #[arg(long, value_name = "NAME", default_value = open::ACTOR)]
    by: String,
}

pub(super) fn load(global: &Global, args: &LoadArgs) -> anyhow::Result<Done> {
    let home = open::home(global);
    let deployment = open::deployment_for_few(home.clone())?;
    let (shown, shape) = (args.file.display(), shape(args.scripted));
    let file = File::open(&args.file).with_context(|| format!("cannot read {shown}"))?;
    let mut layout = Layout::open(file, bounds(shape)).with_context(|| shown.to_string())?;
    let received = layout.modules().with_context(|| shown.to_string())?;
    let mut ledger = open::ledger(&home)?;
    let (mut arrivals, mut names) = (Vec::new(), BTreeSet::new());
    for module in &received {
        let from = format!("{shown}, {}", module.manifest);
        let arrival = Arrival::let_in(&deployment, &from, &module.component, module.bundles.clone(), shape)?;
        let arrival = arrival.made_of(module.sbom.clone());
        if !names.insert(arrival.module()) {
            bail!("{shown}: {} is in it two times; nothing was published", arrival.module());
        }
        arrival.check(&deployment, &ledger)?;
        arrivals.push(arrival);
    }
    // Nothing of it is refused from here on.
    let mut all = Vec::new();
    for arrival in &arrivals {
        all.push(arrival.publish(&deployment, &mut ledger, &args.by)?);
    }
    match global.format {
        Format::Json => {
            let modules = received.iter().zip(&all);
            let modules = modules.map(|(one, published)| json!({ "manifest": one.manifest, "published": published }));
            println!("{}", json!({ "modules": modules.collect::<Vec<_>>() }));
        }
        Format::Text => all.iter().for_each(show),
    }
    Ok(Done::Yes)
}

//! `countersign policy save`.

use std::path::PathBuf;

use anstream::println;
use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::parcel::Sendable;
use crate::cli::exit::Done;
use crate::cli::text::count;
use crate::cli::{Format, Global};
use crate::ledger::{Readers, replace_file};
use crate::model::Digest;
use crate::registry::write_layout;

/// What to save, and where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct SaveArgs {
    /// The modules: NAME@VERSION, with the whole version; published here, or part of the program.
    #[arg(required = true, value_name = "MODULE")]
    modules: Vec<String>,
    /// The file: an OCI image layout in a tar, with the signatures. One that is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn save(global: &Global, args: &SaveArgs) -> anyhow::Result<Done> {
    let mut named = args.modules.clone();
    named.sort_unstable();
    named.dedup();
    let found = Sendable::find(global, &named)?;
    let packed = found.iter().map(Sendable::packed).collect::<anyhow::Result<Vec<_>>>()?;
    let bytes = write_layout(&packed)?;
    let shown = args.out.display();
    replace_file(&args.out, &bytes, Readers::All).with_context(|| format!("cannot write {shown}"))?;
    let digest = Digest::of(&bytes);
    let modules = found.iter().zip(&packed);
    match global.format {
        Format::Json => {
            let modules = modules.map(|(module, packed)| {
                json!({
                    "module": module.module(), "manifest": packed.digest(), "signatures": module.signatures(),
                })
            });
            println!("{}", json!({ "file": args.out, "digest": digest, "modules": modules.collect::<Vec<_>>() }));
        }
        Format::Text => {
            println!("{shown}: {digest}");
            for (module, packed) in modules {
                let signatures = count(module.signatures() as u64, "signature");
                println!("  {}, manifest {}, {signatures}", module.module(), packed.digest().short());
            }
        }
    }
    Ok(Done::Yes)
}

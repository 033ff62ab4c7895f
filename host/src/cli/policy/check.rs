//! `countersign policy check`.

use anstream::println;
use anyhow::Context;
use clap::Args;

use super::component;
use crate::cli::exit::Done;
use crate::cli::text::plain;
use crate::cli::{Format, Global, open};
use crate::modules::{Change, Inspected, differences};
use crate::sandbox::{INTERFACE_VERSIONS, Sandbox, SetupRequest, Shape};

/// Which module, against which.
#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// A component's file (ends in .wasm), or a released module: NAME@VERSION.
    module: String,
    /// The version that is in use: what the other may do and see beyond it is said.
    #[arg(long, value_name = "MODULE")]
    against: Option<String>,
    /// Exit 1 if it may do or see more.
    #[arg(long, requires = "against")]
    no_wider: bool,
    /// Let in the larger shape of a module that brings an interpreter.
    #[arg(long)]
    scripted: bool,
}

pub(super) fn check(global: &Global, args: &CheckArgs) -> anyhow::Result<Done> {
    let sandbox = open::bare_sandbox()?;
    let new = inspected(&sandbox, &args.module, args.scripted)?;
    let old = args.against.as_deref().map(|module| inspected(&sandbox, module, args.scripted)).transpose()?;
    let changes = old.as_ref().map(|old| differences(old, &new));
    let wider = changes.iter().flatten().any(|change| change.wider);
    let named = |module: &Inspected| format!("{}@{}", module.name, module.version);
    if global.format == Format::Json {
        println!(
            "{:#}",
            serde_json::json!({
                "module": named(&new),
                "kind": new.kind,
                "interface": new.interface,
                "served": INTERFACE_VERSIONS,
                "differences": changes,
            })
        );
    } else {
        println!("{}: a {} that runs here", named(&new), new.kind.as_str());
        println!("  written against  countersign:policy@{}", new.interface);
        println!("  served here      {}", INTERFACE_VERSIONS.join(", "));
        if let (Some(old), Some(changes)) = (&old, &changes) {
            println!("\nagainst {}:", named(old));
            changed(changes);
            if wider {
                println!("\n! it may do or see more than the other");
            }
        }
    }
    Ok(if wider && args.no_wider { Done::No } else { Done::Yes })
}

/// Says how one version differs from another.
pub(super) fn changed(changes: &[Change]) {
    if changes.is_empty() {
        println!("  no difference in imports, scope, reads, codes and settings");
    }
    for change in changes {
        println!("  {} {:<14}  {}", if change.wider { "!" } else { " " }, plain(&change.what), plain(&change.how));
    }
}

fn inspected(sandbox: &Sandbox, named: &str, scripted: bool) -> anyhow::Result<Inspected> {
    let (digest, component) = component(named)?;
    let shape = if scripted { Shape::SCRIPTED } else { Shape::ORDINARY };
    let request = SetupRequest { settings: "{}".to_owned(), shape, strict: false, snapshot: false };
    let ready = sandbox.inspect(&component, digest, &request).with_context(|| named.to_owned())?;
    Ok(Inspected::new(ready, &request, digest, component.len())?)
}

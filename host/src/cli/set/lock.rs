//! `countersign set lock`.

use anstream::println;
use clap::Args;
use serde_json::json;

use crate::cli::exit::Done;
use crate::cli::{Format, Global, open};
use crate::modules::{Lock, LockedModule};

/// Which set.
#[derive(Debug, Args)]
pub(in crate::cli) struct LockArgs {
    /// A set's name, or a file that ends in .toml.
    set: String,
    /// Write nothing, and exit 1 if the lock is not the one that would be written.
    #[arg(long)]
    check: bool,
}

pub(super) fn lock(global: &Global, args: &LockArgs) -> anyhow::Result<Done> {
    let deployment = open::deployment_or_default(open::home(global), 1)?;
    let (before, set) = deployment.lock(&args.set, !args.check)?;
    let changed = before.as_ref() != Some(&set.lock);
    match global.format {
        Format::Json => println!("{}", json!({ "set": set.set_ref, "changed": changed, "before": before })),
        Format::Text => {
            let (name, version) = (&set.set_ref.name, &set.set_ref.version);
            println!("{name}@{version}, {}", set.set_ref.digest);
            match &before {
                None => println!("It had no lock{}.", if args.check { "" } else { " before" }),
                Some(_) if !changed => println!("The lock pins what it pinned before."),
                Some(before) => differences(before, &set.lock).iter().for_each(|line| println!("{line}")),
            }
        }
    }
    Ok(if args.check && changed { Done::No } else { Done::Yes })
}

/// What two locks pin differently, a line each.
fn differences(before: &Lock, after: &Lock) -> Vec<String> {
    let named = |lock: &Lock, name: &str| lock.modules.iter().find(|module| module.name == name).cloned();
    let mut lines = Vec::new();
    for module in &after.modules {
        let LockedModule { name, version, digest, .. } = module;
        match named(before, name) {
            None => lines.push(format!("  + {name}@{version} {}", digest.short())),
            Some(old) if old == *module => {}
            Some(old) => lines.push(format!("  ~ {name}: {}", difference(&old, module))),
        }
    }
    let gone = before.modules.iter().filter(|module| named(after, &module.name).is_none());
    lines.extend(gone.map(|module| format!("  - {}@{}", module.name, module.version)));
    lines
}

fn difference(old: &LockedModule, new: &LockedModule) -> String {
    let mut parts = Vec::new();
    if old.version != new.version {
        parts.push(format!("{} → {}", old.version, new.version));
    } else if old.digest != new.digest {
        parts.push(format!("other bytes under the same version, {} → {}", old.digest.short(), new.digest.short()));
    }
    if old.settings != new.settings {
        parts.push("settings".to_owned());
    }
    if (old.kind, old.on_fault, old.scripted, old.limits) != (new.kind, new.on_fault, new.scripted, new.limits) {
        parts.push("kind, on-fault or limits".to_owned());
    }
    parts.join(", ")
}

//! `countersign set diff`.

use anstream::println;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::exit::Done;
use crate::cli::{Format, Global, open};
use crate::modules::{ModuleDifference, Pinned, SetDifference, SettingChange};

/// Which sets.
#[derive(Debug, Args)]
pub(in crate::cli) struct DiffArgs {
    /// A set's name, a file that ends in .toml, its digest on record, or `active`.
    from: String,
    /// The set that it is compared with, named in the same way.
    to: String,
    /// Exit 1 if a module may do or see more in the second one.
    #[arg(long)]
    no_wider: bool,
}

/// The longest value that is shown whole, in characters.
const LONGEST: usize = 60;

pub(super) fn diff(global: &Global, args: &DiffArgs) -> anyhow::Result<Done> {
    let deployment = open::deployment_or_default(open::home(global), 1)?;
    let (from, to) = (deployment.named_set(&args.from)?, deployment.named_set(&args.to)?);
    let difference = deployment.set_difference(&from, &to)?;
    let wider = difference.modules.iter().flat_map(|module| &module.capabilities).any(|change| change.wider);
    match global.format {
        Format::Json => println!("{:#}", json!(difference)),
        Format::Text => say(&difference, wider),
    }
    Ok(if wider && args.no_wider { Done::No } else { Done::Yes })
}

fn say(difference: &SetDifference, wider: bool) {
    let SetDifference { from, to, modules, reordered } = difference;
    for (mark, set) in [("-", from), ("+", to)] {
        println!("{mark} {}@{} ({})", set.name, set.version, set.digest.short());
    }
    println!();
    if difference.is_empty() {
        println!("The same modules with the same settings.");
    }
    if *reordered {
        println!("The modules stand in another order, and so do reasons and findings.");
    }
    for ModuleDifference { name, from, to, settings, pinned, capabilities } in modules {
        match (from, to) {
            (Some(from), Some(to)) if from.digest == to.digest => println!("~ {name}@{}", to.version),
            (Some(from), Some(to)) => println!("~ {name}  {} → {}", shown(from), shown(to)),
            (None, Some(to)) => println!("+ {name}  {}", shown(to)),
            (Some(from), None) => println!("- {name}  {}", shown(from)),
            (None, None) => {}
        }
        for change in settings {
            println!("    settings.{}", value_change(change));
        }
        for change in pinned {
            println!("    {}", value_change(change));
        }
        for change in capabilities {
            println!("  {} {}: {}", if change.wider { "!" } else { " " }, change.what, change.how);
        }
    }
    if wider {
        println!("\n! a module may do or see more than before");
    }
}

fn shown(pinned: &Pinned) -> String {
    format!("{} ({})", pinned.version, pinned.digest.short())
}

fn value_change(SettingChange { key, from, to }: &SettingChange) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{key}: {} → {}", cut(from), cut(to)),
        (None, Some(to)) => format!("{key}: + {}", cut(to)),
        (Some(from), None) => format!("{key}: - {}", cut(from)),
        (None, None) => key.clone(),
    }
}

/// A value in one line that is not too long; the JSON form has all of it.
fn cut(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain("…".chars()).collect()
}

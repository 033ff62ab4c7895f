//! `countersign set show`.

use anstream::{print, println};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::exit::Done;
use crate::cli::text::table;
use crate::cli::{Format, Global, open};
use crate::modules::SetModule;

/// Which set.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// A set's name, a file that ends in .toml, its digest on record, or `active`.
    #[arg(default_value = "active")]
    set: String,
}

pub(super) fn show(global: &Global, args: &ShowArgs) -> anyhow::Result<Done> {
    let deployment = open::deployment_or_default(open::home(global), 1)?;
    let set = deployment.named_set(&args.set)?;
    let settings = |module: &SetModule| serde_json::from_str(&module.settings).unwrap_or(Value::Null);
    if global.format == Format::Json {
        let modules = set.modules.iter().map(|module| json!({ "pinned": module.locked, "settings": settings(module) }));
        println!("{:#}", json!({ "set": set.set_ref, "modules": modules.collect::<Vec<_>>() }));
        return Ok(Done::Yes);
    }
    println!("{}@{}", set.set_ref.name, set.set_ref.version);
    println!("{}\n", set.set_ref.digest);
    let rows = set.modules.iter().map(|module| {
        let locked = &module.locked;
        let settings = match settings(module) {
            Value::Object(keys) if keys.is_empty() => "defaults".to_owned(),
            Value::Object(keys) => keys.keys().cloned().collect::<Vec<_>>().join(", "),
            _ => String::new(),
        };
        vec![
            locked.kind.as_str().to_owned(),
            format!("{}@{}", locked.name, locked.version),
            locked.digest.short(),
            locked.on_fault.as_str().to_owned(),
            settings,
        ]
    });
    print!("{}", table(&["kind", "module", "digest", "on fault", "settings"], 5, rows));
    Ok(Done::Yes)
}

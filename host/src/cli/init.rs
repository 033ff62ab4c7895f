//! `countersign init`.

use anstream::println;
use clap::Args;

use super::exit::Done;
use super::{Format, Global, open};
use crate::runtime;

/// Nothing beyond the global options.
#[derive(Debug, Args)]
pub(super) struct InitArgs {}

pub(super) fn init(global: &Global, _: &InitArgs) -> anyhow::Result<Done> {
    let home = open::home(global);
    let at = jiff::Timestamp::now().to_string();
    let made = runtime::init(&home, open::worker()?, &at, open::ACTOR)?;
    let folder = home.folder().display();
    if global.format == Format::Json {
        println!("{}", serde_json::json!({ "home": folder.to_string(), "set": made.set, "modules": made.modules }));
        return Ok(Done::Yes);
    }
    println!("Made a deployment in {folder}:");
    println!("  countersign.toml        which set is active");
    println!("  catalogue.toml          your fields, how sensitive they are, what they hold: edit this first");
    println!("  sets/crm-default.toml   the default set of {} modules and their settings", made.modules);
    println!("  ledger.db               every decision, from now on");
    println!();
    println!("Active: {}@{} ({})", made.set.name, made.set.version, made.set.digest.short());
    println!("Next:   countersign evaluate FILE     decide the suggestions in FILE, one JSON object a line");
    println!("        countersign doctor            check that all is well");
    Ok(Done::Yes)
}

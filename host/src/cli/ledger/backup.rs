//! `countersign ledger backup`.

use std::path::PathBuf;

use anstream::println;
use clap::Args;
use serde_json::json;

use crate::cli::exit::Done;
use crate::cli::text::count;
use crate::cli::{Format, Global, open};
use crate::ledger::BackedUp;

/// Where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct BackupArgs {
    /// The new file; one that is there is never overwritten.
    file: PathBuf,
}

pub(super) fn backup(global: &Global, args: &BackupArgs) -> anyhow::Result<Done> {
    let home = open::home(global);
    let BackedUp { head, bytes, digest } = open::ledger_to_read(&home)?.backup(&args.file)?;
    let file = args.file.display();
    if global.format == Format::Json {
        let out = &args.file;
        println!("{}", json!({ "out": out, "size": head.size, "root": head.root, "bytes": bytes, "digest": digest }));
        return Ok(Done::Yes);
    }
    println!("Wrote {file}: {} in {}, {digest}.", count(head.size, "event"), count(bytes, "byte"));
    println!("It holds the ledger with its personal values; erasing a value later does not reach it.");
    println!(
        "Keep beside it what else is in {}: countersign.toml, catalogue.toml, sets, modules, and in a safe place, ledger.key.",
        home.folder().display()
    );
    println!("tree head: size {} root {:x}", head.size, head.root);
    Ok(Done::Yes)
}

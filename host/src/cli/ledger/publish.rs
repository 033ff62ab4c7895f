//! `countersign ledger publish`.

use std::path::PathBuf;

use anstream::println;
use clap::Args;
use serde_json::json;

use super::SignArgs;
use crate::cli::exit::Done;
use crate::cli::text::count;
use crate::cli::{Format, Global, open};

/// Where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct PublishArgs {
    /// The folder; what it shows of this ledger already is brought up to date.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    sign: SignArgs,
}

pub(super) fn publish(global: &Global, args: &PublishArgs) -> anyhow::Result<Done> {
    let home = open::home(global);
    let signer = args.sign.signer(&home)?;
    let published = open::ledger_to_read(&home)?.publish(&args.folder, &signer)?;
    let before = published.before.map_or(0, |before| before.size);
    let size = published.head.size;
    if global.format == Format::Json {
        println!(
            "{}",
            json!({
                "size": size, "root": published.head.root, "before": before, "files": published.files,
                "long": published.long, "key": signer.verifier().to_string(),
            })
        );
        return Ok(Done::Yes);
    }
    println!(
        "{} shows {}, {} of them new; {} written.",
        args.folder.display(),
        count(size, "event"),
        size - before,
        count(published.files, "file")
    );
    if !published.long.is_empty() {
        println!(
            "{} of entries stands under tile/entries-long: an entry in it is longer than the layout's 65,535 bytes.",
            count(published.long.len() as u64, "bundle")
        );
    }
    Ok(Done::Yes)
}

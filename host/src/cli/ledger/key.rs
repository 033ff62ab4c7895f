//! `countersign ledger key`.

use anstream::println;
use clap::Args;
use serde_json::json;

use super::SignArgs;
use crate::cli::exit::Done;
use crate::cli::{Format, Global, open};
use crate::runtime::make_signing_key;

/// Which key.
#[derive(Debug, Args)]
pub(in crate::cli) struct KeyArgs {
    #[command(flatten)]
    sign: SignArgs,
    /// Make the key of a deployment that has none; one that is there is never replaced.
    #[arg(long, conflicts_with = "key")]
    make: bool,
}

pub(super) fn key(global: &Global, args: &KeyArgs) -> anyhow::Result<Done> {
    let signer = if args.make {
        let home = open::home(global);
        make_signing_key(&home.signing_key(), &open::ledger_to_read(&home)?)?
    } else {
        args.sign.signer(global)?
    };
    let key = signer.verifier();
    match global.format {
        Format::Json => println!("{}", json!({ "name": key.name(), "key": key.to_string() })),
        Format::Text => println!("{key}"),
    }
    Ok(Done::Yes)
}

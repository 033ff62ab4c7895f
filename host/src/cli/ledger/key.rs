//! `countersign ledger key`.

use anstream::println;
use clap::Args;
use serde_json::json;

use super::SignArgs;
use crate::cli::exit::Done;
use crate::cli::place::{Place, for_a_folder};
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
    let key = match global.place()? {
        Place::Folder(home) if args.make => {
            make_signing_key(&home.signing_key(), &open::ledger_to_read(&home)?)?.verifier().clone()
        }
        Place::Folder(home) => args.sign.signer(&home)?.verifier().clone(),
        Place::Service(service) => {
            for_a_folder(&[("--make", args.make, "make the key where the folder is")])?;
            args.sign.not_for_a_service()?;
            service.key()?
        }
    };
    match global.format {
        Format::Json => println!("{}", json!({ "name": key.name(), "key": key.to_string() })),
        Format::Text => println!("{key}"),
    }
    Ok(Done::Yes)
}

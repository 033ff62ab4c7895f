//! `countersign policy yank`.

use anstream::println;
use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::parcel::whole_version;
use crate::cli::by::ByArgs;
use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::{Format, Global, open};
use crate::rollout::Act;
use crate::web::Reason;

/// Which module, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct YankArgs {
    /// The module: NAME@VERSION, with the whole version.
    module: String,
    /// Why. It stays on record for good, so it must name nobody.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn yank(global: &Global, args: &YankArgs) -> anyhow::Result<Done> {
    let (name, version) = whole_version(&args.module)?;
    let yank = match global.place()? {
        Place::Folder(home) => {
            let deployment = open::deployment_for_few(home.clone())?;
            let at = jiff::Timestamp::now().to_string();
            let act = Act { by: args.by.actor(), at: &at, reason: &args.reason };
            deployment.yank(&mut open::ledger(&home)?, name, &version, act)?
        }
        Place::Service(service) => {
            args.by.not_for_a_service()?;
            service.yank(name, &version, Reason::try_from(args.reason.clone()).context("--reason")?)?
        }
    };
    match global.format {
        Format::Json => println!("{}", json!({ "module": args.module, "yank": yank })),
        Format::Text => {
            println!(
                "{} is yanked: event {}. No new set can name it; sets that pin it go on, and",
                args.module, yank.seq
            );
            println!("what was decided with it still reproduces.");
        }
    }
    Ok(Done::Yes)
}

//! `countersign ledger expire`.

use std::fmt::Write as _;

use anstream::{print, println};
use anyhow::bail;
use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::erase::{events, log, says};
use crate::cli::by::ByArgs;
use crate::cli::exit::Done;
use crate::cli::place::{Place, for_a_folder};
use crate::cli::text::{count, grouped, plain, table};
use crate::cli::{Format, Global, open};
use crate::remote::Service;
use crate::runtime::{Config, Home, WrittenDue, due, expire as destroy};
use crate::web::Expired;

/// What is expired.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExpireArgs {
    /// Say what would be destroyed, and destroy nothing.
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: what would be destroyed at this time.
    #[arg(long, value_name = "TIME", requires = "dry_run")]
    now: Option<Timestamp>,
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn expire(global: &Global, args: &ExpireArgs) -> anyhow::Result<Done> {
    let expired = match global.place()? {
        Place::Folder(home) => in_folder(&home, args)?,
        Place::Service(service) => through(&service, args)?,
    };
    if global.format == Format::Json {
        println!("{}", json!(expired));
    } else {
        print!("{}", rows(&expired.rules));
    }
    let Some(destroyed) = &expired.destroyed else { return Ok(Done::Yes) };
    if global.format == Format::Text {
        match destroyed.by.as_slice() {
            [] => println!("Nothing was destroyed."),
            by => println!("The values of {} were destroyed; {} so.", events(destroyed), says(by)),
        }
    }
    Ok(log(global, destroyed, true))
}

fn in_folder(home: &Home, args: &ExpireArgs) -> anyhow::Result<Expired> {
    let config = Config::read(&home.config())?;
    if config.retention.is_empty() {
        bail!(
            "{} has no rule of retention, so everything is kept for good; add [[retention]] with keep-days",
            home.config().display()
        );
    }
    let now = args.now.unwrap_or_else(Timestamp::now);
    if args.dry_run {
        return Ok(Expired::would(&due(&config.retention, &open::ledger_to_read(home)?, now)?));
    }
    let mut ledger = open::ledger(home)?;
    let due = due(&config.retention, &ledger, now)?;
    let destroyed = destroy(&mut ledger, &due, &now.to_string(), args.by.actor())?;
    Ok(Expired::done(&due, destroyed))
}

fn through(service: &Service, args: &ExpireArgs) -> anyhow::Result<Expired> {
    for_a_folder(&[("--now", args.now.is_some(), "its own clock says when it is")])?;
    args.by.not_for_a_service()?;
    let expired = service.expire(args.dry_run)?;
    if expired.rules.is_empty() {
        bail!(
            "{} has no rule of retention, so everything is kept for good; its operator adds [[retention]] with keep-days to \
             countersign.toml",
            service.address()
        );
    }
    Ok(expired)
}

fn rows(rules: &[WrittenDue]) -> String {
    let rows = rules.iter().map(|due| vec![plain(&due.rule), grouped(due.due as u64), grouped(due.held)]);
    let mut text = table(&["rule", "due", "on hold"], 1, rows);
    let held = rules.iter().fold(0, |all: u64, due| all.saturating_add(due.held));
    if held > 0 {
        let _ = writeln!(text, "{} on hold: see `countersign ledger holds`.", count(held, "event"));
    }
    text
}

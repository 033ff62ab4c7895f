//! `countersign ledger expire`.

use std::fmt::Write as _;

use anstream::{print, println};
use anyhow::bail;
use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::erase::{self, log, says};
use crate::cli::exit::Done;
use crate::cli::text::{count, grouped, table};
use crate::cli::{Format, Global, open};
use crate::runtime::{Config, Due, WrittenDue, due};

/// What is expired.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExpireArgs {
    /// Say what would be destroyed, and destroy nothing.
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: what would be destroyed at this time.
    #[arg(long, value_name = "TIME", requires = "dry_run")]
    now: Option<Timestamp>,
    /// Who does it, as the ledger keeps it for good.
    #[arg(long, value_name = "NAME", default_value = open::ACTOR)]
    by: String,
}

pub(super) fn expire(global: &Global, args: &ExpireArgs) -> anyhow::Result<Done> {
    let home = open::home(global);
    let config = Config::read(&home.config())?;
    if config.retention.is_empty() {
        bail!(
            "{} has no rule of retention, so everything is kept for good; add [[retention]] with keep-days",
            home.config().display()
        );
    }
    let now = args.now.unwrap_or_else(Timestamp::now);
    if args.dry_run {
        let due = due(&config.retention, &open::ledger_to_read(&home)?, now)?;
        match global.format {
            Format::Json => println!("{}", json!({ "dry_run": true, "rules": rules(&due) })),
            Format::Text => print!("{}", rows(&due)),
        }
        return Ok(Done::Yes);
    }
    let mut ledger = open::ledger(&home)?;
    let due = due(&config.retention, &ledger, now)?;
    let destroyed = crate::runtime::expire(&mut ledger, &due, &now.to_string(), &args.by)?;
    match global.format {
        Format::Json => {
            let mut json = erase::json(&destroyed);
            if let Some(object) = json.as_object_mut() {
                object.insert("rules".to_owned(), rules(&due));
            }
            println!("{json}");
        }
        Format::Text => {
            print!("{}", rows(&due));
            match destroyed.by.as_slice() {
                [] => println!("Nothing was destroyed."),
                by => println!("The values of {} were destroyed; {} so.", erase::events(&destroyed), says(by)),
            }
        }
    }
    Ok(log(global, &destroyed, true))
}

fn rows(due: &[Due<'_>]) -> String {
    let rows = due.iter().map(|due| vec![due.rule.to_string(), grouped(due.events.len() as u64), grouped(due.held)]);
    let mut text = table(&["rule", "due", "on hold"], 1, rows);
    let held: u64 = due.iter().map(|due| due.held).sum();
    if held > 0 {
        let _ = writeln!(text, "{} on hold: see `countersign ledger holds`.", count(held, "event"));
    }
    text
}

fn rules(due: &[Due<'_>]) -> serde_json::Value {
    json!(due.iter().map(WrittenDue::from).collect::<Vec<_>>())
}

//! `countersign webhook`.

use std::path::PathBuf;

use anstream::{eprintln, print, println};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::exit::Done;
use super::place::WorksOn;
use super::text::{count, grouped, table};
use super::{Format, Global, open};
use crate::notify::{Progress, Webhook, make_secret, progress};
use crate::runtime::Config;

#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// Make a secret to sign with, in a file that only you can read.
    ///
    /// `secret-file` in countersign.toml names the file, and the receiver is given its text. Two lines are two secrets,
    /// and what is sent is signed with both, so that a receiver can change from one to the other.
    Secret(SecretArgs),
    /// List the webhooks of the deployment, and how far each came.
    List,
}

impl WebhookCommand {
    pub(super) fn works_on(&self) -> WorksOn {
        match self {
            Self::Secret(_) => WorksOn::Neither,
            Self::List => WorksOn::Folder,
        }
    }
}

/// Where to.
#[derive(Debug, Args)]
pub(super) struct SecretArgs {
    /// The file. It must not be there yet.
    file: PathBuf,
}

pub(super) fn webhook(global: &Global, command: &WebhookCommand) -> anyhow::Result<Done> {
    match command {
        WebhookCommand::Secret(args) => secret(global, args),
        WebhookCommand::List => list(global),
    }
}

fn secret(global: &Global, args: &SecretArgs) -> anyhow::Result<Done> {
    make_secret(&args.file)?;
    match global.format {
        Format::Json => println!("{}", json!({ "file": args.file })),
        Format::Text => {
            eprintln!("The secret is in {}: give the receiver its text, and nobody else.", args.file.display());
        }
    }
    Ok(Done::Yes)
}

fn list(global: &Global) -> anyhow::Result<Done> {
    let home = open::home(global);
    let webhooks = Config::read(&home.config())?.serve.webhooks;
    let came = |webhook: &Webhook| progress(&home.webhooks(), webhook.name());
    let came = webhooks.iter().map(came).collect::<Result<Vec<_>, _>>()?;
    let events = open::ledger_to_read(&home)?.count()?;
    let rows = webhooks.iter().zip(came);
    if global.format == Format::Json {
        println!("{}", rows.map(|(webhook, came)| as_json(webhook, came, events)).collect::<Value>());
        return Ok(Done::Yes);
    }
    if webhooks.is_empty() {
        println!("There is no webhook: add [[serve.webhooks]] to {}", home.config().display());
        return Ok(Done::Yes);
    }
    let rows = rows.map(|(webhook, came)| {
        let (next, waiting, state) = match came {
            None => ("·".to_owned(), "·".to_owned(), "begins when it is served".to_owned()),
            Some(Progress { next, failing_since }) => {
                let state = failing_since
                    .map_or_else(String::new, |since| format!("fails since {}", since.strftime("%F %H:%M UTC")));
                (grouped(next), grouped(events.saturating_sub(next)), state)
            }
        };
        vec![webhook.name().to_owned(), host(webhook), next, waiting, state]
    });
    print!("{}", table(&["webhook", "host", "next event", "wait", ""], 2, rows));
    println!("{} on record; those that wait are of all kinds.", count(events, "event"));
    Ok(Done::Yes)
}

/// Where it is, without what can be secret in an address.
fn host(webhook: &Webhook) -> String {
    let authority = |address: crate::outbound::Address| address.uri().authority().map(ToString::to_string);
    webhook.address().ok().and_then(authority).unwrap_or_default()
}

fn as_json(webhook: &Webhook, came: Option<Progress>, events: u64) -> Value {
    json!({
        "name": webhook.name(),
        "host": host(webhook),
        "next": came.as_ref().map(|came| came.next),
        "waiting": came.as_ref().map(|came| events.saturating_sub(came.next)),
        "failing_since": came.and_then(|came| came.failing_since),
    })
}

//! `countersign token`.

use std::str::FromStr;

use anstream::{eprintln, print, println};
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::by::ByArgs;
use super::exit::Done;
use super::moment::Moment;
use super::place::{Place, WorksOn, not_through_a_service};
use super::text::table;
use super::{Format, Global, open};
use crate::access::{NewToken, Permission, Role, create_token, revoke_token};
use crate::web::{Tokens, Wanted};

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Create a token for a program or a person, and print it: this once, and never again.
    ///
    /// The ledger says who created it, for whom and until when, and holds the digest of its text alone.
    Create(CreateArgs),
    /// List the tokens that were not revoked.
    List,
    /// Make a token worthless, at once and for good.
    Revoke(RevokeArgs),
}

impl TokenCommand {
    pub(super) fn works_on(&self) -> WorksOn {
        match self {
            Self::Create(_) | Self::List | Self::Revoke(_) => WorksOn::Either,
        }
    }
}

/// What a token is created with.
#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// Who comes in with it, as the ledger names them for good: a service, or a person's opaque id.
    name: String,
    /// What they are: assistant, reviewer, senior-reviewer, compliance, author, approver, operator, auditor, admin.
    #[arg(long)]
    role: Role,
    /// Let it be used for this alone, of what the role may do; can be given several times.
    #[arg(long, value_name = "PERMISSION")]
    only: Vec<Permission>,
    /// When it becomes worthless: after so many days (90d), at a time (RFC 3339), on a date, or never.
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    expires: Expiry,
    #[command(flatten)]
    by: ByArgs,
}

/// Which token.
#[derive(Debug, Args)]
pub(super) struct RevokeArgs {
    /// Its number; `token list` shows it.
    token: u64,
    /// Why. It stays on record for good, so it must name nobody.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    by: ByArgs,
}

#[derive(Clone, Copy, Debug)]
enum Expiry {
    After(SignedDuration),
    At(Timestamp),
    Never,
}

impl FromStr for Expiry {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "write a number of days such as 90d, a time, a date such as 2026-11-20, or never";
        if text == "never" {
            return Ok(Self::Never);
        }
        let days = text.strip_suffix('d').and_then(|days| days.parse::<u16>().ok()).filter(|days| *days > 0);
        if let Some(days) = days {
            return Ok(Self::After(SignedDuration::from_hours(24 * i64::from(days))));
        }
        text.parse::<Moment>().map(|moment| Self::At(moment.0)).map_err(|_| FORM)
    }
}

impl Expiry {
    fn from(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::After(duration) => Some(now.checked_add(duration).unwrap_or(Timestamp::MAX)),
            Self::At(at) => Some(at),
            Self::Never => None,
        }
    }
}

pub(super) fn token(global: &Global, command: &TokenCommand) -> anyhow::Result<Done> {
    match command {
        TokenCommand::Create(args) => create(global, args),
        TokenCommand::List => list(global),
        TokenCommand::Revoke(args) => revoke(global, args),
    }
}

fn create(global: &Global, args: &CreateArgs) -> anyhow::Result<Done> {
    let now = Timestamp::now();
    let expires_at = args.expires.from(now);
    let (number, text) = match global.place()? {
        Place::Folder(home) => {
            let new = NewToken { name: &args.name, role: args.role, only: &args.only, expires_at };
            let (number, secret) = create_token(&mut open::ledger(&home)?, &new, now, args.by.actor())?;
            (number, secret.text().to_owned())
        }
        Place::Service(service) => {
            args.by.not_for_a_service()?;
            let endless = || not_through_a_service("--expires never", "say when the token ends");
            let expires_at = expires_at.ok_or_else(endless)?;
            let (name, only) = (args.name.clone(), args.only.clone());
            let new = service.create_token(&Wanted { name, role: args.role, only, expires_at })?;
            (new.number, new.token)
        }
    };
    if global.format == Format::Json {
        println!("{}", json!({ "number": number, "token": text, "expires_at": expires_at }));
        return Ok(Done::Yes);
    }
    // The token alone on standard output, so that a script can take it.
    println!("{text}");
    let until = expires_at.map_or_else(|| "never expires".to_owned(), |at| format!("is good until {}", day(at)));
    eprintln!(
        "Token {number} of {} ({}) {until}. It is not shown again: keep it where secrets are kept.",
        args.name, args.role
    );
    Ok(Done::Yes)
}

fn list(global: &Global) -> anyhow::Result<Done> {
    let tokens = match global.place()? {
        Place::Folder(home) => Tokens::of(&open::ledger_to_read(&home)?)?.tokens,
        Place::Service(service) => service.tokens()?,
    };
    if global.format == Format::Json {
        println!("{}", serde_json::to_value(&tokens)?);
        return Ok(Done::Yes);
    }
    if tokens.is_empty() {
        println!("There is no token: countersign token create NAME --role ROLE");
        return Ok(Done::Yes);
    }
    let now = Timestamp::now();
    let rows = tokens.into_iter().map(|token| {
        let read = |at: &str| at.parse::<Timestamp>().map_or_else(|_| at.to_owned(), day);
        let over = |at: &str| at.parse::<Timestamp>().is_ok_and(|at| at <= now);
        let until = match &token.expires_at {
            None => "never".to_owned(),
            Some(at) if over(at) => format!("{} (over)", read(at)),
            Some(at) => read(at),
        };
        let only = token.only.map_or_else(|| "all of it".to_owned(), |only| only.join(", "));
        let since = read(&token.created_at);
        vec![token.number.to_string(), token.name, token.role, only, until, token.created_by, since]
    });
    print!("{}", table(&["token", "name", "role", "may", "expires", "by", "since"], 7, rows));
    Ok(Done::Yes)
}

/// A time as people read it.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%F %H:%M UTC").to_string()
}

fn revoke(global: &Global, args: &RevokeArgs) -> anyhow::Result<Done> {
    let event = match global.place()? {
        Place::Folder(home) => {
            let mut ledger = open::ledger(&home)?;
            revoke_token(&mut ledger, args.token, &args.reason, Timestamp::now(), args.by.actor())?
        }
        Place::Service(service) => {
            args.by.not_for_a_service()?;
            service.revoke_token(args.token, &args.reason)?.event
        }
    };
    match global.format {
        Format::Json => println!("{}", json!({ "number": args.token, "event": event })),
        Format::Text => println!("Token {} is worthless from now on: event {event}.", args.token),
    }
    Ok(Done::Yes)
}

//! `countersign init`.

use std::path::PathBuf;

use anstream::println;
use clap::Args;

use super::exit::Done;
use super::{Format, Global, open};
use crate::access::{NewToken, Role, create_token};
use crate::runtime;

/// What is not made anew.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Sign checkpoints of the ledger with the key in this file, not with a new one.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// How long the first token is good.
const FIRST_TOKEN: jiff::SignedDuration = jiff::SignedDuration::from_hours(90 * 24);

pub(super) fn init(global: &Global, args: &InitArgs) -> anyhow::Result<Done> {
    let home = open::home(global);
    let now = jiff::Timestamp::now();
    let at = now.to_string();
    let key = args.key.as_deref().map(runtime::signing_key).transpose()?;
    let made = runtime::init(&home, open::worker()?, &at, open::ACTOR, key)?;
    let expires_at = now.checked_add(FIRST_TOKEN)?;
    let admin = NewToken { name: "admin", role: Role::Admin, only: &[], expires_at: Some(expires_at) };
    let (number, token) = create_token(&mut open::ledger(&home)?, &admin, now, open::ACTOR)?;
    let folder = home.folder().display();
    if global.format == Format::Json {
        let key = made.key.to_string();
        println!(
            "{}",
            serde_json::json!({
                "home": folder.to_string(), "set": made.set, "modules": made.modules, "key": key,
                "token": { "number": number, "token": token.text(), "expires_at": expires_at },
            })
        );
        return Ok(Done::Yes);
    }
    println!("Made a deployment in {folder}:");
    println!("  countersign.toml        which set is active");
    println!("  catalogue.toml          your fields, how sensitive they are, what they hold: edit this first");
    println!("  sets/crm-default.toml   the default set of {} modules and their settings", made.modules);
    println!("  ledger.db               every decision, from now on");
    println!("  ledger.key              signs checkpoints of the ledger: keep it secret");
    println!();
    println!("Active: {}@{} ({})", made.set.name, made.set.version, made.set.digest.short());
    println!("Key:    {}", made.key);
    println!("        others verify what this ledger proves with this line: give it to them");
    println!("Token:  {}", token.text());
    println!(
        "        the first admin comes in with it to `countersign serve`; it is not shown again (token {number}, 90 days)"
    );
    println!("Next:   countersign evaluate FILE     decide the suggestions in FILE, one JSON object a line");
    println!("        countersign doctor            check that all is well");
    Ok(Done::Yes)
}

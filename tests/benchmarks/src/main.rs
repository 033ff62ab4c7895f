//! What Countersign costs, measured beside its yardsticks in the same process: `tests/bench` runs it.
//!
//! Every table interleaves its variants round by round, and tells ratios: they hold on another machine where
//! microseconds do not.
#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    missing_docs,
    reason = "a measurement ends at the first surprise"
)]

use std::env;
use std::process::{Command, ExitCode};

mod bare;
mod call;
mod examples;
mod flat;
mod inputs;
mod languages;
mod ledger;
mod load;
mod ordinary;
mod pipeline;
mod proof;
mod replay;
mod resident;
mod room;
mod rounds;
mod rules;
mod serve;
mod settings;
mod start;
mod syscalls;
mod table;
mod threads;
mod verify;

/// The tables by name, in the order in which they are printed.
const TABLES: &[(&str, fn())] = &[
    ("call", call::table),
    ("settings", settings::table),
    ("syscalls", syscalls::table),
    ("pipeline", pipeline::table),
    ("threads", threads::table),
    ("ledger", ledger::table),
    ("room", room::table),
    ("verify", verify::table),
    ("proof", proof::table),
    ("replay", replay::table),
    ("serve", serve::table),
    ("start", start::table),
    ("flat", flat::table),
    ("languages", languages::table),
    ("rules", rules::table),
];

fn main() -> ExitCode {
    let names: Vec<String> = env::args().skip(1).collect();
    if let [steady, what, times] = names.as_slice()
        && steady == syscalls::STEADY
    {
        syscalls::steady(what, times.parse().unwrap());
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = names.iter().find(|name| TABLES.iter().all(|(known, _)| known != name)) {
        let known: Vec<_> = TABLES.iter().map(|(name, _)| *name).collect();
        eprintln!("no table is called `{unknown}`; there are: {}", known.join(", "));
        return ExitCode::from(2);
    }
    let asked: Vec<_> =
        TABLES.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|asked| asked == name)).collect();
    if let [(_, table)] = asked.as_slice() {
        table();
        return ExitCode::SUCCESS;
    }
    // Each table in a process of its own: what one leaves in memory is no part of the next.
    for (name, _) in asked {
        let ended = Command::new(env::current_exe().unwrap()).arg(name).status().unwrap();
        assert!(ended.success(), "the table `{name}` failed");
    }
    ExitCode::SUCCESS
}

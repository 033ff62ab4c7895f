//! `countersign evaluate`.

mod check;
mod folder;
mod input;
mod report;
mod run;
mod service;

use clap::{ArgGroup, Args};

use super::Global;
use super::exit::Done;
use super::place::Place;
use input::open_input;

/// What to decide, and how.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("mode").args(["record", "dry_run"])))]
pub(super) struct EvaluateArgs {
    /// Suggestions, one JSON object a line (`countersign schema suggestion`); `-` reads standard input.
    file: String,
    /// Record the decisions; this is the default.
    #[arg(long)]
    record: bool,
    /// Decide and record nothing. Each suggestion is judged against the ledger as it stands.
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: a set by name, or a file that ends in .toml. What is recorded is decided as `set status` says.
    #[arg(long, value_name = "SET", requires = "dry_run")]
    set: Option<String>,
    /// Threads that judge; all cores if not given. The decisions are the same for any number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// Decide the good lines of a file with bad ones, say each bad one, and exit 3 at the end.
    #[arg(long)]
    keep_going: bool,
    /// Judge as of this time (RFC 3339): the modules' only clock. The ledger also keeps when it really was.
    #[arg(long, value_name = "TIME")]
    now: Option<jiff::Timestamp>,
}

pub(super) fn evaluate(global: &Global, args: &EvaluateArgs) -> anyhow::Result<Done> {
    match global.place()? {
        Place::Folder(home) => folder::evaluate(global.format, args, open_input(&args.file)?, &home),
        Place::Service(service) => service::evaluate(global.format, args, &service),
    }
}

/// All cores of this machine.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(64)
}

//! `countersign replay`.

mod given;
mod merge;
mod reports;
mod run;
mod service;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Global;
use super::exit::Done;
use super::place::WorksOn;
use crate::replay::Recheck;
use given::Shard;

/// What to replay, and what to say about it.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct ReplayArgs {
    #[command(subcommand)]
    command: Option<ReplayCommand>,
    /// The set under test: its name, or a file that ends in .toml.
    #[arg(long, value_name = "SET", required = true)]
    candidate: Option<String>,
    /// Compare with this set instead of what is on record.
    #[arg(long, value_name = "SET")]
    baseline: Option<String>,
    /// Threads; all cores if not given. The report is the same for any number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// Replay only this part of the history, such as 1/4; `replay merge` puts the JSON reports of all parts together.
    #[arg(long, value_name = "I/N", default_value = "1/1")]
    shard: Shard,
    /// Call every module, also where its answer is on record: same module, settings and inputs.
    #[arg(long)]
    full: bool,
    /// The share of the suggestions whose recorded answers are computed again all the same; a difference is exit 4.
    #[arg(long, value_name = "PERCENT", default_value = "1%", conflicts_with = "full")]
    recheck: Recheck,
    #[command(flatten)]
    history: HistoryArgs,
    #[command(flatten)]
    output: reports::OutputArgs,
}

#[derive(Debug, Subcommand)]
enum ReplayCommand {
    /// Put the JSON reports of all shards together: the same bytes as of one run.
    Merge(MergeArgs),
}

impl ReplayArgs {
    pub(super) fn works_on(&self) -> WorksOn {
        match self.command {
            Some(ReplayCommand::Merge(_)) => WorksOn::Neither,
            None => WorksOn::Either,
        }
    }
}

/// Which reports.
#[derive(Debug, Args)]
struct MergeArgs {
    /// The JSON reports of all shards, in any order.
    #[arg(required = true, value_name = "JSON")]
    shards: Vec<PathBuf>,
    #[command(flatten)]
    output: reports::OutputArgs,
}

pub(super) use given::HistoryArgs;
pub(super) use reports::{Form, form_of, write_whole};
pub(super) use run::{STOP, bar, stop_on_signal};

pub(super) fn replay(global: &Global, args: &ReplayArgs) -> anyhow::Result<Done> {
    match &args.command {
        Some(ReplayCommand::Merge(args)) => merge::merge(global, args),
        None => run::run(global, args),
    }
}

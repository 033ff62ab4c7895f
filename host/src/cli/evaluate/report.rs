//! What `evaluate` says about the decisions as they come.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};

use anstream::println;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::Format;
use crate::cli::text::{count, one_line, outcomes_table};
use crate::model::{Operation, Outcome};
use crate::runtime::{Answered, GROUP};

/// Above this many decisions, the text output is a table alone.
const LISTED: u64 = 20;

/// What is said about the decisions as they come.
pub(super) struct Report {
    format: Format,
    pub(super) bar: ProgressBar,
    listed: bool,
    counts: BTreeMap<(Operation, Outcome), u64>,
    repeated: u64,
}

impl Report {
    pub(super) fn new(format: Format, all: u64) -> Self {
        let visible = io::stderr().is_terminal() && all > GROUP as u64;
        let bar = if visible { ProgressBar::new(all) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta} left") {
            bar.set_style(style);
        }
        Self { format, bar, listed: all <= LISTED, counts: BTreeMap::new(), repeated: 0 }
    }

    pub(super) fn add(&mut self, answer: &Answered, operation: Operation) -> anyhow::Result<()> {
        let Answered { decision, repeated, .. } = answer;
        *self.counts.entry((operation, decision.outcome)).or_default() += 1;
        self.repeated += u64::from(*repeated);
        self.bar.inc(1);
        match self.format {
            Format::Json => {
                // In one piece: standard output looks for the end of a line in each.
                let mut line = serde_json::to_vec(&answer.written())?;
                line.push(b'\n');
                io::stdout().write_all(&line)?;
            }
            Format::Text if self.listed => println!("{}", one_line(decision)),
            Format::Text => {}
        }
        Ok(())
    }

    pub(super) fn finish(&self, dry_run: bool) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        if self.format == Format::Json {
            return Ok(io::stdout().flush()?);
        }
        if self.listed {
            println!();
        }
        println!("{}", outcomes_table(&self.counts).trim_end());
        println!();
        let all = count(self.counts.values().sum(), "decision");
        match (dry_run, self.repeated) {
            (true, _) => println!("{all}, none recorded (--dry-run)."),
            (false, 0) => println!("{all}, all recorded. Why: countersign ledger show ID"),
            (false, old) => println!(
                "{all}: {} recorded now, {old} on record before. Why: countersign ledger show ID",
                self.counts.values().sum::<u64>() - old
            ),
        }
        Ok(())
    }
}

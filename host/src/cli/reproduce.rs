//! `countersign reproduce`.

use std::io::{self, IsTerminal};

use anstream::println;
use anyhow::{anyhow, bail};
use clap::{ArgGroup, Args};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::evaluate::cores;
use super::exit::Done;
use super::text::count;
use super::{Format, Global, open};
use crate::ledger::{Ledger, Recorded};
use crate::pipeline::on_threads;
use crate::reproduce::{Difference, ReproduceError, Reproducer, Rerun};
use crate::runtime::GROUP;

/// Which decisions.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").required(true).args(["id", "all", "sample"])))]
pub(super) struct ReproduceArgs {
    /// The suggestion's id.
    id: Option<String>,
    /// Every decision on record.
    #[arg(long)]
    all: bool,
    /// This many decisions, spread evenly over the ledger.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    sample: Option<u64>,
    /// Threads; all cores if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
}

pub(super) fn reproduce(global: &Global, args: &ReproduceArgs) -> anyhow::Result<Done> {
    let jobs = args.jobs.map_or_else(cores, usize::from);
    let home = open::home(global);
    let deployment = open::deployment(home.clone(), jobs)?;
    let ledger = open::ledger_to_read(&home)?;
    let mut reproducer = Reproducer::new(&ledger, &deployment.sandbox, &deployment.engine);
    let mut tally = Tally::new(global.format, args.id.is_some());
    let mut group = Vec::with_capacity(GROUP);
    for recorded in chosen(&ledger, args)? {
        let recorded = recorded?;
        let id = recorded_id(&recorded);
        match reproducer.gather(&recorded) {
            Ok(rerun) => group.push((id, rerun)),
            Err(error @ (ReproduceError::Erased | ReproduceError::Stalled(_))) => tally.not_possible(&id, &error)?,
            Err(error) => return Err(anyhow::Error::new(error).context(format!("the decision about `{id}`"))),
        }
        if group.len() == GROUP {
            run(&group, jobs, &mut tally)?;
            group.clear();
        }
    }
    run(&group, jobs, &mut tally)?;
    tally.finish()
}

type Chosen<'a> = Box<dyn Iterator<Item = Result<Recorded, crate::ledger::LedgerError>> + 'a>;

fn chosen<'a>(ledger: &'a Ledger, args: &ReproduceArgs) -> anyhow::Result<Chosen<'a>> {
    if let Some(id) = &args.id {
        let recorded = ledger.decision(id)?;
        let recorded = recorded
            .ok_or_else(|| anyhow!("no decision about the suggestion `{id}` is on record; check the id, and --home"))?;
        return Ok(Box::new(std::iter::once(Ok(recorded))));
    }
    let Some(sample) = args.sample else { return Ok(Box::new(ledger.decisions()?)) };
    let step = usize::try_from((ledger.count()? / sample).max(1))?;
    Ok(Box::new(ledger.decisions()?.step_by(step).take(usize::try_from(sample)?)))
}

fn recorded_id(recorded: &Recorded) -> String {
    #[derive(serde::Deserialize)]
    struct Entry {
        body: Body,
    }
    #[derive(serde::Deserialize)]
    struct Body {
        id: String,
    }
    let entry: Result<Entry, _> = serde_json::from_str(&recorded.entry);
    entry.map_or_else(|_| format!("event {}", recorded.seq), |entry| entry.body.id)
}

/// Runs a group again on all threads, and counts in order.
fn run(group: &[(String, Rerun<'_>)], jobs: usize, tally: &mut Tally) -> anyhow::Result<()> {
    let done = on_threads(jobs, group, |scratch, (_, rerun)| rerun.run(scratch))?;
    for ((id, rerun), outcome) in group.iter().zip(done) {
        tally.add(id, &outcome?, rerun.same_engine());
    }
    Ok(())
}

/// What came out so far.
struct Tally {
    format: Format,
    bar: ProgressBar,
    single: bool,
    equal: u64,
    differing: u64,
    impossible: u64,
    other_engine: u64,
}

impl Tally {
    fn new(format: Format, single: bool) -> Self {
        let bar = if io::stderr().is_terminal() && !single { ProgressBar::no_length() } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} decisions run again, {per_sec}") {
            bar.set_style(style);
        }
        Self { format, bar, single, equal: 0, differing: 0, impossible: 0, other_engine: 0 }
    }

    fn not_possible(&mut self, id: &str, error: &ReproduceError) -> anyhow::Result<()> {
        if self.single {
            bail!("the decision about `{id}` cannot be run again: {error}");
        }
        self.impossible += 1;
        self.bar.suspend(|| println!("{id}: {error}"));
        Ok(())
    }

    fn add(&mut self, id: &str, differences: &[Difference], same_engine: bool) {
        self.bar.inc(1);
        self.other_engine += u64::from(!same_engine);
        if differences.is_empty() {
            self.equal += 1;
            return;
        }
        self.differing += 1;
        self.bar.suspend(|| match self.format {
            Format::Json => println!("{}", json!({ "id": id, "equal": false, "differences": differences })),
            Format::Text => {
                println!("{id} comes out otherwise:");
                for Difference { part, recorded, now } in differences {
                    println!("  {part}\n    on record  {recorded}\n    now        {now}");
                }
            }
        });
    }

    fn finish(&self) -> anyhow::Result<Done> {
        self.bar.finish_and_clear();
        let Self { equal, differing, impossible, .. } = self;
        if self.equal + self.differing + self.impossible == 0 {
            bail!("there is no decision on record yet");
        }
        match self.format {
            Format::Json => {
                println!("{}", json!({ "equal": equal, "differing": differing, "not_possible": impossible }));
            }
            Format::Text => {
                println!("{} run again: {equal} equal, {differing} different.", count(equal + differing, "decision"));
                if self.other_engine > 0 {
                    println!(
                        "{} made with another engine: fuel was not compared there.",
                        count(self.other_engine, "decision")
                    );
                }
                if *impossible > 0 {
                    println!("{} could not be run again; see above.", count(*impossible, "decision"));
                }
            }
        }
        Ok(if *differing > 0 { Done::No } else { Done::Yes })
    }
}

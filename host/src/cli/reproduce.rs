//! `countersign reproduce`.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;

use anstream::println;
use anyhow::{anyhow, bail};
use clap::{ArgGroup, Args};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::evaluate::cores;
use super::exit::Done;
use super::place::{Place, for_a_folder};
use super::text::{count, plain};
use super::{Format, Global, open};
use crate::ledger::DecisionRow;
use crate::pipeline::stream;
use crate::remote::Service;
use crate::reproduce::{Difference, PastSets, ReproduceError, Rerun};
use crate::runtime::Home;
use crate::sandbox::Scratch;
use crate::web::{Code, Reproduced};

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
    match global.place()? {
        Place::Folder(home) => in_folder(global, args, &home),
        Place::Service(service) => through(&service, global, args),
    }
}

/// Has one decision made again by a service.
fn through(service: &Service, global: &Global, args: &ReproduceArgs) -> anyhow::Result<Done> {
    const ONE: &str = "it makes one decision again at a time; run many where the folder is";
    let jobs = ("--jobs", args.jobs.is_some(), "it has threads of its own");
    for_a_folder(&[("--all", args.all, ONE), ("--sample", args.sample.is_some(), ONE), jobs])?;
    let id = args.id.as_deref().unwrap_or_default();
    let mut tally = Tally::new(global.format, true);
    let reproduced = match service.reproduced(id) {
        Ok(reproduced) => Ok(reproduced),
        Err(error) => match error.said() {
            Some(said) if said.is(Code::Erased) => Err(ReproduceError::Erased),
            Some(said) if said.is(Code::Conflict) => {
                bail!("the decision about `{id}` cannot be run again: {}", said.detail)
            }
            _ => return Err(error.into()),
        },
    };
    tally.add(id, reproduced)?;
    tally.finish()
}

fn in_folder(global: &Global, args: &ReproduceArgs, home: &Home) -> anyhow::Result<Done> {
    let jobs = args.jobs.map_or_else(cores, usize::from);
    let deployment = open::deployment(home.clone(), jobs)?;
    let ledger = open::ledger_to_read(home)?;
    let past = PastSets::new(open::ledger_to_read(home)?, &deployment.sandbox);
    let mut tally = Tally::new(global.format, args.id.is_some());
    if let Some(id) = &args.id {
        let recorded = ledger
            .decision(id)?
            .ok_or_else(|| anyhow!("no decision about the suggestion `{id}` is on record; check the id, and --home"))?;
        let body = recorded.body.ok_or(ReproduceError::Erased);
        let rerun = body.and_then(|body| Rerun::gather(&past, &deployment.engine, &body));
        tally.add(id, rerun.map(|rerun| Reproduced::of(id.clone(), &rerun, &mut Scratch::default())))?;
        return tally.finish();
    }
    let before = ledger.count()?;
    // Without a sample, every decision; with one, every so-many-th.
    let all = ledger.decisions_before(before)?;
    let step = args.sample.map_or(1, |sample| (all / sample).max(1));
    let most = args.sample.unwrap_or(u64::MAX);
    let mut number = 0_u64;
    let pages = ledger.decision_pages(0..before, (0, 1)).map(|page| {
        let mut page = page?;
        page.retain(|_| {
            number += 1;
            (number - 1).is_multiple_of(step) && (number - 1) / step < most
        });
        Ok::<_, anyhow::Error>(page)
    });
    let each = |scratch: &mut Scratch, page: Vec<DecisionRow>| -> Vec<(String, Result<Reproduced, ReproduceError>)> {
        page.into_iter()
            .map(|row| {
                let rerun = row.open(true).map_err(ReproduceError::from);
                let rerun = rerun.and_then(|body| Rerun::gather(&past, &deployment.engine, &body));
                let id = row.suggestion_id;
                let ran = rerun.map(|rerun| Reproduced::of(id.clone(), &rerun, scratch));
                (id, ran)
            })
            .collect()
    };
    stream(jobs, pages, Scratch::default, each, |page| {
        for (id, ran) in page {
            tally.add(&id, ran)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    tally.finish()
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

    fn add(&mut self, id: &str, ran: Result<Reproduced, ReproduceError>) -> anyhow::Result<()> {
        let Reproduced { differences, same_engine, .. } = match ran {
            Ok(ran) => ran,
            Err(error @ (ReproduceError::Erased | ReproduceError::Stalled(_))) => return self.not_possible(id, &error),
            Err(error) => return Err(anyhow::Error::new(error).context(format!("the decision about `{id}`"))),
        };
        self.bar.inc(1);
        self.other_engine += u64::from(!same_engine);
        if differences.is_empty() {
            self.equal += 1;
            return Ok(());
        }
        self.differing += 1;
        self.bar.suspend(|| match self.format {
            Format::Json => println!("{}", json!({ "id": id, "equal": false, "differences": differences })),
            Format::Text => {
                println!("{id} comes out otherwise:");
                for Difference { part, recorded, now } in differences {
                    let [part, recorded, now] = [part, recorded, now].map(|text| plain(&text));
                    println!("  {part}\n    on record  {recorded}\n    now        {now}");
                }
            }
        });
        Ok(())
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

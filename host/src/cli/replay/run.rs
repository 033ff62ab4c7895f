//! One replay, from its arguments to its reports.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::eprintln;
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::{ReplayArgs, service};
use crate::cli::evaluate::cores;
use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::{Global, open};
use crate::replay::{Replay, Report};
use crate::runtime::Home;

/// Becomes true when the user wants it to end: what is done by then is reported.
pub(in crate::cli) static STOP: AtomicBool = AtomicBool::new(false);

pub(super) fn run(global: &Global, args: &ReplayArgs) -> anyhow::Result<Done> {
    let outputs = args.output.open()?;
    let report = match global.place()? {
        Place::Folder(home) => in_folder(home, args)?,
        Place::Service(service) => service::through(&service, args)?,
    };
    outputs.write(global, &report)
}

fn in_folder(home: Home, args: &ReplayArgs) -> anyhow::Result<Report> {
    if args.history.is_file() && args.baseline.is_none() {
        bail!("--input has no decisions on record to compare with: name a --baseline");
    }
    let jobs = args.jobs.map_or_else(cores, usize::from);
    let deployment =
        if args.history.is_file() { open::deployment_or_default(home, jobs)? } else { open::deployment(home, jobs)? };
    let candidate = deployment.load_to_read(args.candidate.as_deref())?;
    let baseline = args.baseline.as_deref().map(|named| deployment.load_to_read(Some(named))).transpose()?;
    let catalogue = args.history.catalogue()?;
    let history = args.history.open(&deployment)?;
    let replay = Replay {
        candidate: &candidate,
        baseline: baseline.as_ref(),
        catalogue: catalogue.as_ref().map(|(catalogue, digest)| (catalogue, *digest)),
        engine: &deployment.engine,
        selection: args.history.selection(),
        shard: (args.shard.number, args.shard.of),
        jobs,
        full: args.full,
        recheck_ppm: args.recheck.0,
        most: u64::MAX,
        stop: &STOP,
    };
    stop_on_signal()?;
    let bar = bar(history.size(args.shard.of)?);
    let report = replay.report(history.replay(&replay, |done| bar.inc(done))?);
    bar.finish_and_clear();
    // One shard of a small history may have nothing to do; a whole that has nothing to show is a mistake.
    if report.is_empty() && args.shard.of == 1 && report.extent.complete {
        bail!("nothing of the history is selected: look at --from, --to and --where");
    }
    Ok(report)
}

/// The first interruption ends the replay with a report of what is done; the second ends the program.
pub(in crate::cli) fn stop_on_signal() -> anyhow::Result<()> {
    const ENDED_BY_SIGNAL: i32 = 130;
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(ENDED_BY_SIGNAL);
        }
        eprintln!("Stopping: what is done is reported; interrupt again to stop at once.");
    })
    .context("signals cannot be handled")
}

/// Progress with rate and time left, where somebody looks.
pub(in crate::cli) fn bar(all: u64) -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(all) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    bar
}

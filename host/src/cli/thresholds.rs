//! `countersign report thresholds`.

use std::path::PathBuf;

use anstream::println;
use anyhow::{anyhow, bail};
use clap::{Args, Subcommand, ValueEnum};

use super::evaluate::cores;
use super::exit::Done;
use super::place::WorksOn;
use super::replay::{HistoryArgs, STOP, bar, stop_on_signal, write_whole};
use super::text::{count, table};
use super::{Format, Global, open};
use crate::pipeline::LoadedSet;
use crate::replay::{Gathers, Part, Percent, Point, Rate, Replay};
use crate::runtime::{
    Deployment, Rehearses, ThresholdError, ThresholdReport, ThresholdTerms, ThresholdsBy, thresholds as find,
};

/// Every how many steps a point of the curve is shown: thresholds 0.025 apart.
const SHOWN_EVERY: usize = 5;

/// From which threshold on the curve is shown to people.
const SHOWN_FROM: f64 = 0.5;

#[derive(Debug, Subcommand)]
pub(super) enum ReportCommand {
    /// Find the lowest confidence that keeps wrong changes from being applied, and check it on history held back.
    Thresholds(ThresholdArgs),
}

impl ReportCommand {
    pub(super) fn works_on(&self) -> WorksOn {
        match self {
            Self::Thresholds(_) => WorksOn::Folder,
        }
    }
}

/// Which promise, and by what thresholds may be set.
#[derive(Debug, Args)]
pub(super) struct ThresholdArgs {
    /// The most of what is applied that may be wrong, to be kept with 95 % confidence.
    #[arg(long, value_name = "PERCENT")]
    target: Percent,
    /// The set: its name, or a file that ends in .toml; the active one if none is named.
    #[arg(long, value_name = "SET")]
    set: Option<String>,
    /// The policy in it whose threshold is set.
    #[arg(long, value_name = "NAME", default_value = "confidence")]
    module: String,
    /// Let thresholds differ by this.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// The share of the history that is held back to check the promise on.
    #[arg(long, value_name = "PERCENT", default_value = "30%")]
    hold_back: Percent,
    /// Write the set with the recommended thresholds into this file, with its version raised.
    #[arg(long, value_name = "TOML")]
    out: Option<PathBuf>,
    /// Threads; all cores if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    #[command(flatten)]
    history: HistoryArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Field,
    Segment,
    Assistant,
}

pub(super) fn report(global: &Global, command: &ReportCommand) -> anyhow::Result<Done> {
    let ReportCommand::Thresholds(args) = command;
    thresholds(global, args)
}

fn thresholds(global: &Global, args: &ThresholdArgs) -> anyhow::Result<Done> {
    let jobs = args.jobs.map_or_else(cores, usize::from);
    let home = open::home(global);
    let deployment =
        if args.history.is_file() { open::deployment_or_default(home, jobs)? } else { open::deployment(home, jobs)? };
    let terms = ThresholdTerms {
        target: args.target,
        set: args.set.clone(),
        module: args.module.clone(),
        by: args.by.map(|by| match by {
            By::Field => ThresholdsBy::Field,
            By::Segment => ThresholdsBy::Segment,
            By::Assistant => ThresholdsBy::Assistant,
        }),
        hold_back: args.hold_back,
    };
    stop_on_signal()?;
    let found = find(&deployment, &terms, &Given { args, deployment: &deployment, jobs });
    let (report, written) = found.map_err(|error| match error.downcast_ref::<ThresholdError>() {
        Some(ThresholdError::NoModule { .. }) => anyhow!("{error} with --module"),
        Some(ThresholdError::NoTruth) => {
            anyhow!("{error}: give --labels, or record what people know with `countersign truth import`")
        }
        None => error,
    })?;
    if let Some(out) = &args.out {
        write_whole(out, &written)?;
    }
    match global.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
        Format::Text => show(args, &report),
    }
    Ok(if report.kept { Done::Yes } else { Done::No })
}

/// The history that was given.
struct Given<'a> {
    args: &'a ThresholdArgs,
    deployment: &'a Deployment,
    jobs: usize,
}

impl Rehearses for Given<'_> {
    type Error = anyhow::Error;

    fn rehearse<G: Gathers>(
        &self,
        candidate: &LoadedSet<'_>,
        current: &LoadedSet<'_>,
        part: Part,
    ) -> anyhow::Result<Vec<G>> {
        let given = &self.args.history;
        let catalogue = given.catalogue()?;
        let history = given.open(self.deployment)?;
        let mut selection = given.selection();
        selection.part = Some(part);
        let replay = Replay {
            candidate,
            baseline: Some(current),
            catalogue: catalogue.as_ref().map(|(catalogue, digest)| (catalogue, *digest)),
            engine: &self.deployment.engine,
            selection,
            shard: (1, 1),
            jobs: self.jobs,
            full: false,
            recheck_ppm: 0,
            most: u64::MAX,
            stop: &STOP,
        };
        let bar = bar(history.size(1)?);
        let gathered = history.replay(&replay, |done| bar.inc(done))?;
        bar.finish_and_clear();
        if !gathered.complete {
            bail!("interrupted: nothing is recommended from a part of the history, and nothing was written");
        }
        Ok(gathered.parts)
    }
}

fn show(args: &ThresholdArgs, report: &ThresholdReport) {
    let ThresholdReport { target, set, curve, recommended, by, own, held_back, kept } = report;
    println!("Automation against wrong changes applied, by the threshold of `{}` in {set}\n", args.module);
    let shown = curve.iter().step_by(SHOWN_EVERY).filter(|point| point.threshold >= SHOWN_FROM);
    let row =
        |point: &Point| vec![point.threshold.to_string(), percent(point.automation), interval(point.false_applies)];
    println!("{}", table(&["threshold", "applied", "of these wrong (95 % interval)"], 0, shown.map(row)));
    let words = |point: &Option<Point>| match point {
        Some(point) => format!("{}, which applies {}", point.threshold, percent(point.automation)),
        None => "none: no threshold can be shown to keep this; only full confidence would pass".to_owned(),
    };
    println!("At most {} % wrong, with 95 % confidence: {}.", target * 100.0, words(recommended));
    if let Some(by) = by.map(ThresholdsBy::as_str) {
        if own.is_empty() {
            println!("No {by} has evidence enough for a threshold of its own.");
        } else {
            println!("\nThese have thresholds of their own; the one above is for all others:\n");
            let rows = own.iter().map(|(name, point)| {
                vec![
                    name.clone(),
                    point.threshold.to_string(),
                    percent(point.automation),
                    interval(point.false_applies),
                ]
            });
            println!("{}", table(&[by, "threshold", "applied", "of these wrong (95 % interval)"], 1, rows));
        }
    }
    println!("\nOn {} held back, which no threshold was chosen by:\n", count(held_back.suggestions, "suggestion"));
    let rows = [
        ("as it is", held_back.automation_before, held_back.false_applies_before),
        ("as proposed", held_back.automation_after, held_back.false_applies_after),
    ];
    let rows = rows.map(|(name, applied, wrong)| vec![name.to_owned(), percent(applied), interval(wrong)]);
    println!("{}", table(&["the set", "applied", "of these wrong (95 % interval)"], 1, rows));
    println!("The promise {} there.", if *kept { "holds" } else { "does NOT hold" });
    if let Some(out) = &args.out {
        println!("The proposed set stands in {}.", out.display());
    }
}

fn percent(rate: Rate) -> String {
    rate.value().map_or_else(|| "–".to_owned(), |value| format!("{:.1} %", value * 100.0))
}

fn interval(rate: Rate) -> String {
    rate.estimate().map_or_else(
        || "nothing known".to_owned(),
        |estimate| {
            let of = [estimate.value, estimate.low, estimate.high].map(|part| format!("{:.2}", part * 100.0));
            let [value, low, high] = of;
            format!("{value} % ({low} to {high})")
        },
    )
}

//! `countersign report thresholds`.

use std::path::PathBuf;
use std::str::FromStr;

use anstream::println;
use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::evaluate::cores;
use super::exit::Done;
use super::place::WorksOn;
use super::replay::{HistoryArgs, STOP, bar, stop_on_signal, write_whole};
use super::text::{count, table};
use super::{Format, Global, open};
use crate::pipeline::LoadedSet;
use crate::replay::{Counts, Dimension, Part, Point, Proposed, Rate, Replay, Side, Slice, Sweep, propose};
use crate::runtime::Deployment;

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

/// A share.
#[derive(Clone, Copy, Debug)]
struct Percent(f64);

impl FromStr for Percent {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "write a share above 0 and below 100 percent, such as 1%";
        let percent: f64 = text.trim_end_matches('%').trim().parse().map_err(|_| FORM)?;
        if percent > 0.0 && percent < 100.0 { Ok(Self(percent / 100.0)) } else { Err(FORM) }
    }
}

/// What is answered, as JSON has it.
#[derive(Serialize)]
struct Answer<'a> {
    target: f64,
    set: String,
    /// Every threshold from 0 to 1 for the whole calibration part.
    curve: Vec<Point>,
    recommended: Option<Point>,
    by: Option<&'static str>,
    own: Vec<(&'a str, Point)>,
    /// On what was held back: the set as it is, and as proposed.
    held_back: HeldBack,
    kept: bool,
}

#[derive(Serialize)]
struct HeldBack {
    suggestions: u64,
    automation_before: Rate,
    automation_after: Rate,
    false_applies_before: Rate,
    false_applies_after: Rate,
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
    let named = args.set.clone().map_or_else(|| deployment.active_name(), Ok)?;
    let (path, text) = deployment.set_file(&named)?;
    let set = deployment.set_to_read(Some(&named))?;
    let Some(rest) = set.without(&args.module) else {
        bail!(
            "the set {} has no policy `{}`; name the one with the threshold with --module",
            set.lock.name,
            args.module
        );
    };
    let current = LoadedSet::new(set, &deployment.sandbox);
    let rest = LoadedSet::new(std::sync::Arc::new(rest), &deployment.sandbox);
    stop_on_signal()?;
    let sweep: Sweep = run(&deployment, args, jobs, &rest, &current, Part::Others)?.into_iter().fold(
        Sweep::default(),
        |mut all, part| {
            all.add(part);
            all
        },
    );
    let by = args.by.map(|by| match by {
        By::Field => Dimension::Field,
        By::Segment => Dimension::Segment,
        By::Assistant => Dimension::Assistant,
    });
    let proposed = propose(&sweep, by, args.target.0);
    let written = proposed.write(&text, &args.module)?;
    let candidate = LoadedSet::new(deployment.set_from(&path, &written)?, &deployment.sandbox);
    let held_back = run::<Counts>(&deployment, args, jobs, &candidate, &current, Part::HeldBack)?.into_iter().fold(
        Slice::default(),
        |mut all, part| {
            all.add(&part.all);
            all
        },
    );
    if sweep.all.labelled() == 0 || held_back.labelled() == 0 {
        bail!(
            "nobody has said which suggestions were right: give --labels, or record what people know with `countersign truth import`"
        );
    }
    let false_applies = held_back.false_applies(Side::After);
    // Where nothing is applied, nothing wrong is.
    let kept = false_applies.value().is_none_or(|rate| rate <= args.target.0);
    if let Some(out) = &args.out {
        write_whole(out, &written)?;
    }
    let answer = Answer {
        target: args.target.0,
        set: format!("{}@{}", current.set().lock.name, current.set().lock.version),
        curve: sweep.all.points().collect(),
        recommended: proposed.general,
        by: by.map(Dimension::as_str),
        own: own(&proposed),
        held_back: HeldBack {
            suggestions: held_back.suggestions(),
            automation_before: held_back.automation(Side::Before),
            automation_after: held_back.automation(Side::After),
            false_applies_before: held_back.false_applies(Side::Before),
            false_applies_after: false_applies,
        },
        kept,
    };
    match global.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&answer)?),
        Format::Text => show(args, &answer),
    }
    Ok(if kept { Done::Yes } else { Done::No })
}

fn own(proposed: &Proposed) -> Vec<(&str, Point)> {
    let names = proposed.by.iter().flat_map(|(_, names)| names);
    names.map(|(name, point)| (name.as_str(), *point)).collect()
}

/// Replays one part of the history with a candidate beside the set as it is.
fn run<G: crate::replay::Gathers>(
    deployment: &Deployment,
    args: &ThresholdArgs,
    jobs: usize,
    candidate: &LoadedSet<'_>,
    current: &LoadedSet<'_>,
    part: fn(u32) -> Part,
) -> anyhow::Result<Vec<G>> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the share is between 0 and 1")]
    let share = (args.hold_back.0 * 1e6) as u32;
    let catalogue = args.history.catalogue()?;
    let history = args.history.open(deployment)?;
    let mut selection = args.history.selection();
    selection.part = Some(part(share));
    let replay = Replay {
        candidate,
        baseline: Some(current),
        catalogue: catalogue.as_ref().map(|(catalogue, digest)| (catalogue, *digest)),
        engine: &deployment.engine,
        selection,
        shard: (1, 1),
        jobs,
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

fn show(args: &ThresholdArgs, answer: &Answer<'_>) {
    let Answer { target, set, curve, recommended, by, own, held_back, kept } = answer;
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
    if let Some(by) = by {
        if own.is_empty() {
            println!("No {by} has evidence enough for a threshold of its own.");
        } else {
            println!("\nThese have thresholds of their own; the one above is for all others:\n");
            let rows = own.iter().map(|(name, point)| {
                vec![
                    (*name).to_owned(),
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

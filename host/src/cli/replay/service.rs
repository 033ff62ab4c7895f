//! A replay that a service does of what it has on record: begun, waited for, and stopped where the user wants that.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::ReplayArgs;
use super::run::{STOP, bar, stop_on_signal};
use crate::cli::place::{WrongUsage, for_a_folder};
use crate::remote::Service;
use crate::replay::{Report, Selection};
use crate::web::{ReplayIs, ReplayReported, WantedReplay};

/// The first pause before it is asked again how far it is; each is longer than the one before.
const FIRST: Duration = Duration::from_millis(50);

/// The longest of these pauses.
const LONGEST: Duration = Duration::from_secs(1);

pub(super) fn through(service: &Service, args: &ReplayArgs) -> anyhow::Result<Report> {
    refuse(args)?;
    // Before it begins: one that was begun is always stopped.
    stop_on_signal()?;
    let id = service.begin_replay(&wanted(args))?;
    let goes_on = || format!("the replay {id} may go on there; DELETE /v1/replays/{id} stops it");
    let bar = bar(0);
    let (mut pause, mut stopped) = (FIRST, false);
    loop {
        let ReplayReported { shown, report } = service.replay(&id).with_context(goes_on)?;
        bar.set_length(shown.all);
        bar.set_position(shown.done);
        match (shown.state, report) {
            (ReplayIs::Running, _) => {}
            (ReplayIs::Done | ReplayIs::Stopped, Some(report)) => {
                bar.finish_and_clear();
                return Ok(report);
            }
            (ReplayIs::Done | ReplayIs::Stopped, None) => {
                bail!("{}: the replay {id} is over without a report", service.address());
            }
            (ReplayIs::Failed, _) => {
                bar.finish_and_clear();
                return Err(service.not_replayed(&shown).into());
            }
        }
        if !stopped && STOP.load(Ordering::Relaxed) {
            service.stop_replay(&id).with_context(goes_on)?;
            stopped = true;
        }
        rest(pause, stopped);
        pause = (pause * 2).min(LONGEST);
    }
}

/// Waits, and no longer than until the user interrupts.
fn rest(pause: Duration, stopped: bool) {
    let until = Instant::now() + pause;
    while Instant::now() < until && (stopped || !STOP.load(Ordering::Relaxed)) {
        thread::sleep(FIRST);
    }
}

/// Refuses what is for a folder.
fn refuse(args: &ReplayArgs) -> Result<(), WrongUsage> {
    let is_file = |set: Option<&str>| {
        let extension = set.and_then(|set| Path::new(set).extension());
        extension.is_some_and(|extension| extension == "toml")
    };
    args.history.not_for_a_service()?;
    for_a_folder(&[
        ("--candidate FILE", is_file(args.candidate.as_deref()), "name a set of its folder"),
        ("--baseline FILE", is_file(args.baseline.as_deref()), "name a set of its folder"),
        ("--jobs", args.jobs.is_some(), "it replays on one thread, which gives way to all others"),
        ("--shard", args.shard.of > 1, "it replays all of it"),
    ])
}

fn wanted(args: &ReplayArgs) -> WantedReplay {
    let Selection { from, to, conditions, .. } = args.history.selection();
    WantedReplay {
        candidate: args.candidate.clone().unwrap_or_default(),
        baseline: args.baseline.clone(),
        from,
        to,
        conditions: conditions.words().join(","),
        full: args.full,
        recheck: Some(args.recheck.to_string()),
    }
}

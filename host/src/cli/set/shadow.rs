//! `countersign set shadow`.

use std::sync::atomic::AtomicBool;

use anstream::{print, println};
use clap::Args;
use serde_json::json;

use super::step_of;
use crate::cli::by::ByArgs;
use crate::cli::evaluate::cores;
use crate::cli::exit::Done;
use crate::cli::place::{Place, WrongUsage};
use crate::cli::replay::bar;
use crate::cli::text::{count, grouped, plain};
use crate::cli::{Format, Global, open};
use crate::replay::shadow_text;
use crate::rollout::{History, Shadow};
use crate::runtime::{Deployment, Home, ShadowJudge, ShadowReport};
use crate::words::named;

/// What to do with the set in the shadow.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShadowArgs {
    /// The set that is to judge what is decided from now on: its name, or a file that ends in .toml. Without it and --stop, what
    /// the one in the shadow would have decided otherwise so far is shown; exit 1 if there is none.
    #[arg(requires = "reason")]
    set: Option<String>,
    /// Take the set out of the shadow.
    #[arg(long, conflicts_with = "set", requires = "reason")]
    stop: bool,
    /// Why it begins or ends. It stays on record for good, so it must name nobody.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: Option<String>,
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn shadow(global: &Global, args: &ShadowArgs) -> anyhow::Result<Done> {
    let ShadowArgs { set, stop, reason, by } = args;
    let said = (reason.as_deref().unwrap_or_default(), by);
    if let Some(set) = set {
        let shadow = step_of(
            global,
            said,
            |deployment, ledger, act| deployment.begin_shadow(ledger, set, act),
            |service, reason| Ok(service.begin_shadow(set, reason)?),
        )?;
        say(
            global,
            &shadow,
            "judges in the shadow from now on; `countersign set shadow` shows what it decides otherwise",
        );
    } else if *stop {
        let shadow = step_of(global, said, Deployment::end_shadow, |service, reason| Ok(service.end_shadow(reason)?))?;
        say(global, &shadow, "is in the shadow no more");
    } else {
        if reason.is_some() || by.is_given() {
            let why = "--reason and --by are for what begins or ends: name a set, or give --stop";
            return Err(WrongUsage(why.to_owned()).into());
        }
        return show(global);
    }
    Ok(Done::Yes)
}

fn say(global: &Global, shadow: &Shadow, what: &str) {
    match global.format {
        Format::Json => println!("{}", json!(shadow)),
        Format::Text => println!("{} {what}.", named(&shadow.set)),
    }
}

fn show(global: &Global) -> anyhow::Result<Done> {
    let report = match global.place()? {
        Place::Folder(home) => in_folder(home)?,
        Place::Service(service) => service.shadow()?,
    };
    match (global.format, &report) {
        (Format::Json, _) => println!("{}", json!(report)),
        (Format::Text, Some(report)) => say_all(report),
        (Format::Text, None) => println!("No set is in the shadow: begin with `countersign set shadow SET`."),
    }
    Ok(match &report {
        Some(ShadowReport { difference: Some(difference), .. }) if difference.counts.differing.count > 0 => {
            Done::Broken
        }
        Some(_) => Done::Yes,
        None => Done::No,
    })
}

/// Judges all that was decided since it began, here and now.
fn in_folder(home: Home) -> anyhow::Result<Option<ShadowReport>> {
    let jobs = cores();
    let ledger = open::ledger_to_read(&home)?;
    let Some(shadow) = History::read(&ledger)?.shadow else { return Ok(None) };
    let deployment = open::deployment(home, jobs)?;
    let judge = ShadowJudge::new(&deployment, &ledger, &shadow)?;
    let range = shadow.seq + 1..ledger.count()?;
    let bar = bar(ledger.decisions_at(range.clone())?);
    let counts = judge.judge(&ledger, range, jobs, &AtomicBool::new(false), |done| bar.inc(done))?;
    bar.finish_and_clear();
    Ok(Some(ShadowReport::new(shadow, counts.unwrap_or_default(), 0, None)))
}

fn say_all(report: &ShadowReport) {
    let ShadowReport { shadow, judged, passed_over, behind, stuck, difference } = report;
    let Shadow { seq, since, by, set, reason } = shadow;
    println!("shadow    {}", named(set));
    println!("since     {since}, by {}, event {seq}: {}", plain(by), plain(reason));
    let passed_over =
        if *passed_over == 0 { String::new() } else { format!(", {} passed over", grouped(*passed_over)) };
    println!("judged    {}{passed_over}, {} still to be judged", count(*judged, "decision"), grouped(*behind));
    if let Some(why) = stuck {
        println!("stuck     {}", plain(why));
    }
    match difference {
        Some(difference) => print!("\n{}", shadow_text(difference)),
        None => println!("\nWhat it would have decided otherwise is for those who may read decisions."),
    }
    if difference.as_ref().is_some_and(|difference| difference.counts.differing.count > 0) {
        println!(
            "\nAnswers on record came out otherwise when they were computed again: run `countersign ledger verify`."
        );
    }
}

//! `countersign set canary` and `promote`.

mod report;

use std::sync::atomic::AtomicBool;

use anstream::{eprintln, println};
use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::{ReasonArgs, proposal, step_of};
use crate::cli::by::ByArgs;
use crate::cli::evaluate::cores;
use crate::cli::exit::Done;
use crate::cli::place::{Place, WrongUsage};
use crate::cli::replay::bar;
use crate::cli::{Format, Global, open};
use crate::ledger::Ledger;
use crate::rollout::{Act, EndCause, EndedCanary, Gates, History, Plan, Reference, RolloutError, Share};
use crate::runtime::{CanaryReport, Deployment, Home, Kept, Promotion};
use crate::web::{Reason, WantedCanary};
use crate::words::{named, of_records, promoted, why_ended};

/// What to do with the set that is tried.
#[derive(Debug, Args)]
pub(in crate::cli) struct CanaryArgs {
    /// The approved proposal whose set is to be tried: its number, the set's name, or the set's digest. Without it and --stop,
    /// what the gates say of the one that is tried is shown; exit 1 if there is none.
    #[arg(requires = "plan", requires = "reason")]
    proposal: Option<Reference>,
    /// The shares of the records that it decides about, step by step, such as `5%,25%,100%`. The last one is 100%: with it the
    /// set comes into force.
    #[arg(long, value_name = "STEPS", value_delimiter = ',', requires = "proposal")]
    plan: Vec<Share>,
    /// Try it on the records of this segment alone.
    #[arg(long, value_name = "NAME", requires = "proposal")]
    segment: Option<String>,
    /// Go on by itself when all gates have passed. Otherwise a person does, with `countersign set promote`.
    #[arg(long, requires = "proposal")]
    auto: bool,
    /// What each step must show, such as `samples=500`, `faults=2%` or `review-load=off`; several times for several gates.
    #[arg(long = "gate", value_name = "NAME=VALUE", requires = "proposal")]
    gates: Vec<String>,
    /// End it: the set in force decides about everything again.
    #[arg(long, conflicts_with = "proposal", requires = "reason")]
    stop: bool,
    /// Why it begins or ends. It stays on record for good, so it must name nobody.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: Option<String>,
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn canary(global: &Global, args: &CanaryArgs) -> anyhow::Result<Done> {
    let CanaryArgs { proposal, stop, reason, by, .. } = args;
    let said = (reason.as_deref().unwrap_or_default(), by);
    if let Some(meant) = proposal {
        begin(global, args, meant, said)
    } else if *stop {
        end(global, said)
    } else if reason.is_some() || by.is_given() {
        let why = "--reason and --by are for what begins or ends: name a proposal, or give --stop";
        Err(WrongUsage(why.to_owned()).into())
    } else {
        show(global)
    }
}

/// The plan of a command line.
fn plan(args: &CanaryArgs) -> Result<Plan, WrongUsage> {
    let mut gates = Gates::default();
    for text in &args.gates {
        gates.set(text).map_err(|error| WrongUsage(format!("--gate {text}: {error}")))?;
    }
    let plan = Plan { steps: args.plan.clone(), segment: args.segment.clone(), auto: args.auto, gates };
    plan.check().map_err(|error| WrongUsage(error.to_string()))?;
    Ok(plan)
}

fn begin(global: &Global, args: &CanaryArgs, meant: &Reference, said: (&str, &ByArgs)) -> anyhow::Result<Done> {
    let plan = plan(args)?;
    let canary = step_of(
        global,
        said,
        |deployment, ledger, act| deployment.begin_canary(ledger, meant, &plan, act),
        |service, reason| {
            let open = proposal(service, meant)?.proposal;
            let (proposal, digest) = (open.seq, Some(open.set.digest));
            Ok(service.begin_canary(&WantedCanary { proposal, digest, plan: plan.clone(), reason })?)
        },
    )?;
    match global.format {
        Format::Json => println!("{}", json!(canary)),
        Format::Text => {
            let (set, share) = (named(&canary.set), of_records(&canary, canary.share()));
            println!("{set} decides about {share} from now on: event {}.", canary.seq);
            println!("{} decides about all others. What the gates say: countersign set canary", named(&canary.against));
        }
    }
    Ok(Done::Yes)
}

fn end(global: &Global, said: (&str, &ByArgs)) -> anyhow::Result<Done> {
    let ended = step_of(
        global,
        said,
        |deployment, ledger, act| deployment.end_canary(ledger, EndCause::Person, None, act),
        |service, reason| Ok(service.end_canary(reason)?),
    )?;
    match global.format {
        Format::Json => println!("{}", json!(ended)),
        Format::Text => println!("{}", tried_no_more(&ended)),
    }
    Ok(Done::Yes)
}

fn show(global: &Global) -> anyhow::Result<Done> {
    let report = match global.place()? {
        Place::Folder(home) => {
            let ledger = open::ledger_to_read(&home)?;
            in_folder(home, &ledger)?.map(|(_, report)| report)
        }
        Place::Service(service) => service.canary()?,
    };
    match (global.format, &report) {
        (Format::Json, _) => println!("{}", json!(report)),
        (Format::Text, Some(report)) => report::say(report),
        (Format::Text, None) => {
            println!(
                "No set is tried on a part of the records: begin with `countersign set canary PROPOSAL --plan STEPS`."
            );
        }
    }
    Ok(if report.is_some() { Done::Yes } else { Done::No })
}

/// Counts all that was decided since it began, here and now; nothing is opened for it if none runs.
fn in_folder(home: Home, ledger: &Ledger) -> anyhow::Result<Option<(Deployment, CanaryReport)>> {
    let Some(canary) = History::read(ledger)?.canary else { return Ok(None) };
    let jobs = cores();
    let deployment = open::deployment(home, jobs)?;
    let bar = bar(ledger.decisions_at(canary.seq + 1..ledger.count()?)?);
    let report = deployment.canary_report(ledger, jobs, &AtomicBool::new(false), |done| bar.inc(done))?;
    bar.finish_and_clear();
    Ok(report.map(|report| (deployment, report)))
}

pub(super) fn promote(global: &Global, args: &ReasonArgs) -> anyhow::Result<Done> {
    let ReasonArgs { reason, by } = args;
    let promotion = match global.place()? {
        Place::Folder(home) => {
            let mut ledger = open::ledger(&home)?;
            let Some((deployment, report)) = in_folder(home, &ledger)? else {
                return Err(RolloutError::NoCanary.into());
            };
            if let Some(why) = &report.stuck {
                let (share, why) = (report.canary.share().to_string(), why.clone());
                return Err(RolloutError::Gates { share, why }.into());
            }
            let at = jiff::Timestamp::now().to_string();
            deployment.promote(&mut ledger, &report, Act { by: by.actor(), at: &at, reason })?
        }
        Place::Service(service) => {
            by.not_for_a_service()?;
            service.promote(Reason::try_from(reason.clone()).context("--reason")?)?
        }
    };
    match global.format {
        Format::Json => println!("{}", json!(promotion)),
        Format::Text => say_promoted(&promotion),
    }
    Ok(Done::Yes)
}

fn say_promoted(promotion: &Promotion) {
    println!("{} Services that run take it over within a moment.", promoted(promotion));
}

fn tried_no_more(ended: &EndedCanary) -> String {
    let EndedCanary { seq, canary, .. } = ended;
    format!(
        "{} is tried no more: event {seq}. {} decides about everything again.",
        named(&canary.set),
        named(&canary.against)
    )
}

/// Says what a canary did by itself at the end of a run; nothing, if it did nothing.
pub(in crate::cli) fn kept(kept: &Kept) {
    match kept {
        Kept::Nothing | Kept::Stays(_) => {}
        Kept::Ended(ended) => eprintln!("{} Why: {}", tried_no_more(ended), why_ended(ended)),
        Kept::Promoted(promotion) => eprintln!("All gates have passed. {}", promoted(promotion)),
    }
}

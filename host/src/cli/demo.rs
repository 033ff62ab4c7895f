//! `countersign demo`.

use std::collections::BTreeMap;

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;

use super::exit::Done;
use super::text::{count, explain, outcomes_table};
use super::{Global, open};
use crate::model::{Decision, Line, Outcome, Suggestion, parse_line};
use crate::pipeline::LoadedSet;
use crate::reproduce::Reproducer;
use crate::runtime::{Answered, Evaluator, GROUP, Home, init};
use crate::sandbox::Scratch;

const SAMPLE: &str = include_str!("../../defaults/demo.jsonl");

/// When the sample was made: it is judged as of then, so that it comes out the same every day.
const SAMPLE_TIME: &str = "2026-11-20T09:00:00Z";

/// Nothing beyond the global options.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {}

pub(super) fn demo(global: &Global, _: &DemoArgs) -> anyhow::Result<Done> {
    let folder = tempfile::tempdir().context("the throw-away folder cannot be made")?;
    let home = Home::at(folder.path().join("demo"));
    println!("Preparing a throw-away deployment: the modules are configured, snapshotted and compiled once …");
    let made = init(&home, open::worker()?, &jiff::Timestamp::now().to_string(), "demo")?;
    let jobs = super::evaluate::cores();
    let deployment = open::deployment(home.clone(), jobs)?;
    let mut ledger = open::ledger(&home)?;
    let set = LoadedSet::new(deployment.set(None)?, &deployment.sandbox);
    let evaluator = Evaluator { deployment: &deployment, set, jobs, actor: "demo" };

    let suggestions = sample()?;
    let mut counts = BTreeMap::new();
    let mut answers: Vec<Answered> = Vec::new();
    for group in suggestions.chunks(GROUP) {
        let decided = evaluator.record(&mut ledger, group.to_vec(), SAMPLE_TIME)?;
        for (answer, suggestion) in decided.iter().zip(group) {
            *counts.entry((suggestion.operation, answer.decision.outcome)).or_default() += 1;
        }
        answers.extend(decided);
    }
    let all = count(answers.len() as u64, "suggestion");
    println!("\n{all} decided by {} modules of {}@{} and recorded:\n", made.modules, made.set.name, made.set.version);
    println!("{}", outcomes_table(&counts).trim_end());

    println!("\nThree of them explained:");
    for outcome in [Outcome::Apply, Outcome::Review, Outcome::Reject] {
        if let Some(Answered { decision, ledger, .. }) = telling(&answers, outcome) {
            println!("\n{}", explain(decision, ledger.map(|(seq, _)| seq)).trim_end());
        }
    }
    reproduce_one(&deployment, &ledger, telling(&answers, Outcome::HumanOnly))?;
    println!("\nNext, with your own data{}:", if global.home.exists() { "" } else { " (this demo leaves nothing behind)" });
    println!("  countersign init                    make a deployment in {}", global.home.display());
    println!("  countersign schema suggestion       what one line of input looks like");
    println!("  countersign evaluate FILE           decide and record");
    println!("  countersign ledger show ID          why a decision came out as it did");
    println!("  countersign reproduce --all         run every decision again, bit for bit");
    println!("  countersign policy inspect confidence@1");
    Ok(Done::Yes)
}

fn sample() -> anyhow::Result<Vec<Suggestion>> {
    let lines = SAMPLE.lines().zip(1..);
    lines.map(|(text, number)| Ok(parse_line(&Line { number, text: text.to_owned() })?)).collect()
}

/// The decision of an outcome that shows most without being long.
fn telling(answers: &[Answered], outcome: Outcome) -> Option<&Answered> {
    let decided = answers.iter().filter(|answer| answer.decision.outcome == outcome);
    decided.min_by_key(|answer| shown(&answer.decision).abs_diff(3))
}

fn shown(decision: &Decision) -> usize {
    decision.reasons.len() + decision.findings.len()
}

/// Runs one decision again from what the ledger keeps.
fn reproduce_one(
    deployment: &crate::runtime::Deployment,
    ledger: &crate::ledger::Ledger,
    answer: Option<&Answered>,
) -> anyhow::Result<()> {
    let Some(answer) = answer else { return Ok(()) };
    let id = &answer.decision.id;
    let recorded = ledger.decision(id)?.with_context(|| format!("`{id}` is not on record"))?;
    let mut reproducer = Reproducer::new(ledger, &deployment.sandbox, &deployment.engine);
    let differences = reproducer.gather(&recorded)?.run(&mut Scratch::default())?;
    if !differences.is_empty() {
        bail!("`{id}` comes out otherwise when it is run again: {differences:?}");
    }
    let fuel: u64 = answer.decision.modules.iter().filter_map(|run| run.fuel).sum();
    println!("\n{id} ({}) was run again from the ledger alone: outcome, reasons, findings, logs and", answer.decision.outcome.as_str());
    println!("{fuel} units of fuel are equal.");
    Ok(())
}

//! `countersign demo`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;

use super::exit::Done;
use super::text::{count, explain, grouped, outcomes_table};
use super::{Global, open};
use crate::model::{Change, Evidence, Line, Outcome, Suggestion, Value, parse_line};
use crate::pipeline::LoadedSet;
use crate::reproduce::{PastSets, Rerun};
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
    let made = init(&home, open::worker()?, &jiff::Timestamp::now().to_string(), "demo", None)?;
    let jobs = super::evaluate::cores();
    let deployment = open::deployment(home.clone(), jobs)?;
    let mut ledger = open::ledger(&home)?;
    let set = LoadedSet::new(deployment.active(&ledger)?.set, &deployment.sandbox);
    // A deployment that begins tries nothing.
    let evaluator = Evaluator { deployment: &deployment, set, canary: None, jobs };

    let suggestions = sample()?;
    let mut counts = BTreeMap::new();
    let mut answers: Vec<Answered> = Vec::new();
    for group in suggestions.chunks(GROUP) {
        let decided = evaluator.record(&mut ledger, group.to_vec(), SAMPLE_TIME, "demo")?;
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
        if let Some((suggestion, Answered { decision, ledger, .. })) = telling(&suggestions, &answers, outcome) {
            println!("\n{}", suggested(suggestion).trim_end());
            println!("{}", explain(decision, ledger.map(|(seq, _)| seq)).trim_end());
        }
    }
    reproduce_one(&deployment, &ledger, telling(&suggestions, &answers, Outcome::HumanOnly).map(|(_, answer)| answer))?;
    println!(
        "\nNext, with your own data{}:",
        if global.home.exists() { "" } else { " (this demo leaves nothing behind)" }
    );
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

/// The decision of an outcome that shows most without being long: many modules have a part in it, and little
/// is to be read.
fn telling<'a>(
    suggestions: &'a [Suggestion],
    answers: &'a [Answered],
    outcome: Outcome,
) -> Option<(&'a Suggestion, &'a Answered)> {
    const MOST: usize = 4;
    let decided = suggestions.iter().zip(answers).filter(|(_, answer)| answer.decision.outcome == outcome);
    let short = decided.filter(|(suggestion, Answered { decision, .. })| {
        decision.reasons.len() + decision.findings.len() <= MOST && suggestion.changes.len() <= MOST
    });
    // Of several that are alike the first.
    short.min_by_key(|(_, Answered { decision, .. })| {
        let reasons = decision.reasons.iter().map(|reason| reason.module.as_str());
        let speakers: BTreeSet<_> =
            reasons.chain(decision.findings.iter().map(|found| found.module.as_str())).collect();
        Reverse((speakers.len(), decision.modules.iter().filter(|run| run.called).count()))
    })
}

/// What was suggested, and what speaks for it.
fn suggested(suggestion: &Suggestion) -> String {
    let Suggestion { id, target, operation, assistant, confidence, changes, evidence, rationale, .. } = suggestion;
    let mut text = format!("{id}: {} {} {} {}\n", operation.as_str(), target.system, target.object, target.id);
    for Change { field, prior, proposed, .. } in changes {
        let room = if *prior == Value::Null { 64 } else { 32 };
        let _ = writeln!(text, "    {field}: {} → {}", value(prior, room), value(proposed, room));
    }
    let confidence = confidence.map_or_else(|| "no confidence given".to_owned(), |given| format!("confidence {given}"));
    let _ = writeln!(
        text,
        "  by {}/{} {}, {confidence}: {}",
        assistant.vendor,
        assistant.model,
        assistant.version,
        quoted(rationale, 50)
    );
    for Evidence { uri, kind, excerpt, retrieved_at, sha256 } in evidence {
        let read = retrieved_at.as_ref().map_or_else(String::new, |at| format!(", read {at}"));
        let digest = if sha256.is_some() { "" } else { ", no digest" };
        let _ = writeln!(text, "  source: {kind} {}{read}{digest}", shortened(uri, 50));
        if let Some(excerpt) = excerpt {
            let _ = writeln!(text, "    {}", quoted(excerpt, 90));
        }
    }
    text
}

/// A value in at most so many characters.
fn value(value: &Value, room: usize) -> String {
    match value {
        Value::Null => "(empty)".to_owned(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Number(number) => shortened(number, room),
        Value::Text(text) => quoted(text, room),
        Value::Choices(choices) => quoted(&choices.join("; "), room),
    }
}

fn quoted(text: &str, room: usize) -> String {
    format!("“{}”", shortened(text, room))
}

/// A text in one line of at most so many characters.
fn shortened(text: &str, room: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(room) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
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
    let past = PastSets::new(open::ledger_to_read(&deployment.home)?, &deployment.sandbox);
    let body = recorded.body.context("its values are gone")?;
    let differences = Rerun::gather(&past, &deployment.engine, &body)?.run(&mut Scratch::default());
    if !differences.is_empty() {
        bail!("`{id}` comes out otherwise when it is run again: {differences:?}");
    }
    let fuel: u64 = answer.decision.modules.iter().filter_map(|run| run.fuel).sum();
    println!(
        "\n{id} ({}) was run again from the ledger alone: outcome, reasons, findings, logs and",
        answer.decision.outcome.as_str()
    );
    println!("{} units of fuel are equal.", grouped(fuel));
    Ok(())
}

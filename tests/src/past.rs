//! Decisions of a month that is over.

use std::fs;

use countersign::ledger::{Basis, EngineRef, Ledger, decision_event};
use countersign::model::{Decision, Digest, Suggestion};
use serde_json::Value;

use crate::{Program, corpus};

/// A month that is over.
pub const MONTH: &str = "2020-03";

/// A deployment with decisions that were recorded in a month that is over: half of them confident ones.
#[must_use]
pub fn with_past() -> Program {
    let program = Program::with_fresh_home();
    let template: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    let lines = (0..24).map(|number| {
        let mut one = template.clone();
        one["id"] = format!("s-{number}").into();
        one["target"]["id"] = format!("record-7zq1-{number}").into();
        one["confidence"] = if number % 2 == 0 { 0.97 } else { 0.6 }.into();
        one["rationale"] = "because-7zq1".into();
        one.to_string() + "\n"
    });
    let input: String = lines.collect();
    let run = program.run(&["evaluate", "-", "--dry-run", "--format", "json"], &input);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let catalogue = Digest::of(&fs::read(program.home().join("catalogue.toml")).unwrap());
    let engine = EngineRef { version: "1.0.0".to_owned(), config: "none".to_owned() };
    let events = run.stdout.lines().zip(input.lines()).map(|(decision, suggestion)| {
        let decision: Decision = serde_json::from_str(decision).unwrap();
        let suggestion: Suggestion = serde_json::from_str(suggestion).unwrap();
        let basis = Basis { suggestion: &suggestion, history: &[], catalogue, engine: &engine };
        let (input, at) = (Digest::of(decision.id.as_bytes()), format!("{MONTH}-15T09:00:00Z"));
        decision_event(&decision, &basis, input, at, "cli", *input.as_bytes()).unwrap().prepare().unwrap()
    });
    let events: Vec<_> = events.collect();
    Ledger::open(program.home().join("ledger.db")).unwrap().append(&events).unwrap();
    program
}

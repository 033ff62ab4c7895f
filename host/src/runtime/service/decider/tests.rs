//! What goes wrong in the deciding thread, with deciding as a function of the test's.

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

use tempfile::TempDir;

use super::*;
use crate::model::{Arm, Digest, Line, SetRef, parse_line};
use crate::runtime::arms::tests::{NOW, empty, tried};
use crate::runtime::{Deployment, Home};
use crate::sandbox::{Allocation, Worker};

/// A decider whose ledger is empty and to whom nobody comes.
fn decider() -> (TempDir, Decider) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path().join("home"));
    fs::create_dir(home.folder()).unwrap();
    let ledger = Ledger::create(home.ledger()).unwrap();
    let deployment = Deployment::open_or_default(home, Allocation::OnDemand, Worker::InProcess).unwrap();
    let set = SetRef { name: "none".to_owned(), version: "1.0.0".to_owned(), digest: Digest::from_bytes([0; 32]) };
    let shared = Shared {
        deployment: Mutex::new(Arc::new(deployment)),
        rules: Mutex::new(Arc::new([])),
        next: Mutex::new(None),
        health: Mutex::new(Health { set, canary: None, ledger: None, change: 0, reload: None }),
        waiting: AtomicUsize::new(0),
        preparing: Mutex::default(),
    };
    let (_, questions) = sync_channel(1);
    let (held, shared, tried) = (VecDeque::new(), Arc::new(shared), Instant::now());
    (folder, Decider { questions, held, ledger: Some(ledger), shared, jobs: 1, tried })
}

fn asked(id: &str) -> Asked {
    let text = serde_json::json!({
        "id": id, "received_at": "2026-05-20T09:00:00Z", "operation": "enrich", "confidence": 0.9, "rationale": "None.",
        "target": { "system": "hubspot", "object": "contact", "id": "101" },
        "changes": [{ "field": "industry", "prior": null, "proposed": "Software" }],
        "assistant": { "vendor": "acme", "model": "enricher", "version": "2.1" },
    });
    let suggestion = parse_line(&Line { number: 1, text: text.to_string() }).unwrap();
    Asked::new(suggestion, "somebody".into())
}

/// Lets two suggestions be decided, and returns what those who asked were told.
fn told(
    decider: &mut Decider,
    record: bool,
    decide: impl FnOnce(&mut Ledger, Vec<Asked>) -> Result<Vec<Answer>, EvaluateError>,
) -> Vec<String> {
    let (tell, answers) = channel();
    let group = ["s-1", "s-2"].map(asked);
    let replies = group.iter().map(|_| {
        let tell = tell.clone();
        let reply: Reply = Box::new(move |answer| {
            let said = match answer {
                Ok(_) => "decided",
                Err(NoAnswer::Refused(_)) => "refused",
                Err(NoAnswer::Unavailable) => "unavailable",
                Err(NoAnswer::Bug) => "bug",
            };
            tell.send(said.to_owned()).unwrap();
        });
        reply
    });
    decider.shared.waiting.fetch_add(2, Ordering::Relaxed);
    let replies = replies.collect();
    decider.reply((group.into(), replies), record, decide);
    assert_eq!(decider.shared.waiting.load(Ordering::Relaxed), 0, "nobody is left behind");
    drop(tell);
    answers.iter().collect()
}

/// Refuses each suggestion for a reason of its own: the least that is an answer.
fn refuse(ledger: &mut Ledger, group: Vec<Asked>) -> Result<Vec<Answer>, EvaluateError> {
    let seq = ledger.count()?;
    Ok(group.into_iter().map(|asked| Err(EvaluateError::Erased { id: asked.suggestion.id, seq })).collect())
}

fn broken(_: &mut Ledger, _: Vec<Asked>) -> Result<Vec<Answer>, EvaluateError> {
    Err(LedgerError::ReadOnly { path: "ledger.db".into() }.into())
}

#[test]
fn after_a_panic_everybody_in_the_group_is_told_and_the_next_group_is_decided() {
    let (_folder, mut decider) = decider();
    let said = told(&mut decider, true, |_, _| panic!("a bug that this test makes"));
    assert_eq!(said, ["bug", "bug"]);
    assert!(decider.ledger.is_none(), "what was half done with it is not known");
    assert_eq!(told(&mut decider, true, refuse), ["refused", "refused"]);
    assert_eq!(locked(&decider.shared.health).ledger, None);
}

#[test]
fn a_thread_that_fails_is_a_bug_and_no_fault_of_the_ledger() {
    let (_folder, mut decider) = decider();
    let failed = |_: &mut Ledger, _| Err(EvaluateError::Thread(crate::pipeline::ThreadFailed));
    assert_eq!(told(&mut decider, true, failed), ["bug", "bug"]);
    assert_eq!(locked(&decider.shared.health).ledger, None);
    assert!(decider.ledger.is_some());
}

#[test]
fn a_ledger_that_failed_is_well_when_it_can_be_written_and_not_because_something_was_read() {
    let (_folder, mut decider) = decider();
    assert_eq!(told(&mut decider, true, broken), ["unavailable", "unavailable"]);
    assert!(locked(&decider.shared.health).ledger.is_some() && decider.ledger.is_none());
    assert_eq!(told(&mut decider, false, refuse), ["refused", "refused"]);
    assert!(locked(&decider.shared.health).ledger.is_some(), "a dry run writes nothing");
    decider.try_again();
    assert_eq!(locked(&decider.shared.health).ledger, None);
    // Where it is gone, it stays so.
    assert_eq!(told(&mut decider, true, broken), ["unavailable", "unavailable"]);
    let path = locked(&decider.shared.deployment).home.ledger();
    fs::remove_file(&path).unwrap();
    decider.try_again();
    assert!(locked(&decider.shared.health).ledger.is_some());
}

#[test]
fn whoever_asks_after_a_step_of_a_canary_is_answered_by_it() {
    let (_folder, mut decider) = decider();
    let shared = Arc::clone(&decider.shared);
    let deployment = Arc::clone(&locked(&shared.deployment));
    let (active, other) = (empty("active"), empty("tried"));
    for set in [&active, &other] {
        deployment.keep(decider.ledger.as_mut().unwrap(), set, NOW, "cli").unwrap();
    }
    let ready = |change, share: Option<u16>| Ready {
        deployment: Arc::clone(&deployment),
        set: Arc::clone(&active),
        canary: share.map(|share| (Arc::new(tried(&other, &active, share)), Arc::clone(&other))),
        change,
        lacks: None,
        rules: Arc::new([]),
    };
    let (ask, questions) = sync_channel(1);
    decider.questions = questions;
    let first = ready(1, None);
    let thread = thread::spawn(move || decider.run(first));
    let ask_for = |id: &str| {
        let (tell, told) = channel();
        let reply: Reply = Box::new(move |answer| tell.send(answer.unwrap().decision).unwrap());
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        ask.send(Question { asked: asked(id), record: true, reply }).unwrap();
        let decision = told.recv().unwrap();
        (decision.set.name, decision.canary.map(|assignment| (assignment.arm, assignment.share)))
    };
    assert_eq!(ask_for("s-1"), ("active".to_owned(), None));
    let steps = [(2, Some(10_000)), (3, Some(0)), (4, Some(10_000)), (5, None)];
    for (change, share) in steps {
        *locked(&shared.next) = Some(ready(change, share));
        let (set, arm) = if share == Some(10_000) { ("tried", Arm::Canary) } else { ("active", Arm::Active) };
        assert_eq!(ask_for(&format!("s-{change}")), (set.to_owned(), share.map(|share| (arm, share))));
        let health = locked(&shared.health).clone();
        assert_eq!((health.change, health.canary.is_some()), (change, share.is_some()));
    }
    drop(ask);
    thread.join().unwrap();
}

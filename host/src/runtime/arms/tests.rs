use std::fs;

use tempfile::TempDir;

use super::*;
use crate::access::Role;
use crate::ledger::{Prepared, RecordedDecision};
use crate::model::{Line, parse_line};
use crate::modules::Lock;
use crate::reproduce::{PastSets, Rerun};
use crate::rollout::{Act, Approvals, EndCause, Gates, Plan, Reference, RolloutError, Share, record};
use crate::runtime::{Asked, Home};
use crate::sandbox::{Allocation, Scratch, Worker};

pub(in crate::runtime) const NOW: &str = "2026-11-20T09:00:00Z";

pub(in crate::runtime) fn act(by: &str) -> Act<'_> {
    Act { by, at: NOW, reason: "because" }
}

/// A set without modules.
pub(in crate::runtime) fn empty(name: &str) -> Arc<PolicySet> {
    let lock = Lock { name: name.into(), version: "1.0.0".into(), modules: Vec::new() };
    Arc::new(PolicySet { set_ref: lock.set_ref().unwrap(), lock, modules: Vec::new() })
}

/// A set that is tried on so many of the 10,000 buckets, beside another one.
pub(in crate::runtime) fn tried(set: &PolicySet, against: &PolicySet, share: u16) -> Canary {
    Canary {
        seq: 7,
        since: NOW.into(),
        by: "op".into(),
        set: set.set_ref.clone(),
        against: against.set_ref.clone(),
        proposal: 3,
        salt: "5a17".repeat(8),
        plan: Plan { steps: vec![Share(share), Share::ALL], segment: None, auto: false, gates: Gates::default() },
        reason: String::new(),
        step: 0,
        step_seq: 7,
        step_since: NOW.into(),
    }
}

/// A deployment with an empty ledger.
pub(in crate::runtime) fn deployment() -> (TempDir, Deployment, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path().join("home"));
    fs::create_dir(home.folder()).unwrap();
    let ledger = Ledger::create(home.ledger()).unwrap();
    let deployment = Deployment::open_or_default(home, Allocation::OnDemand, Worker::InProcess).unwrap();
    (folder, deployment, ledger)
}

/// Records a step of a rollout, and returns where it stands.
pub(in crate::runtime) fn step(
    ledger: &mut Ledger,
    make: impl FnOnce(&History) -> Result<Prepared, RolloutError>,
) -> u64 {
    let history = History::read(ledger).unwrap();
    let event = make(&history).unwrap();
    record(ledger, &history, &[event]).unwrap()
}

/// Tries a set that was proposed and approved, at first on 5% of the records. Returns where that began.
pub(in crate::runtime) fn begin(ledger: &mut Ledger, set: &PolicySet) -> u64 {
    let proposal = step(ledger, |history| history.propose(set, act("ana")));
    let (meant, approvals) = (Reference::Number(proposal), Approvals::default());
    step(ledger, |history| {
        history.approve(history.proposal(&meant, |_| None)?, Some(Role::Approver), &approvals, act("ben"))
    });
    let steps = vec![Share(500), Share::ALL];
    let plan = Plan { steps, segment: None, auto: false, gates: Gates::default() };
    let salt = "5a17".repeat(8);
    step(ledger, |history| {
        history.begin_canary((history.proposal(&meant, |_| None)?, set), (salt.as_str(), &plan), &approvals, act("op"))
    })
}

fn suggestion(id: &str, record: usize, segment: &str) -> Suggestion {
    let text = serde_json::json!({
        "id": id, "received_at": NOW, "operation": "enrich", "confidence": 0.9, "rationale": "None.",
        "target": { "system": "hubspot", "object": "contact", "id": format!("r-{record}") },
        "changes": [{ "field": "industry", "prior": null, "proposed": "Software" }],
        "assistant": { "vendor": "acme", "model": "enricher", "version": "2.1" },
        "context": { "segment": segment },
    });
    parse_line(&Line { number: 1, text: text.to_string() }).unwrap()
}

/// One suggestion for each of some records.
fn group(round: usize) -> Vec<Suggestion> {
    (0..24).map(|record| suggestion(&format!("s-{round}-{record}"), record, "saas")).collect()
}

fn evaluator<'a>(
    deployment: &'a Deployment,
    active: &Arc<PolicySet>,
    tried: &Arc<PolicySet>,
    canary: Canary,
) -> Evaluator<'a> {
    let set = LoadedSet::new(Arc::clone(active), &deployment.sandbox);
    let canary = CanaryArm::new((Arc::new(canary), Arc::clone(tried)), &deployment.sandbox);
    Evaluator { deployment, set, canary: Some(canary), jobs: 2 }
}

#[test]
fn each_record_has_its_set_and_keeps_it_and_is_told_what_that_set_asks_for() {
    let (_folder, deployment, mut ledger) = deployment();
    let text = "name = \"tried\"\nversion = \"1.0.0\"\n\n[[validator]]\nmodule = \"sudden-change@1\"\n";
    let looks_back = deployment.set_from(&deployment.home.sets().join("tried.toml"), text).unwrap();
    let active = empty("active");
    for set in [&active, &looks_back] {
        deployment.keep(&mut ledger, set, NOW, "cli").unwrap();
    }
    let evaluator = evaluator(&deployment, &active, &looks_back, tried(&looks_back, &active, 5_000));
    let asked = group(1).into_iter().map(|suggestion| Asked::new(suggestion, "cli".into())).collect();
    let dry = evaluator.dry_run(Some(&ledger), asked, NOW).unwrap();
    let first = evaluator.record(&mut ledger, group(1), NOW, "cli").unwrap();
    let second = evaluator.record(&mut ledger, group(2), NOW, "cli").unwrap();
    let past = PastSets::new(Ledger::open_read_only(deployment.home.ledger()).unwrap(), &deployment.sandbox);
    let mut tried_on = 0;
    for ((one, two), dry) in first.iter().zip(&second).zip(&dry) {
        let assignment = one.decision.canary.as_ref().unwrap();
        assert_eq!((two.decision.canary.as_ref(), dry.decision.canary.as_ref()), (Some(assignment), Some(assignment)));
        assert_eq!(assignment.arm == Arm::Canary, assignment.bucket < 5_000, "{assignment:?}");
        let (set, told) = if assignment.arm == Arm::Canary { (&looks_back, 1) } else { (&active, 0) };
        for answer in [one, two, dry] {
            assert_eq!(answer.decision.set, set.set_ref);
        }
        tried_on += told;
        let body = ledger.decision(&two.decision.id).unwrap().unwrap().body.unwrap();
        let read = RecordedDecision::read(&body).unwrap();
        assert_eq!((read.canary.as_ref(), read.history.len()), (Some(assignment), told));
        let rerun = Rerun::gather(&past, &deployment.engine, &body).unwrap();
        assert!(rerun.run(&mut Scratch::default()).is_empty(), "{body}");
    }
    assert!((1..first.len()).contains(&tried_on), "both sets decided: {tried_on}");
}

#[test]
fn what_is_not_of_the_segment_is_decided_by_the_active_set_alone() {
    let (_folder, deployment, _ledger) = deployment();
    let (active, other) = (empty("active"), empty("tried"));
    let mut canary = tried(&other, &active, 10_000);
    canary.plan.segment = Some("saas".into());
    let evaluator = evaluator(&deployment, &active, &other, canary);
    let group = [suggestion("s-1", 1, "saas"), suggestion("s-2", 1, "retail")];
    let asked = group.into_iter().map(|suggestion| Asked::new(suggestion, "cli".into())).collect();
    let answers = evaluator.dry_run(None, asked, NOW).unwrap();
    let said: Vec<_> = answers
        .iter()
        .map(|answer| (answer.decision.set.name.as_str(), answer.decision.canary.as_ref().map(|why| why.arm)))
        .collect();
    assert_eq!(said, [("tried", Some(Arm::Canary)), ("active", None)]);
}

#[test]
fn what_decides_is_read_from_the_ledger() {
    let (_folder, deployment, mut ledger) = deployment();
    let (active, other) = (empty("active"), empty("tried"));
    for set in [&active, &other] {
        deployment.keep(&mut ledger, set, NOW, "cli").unwrap();
    }
    let decides = |ledger: &Ledger| {
        let Deciding { active, canary, change } = deployment.deciding(ledger).unwrap();
        (active.set.set_ref.name.clone(), canary.map(|(canary, set)| (canary.seq, set.set_ref.name.clone())), change)
    };
    let first = step(&mut ledger, |_| History::begin(&active, deployment.catalogue_digest, act("cli")));
    assert_eq!(decides(&ledger), ("active".to_owned(), None, first));
    let begun = begin(&mut ledger, &other);
    assert_eq!(decides(&ledger), ("active".to_owned(), Some((begun, "tried".to_owned())), begun));
    let ended = step(&mut ledger, |history| history.end_canary(EndCause::Person, None, act("op")));
    assert_eq!(decides(&ledger), ("active".to_owned(), None, ended));
}

use std::fs;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::access::Role;
use crate::ledger::{Basis, Cause as Ground, Draft, EventKind, Ledger, ObjectKind, Prepared, decision_event};
use crate::model::{
    Arm, Assignment, Decision, Digest, Facts, Limits, Line, ModuleKind, Outcome, Suggestion, parse_line,
};
use crate::modules::{Lock, LockedModule, PolicySet};
use crate::pipeline::{LoadedSet, judge};
use crate::rollout::{
    Act, Canary, Cause, Counts, EndCause, Gates, GatesReport, History, Plan, Reference, RolloutError, Share, Standing,
    record,
};
use crate::runtime::{Deployment, DeploymentError, Home, Service, seed};
use crate::sandbox::{Allocation, Scratch, Worker};

const AT: &str = "2026-11-20T09:00:00Z";

fn act(by: &str) -> Act<'_> {
    Act { by, at: AT, reason: "because" }
}

/// A set without modules: everything goes to review.
fn set(version: &str) -> PolicySet {
    let lock = Lock { name: "s".into(), version: version.into(), modules: Vec::new() };
    PolicySet { set_ref: lock.set_ref().unwrap(), lock, modules: Vec::new() }
}

fn plan(steps: &[u16]) -> Plan {
    let steps = steps.iter().map(|step| Share(*step)).collect();
    Plan { steps, segment: None, auto: false, gates: Gates::default() }
}

/// A plan with one step before the last, which asks for few records and for how often the active set would decide otherwise.
fn quick(auto: bool) -> Plan {
    let gates = Gates {
        samples: 50,
        faults: None,
        disagreement: Some(Share(2_000)),
        overrides: None,
        corrections: None,
        review_load: None,
        fuel: None,
    };
    Plan { auto, gates, ..plan(&[5_000, 10_000]) }
}

fn suggestion(id: &str, record: u32) -> Suggestion {
    let text = serde_json::json!({
        "id": id, "received_at": AT, "operation": "enrich", "confidence": 0.9, "rationale": "None.",
        "target": { "system": "hubspot", "object": "contact", "id": record.to_string() },
        "changes": [{ "field": "industry", "prior": null, "proposed": "Software" }],
        "assistant": { "vendor": "acme", "model": "enricher", "version": "2.1" },
    });
    parse_line(&Line { number: 1, text: text.to_string() }).unwrap()
}

/// What the gates could say.
fn gates(standing: Standing, share: u16) -> GatesReport {
    GatesReport { standing, share: Share(share), counts: Counts::default(), gates: Vec::new() }
}

fn open(home: &Home) -> Deployment {
    Deployment::open_or_default(home.clone(), Allocation::OnDemand, Worker::InProcess).unwrap()
}

struct Place {
    deployment: Deployment,
    ledger: Ledger,
    _folder: tempfile::TempDir,
}

impl Place {
    /// A deployment in which version 1.0.0 decides.
    fn begun() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("home"));
        fs::create_dir(home.folder()).unwrap();
        let mut ledger = Ledger::create(home.ledger()).unwrap();
        let deployment = open(&home);
        let first = set("1.0.0");
        deployment.keep(&mut ledger, &first, AT, "cli").unwrap();
        let begun = History::begin(&first, deployment.catalogue_digest, act("cli")).unwrap();
        record(&mut ledger, &History::default(), &[begun]).unwrap();
        Self { deployment, ledger, _folder: folder }
    }

    fn history(&self) -> History {
        History::read(&self.ledger).unwrap()
    }

    fn canary(&self) -> Canary {
        self.history().canary.unwrap()
    }

    fn propose(&mut self, set: &PolicySet) -> Reference {
        self.deployment.keep(&mut self.ledger, set, AT, "ana").unwrap();
        let history = self.history();
        let event = history.propose(set, act("ana")).unwrap();
        Reference::Number(record(&mut self.ledger, &history, &[event]).unwrap())
    }

    fn approve(&mut self, meant: &Reference) {
        self.deployment.approve(&mut self.ledger, meant, Some(Role::Approver), act("ben")).unwrap();
    }

    fn approved(&mut self, version: &str) -> Reference {
        let meant = self.propose(&set(version));
        self.approve(&meant);
        meant
    }

    /// Lets a version be tried by a plan.
    fn try_out(&mut self, version: &str, plan: &Plan) -> Canary {
        let meant = self.approved(version);
        self.deployment.begin_canary(&mut self.ledger, &meant, plan, act("op")).unwrap()
    }

    /// A decision of the set that a record falls to while the canary runs, with something changed.
    fn decided(&self, id: &str, record: u32, change: impl FnOnce(&mut Decision)) -> Prepared {
        let canary = self.canary();
        let suggestion = suggestion(id, record);
        let assignment = canary.assign(&suggestion);
        let is_canary = assignment.as_ref().is_some_and(|assignment| assignment.arm == Arm::Canary);
        let decides = set(if is_canary { &canary.set.version } else { &canary.against.version });
        let Deployment { sandbox, catalogue, catalogue_digest, engine, .. } = &self.deployment;
        let facts = Facts::of(&suggestion, catalogue, AT.to_owned(), Vec::new());
        let loaded = LoadedSet::new(Arc::new(decides), sandbox);
        let mut decision = judge(&loaded, &mut Scratch::default(), &suggestion, &facts);
        decision.canary = assignment;
        change(&mut decision);
        let basis = Basis { suggestion: &suggestion, history: &[], catalogue: *catalogue_digest, engine };
        let input = Digest::of(id.as_bytes());
        decision_event(&decision, &basis, input, AT.to_owned(), "crm", seed()).unwrap().prepare().unwrap()
    }

    /// Lets something be decided about these records, by the canary with this outcome. Returns which set decided about each.
    fn decide(&mut self, records: Range<u32>, outcome: Outcome) -> Vec<Arm> {
        let (first, canary) = (self.ledger.count().unwrap(), self.canary());
        let id = |record: u32| format!("s-{first}-{record}");
        let arm = |record: u32| canary.assign(&suggestion(&id(record), record)).unwrap().arm;
        let arms: Vec<Arm> = records.clone().map(arm).collect();
        let events = records.map(|record| {
            self.decided(&id(record), record, |decision| {
                if decision.canary.as_ref().is_some_and(|assignment| assignment.arm == Arm::Canary) {
                    decision.outcome = outcome;
                }
            })
        });
        let events: Vec<Prepared> = events.collect();
        self.ledger.append(&events).unwrap();
        arms
    }

    fn say(&mut self, kind: EventKind, body: &serde_json::Value) {
        let (at, actor, body) = (AT.to_owned(), "rev".to_owned(), body.to_string());
        let draft = Draft { kind, at, actor, body, openings: None, index: None, objects: Vec::new() };
        self.ledger.append(&[draft.prepare().unwrap()]).unwrap();
    }

    fn report(&self) -> CanaryReport {
        let never = AtomicBool::new(false);
        self.deployment.canary_report(&self.ledger, 2, &never, |_| {}).unwrap().unwrap()
    }

    fn counts(&self) -> Counts {
        self.report().gates.counts
    }
}

fn number(arms: &[Arm], of: Arm) -> u64 {
    arms.iter().filter(|arm| **arm == of).count() as u64
}

#[test]
fn what_both_sets_decide_is_counted_and_what_the_canary_decides_is_judged_again() {
    let mut place = Place::begun();
    let never = AtomicBool::new(false);
    assert_eq!(place.deployment.canary_report(&place.ledger, 1, &never, |_| {}).unwrap(), None);
    let canary = place.try_out("2.0.0", &plan(&[5_000, 10_000]));
    let arms = place.decide(0..40, Outcome::Apply);
    let (active, tried) = (number(&arms, Arm::Active), number(&arms, Arm::Canary));
    assert!(active > 0 && tried > 0, "{arms:?}");
    let counts = place.counts();
    assert_eq!((counts.active.records, counts.canary.records), (active, tried));
    assert_eq!((counts.active.reviews, counts.canary.reviews), (active, 0));
    assert_eq!((counts.judged, counts.differing, counts.costlier, counts.passed_over), (tried, tried, 0, 0));
    // What is decided about the same records later depends on that.
    place.decide(0..40, Outcome::Review);
    let again = place.counts();
    assert_eq!((again.active.records, again.canary.records, again.differing), (active, tried, tried));
    // What was decided by no assignment, or by that of another canary, is none of its own.
    let none = place.decided("none", 100, |decision| decision.canary = None);
    let other = place.decided("other", 101, |decision| {
        let assignment: &mut Assignment = decision.canary.as_mut().unwrap();
        assignment.canary = canary.seq + 1_000;
    });
    place.ledger.append(&[none, other]).unwrap();
    assert_eq!(place.counts(), again);
    assert_eq!(place.report().behind, 0);
    // In parts it comes to the same.
    let counter = CanaryCounter::new(&place.deployment, &place.ledger, &canary).unwrap();
    let mut kept = None;
    for until in [canary.seq + 17, canary.seq + 18, place.ledger.count().unwrap()] {
        let count = CanaryCount::of(&mut kept, &canary);
        assert!(counter.follow(count, &place.ledger, until, 1, &never, |_| {}).unwrap());
        assert_eq!(count.next(), until);
    }
    assert_eq!(CanaryCount::of(&mut kept, &canary).counts(), again);
    // Of another canary nothing was counted yet, and whoever is told to end counts no more.
    let another = Canary { seq: canary.seq + 1, ..canary };
    let count = CanaryCount::of(&mut kept, &another);
    assert_eq!((count.counts(), count.begun()), (Counts::default(), another.seq));
    let now = AtomicBool::new(true);
    assert!(!counter.follow(count, &place.ledger, another.seq + 9, 1, &now, |_| {}).unwrap());
    assert_eq!(count.next(), another.seq + 1);
}

#[test]
fn what_people_find_wrong_counts_for_the_set_that_decided() {
    let mut place = Place::begun();
    place.try_out("2.0.0", &plan(&[5_000, 10_000]));
    let first = place.ledger.count().unwrap();
    let arms = place.decide(0..40, Outcome::Apply);
    let of = |arm: Arm| -> Vec<String> {
        let records = arms.iter().enumerate().filter(|(_, other)| **other == arm);
        records.map(|(record, _)| format!("s-{first}-{record}")).collect()
    };
    let (active, tried) = (of(Arm::Active), of(Arm::Canary));
    let said = |place: &mut Place, kind, id: &str, key: &str, word: &str| {
        place.say(kind, &serde_json::json!({ "id": id, key: word }));
    };
    said(&mut place, EventKind::Reviewed, &tried[0], "verdict", "approved");
    said(&mut place, EventKind::Audited, &tried[0], "finding", "unclear");
    said(&mut place, EventKind::Reviewed, "nobody decided that", "verdict", "rejected");
    assert_eq!((place.counts().active.overrides, place.counts().canary.overrides), (0, 0));
    // A record counts once.
    said(&mut place, EventKind::Reviewed, &tried[1], "verdict", "edited");
    said(&mut place, EventKind::Reviewed, &tried[1], "verdict", "rejected");
    said(&mut place, EventKind::Reviewed, &active[0], "verdict", "rejected");
    said(&mut place, EventKind::Reviewed, &active[1], "verdict", "edited");
    said(&mut place, EventKind::Corrected, &tried[2], "to", "x");
    // An audit speaks of what was applied: the active set here applies nothing.
    said(&mut place, EventKind::Audited, &tried[3], "finding", "wrong");
    said(&mut place, EventKind::Audited, &active[2], "finding", "wrong");
    let counts = place.counts();
    assert_eq!((counts.active.overrides, counts.canary.overrides), (2, 1));
    assert_eq!((counts.active.corrections, counts.canary.corrections), (0, 2));
    // What was erased cannot be counted any more, by whoever begins to count.
    let erased = first + arms.iter().position(|arm| *arm == Arm::Canary).unwrap() as u64;
    place.ledger.expire(&[erased], Ground { reason: "case 7", at: AT, actor: "dpo" }).unwrap();
    let left = place.counts();
    assert_eq!(left.passed_over, 1);
    assert_eq!(left.active.records + left.canary.records, 39);
}

#[test]
fn a_canary_begins_with_what_could_be_activated_and_goes_on_when_all_gates_have_passed() {
    let mut place = Place::begun();
    let steps = plan(&[2_000, 5_000, 10_000]);
    let meant = place.propose(&set("2.0.0"));
    let begin = |place: &mut Place, meant: &Reference, plan: &Plan| {
        place.deployment.begin_canary(&mut place.ledger, meant, plan, act("op"))
    };
    let refused = begin(&mut place, &meant, &steps).unwrap_err();
    assert!(matches!(refused, DeploymentError::Rollout(RolloutError::Unapproved { .. })), "{refused}");
    place.approve(&meant);
    let refused = begin(&mut place, &meant, &plan(&[10_000])).unwrap_err();
    assert!(matches!(refused, DeploymentError::Rollout(RolloutError::Plan(_))), "{refused}");
    let canary = begin(&mut place, &meant, &steps).unwrap();
    assert_eq!((canary.share(), canary.by.as_str(), canary.salt.len()), (Share(2_000), "op", 32));
    assert_eq!(place.canary(), canary);
    let refused = begin(&mut place, &meant, &steps).unwrap_err();
    assert!(matches!(refused, DeploymentError::Rollout(RolloutError::CanaryRuns { .. })), "{refused}");
    let refused = place.deployment.activate(&mut place.ledger, &meant, act("op")).unwrap_err();
    assert!(matches!(refused, DeploymentError::Rollout(RolloutError::CanaryRuns { .. })), "{refused}");
    // What the gates say of the canary as it is now.
    let promote = |place: &mut Place, gates: &GatesReport| {
        let canary = place.history().canary.unwrap_or_else(|| canary.clone());
        let report = CanaryReport { canary, gates: gates.clone(), behind: 0, stuck: None };
        place.deployment.promote(&mut place.ledger, &report, act("op"))
    };
    // Neither without the gates, nor with what they said of another step.
    for said in [gates(Standing::Holds, 2_000), gates(Standing::Failed, 2_000), gates(Standing::Passed, 5_000)] {
        let refused = promote(&mut place, &said).unwrap_err();
        assert!(matches!(refused, DeploymentError::Rollout(RolloutError::Gates { .. })), "{refused}");
    }
    let before = place.history();
    let Promotion::Moved(moved) = promote(&mut place, &gates(Standing::Passed, 2_000)).unwrap() else { panic!() };
    assert_eq!((moved.share(), moved.seq), (Share(5_000), canary.seq));
    assert_eq!(place.canary(), moved);
    // What was seen before that is not what is on record.
    let passed = gates(Standing::Passed, 2_000);
    let report = CanaryReport { canary: canary.clone(), gates: passed.clone(), behind: 0, stuck: None };
    let late = place.deployment.promote(&mut place.ledger, &report, act("op")).unwrap_err();
    assert!(matches!(late, DeploymentError::Rollout(RolloutError::Raced)), "{late}");
    let late = place.deployment.promote_as_it_stands(&mut place.ledger, &before, &passed, act("op")).unwrap_err();
    assert!(matches!(late, DeploymentError::Rollout(RolloutError::Raced)), "{late}");
    let last = promote(&mut place, &gates(Standing::Passed, 5_000)).unwrap();
    let Promotion::Activated(activation) = &last else { panic!() };
    assert_eq!((activation.cause, activation.set.version.as_str()), (Cause::Canary, "2.0.0"));
    assert_eq!(place.history().active().unwrap(), activation);
    assert_eq!(place.history().canary, None);
    let refused = promote(&mut place, &gates(Standing::Passed, 5_000)).unwrap_err();
    assert!(matches!(refused, DeploymentError::Rollout(RolloutError::NoCanary)), "{refused}");
    let refused = place.deployment.end_canary(&mut place.ledger, EndCause::Person, None, act("op")).unwrap_err();
    assert!(matches!(refused, DeploymentError::Rollout(RolloutError::NoCanary)), "{refused}");
    // What is written is read again, though its parts stand flat beside each other.
    for promotion in [Promotion::Moved(moved), last] {
        let text = serde_json::to_string(&promotion).unwrap();
        assert!(text.starts_with("{\"promotion\":\""), "{text}");
        assert_eq!(serde_json::from_str::<Promotion>(&text).unwrap(), promotion);
    }
}

#[test]
fn a_rollback_takes_back_the_canary_first_and_the_status_says_so() {
    let mut place = Place::begun();
    let second = place.approved("2.0.0");
    place.deployment.activate(&mut place.ledger, &second, act("op")).unwrap();
    let canary = place.try_out("3.0.0", &plan(&[500, 10_000]));
    let status = |place: &Place| place.deployment.set_status(&place.ledger).unwrap();
    assert_eq!((status(&place).canary, status(&place).ended_canary), (Some(canary.clone()), None));
    let report = place.report();
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<CanaryReport>(&text).unwrap(), report);
    let back = place.deployment.roll_back(&mut place.ledger, act("op")).unwrap();
    assert_eq!(back.activation.set.version, "2.0.0");
    assert_eq!((status(&place).canary, &status(&place).ended_canary), (None, &back.ended));
    let ended = status(&place).ended_canary.unwrap();
    assert_eq!((ended.canary, ended.cause, ended.by.as_str()), (canary, EndCause::Person, "op"));
    let back = place.deployment.roll_back(&mut place.ledger, act("op")).unwrap();
    let active = back.activation;
    assert_eq!((active.set.version.as_str(), active.cause, back.ended), ("1.0.0", Cause::Rollback, None));
    assert_eq!(status(&place).ended_canary, None);
}

#[test]
fn without_a_service_the_gates_are_asked_at_the_end() {
    let mut place = Place::begun();
    assert_eq!(place.deployment.keep_canary(&mut place.ledger, 1).unwrap(), Kept::Nothing);
    place.try_out("2.0.0", &quick(true));
    let kept = place.deployment.keep_canary(&mut place.ledger, 1).unwrap();
    assert!(matches!(&kept, Kept::Stays(report) if report.gates.standing == Standing::Holds), "{kept:?}");
    // The active set would have sent all of that to people.
    place.decide(0..400, Outcome::Apply);
    let kept = place.deployment.keep_canary(&mut place.ledger, 1).unwrap();
    let Kept::Ended(ended) = kept else { panic!("{kept:?}") };
    assert_eq!((ended.cause, ended.by.as_str()), (EndCause::Gate, BY_ITSELF));
    assert!(!ended.reason.is_empty() && ended.gates.is_some(), "{ended:?}");
    assert_eq!(place.history().active().unwrap().set.version, "1.0.0");
    assert_eq!(place.deployment.keep_canary(&mut place.ledger, 1).unwrap(), Kept::Nothing);
}

#[test]
fn a_canary_whose_gates_have_passed_goes_on_by_itself_only_if_its_plan_says_so() {
    for auto in [false, true] {
        let mut place = Place::begun();
        place.try_out("2.0.0", &quick(auto));
        place.decide(0..600, Outcome::Review);
        let kept = place.deployment.keep_canary(&mut place.ledger, 1).unwrap();
        match &kept {
            Kept::Stays(report) if !auto => assert_eq!(report.gates.standing, Standing::Passed, "{kept:?}"),
            Kept::Promoted(Promotion::Activated(activation)) if auto => {
                assert_eq!((activation.cause, activation.by.as_str()), (Cause::Canary, BY_ITSELF));
                assert_eq!(activation.set.version, "2.0.0");
            }
            _ => panic!("{kept:?}"),
        }
    }
}

#[test]
fn a_canary_whose_set_is_not_all_there_ends() {
    let mut place = Place::begun();
    let (digest, settings) = (Digest::of(b"gone"), Digest::of(b"{}"));
    let module = LockedModule {
        kind: ModuleKind::Policy,
        name: "gone".into(),
        version: "1.0.0".into(),
        digest,
        settings,
        on_fault: Outcome::Review,
        scripted: false,
        limits: Limits::default(),
    };
    let lock = Lock { name: "s".into(), version: "2.0.0".into(), modules: vec![module] };
    place.ledger.put_object(ObjectKind::SetLock, lock.canonical().unwrap().as_bytes()).unwrap();
    let broken = PolicySet { set_ref: lock.set_ref().unwrap(), lock, modules: Vec::new() };
    let meant = place.propose(&broken);
    place.approve(&meant);
    let refused = place.deployment.begin_canary(&mut place.ledger, &meant, &quick(true), act("op")).unwrap_err();
    assert!(matches!(refused, DeploymentError::Active(_)), "{refused}");
    // As if it had been there when it began.
    let history = place.history();
    let proposal = history.proposal(&meant, |_| None).unwrap();
    let approvals = &place.deployment.config.approvals;
    let event = history.begin_canary((proposal, &broken), ("00", &quick(true)), approvals, act("op")).unwrap();
    record(&mut place.ledger, &history, &[event]).unwrap();
    let kept = place.deployment.keep_canary(&mut place.ledger, 1).unwrap();
    let Kept::Ended(ended) = kept else { panic!("{kept:?}") };
    assert_eq!((ended.cause, ended.by.as_str()), (EndCause::Unusable, BY_ITSELF));
    assert!(ended.reason.contains("the module"), "{}", ended.reason);
}

/// Waits for what a service does by itself.
fn wait(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_service_ends_a_canary_of_which_a_gate_fails_and_promotes_for_people_only_what_has_passed() {
    let mut place = Place::begun();
    let service = Service::start(open(&place.deployment.home), 1, 8, None).unwrap();
    assert_eq!(service.canary(&place.ledger).unwrap(), None);
    place.try_out("2.0.0", &quick(false));
    let refused = service.promote(&mut place.ledger, act("op")).unwrap_err();
    assert!(matches!(refused, DeploymentError::Rollout(RolloutError::Gates { .. })), "{refused}");
    let arms = place.decide(0..600, Outcome::Review);
    let counted = |place: &Place| {
        let report = service.canary(&place.ledger).unwrap().unwrap();
        assert_eq!(report.stuck, None);
        (report.behind == 0).then_some(report)
    };
    wait("it follows", || counted(&place).is_some());
    let report = counted(&place).unwrap();
    assert_eq!(report.gates.counts.canary.records, number(&arms, Arm::Canary));
    assert_eq!((report.gates.standing, place.canary().step), (Standing::Passed, 0));
    let promotion = service.promote(&mut place.ledger, act("op")).unwrap();
    assert!(matches!(promotion, Promotion::Activated(_)), "{promotion:?}");
    assert_eq!(service.canary(&place.ledger).unwrap(), None);
    wait("it decides", || service.health().set.version == "2.0.0");
    // The next one is as bad as can be, and nobody looks.
    place.try_out("3.0.0", &quick(true));
    place.decide(0..400, Outcome::Apply);
    wait("it ends", || place.history().canary.is_none());
    let history = place.history();
    let ended = history.ended_canaries.last().unwrap();
    assert_eq!((ended.cause, ended.by.as_str()), (EndCause::Gate, BY_ITSELF));
    assert_eq!(history.active().unwrap().set.version, "2.0.0");
    service.stop();
}

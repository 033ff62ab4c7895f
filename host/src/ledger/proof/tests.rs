use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::ledger::draft::tests::{published, record_parts};
use crate::ledger::{DecisionIndex, Draft, EventKind, Ledger, NoteSigner, ObjectKind, Prepared, Sealer};
use crate::model::Digest;

pub(in crate::ledger) fn signer() -> NoteSigner {
    NoteSigner::new("example.com/log", &[9; 32]).unwrap()
}

fn lock() -> String {
    let module = |name: &str| {
        let (digest, settings) = (Digest::of(name.as_bytes()), Digest::of(b"{}"));
        json!({ "kind": "policy", "name": name, "version": "1.0.0", "digest": digest, "settings": settings })
    };
    json!({ "name": "crm", "version": "2.0.0", "module": [module("confidence"), module("consent")] }).to_string()
}

fn set() -> Value {
    json!({ "name": "crm", "version": "2.0.0", "digest": Digest::of(lock().as_bytes()) })
}

fn decision(number: usize) -> Prepared {
    made(number, None)
}

/// A decision, and why one of two sets made it.
fn made(number: usize, canary: Option<Value>) -> Prepared {
    let id = format!("s-{number}");
    let input = Digest::of(id.as_bytes());
    let mut sealer = Sealer::new(*input.as_bytes());
    let decided_at = "2026-11-20T09:00:00Z".to_owned();
    let digest = Digest::of(lock().as_bytes());
    let mut body = json!({
        "decided_at": decided_at,
        "id": id,
        "input": sealer.seal(&input).unwrap(),
        "modules": [{ "name": "confidence", "called": true }, { "name": "consent", "called": false }],
        "objects": [digest],
        "outcome": "review",
        "set": set(),
        "suggestion": {
            "rationale": sealer.seal(&"Ada \"Byron\" Łovelace\n").unwrap(),
            "target": { "id": sealer.seal(&"101").unwrap(), "object": "contact", "system": "hubspot" },
        },
    });
    if let Some(canary) = canary {
        body["canary"] = canary;
    }
    let draft = Draft {
        kind: EventKind::Decision,
        at: "2026-11-20T09:00:00.123Z".to_owned(),
        actor: "cli".to_owned(),
        body: body.to_string(),
        openings: Some(sealer.finish()),
        index: Some(DecisionIndex {
            suggestion_id: id,
            record: record_parts("101"),
            outcome: "review".to_owned(),
            decided_at,
            set_digest: *digest.as_bytes(),
            input_digest: *input.as_bytes(),
        }),
        objects: vec![digest],
    };
    draft.prepare().unwrap()
}

fn event(kind: EventKind, body: &Value) -> Prepared {
    Draft { kind, ..published(&body.to_string()) }.prepare().unwrap()
}

/// A ledger in which two modules were published, a set of them approved and activated, and so many suggestions decided; and
/// what another set and module went through beside them.
pub(in crate::ledger) fn decided(path: &Path, decisions: usize) -> Ledger {
    let mut ledger = Ledger::create(path).unwrap();
    ledger.put_object(ObjectKind::SetLock, lock().as_bytes()).unwrap();
    let of = |name: &str| json!({ "name": name, "digest": Digest::of(name.as_bytes()) });
    let mut other = set();
    other["digest"] = json!(Digest::of(b"other"));
    let first = [
        event(EventKind::Published, &of("confidence")),
        event(EventKind::Published, &of("other")),
        event(EventKind::Published, &of("consent")),
        event(EventKind::SetApproved, &json!({ "set": set() })),
        event(EventKind::Activated, &json!({ "set": set() })),
        event(EventKind::SetApproved, &json!({ "set": other })),
        event(EventKind::Activated, &json!({ "set": other })),
        event(EventKind::Activated, &json!({ "set": set() })),
    ];
    ledger.append(&first).unwrap();
    let all: Vec<Prepared> = (0..decisions).map(decision).collect();
    for group in all.chunks(100) {
        ledger.append(group).unwrap();
    }
    ledger.append(&[event(EventKind::Activated, &json!({ "set": set() }))]).unwrap();
    ledger
}

/// The proof of one decision of a ledger of 300.
fn proved() -> (TempDir, Ledger, Proof) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = decided(&folder.path().join("ledger.db"), 300);
    let proof = ledger.prove("s-260", &signer()).unwrap().unwrap();
    (folder, ledger, proof)
}

#[test]
fn a_proof_shows_the_decision_and_what_made_it() {
    let (_folder, ledger, proof) = proved();
    let read = Proof::from_text(&proof.to_text().unwrap()).unwrap();
    assert_eq!(read, proof);
    let shown = read.verify(signer().verifier()).unwrap();
    assert_eq!(shown.checkpoint.head, ledger.head().unwrap());
    assert_eq!((shown.decision.id.as_str(), shown.decision.outcome.as_str()), ("s-260", "review"));
    assert_eq!((shown.decision.event.seq, shown.decision.event.shown, shown.decision.event.hidden), (268, 3, 0));
    assert!(shown.decision.event.body.contains(r#""Ada \"Byron\" Łovelace\n""#));
    assert!(!shown.decision.event.committed.contains("Ada"));
    assert_eq!(shown.activation.map(|event| event.seq), Some(7), "the last before the decision");
    assert_eq!(shown.approvals.iter().map(|event| event.seq).collect::<Vec<_>>(), [3]);
    let modules: Vec<_> = shown.modules.iter().map(|module| (module.name.as_str(), &module.published)).collect();
    let published = |seq| move |event: &ShownEvent| event.seq == seq;
    assert!(matches!(modules.as_slice(), [("confidence", Some(first)), ("consent", Some(second))]
        if published(0)(first) && published(2)(second)));
    assert!(ledger.prove("nobody", &signer()).unwrap().is_none());
}

#[test]
fn every_changed_byte_of_a_proof_is_refused() {
    let (_folder, _ledger, proof) = proved();
    let (signer, text) = (signer(), proof.to_text().unwrap().into_bytes());
    for at in 0..text.len() {
        let mut changed = text.clone();
        changed[at] ^= 1 << (at % 8);
        let Ok(changed) = String::from_utf8(changed) else { continue };
        let read = Proof::from_text(&changed).and_then(|proof| proof.verify(signer.verifier()));
        assert!(read.is_err(), "byte {at}: {changed}");
    }
    for end in (0..text.len()).step_by(7) {
        assert!(str::from_utf8(&text[..end]).map_or(true, |cut| Proof::from_text(cut).is_err()));
    }
}

/// What is wrong with a changed proof.
fn wrong(change: impl FnOnce(&mut Proof, &Ledger)) -> String {
    let (_folder, ledger, mut proof) = proved();
    change(&mut proof, &ledger);
    let error = Proof::from_text(&proof.to_text().unwrap()).unwrap().verify(signer().verifier()).unwrap_err();
    assert!(error.breaks());
    error.to_string()
}

#[test]
fn parts_that_hold_but_do_not_belong_together_are_refused() {
    let other = |ledger: &Ledger| ledger.prove("s-2", &signer()).unwrap().unwrap();
    assert!(
        wrong(|proof, ledger| proof.decision.entry = other(ledger).decision.entry)
            .starts_with("the decision: its text")
    );
    assert!(
        wrong(|proof, ledger| proof.decision.path = other(ledger).decision.path).starts_with("the decision: its text")
    );
    assert!(
        wrong(|proof, ledger| proof.decision.openings = other(ledger).decision.openings).contains("sealed value 0")
    );
    assert!(wrong(|proof, _| drop(proof.decision.openings.pop())).contains("3 sealed values"));
    assert!(wrong(|proof, _| proof.decision.openings.swap(1, 2)).contains("sealed value 1"));
    assert!(wrong(|proof, _| proof.lock.push(' ')).starts_with("the lock: it is sha256:"));
    assert!(wrong(|proof, _| proof.decision = proof.approvals[0].clone()).contains("of the kind `set-approved`"));
    assert!(
        wrong(|proof, _| proof.activation = Some(proof.approvals[0].clone())).starts_with("the activation: it is of")
    );
    assert!(wrong(|proof, _| proof.approvals.push(proof.publications[0].clone())).starts_with("an approval: it is of"));
    let of = |ledger: &Ledger, kind, at: usize| {
        let event = ledger.policy_events(kind, u64::MAX).unwrap().swap_remove(at);
        ProvenEvent::new(ledger, ledger.head().unwrap().size, event).unwrap()
    };
    let foreign = wrong(|proof, ledger| proof.activation = Some(of(ledger, EventKind::Activated, 1)));
    assert_eq!(foreign, "the activation: it is about another set");
    let late = wrong(|proof, ledger| proof.activation = Some(of(ledger, EventKind::Activated, 3)));
    assert_eq!(late, "the activation: it is later than the decision");
    let none = wrong(|proof, ledger| proof.publications.push(of(ledger, EventKind::Published, 1)));
    assert_eq!(none, "a publication: it is of no module of the set");
}

#[test]
fn another_key_is_refused_and_another_form_is_no_proof() {
    let (_folder, _ledger, proof) = proved();
    let other = NoteSigner::new("example.com/log", &[8; 32]).unwrap();
    let error = proof.verify(other.verifier()).unwrap_err();
    assert!(matches!(error, ProofError::Checkpoint(NoteError::Unsigned(_))) && error.breaks());
    let text = proof.to_text().unwrap();
    let later = Proof::from_text(&text.replace("proof/1", "proof/2")).unwrap_err();
    assert!(matches!(&later, ProofError::Format(found) if found == "countersign-proof/2") && !later.breaks());
    for other in
        ["", "{}", "[]", "no", &text.replace("\"lock\"", "\"look\""), &text.replacen('\n', "\n ", 1), &text[1..]]
    {
        assert!(!Proof::from_text(other).unwrap_err().breaks(), "{other}");
    }
}

#[test]
fn what_is_not_shown_is_counted_and_proves_nothing_less() {
    let (_folder, _ledger, mut proof) = proved();
    proof.decision.openings[1] = None;
    proof.activation = None;
    proof.approvals.clear();
    proof.publications.clear();
    let text = proof.to_text().unwrap();
    assert!(!text.contains("Ada"));
    let shown = Proof::from_text(&text).unwrap().verify(signer().verifier()).unwrap();
    assert_eq!((shown.decision.event.shown, shown.decision.event.hidden), (2, 1));
    assert!(
        shown.decision.event.body.contains("\"rationale\":{\"sealed\":\"")
            && shown.decision.event.body.contains("\"101\"")
    );
    assert!(shown.activation.is_none() && shown.modules.iter().all(|module| module.published.is_none()));
}

#[test]
fn what_lets_a_set_decide_that_is_tried_is_the_begin_of_that() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
    ledger.put_object(ObjectKind::SetLock, lock().as_bytes()).unwrap();
    let step = |step: &str| event(EventKind::RolloutStep, &json!({ "step": step, "set": set() }));
    let by = |number, canary: u64, arm: &str| made(number, Some(json!({ "canary": canary, "arm": arm })));
    let events = [
        event(EventKind::Activated, &json!({ "set": set() })),
        event(EventKind::SetApproved, &json!({ "set": set() })),
        step("canary-begun"),
        step("canary-moved"),
        step("canary-begun"),
        by(1, 2, "canary"),
        by(2, 2, "active"),
        by(3, 3, "canary"),
        by(4, 99, "canary"),
    ];
    ledger.append(&events).unwrap();
    let proof = |id: &str| ledger.prove(id, &signer()).unwrap().unwrap();
    let shown = |id: &str| {
        let Shown { activation, approvals, .. } = proof(id).verify(signer().verifier()).unwrap();
        (activation.map(|event| (event.seq, event.kind)), approvals.len())
    };
    assert_eq!(shown("s-1"), (Some((2, EventKind::RolloutStep)), 1));
    assert_eq!(shown("s-2"), (Some((0, EventKind::Activated)), 1), "the set was in force, and another one was tried");
    assert_eq!(shown("s-4"), (None, 1), "a canary that is not there");
    let error = ledger.prove("s-3", &signer()).unwrap_err().to_string();
    assert!(error.contains("the canary's begin: it is the step `canary-moved`"), "{error}");

    let with = |id: &str, kind, at: usize| {
        let event = ledger.policy_events(kind, u64::MAX).unwrap().swap_remove(at);
        let event = ProvenEvent::new(&ledger, ledger.head().unwrap().size, event).unwrap();
        let changed = Proof { activation: Some(event), ..proof(id) };
        changed.verify(signer().verifier()).unwrap_err().to_string()
    };
    assert_eq!(
        with("s-1", EventKind::Activated, 0),
        "the canary's begin: it is of the kind `activated`, not `rollout-step`"
    );
    assert_eq!(with("s-1", EventKind::RolloutStep, 2), "the canary's begin: the decision names another canary");
    assert_eq!(
        with("s-2", EventKind::RolloutStep, 0),
        "the activation: it is of the kind `rollout-step`, not `activated`"
    );
}

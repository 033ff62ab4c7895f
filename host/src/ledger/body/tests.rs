use serde_json::{Value, json};

use super::*;
use crate::ledger::open;

fn decision(canary: Option<Assignment>) -> Decision {
    Decision {
        id: "s-1".into(),
        outcome: Outcome::Review,
        decided_at: "2026-11-20T09:00:00Z".into(),
        set: SetRef { name: "s".into(), version: "1.0.0".into(), digest: Digest::of(b"lock") },
        canary,
        reasons: vec![GivenReason {
            module: "confidence".into(),
            code: "confidence.below-threshold".into(),
            field: None,
            message: "The confidence is low.".into(),
            outcome: Outcome::Review,
        }],
        findings: Vec::new(),
        modules: Vec::new(),
        review: None,
    }
}

fn assignment() -> Assignment {
    Assignment { canary: 12, salt: "5a17".into(), bucket: 4_711, share: 5_000, arm: Arm::Canary }
}

/// The draft of a decision's event.
fn drafted(decision: &Decision) -> Draft {
    let suggestion = json!({
        "id": "s-1", "received_at": "2026-11-20T09:00:00Z", "operation": "enrich",
        "target": { "system": "hubspot", "object": "contact", "id": "101" },
        "changes": [{ "field": "industry", "prior": null, "proposed": "Software" }],
        "assistant": { "vendor": "acme", "model": "enricher", "version": "2.1" },
    });
    let suggestion: Suggestion = serde_json::from_str(&suggestion.to_string()).unwrap();
    let engine = EngineRef { version: "1".into(), config: "1".into() };
    let basis = Basis { suggestion: &suggestion, history: &[], catalogue: Digest::of(b"catalogue"), engine: &engine };
    let at = "2026-11-20T09:00:00.5Z".to_owned();
    decision_event(decision, &basis, Digest::of(b"input"), at, "cli", [7; 32]).unwrap()
}

fn opened(draft: &Draft) -> String {
    open(&draft.body, draft.openings.as_ref().unwrap()).unwrap()
}

fn lock() -> Lock {
    Lock { name: "s".into(), version: "1.0.0".into(), modules: Vec::new() }
}

#[test]
fn why_one_of_two_sets_judged_is_read_back_and_its_bucket_is_sealed() {
    let decision = decision(Some(assignment()));
    let draft = drafted(&decision);
    let committed: Value = serde_json::from_str(&draft.body).unwrap();
    let said = &committed["canary"];
    assert_eq!(
        (&said["canary"], &said["salt"], &said["share"], &said["arm"]),
        (&json!(12), &json!("5a17"), &json!(5_000), &json!("canary"))
    );
    assert!(said["bucket"]["sealed"].is_string(), "{said}");
    assert!(!draft.body.contains(":4711"));
    assert_eq!(draft.openings.as_ref().unwrap().values()[0], "4711", "it stands before all others");
    let read = RecordedDecision::read(&opened(&draft)).unwrap();
    assert_eq!(read.canary, Some(assignment()));
    assert_eq!(read.into_decision(&lock()), Some(decision));
    draft.prepare().unwrap();
}

#[test]
fn where_no_set_is_tried_the_body_is_what_it_always_was() {
    let decision = decision(None);
    let draft = drafted(&decision);
    assert!(!draft.body.contains("canary"), "{}", draft.body);
    assert_eq!(draft.openings.as_ref().unwrap().values()[0], "\"The confidence is low.\"");
    let read = RecordedDecision::read(&opened(&draft)).unwrap();
    assert_eq!(read.canary, None);
    assert_eq!(read.into_decision(&lock()), Some(decision));
    draft.prepare().unwrap();
}

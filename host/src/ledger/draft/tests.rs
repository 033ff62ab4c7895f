use serde_json::json;

use super::*;
use crate::ledger::Sealer;

/// The draft of a decision about record `record`, with `padding` characters of rationale.
pub(in crate::ledger) fn decision(id: &str, record: &str, padding: usize) -> Draft {
    let mut seed = [0; 32];
    seed.copy_from_slice(Digest::of(id.as_bytes()).as_bytes());
    let mut sealer = Sealer::new(seed);
    let input = Digest::of(id.as_bytes());
    let set = Digest::of(b"set");
    let decided_at = "2026-11-20T09:00:00Z".to_owned();
    let body = json!({
        "decided_at": decided_at,
        "id": id,
        "input": sealer.seal(&input).unwrap(),
        "objects": [],
        "outcome": "review",
        "set": { "name": "crm-default", "version": "1.0.0", "digest": set },
        "suggestion": {
            "rationale": sealer.seal(&"because ".repeat(padding / 8)).unwrap(),
            "target": { "id": sealer.seal(&record).unwrap(), "object": "contact", "system": "hubspot" },
        },
    });
    Draft {
        kind: EventKind::Decision,
        at: "2026-11-20T09:00:00.123Z".to_owned(),
        actor: "cli".to_owned(),
        body: body.to_string(),
        openings: Some(sealer.finish()),
        index: Some(DecisionIndex {
            suggestion_id: id.to_owned(),
            record: record_parts(record),
            outcome: "review".to_owned(),
            decided_at,
            set_digest: *set.as_bytes(),
            input_digest: *input.as_bytes(),
        }),
        objects: Vec::new(),
    }
}

/// The record of that id, as [`decision`] names it.
pub(in crate::ledger) fn record_parts(id: &str) -> RecordParts {
    RecordParts { system: "hubspot".to_owned(), object: "contact".to_owned(), id: id.to_owned() }
}

/// The draft of an event that is no decision.
pub(in crate::ledger) fn published(body: &str) -> Draft {
    Draft {
        kind: EventKind::Published,
        at: "2026-11-20T09:00:00Z".to_owned(),
        actor: "cli".to_owned(),
        body: body.to_owned(),
        openings: None,
        index: None,
        objects: Vec::new(),
    }
}

#[test]
fn a_decision_is_prepared_without_its_values() {
    let prepared = decision("s-1", "ada@example.com", 64).prepare().unwrap();
    assert!(
        prepared
            .entry()
            .starts_with(r#"{"v":1,"kind":"decision","at":"2026-11-20T09:00:00.123Z","actor":"cli","body":{"#)
    );
    assert!(!prepared.entry().contains("ada") && !prepared.entry().contains("because"));
    assert_eq!(prepared.leaf(), leaf_hash(prepared.entry().as_bytes()));
    assert!(prepared.opening.unwrap().1.contains("ada@example.com"));
}

#[test]
fn an_index_that_differs_from_the_body_is_refused() {
    type Change = fn(&mut DecisionIndex);
    let wrong: [(&str, Change); 6] = [
        ("`id`", |index| index.suggestion_id.push('x')),
        ("`outcome`", |index| index.outcome = "apply".to_owned()),
        ("`decided_at`", |index| index.decided_at = "2026-11-20T09:00:01Z".to_owned()),
        ("`set.digest`", |index| index.set_digest = [0; 32]),
        ("`suggestion.target`", |index| index.record.id.push('x')),
        ("`input`", |index| index.input_digest = [0; 32]),
    ];
    for (key, change) in wrong {
        let mut draft = decision("s-1", "101", 0);
        change(draft.index.as_mut().unwrap());
        let error = draft.prepare().unwrap_err().to_string();
        assert_eq!(error, format!("{key} of the decision's body and of its index differ"));
    }
}

#[test]
fn what_could_never_be_verified_is_refused() {
    let mut without = decision("s-1", "101", 0);
    without.index = None;
    assert!(matches!(without.prepare(), Err(DraftError::Index { given: false, .. })));
    let mut with = published("{}");
    with.index = decision("s-1", "101", 0).index;
    assert!(matches!(with.prepare(), Err(DraftError::Index { given: true, .. })));
    let mut late = published("{}");
    late.at = "today".to_owned();
    assert!(matches!(late.prepare(), Err(DraftError::Time { key: "at", .. })));
    let mut unopened = decision("s-1", "101", 0);
    unopened.openings = None;
    assert!(matches!(unopened.prepare(), Err(DraftError::Seal(SealError::Count { places: 3, values: 0 }))));
    assert!(matches!(decision("", "101", 0).prepare(), Err(DraftError::Unfit { key: "id", .. })));
    let nul = decision("s-1", "1\u{0}2", 0).prepare();
    assert!(matches!(nul, Err(DraftError::Unfit { key: "suggestion.target", .. })));
    assert!(matches!(published("[]").prepare(), Err(DraftError::Seal(SealError::Body(_)))));
    let hex = Digest::of(b"x");
    let cites = published(&format!("{{\"objects\":[\"{hex}\"]}}")).prepare();
    assert!(matches!(cites, Err(DraftError::Unlisted(digest)) if digest == hex));
    assert!(matches!(published("{\"objects\":[\"x\"]}").prepare(), Err(DraftError::Cited(_))));
}

#[test]
fn a_forged_commitment_in_plain_data_is_refused() {
    let forged = format!("{{\"settings\":{{\"sealed\":\"{:x}\"}}}}", Digest::of(b"x"));
    assert!(matches!(published(&forged).prepare(), Err(DraftError::Seal(SealError::Count { .. }))));
    let spaced = forged.replace("\":\"", "\": \"");
    assert!(matches!(published(&spaced).prepare(), Err(DraftError::Seal(SealError::Forged { .. }))));
    // In a decision with openings of its own, the forged one would shift them.
    let mut draft = decision("s-1", "101", 0);
    draft.body = draft.body.replacen('{', &format!("{},", forged.trim_end_matches('}').to_owned() + "}"), 1);
    assert!(matches!(draft.prepare(), Err(DraftError::Seal(SealError::Count { places: 4, values: 3 }))));
}

#[test]
fn openings_of_nothing_are_not_kept() {
    let mut draft = published("{}");
    draft.openings = Some(Sealer::new([0; 32]).finish());
    assert!(draft.prepare().unwrap().opening.is_none());
}

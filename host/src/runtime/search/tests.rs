use serde_json::json;

use super::*;
use crate::ledger::{Cause, DecisionIndex, Draft, EventKind, ObjectKind, RecordParts, Sealer};
use crate::model::{Limits, ModuleKind, Outcome};
use crate::modules::{Lock, LockedModule};
use crate::replay::{Conditions, Dimension};

fn record(number: u64) -> RecordParts {
    RecordParts { system: "hubspot".to_owned(), object: "contact".to_owned(), id: format!("r-{number}") }
}

/// A decision about every third e-mail address is a rejection; every second suggestion is of the segment `saas`.
fn decision(number: u64, set: Digest) -> Draft {
    let mut sealer = Sealer::new(*Digest::of(&number.to_be_bytes()).as_bytes());
    let (id, outcome) = (format!("s-{number}"), if number.is_multiple_of(3) { "reject" } else { "apply" });
    let decided_at = format!("2026-11-20T09:{:02}:00Z", number % 60);
    let segment = if number.is_multiple_of(2) { "saas" } else { "bank" };
    let RecordParts { system, object, id: of } = record(number);
    let input = Digest::of(id.as_bytes());
    // Keys in the order in which they are written: values are sealed in that order.
    let body = json!({
        "decided_at": decided_at,
        "findings": [{ "code": "m.seen" }],
        "id": id,
        "input": sealer.seal(&input).unwrap(),
        "objects": [set],
        "outcome": outcome,
        "reasons": [{ "code": format!("m.{outcome}"), "message": sealer.seal(&"Because.").unwrap() }],
        "set": { "digest": set },
        "suggestion": {
            "assistant": { "vendor": "acme", "model": "x", "version": "1" },
            "changes": [{ "field": "email" }, { "field": format!("f-{number}") }],
            "context": sealer.seal(&json!({ "segment": segment })).unwrap(),
            "operation": "enrich",
            "target": { "id": sealer.seal(&of).unwrap(), "object": object, "system": system },
        },
    });
    Draft {
        kind: EventKind::Decision,
        at: "2026-11-20T09:00:00Z".to_owned(),
        actor: "crm".to_owned(),
        body: body.to_string(),
        openings: Some(sealer.finish()),
        index: Some(DecisionIndex {
            suggestion_id: id,
            record: record(number),
            outcome: outcome.to_owned(),
            decided_at,
            set_digest: *set.as_bytes(),
            input_digest: *input.as_bytes(),
        }),
        objects: vec![set],
    }
}

/// So many decisions, and the digest of the set that made them.
fn ledger(folder: &std::path::Path, decisions: u64) -> (Ledger, Digest) {
    let mut ledger = Ledger::create(folder.join("ledger.db")).unwrap();
    let digest = Digest::of(b"component");
    let module = LockedModule {
        kind: ModuleKind::Policy,
        name: "m".to_owned(),
        version: "1.0.0".to_owned(),
        digest,
        settings: digest,
        on_fault: Outcome::Review,
        scripted: false,
        limits: Limits::DEFAULT,
    };
    let lock = Lock { name: "crm".to_owned(), version: "1.2.0".to_owned(), modules: vec![module] };
    let set = ledger.put_object(ObjectKind::SetLock, lock.canonical().unwrap().as_bytes()).unwrap();
    let group: Vec<_> = (0..decisions).map(|number| decision(number, set).prepare().unwrap()).collect();
    ledger.append(&group).unwrap();
    (ledger, set)
}

/// The numbers of all that is found, page by page, and how many pages that took.
fn all(ledger: &Ledger, search: &Search, most: u32, bounds: Bounds) -> (Vec<u64>, usize) {
    let (mut numbers, mut pages, mut before) = (Vec::new(), 0, u64::MAX);
    loop {
        let found = search.page_within(ledger, before, most, bounds).unwrap();
        assert!(found.decisions.len() <= most as usize);
        numbers.extend(found.decisions.iter().map(|one| one.seq));
        pages += 1;
        match found.next {
            Some(next) => before = next,
            None => return (numbers, pages),
        }
    }
}

fn by(outcome: Option<Outcome>, names: &[(Dimension, &str)]) -> Search {
    let names = names.iter().map(|(dimension, name)| (*dimension, Some((*name).to_owned())));
    let selection = Selection { conditions: Conditions::new(outcome, names), ..Selection::default() };
    Search { selection, ..Search::default() }
}

#[test]
fn pages_lose_nothing_and_repeat_nothing_whatever_bounds_them() {
    let folder = tempfile::tempdir().unwrap();
    let (ledger, _) = ledger(folder.path(), 40);
    let expected: Vec<u64> = (0..40_u64).rev().filter(|number| number.is_multiple_of(3)).collect();
    let wide = Bounds { rows: 1_000, entries: 1_000 };
    for search in [by(Some(Outcome::Reject), &[]), Search { code: Some("m.reject".to_owned()), ..Search::default() }] {
        for most in 1..=40 {
            assert_eq!(all(&ledger, &search, most, wide), (expected.clone(), expected.len().div_ceil(most as usize)));
        }
        for bound in 1..=41 {
            let bounds = Bounds { rows: bound, entries: bound };
            let (found, pages) = all(&ledger, &search, 100, bounds);
            assert_eq!((found, pages), (expected.clone(), 40_usize.div_ceil(bound)));
        }
    }
    // Nothing is read that need not be: the bound on entries ends no search by what stands in the rows.
    assert_eq!(all(&ledger, &by(Some(Outcome::Reject), &[]), 100, Bounds { rows: 1_000, entries: 1 }).1, 1);
    assert_eq!(all(&ledger, &Search::default(), 20, wide), ((0..40).rev().collect(), 2));
}

#[test]
fn what_is_found_meets_all_conditions() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ledger, set) = ledger(folder.path(), 12);
    let found = |ledger: &Ledger, search: &Search| {
        let found = search.page(ledger, u64::MAX, 100).unwrap();
        found.decisions.into_iter().map(|one| one.seq).collect::<Vec<_>>()
    };
    let everything: Vec<u64> = (0..12).rev().collect();
    let set_of = |text: &str| Search { set: Some(text.parse().unwrap()), ..Search::default() };
    for (search, expected) in [
        (by(None, &[(Dimension::Field, "email")]), everything.clone()),
        (by(None, &[(Dimension::Field, "f-7")]), vec![7]),
        (by(Some(Outcome::Reject), &[(Dimension::Field, "f-7")]), vec![]),
        (by(None, &[(Dimension::Assistant, "acme/x"), (Dimension::Operation, "enrich")]), everything.clone()),
        (by(None, &[(Dimension::Object, "account")]), vec![]),
        (by(Some(Outcome::Reject), &[(Dimension::Segment, "saas")]), vec![6, 0]),
        (set_of(&set.to_string()), everything.clone()),
        (set_of("crm@1.2.0"), everything.clone()),
        (set_of("crm@1.2"), vec![]),
        (Search { system: Some("salesforce".to_owned()), ..Search::default() }, vec![]),
        (Search { code: Some("m.seen".to_owned()), ..Search::default() }, everything),
        (
            Search {
                selection: Selection {
                    from: "2026-11-20T09:03:00Z".parse().ok(),
                    to: "2026-11-20T10:05:00+01:00".parse().ok(),
                    ..Selection::default()
                },
                ..Search::default()
            },
            vec![4, 3],
        ),
    ] {
        assert_eq!(found(&ledger, &search), expected, "{search:?}");
    }
    // What was erased is found by what stands in the clear, and by nothing else.
    let cause = Cause { reason: "request 1", at: "2026-11-21T09:00:00Z", actor: "legal" };
    ledger.erase(&record(6), cause).unwrap();
    assert_eq!(found(&ledger, &by(Some(Outcome::Reject), &[(Dimension::Segment, "saas")])), [0]);
    assert_eq!(found(&ledger, &by(None, &[(Dimension::Field, "f-6")])), [6]);
}

#[test]
fn a_set_has_a_name_and_a_version_or_a_digest() {
    for wrong in ["", "crm", "@1", "crm@", "sha256:12"] {
        assert_eq!(wrong.parse::<WhichSet>(), Err(NotASet), "{wrong}");
    }
}

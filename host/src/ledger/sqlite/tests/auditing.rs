use std::ops::Range;

use jiff::Timestamp;

use super::*;
use crate::ledger::EventKind;

fn span(from: &str, to: &str) -> Range<Timestamp> {
    from.parse().unwrap()..to.parse().unwrap()
}

#[test]
fn events_are_found_by_their_time() {
    let (_folder, path) = place();
    let ledger = small(&path);
    // Event 4 is of 09:00:00, all others of 09:00:00.123.
    let later = span("2026-11-20T09:00:00.1Z", "2026-12-01T00:00:00Z");
    assert_eq!(ledger.recorded_in(&later, 9).unwrap(), Some(0..9));
    assert_eq!(ledger.recorded_in(&later, 5).unwrap(), Some(0..4));
    let one = span("2026-11-20T10:00:00+01:00", "2026-11-20T09:00:00.1Z");
    assert_eq!(ledger.recorded_in(&one, 9).unwrap(), Some(4..5));
    let none = span("2026-11-20T09:00:00.124Z", "2027-01-01T00:00:00Z");
    assert_eq!(ledger.recorded_in(&none, 9).unwrap(), None);
}

#[test]
fn decisions_are_shown_without_their_values_and_also_when_these_are_gone() {
    let (_folder, path) = place();
    let ledger = small(&path);
    let shown = |range| {
        let mut all = Vec::new();
        ledger
            .decision_entries::<LedgerError>(range, |entry| {
                all.push(entry);
                Ok(())
            })
            .unwrap();
        all
    };
    let before = shown(2..7);
    assert_eq!(before.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 3, 5, 6]);
    assert!(before.iter().all(|entry| entry.body.contains("sealed") && !entry.body.contains("because")));
    assert_eq!(before[0].at, "2026-11-20T09:00:00.123Z");
    adversary(&path).execute("DELETE FROM opening", []).unwrap();
    assert_eq!(shown(2..7), before);
    assert_eq!(ledger.decision_entry("s-2").unwrap().as_ref(), before.first());
    assert_eq!(ledger.decision_entry("nobody").unwrap(), None);
}

#[test]
fn events_of_a_kind_are_found() {
    let (_folder, path) = place();
    let ledger = small(&path);
    let seqs = |range| {
        let events = ledger.events_of(EventKind::Published, &range).unwrap();
        events.into_iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    assert_eq!((seqs(0..9), seqs(5..9)), (vec![4], vec![]));
    let last = |before| ledger.last_event_of(EventKind::Published, before).unwrap().map(|event| event.seq);
    assert_eq!((last(u64::MAX), last(4)), (Some(4), None));
}

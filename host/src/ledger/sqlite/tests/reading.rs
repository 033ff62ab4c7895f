use super::*;
use crate::ledger::{EventKind, UnopenedError, event, imported_truth};
use crate::model::Truth;

#[test]
fn a_decision_is_read_back_as_it_was_prepared() {
    let (_folder, path) = place();
    let ledger = small(&path);
    let draft = decision("s-2", "record of s-2", 32);
    let prepared = draft.clone().prepare().unwrap();
    let recorded = ledger.decision("s-2").unwrap().unwrap();
    assert_eq!((recorded.seq, recorded.leaf, recorded.entry.as_str()), (2, prepared.leaf(), prepared.entry()));
    assert_eq!(recorded.leaf, leaf_hash(recorded.entry.as_bytes()));
    assert_eq!(recorded.input_digest.unwrap().as_bytes(), &draft.index.unwrap().input_digest);
    let body = recorded.body.unwrap();
    assert_eq!(body, crate::ledger::open(&draft.body, &draft.openings.unwrap()).unwrap());
    assert!(body.contains("record of s-2") && body.contains("because"));
    assert_eq!(ledger.decision("s-4").unwrap(), None);

    let event = ledger.event(2).unwrap().unwrap();
    assert_eq!((event.kind, event.actor.as_str(), event.body.unwrap()), (EventKind::Decision, "cli", body));
    assert_eq!(event.entry, event::write(event.kind, &event.at, &event.actor, &draft.body).unwrap());
    let publish = ledger.event(4).unwrap().unwrap();
    assert_eq!(publish.kind, EventKind::Published);
    assert!(publish.body.unwrap().starts_with("{\"objects\":[\"sha256:"));
    assert_eq!(ledger.event(9).unwrap(), None);
    assert_eq!(ledger.event(u64::MAX).unwrap(), None);
}

#[test]
fn erased_values_leave_the_event() {
    let (_folder, path) = place();
    drop(small(&path));
    adversary(&path).execute("DELETE FROM opening WHERE seq = 2", []).unwrap();
    let ledger = Ledger::open(&path).unwrap();
    let recorded = ledger.decision("s-2").unwrap().unwrap();
    assert_eq!(recorded.body, None);
    assert_eq!(recorded.leaf, leaf_hash(recorded.entry.as_bytes()));
    assert_eq!(ledger.history(&record_parts("record of s-2"), "2026-01-01T00:00:00Z", 9).unwrap(), []);
}

#[test]
fn changed_values_are_never_shown() {
    let (_folder, path) = place();
    drop(small(&path));
    let change = "UPDATE opening SET sealed_values = replace(sealed_values, 'because', 'forged!') WHERE seq = 2";
    adversary(&path).execute(change, []).unwrap();
    let error = Ledger::open(&path).unwrap().decision("s-2").unwrap_err();
    assert!(matches!(error, LedgerError::Seal { seq: 2, .. }));
}

#[test]
fn walks_are_in_order_and_whole() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    for start in (0..300).step_by(50) {
        let mut publish = published("{}").prepare().unwrap();
        publish.at = "2026-11-20T09:00:00Z".to_owned();
        let mut group = group(start, start + 49);
        group.push(publish);
        ledger.append(&group).unwrap();
    }
    let seqs = |range| ledger.events(range).unwrap().map(|event| event.unwrap().seq).collect::<Vec<_>>();
    assert_eq!(seqs(0..u64::MAX), (0..300).collect::<Vec<_>>());
    assert_eq!(seqs(63..130), (63..130).collect::<Vec<_>>());
    assert!(seqs(300..400).is_empty() && seqs(7..7).is_empty());
    let decisions = |before, shard| {
        ledger.decision_pages(0..before, shard).flat_map(|page| page.unwrap()).map(|row| row.seq).collect::<Vec<_>>()
    };
    let all = |before| (0..before).filter(|seq| seq % 50 != 49).collect::<Vec<u64>>();
    assert_eq!(decisions(u64::MAX, (0, 1)), all(300));
    assert_eq!(decisions(60, (0, 1)), all(60));
    assert_eq!(ledger.decisions_before(60).unwrap(), 59);
    let stretch = ledger.decision_pages(40..60, (0, 1)).flat_map(|page| page.unwrap()).map(|row| row.seq);
    assert!(stretch.eq((40..60).filter(|seq| *seq != 49)) && ledger.decisions_at(40..60).unwrap() == 19);
    let mut shards: Vec<u64> = (0..3).flat_map(|shard| decisions(u64::MAX, (shard, 3))).collect();
    shards.sort_unstable();
    assert_eq!(shards, all(300));
}

#[test]
fn the_last_that_people_said_of_a_suggestion_counts() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    ledger.append(&group(0, 3)).unwrap();
    let say = |id: &str, truth| imported_truth(id, truth, "2026-11-20T09:00:00Z", "ana").prepare().unwrap();
    ledger.append(&[say("s-1", Truth::Approve), say("s-2", Truth::Approve), say("s-2", Truth::Reject)]).unwrap();
    let rows = ledger.decision_pages(0..u64::MAX, (0, 1)).flat_map(|page| page.unwrap());
    let truths: Vec<_> = rows.map(|row| row.truth).collect();
    assert_eq!(truths, [None, Some(Truth::Approve), Some(Truth::Reject)]);
    assert!(ledger.is_decided("s-1").unwrap() && !ledger.is_decided("s-3").unwrap());
    assert_eq!(verify(&path).unwrap().events, 6);
    let raw = adversary(&path);
    raw.execute("UPDATE follow_up SET truth = 'approve' WHERE seq = 5", []).unwrap();
    assert_eq!(verify(&path).unwrap_err().seq, Some(5));
}

#[test]
fn a_row_opens_as_the_decision_does_and_tells_what_it_cannot_open() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    ledger.append(&group(0, 3)).unwrap();
    let row = |number| ledger.decision_pages(0..u64::MAX, (0, 1)).flat_map(|page| page.unwrap()).nth(number).unwrap();
    let whole = ledger.decision("s-0").unwrap().unwrap().body.unwrap();
    assert_eq!(row(0).open(true).unwrap(), whole);
    assert_eq!(row(0).open(false).unwrap(), whole);
    let raw = adversary(&path);
    raw.execute("UPDATE opening SET sealed_values = replace(sealed_values, 'record', 'rekord') WHERE seq = 0", [])
        .unwrap();
    assert!(matches!(row(0).open(true), Err(UnopenedError::Seal(_))));
    raw.execute("DELETE FROM opening WHERE seq = 1", []).unwrap();
    assert!(matches!(row(1).open(false), Err(UnopenedError::Erased)));
    raw.execute("UPDATE event SET entry = replace(entry, '\"v\":1', '\"v\":7') WHERE seq = 2", []).unwrap();
    assert!(matches!(row(2).open(false), Err(UnopenedError::Newer(7))));
}

#[test]
fn history_is_of_one_record_and_a_window_oldest_first() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    let times = ["2026-11-20T09:00:00Z", "2026-11-20T09:00:00.5Z", "2026-11-20T12:00:00+02:00", "2026-11-20T10:00:00Z"];
    for (number, time) in times.iter().enumerate() {
        let mut draft = decision(&format!("s-{number}"), "101", 0);
        draft.body = draft.body.replace("2026-11-20T09:00:00Z", time);
        draft.index.as_mut().unwrap().decided_at = (*time).to_owned();
        let other = decision(&format!("o-{number}"), "102", 0);
        ledger.append(&[draft.prepare().unwrap(), other.prepare().unwrap()]).unwrap();
    }
    let history = |since: &str, before| {
        let past = ledger.history(&record_parts("101"), since, before).unwrap();
        past.into_iter().map(|decision| decision.seq).collect::<Vec<_>>()
    };
    assert_eq!(history("2026-11-20T09:00:00Z", u64::MAX), [0, 2, 4, 6]);
    assert_eq!(history("2026-11-20T09:00:00.1Z", u64::MAX), [2, 4, 6]);
    assert_eq!(history("2026-11-20T10:00:00Z", 6), [4]);
    assert!(history("2026-11-20T10:00:01Z", u64::MAX).is_empty());
    let first = ledger.history(&record_parts("101"), "2026-01-01T00:00:00Z", 1).unwrap().remove(0);
    assert!(first.decided_at == times[0] && first.body.contains("\"id\":\"101\""));
    assert!(matches!(ledger.history(&record_parts("101"), "yesterday", 1), Err(LedgerError::Time(_))));
    assert_eq!(ledger.history(&record_parts("1\u{0}01"), "2026-01-01T00:00:00Z", 9).unwrap(), []);
}

#[test]
fn objects_are_kept_once() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    let digest = ledger.put_object(ObjectKind::Module, b"bytes").unwrap();
    assert_eq!(digest, Digest::of(b"bytes"));
    assert_eq!(ledger.put_object(ObjectKind::Settings, b"bytes").unwrap(), digest);
    assert_eq!(ledger.object(&digest).unwrap().unwrap(), b"bytes");
    assert_eq!(ledger.object(&Digest::of(b"other")).unwrap(), None);
    assert_eq!(verify(&path).unwrap().objects, 1);
    adversary(&path).execute("UPDATE object SET bytes = x'00'", []).unwrap();
    assert!(matches!(ledger.object(&digest), Err(LedgerError::Corrupt { .. })));
}

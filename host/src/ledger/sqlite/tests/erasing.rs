use super::*;
use crate::ledger::{Cause, Created, Draft, EventKind, held, token_created};

const CAUSE: Cause<'static> = Cause { reason: "case 1", at: "2026-11-20T10:00:00Z", actor: "legal" };

/// The small ledger, and then: event 9 puts the record of s-5 on hold, event 10 leaves open whether s-6 was right, and event
/// 11 destroys the values of event 2; event 12 creates a token.
fn with_erasure(path: &Path) {
    let mut ledger = small(path);
    let hold = held(Some(&record_parts("record of s-5")), CAUSE, [9; 32]).unwrap();
    let unclear =
        Draft { kind: EventKind::Audited, body: r#"{"id":"s-6","finding":"unclear"}"#.to_owned(), ..published("{}") };
    ledger.append(&[hold.prepare().unwrap(), unclear.prepare().unwrap()]).unwrap();
    let destroyed = ledger.erase(&record_parts("record of s-2"), CAUSE).unwrap();
    assert_eq!((destroyed.events, destroyed.by, destroyed.log_emptied), (vec![2], vec![11], true));
    assert_eq!(ledger.destroyed_by(2).unwrap(), Some(11));
    assert!(matches!(ledger.erase(&record_parts("record of s-5"), CAUSE), Err(LedgerError::OnHold { seq: 9, .. })));
    let digest = Digest::of(b"a token");
    let created =
        Created { name: "crm".to_owned(), role: "assistant".to_owned(), only: None, expires_at: None, digest };
    let token = token_created(&created, CAUSE.at, CAUSE.actor).unwrap();
    ledger.append(&[token.prepare().unwrap()]).unwrap();
    assert_eq!(ledger.token_number(&digest).unwrap(), Some(12));
}

#[test]
fn what_the_tables_of_state_say_otherwise_than_the_events_is_named() {
    let cases: &[(&str, Option<u64>)] = &[
        ("DELETE FROM destroyed", Some(2)),
        ("UPDATE destroyed SET by = 10", Some(11)),
        ("UPDATE decision SET record = zeroblob(16), input_digest = zeroblob(32) WHERE seq = 2", Some(2)),
        ("INSERT INTO opening VALUES (2, zeroblob(32), '[]')", Some(2)),
        ("INSERT INTO destroyed VALUES (3, 11)", Some(3)),
        ("INSERT INTO destroyed VALUES (4, 11)", Some(4)),
        // Values that somebody destroyed, and had an event say so that said something else.
        (
            "INSERT INTO destroyed VALUES (3, 11); DELETE FROM opening WHERE seq = 3;
             UPDATE decision SET record = NULL, input_digest = NULL WHERE seq = 3",
            Some(11),
        ),
        ("DELETE FROM follow_up", Some(10)),
        ("UPDATE follow_up SET truth = 'reject'", Some(10)),
        ("UPDATE follow_up SET suggestion_id = 's-7'", Some(10)),
        ("INSERT INTO follow_up VALUES (11, 's-1', NULL)", Some(11)),
        ("DELETE FROM mention", Some(9)),
        ("INSERT INTO mention VALUES (zeroblob(16), 4)", None),
        ("DELETE FROM hold", None),
        ("UPDATE hold SET record = NULL", None),
        ("INSERT INTO hold VALUES (10, NULL)", None),
        ("INSERT INTO token VALUES (10, zeroblob(32))", None),
        ("DELETE FROM token", None),
        ("UPDATE token SET digest = zeroblob(32)", None),
    ];
    let (_folder, path) = place();
    with_erasure(&path);
    assert_eq!(verify(&path).unwrap().events, 13);
    for (sql, seq) in cases {
        let (_folder, path) = place();
        with_erasure(&path);
        adversary(&path).execute_batch(sql).unwrap();
        let violation = verify(&path).unwrap_err();
        assert!(!violation.what.contains("unguarded"), "{sql}: nothing but the lost triggers was found");
        assert_eq!(violation.seq, *seq, "{sql}: {violation}");
        // None of it is in the events, so all of it can be mended from them, but for values that are gone.
        if !sql.contains("opening") {
            Ledger::open(&path).unwrap().rebuild(&mut |_, _| {}).unwrap();
            let left = verify(&path).unwrap_err();
            assert!(left.what.contains("unguarded"), "{sql}: {left}");
        }
    }
}

#[test]
fn the_file_lets_nobody_destroy_values_without_an_event_that_says_so() {
    let (_folder, path) = place();
    with_erasure(&path);
    let raw = Connection::open(&path).unwrap();
    for (sql, said) in [
        ("DELETE FROM opening WHERE seq = 3", "opening rows never change"),
        ("UPDATE opening SET seed = zeroblob(32) WHERE seq = 3", "opening rows never change"),
        ("INSERT INTO destroyed VALUES (3, 10)", "destroyed by an event that says so"),
        ("INSERT INTO destroyed VALUES (3, 99)", "destroyed by an event that says so"),
        (
            "DELETE FROM dictionary; INSERT INTO dictionary VALUES (1, 'entries', 1, zeroblob(32), x''); DELETE FROM dictionary",
            "dictionary rows never change",
        ),
    ] {
        let error = raw.execute_batch(sql).unwrap_err().to_string();
        assert!(error.contains(said), "{sql}: {error}");
    }
}

#[test]
fn rows_that_cannot_be_unpacked_and_dictionaries_that_were_changed_are_found() {
    for (sql, named) in [
        ("UPDATE dictionary SET digest = zeroblob(32) WHERE number = 1", false),
        ("UPDATE dictionary SET bytes = x'00' WHERE number = 1", true),
        ("DELETE FROM dictionary", true),
        ("UPDATE event SET entry = zeroblob(200) WHERE seq = 290", true),
        ("UPDATE event SET entry = substr(entry, 1, length(entry) - 1) WHERE seq = 290", true),
    ] {
        let (_folder, path) = place();
        let mut ledger = Ledger::create(&path).unwrap();
        ledger.append(&group(0, 256)).unwrap();
        ledger.append(&group(256, 300)).unwrap();
        drop(ledger);
        assert_eq!(verify(&path).unwrap().events, 300);
        let raw = adversary(&path);
        let packed: i64 =
            raw.query_row("SELECT count(*) FROM event WHERE typeof(entry) = 'blob'", [], |row| row.get(0)).unwrap();
        assert_eq!(packed, 44, "the first ones are what the dictionary was trained on");
        raw.execute_batch(sql).unwrap();
        let violation = verify(&path).unwrap_err();
        assert!(!violation.what.contains("unguarded"), "{sql}");
        assert_eq!(violation.seq.is_some_and(|seq| seq >= 256), named, "{sql}: {violation}");
    }
}

#[test]
fn what_was_prepared_for_another_ledger_is_packed_anew() {
    let (_folder, path) = place();
    let (_other_folder, other) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    ledger.append(&group(0, 256)).unwrap();
    let prepared: Vec<Prepared> = group(256, 260).into_iter().map(|event| event.pack(&ledger.packing())).collect();
    // It has no such dictionary, and could never read them.
    Ledger::create(&other).unwrap().append(&prepared).unwrap();
    assert_eq!(verify(&other).unwrap().events, 4);
    ledger.append(&prepared).unwrap();
    assert_eq!(verify(&path).unwrap().events, 260);
}

#[test]
fn what_was_destroyed_does_not_come_back_with_what_was_made_of_it() {
    let (_folder, path) = place();
    let mut ledger = small(&path);
    // Somebody else destroys what was read of event 2, before what was made of it is recorded.
    let mut other = Ledger::open(&path).unwrap();
    assert_eq!(ledger.append_made_of(&group(9, 10), &[1, 2]).unwrap().unwrap()[0].seq, 9);
    other.erase(&record_parts("record of s-2"), CAUSE).unwrap();
    assert_eq!(ledger.append_made_of(&group(10, 12), &[1, 2]).unwrap(), None);
    assert_eq!(ledger.count().unwrap(), 11, "nothing was recorded but what says that values were destroyed");
    // The handle is as good as before.
    assert_eq!(ledger.append_made_of(&group(10, 12), &[1]).unwrap().unwrap()[0].seq, 11);
    assert_eq!(verify(&path).unwrap().events, 13);
}

use std::fs;

use super::*;

/// A finished copy of the small ledger, all in one file.
fn closed(path: &Path) {
    let ledger = small(path);
    assert_eq!(ledger.verify(&mut |_, _| {}).unwrap().events, 9);
}

/// Runs SQL without guards, then asks which event verification names.
fn named(sql: &str) -> Option<u64> {
    let (_folder, path) = place();
    closed(&path);
    adversary(&path).execute_batch(sql).unwrap();
    let violation = verify(&path).unwrap_err();
    assert!(!violation.what.contains("unguarded"), "{sql}: nothing but the lost triggers was found");
    violation.seq
}

#[test]
fn each_kind_of_tampering_names_the_first_event_that_does_not_hold() {
    let cases: &[(&str, Option<u64>)] = &[
        ("DELETE FROM event WHERE seq = 8", Some(8)),
        ("DELETE FROM event WHERE seq = 0", Some(0)),
        ("DELETE FROM event WHERE seq = 3", Some(3)),
        (
            "UPDATE event SET seq = 99 WHERE seq = 2; UPDATE event SET seq = 2 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 99",
            Some(2),
        ),
        ("UPDATE event SET kind = 'published' WHERE seq = 5", Some(5)),
        ("UPDATE event SET at = '2026-11-20T09:00:00.124Z' WHERE seq = 5", Some(5)),
        ("DELETE FROM opening WHERE seq = 6", Some(6)),
        ("INSERT INTO opening VALUES (4, zeroblob(32), '[]')", Some(4)),
        ("INSERT INTO opening VALUES (4, zeroblob(32), '[1]')", Some(4)),
        ("INSERT INTO opening VALUES (77, zeroblob(32), '[]')", None),
        ("UPDATE opening SET sealed_values = '[1,2,3]' WHERE seq = 6", Some(6)),
        ("UPDATE opening SET sealed_values = 'no list' WHERE seq = 6", Some(6)),
        ("DELETE FROM decision WHERE seq = 6", Some(6)),
        ("UPDATE decision SET outcome = 'apply' WHERE seq = 6", Some(6)),
        ("UPDATE decision SET seq = 4 WHERE seq = 6", Some(4)),
        ("UPDATE decision SET seq = 44 WHERE seq = 8", Some(8)),
        (
            "INSERT INTO decision SELECT 44, 'x', record, outcome, decided_at, set_digest, input_digest FROM decision WHERE seq = 1",
            None,
        ),
        ("UPDATE head SET root = zeroblob(32) WHERE size = 1", Some(0)),
        ("UPDATE head SET root = zeroblob(32) WHERE size = 8", Some(4)),
        ("UPDATE head SET peaks = zeroblob(64) WHERE size = 9", Some(8)),
        ("UPDATE head SET at = 'never' WHERE size = 4", Some(1)),
        ("UPDATE head SET size = 7 WHERE size = 8", Some(4)),
        ("UPDATE head SET size = 10 WHERE size = 9", Some(9)),
        ("DELETE FROM head WHERE size = 9", Some(8)),
        ("DELETE FROM head", Some(0)),
        ("DELETE FROM object", Some(4)),
        ("UPDATE object SET bytes = x'00'", None),
        ("UPDATE meta SET value = zeroblob(32) WHERE key = 'record-secret'", Some(0)),
    ];
    for (sql, seq) in cases {
        assert_eq!(named(sql), *seq, "{sql}");
    }
}

#[test]
fn a_whole_swap_within_a_group_shows_in_its_head() {
    // Everything that belongs to events 2 and 3 changes places: only the tree knows the order.
    let swap: String = ["event", "opening", "decision"]
        .map(|table| {
            format!(
                "UPDATE {table} SET seq = 99 WHERE seq = 2; UPDATE {table} SET seq = 2 WHERE seq = 3;
             UPDATE {table} SET seq = 3 WHERE seq = 99;"
            )
        })
        .concat();
    assert_eq!(named(&swap), Some(1), "the first event of the group");
}

#[test]
fn lost_guards_are_a_violation() {
    let (_folder, path) = place();
    closed(&path);
    Connection::open(&path).unwrap().execute_batch("DROP TRIGGER event_no_delete").unwrap();
    let violation = verify(&path).unwrap_err();
    assert_eq!(violation.seq, None);
    assert!(violation.what.starts_with("`event_no_delete`"), "{violation}");
}

/// The bytes of one column, changed one at a time, by every writer that has no guard.
fn flip(table: &str, column: &str, key: &str, row: i64, step: usize, seq: u64) {
    let (_folder, path) = place();
    closed(&path);
    let conn = adversary(&path);
    conn.pragma_update(None, "ignore_check_constraints", true).unwrap();
    conn.pragma_update(None, "synchronous", "OFF").unwrap();
    let read = format!("SELECT CAST({column} AS BLOB), typeof({column}) FROM {table} WHERE {key} = ?1");
    let (bytes, kind): (Vec<u8>, String) = conn.query_row(&read, [row], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let write = format!("UPDATE {table} SET {column} = CAST(?1 AS {kind}) WHERE {key} = ?2");
    let ledger = Ledger::open_read_only(&path).unwrap();
    for at in (0..bytes.len()).step_by(step) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        // The one write that even now is refused: the id of another suggestion.
        if conn.execute(&write, rusqlite::params![changed, row]).is_err() {
            assert_eq!(column, "suggestion_id");
            continue;
        }
        let violation = ledger.verify(&mut |_, _| {}).unwrap_err();
        assert_eq!(violation.seq, Some(seq), "{table}.{column} byte {at}: {violation}");
    }
    conn.execute(&write, rusqlite::params![bytes, row]).unwrap();
    assert!(ledger.verify(&mut |_, _| {}).unwrap_err().what.contains("unguarded"));
}

#[test]
fn every_byte_of_an_event_counts() {
    flip("event", "entry", "seq", 6, 1, 6);
    flip("event", "leaf", "seq", 6, 1, 6);
    flip("event", "kind", "seq", 6, 1, 6);
    flip("event", "at", "seq", 6, 1, 6);
}

#[test]
fn every_byte_beside_an_event_counts() {
    flip("opening", "seed", "seq", 6, 1, 6);
    flip("opening", "sealed_values", "seq", 6, 1, 6);
    flip("head", "root", "size", 8, 1, 4);
    flip("head", "peaks", "size", 9, 1, 8);
    flip("head", "at", "size", 8, 1, 4);
    for column in ["suggestion_id", "record", "outcome", "decided_at", "set_digest", "input_digest"] {
        flip("decision", column, "seq", 6, 1, 6);
    }
}

#[test]
fn a_flipped_byte_of_the_file_is_found_or_harmless_and_never_a_panic() {
    let (_folder, path) = place();
    closed(&path);
    let content = |path: &Path| -> Option<Vec<crate::ledger::RecordedEvent>> {
        Ledger::open_read_only(path).ok()?.events(0..u64::MAX).ok()?.collect::<Result<_, _>>().ok()
    };
    let (whole, before) = (fs::read(&path).unwrap(), content(&path));
    assert!(before.is_some());
    let mut found = 0;
    // A stride that is prime to the page size meets every kind of place.
    for at in (0..whole.len()).step_by(251) {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(&path, changed).unwrap();
        let verified = Ledger::open_read_only(&path).map(|ledger| ledger.verify(&mut |_, _| {}));
        match verified {
            Ok(Ok(_)) => assert_eq!(content(&path), before, "byte {at}"),
            Ok(Err(_)) | Err(_) => found += 1,
        }
    }
    assert!(found > 0);
}

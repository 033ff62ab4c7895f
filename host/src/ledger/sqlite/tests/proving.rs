use super::*;
use crate::ledger::proof::tests::{decided, signer};
use crate::ledger::root_over;

/// Runs SQL without guards on a ledger of 600 events.
fn changed(sql: &str) -> (TempDir, PathBuf) {
    let (folder, path) = place();
    drop(decided(&path, 591));
    let conn = adversary(&path);
    conn.execute_batch(sql).unwrap();
    assert!(conn.total_changes() > 0 || sql.is_empty(), "{sql}");
    (folder, path)
}

#[test]
fn kept_subtrees_are_those_of_the_tree() {
    let (_folder, path) = changed("");
    let ledger = Ledger::open(&path).unwrap();
    let rows: i64 = ledger.conn.query_row("SELECT count(*) FROM subtree", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 2);
    let mut tree = Frontier::default();
    for event in ledger.events(0..u64::MAX).unwrap() {
        tree.push(event.unwrap().leaf);
        assert_eq!(root_over(&ledger, 0..tree.size()).unwrap(), tree.root());
    }
    assert!(matches!(ledger.root_at(601), Err(LedgerError::Corrupt { .. })));
}

#[test]
fn changed_subtrees_are_found_and_nothing_is_proved_or_signed_with_them() {
    let cases = [
        ("UPDATE subtree SET root = zeroblob(32) WHERE number = 0", Some(0), "was changed"),
        ("UPDATE subtree SET root = zeroblob(32) WHERE number = 1", Some(256), "was changed"),
        ("DELETE FROM subtree WHERE number = 1", Some(256), "is missing"),
        ("UPDATE subtree SET number = 2 WHERE number = 1", Some(256), "is missing"),
        ("INSERT INTO subtree VALUES (1, 2, zeroblob(32))", None, "belong to no event"),
    ];
    for (sql, seq, words) in cases {
        let (_folder, path) = changed(sql);
        let violation = verify(&path).unwrap_err();
        assert!(violation.seq == seq && violation.what.contains(words), "{sql}: {violation}");
        if seq.is_some() {
            let ledger = Ledger::open_read_only(&path).unwrap();
            assert!(matches!(ledger.checkpoint(&signer()), Err(LedgerError::Corrupt { .. })), "{sql}");
            assert!(matches!(ledger.prove("s-3", &signer()), Err(LedgerError::Corrupt { .. })), "{sql}");
        }
    }
}

#[test]
fn a_decision_that_was_changed_is_not_proved() {
    for sql in [
        "UPDATE event SET entry = replace(entry, 'review', 'reject') WHERE seq = 11",
        "UPDATE event SET leaf = zeroblob(32) WHERE seq = 11",
        "UPDATE opening SET sealed_values = replace(sealed_values, '101', '102') WHERE seq = 11",
        "UPDATE opening SET seed = zeroblob(32) WHERE seq = 11",
        "UPDATE event SET entry = replace(entry, '2.0.0', '3.0.0') WHERE seq = 7",
        "UPDATE object SET bytes = x'00'",
    ] {
        let (_folder, path) = changed(sql);
        let proved = Ledger::open_read_only(&path).unwrap().prove("s-3", &signer());
        // An activation that was rewritten to speak of another version is told by its leaf.
        assert!(matches!(proved, Err(LedgerError::Corrupt { .. })), "{sql}");
    }
}

#[test]
fn a_proof_without_its_values_is_made_where_they_were_erased() {
    let (_folder, path) = changed("DELETE FROM opening WHERE seq = 11");
    let proof = Ledger::open_read_only(&path).unwrap().prove("s-3", &signer()).unwrap().unwrap();
    let shown = proof.verify(signer().verifier()).unwrap();
    assert_eq!((shown.decision.event.shown, shown.decision.event.hidden), (0, 3));
}

#[test]
fn a_kept_head_finds_what_a_rebuilt_ledger_hides() {
    let (_folder, path) = place();
    let ledger = decided(&path, 591);
    let head = |size| Head { size, root: ledger.root_at(size).unwrap() };
    let since = |kept: &Head| ledger.verify_since(Some(kept), &mut |_, _| {});
    for size in [0, 1, 8, 256, 257, 600] {
        assert_eq!(since(&head(size)).unwrap().events, 600);
    }
    for size in [0, 1, 256, 300, 600] {
        let violation = since(&Head { root: Digest::of(b"other"), ..head(size) }).unwrap_err();
        assert!(violation.what.contains(&format!("among its first {size} events")), "{violation}");
    }
    let violation = since(&Head { size: 603, root: Digest::of(b"later") }).unwrap_err();
    assert_eq!(violation.seq, Some(600));
    assert!(violation.what.starts_with("it is missing"), "{violation}");
}

#[test]
fn the_events_of_policies_are_found_by_their_index() {
    let (_folder, path) = changed("");
    let ledger = Ledger::open(&path).unwrap();
    let plan: String = ledger
        .conn
        .query_row("EXPLAIN QUERY PLAN SELECT seq FROM event e WHERE e.kind = 'activated' AND e.seq < 9", [], |row| {
            row.get(3)
        })
        .unwrap();
    assert!(plan.contains("event_of_policy"), "{plan}");
}

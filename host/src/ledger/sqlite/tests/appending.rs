use super::*;

#[test]
fn receipts_tell_place_and_leaf_and_heads_the_root() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    assert_eq!(ledger.head().unwrap(), Head { size: 0, root: Frontier::default().root() });
    assert_eq!(ledger.append(&[]).unwrap(), []);
    let mut tree = Frontier::default();
    for (from, to) in [(0, 1), (1, 4), (4, 20)] {
        let group = group(from, to);
        let leaves: Vec<Digest> = group.iter().map(Prepared::leaf).collect();
        let receipts = ledger.append(&group).unwrap();
        assert_eq!(receipts.iter().map(|receipt| receipt.seq).collect::<Vec<_>>(), (from..to).collect::<Vec<_>>());
        assert_eq!(receipts.iter().map(|receipt| receipt.leaf).collect::<Vec<_>>(), leaves);
        for leaf in leaves {
            tree.push(leaf);
        }
        assert_eq!(ledger.head().unwrap(), Head { size: to, root: tree.root() });
        assert_eq!(ledger.count().unwrap(), to);
    }
    let report = ledger.verify(&mut |_, _| {}).unwrap();
    assert_eq!((report.events, report.heads, report.head), (20, 3, ledger.head().unwrap()));
}

#[test]
fn a_group_is_in_or_out_as_a_whole() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    ledger.append(&group(0, 3)).unwrap();
    let before = ledger.head().unwrap();
    let mut third_is_old = group(3, 6);
    third_is_old[2] = prepared("s-1");
    let error = ledger.append(&third_is_old).unwrap_err();
    assert!(matches!(&error, LedgerError::DuplicateSuggestion { id, seq: Some(1) } if id == "s-1"));
    assert_eq!(error.to_string(), "suggestion `s-1` was decided already, as event 1: use that decision");
    let mut twice = group(3, 6);
    twice[2] = prepared("s-3");
    assert!(matches!(ledger.append(&twice), Err(LedgerError::DuplicateSuggestion { seq: None, .. })));
    let mut citing = group(3, 5);
    let mut publish = published("{}");
    publish.objects = vec![Digest::of(b"nowhere")];
    citing.push(publish.prepare().unwrap());
    assert!(
        matches!(ledger.append(&citing), Err(LedgerError::MissingObject(digest)) if digest == Digest::of(b"nowhere"))
    );

    assert_eq!((ledger.head().unwrap(), ledger.count().unwrap()), (before, 3));
    assert_eq!(ledger.decision("s-3").unwrap(), None);
    assert_eq!(ledger.append(&group(3, 5)).unwrap()[0].seq, 3);
    assert_eq!(verify(&path).unwrap().events, 5);
}

#[test]
fn two_handles_take_turns() {
    let (_folder, path) = place();
    let mut one = Ledger::create(&path).unwrap();
    let mut two = Ledger::open(&path).unwrap();
    let mut next = 0;
    for size in [1, 3, 2, 5, 1, 1] {
        for ledger in [&mut one, &mut two] {
            let receipts = ledger.append(&group(next, next + size)).unwrap();
            assert_eq!(receipts[0].seq, next);
            next += size;
        }
    }
    assert_eq!(one.head().unwrap(), two.head().unwrap());
    assert_eq!(verify(&path).unwrap().events, next);
}

#[test]
fn two_threads_take_turns() {
    let (_folder, path) = place();
    drop(Ledger::create(&path).unwrap());
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let path = &path;
            scope.spawn(move || {
                let mut ledger = Ledger::open(path).unwrap();
                for round in 0..10 {
                    ledger.append(&[prepared(&format!("s-{thread}-{round}"))]).unwrap();
                }
            });
        }
    });
    assert_eq!(verify(&path).unwrap().events, 20);
}

#[test]
fn a_busy_ledger_is_told_and_stays_usable() {
    let (_folder, path) = place();
    let mut ledger = small(&path);
    ledger.conn.busy_timeout(std::time::Duration::ZERO).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(ledger.append(&group(9, 10)), Err(LedgerError::Busy { .. })));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(ledger.append(&group(9, 10)).unwrap()[0].seq, 9);
}

#[test]
fn a_full_disk_poisons_the_handle_and_loses_nothing() {
    let (_folder, path) = place();
    let mut ledger = small(&path);
    let pages: i64 = ledger.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    ledger.conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    let head = ledger.head().unwrap();
    assert!(matches!(ledger.append(&group(9, 100)), Err(LedgerError::Full { .. })));
    assert!(matches!(ledger.append(&group(9, 10)), Err(LedgerError::Poisoned { .. })));
    assert!(matches!(ledger.put_object(ObjectKind::Module, b"m"), Err(LedgerError::Poisoned { .. })));
    assert_eq!(ledger.head().unwrap(), head);
    drop(ledger);
    let mut again = Ledger::open(&path).unwrap();
    assert_eq!(again.append(&group(9, 100)).unwrap()[0].seq, 9);
    assert_eq!(verify(&path).unwrap().events, 100);
}

#[test]
fn the_schema_refuses_every_change() {
    let (_folder, path) = place();
    let ledger = small(&path);
    let refused = [
        "UPDATE event SET at = at",
        "DELETE FROM event",
        "UPDATE opening SET seed = seed",
        "DELETE FROM opening",
        "UPDATE head SET at = at",
        "DELETE FROM head",
        "UPDATE object SET kind = kind",
        "DELETE FROM object",
        "UPDATE meta SET value = value",
        "DELETE FROM meta",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 2",
        "INSERT INTO event SELECT seq + 10, kind, at, leaf, entry FROM event WHERE seq = 2",
        "INSERT INTO event (kind, at, leaf, entry) SELECT kind, at, leaf, entry FROM event WHERE seq = 2",
        "INSERT OR REPLACE INTO opening SELECT * FROM opening WHERE seq = 2",
        "INSERT OR REPLACE INTO head SELECT * FROM head",
        "INSERT INTO head SELECT size + 1, root, peaks, at FROM head",
        "INSERT OR REPLACE INTO object SELECT * FROM object",
        "INSERT OR REPLACE INTO object (rowid, digest, kind, bytes) SELECT rowid, zeroblob(32), kind, bytes FROM object",
        "INSERT OR REPLACE INTO meta SELECT * FROM meta",
    ];
    // The guards are in the file: they hold for connections without any of our settings too.
    let plain = Connection::open(&path).unwrap();
    for sql in refused {
        assert!(plain.execute(sql, []).is_err(), "{sql}");
        assert!(ledger.conn.execute(sql, []).is_err(), "{sql}");
    }
    let error = plain.execute("DELETE FROM event", []).unwrap_err();
    assert_eq!(error.to_string(), "event rows never change");
    let illegal = "INSERT INTO event VALUES (9, 'made-up', '2026-11-20T09:00:00Z', zeroblob(32), '{}')";
    assert!(plain.execute(illegal, []).unwrap_err().to_string().contains("CHECK"));
    assert_eq!(verify(&path).unwrap().events, 9);
}

#[test]
fn trying_whether_it_can_be_written_changes_nothing_that_is_recorded() {
    let (_folder, path) = place();
    let mut ledger = small(&path);
    let before = (ledger.head().unwrap(), verify(&path).unwrap());
    ledger.try_writing().unwrap();
    assert_eq!((ledger.head().unwrap(), verify(&path).unwrap()), before);
    ledger.append(&group(9, 10)).unwrap();
    let mut reader = Ledger::open_read_only(&path).unwrap();
    assert!(matches!(reader.try_writing(), Err(LedgerError::ReadOnly { .. })));
}

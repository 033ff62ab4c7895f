use super::*;

#[test]
fn reopening_goes_on_with_the_tree() {
    let (_folder, path) = place();
    let mut tree = Frontier::default();
    drop(Ledger::create(&path).unwrap());
    let mut id = None;
    for number in 0..20 {
        let mut ledger = Ledger::open(&path).unwrap();
        assert_eq!(id.replace(*ledger.log_id()).unwrap_or(*ledger.log_id()), *ledger.log_id());
        let leaf = ledger.append(&group(number, number + 1)).unwrap()[0].leaf;
        tree.push(leaf);
        assert_eq!(ledger.head().unwrap().root, tree.root());
    }
    assert_eq!(verify(&path).unwrap().heads, 20);
}

#[test]
fn nothing_is_overwritten_or_created_by_accident() {
    let (_folder, path) = place();
    assert!(matches!(Ledger::open(&path), Err(LedgerError::NotFound { .. })));
    assert!(matches!(Ledger::open_read_only(&path), Err(LedgerError::NotFound { .. })));
    assert!(!path.exists());
    drop(small(&path));
    assert!(matches!(Ledger::create(&path), Err(LedgerError::Exists { .. })));
    assert_eq!(verify(&path).unwrap().events, 9);
    let nowhere = path.with_file_name("no-such-folder").join("ledger.db");
    assert!(matches!(Ledger::create(nowhere), Err(LedgerError::NotFound { .. })));
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = place();
    let _ledger = small(&path);
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 3, "the ledger, its log and the index of the log");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
}

#[test]
fn other_files_are_refused_by_name() {
    let (_folder, path) = place();
    for content in ["", "hello", &"x".repeat(10_000)] {
        std::fs::write(&path, content).unwrap();
        assert!(matches!(Ledger::open(&path), Err(LedgerError::NotALedger { .. })), "{} bytes", content.len());
        assert!(matches!(Ledger::open_read_only(&path), Err(LedgerError::NotALedger { .. })));
    }
    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE event (seq)").unwrap();
    assert!(matches!(Ledger::open(&path), Err(LedgerError::NotALedger { .. })));
}

/// Turns a file into one of format 3, whose texts stood as they are.
fn into_format_3(path: &Path) {
    let ledger = Ledger::open(path).unwrap();
    let texts: Vec<(u64, String, Option<String>)> = ledger
        .select(&format!("SELECT {} ORDER BY e.seq", read::EVENT), [], |ledger, row| {
            let stored = read::stored(&ledger.conn, &ledger.reader, row).unwrap();
            Ok((stored.seq, stored.entry, stored.opening.map(|(_, values)| values)))
        })
        .unwrap();
    drop(ledger);
    let earlier = path.with_extension("earlier");
    let raw = Connection::open(&earlier).unwrap();
    raw.execute_batch(include_str!("format_3.sql")).unwrap();
    let kept = raw
        .prepare("SELECT sql FROM sqlite_schema WHERE name LIKE 'head_c%'")
        .unwrap()
        .query_row([], |row| row.get::<_, String>(0))
        .unwrap();
    // Heads are copied all at once, which their guard would refuse.
    raw.execute_batch("DROP TRIGGER head_covers_all").unwrap();
    raw.execute("ATTACH ?1 AS present", [path.to_str().unwrap()]).unwrap();
    for (seq, entry, values) in texts {
        let row = "INSERT INTO event SELECT seq, kind, at, leaf, ?2 FROM present.event WHERE seq = ?1";
        raw.execute(row, rusqlite::params![signed(seq), entry]).unwrap();
        if let Some(values) = values {
            let row = "INSERT INTO opening SELECT seq, seed, ?2 FROM present.opening WHERE seq = ?1";
            raw.execute(row, rusqlite::params![signed(seq), values]).unwrap();
        }
    }
    for table in ["head", "object", "meta", "decision"] {
        raw.execute_batch(&format!("INSERT INTO {table} SELECT * FROM present.{table}")).unwrap();
    }
    raw.execute_batch(&kept).unwrap();
    raw.execute_batch("DETACH present; PRAGMA user_version = 3; PRAGMA application_id = 1129532487").unwrap();
    drop(raw);
    std::fs::rename(earlier, path).unwrap();
}

#[test]
fn a_ledger_of_an_earlier_format_is_brought_up_to_date() {
    let third = "";
    let second = "DROP TABLE subtree; DROP INDEX event_of_policy; PRAGMA user_version = 2";
    let first = "DROP TABLE judged; DROP TABLE subtree; DROP INDEX event_of_policy; PRAGMA user_version = 1";
    for format in [first, second, third] {
        for open in [Ledger::open, Ledger::open_read_only] as [fn(PathBuf) -> Result<Ledger, LedgerError>; 2] {
            let (_folder, path) = place();
            small(&path).append(&group(9, 600)).unwrap();
            into_format_3(&path);
            let raw = Connection::open(&path).unwrap();
            raw.execute_batch(format).unwrap();
            drop(raw);
            let ledger = open(path.clone()).unwrap();
            assert_eq!(ledger.count().unwrap(), 600);
            assert_eq!(ledger.root_at(600).unwrap(), ledger.head().unwrap().root);
            assert_eq!(verify(&path).unwrap().events, 600);
            drop(ledger);
            // What comes after is written in the new form, with a dictionary trained on the old.
            Ledger::open(&path).unwrap().append(&group(600, 900)).unwrap();
            assert_eq!(verify(&path).unwrap().events, 900);
        }
    }
}

#[test]
fn a_ledger_of_the_format_before_is_brought_up_to_date() {
    for open in [Ledger::open, Ledger::open_read_only] as [fn(PathBuf) -> Result<Ledger, LedgerError>; 2] {
        let (_folder, path) = place();
        // So many that some are packed with a dictionary.
        small(&path).append(&group(9, 900)).unwrap();
        let raw = Connection::open(&path).unwrap();
        let known: i64 = raw.query_row("SELECT count(*) FROM dictionary", [], |row| row.get(0)).unwrap();
        assert!(known > 0);
        raw.execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, ', ''yanked''', '') WHERE name = 'event';
             PRAGMA writable_schema = RESET;
             DROP INDEX event_of_policy;
             CREATE INDEX event_of_policy ON event (kind) WHERE kind = 'published' OR kind = 'activated';
             PRAGMA user_version = 4",
        )
        .unwrap();
        let table = "SELECT sql FROM sqlite_schema WHERE name = 'event'";
        let kinds = |raw: &Connection| raw.query_row(table, [], |row| row.get::<_, String>(0)).unwrap();
        assert!(!kinds(&raw).contains("yanked"));
        drop(raw);
        let ledger = open(path.clone()).unwrap();
        assert_eq!(ledger.count().unwrap(), 900);
        assert_eq!(ledger.root_at(900).unwrap(), ledger.head().unwrap().root);
        drop(ledger);
        assert!(kinds(&Connection::open(&path).unwrap()).contains("yanked"));
        Ledger::open(&path).unwrap().append(&group(900, 1_000)).unwrap();
        assert_eq!(verify(&path).unwrap().events, 1_000);
    }
}

#[test]
fn a_later_format_is_refused() {
    let (_folder, path) = place();
    drop(small(&path));
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 6).unwrap();
    let error = Ledger::open(&path).unwrap_err();
    assert!(matches!(error, LedgerError::Newer { found: 6, known: 5, .. }));
    assert!(error.to_string().ends_with("use the release that wrote it, or a later one"), "{error}");
    assert!(matches!(Ledger::open_read_only(&path), Err(LedgerError::Newer { .. })));
}

#[test]
fn a_reader_sees_appends_and_cannot_append() {
    let (_folder, path) = place();
    let mut ledger = small(&path);
    let mut reader = Ledger::open_read_only(&path).unwrap();
    ledger.append(&group(9, 11)).unwrap();
    assert_eq!(reader.head().unwrap(), ledger.head().unwrap());
    assert!(matches!(reader.append(&group(11, 12)), Err(LedgerError::ReadOnly { .. })));
    assert!(matches!(reader.put_object(ObjectKind::Module, b"m"), Err(LedgerError::ReadOnly { .. })));
}

#[test]
fn a_damaged_tail_is_not_appended_to() {
    for sql in [
        "UPDATE event SET entry = entry || ' ' WHERE seq = 8",
        "DELETE FROM event WHERE seq = 8",
        "DELETE FROM head WHERE size = 9",
        "UPDATE head SET root = zeroblob(32) WHERE size = 9",
        "UPDATE head SET peaks = zeroblob(64) WHERE size = 9",
        "UPDATE head SET peaks = zeroblob(65) WHERE size = 9",
    ] {
        let (_folder, path) = place();
        let mut ledger = small(&path);
        let conn = adversary(&path);
        conn.pragma_update(None, "ignore_check_constraints", true).unwrap();
        conn.execute(sql, []).unwrap();
        assert!(matches!(Ledger::open(&path), Err(LedgerError::Corrupt { .. })), "{sql}");
        if sql.starts_with("DELETE FROM event") {
            assert!(matches!(ledger.append(&group(9, 10)), Err(LedgerError::Corrupt { .. })), "{sql}");
            assert!(matches!(ledger.append(&group(9, 10)), Err(LedgerError::Poisoned { .. })), "{sql}");
        }
    }
}

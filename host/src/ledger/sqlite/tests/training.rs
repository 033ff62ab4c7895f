use super::*;

#[test]
fn what_one_handle_leaves_another_one_does() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    ledger.answer_promptly().unwrap();
    let mut other = Ledger::open(&path).unwrap();
    let number = |ledger: &Ledger, sql: &str| -> i64 { ledger.conn.query_row(sql, [], |row| row.get(0)).unwrap() };
    let dictionaries = |ledger: &Ledger| number(ledger, "SELECT count(*) FROM dictionary");
    ledger.append(&group(0, 300)).unwrap();
    assert_eq!(dictionaries(&ledger), 0, "it was left to the other one");
    other.train_dictionaries().unwrap();
    assert!(dictionaries(&ledger) > 0);
    // The first one finds what the other one trained, and packs with it from the next group on.
    ledger.append(&group(300, 301)).unwrap();
    ledger.append(&group(301, 310)).unwrap();
    assert_eq!(number(&ledger, "SELECT count(*) FROM event WHERE typeof(entry) = 'blob'"), 9);
    drop(ledger);
    assert_eq!(verify(&path).unwrap().events, 310);
}

#[test]
fn a_handle_that_only_reads_does_not_train() {
    let (_folder, path) = place();
    drop(small(&path));
    let refused = Ledger::open_read_only(&path).unwrap().train_dictionaries();
    assert!(matches!(refused, Err(LedgerError::ReadOnly { .. })), "{refused:?}");
}

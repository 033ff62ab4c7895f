//! What a decision takes on disk, with everything that belongs to it, against its plain JSON.

use std::fs;

use countersign::ledger::Ledger;

use crate::ledger::source;
use crate::table::heading;

/// How many decisions are recorded.
const DECISIONS: u64 = 25_600;

pub fn table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut ledger = Ledger::create(&path).unwrap();
    let mut source = source(&mut ledger, 0);
    drop(ledger);
    // The log is emptied when the last handle goes.
    let before = fs::metadata(&path).unwrap().len();
    let mut ledger = Ledger::open(&path).unwrap();
    let mut recorded = 0;
    while recorded < DECISIONS {
        recorded += ledger.append(&source.group()).unwrap().len() as u64;
    }
    let mut plain = 0;
    for event in ledger.events(0..recorded).unwrap() {
        plain += event.unwrap().body.unwrap().len() as u64;
    }
    drop(ledger);
    let taken = fs::metadata(&path).unwrap().len() - before;
    let of = |bytes: u64| bytes as f64 / recorded as f64;
    let ratio = taken as f64 / plain as f64;
    heading("Room that a decision takes");
    println!("| | bytes a decision | of its plain JSON | promised |\n| --- | ---: | ---: | ---: |");
    println!("| its plain JSON, with all values | {:.0} | 1.00 | |", of(plain));
    let promised = if ratio <= 0.4 { "≤ 0.4" } else { "≤ 0.4 **missed**" };
    println!(
        "| in the ledger: entry, commitments, values, tree, indexes, dictionaries | {:.0} | {ratio:.2} | {promised} |",
        of(taken)
    );
    println!("\n{recorded} decisions of the corpus under new ids.\n");
}

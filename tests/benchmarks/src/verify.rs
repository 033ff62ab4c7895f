//! Verifying a ledger, against reading the same bytes and hashing them on as many threads.

use std::fs::File;
use std::io::Read;
use std::thread;

use countersign::ledger::Ledger;
use sha2::{Digest as _, Sha256};

use crate::ledger::source;
use crate::rounds::{Variant, wall_time};
use crate::table::heading;

/// How many decisions are recorded.
const DECISIONS: u64 = 25_600;

/// Reads a file, and hashes a part of it on each thread.
fn hash(path: &std::path::Path, threads: usize) -> usize {
    let mut bytes = Vec::new();
    File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
    let part = bytes.len().div_ceil(threads);
    thread::scope(|scope| {
        let parts: Vec<_> = bytes.chunks(part).map(|part| scope.spawn(move || Sha256::digest(part)[0])).collect();
        parts.into_iter().map(|part| usize::from(part.join().unwrap())).sum()
    })
}

pub fn table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut ledger = Ledger::create(&path).unwrap();
    let mut source = source(&mut ledger, 0);
    let mut recorded = 0;
    while recorded < DECISIONS {
        recorded += ledger.append(&source.group()).unwrap().len() as u64;
    }
    // What the events say, unpacked: what is hashed to verify them.
    let texts = folder.path().join("texts");
    let mut all = String::new();
    for event in ledger.events(0..recorded).unwrap() {
        let event = event.unwrap();
        all.push_str(&event.entry);
        all.push_str(&event.body.unwrap());
    }
    std::fs::write(&texts, all).unwrap();
    drop(ledger);
    let ledger = Ledger::open_read_only(&path).unwrap();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let measured = wall_time(vec![
        Variant::new("`ledger verify`", || {
            ledger.verify(&mut |_, _| {}).unwrap();
        }),
        Variant::new("reading the file and hashing it", || {
            hash(&path, threads);
        }),
        Variant::new("reading entries and bodies as plain text, and hashing them", || {
            hash(&texts, threads);
        }),
    ]);
    heading("Verifying a ledger, on all cores");
    println!("| | µs an event, median | ours, of this | promised |\n| --- | ---: | ---: | ---: |");
    for (index, variant) in measured.iter().enumerate() {
        let ratio = measured[0].ratio_to(variant);
        let promised = match (index, ratio <= 3.0) {
            (1, true) => "≤ 3",
            (1, false) => "≤ 3 **missed**",
            _ => "",
        };
        println!(
            "| {} | {:.2} | {ratio:.1} | {promised} |",
            variant.name,
            variant.median() / 1_000.0 / recorded as f64
        );
    }
    println!("\n{recorded} decisions of the corpus under new ids; {threads} threads.\n");
}

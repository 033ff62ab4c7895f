//! How much is decided in one go does not decide how much memory it takes. A binary of its own: a process that is started counts
//! with what the one that starts it takes at that moment, so this one must stay small.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs::File;
use std::io::{BufWriter, Write};

use countersign_tests::Program;
use countersign_tests::corpus::{self, NOW};

/// Bytes that recording any number of suggestions may take.
const MOST: u64 = 250_000_000;

/// Records so many suggestions about as many records, and returns the peak memory.
fn peak(number: usize) -> u64 {
    let program = Program::with_fresh_home();
    let path = program.folder().join("suggestions.jsonl");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    let mut written = 0;
    for round in 0.. {
        // The corpus again and again, with other ids, so that each is new.
        for line in corpus::suggestions().take(number - written) {
            let renamed = line.replacen("{\"id\": \"s-", &format!("{{\"id\": \"s{round}-"), 1).replacen(
                "\"id\": \"rec-",
                &format!("\"id\": \"rec{round}-"),
                1,
            );
            assert_ne!(line, renamed);
            writeln!(file, "{renamed}").unwrap();
            written += 1;
        }
        if written == number {
            break;
        }
    }
    file.flush().unwrap();
    drop(file);
    let run = program.run(&["evaluate", path.to_str().unwrap(), "--now", NOW], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let verified = program.run(&["ledger", "verify", "--format", "json"], "");
    assert!(verified.lines()[0]["events"].as_u64().unwrap() >= number as u64, "{verified:#?}");
    assert!(verified.peak_memory < MOST, "verifying took {} bytes", verified.peak_memory);
    run.peak_memory
}

#[test]
fn many_suggestions_take_no_more_memory_than_a_few() {
    // The few are enough to fill most of the database's cache of pages, which is bounded and counts for both.
    let (few, many) = (peak(15_000), peak(60_000));
    println!("peak memory: {few} bytes for 15 000 suggestions, {many} for 60 000");
    assert!(many < MOST, "{many} bytes");
    assert!(many * 2 < few * 3, "{many} bytes is more than 1.5 times {few}");
}

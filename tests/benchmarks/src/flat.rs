//! The cost of a suggestion and the peak memory, from a thousand suggestions on, of recording and of replaying: all stay
//! where they are.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::pipeline::corpus;
use crate::start::program;
use crate::table::heading;

/// How many suggestions are recorded; the last takes minutes and is asked for with `FLAT_TO=1000000`.
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

pub fn table() {
    let most = std::env::var("FLAT_TO").ok().and_then(|most| most.parse().ok()).unwrap_or(100_000);
    heading("Recording and replaying more and more suggestions");
    println!("| suggestions | recording, µs each | peak memory, MiB | replaying all, µs each | peak memory, MiB |");
    println!("| ---: | ---: | ---: | ---: | ---: |");
    for size in SIZES.into_iter().filter(|size| *size <= most) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("suggestions.jsonl");
        write(&file, size);
        let home = folder.path().join("home");
        run(&home, &["init"]);
        let start = Instant::now();
        let peak = run(&home, &["evaluate", file.to_str().unwrap(), "--now", "2026-06-01T00:00:00Z"]);
        let micros = start.elapsed().as_secs_f64() * 1e6 / size as f64;
        let start = Instant::now();
        let replaying = run(&home, &["replay", "--candidate", "crm-default", "--full"]);
        let replayed = start.elapsed().as_secs_f64() * 1e6 / size as f64;
        println!("| {size} | {micros:.0} | {} | {replayed:.0} | {} |", peak >> 20, replaying >> 20);
    }
    println!();
}

/// The corpus again and again, each time about other records.
pub fn suggestions() -> impl Iterator<Item = String> {
    let lines: Vec<String> = corpus(usize::MAX).lines().map(str::to_owned).collect();
    (0..).map(move |number: usize| {
        let round = number / lines.len();
        lines[number % lines.len()].replacen("\"s-", &format!("\"r{round}-s-"), 1).replacen(
            "\"id\": \"rec-",
            &format!("\"id\": \"r{round}-rec-"),
            1,
        )
    })
}

fn write(file: &Path, size: usize) {
    let mut out = BufWriter::new(fs::File::create(file).unwrap());
    for line in suggestions().take(size) {
        writeln!(out, "{line}").unwrap();
    }
}

/// Runs the program and returns its peak memory in bytes.
fn run(home: &Path, arguments: &[&str]) -> u64 {
    use wait4::Wait4;
    let child = Command::new(program()).arg("--home").arg(home).args(arguments).stdout(Stdio::null()).spawn().unwrap();
    let ended = child.wait4().unwrap();
    assert!(ended.status.success());
    ended.rusage.maxrss
}

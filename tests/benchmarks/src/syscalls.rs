//! System calls and page faults of one call in the steady state: counted, so no noise.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use countersign::pipeline::{LoadedSet, judge};
use countersign::sandbox::Scratch;

use crate::pipeline::{corpus, default_set};
use crate::{inputs, table};

/// The argument that starts this program as the one that is counted.
pub const STEADY: &str = "--steady";

const COUNTED: [&str; 6] = ["mmap", "munmap", "mremap", "mprotect", "madvise", "ioctl"];

/// Runs so many calls and prints the page faults that they took.
pub fn steady(what: &str, times: usize) {
    let catalogue = inputs::catalogue();
    let sandbox = inputs::sandbox(1);
    let mut scratch = Scratch::default();
    let before;
    if what == "call" {
        let module = inputs::module(&sandbox, "{}");
        let suggestions = inputs::generated();
        let known: Vec<_> = suggestions.iter().map(|suggestion| inputs::facts(suggestion, &catalogue)).collect();
        before = page_faults();
        for (suggestion, facts) in suggestions.iter().zip(&known).cycle().take(times) {
            module.decide(&mut scratch, suggestion, facts, &[]).result.unwrap();
        }
    } else {
        let set = LoadedSet::new(default_set(&sandbox), &sandbox);
        set.load_all().unwrap();
        let suggestions = inputs::parse(&corpus(1_000));
        before = page_faults();
        for suggestion in suggestions.iter().cycle().take(times) {
            let decision = judge(&set, &mut scratch, suggestion, &inputs::facts(suggestion, &catalogue));
            assert_eq!(decision.modules.len(), set.set().modules.len());
        }
    }
    println!("{}", page_faults() - before);
}

fn page_faults() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    // The tenth value; the second is the program's name in brackets.
    stat.rsplit(')').next().unwrap().split_whitespace().nth(7).unwrap().parse().unwrap()
}

pub fn table() {
    table::heading("System calls and page faults in the steady state, for each thousand");
    let traced = Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !traced {
        println!("System calls were not counted: strace is not installed.\n");
    }
    println!("| of | {} | page faults | promised |", COUNTED.join(" | "));
    println!("| --- |{} ---: | --- |", " ---: |".repeat(COUNTED.len()));
    for (name, what, short, long) in [
        ("calls of one policy", "call", 2_000, 12_000),
        ("suggestions through the default set", "pipeline", 2_000, 6_000),
    ] {
        let thousands = f64::from(long - short) / 1_000.0;
        let faults = (faults(what, long) - faults(what, short)) / thousands;
        let counted = if traced {
            let (short, long) = (system_calls(what, short), system_calls(what, long));
            COUNTED.map(|call| {
                let of = |counts: &[(String, f64)]| {
                    counts.iter().find(|(name, _)| name == call).map_or(0.0, |(_, count)| *count)
                };
                format!("{:.0}", ((of(&long) - of(&short)) / thousands).abs())
            })
        } else {
            COUNTED.map(|_| "–".to_owned())
        };
        println!("| {name} | {} | {faults:.1} | 0, and < 50 page faults |", counted.join(" | "));
    }
    println!();
}

fn itself(what: &str, times: i32) -> Vec<String> {
    let own = env::current_exe().unwrap().into_os_string().into_string().unwrap();
    vec![own, STEADY.to_owned(), what.to_owned(), times.to_string()]
}

fn faults(what: &str, times: i32) -> f64 {
    let command = itself(what, times);
    let output = Command::new(&command[0]).args(&command[1..]).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

/// How often the program made each system call.
fn system_calls(what: &str, times: i32) -> Vec<(String, f64)> {
    let counts = tempfile::NamedTempFile::new().unwrap();
    let status = Command::new("strace")
        .args(["-c", "-f", "-o"])
        .arg(counts.path())
        .args(itself(what, times))
        // One thread compiles, so that a short run and a long one begin with the same calls.
        .env("RAYON_NUM_THREADS", "1")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    // % time, seconds, µs a call, calls, errors if there are any, name.
    let rows = fs::read_to_string(counts.path()).unwrap();
    rows.lines()
        .filter_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            Some(((*words.last()?).to_owned(), words.get(3)?.parse().ok()?))
        })
        .collect()
}

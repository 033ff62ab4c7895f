//! The memory of a service after few requests and after many, each about another record.

use std::{env, fs};

use countersign_tests::Program;
use countersign_tests::service::{Service, configure, token};

use crate::flat::suggestions;
use crate::load::load;
use crate::table::promised;

/// After how many requests it is looked at first: by then the database's cache of pages (32 MiB) is full.
const FEW: usize = 40_000;

/// After how many requests it is looked at again; a million takes a quarter of an hour and is asked for with `SERVE_TO=1000000`.
const MANY: usize = 80_000;

/// How many are sent with one set of connections.
const PART: usize = 5_000;

/// Prints rows of the table of the service.
pub fn rows() {
    let many = env::var("SERVE_TO").ok().and_then(|many| many.parse().ok()).unwrap_or(MANY).max(FEW);
    let program = Program::with_fresh_home();
    configure(&program, "rate = 1000000");
    let token = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let mut lines = suggestions();
    let mut sent = 0;
    let mut after = |number: usize| {
        while sent < number {
            let part: Vec<String> = lines.by_ref().take(PART.min(number - sent)).collect();
            load(service.place(), &token, &part, None);
            sent += part.len();
        }
        resident(service.process())
    };
    let (few, many_mib) = (after(FEW), after(many));
    println!("| resident memory after {FEW} requests, MiB | {few:.0} | |");
    println!("| after {many} | {many_mib:.0} | |");
    let share = many_mib / few;
    println!("| that, of the first | {share:.2} | {} |", promised(share, 1.25));
}

/// The resident memory of a process, in MiB.
fn resident(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

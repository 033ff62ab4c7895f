//! Recording over the network, from a second process with many connections, against `evaluate` on the same cores; how long a
//! suggestion takes at half of that load; and one rule against the same rule behind a bare server, which is the price of isolation
//! and proof.

use std::fs;
use std::time::{Duration, Instant};

use countersign_tests::Program;
use countersign_tests::service::{Service, configure, token};
use serde_json::Value;

use crate::bare::Bare;
use crate::flat::suggestions;
use crate::inputs::GUEST;
use crate::load::{CONNECTIONS, load, outcomes};
use crate::resident;
use crate::rounds::median;
use crate::table::{heading, promised};

/// How many suggestions are on record before: what rows are packed with is learned by then, and not again until the end.
const BEFORE: usize = 5_000;
/// How many are measured at full load, and at half of it.
const FULL: usize = 4_000;
const HALF: usize = 4_000;
const ROUNDS: usize = 3;

/// How many answers of the two servers of one rule are compared.
const COMPARED: usize = 200;

/// What one round showed: seconds of one suggestion by either way, events with one sync, seconds of the answers at half load in
/// order, and seconds of one suggestion with one rule: ours, and behind a bare server if that is built.
struct Round {
    evaluated: f64,
    served: f64,
    together: f64,
    waited: Vec<f64>,
    one_rule: f64,
    bare: Option<f64>,
}

impl Round {
    /// The time within which this share of the answers came.
    fn quantile(&self, share: f64) -> f64 {
        self.waited[((self.waited.len() - 1) as f64 * share) as usize]
    }
}

pub fn table() {
    let lines: Vec<String> = suggestions().take(BEFORE + FULL + HALF).collect();
    let rounds: Vec<Round> = (0..ROUNDS).map(|_| round(&lines)).collect();
    let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure).collect());
    heading("Recording over the network");
    println!("| what | figure | promised |\n| --- | ---: | --- |");
    println!("| `evaluate` of a file, suggestions a second | {:.0} | |", of(|round| 1.0 / round.evaluated));
    println!("| {CONNECTIONS} connections, requests a second | {:.0} | |", of(|round| 1.0 / round.served));
    let share = of(|round| round.served / round.evaluated);
    println!("| time of a request, of `evaluate`'s | {share:.2} | {} |", promised(share, 2.0));
    println!("| decisions with one sync | {:.1} | |", of(|round| round.together));
    println!("| at half of that load: median, ms | {:.1} | |", of(|round| round.quantile(0.5) * 1e3));
    println!("| 99 of 100 within, ms | {:.1} | |", of(|round| round.quantile(0.99) * 1e3));
    let spread = of(|round| round.quantile(0.99) / round.quantile(0.5));
    println!("| that, of the median | {spread:.1} | {} |", promised(spread, 4.0));
    let one_rule = of(|round| 1.0 / round.one_rule);
    println!("| a set of one rule, recorded: requests a second | {one_rule:.0} | |");
    let bare: Vec<f64> = rounds.iter().filter_map(|round| round.bare).map(|seconds| 1.0 / seconds).collect();
    if bare.is_empty() {
        println!(
            "| the same rule behind a bare axum handler with regorus, no record | not built: see `tests/bench` | |"
        );
    } else {
        let bare = median(bare);
        println!("| the same rule behind a bare axum handler with regorus, no record | {bare:.0} | |");
        println!("| ours, of its rate: the price of isolation and proof | {:.2} | |", one_rule / bare);
    }
    resident::rows();
    println!();
}

fn round(lines: &[String]) -> Round {
    let (before, measured) = lines.split_at(BEFORE);
    let (full, half) = measured.split_at(FULL);
    let prepared = || {
        let program = Program::with_fresh_home();
        evaluate(&program, before);
        program
    };
    let program = prepared();
    let start = Instant::now();
    evaluate(&program, full);
    let evaluated = start.elapsed().as_secs_f64() / FULL as f64;
    drop(program);

    let program = prepared();
    configure(&program, "rate = 1000000");
    let token = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let groups = || -> i64 {
        let ledger = rusqlite::Connection::open(program.home().join("ledger.db")).unwrap();
        ledger.query_row("SELECT count(*) FROM head", [], |row| row.get(0)).unwrap()
    };
    let (begun, start) = (groups(), Instant::now());
    load(service.place(), &token, full, None);
    let served = start.elapsed().as_secs_f64() / FULL as f64;
    let together = FULL as f64 / (groups() - begun) as f64;
    let mut waited = load(service.place(), &token, half, Some(Duration::from_secs_f64(served * 2.0)));
    waited.sort_by(f64::total_cmp);
    drop(service);
    let (one_rule, bare) = rule(before, full);
    Round { evaluated, served, together, waited, one_rule, bare }
}

/// Seconds of one suggestion where the set is the measured rule alone, and behind a bare server.
fn rule(before: &[String], lines: &[String]) -> (f64, Option<f64>) {
    let program = Program::with_fresh_home();
    let sets = program.home().join("sets");
    fs::write(sets.join("rule.wasm"), GUEST).unwrap();
    let set = "name = \"rule\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"rule.wasm\"\n";
    fs::write(sets.join("rule.toml"), set).unwrap();
    program.activate("rule");
    evaluate(&program, before);
    configure(&program, "rate = 1000000");
    let token = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let each = |address: &str| {
        let start = Instant::now();
        load(address, &token, lines, None);
        start.elapsed().as_secs_f64() / lines.len() as f64
    };
    let ours = each(service.place());
    let bare = Bare::start();
    let theirs = bare.as_ref().map(|bare| each(&bare.address));
    if let Some(bare) = &bare {
        let some: Vec<String> = lines.iter().filter(|line| confident(line)).take(COMPARED).cloned().collect();
        assert_eq!(outcomes(service.place(), &token, &some), outcomes(&bare.address, &token, &some), "the same rule");
    }
    (ours, theirs)
}

/// Whether a suggestion has a confidence: without one, languages differ in what is less than something.
fn confident(line: &str) -> bool {
    serde_json::from_str::<Value>(line).unwrap()["confidence"].is_number()
}

fn evaluate(program: &Program, lines: &[String]) {
    let run = program.run(&["evaluate", "-"], lines.join("\n"));
    assert_eq!(run.code, Some(0), "{run:#?}");
}

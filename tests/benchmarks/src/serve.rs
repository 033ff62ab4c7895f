//! Recording over the network, from a second process with many connections, against `evaluate` on the same cores; and how long
//! a suggestion takes at half of that load.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use countersign_tests::Program;
use countersign_tests::service::{Service, configure, token};

use crate::flat::suggestions;
use crate::rounds::median;
use crate::table::{heading, promised};

/// How many suggestions are on record before: what rows are packed with is learned by then, and not again until the end.
const BEFORE: usize = 5_000;
/// How many are measured at full load, and at half of it.
const FULL: usize = 4_000;
const HALF: usize = 2_000;
const CONNECTIONS: usize = 64;
const ROUNDS: usize = 3;

/// What one round showed: seconds of one suggestion by either way, events with one sync, and seconds of the answers at half load.
struct Round {
    evaluated: f64,
    served: f64,
    together: f64,
    waited: Vec<f64>,
}

pub fn table() {
    let lines: Vec<String> = suggestions().take(BEFORE + FULL + HALF).collect();
    let rounds: Vec<Round> = (0..ROUNDS).map(|_| round(&lines)).collect();
    let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure).collect());
    let mut waited: Vec<f64> = rounds.iter().flat_map(|round| round.waited.iter().copied()).collect();
    waited.sort_by(f64::total_cmp);
    let quantile = |share: f64| waited[((waited.len() - 1) as f64 * share) as usize] * 1e3;
    heading("Recording over the network");
    println!("| what | figure | promised |\n| --- | ---: | --- |");
    println!("| `evaluate` of a file, suggestions a second | {:.0} | |", of(|round| 1.0 / round.evaluated));
    println!("| {CONNECTIONS} connections, requests a second | {:.0} | |", of(|round| 1.0 / round.served));
    let share = of(|round| round.served / round.evaluated);
    println!("| time of a request, of `evaluate`'s | {share:.2} | {} |", promised(share, 2.0));
    println!("| decisions with one sync | {:.1} | |", of(|round| round.together));
    println!("| at half of that load: median, ms | {:.1} | |", quantile(0.5));
    println!("| 99 of 100 within, ms | {:.1} | |", quantile(0.99));
    let spread = quantile(0.99) / quantile(0.5);
    println!("| that, of the median | {spread:.1} | {} |\n", promised(spread, 4.0));
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
    let waited = load(service.place(), &token, half, Some(Duration::from_secs_f64(served * 2.0)));
    Round { evaluated, served, together, waited }
}

fn evaluate(program: &Program, lines: &[String]) {
    let run = program.run(&["evaluate", "-"], lines.join("\n"));
    assert_eq!(run.code, Some(0), "{run:#?}");
}

/// Sends all suggestions over many connections: as fast as they are answered, or one each `pace`. Returns how many seconds each
/// took, counted from when it was due.
fn load(address: &str, token: &str, lines: &[String], pace: Option<Duration>) -> Vec<f64> {
    let (next, start) = (AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
                    stream.get_ref().set_nodelay(true).unwrap();
                    let mut waited = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(line) = lines.get(number) else { return waited };
                        let due = pace.map_or_else(Instant::now, |pace| start + pace * number as u32);
                        thread::sleep(due.saturating_duration_since(Instant::now()));
                        request(&mut stream, token, line);
                        waited.push(due.elapsed().as_secs_f64());
                    }
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

/// One request over a connection that stays open.
fn request(stream: &mut BufReader<TcpStream>, token: &str, line: &str) {
    let head = format!(
        "POST /v1/suggestions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\n\r\n",
        line.len()
    );
    stream.get_mut().write_all(&[head.as_bytes(), line.as_bytes()].concat()).unwrap();
    let (mut said, mut length) = (String::new(), 0);
    stream.read_line(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    loop {
        said.clear();
        stream.read_line(&mut said).unwrap();
        match said.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", number)) => length = number.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    std::io::copy(&mut stream.take(length), &mut std::io::sink()).unwrap();
}

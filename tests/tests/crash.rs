//! The program is killed, the disk is full, the home can't be written: what was printed is on record, the ledger holds,
//! and work goes on where it stopped.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use countersign_tests::Program;
use countersign_tests::chance::Chance;
use countersign_tests::corpus::{self, NOW};
use serde_json::Value;

/// How often the program is killed, and how many suggestions it has to decide meanwhile.
const KILLS: u64 = 40;
const SUGGESTIONS: usize = 3_000;

/// What was printed about each suggestion: its place in the ledger.
type Places = BTreeMap<String, Value>;

/// Takes in a printed line, which must not say something else than an earlier one.
fn take(places: &mut Places, line: &str) {
    let decision: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let id = decision["id"].as_str().unwrap().to_owned();
    let place = decision["ledger"].clone();
    assert!(place["seq"].is_u64(), "{line}");
    match places.get(&id) {
        Some(earlier) => {
            assert_eq!(*earlier, place, "`{id}` was printed, so it is on record, and is not decided again");
            assert_eq!(decision["repeated"], true, "`{id}`");
        }
        None => drop(places.insert(id, place)),
    }
}

/// How many events there are; all of them hold.
fn events(program: &Program) -> u64 {
    let run = program.run(&["ledger", "verify", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "the ledger holds: {run:#?}");
    run.lines()[0]["events"].as_u64().unwrap()
}

/// All that was printed is on record.
fn all_on_record(program: &Program, places: &Places) {
    let events = events(program);
    let last = places.iter().max_by_key(|(_, place)| place["seq"].as_u64());
    let Some((id, place)) = last else { return };
    assert!(place["seq"].as_u64().unwrap() < events, "`{id}` was printed: {place} of {events}");
    let run = program.run(&["ledger", "show", id], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stdout.contains(place["leaf"].as_str().unwrap().trim_start_matches("sha256:")), "{run:#?}");
}

#[test]
fn what_was_printed_before_a_kill_is_on_record() {
    let mut chance = Chance::seeded();
    let mut left = KILLS;
    // Where all is decided before the last kill, it begins again.
    while left > 0 {
        let program = Program::with_fresh_home();
        let first = events(&program);
        let file = program.write("suggestions.jsonl", corpus::first(SUGGESTIONS));
        let mut places = Places::new();
        while left > 0 && places.len() < SUGGESTIONS {
            left -= u64::from(evaluate_and_kill(&program, &file, &mut chance, &mut places));
            all_on_record(&program, &places);
        }
        println!("{left} kills are left; {} of {SUGGESTIONS} decisions were printed", places.len());

        let rest = program.run(&["evaluate", &file, "--format", "json", "--now", NOW], "");
        assert_eq!(rest.code, Some(0), "{}", rest.stderr);
        rest.stdout.lines().for_each(|line| take(&mut places, line));
        assert_eq!(places.len(), SUGGESTIONS, "the rest was decided");
        assert_eq!(events(&program), first + SUGGESTIONS as u64, "each once");
        let again = program.run(&["reproduce", "--all", "--format", "json"], "");
        assert_eq!(again.code, Some(0), "{again:#?}");
    }
}

/// Starts deciding a file, kills the program at some moment, and takes in what it printed until then. False if it
/// was done before.
fn evaluate_and_kill(program: &Program, file: &str, chance: &mut Chance, places: &mut Places) -> bool {
    let mut child = program
        .command(&["evaluate", file, "--format", "json", "--now", NOW])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    // Some kills while it starts; some after so many lines of decisions made in this run, and a little later,
    // when the next group is judged, written, synced or printed.
    let (new, pause) = match chance.below(4) {
        0 => (None, chance.below(400_000)),
        1 => (Some(0), chance.below(2_000)),
        _ => (Some(chance.below(300)), chance.below(60_000)),
    };
    let mut line = String::new();
    if let Some(new) = new {
        let enough = places.len() as u64 + new;
        while (places.len() as u64) < enough && lines.read_line(&mut line).unwrap() > 0 {
            take(places, line.trim_end());
            line.clear();
        }
    }
    // What it prints meanwhile is read, so that it does not wait for the reader.
    let reader = std::thread::spawn(move || {
        let mut rest = Vec::new();
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).unwrap() > 0 {
            rest.push(std::mem::take(&mut line));
        }
        rest
    });
    std::thread::sleep(Duration::from_micros(pause));
    child.kill().unwrap();
    let killed = !child.wait().unwrap().success();
    for line in reader.join().unwrap() {
        // A line without its end was not printed completely.
        if let Some(line) = line.strip_suffix(b"\n") {
            take(places, std::str::from_utf8(line).unwrap());
        }
    }
    killed
}

#[test]
fn a_kill_during_init_leaves_what_can_be_told_from_a_deployment() {
    let mut chance = Chance::seeded();
    for _ in 0..8 {
        let program = Program::without_home();
        let mut child = program.command(&["init"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(chance.below(2_000)));
        child.kill().unwrap();
        let done = child.wait().unwrap().success();
        let doctor = program.run(&["doctor"], "");
        if done {
            assert_eq!(doctor.code, Some(0), "{doctor:#?}");
        }
        // A deployment that is not whole decides nothing, and says why.
        let run = program.run(&["evaluate", "-", "--format", "json"], corpus::first(1));
        if run.code == Some(0) {
            assert_eq!(run.lines().len(), 1);
            events(&program);
        } else {
            assert_eq!(run.code, Some(3), "{run:#?}");
            assert_eq!(run.stdout, "");
            assert_eq!(doctor.code, Some(1), "{doctor:#?}");
        }
    }
}

/// Runs a script where it may mount file systems of its own, which go when it ends. False where that is not allowed.
fn in_own_mounts(program: &Program, script: &str) -> bool {
    let unshare = |command: &[&str]| {
        Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount"])
            .args(command)
            .current_dir(program.folder())
            .env("PROGRAM", program.file())
            .env("NOW", NOW)
            .output()
    };
    let allowed = unshare(&["sh", "-c", "mkdir -p probe && mount -t tmpfs -o size=1m tmpfs probe"]);
    if !allowed.is_ok_and(|probe| probe.status.success()) {
        println!("skipped: file systems can't be mounted here");
        return false;
    }
    let done = unshare(&["sh", "-eu", "-c", script]).unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    true
}

#[test]
fn on_a_full_disk_nothing_is_printed_that_is_not_on_record() {
    let program = Program::with_fresh_home();
    program.write("suggestions.jsonl", corpus::first(2_000));
    // The disk is full at once, or after some groups; then there is space again.
    let script = "
        mkdir disk
        mount -t tmpfs -o size=64m tmpfs disk
        evaluate() { \"$PROGRAM\" --home disk/home evaluate suggestions.jsonl --format json --now \"$NOW\"; }
        for left in 0 16 64 200 500 1000 2000 4000; do
            rm -rf disk/home disk/ballast
            cp -r home disk/home
            # Takes all but this many KiB.
            free=$(df -k --output=avail disk | tail -n 1)
            head -c $(( (free - left) * 1024 )) /dev/zero > disk/ballast
            code=0; evaluate > full-$left.out 2> full-$left.err || code=$?
            echo $code > full-$left.code
            rm disk/ballast
            code=0; \"$PROGRAM\" --home disk/home ledger verify > verify-$left.out 2>&1 || code=$?
            echo $code > verify-$left.code
            code=0; evaluate > then-$left.out 2> then-$left.err || code=$?
            echo $code > then-$left.code
            \"$PROGRAM\" --home disk/home ledger verify > verified-$left.out 2>&1
        done";
    if !in_own_mounts(&program, script) {
        return;
    }
    let read = |name: String| fs::read_to_string(program.folder().join(name)).unwrap();
    let mut printed = Vec::new();
    for left in [0, 16, 64, 200, 500, 1000, 2000, 4000] {
        let said = read(format!("full-{left}.err"));
        assert_eq!(read(format!("full-{left}.code")).trim(), "3", "with {left} KiB: {said}");
        assert!(said.contains("space"), "with {left} KiB, the cause is said: {said}");
        let verified = read(format!("verify-{left}.out"));
        assert_eq!(read(format!("verify-{left}.code")).trim(), "0", "with {left} KiB: {verified}");
        let mut places = Places::new();
        read(format!("full-{left}.out")).lines().for_each(|line| take(&mut places, line));
        printed.push(places.len());
        assert_eq!(read(format!("then-{left}.code")).trim(), "0", "{}", read(format!("then-{left}.err")));
        read(format!("then-{left}.out")).lines().for_each(|line| take(&mut places, line));
        assert_eq!(places.len(), 2_000, "with {left} KiB: the rest is decided, and nothing that was printed is gone");
    }
    println!("printed before the disk was full: {printed:?}");
    assert!(printed.contains(&0) && printed.iter().any(|number| *number > 0), "{printed:?}");
}

#[test]
fn a_home_that_cannot_be_written_is_said() {
    let program = Program::with_fresh_home();
    let run = program.run(&["evaluate", "-", "--now", NOW], corpus::first(10));
    assert_eq!(run.code, Some(0), "{run:#?}");
    program.write("suggestions.jsonl", corpus::first(20));
    let script = "
        mkdir disk
        mount -t tmpfs -o size=64m tmpfs disk
        cp -r home disk/home
        mount -o remount,ro disk
        run() { name=$1; shift; code=0; \"$PROGRAM\" --home disk/home \"$@\" > $name.out 2> $name.err || code=$?; echo $code > $name.code; }
        run evaluate evaluate suggestions.jsonl --format json
        run dry evaluate suggestions.jsonl --format json --dry-run
        run verify ledger verify
        run show ledger show s-00001-street
        run reproduce reproduce --all
        run backup ledger backup copy.db
        run export ledger export --out rows.csv
        run restore ledger restore copy.db --replace
        run init init --home disk/other";
    if !in_own_mounts(&program, script) {
        return;
    }
    let read = |name: &str| fs::read_to_string(program.folder().join(name)).unwrap();
    for name in ["evaluate", "init", "restore"] {
        let said = read(&format!("{name}.err"));
        assert_eq!(read(&format!("{name}.code")).trim(), "3", "{name}: {said}");
        assert_eq!(read(&format!("{name}.out")), "", "{name}");
        assert!(
            said.contains("disk/") && (said.contains("permissions") || said.contains("ead-only")),
            "{name}: {said}"
        );
    }
    // What only reads, works.
    for name in ["dry", "verify", "show", "reproduce", "backup", "export"] {
        assert_eq!(read(&format!("{name}.code")).trim(), "0", "{name}: {}", read(&format!("{name}.err")));
    }
}

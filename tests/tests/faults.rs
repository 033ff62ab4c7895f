//! The program is killed at any moment, writing and syncing fail, the clock jumps back, several programs work on one home:
//! the ledger holds afterwards, and everything that was asked for is done or not done.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use countersign::ledger::{Draft, EventKind, Ledger, Sealer};
use countersign_tests::chance::Chance;
use countersign_tests::corpus::{self, NOW};
use countersign_tests::disk::shim;
use countersign_tests::{Program, Run};
use serde_json::{Value, json};

/// How often the program is killed.
const KILLS: u64 = 200;

const SUBJECT: &str = "hubspot/contact/planted-record";
const PLANTED: &str = "planted.value@example.com";

fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{run:#?}");
    run
}

fn planted() -> String {
    json!({
        "id": "planted-1", "received_at": "2026-05-20T09:00:00Z",
        "target": {"system": "hubspot", "object": "contact", "id": "planted-record"}, "operation": "enrich",
        "changes": [{"field": "email", "prior": null, "proposed": PLANTED}],
        "assistant": {"vendor": "acme", "model": "enricher", "version": "2.1"}, "confidence": 0.97, "rationale": "None.",
    })
    .to_string()
}

/// A deployment with a planted decision among others, and a note whose time is over.
fn with_decisions(number: usize) -> Program {
    let program = Program::with_fresh_home();
    let rule = "[[retention]]\nkinds = [\"audited\"]\nkeep-days = 30\n";
    fs::write(program.home().join("countersign.toml"), rule).unwrap();
    done(program.run(&["evaluate", "-", "--now", NOW], planted() + "\n" + &corpus::first(number)));
    let mut sealer = Sealer::new([7; 32]);
    let note = sealer.seal(&"a note").unwrap();
    let first: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    let audited = Draft {
        kind: EventKind::Audited,
        at: "2026-01-01T00:00:00Z".to_owned(),
        actor: "ana".to_owned(),
        body: json!({"id": first["id"], "finding": "right", "note": note}).to_string(),
        openings: Some(sealer.finish()),
        index: None,
        objects: Vec::new(),
    };
    let mut ledger = Ledger::open(program.home().join("ledger.db")).unwrap();
    ledger.append(&[audited.prepare().unwrap()]).unwrap();
    program
}

/// A copy of the deployment, in a home of its own.
fn copy(from: &Program) -> Program {
    let to = Program::without_home();
    let copied = Command::new("cp").arg("-r").arg(from.home()).arg(to.home()).status().unwrap();
    assert!(copied.success());
    to
}

fn events(program: &Program) -> u64 {
    let run = done(program.run(&["ledger", "verify", "--format", "json"], ""));
    run.lines()[0]["events"].as_u64().unwrap()
}

/// Whether the planted value stands in any file of the home.
fn stands(program: &Program) -> bool {
    fs::read_dir(program.home())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .any(|path| fs::read(path).unwrap().windows(PLANTED.len()).any(|window| window == PLANTED.as_bytes()))
}

fn erased(program: &Program) -> bool {
    let shown = done(program.run(&["ledger", "show", "planted-1", "--format", "json"], "")).lines().swap_remove(0);
    !shown["erased"].is_null()
}

/// Starts a command, and kills it after some time. How long it ran until then, or to its end.
fn run_and_kill(program: &Program, arguments: &[&str], after: Duration) -> (bool, Duration) {
    let started = Instant::now();
    let mut child =
        program.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    let killed = child.try_wait().unwrap().is_none();
    // SIGKILL: nothing of the program runs any more.
    child.kill().unwrap();
    child.wait().unwrap();
    (killed, started.elapsed())
}

#[test]
fn a_kill_at_any_moment_leaves_a_ledger_that_holds_and_nothing_half_done() {
    let mut chance = Chance::seeded();
    let model = with_decisions(500);
    let more = model
        .write("more.jsonl", corpus::suggestions().skip(500).take(600).map(|line| line + "\n").collect::<String>());
    let copied = model.folder().join("copied.db").to_str().unwrap().to_owned();
    let commands: [(&str, Vec<&str>); 6] = [
        ("evaluate", vec!["evaluate", &more, "--now", NOW]),
        ("erase", vec!["ledger", "erase", "--subject", SUBJECT, "--reason", "request 1"]),
        ("rebuild", vec!["ledger", "rebuild"]),
        ("hold", vec!["ledger", "hold", "--all", "--reason", "case 1"]),
        ("expire", vec!["ledger", "expire"]),
        ("backup", vec!["ledger", "backup", &copied]),
    ];
    let before = events(&model);
    let gone = || fs::remove_file(&copied).is_ok();
    for (name, arguments) in &commands {
        // How long it takes when nobody kills it.
        let whole = copy(&model);
        let started = Instant::now();
        done(whole.run(arguments, ""));
        let most = u64::try_from(started.elapsed().as_micros()).unwrap();
        gone();
        let (mut killed, mut nothing, mut all) = (0, 0, 0);
        for _ in 0..KILLS.div_ceil(commands.len() as u64) {
            let program = copy(&model);
            killed += u64::from(run_and_kill(&program, arguments, Duration::from_micros(chance.below(most))).0);
            let after = events(&program);
            match *name {
                "evaluate" => assert!(after >= before && after <= before + 600, "{after}"),
                "rebuild" | "backup" => assert_eq!(after, before),
                _ => assert!(after == before || after == before + 1, "{after}"),
            }
            if after == before {
                nothing += 1;
            } else {
                all += 1;
            }
            // A copy is whole, or has no name.
            if *name == "backup" && Path::new(&copied).exists() {
                done(program.run(&["ledger", "restore", &copied, "--dry-run"], ""));
                gone();
            }
            // What was not done is done the second time, and what was done is finished.
            let again = program.run(arguments, "");
            match *name {
                "erase" => {
                    assert_eq!(again.code, Some(i32::from(after != before)), "{again:#?}");
                    assert!(erased(&program) && !stands(&program), "nothing is left");
                }
                "evaluate" => {
                    done(again);
                    assert_eq!(events(&program), before + 600, "each once");
                }
                _ => drop(done(again)),
            }
            gone();
            done(program.run(&["ledger", "verify"], ""));
        }
        println!("{name}: {killed} kills; {nothing} times nothing of it was recorded, {all} times some or all");
    }
}

/// Runs the program with the shim before the C library.
fn with_shim(program: &Program, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let Some(shim) = shim() else { panic!("asked for before") };
    let mut command = program.command(arguments);
    command.env("LD_PRELOAD", shim).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn writes_and_syncs_that_fail_lose_nothing_that_was_answered() {
    const EIO: &str = "5";
    const ENOSPC: &str = "28";
    if shim().is_none() {
        return;
    }
    let model = with_decisions(500);
    let file = model
        .write("more.jsonl", corpus::suggestions().skip(500).take(600).map(|line| line + "\n").collect::<String>());
    let before = events(&model);
    let mut counts = [0_u64; 3];
    for error in [EIO, ENOSPC] {
        for (name, arguments) in [
            ("evaluate", vec!["evaluate", file.as_str(), "--now", NOW, "--format", "json"]),
            ("erase", vec!["ledger", "erase", "--subject", SUBJECT, "--reason", "request 1"]),
            ("rebuild", vec!["ledger", "rebuild"]),
        ] {
            let mut at = 1_u64;
            loop {
                let program = copy(&model);
                let folder = program.home().canonicalize().unwrap();
                let number = at.to_string();
                let variables =
                    [("FAULT_FOLDER", folder.to_str().unwrap()), ("FAULT_AT", number.as_str()), ("FAULT_ERROR", error)];
                let (code, stdout, stderr) = with_shim(&program, &arguments, &variables);
                let after = events(&program);
                let answered: Vec<Value> = if name == "evaluate" {
                    stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
                } else {
                    Vec::new()
                };
                for answer in &answered {
                    let seq = answer["ledger"]["seq"].as_u64().unwrap();
                    assert!(seq < after, "call {at} of {name}: {answer} was answered and is not on record");
                }
                counts[usize::from(code != Some(0))] += 1;
                match code {
                    // Nothing that failed mattered: it was done.
                    Some(0) if name == "evaluate" => assert_eq!(after, before + 600),
                    Some(0) => {}
                    // Erasing: done, but not finished.
                    Some(1) if name == "erase" => {}
                    Some(3) => {
                        assert!(stderr.contains("ledger.db"), "call {at} of {name}: {stderr}");
                        assert!(stderr.contains("disk") || stderr.contains("space"), "call {at} of {name}: {stderr}");
                    }
                    _ => panic!("call {at} of {name}: {code:?} {stderr}"),
                }
                // Then the disk is well again.
                let again = program.run(&arguments, "");
                assert!(
                    matches!((name, again.code), (_, Some(0)) | ("erase", Some(1))),
                    "call {at} of {name}: {again:#?}"
                );
                if name == "erase" {
                    assert!(erased(&program) && !stands(&program), "call {at}");
                }
                done(program.run(&["ledger", "verify"], ""));
                counts[2] += 1;
                // Closely at first, where the log begins; then in steps that grow.
                at += 1 + at / 8;
                if code == Some(0) || at > 3_000 {
                    break;
                }
            }
        }
    }
    let [without, with, all] = counts;
    println!("{all} faults of writing and syncing: {with} were said, {without} came after all was done");
    assert!(with > 50, "{with} faults were met");
}

#[test]
fn a_clock_that_jumps_back_stops_nothing() {
    if shim().is_none() {
        return;
    }
    let program = with_decisions(20);
    let file = program
        .write("more.jsonl", corpus::suggestions().skip(20).take(20).map(|line| line + "\n").collect::<String>());
    let day = [("CLOCK_BACK", "86400")];
    let (code, _, stderr) = with_shim(&program, &["evaluate", &file, "--now", NOW], &day);
    assert_eq!(code, Some(0), "{stderr}");
    let shown = |seq: u64| {
        let ledger = Ledger::open_read_only(program.home().join("ledger.db")).unwrap();
        ledger.event(seq).unwrap().unwrap().at
    };
    let last = events(&program) - 1;
    assert!(shown(last) < shown(last - 22), "the times on record say what the clock said");
    for arguments in [
        &["ledger", "hold", "--all", "--reason", "case 1"][..],
        &["ledger", "expire", "--dry-run"],
        &["ledger", "rebuild"],
        &["ledger", "verify"],
        &["reproduce", "--all"],
    ] {
        let (code, _, stderr) = with_shim(&program, arguments, &day);
        assert_eq!(code, Some(0), "{arguments:?}: {stderr}");
    }
    done(program.run(&["evaluate", "-", "--now", NOW], corpus::first(60)));
    done(program.run(&["ledger", "verify"], ""));
}

#[test]
fn several_programs_on_one_home_take_turns() {
    let program = with_decisions(100);
    let before = events(&program);
    let part = |number: usize| {
        let lines: String =
            corpus::suggestions().skip(1_000 + number * 300).take(300).map(|line| line + "\n").collect();
        program.write(&format!("part-{number}.jsonl"), lines)
    };
    let files: Vec<String> = (0..3).map(part).collect();
    let start =
        |arguments: &[&str]| program.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut all: Vec<_> = files.iter().map(|file| start(&["evaluate", file, "--now", NOW])).collect();
    all.push(start(&["ledger", "hold", "--all", "--reason", "case 1"]));
    all.push(start(&["ledger", "rebuild"]));
    all.push(start(&["ledger", "verify"]));
    for child in all {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(events(&program), before + 901, "each suggestion once, and the hold");
    done(program.run(&["reproduce", "--sample", "50"], ""));
}

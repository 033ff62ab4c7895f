//! What goes wrong around a service: a disk without room, and files of its deployment that are wrong when it reads them again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use countersign_tests::service::{Service, token};
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};

fn suggestions(from: usize, number: usize) -> Vec<String> {
    corpus::suggestions().skip(from).take(number).collect()
}

fn id(line: &str) -> String {
    serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
}

/// The ids of the decisions on record.
fn decided(program: &Program) -> BTreeSet<String> {
    let export = program.run(&["ledger", "export", "--as", "jsonl"], "");
    assert_eq!(export.code, Some(0), "{}", export.stderr);
    let events = export.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter_map(|event| event["suggestion_id"].as_str().map(str::to_owned)).collect()
}

/// Waits until the service says this of itself.
fn wait_until(service: &Service, key: &str, value: bool) -> Value {
    let begun = Instant::now();
    loop {
        let ready = service.get("/readyz", "").json();
        if ready[key] == value {
            return ready;
        }
        assert!(begun.elapsed() < Duration::from_mins(5), "{key} never became {value}: {ready}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_room_records_nothing_and_says_so_until_there_is_room_again() {
    const ENOSPC: &str = "28";
    let Some(shim) = countersign_tests::disk::shim() else { return };
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let operator = token(&program, "ops", "operator", &[]);
    let full = program.folder().join("full");
    let folder = program.home().canonicalize().unwrap();
    let variables = [
        ("LD_PRELOAD", shim.to_str().unwrap()),
        ("FAULT_FOLDER", folder.to_str().unwrap()),
        ("FAULT_WHILE", full.to_str().unwrap()),
        ("FAULT_ERROR", ENOSPC),
    ];
    let service = Service::start_with(&program, &[], &variables);
    let (before, during) = (suggestions(0, 20), suggestions(20, 40));
    let answers = service.batch(&before.join("\n"), &assistant).lines();
    assert!(answers.iter().all(|answer| answer["outcome"].is_string()), "{answers:#?}");

    fs::write(&full, "").unwrap();
    for line in &during[..5] {
        let answer = service.suggest(line, &assistant);
        let said = (answer.status, answer.header("retry-after"), answer.json()["code"].clone());
        assert_eq!(said, (503, "5", "unavailable".into()), "{answer:?}");
    }
    // Whoever sends many is told so for each.
    for answer in service.batch(&during.join("\n"), &assistant).lines() {
        assert_eq!(answer["problem"]["code"], "unavailable", "{answer}");
    }
    // What needs no room goes on, and is no sign that there is some.
    assert_eq!(service.post("/v1/suggestions?dry_run=true", &during[0], &assistant).status, 200);
    let again = service.suggest(&before[0], &assistant);
    assert!(again.status == 503 || again.json()["repeated"] == true, "{again:?}");
    let ready = wait_until(&service, "ledger", false);
    assert_eq!(ready["ready"], false);
    assert_eq!(service.get("/readyz", "").status, 503);
    assert_eq!(service.get("/healthz", "").status, 200, "it is alive: starting it again would mend nothing");
    let metrics = service.get("/metrics", &operator).body;
    assert!(metrics.contains("\ncountersign_ledger_well 0\n"), "{metrics}");

    fs::remove_file(&full).unwrap();
    // Nobody has to send a suggestion to find out.
    wait_until(&service, "ready", true);
    let answers = service.batch(&during.join("\n"), &assistant).lines();
    assert!(answers.iter().all(|answer| answer["outcome"].is_string() && answer["repeated"].is_null()), "{answers:#?}");
    let all: BTreeSet<String> = before.iter().chain(&during).map(|line| id(line)).collect();
    assert_eq!(decided(&program), all);
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    for arguments in [&["ledger", "verify"][..], &["reproduce", "--all"]] {
        let run = program.run(arguments, "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
}
/// A file of a deployment, and what stands in it from now on; nothing, if it goes away.
type Change<'a> = (&'a Path, Option<Vec<u8>>);

fn write(changes: &[Change<'_>]) {
    for (path, text) in changes {
        match text {
            Some(text) => fs::write(path, text).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
    }
}

#[test]
fn files_that_are_wrong_when_they_are_read_again_change_nothing_until_they_are_mended() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let home = program.home();
    let at = |name: &str| home.join(name);
    let (config, catalogue) = (at("countersign.toml"), at("catalogue.toml"));
    let text = |path: &Path| fs::read_to_string(path).unwrap();
    let bytes = |text: &str| Some(text.as_bytes().to_vec());
    let wrong: Vec<(&str, Vec<Change<'_>>)> = vec![
        ("a configuration with an unknown key", vec![(&config, bytes(&format!("colour = 1\n{}", text(&config))))]),
        ("a configuration that wants half a person's approval", vec![(&config, bytes("[approvals]\nnumber = 0.5\n"))]),
        ("a configuration that is gone", vec![(&config, None)]),
        ("a catalogue that ends in its middle", vec![(&catalogue, bytes("[[object]]\nsystem = "))]),
        ("a catalogue that is gone", vec![(&catalogue, None)]),
    ];
    let files = [&config, &catalogue];
    let well: Vec<Change<'_>> = files.iter().map(|path| (path.as_path(), Some(fs::read(path).unwrap()))).collect();
    let service = Service::start(&program, &[]);
    let mut lines = corpus::suggestions();
    let first = service.suggest(&lines.next().unwrap(), &assistant).json();
    assert_eq!(first["set"]["version"], "1.0.0");
    for (number, (what, changes)) in (1..).zip(&wrong) {
        write(changes);
        service.signal("-HUP");
        service.wait_for_number("not loaded again", number);
        let ready = service.get("/readyz", "");
        let said = ready.json();
        assert_eq!(
            (ready.status, &said["ready"], &said["configuration"]),
            (200, &json!(true), &json!(false)),
            "{what}"
        );
        let next = service.suggest(&lines.next().unwrap(), &assistant);
        assert_eq!((next.status, &next.json()["set"]), (200, &first["set"]), "{what}: the last good one goes on");
        // Mended, it is taken.
        write(&well);
        service.signal("-HUP");
        service.wait_for_number("\"loaded again\"", number);
        wait_until(&service, "configuration", true);
    }
    // What becomes of the files of sets changes nothing: what decides is on record.
    fs::remove_dir_all(at("sets")).unwrap();
    service.signal("-HUP");
    service.wait_for_number("\"loaded again\"", wrong.len() + 1);
    assert_eq!(service.suggest(&lines.next().unwrap(), &assistant).json()["set"], first["set"]);
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    assert_eq!(log.iter().filter(|line| line.contains("not loaded again")).count(), wrong.len(), "{log:#?}");
    let run = program.run(&["reproduce", "--all"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

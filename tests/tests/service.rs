//! The service: what assistants send is decided, recorded and answered as the command line does it.

use std::fs;
use std::path::Path;
use std::process::Command;

use countersign_tests::service::{Service, configure, token};
use countersign_tests::snapshot::assert_snapshot;
use countersign_tests::{Program, corpus};
use serde_json::Value;

fn suggestions(number: usize) -> Vec<String> {
    corpus::suggestions().take(number).collect()
}

fn verified(program: &Program) {
    for arguments in [&["ledger", "verify"][..], &["reproduce", "--all"]] {
        let run = program.run(arguments, "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
}

#[test]
fn a_suggestion_is_answered_with_its_durable_decision_once_and_for_all() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let lines = suggestions(2);
    let first = service.suggest(&lines[0], &assistant);
    assert_eq!((first.status, first.header("content-type")), (200, "application/json"), "{first:?}");
    let said = first.json();
    // What is answered is what the command line says of the decision.
    let run = program.run(&["evaluate", "-", "--format", "json"], &lines[0]);
    let mut printed: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(printed.as_object_mut().unwrap().remove("repeated"), Some(true.into()));
    assert_eq!(printed, said);
    let again = service.suggest(&lines[0], &assistant).json();
    assert_eq!((&again["repeated"], &again["ledger"]), (&true.into(), &said["ledger"]));
    // Another suggestion under its id is refused, and changes nothing.
    let mut other: Value = serde_json::from_str(&lines[1]).unwrap();
    other["id"] = said["id"].clone();
    let conflict = service.suggest(&other.to_string(), &assistant);
    assert_eq!((conflict.status, &conflict.json()["code"]), (409, &"conflict".into()), "{conflict:?}");
    // A dry run says what would be, and leaves nothing.
    let dry = service.post("/v1/suggestions?dry_run=true", &lines[1], &assistant);
    assert_eq!((dry.status, &dry.json()["ledger"]), (200, &Value::Null), "{dry:?}");
    let id = dry.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(service.get(&format!("/v1/decisions/{id}"), &assistant).status, 404);
    // The event says who asked.
    let id = said["id"].as_str().unwrap();
    let shown = service.get(&format!("/v1/decisions/{id}"), &assistant).json();
    assert_eq!((&shown["actor"], &shown["values"]), (&"enricher".into(), &"shown".into()), "{shown}");
    assert!(shown["explanation"].as_str().unwrap().contains("because"), "{shown}");
    drop(service);
    verified(&program);
}

#[test]
fn a_batch_is_answered_in_order_and_a_bad_line_keeps_no_other_from_being_decided() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let lines = suggestions(700);
    let mut sent = lines.clone();
    sent[10] = "{\"id\":\"x\",\"colour\":1}".to_owned();
    sent[20] = String::new();
    sent[30] = sent[29].clone();
    sent.push("{\"id\":".to_owned());
    let answer = service.batch(&sent.join("\n"), &assistant);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"));
    let said = answer.lines();
    assert_eq!(said.len(), sent.len() - 1, "nothing is answered to an empty line");
    let answers = sent.iter().zip(1..).filter(|(line, _)| !line.is_empty()).zip(&said);
    for ((line, number), said) in answers {
        match serde_json::from_str::<Value>(line).ok().filter(|line| line.get("colour").is_none()) {
            Some(line) => assert_eq!(said["id"], line["id"], "line {number}"),
            None => assert_eq!((&said["line"], &said["problem"]["code"]), (&number.into(), &"invalid".into())),
        }
    }
    assert_eq!(said[29]["repeated"], true, "the same line again is answered, not decided again");
    assert_eq!(said[28]["ledger"], said[29]["ledger"]);
    // As many lines as a token may send in some seconds are all answered: a batch waits, it is not cut off.
    drop(service);
    verified(&program);
    let run = program.run(&["evaluate", "-", "--format", "json"], lines[..5].join("\n"));
    let decided: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(decided.iter().all(|decision| decision["repeated"] == true), "{decided:#?}");
}

#[test]
fn decisions_are_listed_proved_and_made_again() {
    let program = Program::with_fresh_home();
    let (assistant, auditor) = (token(&program, "enricher", "assistant", &[]), token(&program, "eve", "auditor", &[]));
    let service = Service::start(&program, &[]);
    let decided = service.batch(&suggestions(120).join("\n"), &assistant).lines();
    let mut ids = Vec::new();
    let mut path = "/v1/decisions?limit=50".to_owned();
    loop {
        let page = service.get(&path, &auditor).json();
        ids.extend(page["decisions"].as_array().unwrap().iter().map(|one| one["id"].clone()));
        let Some(next) = page["next"].as_u64() else { break };
        path = format!("/v1/decisions?limit=50&cursor={next}");
    }
    let newest_first: Vec<Value> = decided.iter().rev().map(|one| one["id"].clone()).collect();
    assert_eq!(ids, newest_first);
    let reviews = service.get("/v1/decisions?outcome=review&limit=500", &auditor).json();
    let expected = decided.iter().filter(|one| one["outcome"] == "review").count();
    assert_eq!(reviews["decisions"].as_array().unwrap().len(), expected);
    for bad in ["limit=0", "limit=501", "limit=x", "outcome=maybe", "colour=red"] {
        let answer = service.get(&format!("/v1/decisions?{bad}"), &auditor);
        assert_eq!((answer.status, &answer.json()["code"]), (400, &"bad-request".into()), "{bad}");
    }
    let id = ids[7].as_str().unwrap();
    let again = service.get(&format!("/v1/decisions/{id}/reproduce"), &auditor).json();
    assert_eq!((&again["equal"], &again["same_engine"]), (&true.into(), &true.into()), "{again}");
    // What the service proves, the command line verifies with nothing but the key.
    let proof = program.write("proof.json", service.get(&format!("/v1/decisions/{id}/proof"), &auditor).body);
    let key = program.run(&["ledger", "key"], "").stdout;
    let run = program.run(&["ledger", "verify", "--proof", &proof, "--key", key.trim()], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let head = service.get("/v1/ledger", &auditor).json();
    let checkpoint = service.get("/v1/ledger/checkpoint", &auditor).body;
    assert_eq!(checkpoint.lines().nth(1), Some(head["size"].to_string().as_str()));
    let file = program.write("checkpoint", &checkpoint);
    let run = program.run(&["ledger", "verify", "--since", &file], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    for path in ["/v1/decisions/none", "/v1/decisions/none/proof", "/v1/decisions/none/reproduce"] {
        assert_eq!(service.get(path, &auditor).status, 404, "{path}");
    }
}

#[test]
fn sets_are_shown_and_a_name_is_never_a_path() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let sets = service.get("/v1/sets", &assistant).json();
    assert_eq!((&sets["active"]["name"], &sets["sets"]), (&"crm-default".into(), &serde_json::json!(["crm-default"])));
    let set = service.get("/v1/sets/crm-default", &assistant).json();
    assert_eq!((&set["active"], &set["digest"]), (&true.into(), &sets["active"]["digest"]), "{set}");
    assert!(set["modules"].as_array().unwrap().len() > 5, "{set}");
    let other = program.write("other.toml", fs::read(program.home().join("sets/crm-default.toml")).unwrap());
    for name in ["none", "..%2Fsets%2Fcrm-default", &other.replace('/', "%2F"), "%00", "crm-default.toml"] {
        assert_eq!(service.get(&format!("/v1/sets/{name}"), &assistant).status, 404, "{name}");
    }
}

#[test]
fn the_description_of_the_service_is_as_on_file_and_is_what_is_served() {
    let program = Program::with_fresh_home();
    let printed = program.run(&["schema", "openapi"], "").stdout;
    assert_snapshot("snapshots/openapi.json", &printed);
    let service = Service::start(&program, &[]);
    let served = service.get("/openapi.json", "").json();
    assert_eq!(served, serde_json::from_str::<Value>(&printed).unwrap());
    assert_eq!(served["openapi"], "3.1.0");
}

#[test]
fn operators_see_how_it_is() {
    let program = Program::with_fresh_home();
    let (assistant, operator) =
        (token(&program, "enricher", "assistant", &[]), token(&program, "ops", "operator", &[]));
    let service = Service::start(&program, &[]);
    assert_eq!(service.get("/healthz", "").body, "ok\n");
    let ready = service.get("/readyz", "");
    assert_eq!((ready.status, &ready.json()["ready"]), (200, &true.into()), "{ready:?}");
    let decided = service.batch(&suggestions(100).join("\n"), &assistant).lines();
    let metrics = service.get("/metrics", &operator).body;
    let sum = |begin: &str| -> u64 {
        let lines = metrics.lines().filter(|line| line.starts_with(begin));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    };
    assert_eq!(sum("countersign_decisions_total"), 100, "{metrics}");
    let reviews = decided.iter().filter(|one| one["outcome"] == "review").count();
    assert_eq!(sum("countersign_decisions_total{outcome=\"review\""), reviews as u64);
    let fuel: u64 =
        decided.iter().flat_map(|one| one["modules"].as_array().unwrap()).filter_map(|run| run["fuel"].as_u64()).sum();
    assert_eq!(sum("countersign_module_fuel_total"), fuel);
    assert_eq!(sum("countersign_waiting "), 0);
    assert!(sum("countersign_ledger_events") > 100);
    // What the page about metrics lists is what there is.
    let listed = include_str!("../../host/src/web/METRICS.md");
    for line in metrics.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).unwrap();
        assert!(listed.contains(&format!("`{name}`")), "{name} is not in METRICS.md");
    }
}

#[test]
fn what_the_readme_says_of_the_service_runs() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let section = readme.split("## As a service").nth(1).unwrap().split("\n## ").next().unwrap();
    let block = section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: there is no curl");
        return;
    }
    let program = Program::with_fresh_home();
    program.write("suggestions.jsonl", suggestions(30).join("\n"));
    // The port that the README names may be taken here.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    configure(&program, &format!("listen = \"127.0.0.1:{port}\""));
    let script = block.replace("8738", &port.to_string());
    let programs = program.folder().join("bin");
    fs::create_dir(&programs).unwrap();
    std::os::unix::fs::symlink(program.file(), programs.join("countersign")).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let ran = Command::new("bash")
        .args(["-ec", &format!("trap 'kill $!' EXIT\n{script}")])
        .env("PATH", path)
        .env("COUNTERSIGN_HOME", program.home())
        .current_dir(program.folder())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{ran:#?}");
    assert_eq!(said.lines().filter(|line| line.contains("\"outcome\"")).count(), 30, "{said}");
    assert!(said.contains("enricher"), "{said}");
}

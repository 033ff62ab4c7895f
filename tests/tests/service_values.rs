//! What is done over the network about the values that the ledger keeps: erased, put on hold, released, expired.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use countersign_tests::service::{Answer, Service, configure, token};
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};
use ureq::Body;

const SUBJECT: &str = "hubspot/contact/record-7zq1";

/// A suggestion about the subject, with a value that is in no other.
fn about_subject(number: usize) -> String {
    let mut suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    suggestion["id"] = format!("s-{number}").into();
    suggestion["target"] = json!({ "system": "hubspot", "object": "contact", "id": "record-7zq1" });
    suggestion["operation"] = "overwrite".into();
    suggestion["changes"] = json!([{ "field": "city", "prior": null, "proposed": format!("value-7zq1-{number}") }]);
    suggestion["merge_with"] = json!([]);
    suggestion["evidence"] = json!([]);
    suggestion["rationale"] = "because-7zq1".into();
    suggestion["context"] = json!({});
    suggestion.to_string()
}

/// What the command line says in JSON.
fn printed(program: &Program, arguments: &[&str]) -> Value {
    let run = program.run(&[arguments, &["--format", "json"]].concat(), "");
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"))
}

fn release(service: &Service, hold: &Value, token: &str) -> Answer {
    let nothing = Body::builder().data(Vec::new());
    service.send("DELETE", &format!("/v1/ledger/holds/{hold}?reason=closed"), token, "", nothing)
}

/// Whether a text stands in any file of the deployment.
fn stands_somewhere(program: &Program, text: &str) -> bool {
    let files = fs::read_dir(program.home()).unwrap().flatten().filter(|entry| entry.path().is_file());
    files
        .map(|entry| fs::read(entry.path()).unwrap())
        .any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
}

/// Each row of an export.
fn exported(program: &Program) -> Vec<Value> {
    let run = program.run(&["ledger", "export", "--as", "jsonl"], "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_record_is_erased_unless_it_is_on_hold_and_the_ledger_says_who_did_it() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let compliance = token(&program, "dora", "compliance", &[]);
    let service = Service::start(&program, &[]);
    for number in 0..3 {
        assert_eq!(service.suggest(&about_subject(number), &assistant).status, 200);
    }
    let erase = |more: &str| {
        let wanted = json!({ "subject": SUBJECT, "reason": "request 17" });
        service.post(&format!("/v1/ledger/erasures{more}"), &wanted.to_string(), &compliance)
    };
    let would = erase("?dry_run=true");
    let arguments = ["ledger", "erase", "--subject", SUBJECT, "--reason", "request 17", "--dry-run"];
    assert_eq!((would.status, would.json()), (200, printed(&program, &arguments)));
    assert_eq!(would.json()["events"].as_array().unwrap().len(), 3);

    let set = |wanted: Value| service.post("/v1/ledger/holds", &wanted.to_string(), &compliance);
    let one = set(json!({ "subject": SUBJECT, "reason": "case 12" }));
    assert_eq!((one.status, &one.json()["events"]), (201, &3.into()), "{one:?}");
    let all = set(json!({ "all": true, "reason": "case 13" }));
    assert_eq!((all.status, &all.json()["events"]), (201, &Value::Null), "{all:?}");
    let listed = service.get("/v1/ledger/holds", &compliance).json();
    assert_eq!(listed["holds"], printed(&program, &["ledger", "holds"]));
    assert_eq!((&listed["holds"][0]["by"], &listed["holds"][0]["subject"]), (&"dora".into(), &SUBJECT.into()));
    let refused = erase("");
    assert_eq!((refused.status, &refused.json()["code"]), (409, &"on-hold".into()), "{refused:?}");
    assert_eq!(erase("?dry_run=true").json(), printed(&program, &arguments));
    for hold in [one, all].map(|set| set.json()["hold"].clone()) {
        let ended = release(&service, &hold, &compliance);
        assert_eq!((ended.status, &ended.json()["hold"]), (200, &hold), "{ended:?}");
        assert_eq!(release(&service, &hold, &compliance).status, 404, "it ends once");
    }

    assert!(stands_somewhere(&program, "value-7zq1"), "the test looks for what is there");
    let erased = erase("");
    // The hold named the record, so it goes too.
    assert_eq!((erased.status, erased.json()["events"].as_array().unwrap().len()), (200, 4), "{erased:?}");
    assert_eq!((&erased.json()["log_emptied"], &erased.json()["held"]), (&true.into(), &0.into()));
    for text in ["value-7zq1", "record-7zq1", "because-7zq1"] {
        assert!(!stands_somewhere(&program, text), "{text}");
    }
    let left = printed(&program, &["ledger", "show", "s-0"]);
    assert_eq!((&left["erased"]["by"], &left["erased"]["reason"]), (&"dora".into(), &"request 17".into()));
    let again = erase("");
    assert_eq!((again.status, &again.json()["events"]), (200, &json!([])), "nothing is left to do");
    let (code, log) = service.stop();
    assert_eq!(code, Some(0));
    assert!(!log.iter().any(|line| line.contains("7zq1") || line.contains("ERROR")), "{log:#?}");
    let run = program.run(&["ledger", "verify"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn what_is_wrong_is_refused_whole_with_its_key() {
    let program = Program::with_fresh_home();
    let compliance = token(&program, "dora", "compliance", &[]);
    let blind = token(&program, "dora", "compliance", &["--only", "hold"]);
    let service = Service::start(&program, &[]);
    let events = exported(&program).len();
    let good = json!({ "subject": SUBJECT, "reason": "request 17" });
    for path in ["/v1/ledger/erasures", "/v1/ledger/holds"] {
        for (key, value) in [
            ("subject", json!("hubspot/contact")),
            ("subject", json!("hubspot//1")),
            ("subject", json!("hubspot/contact/a\u{0}b")),
            ("subject", json!(7)),
            ("reason", json!("  ")),
            ("reason", json!("x".repeat(1_001))),
            ("reason", json!(null)),
            ("colour", json!("red")),
        ] {
            let mut wrong = good.clone();
            wrong[key] = value;
            let refused = service.post(path, &wrong.to_string(), &compliance);
            let said = refused.json();
            assert_eq!((refused.status, &said["code"], &said["key"]), (422, &"invalid".into(), &key.into()), "{wrong}");
        }
        let missing = service.post(path, &json!({ "subject": SUBJECT }).to_string(), &compliance);
        assert_eq!((missing.status, missing.body.contains("reason")), (422, true), "{missing:?}");
    }
    for neither in [json!({ "reason": "case 1" }), json!({ "subject": SUBJECT, "all": true, "reason": "case 1" })] {
        let refused = service.post("/v1/ledger/holds", &neither.to_string(), &compliance);
        assert_eq!((refused.status, &refused.json()["key"]), (422, &"subject".into()), "{neither}");
    }
    assert_eq!(release(&service, &0.into(), &compliance).status, 404, "an event that is no hold");
    assert_eq!(release(&service, &(-1).into(), &compliance).status, 400);
    // The id of a record is a value.
    let refused = service.get("/v1/ledger/holds", &blind);
    assert_eq!((refused.status, refused.body.contains("read-values")), (403, true), "{refused:?}");
    drop(service);
    assert_eq!(exported(&program).len(), events, "nothing was recorded");
}

#[test]
fn what_is_due_is_what_the_command_line_says() {
    let program = Program::with_fresh_home();
    let path = program.home().join("countersign.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\n[[retention]]\noutcomes = [\"apply\"]\nkeep-days = 200\n")).unwrap();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let compliance = token(&program, "dora", "compliance", &[]);
    let service = Service::start(&program, &[]);
    assert_eq!(service.suggest(&about_subject(0), &assistant).status, 200);
    let would = service.post("/v1/ledger/expirations?dry_run=true", "", &compliance);
    assert_eq!((would.status, would.json()), (200, printed(&program, &["ledger", "expire", "--dry-run"])));
    let done = service.post("/v1/ledger/expirations", "", &compliance);
    assert_eq!((done.status, done.json()), (200, printed(&program, &["ledger", "expire"])), "nothing is old enough");
}

#[test]
fn what_is_erased_while_it_is_being_decided_about_does_not_come_back() {
    const ALL: usize = 600;
    let program = Program::with_fresh_home();
    configure(&program, "rate = 100000");
    let assistant = token(&program, "enricher", "assistant", &[]);
    let compliance = token(&program, "dora", "compliance", &[]);
    let service = Service::start(&program, &[]);
    let wanted = json!({ "subject": SUBJECT, "reason": "request 17" }).to_string();
    let over = AtomicBool::new(false);
    let erasures = thread::scope(|scope| {
        let erasing = scope.spawn(|| {
            let mut erasures = 0;
            while !over.load(Ordering::Relaxed) {
                let erased = service.post("/v1/ledger/erasures", &wanted, &compliance);
                assert_eq!(erased.status, 200, "{erased:?}");
                erasures += usize::from(!erased.json()["events"].as_array().unwrap().is_empty());
            }
            erasures
        });
        // One after the other, so that each is told what was suggested before it.
        for number in 0..ALL {
            let answer = service.suggest(&about_subject(number), &assistant);
            assert_eq!(answer.status, 200, "a suggestion is decided all the same: {answer:?}");
        }
        over.store(true, Ordering::Relaxed);
        erasing.join().unwrap()
    });
    assert!(erasures > 1, "{erasures} erasures found something");
    let _ = service.suggest(&about_subject(ALL), &assistant);
    let _ = service.suggest(&about_subject(ALL + 1), &assistant);
    let decisions: Vec<Value> = exported(&program).into_iter().filter(|row| row["kind"] == "decision").collect();
    let body = |row: &Value| row["body"].as_str().map(|text| serde_json::from_str::<Value>(text).unwrap());
    let proposed = |row: &Value| format!("value-7zq1-{}", &row["suggestion_id"].as_str().unwrap()[2..]);
    // A value that a decision was told stands on record where it was proposed, or was erased with it.
    let known: BTreeMap<String, bool> = decisions.iter().map(|row| (proposed(row), !row["body"].is_null())).collect();
    let (mut kept, mut told) = (0, 0);
    for body in decisions.iter().filter_map(body) {
        kept += 1;
        for past in body["history"].as_array().unwrap() {
            told += 1;
            assert!(known[past["proposed"].as_str().unwrap()], "{past} was erased before: {}", body["id"]);
        }
    }
    assert!(kept >= 2 && told >= 1, "{kept} decisions were told {told} values");
    // In the end nothing is left.
    let last = service.post("/v1/ledger/erasures", &wanted, &compliance);
    assert_eq!((last.status, &last.json()["log_emptied"]), (200, &true.into()), "{last:?}");
    let (code, log) = service.stop();
    assert_eq!(code, Some(0));
    assert!(!log.iter().any(|line| line.contains("ERROR")), "{log:#?}");
    assert!(!stands_somewhere(&program, "value-7zq1"));
    let run = program.run(&["ledger", "verify"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

//! Sample audits over the network: drawn, looked at, recorded and reported as the command line does it.

use std::collections::BTreeMap;
use std::process::Command;
use std::thread;

use countersign::ledger::Ledger;
use countersign_tests::past::{MONTH, with_past};
use countersign_tests::service::{Answer, Service, token};
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};

fn printed(program: &Program, arguments: &[&str]) -> Value {
    let run = program.run(&[&["audit"], arguments, &["--format", "json"]].concat(), "");
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"))
}

fn draw(service: &Service, wanted: &Value, token: &str) -> Answer {
    service.post("/v1/audits/samples", &wanted.to_string(), token)
}

fn invalid(answer: &Answer, key: &str) {
    let said = answer.json();
    assert_eq!((answer.status, &said["code"], &said["key"]), (422, &"invalid".into(), &key.into()), "{answer:?}");
}

#[test]
fn a_sample_is_drawn_looked_at_and_reported_as_the_command_line_does_it() {
    let program = with_past();
    let auditor = token(&program, "eve", "auditor", &[]);
    // The same deployment, for the command line alone.
    let other = Program::without_home();
    assert!(
        Command::new("cp")
            .args(["-R".as_ref(), program.home().as_os_str(), other.home().as_os_str()])
            .status()
            .unwrap()
            .success()
    );
    let service = Service::start(&program, &[]);
    for path in ["next", "report", "verification", "report?month=2020-03", "next?sample=0"] {
        assert_eq!(service.get(&format!("/v1/audits/{path}"), &auditor).status, 404, "{path}");
    }
    let wanted = json!({ "month": MONTH, "rate": "30%", "by": ["confidence"], "outcome": "all" });
    let drawn = draw(&service, &wanted, &auditor);
    let arguments = ["sample", "--month", MONTH, "--rate", "30%", "--by", "confidence", "--outcome", "all"];
    assert_eq!((drawn.status, drawn.json()), (201, printed(&other, &arguments)));
    let event = drawn.json()["event"].as_u64().unwrap();
    let again = draw(&service, &wanted, &auditor);
    assert_eq!((again.status, &again.json()["code"]), (409, &"recorded".into()), "{again:?}");
    let listed = service.get(&format!("/v1/audits/samples/{MONTH}"), &auditor).json();
    let mut one = listed["samples"][0].clone();
    assert_eq!((listed["samples"].as_array().unwrap().len(), &one["actor"]), (1, &"eve".into()));
    for key in ["at", "actor"] {
        one.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(one, drawn.json());
    let get = |path: &str| service.get(&format!("/v1/audits/{path}"), &auditor).json();
    assert_eq!(get("verification"), printed(&program, &["verify"]));
    assert_eq!(get("verification")["check"]["holds"], true);

    let drawn = drawn.json()["drawn"].as_u64().unwrap();
    for left in (1..=drawn).rev() {
        let next = get("next");
        assert_eq!(next, printed(&program, &["next"]));
        assert_eq!((&next["left"], &next["sample"]), (&left.into(), &event.into()));
        let finding = if left == 1 { "wrong" } else { "right" };
        let found = json!({ "id": next["id"], "finding": finding, "note": "Zebedee said so" });
        let recorded = service.post("/v1/audits/findings", &found.to_string(), &auditor);
        assert_eq!((recorded.status, &recorded.json()["sample"]), (201, &event.into()), "{recorded:?}");
        let twice = service.post("/v1/audits/findings", &found.to_string(), &auditor);
        assert_eq!((twice.status, &twice.json()["code"]), (409, &"recorded".into()), "{twice:?}");
    }
    assert_eq!((get("next")["id"].clone(), get("next")), (Value::Null, printed(&program, &["next"])));
    let report = get(&format!("report?month={MONTH}"));
    assert_eq!(report, printed(&program, &["report", "--month", MONTH]));
    assert_eq!((&report["open"], &report["findings"]["wrong"]), (&0.into(), &1.into()));
    assert_eq!(get(&format!("report?sample={event}")), report);
    // Who is who authenticated; what they wrote is sealed.
    let ledger = Ledger::open_read_only(program.home().join("ledger.db")).unwrap();
    let events: Vec<_> = ledger.events(event..u64::MAX).unwrap().map(Result::unwrap).collect();
    assert_eq!(events.len() as u64, 1 + drawn);
    assert!(events.iter().all(|event| event.actor == "eve" && !event.entry.contains("Zebedee")));
    assert!(events[1].body.as_ref().unwrap().contains("Zebedee"));
    let (code, log) = service.stop();
    assert_eq!(code, Some(0));
    assert!(
        !log.iter().any(|line| line.contains("Zebedee") || line.contains("7zq1") || line.contains("ERROR")),
        "{log:#?}"
    );
    let run = program.run(&["ledger", "verify"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn what_would_spoil_an_audit_is_refused_and_values_are_for_those_who_may_see_them() {
    let program = with_past();
    let auditor = token(&program, "eve", "auditor", &[]);
    let blind = token(&program, "eve", "auditor", &["--only", "audit"]);
    let reviewer = token(&program, "rey", "reviewer", &[]);
    let service = Service::start(&program, &[]);
    let good = json!({ "month": MONTH, "rate": "50%", "outcome": "all" });
    for (key, value) in [
        ("month", json!("2020-13")),
        ("month", json!("2999-01")),
        ("month", json!("2001-01")),
        ("month", json!(3)),
        ("rate", json!("0%")),
        ("rate", json!("all")),
        ("rate", json!(0.5)),
        ("outcome", json!("maybe")),
        ("by", json!([])),
        ("now", json!("2999-01-01T00:00:00Z")),
    ] {
        let mut wrong = good.clone();
        wrong[key] = value;
        invalid(&draw(&service, &wrong, &auditor), key);
    }
    invalid(&draw(&service, &json!({ "month": MONTH, "rate": "50%", "by": ["colour"] }), &auditor), "by[0]");
    let drawn = draw(&service, &good, &blind);
    assert_eq!(drawn.status, 201, "{drawn:?}");

    let seen = service.get("/v1/audits/next", &auditor);
    let unseen = service.get("/v1/audits/next", &blind);
    assert_eq!((seen.body.contains("7zq1"), unseen.body.contains("7zq1")), (true, false), "{unseen:?}");
    assert_eq!(seen.json()["id"], unseen.json()["id"]);
    assert!(unseen.json()["decision"]["suggestion"]["rationale"]["sealed"].is_string(), "{unseen:?}");
    assert_eq!(service.get("/v1/audits/next", &reviewer).status, 403);
    assert_eq!(service.get("/v1/audits/report", &reviewer).status, 200, "no value stands in a report");
    let both = service.get(&format!("/v1/audits/report?sample=1&month={MONTH}"), &auditor);
    assert_eq!((both.status, &both.json()["key"]), (400, &"month".into()), "{both:?}");

    let id = seen.json()["id"].clone();
    let find = |found: Value| service.post("/v1/audits/findings", &found.to_string(), &auditor);
    for (key, value) in [
        ("finding", json!("fine")),
        ("id", json!(7)),
        ("note", json!("x".repeat(10_001))),
        ("by", json!("ana")),
        ("sample", json!(-1)),
    ] {
        let mut wrong = json!({ "id": id, "finding": "right" });
        wrong[key] = value;
        invalid(&find(wrong), key);
    }
    assert_eq!(find(json!({ "id": "none", "finding": "right" })).status, 404, "it was not drawn");
    assert_eq!(find(json!({ "id": id, "finding": "right", "sample": 0 })).status, 404, "that is no sample");
    // What was erased can't be told any more, and a note about it could not be erased.
    let number = id.as_str().unwrap()[2..].to_owned();
    let suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    let part = |key: &str| suggestion["target"][key].as_str().unwrap().to_owned();
    let subject = format!("{}/{}/record-7zq1-{number}", part("system"), part("object"));
    let run = program.run(&["ledger", "erase", "--subject", &subject, "--reason", "request 1"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    for wrong in [json!({ "id": id, "finding": "right" }), json!({ "id": id, "finding": "unclear", "note": "x" })] {
        let refused = find(wrong);
        assert_eq!((refused.status, &refused.json()["code"]), (410, &"erased".into()), "{refused:?}");
    }
    assert_eq!(find(json!({ "id": id, "finding": "unclear" })).status, 201);
}

#[test]
fn the_same_thing_asked_for_at_the_same_time_is_recorded_once() {
    let program = with_past();
    let auditor = token(&program, "eve", "auditor", &[]);
    let service = Service::start(&program, &[]);
    let at_once = |ask: &(dyn Fn() -> Answer + Sync)| {
        let answers = thread::scope(|scope| {
            let asked: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            asked.into_iter().map(|thread| thread.join().unwrap().status).collect::<Vec<_>>()
        });
        answers.into_iter().fold(BTreeMap::new(), |mut all, status| {
            *all.entry(status).or_insert(0) += 1;
            all
        })
    };
    let wanted = json!({ "month": MONTH, "rate": "100%", "outcome": "all" });
    let once = BTreeMap::from([(201, 1), (409, 7)]);
    assert_eq!(at_once(&|| draw(&service, &wanted, &auditor)), once);
    let found = json!({ "id": "s-3", "finding": "right" }).to_string();
    assert_eq!(at_once(&|| service.post("/v1/audits/findings", &found, &auditor)), once);
}

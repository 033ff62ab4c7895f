//! Replays over the network: the report of the command line, one at a time, stopped when that is asked.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use countersign_tests::service::{Service, configure, token};
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};
use ureq::Body;

/// A deployment that has decided so many suggestions of the corpus, and has a looser set beside the one that decides.
fn deployment(number: usize) -> Program {
    let program = Program::with_fresh_home();
    configure(&program, "rate = 100000");
    let run = program.run(&["evaluate", "-", "--format", "json"], corpus::first(number));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let set = fs::read_to_string(program.home().join("sets/crm-default.toml")).unwrap();
    let looser = set.replace("module = \"confidence@1\"", "module = \"confidence@1\"\nsettings = { threshold = 0.5 }");
    assert_ne!(set, looser);
    fs::write(program.home().join("sets/looser.toml"), looser).unwrap();
    program
}

fn printed(program: &Program, more: &[&str]) -> Value {
    let run = program.run(&[&["replay", "--format", "json"], more].concat(), "");
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"))
}

/// Begins a replay, and returns where it is shown.
fn begin(service: &Service, wanted: &Value, token: &str) -> String {
    let begun = service.post("/v1/replays", &wanted.to_string(), token);
    assert_eq!(begun.status, 202, "{begun:?}");
    let address = begun.json()["address"].as_str().unwrap().to_owned();
    assert_eq!(begun.header("location"), address);
    address
}

/// Waits until a replay is over.
fn ended(service: &Service, address: &str, token: &str) -> Value {
    let begun = Instant::now();
    loop {
        let shown = service.get(address, token);
        assert_eq!(shown.status, 200, "{shown:?}");
        if shown.json()["state"] != "running" {
            return shown.json();
        }
        assert!(begun.elapsed() < Duration::from_mins(5), "{shown:?}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn stop(service: &Service, address: &str, token: &str) -> u16 {
    service.send("DELETE", address, token, "", Body::builder().data(Vec::new())).status
}

#[test]
fn a_report_is_the_one_of_the_command_line() {
    let program = deployment(300);
    let (auditor, author) = (token(&program, "eve", "auditor", &[]), token(&program, "ann", "author", &[]));
    let service = Service::start(&program, &[]);
    for (wanted, arguments) in [
        (json!({ "candidate": "looser" }), &["--candidate", "looser"][..]),
        (
            json!({ "candidate": "looser", "where": "outcome=review,field=city,field=street", "recheck": "100%" }),
            &["--candidate", "looser", "--where", "outcome=review,field=city,field=street", "--recheck", "100%"],
        ),
        (
            json!({ "candidate": "crm-default", "baseline": "looser", "full": true, "from": "2020-01-01T00:00:00Z" }),
            &["--candidate", "crm-default", "--baseline", "looser", "--full", "--from", "2020-01-01T00:00:00Z"],
        ),
    ] {
        let shown = ended(&service, &begin(&service, &wanted, &auditor), &auditor);
        assert_eq!((&shown["state"], &shown["actor"]), (&"done".into(), &"eve".into()), "{wanted}: {shown}");
        assert_eq!(shown["report"], printed(&program, arguments), "{wanted}");
        assert_eq!((&shown["done"], &shown["all"]), (&300.into(), &300.into()));
    }
    // Segments are values: who may not see those sees the rest of the report.
    let address = begin(&service, &json!({ "candidate": "looser" }), &author);
    let (mut whole, shown) = (ended(&service, &address, &auditor), ended(&service, &address, &author));
    assert!(whole["report"]["counts"]["by"]["segment"].as_object().unwrap().len() > 1);
    assert_eq!(shown["report"]["counts"]["by"].get("segment"), None);
    whole["report"]["counts"]["by"].as_object_mut().unwrap().remove("segment");
    assert_eq!(whole, shown);
    let by_segment = json!({ "candidate": "looser", "where": "segment=nsw" });
    let refused = service.post("/v1/replays", &by_segment.to_string(), &author);
    assert_eq!((refused.status, refused.body.contains("read-values")), (403, true), "{refused:?}");
    let address = begin(&service, &by_segment, &auditor);
    assert_eq!(
        ended(&service, &address, &auditor)["report"],
        printed(&program, &["--candidate", "looser", "--where", "segment=nsw"])
    );
    assert_eq!((service.get(&address, &author).status, stop(&service, &address, &author)), (403, 403));
    // Nothing was written.
    drop(service);
    let run = program.run(&["ledger", "verify", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn one_goes_on_at_a_time_and_is_stopped_when_that_is_asked() {
    let program = deployment(4_000);
    let (auditor, assistant) = (token(&program, "eve", "auditor", &[]), token(&program, "crm", "assistant", &[]));
    let service = Service::start(&program, &[]);
    let whole = json!({ "candidate": "looser", "full": true });
    let address = begin(&service, &whole, &auditor);
    let second = service.post("/v1/replays", &whole.to_string(), &auditor);
    assert_eq!((second.status, &second.json()["code"]), (429, &"busy".into()), "{second:?}");
    assert!(!second.header("retry-after").is_empty());
    // Suggestions are decided meanwhile.
    let line = corpus::suggestions().nth(4_500).unwrap();
    assert_eq!(service.suggest(&line, &assistant).status, 200);
    assert_eq!(stop(&service, &address, &auditor), 200);
    let shown = ended(&service, &address, &auditor);
    assert_eq!(
        (&shown["state"], &shown["report"]["extent"]["complete"]),
        (&"stopped".into(), &false.into()),
        "{shown}"
    );
    assert!(shown["done"].as_u64().unwrap() < 4_000, "{}", shown["done"]);
    assert_eq!(stop(&service, &address, &auditor), 200, "what is over stays as it is");
    assert_eq!(service.get(&address, &auditor).json(), shown);
    // The next one may begin, and ends with the service.
    let _ = begin(&service, &whole, &auditor);
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    assert!(log.last().unwrap().contains("everything that was taken is decided"), "{log:#?}");
    assert!(!log.iter().any(|line| line.contains("did not end in time")), "{log:#?}");
}

#[test]
fn what_cannot_be_replayed_is_refused_or_says_why() {
    let program = deployment(10);
    fs::write(
        program.home().join("sets/broken.toml"),
        "name = \"broken\"\nversion = \"1.0.0\"\n[[policy]]\nmodule = \"none@1\"\n",
    )
    .unwrap();
    let auditor = token(&program, "eve", "auditor", &[]);
    let service = Service::start(&program, &[]);
    for (key, value) in [
        ("candidate", json!("none")),
        ("candidate", json!("../sets/looser")),
        ("candidate", json!(7)),
        ("baseline", json!("none")),
        ("where", json!("colour=red")),
        ("where", json!("outcome")),
        ("recheck", json!("101%")),
        ("from", json!("yesterday")),
        ("to", json!(3)),
        ("jobs", json!(64)),
    ] {
        let mut wrong = json!({ "candidate": "looser" });
        wrong[key] = value;
        let refused = service.post("/v1/replays", &wrong.to_string(), &auditor);
        let said = refused.json();
        assert_eq!((refused.status, &said["code"], &said["key"]), (422, &"invalid".into(), &key.into()), "{wrong}");
    }
    assert_eq!(service.get("/v1/replays", &auditor).json()["replays"], json!([]), "nothing was begun");
    for (wanted, why, code) in [
        (json!({ "candidate": "looser", "where": "field=none" }), "nothing of the history is selected", "invalid"),
        (json!({ "candidate": "broken" }), "cannot be read", "unavailable"),
    ] {
        let shown = ended(&service, &begin(&service, &wanted, &auditor), &auditor);
        assert_eq!((&shown["state"], &shown["report"]), (&"failed".into(), &Value::Null), "{shown}");
        assert!(shown["why"].as_str().unwrap().contains(why), "{shown}");
        assert_eq!((&shown["problem"]["code"], &shown["problem"]["detail"]), (&code.into(), &shown["why"]), "{shown}");
        assert!(!shown.to_string().contains(program.home().to_str().unwrap()), "files are the operator's: {shown}");
    }
    // The last ones are kept, and the oldest goes first.
    let first = service.get("/v1/replays", &auditor).json()["replays"][1]["id"].as_str().unwrap().to_owned();
    let address = format!("/v1/replays/{first}");
    for _ in 0..14 {
        assert_eq!(service.get(&address, &auditor).status, 200);
        ended(&service, &begin(&service, &json!({ "candidate": "looser" }), &auditor), &auditor);
    }
    assert_eq!(service.get("/v1/replays", &auditor).json()["replays"].as_array().unwrap().len(), 16);
    ended(&service, &begin(&service, &json!({ "candidate": "looser" }), &auditor), &auditor);
    assert_eq!(service.get(&address, &auditor).status, 404);
    assert_eq!(stop(&service, &address, &auditor), 404);
    assert_eq!(service.get("/v1/replays", &auditor).json()["replays"].as_array().unwrap().len(), 16);
}

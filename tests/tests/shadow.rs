//! A set in the shadow: it judges what is decided, changes nothing of it, and says what it would have decided otherwise.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use countersign_tests::said::{done, refused};
use countersign_tests::service::{Answer, Service, code, configure, token};
use countersign_tests::through::through;
use countersign_tests::{Program, Run, corpus};
use serde_json::{Value, json};

/// A set that applies what an assistant is so confident of, as a file of the deployment.
fn write(program: &Program, name: &str, threshold: &str) {
    let text = format!(
        "name = \"{name}\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"confidence@1\"\nsettings = {{ threshold = {threshold} }}\n"
    );
    fs::write(program.home().join(format!("sets/{name}.toml")), text).unwrap();
}

/// A set with a module that nobody has.
fn write_broken(program: &Program) {
    let text = "name = \"broken\"\nversion = \"1.0.0\"\n[[policy]]\nmodule = \"none@1\"\n";
    fs::write(program.home().join("sets/broken.toml"), text).unwrap();
}

fn shadow(program: &Program, arguments: &[&str]) -> Run {
    program.run(&[&["set", "shadow"], arguments].concat(), "")
}

/// Waits until so many decisions were looked at, and none is left.
fn caught_up(service: &Service, token: &str, decisions: u64) -> Value {
    let started = Instant::now();
    loop {
        let answer = service.get("/v1/shadows", token);
        assert_eq!(answer.status, 200, "{answer:?}");
        let shown = answer.json()["shadows"][0].clone();
        assert_eq!(shown["stuck"], Value::Null, "{shown}");
        let looked_at = shown["judged"].as_u64().unwrap() + shown["passed_over"].as_u64().unwrap();
        if (shown["behind"].as_u64(), looked_at) == (Some(0), decisions) {
            return shown;
        }
        assert!(started.elapsed() < Duration::from_mins(5), "{shown}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// What was decided about each suggestion, as far as it does not depend on the time.
fn decided(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let codes = |list: &Value| -> Vec<Value> {
        list.as_array().unwrap().iter().map(|one| json!([one["module"], one["code"], one["field"]])).collect()
    };
    let said = |line: &Value| {
        let (reasons, findings) = (codes(&line["reasons"]), codes(&line["findings"]));
        json!([line["id"], line["outcome"], line["set"], reasons, findings, line["review"]])
    };
    answer.lines().iter().map(said).collect()
}

/// The difference that a replay of all that is on record finds.
fn replayed(program: &Program, set: &str) -> Value {
    let run = program.run(&["replay", "--candidate", set, "--format", "json"], "");
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"));
    report["counts"].clone()
}

#[test]
fn it_finds_what_a_replay_finds_and_changes_no_decision() {
    let (program, without) = (Program::with_fresh_home(), Program::with_fresh_home());
    let mut tokens = Vec::new();
    for place in [&program, &without] {
        configure(place, "rate = 1000000");
        tokens.push(token(place, "enricher", "assistant", &[]));
    }
    write(&program, "looser", "0.2");
    write_broken(&program);
    let (author, auditor) = (token(&program, "ana", "author", &[]), token(&program, "eve", "auditor", &[]));
    let service = Service::start(&program, &[]);
    let post = |path: &str, body: Value| service.post(path, &body.to_string(), &author);
    let begin = |set: &str| post("/v1/shadows", json!({ "set": set, "reason": "case 7" }));
    let end = || post("/v1/shadows/end", json!({ "reason": "seen enough" }));
    assert_eq!(service.get("/v1/shadows", &author).json(), json!({ "shadows": [] }));
    assert_eq!(code(&end()), (409, "not-in-force".into()));
    assert_eq!(code(&begin("crm-default")), (409, "not-in-force".into()), "it decides");
    assert_eq!(code(&begin("broken")), (409, "not-in-force".into()));
    assert_eq!(code(&begin("../looser")), (422, "invalid".into()));
    let started = begin("looser");
    assert_eq!(started.status, 201, "{started:?}");
    assert_eq!((&started.json()["by"], &started.json()["reason"]), (&json!("ana"), &json!("case 7")));
    assert_eq!(code(&begin("looser")), (409, "not-in-force".into()), "one at a time");

    // The same suggestions here and where nothing is in the shadow.
    let here = decided(&service.batch(&corpus::first(600), &tokens[0]));
    let other = Service::start(&without, &[]);
    assert_eq!(here, decided(&other.batch(&corpus::first(600), &tokens[1])));
    drop(other);

    let shown = caught_up(&service, &auditor, 600);
    assert_eq!((&shown["set"], &shown["seq"]), (&started.json()["set"], &started.json()["seq"]));
    let counts = &shown["difference"]["counts"];
    assert_eq!(counts, &replayed(&program, "looser"));
    assert!(counts["all"]["all"][1][0].as_u64().unwrap() > 0, "something would be applied that was reviewed: {counts}");
    assert!(!counts["fuel"].as_object().unwrap().is_empty());
    assert!(!shown["difference"]["reasons"].as_array().unwrap().is_empty());
    let status = service.get("/v1/activations", &author).json();
    assert_eq!(
        (&status["shadow"]["set"]["name"], &status["active"]["set"]["name"]),
        (&json!("looser"), &here[0][2]["name"])
    );

    // Segments are values, and an assistant does not see what others suggested.
    let as_author = caught_up(&service, &author, 600);
    assert!(counts["by"].get("segment").is_some() && as_author["difference"]["counts"]["by"].get("segment").is_none());
    assert_eq!(caught_up(&service, &tokens[0], 600)["difference"], Value::Null);

    // One command away, from elsewhere and on the spot.
    let json = ["set", "shadow", "--format", "json"];
    let there = through(&program, &service.address, &auditor, &json, "");
    assert_eq!(done(&there), shown);
    let text = through(&program, &service.address, &auditor, &["set", "shadow"], "").stdout;
    for words in ["shadow    looser@1.0.0", "600 decisions, 0 still to be judged", "Outcomes before (down)", "appears"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(done(&program.run(&json, "")), shown, "without asking the service");

    // A service that starts again goes on.
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    assert!(!log.iter().any(|line| line.contains("did not end in time")), "{log:#?}");
    let service = Service::start(&program, &[]);
    assert_eq!(caught_up(&service, &auditor, 600), shown);
    let more: String = corpus::suggestions().skip(600).take(50).map(|line| line + "\n").collect();
    assert_eq!(service.batch(&more, &tokens[0]).status, 200);
    assert_eq!(caught_up(&service, &auditor, 650)["difference"]["counts"], replayed(&program, "looser"));

    let stop = ["set", "shadow", "--stop", "--reason", "seen enough", "--format", "json"];
    assert_eq!(done(&through(&program, &service.address, &author, &stop, ""))["seq"], shown["seq"]);
    assert_eq!(service.get("/v1/shadows", &author).json(), json!({ "shadows": [] }));
    assert_eq!(through(&program, &service.address, &author, &["set", "shadow"], "").code, Some(1));
    assert_eq!(service.get("/v1/activations", &author).json()["shadow"], Value::Null);
    drop(service);
    for arguments in [&["ledger", "verify"][..], &["ledger", "rebuild"], &["ledger", "verify"], &["reproduce", "--all"]]
    {
        let run = program.run(arguments, "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
}

#[test]
fn a_folder_is_enough_and_what_was_erased_is_passed_over() {
    let program = Program::with_fresh_home();
    write(&program, "looser", "0.2");
    write(&program, "other", "0.3");
    write_broken(&program);
    let why = ["--reason", "case 7", "--by", "ana"];
    let begin = |set: &str| shadow(&program, &[&[set], &why[..]].concat());
    let none = shadow(&program, &[]);
    assert!(none.code == Some(1) && none.stdout.contains("No set is in the shadow"), "{none:#?}");
    refused(&shadow(&program, &["looser"]), 2, &["--reason"]);
    refused(&shadow(&program, &["looser", "--stop", "--reason", "r"]), 2, &["--stop"]);
    refused(&shadow(&program, &["--reason", "r"]), 2, &["name a set, or give --stop"]);
    refused(&shadow(&program, &["--stop", "--reason", "r"]), 3, &["no set is in the shadow"]);
    refused(&begin("crm-default"), 3, &["the set crm-default", "decides already"]);
    refused(&begin("none"), 3, &["cannot read", "none.toml"]);
    refused(&begin("broken"), 3, &["none"]);
    let started = begin("looser");
    assert!(started.code == Some(0) && started.stdout.contains("looser@1.0.0"), "{started:#?}");
    refused(&begin("other"), 3, &["the set looser@1.0.0 is in the shadow already", "set shadow --stop"]);

    let decide = |from: usize, number: usize| {
        let lines: Vec<String> = corpus::suggestions().skip(from).take(number).collect();
        let run = program.run(&["evaluate", "-", "--now", corpus::NOW, "--format", "json"], lines.join("\n"));
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert!(run.lines().iter().all(|line| line["set"]["name"] == "crm-default"), "the shadow decides nothing");
    };
    decide(0, 60);
    // What becomes of its file is another matter.
    write(&program, "looser", "0.9");
    let report = || done(&shadow(&program, &["--format", "json"]));
    let first = report();
    assert_eq!((&first["judged"], &first["passed_over"], &first["behind"]), (&json!(60), &json!(0), &json!(0)));
    assert_eq!((&first["by"], &first["set"]["name"]), (&json!("ana"), &json!("looser")));

    let suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    let part = |key: &str| suggestion["target"][key].as_str().unwrap().to_owned();
    let subject = format!("{}/{}/{}", part("system"), part("object"), part("id"));
    let erased = program.run(&["ledger", "erase", "--subject", &subject, "--reason", "request 1"], "");
    assert_eq!(erased.code, Some(0), "{erased:#?}");
    let left = report();
    let passed_over = left["passed_over"].as_u64().unwrap();
    assert!(passed_over > 0 && left["judged"].as_u64().unwrap() + passed_over == 60, "{left}");
    assert_eq!(left["difference"]["counts"]["not_replayable"]["erased"]["count"], passed_over);
    let text = shadow(&program, &[]).stdout;
    assert!(text.contains("passed over") && text.contains("erased; such as"), "{text}");

    // Another one sees what is decided after it began, and leaves when it decides itself.
    let ended = shadow(&program, &["--stop", "--reason", "seen enough"]);
    assert!(ended.code == Some(0) && ended.stdout.contains("no more"), "{ended:#?}");
    assert_eq!(begin("other").code, Some(0));
    decide(60, 10);
    assert_eq!(report()["judged"], 10);
    let status = done(&program.run(&["set", "status", "--format", "json"], ""));
    assert_eq!((&status["shadow"]["set"]["name"], &status["shadow"]["by"]), (&json!("other"), &json!("ana")));
    assert!(program.run(&["set", "status"], "").stdout.contains("shadow    other@1.0.0"));
    program.activate("other");
    assert_eq!(shadow(&program, &[]).code, Some(1));
}

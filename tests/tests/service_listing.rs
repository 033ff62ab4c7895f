//! Lists of decisions: what is found is what meets the conditions, page by page, also while more is recorded.

use std::collections::BTreeMap;
use std::thread;

use countersign_tests::service::{Service, configure, token};
use countersign_tests::{Program, corpus};
use serde_json::Value;

/// A text as it stands in an address.
fn quoted(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// All decisions of a list, page by page.
fn listed(service: &Service, token: &str, conditions: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = service.get(&format!("/v1/decisions?limit=7&{conditions}{cursor}"), token);
        assert_eq!(answer.status, 200, "{conditions}: {answer:?}");
        let page = answer.json();
        let decisions = page["decisions"].as_array().unwrap();
        assert!(decisions.len() <= 7);
        all.extend(decisions.iter().cloned());
        match page["next"].as_u64() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn ids(decisions: &[Value]) -> Vec<&str> {
    decisions.iter().map(|one| one["id"].as_str().unwrap()).collect()
}

/// Suggestions with what was decided about each.
fn decided(service: &Service, token: &str, lines: &[String]) -> Vec<(Value, Value)> {
    let answers = service.batch(&lines.join("\n"), token).lines();
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).zip(answers).collect()
}

fn has(list: &Value, key: &str, wanted: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|one| one[key] == wanted))
}

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

/// Whether a suggestion and its decision meet one condition, told without the program's own words for it.
fn meets(suggestion: &Value, decision: &Value, key: &str, wanted: &str) -> bool {
    let assistant = &suggestion["assistant"];
    match key {
        "outcome" => decision["outcome"] == wanted,
        "set" if wanted.starts_with("sha256:") => decision["set"]["digest"] == wanted,
        "set" => wanted == "crm-default@1.0.0",
        "system" | "object" => suggestion["target"][key] == wanted,
        "operation" => suggestion["operation"] == wanted,
        "field" => has(&suggestion["changes"], "field", wanted),
        "assistant" => {
            format!("{}/{}", assistant["vendor"].as_str().unwrap(), assistant["model"].as_str().unwrap()) == wanted
        }
        "segment" => suggestion["context"]["segment"].as_str().unwrap_or("(none)") == wanted,
        "code" => has(&decision["reasons"], "code", wanted) || has(&decision["findings"], "code", wanted),
        "from" => time(decision["decided_at"].as_str().unwrap()) >= time(wanted),
        "to" => time(decision["decided_at"].as_str().unwrap()) < time(wanted),
        other => panic!("{other}"),
    }
}

#[test]
fn each_condition_finds_what_meets_it_and_nothing_else() {
    let program = Program::with_fresh_home();
    let (assistant, auditor) = (token(&program, "enricher", "assistant", &[]), token(&program, "eve", "auditor", &[]));
    let service = Service::start(&program, &[]);
    let lines: Vec<String> = corpus::suggestions().take(300).collect();
    let mut all = decided(&service, &assistant, &lines[..150]);
    all.extend(decided(&service, &assistant, &lines[150..]));
    // For each condition a value that some meet and some do not, if there is one.
    let (suggestion, decision) = all.iter().find(|(_, decision)| decision["outcome"] == "review").unwrap();
    let middle = all[150].1["decided_at"].as_str().unwrap();
    let named = &suggestion["assistant"];
    let conditions = BTreeMap::from([
        ("outcome", "review".to_owned()),
        ("set", decision["set"]["digest"].as_str().unwrap().to_owned()),
        ("system", suggestion["target"]["system"].as_str().unwrap().to_owned()),
        ("object", suggestion["target"]["object"].as_str().unwrap().to_owned()),
        ("operation", suggestion["operation"].as_str().unwrap().to_owned()),
        ("field", suggestion["changes"][0]["field"].as_str().unwrap().to_owned()),
        ("assistant", format!("{}/{}", named["vendor"].as_str().unwrap(), named["model"].as_str().unwrap())),
        ("segment", suggestion["context"]["segment"].as_str().unwrap_or("(none)").to_owned()),
        ("code", decision["reasons"][0]["code"].as_str().unwrap().to_owned()),
        ("from", middle.to_owned()),
        ("to", middle.to_owned()),
    ]);
    let mut told_apart = 0;
    for (key, wanted) in &conditions {
        let found = listed(&service, &auditor, &format!("{key}={}", quoted(wanted)));
        let expected = all.iter().rev().filter(|(suggestion, decision)| meets(suggestion, decision, key, wanted));
        let expected: Vec<&str> = expected.map(|(suggestion, _)| suggestion["id"].as_str().unwrap()).collect();
        assert_eq!(ids(&found), expected, "{key}={wanted}");
        told_apart += usize::from((1..all.len()).contains(&expected.len()));
    }
    assert!(told_apart >= 6, "{told_apart} conditions told something apart");
    assert_eq!(listed(&service, &auditor, "set=crm-default%401.0.0").len(), all.len());
    for nothing in ["set=crm-default%402.0.0", "code=no.such", "system=none", "field=", "from=2999-01-01T00:00:00Z"] {
        assert_eq!(listed(&service, &auditor, nothing).len(), 0, "{nothing}");
    }
    // Several together: all must hold.
    let together = ["outcome", "field", "operation"];
    let query: Vec<_> = together.iter().map(|key| format!("{key}={}", quoted(&conditions[key]))).collect();
    let expected = all
        .iter()
        .rev()
        .filter(|(suggestion, decision)| together.iter().all(|key| meets(suggestion, decision, key, &conditions[key])));
    let expected: Vec<&str> = expected.map(|(suggestion, _)| suggestion["id"].as_str().unwrap()).collect();
    assert_eq!(ids(&listed(&service, &auditor, &query.join("&"))), expected);
}

#[test]
fn a_segment_is_a_value_and_what_is_wrong_is_refused() {
    let program = Program::with_fresh_home();
    let (author, auditor) = (token(&program, "ann", "author", &[]), token(&program, "eve", "auditor", &[]));
    let service = Service::start(&program, &[]);
    let refused = service.get("/v1/decisions?segment=saas", &author);
    assert_eq!((refused.status, &refused.json()["code"]), (403, &"forbidden".into()), "{refused:?}");
    assert!(refused.body.contains("read-values"), "{refused:?}");
    assert_eq!(service.get("/v1/decisions?segment=saas", &auditor).status, 200);
    assert_eq!(service.get("/v1/decisions?field=email", &author).status, 200);
    for (key, value) in [
        ("set", "crm-default"),
        ("set", "%40"),
        ("assistant", "acme"),
        ("operation", "invent"),
        ("outcome", "maybe"),
        ("from", "yesterday"),
        ("to", "2026-13-01T00:00:00Z"),
        ("cursor", "-1"),
        ("limit", "0"),
        ("record", "101"),
        ("value", "x"),
    ] {
        let answer = service.get(&format!("/v1/decisions?{key}={value}"), &auditor);
        assert_eq!((answer.status, &answer.json()["code"]), (400, &"bad-request".into()), "{key}={value}");
        assert!(answer.body.contains(key), "{key}={value}: {answer:?}");
    }
}

#[test]
fn pages_lose_and_repeat_nothing_while_suggestions_are_recorded() {
    let program = Program::with_fresh_home();
    configure(&program, "rate = 100000");
    let (assistant, auditor) = (token(&program, "enricher", "assistant", &[]), token(&program, "eve", "auditor", &[]));
    let service = Service::start(&program, &[]);
    let lines: Vec<String> = corpus::suggestions().take(700).collect();
    let (first, more) = lines.split_at(200);
    let before = decided(&service, &assistant, first);
    let conditions = "operation=overwrite";
    let meets = |(suggestion, _): &&(Value, Value)| suggestion["operation"] == "overwrite";
    let early: Vec<&str> =
        before.iter().rev().filter(meets).map(|(suggestion, _)| suggestion["id"].as_str().unwrap()).collect();
    assert!(early.len() > 14, "{} make more than two pages", early.len());
    let walks = thread::scope(|scope| {
        let recording = scope.spawn(|| decided(&service, &assistant, more));
        let mut walks = 0;
        // The last walk is one that begins after everything was recorded.
        loop {
            let over = recording.is_finished();
            let found = listed(&service, &auditor, conditions);
            let places: Vec<u64> = found.iter().map(|one| one["seq"].as_u64().unwrap()).collect();
            assert!(places.is_sorted_by(|a, b| a > b), "newest first, each once: {places:?}");
            assert!(ids(&found).ends_with(&early), "what was there at the beginning of a walk is in it");
            walks += 1;
            if over {
                let after = recording.join().unwrap();
                assert_eq!(found.len(), early.len() + after.iter().filter(meets).count());
                return walks;
            }
        }
    });
    assert!(walks > 1, "one walk at least while suggestions were recorded");
}

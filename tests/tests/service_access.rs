//! Who may do what with the service, and what of it they see.

use std::collections::BTreeMap;

use countersign::access::{Permission, Role};
use countersign_tests::service::{Answer, Service, token};
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};
use ureq::Body;

/// A suggestion with values that are found nowhere else.
fn planted(id: &str) -> String {
    let line = corpus::suggestions().next().unwrap();
    let mut suggestion: Value = serde_json::from_str(&line).unwrap();
    suggestion["id"] = id.into();
    suggestion["target"]["id"] = "record-7zq1".into();
    suggestion["changes"] =
        json!([{ "field": "email", "prior": "old-7zq1@example.com", "proposed": "new-7zq1@example.com" }]);
    suggestion["operation"] = "overwrite".into();
    suggestion["merge_with"] = json!([]);
    suggestion["rationale"] = "because-7zq1\nforged: line".into();
    suggestion["context"]["fields"] =
        json!({ "email": { "value": "old-7zq1@example.com", "verified": true, "set_by": "person-7zq1" } });
    suggestion.to_string()
}

/// All operations of the served description: method, path, permissions of which one is asked for.
fn operations(service: &Service) -> Vec<(String, String, Option<Vec<String>>)> {
    let document = service.get("/openapi.json", "").json();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let words = operation
                .get("x-permissions")
                .map(|words| words.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect());
            found.push((method.to_uppercase(), path.clone(), words));
        }
    }
    found
}

/// What is sent to an address, so that whoever may do something there does it, or is told that there is nothing to be done.
fn sent(method: &str, path: &str) -> (&'static str, String) {
    let json = |value: Value| ("application/json", value.to_string());
    let about_nobody = json!({ "subject": "hubspot/contact/nobody", "reason": "none" });
    match (method, path) {
        ("POST", "/v1/suggestions:batch" | "/v1/suggestions:compare") => ("application/x-ndjson", String::new()),
        ("POST", "/v1/truth") => ("application/x-ndjson", json!({ "id": "s-1", "truth": "approve" }).to_string()),
        ("POST", "/v1/suggestions") => ("application/json", planted("s-2")),
        ("POST", "/v1/tokens") => json(json!({})),
        ("POST", "/v1/ledger/erasures" | "/v1/ledger/holds") => json(about_nobody),
        ("POST", "/v1/audits/samples") => json(json!({ "month": "2001-01", "rate": "1%" })),
        ("POST", "/v1/audits/findings") => json(json!({ "id": "s-1", "finding": "right" })),
        ("POST", "/v1/proposals" | "/v1/shadows") => json(json!({ "set": "crm-default", "reason": "none" })),
        ("POST", "/v1/proposals/{proposal}/approvals") => {
            json(json!({ "digest": format!("sha256:{}", "0".repeat(64)), "reason": "none" }))
        }
        ("POST", "/v1/canaries") => {
            json(json!({ "proposal": 999_999, "plan": { "steps": ["5%", "100%"] }, "reason": "none" }))
        }
        ("POST", "/v1/activations") => json(json!({ "proposal": 999_999, "reason": "none" })),
        ("POST", "/v1/modules") => json(json!({ "component": "" })),
        (
            "POST",
            "/v1/rollbacks"
            | "/v1/freezes"
            | "/v1/thaws"
            | "/v1/shadows/end"
            | "/v1/canaries/promote"
            | "/v1/canaries/end"
            | "/v1/modules/{name}/{version}/yank",
        ) => json(json!({ "reason": "none" })),
        ("POST", "/v1/replays") => json(json!({ "candidate": "crm-default" })),
        _ => ("", String::new()),
    }
}

#[test]
fn each_role_may_do_what_the_table_says_and_nothing_else() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let tokens: BTreeMap<Role, String> =
        Role::ALL.iter().map(|role| (*role, token(&program, &format!("a-{role}"), role.as_str(), &[]))).collect();
    let service = Service::start(&program, &[]);
    assert_eq!(service.suggest(&planted("s-1"), &assistant).status, 200);
    let mut walked = 0;
    for (method, path, words) in operations(&service) {
        let address = path
            .replace("{id}", "s-1")
            .replace("{name}/{version}/yank", "none/1.0.0/yank")
            .replace("{name}/{version}", "confidence/1.0.0")
            .replace("{name}", "crm-default")
            .replace("{month}", "2001-01")
            .replace("{number}", "999999?reason=none")
            .replace("{hold}", "999999?reason=none")
            .replace("{proposal}", "999999")
            .replace("/v1/differences", "/v1/differences?from=active&to=active")
            .replace("/reports/thresholds", "/reports/thresholds?target=5%25");
        let (kind, body) = sent(&method, &path);
        let ask =
            |token: &str| service.send(&method, &address, token, kind, Body::builder().data(body.clone().into_bytes()));
        let Some(words) = words else {
            assert!(ask("").status < 400, "{method} {path} is for everybody");
            continue;
        };
        let nobody = ask("");
        assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, "Bearer realm=\"countersign\""), "{path}");
        for (role, token) in &tokens {
            let asked: Vec<Permission> = words.iter().map(|word| word.parse().unwrap()).collect();
            let may = asked.is_empty() || asked.iter().any(|permission| role.may(*permission));
            let answer = ask(token);
            // `check` alone lets somebody ask with `dry_run`, and nothing else.
            let may = may && (role.may(Permission::Suggest) || !path.starts_with("/v1/suggestions"));
            assert_eq!(answer.status == 403, !may, "{method} {path} as {role}: {answer:?}");
            assert!(answer.status != 401 && answer.status != 415 && answer.status < 500, "{method} {path}: {answer:?}");
            walked += 1;
        }
        if path == "/v1/suggestions" {
            for (role, token) in &tokens {
                let answer = service.post("/v1/suggestions?dry_run=true", &body, token);
                assert_eq!(answer.status == 200, role.may(Permission::Check), "dry run as {role}: {answer:?}");
            }
        }
    }
    assert!(walked >= 250, "{walked}");
}

#[test]
fn values_are_for_those_who_may_see_them() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let other = token(&program, "another", "assistant", &[]);
    let service = Service::start(&program, &[]);
    assert_eq!(service.suggest(&planted("s-1"), &assistant).status, 200);
    for role in Role::ALL.iter().filter(|role| role.may(Permission::ReadDecisions)) {
        let token = token(&program, "somebody", role.as_str(), &[]);
        let shown = service.get("/v1/decisions/s-1", &token);
        let sees = role.may(Permission::ReadValues);
        assert_eq!(shown.json()["values"], if sees { "shown" } else { "withheld" }, "{role}");
        assert_eq!(shown.body.contains("7zq1"), sees, "{role}: {}", shown.body);
        assert_eq!(shown.json()["explanation"].is_null(), !sees);
        assert_eq!(shown.json()["decision"]["id"], "s-1", "what is not personal is there for all");
    }
    // What others suggested is not there for an assistant.
    assert_eq!(service.get("/v1/decisions/s-1", &other).status, 404);
    assert_eq!(service.get("/v1/decisions/s-1", &assistant).status, 200);
    let run = program.run(&["ledger", "erase", "--subject", &record_of(&planted("s-1")), "--reason", "request 1"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let auditor = token(&program, "eve", "auditor", &[]);
    let erased = service.get("/v1/decisions/s-1", &auditor);
    assert_eq!((&erased.json()["values"], erased.body.contains("7zq1")), (&"erased".into(), false), "{erased:?}");
    assert_eq!(service.get("/v1/decisions/s-1/reproduce", &auditor).status, 410);
    let again = service.suggest(&planted("s-1"), &assistant);
    assert_eq!(again.status, 409, "{again:?}");
}

fn record_of(suggestion: &str) -> String {
    let suggestion: Value = serde_json::from_str(suggestion).unwrap();
    let part = |key: &str| suggestion["target"][key].as_str().unwrap().to_owned();
    format!("{}/{}/{}", part("system"), part("object"), part("id"))
}

#[test]
fn a_token_that_is_not_good_lets_nobody_in() {
    let program = Program::with_fresh_home();
    let good = token(&program, "enricher", "assistant", &[]);
    let narrow = token(&program, "enricher", "assistant", &["--only", "check"]);
    let soon = (jiff::Timestamp::now() + jiff::SignedDuration::from_millis(1_500)).to_string();
    let over = token(&program, "enricher", "assistant", &["--expires", &soon]);
    let service = Service::start(&program, &[]);
    let whoami = |token: &str| service.get("/v1/whoami", token);
    assert_eq!(whoami(&good).json()["name"], "enricher");
    assert_eq!(whoami(&narrow).json()["permissions"], json!(["check"]));
    assert_eq!(service.suggest(&planted("s-1"), &narrow).status, 403);
    assert_eq!(service.post("/v1/suggestions?dry_run=true", &planted("s-1"), &narrow).status, 200);
    let refused =
        |answer: Answer| assert_eq!((answer.status, &answer.json()["code"]), (401, &"unauthenticated".into()));
    let mut forged = good.clone();
    forged.replace_range(10..11, if forged.as_bytes()[10] == b'A' { "B" } else { "A" });
    for wrong in [forged.as_str(), "cs_", "x", &good[3..], &format!("{good}A"), &good.to_uppercase()] {
        refused(whoami(wrong));
    }
    let raw = |header: &str| {
        service.raw(format!("GET /v1/whoami HTTP/1.1\r\nHost: x\r\n{header}Connection: close\r\n\r\n").as_bytes())
    };
    for headers in [
        format!("Authorization: Bearer {good}\r\nAuthorization: Bearer {good}\r\n"),
        format!("Authorization: Basic {good}\r\n"),
        format!("Authorization: {good}\r\n"),
        format!("Cookie: token={good}\r\n"),
    ] {
        assert!(raw(&headers).starts_with("HTTP/1.1 401"), "{headers}");
    }
    assert!(raw(&format!("authorization: bearer {good}\r\n")).starts_with("HTTP/1.1 200"));
    assert!(service.get(&format!("/v1/whoami?token={good}"), "").status == 401);
    while whoami(&over).status == 200 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    refused(whoami(&over));
    // Revoked on the command line, while it is served: at once.
    let listed = program.run(&["token", "list", "--format", "json"], "");
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let number =
        listed.as_array().unwrap().iter().find(|token| token["name"] == "enricher").unwrap()["number"].to_string();
    let run = program.run(&["token", "revoke", &number, "--reason", "lost"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    refused(whoami(&good));
    assert_eq!(whoami(&narrow).status, 200);
    let run = program.run(&["token", "revoke", &number, "--reason", "lost"], "");
    assert_eq!(run.code, Some(3), "{run:#?}");
}

#[test]
fn the_first_admin_lets_others_in_and_the_ledger_says_who_did() {
    let program = Program::without_home();
    let run = program.run(&["init", "--format", "json"], "");
    let made: Value = serde_json::from_str(&run.stdout).unwrap();
    let admin = made["token"]["token"].as_str().unwrap();
    let service = Service::start(&program, &[]);
    let wanted = json!({ "name": "enricher", "role": "assistant", "expires_at": "2099-01-01T00:00:00Z" });
    let new = service.post("/v1/tokens", &wanted.to_string(), admin);
    assert_eq!(new.status, 201, "{new:?}");
    let (number, assistant) = (new.json()["number"].clone(), new.json()["token"].as_str().unwrap().to_owned());
    assert_eq!(service.suggest(&planted("s-1"), &assistant).status, 200);
    let listed = service.get("/v1/tokens", admin);
    assert!(!listed.body.contains(&assistant) && !listed.body.contains(admin));
    let one = listed.json()["tokens"].as_array().unwrap().iter().find(|one| one["number"] == number).unwrap().clone();
    assert_eq!((&one["created_by"], &one["role"]), (&"admin".into(), &"assistant".into()), "{one}");
    for (key, value) in [
        ("name", json!("Ada")),
        ("role", json!("root")),
        ("only", json!(["manage-tokens"])),
        ("expires_at", json!("2020-01-01T00:00:00Z")),
        ("colour", json!(1)),
    ] {
        let mut wrong = wanted.clone();
        wrong[key] = value;
        let refused = service.post("/v1/tokens", &wrong.to_string(), admin);
        assert_eq!((refused.status, &refused.json()["code"]), (422, &"invalid".into()), "{key}: {refused:?}");
    }
    let gone = service.send(
        "DELETE",
        &format!("/v1/tokens/{number}?reason=left"),
        admin,
        "",
        Body::builder().data(Vec::new()),
    );
    assert_eq!(gone.status, 200, "{gone:?}");
    assert_eq!(service.suggest(&planted("s-2"), &assistant).status, 401);
    let (code, log) = service.stop();
    assert_eq!(code, Some(0));
    // No token stands in any file, and none in the log.
    for secret in [admin, &assistant] {
        assert!(!log.iter().any(|line| line.contains(secret)));
        for entry in std::fs::read_dir(program.home()).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            let bytes = std::fs::read(entry.path()).unwrap();
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{:?}", entry.path());
        }
    }
    let export = program.run(&["ledger", "export", "--as", "jsonl"], "");
    let events: Vec<Value> = export.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let actor = |kind: &str| events.iter().rfind(|event| event["kind"] == kind).unwrap()["actor"].clone();
    assert_eq!(actor("decision"), "enricher");
    assert_eq!((actor("token-created"), actor("token-revoked")), ("admin".into(), "admin".into()));
}

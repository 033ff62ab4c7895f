//! Assistants that speak the Model Context Protocol, by a client that others made.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use countersign_tests::service::{Service, token};
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};

/// The client; none where its SDK is not installed.
fn client() -> Option<Command> {
    let Some(tools) = std::env::var_os("COUNTERSIGN_TOOLS") else {
        println!("skipped: COUNTERSIGN_TOOLS does not say where the client is");
        return None;
    };
    let mut client = Command::new(Path::new(&tools).join("bin/python3"));
    client.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/assistant.py"));
    Some(client)
}

/// Connects, calls tools one after the other, and returns what came: first what the server says of itself.
fn talk(client: &mut Command, calls: &[(&str, Value)]) -> Vec<Value> {
    let mut child = client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for (name, arguments) in calls {
        writeln!(stdin, "{}", json!([name, arguments])).unwrap();
    }
    drop(stdin);
    let ran = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What an assistant does, and what must come of it.
fn calls() -> Vec<(&'static str, Value)> {
    let suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    let mut wrong = suggestion.clone();
    wrong["colour"] = 1.into();
    let id = json!({ "id": suggestion["id"] });
    vec![
        ("check_change", suggestion.clone()),
        ("explain_decision", id.clone()),
        ("suggest_change", suggestion.clone()),
        ("suggest_change", suggestion),
        ("explain_decision", id),
        ("suggest_change", wrong),
        ("list_rules", json!({})),
        ("list_rules", json!({ "a": 1 })),
        ("delete_everything", json!({})),
    ]
}

fn check(said: &[Value]) {
    assert_eq!(said[0][0], "countersign");
    assert_eq!(said[0][1], json!(["suggest_change", "check_change", "explain_decision", "list_rules"]));
    let answer = |at: usize, error: bool| {
        assert_eq!(said[at][0], error, "{}", said[at]);
        &said[at][1]
    };
    assert_eq!(answer(1, false)["ledger"], Value::Null, "nothing is recorded by a check");
    assert_eq!(answer(2, true)["code"], "not-found");
    let decided = answer(3, false);
    assert_eq!((&decided["outcome"], decided["ledger"]["seq"].is_u64()), (&said[1][1]["outcome"], true));
    assert_eq!(answer(4, false)["repeated"], true);
    let explained = answer(5, false);
    assert_eq!((&explained["actor"], &explained["seq"]), (&"enricher".into(), &decided["ledger"]["seq"]));
    assert!(explained["explanation"].as_str().unwrap().contains("because"), "{explained}");
    let wrong = answer(6, true);
    assert_eq!(wrong["code"], "invalid");
    assert!(wrong["detail"].as_str().unwrap().contains("unknown key `colour`"), "{wrong}");
    let rules = answer(7, false)["rules"].as_array().unwrap();
    assert!(rules.len() > 5 && rules.iter().all(|rule| !rule["codes"].as_array().unwrap().is_empty()));
    assert_eq!((&said[8][0], &said[9][0]), (&"refused".into(), &"refused".into()), "{said:#?}");
}

#[test]
fn an_assistant_suggests_and_reads_reasons_on_standard_input_and_output() {
    let Some(mut client) = client() else { return };
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    client
        .arg("stdio")
        .arg(program.file())
        .arg("--home")
        .arg(program.home())
        .arg("mcp")
        .env("COUNTERSIGN_TOKEN", assistant);
    check(&talk(&mut client, &calls()));
    let run = program.run(&["reproduce", "--all"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn an_assistant_suggests_and_reads_reasons_over_http() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let place = format!("{}/mcp", service.address);
    if let Some(mut client) = client() {
        check(&talk(client.args(["http", &place, &assistant]), &calls()));
    }
    // Nobody comes in without a token, or does what its role may not.
    let call = |id: &str, token: &str, more: &str| {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "suggest_change", "arguments": {} } });
        let (body, bearer) = (body.to_string(), format!("Authorization: Bearer {token}\r\n"));
        service.raw(
            format!(
                "POST /mcp HTTP/1.1\r\nHost: {id}\r\n{}{more}Accept: application/json, text/event-stream\r\nContent-Type: \
                 application/json\r\nMCP-Protocol-Version: 2025-06-18\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                if token.is_empty() { "" } else { &bearer },
                body.len()
            )
            .as_bytes(),
        )
    };
    assert!(call("x", "", "").starts_with("HTTP/1.1 401"));
    assert!(call("x", "cs_forged", "").starts_with("HTTP/1.1 401"));
    let auditor = token(&program, "eve", "auditor", &[]);
    let refused = call("x", &auditor, "");
    assert!(refused.starts_with("HTTP/1.1 200") && refused.contains("\"forbidden\""), "{refused}");
    let page = call("x", &assistant, "Origin: https://evil.example\r\n");
    assert!(page.starts_with("HTTP/1.1 403"), "{page}");
}

#[test]
fn without_a_good_token_nobody_is_served_on_standard_input() {
    let program = Program::with_fresh_home();
    let run = program.run(&["mcp", "--token", "cs_forged"], "");
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:#?}");
    assert!(run.stderr.contains("not known here"), "{}", run.stderr);
}

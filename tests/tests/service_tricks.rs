//! Requests that are not what they seem: hosts, origins, addresses and heads that play tricks, and text that would like to be a
//! line of the log.

use countersign_tests::service::{Service, configure, token};
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};

/// A deployment that is served, and a token of an assistant.
fn served() -> (Program, Service, String) {
    let program = Program::with_fresh_home();
    // Connections that stay open are closed soon.
    configure(&program, "rate = 100000\npatience = 2");
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    (program, service, assistant)
}

fn suggestion(id: &str) -> Value {
    let mut suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    suggestion["id"] = id.into();
    suggestion
}

/// The status of an answer, 0 if there is none.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).map_or(0, |status| status.parse().unwrap())
}

/// How many answers came over one connection.
fn answers(said: &str) -> usize {
    said.matches("HTTP/1.1 ").count()
}

#[test]
fn a_request_is_for_one_host_and_its_name_changes_nothing() {
    let (_program, service, assistant) = served();
    let bearer = format!("Authorization: Bearer {assistant}\r\nConnection: close\r\n\r\n");
    let ask = |line: &str, hosts: &str| service.raw(format!("{line}\r\n{hosts}{bearer}").as_bytes());
    for hosts in
        ["", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: evil.example\r\n", "Host: a b\r\n", "Host: u@evil.example\r\n"]
    {
        let refused = ask("GET /v1/whoami HTTP/1.1", hosts);
        assert_eq!(status(&refused), 400, "{hosts:?}: {refused}");
        assert!(refused.contains("\"bad-request\"") && refused.contains("application/problem+json"), "{refused}");
        assert!(refused.to_ascii_lowercase().contains("x-frame-options: deny"), "{refused}");
    }
    // Whatever it is called, it answers the same, and says the name to nobody.
    for (line, hosts) in [
        ("GET /v1/whoami HTTP/1.1", "Host: evil.example\r\n"),
        (
            "GET /v1/whoami HTTP/1.1",
            "Host: evil.example:1\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n",
        ),
        ("GET http://evil.example/v1/whoami HTTP/1.1", "Host: x\r\n"),
        ("GET http://evil.example:99999/v1/whoami HTTP/1.1", "Host: x\r\n"),
        ("GET /v1/whoami HTTP/1.0", ""),
    ] {
        let answer = ask(line, hosts);
        let expected: &[u16] = if line.contains("99999") { &[200, 400] } else { &[200] };
        assert!(expected.contains(&status(&answer)), "{line} {hosts}: {answer}");
        assert!(!answer.contains("evil"), "{answer}");
    }
    for line in ["GET http://evil.example/nothing HTTP/1.1", "GET https://u:w@evil.example/v1/sets/x HTTP/1.1"] {
        let answer = ask(line, "Host: evil.example\r\n");
        assert!([400, 404].contains(&status(&answer)) && !answer.contains("evil"), "{answer}");
    }
    // It is no proxy.
    for line in ["CONNECT evil.example:443 HTTP/1.1", "OPTIONS * HTTP/1.1"] {
        let answer = ask(line, "Host: evil.example:443\r\n");
        assert!((400..500).contains(&status(&answer)), "{line}: {answer}");
    }
}

#[test]
fn pages_of_other_sites_are_told_nothing() {
    let (_program, service, assistant) = served();
    let bearer = format!("Authorization: Bearer {assistant}\r\n");
    let body = suggestion("s-1").to_string();
    let json = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    for origin in ["https://evil.example", "null", "http://127.0.0.1:8738", "https://evil.example\u{e4}"] {
        for (line, more, body) in [
            ("GET /v1/whoami", bearer.as_str(), ""),
            ("GET /healthz", "", ""),
            ("GET /openapi.json", "", ""),
            ("GET /v1/whoami", "", ""),
            ("POST /v1/suggestions", &format!("{bearer}{json}"), &body),
            ("POST /mcp", &format!("{bearer}{json}"), &body),
            ("GET /nothing", "", ""),
        ] {
            let request =
                format!("{line} HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nConnection: close\r\n{more}\r\n{body}");
            let answer = service.raw(request.as_bytes());
            assert!((200..500).contains(&status(&answer)), "{line}: {answer}");
            assert!(!answer.to_ascii_lowercase().contains("access-control-"), "{line} {origin}: {answer}");
        }
        for path in ["/v1/suggestions", "/v1/whoami", "/v1/decisions/s-1", "/mcp", "/openapi.json", "/nothing"] {
            let preflight = format!(
                "OPTIONS {path} HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
                 Access-Control-Request-Headers: authorization\r\nAccess-Control-Request-Private-Network: true\r\n\
                 Connection: close\r\n\r\n"
            );
            let answer = service.raw(preflight.as_bytes());
            assert!((400..500).contains(&status(&answer)), "{path}: {answer}");
            assert!(!answer.to_ascii_lowercase().contains("access-control-"), "{path}: {answer}");
        }
    }
}

#[test]
fn an_address_leads_where_it_says_or_nowhere() {
    let (_program, service, assistant) = served();
    let ask = |path: &str| {
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {assistant}\r\nConnection: close\r\n\r\n");
        service.raw(head.as_bytes())
    };
    assert_eq!(status(&ask("/v1/sets/crm-default")), 200);
    let long = format!("/v1/decisions/{}", "a".repeat(20_000));
    for path in [
        "/v1/whoami/",
        "/v1/sets/crm-default/",
        "/v1//whoami",
        "/./v1/whoami",
        "/v1/sets/./crm-default",
        "/v1/sets/../whoami",
        "/v1/sets/..%2fwhoami",
        "/v1/sets/..%2Fsets%2Fcrm-default",
        "/v1/sets/%2e%2e%2fsets%2fcrm-default",
        "/v1/sets/%252e%252e%252fcrm-default",
        "/v1/sets/..%5ccrm-default",
        "/v1/sets/crm-default%00",
        "/v1/sets/crm-default%0a",
        "/v1/sets/crm-default.lock",
        "/v1/sets/crm-default;a=b",
        "/v1/sets/%63rm-default%20",
        "/v1%2fwhoami",
        "/%76%31/whoami",
        "/v1/decisions/%2e%2e",
        "/v1/decisions/%00",
        "/v1/decisions/a%0d%0ab",
        "/v1/decisions/..%2f..%2fledger.db",
        "/v1/decisions/%c0%af",
        "/signing.key",
        "/ledger.db",
        "/countersign.toml",
        long.as_str(),
    ] {
        let answer = ask(path);
        assert!([400, 403, 404].contains(&status(&answer)), "{path}: {answer}");
        // Nobody is led anywhere, and what was asked for is not said again where a page would read it.
        assert!(!answer.to_ascii_lowercase().contains("\r\nlocation:"), "{path}: {answer}");
        assert!(answer.len() < 25_000 && !answer.contains("HTTP/1.1 200"), "{path}");
    }
    for path in [
        "/v1/whoami?a=%ff",
        "/v1/decisions?limit=%00",
        "/v1/decisions?limit=1&limit=2",
        "/v1/decisions?=",
        "/v1/whoami?&&&",
    ] {
        assert!([200, 400, 403].contains(&status(&ask(path))), "{path}");
    }
    for path in ["/\u{0}", "/a b", "/v1/decisions/\u{1b}[31m", ""] {
        let answer = ask(path);
        assert_eq!(status(&answer), 400, "{path:?}: {answer}");
    }
    let endless = ask(&format!("/v1/decisions/{}", "a".repeat(200_000)));
    assert!([414, 431].contains(&status(&endless)), "{endless}");
}

#[test]
fn heads_that_can_be_read_in_two_ways_are_not_read() {
    let (program, service, assistant) = served();
    let head = |more: &str| {
        let request = format!(
            "GET /v1/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {assistant}\r\n{more}Connection: close\r\n\r\n"
        );
        service.raw(request.as_bytes())
    };
    assert_eq!(status(&head("X-Good: a\r\n")), 200);
    for (what, more) in [
        ("a line that goes on in the next", "X-A: b\r\n c\r\n"),
        ("one that goes on after a tab", "X-A: b\r\n\tc\r\n"),
        ("a first line that goes on", " X-A: b\r\n"),
        ("a space before the colon", "X-A : b\r\n"),
        ("a name of nothing", ": b\r\n"),
        ("no colon", "X-A\r\n"),
        ("a name with a space", "X A: b\r\n"),
        ("a zero byte in a name", "X\u{0}A: b\r\n"),
        ("a zero byte in a value", "X-A: b\u{0}c\r\n"),
        ("an escape code in a value", "X-A: \u{1b}[31m\r\n"),
        ("two lengths", "Content-Length: 1\r\nContent-Length: 2\r\n"),
        ("a length with a sign", "Content-Length: +1\r\n"),
        ("a length below nothing", "Content-Length: -1\r\n"),
        ("a length in words", "Content-Length: one\r\n"),
        ("a length beyond all numbers", "Content-Length: 99999999999999999999999\r\n"),
        ("a coding that is not known", "Transfer-Encoding: xchunked\r\n"),
        ("a coding under the one that ends it", "Transfer-Encoding: chunked, gzip\r\n"),
    ] {
        let answer = head(more);
        assert_eq!((status(&answer), answers(&answer)), (400, 1), "{what}: {answer}");
    }
    assert_eq!(status(&head(&"X-A: b\r\n".repeat(5_000))), 431);
    assert_eq!(status(&head(&format!("X-A: {}\r\n", "b".repeat(100_000)))), 431);

    // Where two lengths are said in two ways, a proxy may believe the other one: what it takes for a body must not become a
    // request here, and what is one here must end the same way for everybody.
    let inner =
        format!("GET /v1/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {assistant}\r\nConnection: close\r\n\r\n");
    let body = suggestion("s-1").to_string();
    let post = |lengths: &str, body: &str| {
        let request = format!(
            "POST /v1/suggestions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {assistant}\r\nContent-Type: application/json\r\n\
             {lengths}\r\n{body}{inner}"
        );
        service.raw(request.as_bytes())
    };
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for lengths in [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", chunked.len() + inner.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", chunked.len() + inner.len()),
    ] {
        // The coding is what counts (RFC 9112, 6.3) and the connection ends after the answer, or it is refused: either way
        // nothing after it is read.
        let said = post(&lengths, &chunked);
        assert!(matches!((status(&said), answers(&said)), (200 | 400, 1)), "{lengths}: {said}");
    }
    let within = post(&format!("Content-Length: {}\r\n", body.len() + inner.len()), &body);
    assert_eq!((status(&within), answers(&within)), (422, 1), "a request within a body is none: {within}");
    for (what, chunked) in [
        ("a chunk of no length", "x\r\n{}\r\n0\r\n\r\n"),
        ("a chunk of a negative length", "-1\r\n{}\r\n0\r\n\r\n"),
        ("a chunk longer than any", "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        ("a chunk that is longer than it says", "1\r\n{}\r\n0\r\n\r\n"),
    ] {
        let said = post("Transfer-Encoding: chunked\r\n", chunked);
        assert!(status(&said) == 400 && answers(&said) == 1, "{what}: {said}");
    }
    // Nobody talks it into another protocol.
    for more in
        ["Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"]
    {
        let answer = head(more);
        assert!(status(&answer) == 200 && !answer.to_ascii_lowercase().contains("upgrade"), "{answer}");
    }
    assert!(status(&service.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) != 200);
    drop(service);
    let run = program.run(&["ledger", "verify"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

/// What would be a line of the log, colour a terminal, or end a string, if somebody wrote it as it is.
const FORGED: &str =
    "\r\n{\"level\":\"ERROR\",\"message\":\"forged-7zq1\"}\n\u{1b}[31mforged-7zq1\u{7}\u{8}\u{9b}31m\u{2028}\"}";

/// The places of all texts in a value.
fn texts(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::String(_) => vec![at.to_owned()],
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(number, item)| texts(item, &format!("{at}/{number}"))).collect()
        }
        Value::Object(items) => items.iter().flat_map(|(key, item)| texts(item, &format!("{at}/{key}"))).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn no_text_that_anybody_sends_becomes_a_line_of_the_log() {
    let (program, service, assistant) = served();
    let operator = token(&program, "ops", "operator", &[]);
    // A suggestion with every field that there is.
    let mut whole = suggestion("s-1");
    whole["target"] = json!({ "system": "hubspot", "object": "contact", "id": "101" });
    whole["operation"] = "merge".into();
    whole["changes"] = json!([
        { "field": "industry", "prior": "a", "proposed": "b" },
        { "field": "segments", "prior": ["a"], "proposed": ["a", "b"] },
    ]);
    whole["merge_with"] = json!([{ "system": "hubspot", "object": "contact", "id": "102" }]);
    whole["evidence"] = json!([{ "uri": "https://example.com/about", "kind": "web-page", "excerpt": "text",
        "retrieved_at": "2026-05-20T08:59:00Z", "sha256": "0".repeat(64) }]);
    whole["rationale"] = "because".into();
    whole["context"] = json!({
        "fields": { "industry": { "value": "a", "verified": true, "set_by": "ana" } },
        "consents": [{ "purpose": "enrichment", "state": "granted", "at": "2025-01-01T00:00:00Z" }],
        "regimes": ["banking"], "segment": "saas",
    });
    let good = service.suggest(&whole.to_string(), &assistant);
    assert_eq!(good.status, 200, "{good:?}");
    let places = texts(&whole, "");
    assert!(places.len() > 25, "{places:#?}");
    let mut decided = 0;
    for (number, place) in places.iter().enumerate() {
        let mut forged = whole.clone();
        forged["id"] = format!("t-{number}").into();
        let text = forged.pointer(place).unwrap().as_str().unwrap().to_owned();
        *forged.pointer_mut(place).unwrap() = format!("{text}{FORGED}").into();
        let answer = service.suggest(&forged.to_string(), &assistant);
        assert!([200, 422].contains(&answer.status), "{place}: {answer:?}");
        decided += usize::from(answer.status == 200);
        let line = forged.to_string();
        let answers = service.batch(&line, &assistant).lines();
        assert_eq!(answers.len(), 1, "{place}: one line, one answer");
    }
    assert!(decided > 5, "some fields are free text");
    // Keys are texts too.
    for place in ["", "/target", "/changes/0", "/assistant", "/evidence/0", "/context", "/context/fields"] {
        let mut forged = whole.clone();
        forged["id"] = "u-1".into();
        forged.pointer_mut(place).unwrap()[FORGED] = json!({ "value": null });
        let answer = service.suggest(&forged.to_string(), &assistant);
        assert!([200, 422, 409].contains(&answer.status), "{place}: {answer:?}");
    }
    let encoded: String = FORGED.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
    for path in [
        format!("/v1/decisions/{encoded}"),
        format!("/v1/decisions/{encoded}/proof"),
        format!("/v1/decisions/{encoded}/reproduce"),
        format!("/v1/decisions?outcome={encoded}"),
        format!("/v1/decisions?{encoded}={encoded}"),
        format!("/v1/sets/{encoded}"),
        format!("/{encoded}"),
    ] {
        for token in [&assistant, &operator] {
            assert!((400..500).contains(&service.get(&path, token).status), "{path}");
        }
    }
    for line in [
        format!("GET /{FORGED} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        format!("FORGED-7ZQ1 /v1/whoami HTTP/1.1\r\nHost: x\r\nUser-Agent: {FORGED}\r\nConnection: close\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\nHost: {FORGED}\r\nConnection: close\r\n\r\n"),
        format!("GET /v1/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {FORGED}\r\nConnection: close\r\n\r\n"),
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: forged-7zq1\r\ntraceparent: forged-7zq1\r\nConnection: close\r\n\r\n".to_owned(),
    ] {
        let _ = service.raw(line.as_bytes());
    }
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    assert!(log.len() > 2 * places.len(), "each request has its line");
    for line in &log {
        let said: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        assert!(said["timestamp"].is_string() && said["level"] != "ERROR", "{line:?}");
        assert!(!line.chars().any(|c| c.is_control() || c == '\u{2028}' || c == '\u{2029}'), "{line:?}");
        assert!(!line.to_ascii_lowercase().contains("forged-7zq1"), "{line:?}");
    }
    let run = program.run(&["ledger", "verify"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

//! What hostile clients send: refused with a reason, and without cost for anybody else.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use countersign_tests::service::{Service, configure, token};
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};
use ureq::Body;

/// A deployment that is served with some settings, and a token of an assistant.
fn served(settings: &str) -> (Program, Service, String) {
    let program = Program::with_fresh_home();
    configure(&program, settings);
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    (program, service, assistant)
}

fn suggestion(id: &str) -> Value {
    let mut suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    suggestion["id"] = id.into();
    suggestion
}

#[test]
fn bodies_that_are_bombs_are_refused_and_nothing_is_recorded() {
    let (program, service, assistant) = served("");
    let good = suggestion("s-1").to_string();
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = good.replacen("\"changes\":[", &format!("\"changes\":[{nested},"), 1);
    let huge = good.replacen("\"confidence\":", &format!("\"confidence\":1{}, \"x\":", "0".repeat(200_000)), 1);
    let long = format!("{good}{}", " ".repeat(2 << 20));
    for (body, status) in [
        (deep.as_str(), 422),
        (&nested, 422),
        (&huge, 422),
        (&long, 413),
        ("", 422),
        ("null", 422),
        ("{}", 422),
        ("{\"id\":\"\u{0}\"}", 422),
        (&good.replace("s-1", "a\\nb"), 422),
        (&good.replace("s-1", ""), 422),
        (&format!("{good}{good}"), 422),
    ] {
        let answer = service.suggest(body, &assistant);
        assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"), "{answer:?}");
        let said = answer.json();
        assert_eq!(said["status"], status);
        assert!(said["type"].as_str().unwrap().starts_with("urn:countersign:problem:"), "{said}");
        assert!(answer.body.len() < 2_000, "an error does not send back what came");
    }
    // A record whose id cannot be looked up spoils nobody else's group.
    let mut spoilt = suggestion("s-2");
    spoilt["target"]["id"] = "a\u{0}b".into();
    let lines = [suggestion("s-3"), spoilt, suggestion("s-4")].map(|line| line.to_string()).join("\n");
    let answers = service.batch(&lines, &assistant).lines();
    assert_eq!((&answers[0]["id"], &answers[2]["id"]), (&"s-3".into(), &"s-4".into()), "{answers:#?}");
    assert_eq!(answers[1]["problem"]["code"], "invalid");
    let raw = |head: &str, body: &[u8]| {
        let begin = format!(
            "POST /v1/suggestions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {assistant}\r\n{head}\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        service.raw(&[begin.as_bytes(), body].concat())
    };
    let packed = raw("Content-Type: application/json\r\nContent-Encoding: gzip\r\n", good.as_bytes());
    assert!(packed.starts_with("HTTP/1.1 415"), "{packed}");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        // What a page of another site can send without being asked.
        let form = raw(&format!("Content-Type: {kind}\r\n"), good.as_bytes());
        assert!(form.starts_with("HTTP/1.1 415"), "{form}");
    }
    let other = raw("Content-Type: application/json\r\n", b"\xff\xfe");
    assert!(other.starts_with("HTTP/1.1 400"), "{other}");
    drop(service);
    let run = program.run(&["ledger", "verify", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let export = program.run(&["ledger", "export", "--as", "jsonl"], "").stdout;
    assert_eq!(export.lines().filter(|line| line.contains("\"kind\":\"decision\"")).count(), 2);
}

#[test]
fn addresses_and_heads_that_play_tricks_get_an_answer_that_says_so() {
    let (_program, service, assistant) = served("");
    let head = |line: &str, more: &str| {
        let answer = service.raw(format!("{line} HTTP/1.1\r\nHost: x\r\n{more}Connection: close\r\n\r\n").as_bytes());
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    let bearer = format!("Authorization: Bearer {assistant}\r\n");
    for (line, status) in [
        ("GET /../../etc/passwd", "404"),
        ("GET /v1/sets/../tokens", "404"),
        ("GET /v1/sets/%2e%2e%2ftokens", "404"),
        ("GET /v1/decisions/%ff", "400"),
        ("GET //v1/whoami", "404"),
        ("GET /V1/whoami", "404"),
        ("PUT /v1/suggestions", "405"),
        ("TRACE /v1/whoami", "405"),
        ("OPTIONS /v1/suggestions", "405"),
        ("GET /v1/whoami", "200"),
        ("get /v1/whoami", "405"),
    ] {
        assert_eq!(head(line, &bearer), status, "{line}");
    }
    assert_eq!(head("GET /healthz", &format!("X: {}\r\n", "a".repeat(100_000))), "431");
    assert_eq!(head("GET /healthz", &"X: a\r\n".repeat(1_000)), "431");
    assert_eq!(head("POST /v1/suggestions", &format!("{bearer}Content-Length: 1\r\nContent-Length: 2\r\n")), "400");
    assert_eq!(head("GET /healthz", "Transfer-Encoding: nonsense\r\n"), "400");
    let answer = service.get("/v1/whoami", &assistant);
    // No page of another site may read an answer, keep it, or put it into a frame.
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-frame-options"), "DENY");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
    let not_found = service.get("/nothing", "");
    assert_eq!((not_found.status, &not_found.json()["code"]), (404, &"not-found".into()));
}

#[test]
fn whoever_sends_slowly_is_cut_off_and_keeps_nobody_waiting() {
    let (_program, service, assistant) = served("patience = 1\nconnections = 64");
    let head = format!(
        "POST /v1/suggestions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {assistant}\r\nContent-Type: application/json\r\n"
    );
    let mut slow: Vec<TcpStream> = (0..40)
        .map(|number| {
            let mut stream = TcpStream::connect(service.place()).unwrap();
            // Some say nothing, some stop in the head, some in the body.
            let said = match number % 3 {
                0 => String::new(),
                1 => head.clone(),
                _ => format!("{head}Content-Length: 100\r\n\r\n{{"),
            };
            stream.write_all(said.as_bytes()).unwrap();
            stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
            stream
        })
        .collect();
    assert_eq!(service.suggest(&suggestion("s-1").to_string(), &assistant).status, 200);
    for (number, stream) in slow.iter_mut().enumerate() {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap_or_else(|error| panic!("{number} was not cut off: {error}"));
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

/// Who is refused and still sends a body can go on asking over the same connection.
#[test]
fn a_refusal_leaves_the_connection_usable() {
    let (_program, service, token) = served("");
    let mut stream = TcpStream::connect(service.place()).unwrap();
    let head =
        "POST /v1/proposals HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n";
    stream.write_all(format!("{head}Authorization: Bearer {token}\r\n\r\n").as_bytes()).unwrap();
    // The body comes a moment later, as it does over a network.
    thread::sleep(Duration::from_millis(50));
    let next = format!(
        "{{}}GET /v1/rules HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(next.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 2, "{answers}");
    assert!(answers.starts_with("HTTP/1.1 403"), "{answers}");
}

#[test]
fn one_token_cannot_take_the_time_of_all_others() {
    let (program, service, assistant) = served("rate = 5");
    let other = token(&program, "another", "assistant", &[]);
    let answers: Vec<_> = (0..30).map(|_| service.get("/v1/whoami", &assistant)).collect();
    let busy: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!busy.is_empty(), "30 requests of 5 a second");
    for answer in busy {
        assert_eq!((&answer.json()["code"], answer.header("retry-after")), (&"busy".into(), "1"), "{answer:?}");
    }
    assert_eq!(service.get("/v1/whoami", &other).status, 200);
}

#[test]
fn no_value_of_a_record_and_no_line_of_a_stranger_stands_in_the_log() {
    let (program, service, assistant) = served("");
    let mut planted = suggestion("s-7zq1");
    planted["target"]["id"] = "record-7zq1".into();
    planted["rationale"] = "because-7zq1\n{\"level\":\"ERROR\",\"message\":\"forged\"}".into();
    planted["changes"] = json!([{ "field": "industry", "prior": null, "proposed": "value-7zq1" }]);
    planted["operation"] = "enrich".into();
    planted["merge_with"] = json!([]);
    assert_eq!(service.suggest(&planted.to_string(), &assistant).status, 200);
    planted["colour"] = "value-7zq1".into();
    assert_eq!(service.suggest(&planted.to_string(), &assistant).status, 422);
    for path in
        ["/v1/decisions/s-7zq1", "/v1/decisions/s-7zq1%0a%7b%22level%22%7d", "/7zq1%0aforged", "/v1/whoami?a=7zq1"]
    {
        let _ = service.get(path, &assistant);
    }
    let _ = service.raw(
        b"GET /7zq1 HTTP/1.1\r\nHost: 7zq1\r\nUser-Agent: 7zq1\nforged\r\nReferer: 7zq1\r\nConnection: close\r\n\r\n",
    );
    let wrong = Body::builder().data(b"7zq1".to_vec());
    let _ = service.send("PATCH", "/v1/suggestions", "cs_7zq1", "text/7zq1", wrong);
    let _ = service.raw(b"7ZQ1 /7zq1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let (_, log) = service.stop();
    assert!(log.len() > 8, "{log:#?}");
    for line in &log {
        let said: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(said["timestamp"].is_string() && said["level"] != "ERROR", "{line}");
        assert!(!line.contains("7zq1") && !line.contains("forged"), "{line}");
    }
    assert!(log.iter().any(|line| line.contains("\"who\":\"enricher\"")), "{log:#?}");
    drop(program);
}

//! Traces of a service: a tree under the caller's own trace, with the modules that were called and without anything that is about
//! a person; and a collector that fails costs nothing but traces.

mod collector;

use std::collections::BTreeSet;

use collector::{Collector, Manner, hex, settings, text};
use countersign_tests::service::{Service, configure, token};
use countersign_tests::{Program, corpus};
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::{Value, json};

/// A trace and a span in it, as a caller would name them.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

fn served(settings: &str) -> (Program, Service, String) {
    let program = Program::with_fresh_home();
    configure(&program, settings);
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    (program, service, assistant)
}

/// Sends a request with more headers, and returns the status and the body of the answer.
fn ask(service: &Service, line: &str, token: &str, more: &str, body: &str) -> (String, String) {
    let request = format!(
        "{line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = service.raw(request.as_bytes());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
    (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned())
}

const JSON: &str = "Content-Type: application/json\r\n";

/// The headers of a caller who traces, or who says that nothing is to be traced.
fn caller(sampled: bool) -> String {
    format!(
        "{JSON}traceparent: 00-{TRACE}-{CALLER}-0{}\r\ntracestate: planted-7zq1=planted-7zq1\r\n",
        u8::from(sampled)
    )
}

fn suggestion(number: usize) -> String {
    corpus::suggestions().nth(number).unwrap()
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

fn children<'a>(spans: &'a [Span], parent: &Span) -> Vec<&'a Span> {
    spans.iter().filter(|span| (&span.trace_id, &span.parent_span_id) == (&parent.trace_id, &parent.span_id)).collect()
}

fn links_to(span: &Span, to: &Span) -> bool {
    span.links.iter().any(|link| (&link.trace_id, &link.span_id) == (&to.trace_id, &to.span_id))
}

#[test]
fn one_suggestion_is_a_tree_under_the_callers_trace() {
    let collector = Collector::start(Manner::Well);
    let (_program, service, assistant) = served(&collector.settings());
    let (status, body) = ask(&service, "POST /v1/suggestions", &assistant, &caller(true), &suggestion(0));
    assert_eq!(status, "200", "{body}");
    let said: Value = serde_json::from_str(&body).unwrap();
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");

    let spans = collector.spans();
    let [request] = named(&spans, "POST /v1/suggestions")[..] else { panic!("{spans:#?}") };
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.to_owned(), CALLER.to_owned()));
    assert_eq!(request.kind, 2, "a server's");
    assert_eq!(request.trace_state, "", "a caller's free text goes nowhere");
    for (key, value) in
        [("http.route", "/v1/suggestions"), ("http.request.method", "POST"), ("http.response.status_code", "200")]
    {
        assert_eq!(text(request, key), value, "{request:#?}");
    }
    let below = children(&spans, request);
    let names: BTreeSet<&str> = below.iter().map(|span| span.name.as_str()).collect();
    assert_eq!((names, below.len()), (BTreeSet::from(["judge", "wait"]), 2), "{spans:#?}");
    let judge = below.iter().find(|span| span.name == "judge").unwrap();
    assert_eq!(text(judge, "countersign.outcome"), said["outcome"].as_str().unwrap());

    // Each call with what the answer says of it.
    let calls = children(&spans, judge);
    assert!(calls.iter().all(|span| span.name == "call"), "{calls:#?}");
    let traced: BTreeSet<[String; 3]> = calls
        .iter()
        .map(|span| ["name", "version", "fuel"].map(|key| text(span, &format!("countersign.module.{key}"))))
        .collect();
    let modules = said["modules"].as_array().unwrap().iter().filter(|run| run["called"] == true);
    let expected: BTreeSet<[String; 3]> = modules
        .map(|run| {
            [run["name"].as_str().unwrap().into(), run["version"].as_str().unwrap().into(), run["fuel"].to_string()]
        })
        .collect();
    assert!(expected.len() > 5, "{said}");
    assert_eq!((&traced, calls.len()), (&expected, expected.len()));

    // What was decided together leads to the request, and was committed.
    let [group] = named(&spans, "group")[..] else { panic!("{spans:#?}") };
    assert!(links_to(group, request), "{group:#?}");
    assert_eq!(
        (text(group, "countersign.suggestions"), text(group, "countersign.recorded")),
        ("1".into(), "true".into())
    );
    let [commit] = children(&spans, group)[..] else { panic!("{spans:#?}") };
    assert_eq!((commit.name.as_str(), text(commit, "countersign.events")), ("commit", "1".into()));
}

#[test]
fn a_batch_is_one_request_and_each_line_of_it_waits_and_is_judged() {
    let collector = Collector::start(Manner::Well);
    let (_program, service, assistant) = served(&collector.settings());
    let lines: Vec<String> = corpus::suggestions().take(400).collect();
    let batch = service.batch(&lines.join("\n"), &assistant).lines();
    assert!(batch.len() == 400 && batch.iter().all(|said| said["outcome"].is_string()));
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    let spans = collector.spans();
    let [request] = named(&spans, "POST /v1/suggestions:batch")[..] else { panic!("{spans:#?}") };
    let below = children(&spans, request);
    let number = |name: &str| below.iter().filter(|span| span.name == name).count();
    assert_eq!((number("wait"), number("judge")), (400, 400));
    let groups = named(&spans, "group");
    assert!(groups.iter().all(|group| links_to(group, request) && group.links.len() == 1), "{groups:#?}");
    let decided: u64 = groups.iter().map(|group| text(group, "countersign.suggestions").parse::<u64>().unwrap()).sum();
    assert_eq!(decided, 400);
}

/// A suggestion in which everything that a person wrote can be found again.
fn planted(id: &str) -> Value {
    let mut suggestion: Value = serde_json::from_str(&suggestion(0)).unwrap();
    suggestion["id"] = id.into();
    suggestion["target"]["id"] = "record-planted-7zq1".into();
    suggestion["operation"] = "enrich".into();
    suggestion["changes"] = json!([{ "field": "industry", "prior": null, "proposed": "value-planted-7zq1" }]);
    suggestion["merge_with"] = json!([]);
    suggestion["rationale"] = "because-planted-7zq1".into();
    suggestion["assistant"]["model"] = "model-planted-7zq1".into();
    suggestion
}

#[test]
fn a_trace_says_what_the_documentation_lists_and_nothing_about_anybody() {
    let collector = Collector::start(Manner::Well);
    let program = Program::with_fresh_home();
    configure(&program, &collector.settings());
    let assistant = token(&program, "planted-7zq1", "assistant", &[]);
    let auditor = token(&program, "auditor-planted-7zq1", "auditor", &[]);
    let service = Service::start(&program, &[]);
    let good = planted("s-planted-7zq1");
    let decided = |body: &str| serde_json::from_str::<Value>(body).unwrap()["outcome"].is_string();
    let (_, body) = ask(&service, "POST /v1/suggestions", &assistant, &caller(true), &good.to_string());
    assert!(decided(&body), "{body}");
    let dry = planted("t-planted-7zq1").to_string();
    let (_, body) = ask(&service, "POST /v1/suggestions?dry_run=true", &assistant, JSON, &dry);
    assert!(decided(&body), "{body}");
    let mut wrong = good.clone();
    wrong["colour"] = "planted-7zq1".into();
    let tool = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "suggest_change", "arguments": planted("u-planted-7zq1") } });
    let mcp = format!("{JSON}Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-06-18\r\n");
    for (line, token, more, body) in [
        ("POST /v1/suggestions", &assistant, JSON, wrong.to_string()),
        ("POST /mcp", &assistant, &mcp, tool.to_string()),
        ("GET /v1/decisions/s-planted-7zq1", &auditor, "", String::new()),
        ("GET /v1/decisions/s-planted-7zq1/reproduce", &auditor, "", String::new()),
        ("GET /v1/decisions?cursor=planted-7zq1", &auditor, "", String::new()),
        ("GET /planted-7zq1", &auditor, "User-Agent: planted-7zq1\r\nReferer: planted-7zq1\r\n", String::new()),
        ("PLANTED-7ZQ1 /planted-7zq1", &auditor, "traceparent: planted-7zq1\r\n", String::new()),
        ("GET /v1/whoami", &"cs_planted-7zq1".to_owned(), "", String::new()),
    ] {
        let _ = ask(&service, line, token, more, &body);
    }
    let place = service.place().to_owned();
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    for body in collector.received() {
        let found =
            |planted: &str| body.to_ascii_lowercase().windows(planted.len()).any(|part| part == planted.as_bytes());
        for secret in ["planted-7zq1", &assistant.to_ascii_lowercase(), &auditor.to_ascii_lowercase(), &place] {
            assert!(!found(secret), "{secret}");
        }
    }

    let spans = collector.spans();
    let requests: BTreeSet<&str> = spans.iter().filter(|span| span.kind == 2).map(|span| span.name.as_str()).collect();
    for name in ["GET /v1/decisions/{id}", "GET /v1/decisions/{id}/reproduce", "GET", "HTTP", "POST /mcp"] {
        assert!(requests.contains(name), "{name} is not among {requests:?}");
    }
    // Whoever asks by another protocol has a tree too; and what is made again is part of the request for it.
    let [tool] = named(&spans, "POST /mcp")[..] else { panic!("{spans:#?}") };
    assert_eq!(children(&spans, tool).len(), 2, "{spans:#?}");
    let [again] = named(&spans, "GET /v1/decisions/{id}/reproduce")[..] else { panic!("{spans:#?}") };
    assert!(children(&spans, again).iter().any(|span| span.name == "call"), "{spans:#?}");
    let documented = include_str!("../../host/src/web/API.md");
    for span in &spans {
        assert!(
            span.events.is_empty() && span.status.as_ref().is_none_or(|status| status.message.is_empty()),
            "{span:#?}"
        );
        assert!(span.kind == 2 || documented.contains(&format!("| `{}` |", span.name)), "{span:#?}");
        for attribute in &span.attributes {
            assert!(documented.contains(&format!("`{}`", attribute.key)), "{} is not documented", attribute.key);
        }
    }
}

#[test]
fn callers_are_followed_and_of_the_others_a_share_is_traced() {
    let collector = Collector::start(Manner::Well);
    let (_program, service, assistant) = served(&format!("{}sample = 0", collector.settings()));
    for (number, more) in [(0, JSON.to_owned()), (1, caller(true)), (2, caller(false))] {
        let (status, body) = ask(&service, "POST /v1/suggestions", &assistant, &more, &suggestion(number));
        assert_eq!(status, "200", "{body}");
    }
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    let spans = collector.spans();
    let [request] = named(&spans, "POST /v1/suggestions")[..] else { panic!("{spans:#?}") };
    assert_eq!(hex(&request.trace_id), TRACE);
    assert_eq!((named(&spans, "judge").len(), named(&spans, "wait").len()), (1, 1));
    assert!(named(&spans, "group").iter().all(|group| links_to(group, request)), "{spans:#?}");
}

/// A place where nobody listens.
const NOBODY: &str = "http://127.0.0.1:1/v1/traces";

/// The outcomes of suggestions that are sent alone and together.
fn outcomes(service: &Service, token: &str) -> Vec<Value> {
    let lines: Vec<String> = corpus::suggestions().take(300).collect();
    let (alone, together) = lines.split_at(20);
    let mut said: Vec<Value> =
        alone.iter().map(|line| service.suggest(line, token).json()["outcome"].clone()).collect();
    said.extend(service.batch(&together.join("\n"), token).lines().iter().map(|line| line["outcome"].clone()));
    said
}

#[test]
fn a_collector_that_is_down_or_slow_or_says_no_changes_no_answer() {
    let (_program, service, assistant) = served("rate = 100000");
    let expected = outcomes(&service, &assistant);
    assert!(expected.len() == 300 && expected.iter().all(Value::is_string), "{expected:#?}");
    let (no, never) = (Collector::start(Manner::WithNo), Collector::start(Manner::Never));
    for (endpoint, fails_at_once) in
        [(NOBODY.to_owned(), true), (no.endpoint.clone(), true), (never.endpoint.clone(), false)]
    {
        let (program, service, assistant) = served(&settings(&endpoint));
        let operator = token(&program, "ops", "operator", &[]);
        assert_eq!(outcomes(&service, &assistant), expected, "{endpoint}");
        if fails_at_once {
            service.wait_for("traces are lost");
            let metrics = service.get("/metrics", &operator).body;
            assert!(metrics.contains("countersign_spans_total{fate=\"lost\"}"), "{metrics}");
        }
        let (code, log) = service.stop();
        assert_eq!(code, Some(0), "{log:#?}");
        assert!(log.iter().filter(|line| line.contains("traces are lost")).count() <= 1, "it is said once: {log:#?}");
    }
    assert!(!no.received().is_empty() && !never.received().is_empty(), "both were asked");
}

#[test]
fn without_configuration_nothing_is_sent_whatever_the_environment_says() {
    let collector = Collector::start(Manner::Well);
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let place = collector.endpoint.strip_suffix("/v1/traces").unwrap();
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", place), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.endpoint.as_str())];
    let service = Service::start_with(&program, &[], &variables);
    let (status, _) = ask(&service, "POST /v1/suggestions", &assistant, &caller(true), &suggestion(0));
    assert_eq!(status, "200");
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    assert!(collector.received().is_empty());
}

#[test]
fn what_cannot_be_meant_is_refused_before_anybody_is_served() {
    let good = settings("http://127.0.0.1:4318/v1/traces");
    for (wrong, words) in [
        (settings("http://collector.example/v1/traces"), "is not used"),
        (format!("{good}sample = 2"), "is no share"),
        (format!("{good}colour = 1"), "unknown field `colour`"),
        (format!("{good}authorities = \"none.pem\""), "cannot read the authorities"),
        ("[serve.traces]\nsample = 1".to_owned(), "missing field `endpoint`"),
    ] {
        let program = Program::with_fresh_home();
        configure(&program, &wrong);
        let run = program.run(&["serve", "--listen", "127.0.0.1:0"], "");
        assert_eq!(run.code, Some(3), "{run:#?}");
        assert!(run.message().contains(words), "{words}: {run:#?}");
    }
}

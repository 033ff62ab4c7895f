//! What is known, what follows from it, and copies of all of it, over the network: the same as the command line gives.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_tests::service::{Answer, Service, configure, token};
use countersign_tests::{Program, Run, corpus};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use ureq::Body;

fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run
}

/// A deployment that has decided so many suggestions of the corpus.
fn deployment(number: usize) -> Program {
    let program = Program::with_fresh_home();
    configure(&program, "rate = 100000\npatience = 2");
    done(program.run(&["evaluate", "-", "--format", "json"], corpus::first(number)));
    program
}

/// What people know of the first suggestions.
fn labels(number: usize) -> String {
    corpus::labels().take(number).map(|line| line + "\n").collect()
}

fn know(service: &Service, labels: &str, token: &str) -> Answer {
    let body = Body::builder().data(labels.as_bytes().to_vec());
    service.send("POST", "/v1/truth", token, "application/x-ndjson", body)
}

/// Which tokens may ask for a path. Whoever may not is told so.
fn refused(service: &Service, path: &str, tokens: &[&String]) {
    for token in tokens {
        let answer = service.get(path, token);
        assert_eq!((answer.status, &answer.json()["code"]), (403, &"forbidden".into()), "{path}: {answer:?}");
    }
}

#[test]
fn what_people_know_is_recorded_once_or_refused_whole() {
    let program = deployment(40);
    let auditor = token(&program, "eve", "auditor", &[]);
    let narrow = token(&program, "ned", "auditor", &["--only", "audit"]);
    let reviewer = token(&program, "rey", "reviewer", &[]);
    let service = Service::start(&program, &[]);
    let size = || service.get("/v1/ledger", &auditor).json()["size"].clone();
    let before = size();
    let good = corpus::labels().next().unwrap();
    let id = serde_json::from_str::<Value>(&good).unwrap()["id"].clone();
    for (wrong, line, key) in [
        (json!({ "id": id, "truth": "maybe" }).to_string(), 2, json!("truth")),
        (json!({ "id": id, "truth": 1 }).to_string(), 2, json!("truth")),
        (json!({ "id": "nobody", "truth": "approve" }).to_string(), 2, json!("id")),
        (json!({ "id": "n".repeat(100_000), "truth": "approve" }).to_string(), 2, json!("id")),
        (good.clone(), 2, json!("id")),
        (json!({ "id": id }).to_string(), 2, Value::Null),
        ("\n\n{}".to_owned(), 4, Value::Null),
    ] {
        let answer = know(&service, &format!("{good}\n{wrong}\n"), &auditor);
        let said = answer.json();
        assert_eq!((answer.status, &said["code"], &said["key"]), (422, &"invalid".into(), &key), "{said}");
        assert!(said["detail"].as_str().unwrap().contains(&format!("line {line}: ")), "{said}");
        assert!(answer.body.len() < 2_000, "an error does not send back what came");
    }
    let unknown = json!({ "id": id, "truth": "approve", "by": "ana" }).to_string();
    assert_eq!(know(&service, &unknown, &auditor).status, 422, "who says so is who authenticated");
    assert_eq!(know(&service, "\n \n", &auditor).status, 422);
    assert_eq!(know(&service, &" ".repeat(17 << 20), &auditor).status, 413);
    assert_eq!(service.post("/v1/truth", &good, &auditor).status, 415);
    for token in [&narrow, &reviewer] {
        assert_eq!(know(&service, &good, token).status, 403);
    }
    assert_eq!(size(), before, "nothing was recorded");

    let file = program.write("labels.jsonl", labels(30));
    for (recorded, known) in [(30, 0), (0, 30)] {
        let answer = know(&service, &labels(30), &auditor);
        assert_eq!(
            (answer.status, answer.json()),
            (200, json!({ "recorded": recorded, "known": known })),
            "{answer:?}"
        );
    }
    let printed = done(program.run(&["truth", "import", &file, "--format", "json"], ""));
    assert_eq!(printed.lines(), [json!({ "recorded": 0, "known": 30 })], "the command knows the same");
    let rows = done(program.run(&["ledger", "export", "--as", "jsonl"], "")).lines();
    let said: Vec<&Value> = rows.iter().filter(|row| row["kind"] == "audited").collect();
    assert_eq!(said.len(), 30);
    assert!(said.iter().all(|row| row["actor"] == "eve"));
    for label in labels(30).lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let row = rows.iter().find(|row| row["suggestion_id"] == label["id"]).unwrap();
        assert_eq!(row["truth"], label["truth"]);
    }
}

#[test]
fn thresholds_are_those_of_the_command_line() {
    let program = deployment(600);
    let (auditor, author) = (token(&program, "eve", "auditor", &[]), token(&program, "ann", "author", &[]));
    let compliance = token(&program, "dora", "compliance", &[]);
    let service = Service::start(&program, &[]);
    let get = |query: &str, token: &str| service.get(&format!("/v1/reports/thresholds?{query}"), token);
    let unknown = get("target=5%25", &auditor);
    assert_eq!((unknown.status, unknown.body.contains("POST /v1/truth")), (404, true), "{unknown:?}");
    assert_eq!(know(&service, &labels(600), &auditor).status, 200);
    for (query, arguments) in [
        ("target=5%25", &["--target", "5%"][..]),
        ("target=2&by=field&hold_back=50%25", &["--target", "2", "--by", "field", "--hold-back", "50%"]),
        (
            "target=5%25&by=segment&set=crm-default&module=confidence&from=2020-01-01T00:00:00Z",
            &["--target", "5%", "--by", "segment", "--from", "2020-01-01"],
        ),
        (
            "target=10%25&by=assistant&where=outcome=apply,outcome=review",
            &["--target", "10%", "--by", "assistant", "--where", "outcome=apply,outcome=review"],
        ),
    ] {
        let run = program.run(&[&["report", "thresholds", "--format", "json"], arguments].concat(), "");
        assert!(matches!(run.code, Some(0 | 1)), "{run:#?}");
        let (printed, answer) = (serde_json::from_str::<Value>(&run.stdout).unwrap(), get(query, &auditor));
        assert_eq!((answer.status, answer.json()), (200, printed.clone()), "{query}");
        assert_eq!(printed["kept"], run.code == Some(0));
        assert!(printed["held_back"]["suggestions"].as_u64().unwrap() > 0, "{printed}");
        assert_eq!(printed["curve"].as_array().unwrap().len(), 201);
    }
    // No value stands in them but segments.
    assert_eq!(get("target=5%25&by=field", &author).json(), get("target=5%25&by=field", &auditor).json());
    for segments in ["target=5%25&by=segment", "target=5%25&where=segment=nsw"] {
        let answer = get(segments, &author);
        assert_eq!((answer.status, answer.body.contains("read-values")), (403, true), "{answer:?}");
    }
    refused(&service, "/v1/reports/thresholds?target=5%25", &[&compliance]);
    for (query, key) in [
        ("target=0", "target"),
        ("target=100%25", "target"),
        ("target=few", "target"),
        ("target=5%25&hold_back=0%25", "hold_back"),
        ("target=5%25&set=none", "set"),
        ("target=5%25&set=../sets/crm-default", "set"),
        ("target=5%25&module=nobody", "module"),
        ("target=5%25&by=colour", "by"),
        ("target=5%25&where=colour=red", "where"),
        ("target=5%25&from=yesterday", "from"),
    ] {
        let answer = get(query, &auditor);
        let said = answer.json();
        assert_eq!((answer.status, &said["code"], &said["key"]), (400, &"bad-request".into(), &key.into()), "{said}");
        assert!(!answer.body.contains(program.home().to_str().unwrap()), "files are the operator's: {said}");
    }
    for query in ["", "by=field", "target=5%25&jobs=64", "target=5%25&target=5%25"] {
        assert_eq!(get(query, &auditor).status, 400, "{query}");
    }
}

#[test]
fn an_export_has_the_bytes_of_the_command_line() {
    let program = deployment(200);
    done(program.run(&["truth", "import", &program.write("labels.jsonl", labels(50))], ""));
    done(program.run(&["evaluate", "-"], corpus::first(240)));
    let compliance = token(&program, "dora", "compliance", &[]);
    let narrow = token(&program, "dan", "compliance", &["--only", "export"]);
    let (operator, admin) = (token(&program, "ops", "operator", &[]), token(&program, "ada", "admin", &[]));
    let (author, reviewer) = (token(&program, "ann", "author", &[]), token(&program, "rey", "reviewer", &[]));
    let printed = |arguments: &[&str]| {
        let out = program.folder().join("rows").to_str().unwrap().to_owned();
        done(program.run(&[&["ledger", "export", "--out", &out], arguments].concat(), ""));
        fs::read(out).unwrap()
    };
    let rows = done(program.run(&["ledger", "export"], "")).lines();
    let middle = rows[rows.len() / 2]["at"].as_str().unwrap().to_owned();
    let service = Service::start(&program, &[]);
    let path = |query: &str| format!("/v1/ledger/export?{query}");
    for (format, kind) in
        [("jsonl", "application/x-ndjson"), ("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet")]
    {
        let query = format!("format={format}");
        let (headers, bytes) = service.download(&path(&query), &compliance);
        assert_eq!(headers["content-type"].to_str().unwrap(), kind);
        assert!(bytes == printed(&["--as", format]), "{format}");
        for (more, arguments) in
            [(format!("&from={middle}"), ["--from", &middle]), (format!("&to={middle}"), ["--to", &middle])]
        {
            let (_, bytes) = service.download(&path(&format!("{query}{more}")), &compliance);
            assert!(bytes == printed(&[&["--as", format], &arguments[..]].concat()), "{format} {more}");
        }
        // Whoever may not see values gets the rows without them.
        let bare = printed(&["--as", format, "--commitments-only"]);
        let asked = service.download(&path(&format!("{query}&commitments_only=true")), &compliance).1;
        assert!(asked == bare, "{format}");
        for token in [&narrow, &operator, &admin] {
            assert!(service.download(&path(&query), token).1 == bare, "{format}");
        }
    }
    assert!(service.download("/v1/ledger/export", &compliance).1 == printed(&["--as", "jsonl"]));
    let none = service.download(&path("from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z"), &compliance).1;
    assert!(none.is_empty());
    refused(&service, "/v1/ledger/export", &[&author, &reviewer]);
    for (query, key) in [
        ("format=xml", "format"),
        ("from=yesterday", "from"),
        ("to=1", "to"),
        ("commitments_only=no", "commitments_only"),
    ] {
        let answer = service.get(&path(query), &compliance);
        assert_eq!((answer.status, &answer.json()["key"]), (400, &key.into()), "{query}: {answer:?}");
    }
    assert_eq!(service.get(&path("colour=red"), &compliance).status, 400);
    let (code, log) = service.stop();
    assert_eq!(code, Some(0));
    assert!(!log.iter().any(|line| line.contains("ERROR")), "{log:#?}");
}

#[test]
fn whoever_does_not_read_gives_the_place_back() {
    let program = deployment(corpus::SUGGESTIONS);
    let compliance = token(&program, "dora", "compliance", &[]);
    let service = Service::start(&program, &[]);
    let request = format!("GET /v1/ledger/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {compliance}\r\n\r\n");
    let stalled: Vec<TcpStream> = (0..2)
        .map(|_| {
            let mut stream = TcpStream::connect(service.place()).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            // No more is read than that it has its place.
            let mut begin = [0; 12];
            stream.read_exact(&mut begin).unwrap();
            assert_eq!(&begin, b"HTTP/1.1 200");
            stream
        })
        .collect();
    let wait_for = |status: u16| {
        let begun = Instant::now();
        loop {
            let answer = service.get("/v1/ledger/export?from=2999-01-01T00:00:00Z", &compliance);
            if answer.status == status {
                return answer;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "{answer:?}");
            thread::sleep(Duration::from_millis(5));
        }
    };
    let busy = wait_for(429);
    assert!(busy.body.contains("go on already") && !busy.header("retry-after").is_empty(), "{busy:?}");
    // Others are answered meanwhile.
    assert_eq!(service.get("/v1/decisions?limit=1", &compliance).status, 200);
    assert_eq!(wait_for(200).body, "");
    drop(stalled);
}

/// The ledger's size and root, after verifying all of it.
fn head(program: &Program) -> (Value, Value) {
    let said = done(program.run(&["ledger", "verify", "--format", "json"], "")).lines().swap_remove(0);
    (said["events"].clone(), said["root"].clone())
}

#[test]
fn a_backup_is_whole_and_for_operators_alone() {
    let program = deployment(100);
    let operator = token(&program, "ops", "operator", &[]);
    let narrow = token(&program, "prometheus", "operator", &["--only", "read-metrics"]);
    let others = ["compliance", "auditor", "admin", "reviewer", "assistant"];
    let others = others.map(|role| token(&program, &format!("a-{role}"), role, &[]));
    let service = Service::start(&program, &[]);
    let (headers, bytes) = service.download("/v1/ledger/backup", &operator);
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/vnd.sqlite3");
    assert_eq!(header("content-length"), bytes.len().to_string());
    assert_eq!(header("repr-digest"), format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&bytes))));
    refused(&service, "/v1/ledger/backup", &others.iter().chain([&narrow]).collect::<Vec<_>>());
    let names = || fs::read_dir(program.home()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    // The file is removed when the last of it was handed on, which whoever reads it can see a moment earlier.
    let begun = Instant::now();
    while names().any(|name| name.contains(".part")) {
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", names().collect::<Vec<_>>());
        thread::sleep(Duration::from_millis(5));
    }
    let (code, log) = service.stop();
    assert_eq!(code, Some(0));
    assert!(!log.iter().any(|line| line.contains("ERROR")), "{log:#?}");
    let fresh = Program::with_fresh_home();
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let _ = fs::remove_file(fresh.home().join(name));
    }
    let file = fresh.write("backup.db", &bytes);
    done(fresh.run(&["ledger", "restore", &file], ""));
    assert_eq!(head(&fresh), head(&program));
    done(fresh.run(&["reproduce", "--all"], ""));
}

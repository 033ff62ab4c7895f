//! The command line pointed at what is no service, or at one that comes and goes: it says what is wrong and ends, or goes on
//! where it was.

use std::net::TcpListener;

use countersign_tests::cutting::Cutting;
use countersign_tests::service::{Service, configure, token};
use countersign_tests::stranger::{Manners, Stranger};
use countersign_tests::through::through;
use countersign_tests::{Program, Run, corpus};
use serde_json::{Value, json};

const TOKEN: &str = "cs_3Qx7d0hP5sVbN2mK8tYw1LfRzJ4uGcAe";

/// The commands that ask a service, each as somebody might call it.
const COMMANDS: [&[&str]; 20] = [
    &["evaluate", "-"],
    &["evaluate", "-", "--dry-run"],
    &["ledger", "show", "s-1"],
    &["ledger", "key"],
    &["ledger", "checkpoint"],
    &["ledger", "prove", "s-1", "--out", "proof"],
    &["reproduce", "s-1"],
    &["token", "create", "crm", "--role", "assistant"],
    &["token", "list"],
    &["token", "revoke", "1", "--reason", "lost"],
    &["ledger", "erase", "--subject", "a/b/c", "--reason", "request 1"],
    &["ledger", "expire"],
    &["ledger", "hold", "--all", "--reason", "case 1"],
    &["ledger", "release", "1", "--reason", "closed"],
    &["ledger", "holds"],
    &["audit", "sample", "--month", "2020-01", "--rate", "1%"],
    &["audit", "record", "s-1", "--finding", "right"],
    &["audit", "next"],
    &["audit", "report"],
    &["replay", "--candidate", "crm-default"],
];

/// A command pointed at an address ends with 3, prints nothing and says all of these words.
fn fails(address: &str, command: &[&str], words: &[&str]) -> Run {
    let program = Program::without_home();
    let out = program.folder().join("proof");
    let command: Vec<&str> =
        command.iter().map(|word| if *word == "proof" { out.to_str().unwrap() } else { word }).collect();
    let run = through(&program, address, TOKEN, &command, corpus::first(3));
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{command:?}: {run:#?}");
    for word in [words, &[address]].concat() {
        assert!(run.message().contains(word), "{word}: {command:?}: {run:#?}");
    }
    assert!(run.stderr.len() < 3_000 && !run.stderr.contains('\u{1b}'), "{run:#?}");
    assert!(!out.exists());
    run
}

/// The doctor says that, too: there it is a finding.
fn ill(address: &str, words: &str) {
    let run = through(&Program::without_home(), address, TOKEN, &["doctor"], "");
    assert!(run.code == Some(1) && run.stdout.contains(words), "{run:#?}");
}

/// All commands fail with these words.
fn all_fail(address: &str, words: &[&str]) {
    for command in COMMANDS {
        let _ = fails(address, command, words);
    }
    ill(address, words[0]);
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    all_fail(&address, &["no answer"]);
}

#[test]
fn somebody_listens_and_never_answers() {
    let stranger = Stranger::with(Manners::IsSilent);
    for command in [&["ledger", "show", "s-1"][..], &["evaluate", "-"], &["token", "list"]] {
        let command = [command, &["--patience", "1"]].concat();
        let _ = fails(&stranger.address, &command, &["no answer", "timeout"]);
    }
    assert_eq!(stranger.heard().len(), 3, "nobody asks again who was not answered");
}

#[test]
fn what_is_answered_is_no_answer_of_a_service() {
    for (status, headers, body) in [
        ("200 OK", "Content-Type: text/html\r\n", "<h1>It works!</h1>"),
        ("200 OK", "Content-Type: application/json\r\n", "{}"),
        ("200 OK", "Content-Type: application/json\r\n", "[1,2"),
        ("200 OK", "", ""),
        ("200 OK", "", "\u{1b}[31m"),
        ("404 Not Found", "", "<h1>Nothing here</h1>"),
        ("500 Internal Server Error", "Content-Type: application/problem+json\r\n", "{\"code\":7}"),
    ] {
        let stranger = Stranger::answering(status, headers, body);
        for command in COMMANDS {
            let _ = fails(&stranger.address, command, &["does not answer as this release's service does"]);
        }
    }
    let stranger = Stranger::with(Manners::Says("SSH-2.0-OpenSSH_9.9\r\n".to_owned()));
    let _ = fails(&stranger.address, &["ledger", "show", "s-1"], &["no answer"]);
}

#[test]
fn what_is_answered_has_no_end() {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    for (first, again) in [(head.to_owned(), "x".repeat(1 << 16)), (format!("{head}["), "1,".repeat(1 << 15))] {
        let stranger = Stranger::with(Manners::Rambles(first, again));
        for command in [&["ledger", "show", "s-1"][..], &["evaluate", "-"], &["token", "list"]] {
            let _ = fails(&stranger.address, command, &["it says more than is read"]);
        }
    }
    let head = Stranger::with(Manners::Rambles("HTTP/1.1 200 OK\r\n".to_owned(), "X: x\r\n".to_owned()));
    let _ = fails(&head.address, &["ledger", "show", "s-1"], &["no answer"]);
    let failing = Stranger::with(Manners::Rambles("HTTP/1.1 500 Oh\r\n\r\n".to_owned(), "x".repeat(1 << 16)));
    let _ = fails(&failing.address, &["ledger", "show", "s-1"], &["it does not say what is wrong"]);
}

#[test]
fn nobody_is_followed_to_another_address() {
    let elsewhere = Stranger::answering("200 OK", "", "{}");
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let location = format!("Location: {}/v1/whoami\r\n", elsewhere.address);
        let stranger = Stranger::answering(status, &location, "");
        for command in COMMANDS {
            let _ = fails(&stranger.address, command, &["sends whoever asks to another address"]);
        }
        assert!(stranger.heard().iter().all(|heard| heard.contains(&format!("Bearer {TOKEN}"))));
    }
    assert!(elsewhere.heard().is_empty(), "{:#?}", elsewhere.heard());
}

#[test]
fn what_a_problem_says_is_shown_and_moves_no_terminal() {
    let problem = |code: &str, detail: &str| {
        json!({ "type": "x", "title": "x", "status": 403, "detail": detail, "code": code, "key": "role" }).to_string()
    };
    let kind = "Content-Type: application/problem+json\r\n";
    let detail = format!("not \u{1b}[31m{TOKEN}\u{202e}\nforged: {}", "x".repeat(10_000));
    let stranger = Stranger::answering("403 Forbidden", kind, &problem("forbidden", &detail));
    for command in COMMANDS {
        let run = fails(&stranger.address, command, &["not [31m… forged:", "(forbidden, key `role`)"]);
        assert_eq!(run.stderr.lines().count(), 1, "{run:#?}");
    }
    // What is wrong over there is told apart as it is here.
    for (code, exit) in [("broken", 4), ("bug", 70), ("conflict", 3), ("made-up", 3)] {
        let stranger = Stranger::answering("500 Oh", kind, &problem(code, "so it is"));
        let run = through(&Program::without_home(), &stranger.address, TOKEN, &["ledger", "show", "s-1"], "");
        assert_eq!(run.code, Some(exit), "{run:#?}");
        assert!(run.message().contains(&format!("so it is ({code}, key `role`)")), "{run:#?}");
    }
    // Whoever is to come again tomorrow is told so at once; in a moment, it is tried a few times.
    let busy = problem("busy", "come again");
    let tomorrow = Stranger::answering("429 Busy", &format!("{kind}Retry-After: 86400\r\n"), &busy);
    let _ = fails(&tomorrow.address, &["ledger", "show", "s-1"], &["come again after 86400 s"]);
    assert_eq!(tomorrow.heard().len(), 1);
    let moment = Stranger::answering("429 Busy", &format!("{kind}Retry-After: 0\r\n"), &busy);
    let _ = fails(&moment.address, &["ledger", "show", "s-1"], &["(busy, key `role`)"]);
    assert_eq!(moment.heard().len(), 7);
    // Whether something was done is not known: it is not done twice.
    let unavailable = problem("unavailable", "perhaps");
    let perhaps = Stranger::answering("503 Oh", &format!("{kind}Retry-After: 0\r\n"), &unavailable);
    let _ = fails(&perhaps.address, &["token", "create", "crm", "--role", "assistant"], &["perhaps"]);
    assert_eq!(perhaps.heard().len(), 1);
}

#[test]
fn answers_about_something_else_are_no_answers() {
    let other = json!({ "id": "another", "recorded": null }).to_string() + "\n";
    let mistake = |line: u64, code: &str| {
        let problem = json!({ "type": "x", "title": "x", "status": 422, "detail": "not so", "code": code });
        json!({ "line": line, "problem": problem }).to_string() + "\n"
    };
    let ids: Vec<Value> = corpus::suggestions().take(4).map(|line| serde_json::from_str(&line).unwrap()).collect();
    let known = |number: usize| -> String {
        ids[..number].iter().map(|one| json!({ "id": one["id"], "recorded": null }).to_string() + "\n").collect()
    };
    for (answers, words) in [
        (other, "it answers about another suggestion"),
        (mistake(2, "invalid"), "it answers about another line"),
        (known(4), "it answers more than it was asked"),
        ("\n".to_owned(), "is not what is expected there"),
        (mistake(1, "invalid"), "line 1: not so (invalid)"),
        (mistake(1, "made-up"), "not so (made-up)"),
    ] {
        let stranger = Stranger::answering("200 OK", "Content-Type: application/x-ndjson\r\n", &answers);
        let program = Program::without_home();
        let run = through(&program, &stranger.address, TOKEN, &["evaluate", "-"], corpus::first(3));
        assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:#?}");
        assert!(run.message().contains(words), "{words}: {run:#?}");
    }
}

/// How many events are on record; all of them hold.
fn events(program: &Program) -> u64 {
    let run = program.run(&["ledger", "verify", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.lines()[0]["events"].as_u64().unwrap()
}

#[test]
fn a_connection_that_is_cut_loses_no_line_and_records_none_twice() {
    let program = Program::with_fresh_home();
    configure(&program, "rate = 100000");
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let lines: Vec<String> = corpus::suggestions().take(5 * 150).collect();
    // In the first answer, while ids are compared, in decisions, and one connection after the other.
    for ((most, after), part) in
        [(1, 100), (1, 5_000), (1, 60_000), (1, 200_000), (12, 90_000)].into_iter().zip(lines.chunks(150))
    {
        let before = events(&program);
        let between = Cutting::before(service.place(), most, after);
        let run =
            through(&program, &between.address, &assistant, &["evaluate", "-", "--format", "json"], part.join("\n"));
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "cut after {after}: {run:#?}");
        assert!(between.cuts() >= 1, "cut after {after}");
        let id = |line: &String| serde_json::from_str::<Value>(line).unwrap()["id"].clone();
        let answered: Vec<Value> = run.lines().iter().map(|decision| decision["id"].clone()).collect();
        assert_eq!(answered, part.iter().map(id).collect::<Vec<_>>(), "cut after {after}");
        assert_eq!(events(&program), before + 150, "cut after {after}");
        // What was printed is what is on record.
        let again = program.run(&["evaluate", "-", "--format", "json"], part.join("\n")).lines();
        for (again, first) in again.iter().zip(run.lines()) {
            assert_eq!((&again["ledger"], &again["outcome"]), (&first["ledger"], &first["outcome"]));
        }
    }
}

#[test]
fn a_connection_that_is_always_cut_is_given_up() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let before = events(&program);
    let between = Cutting::before(service.place(), usize::MAX, 100);
    let run = through(&program, &between.address, &assistant, &["evaluate", "-"], corpus::first(3));
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:#?}");
    assert!(run.message().contains("no answer"), "{run:#?}");
    assert_eq!(between.cuts(), 7);
    assert_eq!(events(&program), before);
    // A question for something that is on record is not put again: whoever asked can do that.
    let _ = fails(&between.address, &["ledger", "show", "s-1"], &["no answer"]);
    assert_eq!(between.cuts(), 8);
}

#[test]
fn a_service_that_goes_away_for_good_is_said_to_be_gone_and_the_same_command_goes_on() {
    let program = Program::with_fresh_home();
    configure(&program, "rate = 100000");
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let before = events(&program);
    let file = program.write("suggestions.jsonl", corpus::first(250));
    let command = ["evaluate", &file, "--format", "json"];
    let between = Cutting::once(service.place(), 120_000);
    let first = through(&program, &between.address, &assistant, &command, "");
    let answered = first.lines().len();
    assert!(first.code == Some(3) && (1..250).contains(&answered), "{first:#?}");
    let words =
        format!("stopped at line {}: what was printed is on record, and the same command goes on", answered + 1);
    assert!(first.message().contains(&words) && first.message().contains("no answer"), "{first:#?}");
    let again = through(&program, &service.address, &assistant, &command, "");
    assert_eq!(again.code, Some(0), "{again:#?}");
    let decided = again.lines();
    assert_eq!(decided.len(), 250);
    for (first, again) in first.lines().iter().zip(&decided) {
        assert_eq!((&again["ledger"], &again["repeated"]), (&first["ledger"], &true.into()));
    }
    assert_eq!(events(&program), before + 250);
}

//! The command line pointed at a service says what it says of the deployment's folder, word for word.

mod audits;
mod ledgers;
mod modules;
mod replays;
mod values;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use countersign_tests::service::{Service, configure, token};
use countersign_tests::through::through;
use countersign_tests::{Program, Run, corpus};
use serde_json::{Value, json};

/// A deployment that is served, and tokens of those who ask.
struct Served {
    program: Program,
    service: Service,
    assistant: String,
    auditor: String,
}

impl Served {
    fn new() -> Self {
        Self::and_twin(Program::with_fresh_home()).0
    }

    /// A deployment that did something before, and the same once more for the command line alone.
    fn and_twin(program: Program) -> (Self, Program) {
        configure(&program, "rate = 100000");
        let (assistant, auditor) =
            (token(&program, "enricher", "assistant", &[]), token(&program, "eve", "auditor", &[]));
        let twin = twin(&program);
        let service = Service::start(&program, &[]);
        (Self { program, service, assistant, auditor }, twin)
    }

    fn through(&self, token: &str, arguments: &[&str], input: impl AsRef<[u8]>) -> Run {
        through(&self.program, &self.service.address, token, arguments, input)
    }

    /// Runs a command both ways: what it prints and its exit code are the same. Returns the run through the service.
    fn both(&self, token: &str, arguments: &[&str], input: &str) -> Run {
        let remote = self.through(token, arguments, input);
        let local = self.program.run(arguments, input);
        assert_eq!(remote.stdout, local.stdout, "{arguments:?}: {remote:#?}");
        assert_eq!(remote.code, local.code, "{arguments:?}: {remote:#?} {local:#?}");
        remote
    }

    /// Runs a command that does something, through the service and on the twin's folder, where `alone` is said too: what is
    /// printed and the exit code are the same. Returns the run through the service.
    fn with_twin(&self, twin: &Program, token: &str, arguments: &[&str], alone: &[&str]) -> Run {
        let remote = self.through(token, arguments, "");
        let local = twin.run(&[arguments, alone].concat(), "");
        assert_eq!(remote.stdout, local.stdout, "{arguments:?}: {remote:#?} {local:#?}");
        assert_eq!(remote.code, local.code, "{arguments:?}: {remote:#?} {local:#?}");
        // What is wrong is said in the same words, behind the name of the service.
        let words = local.message().trim_start_matches("error: ").to_owned();
        assert!(remote.message().contains(&words), "{arguments:?}: {words}: {remote:#?}");
        remote
    }

    /// As [`both`](Self::both), and standard error is the same too.
    fn all(&self, token: &str, arguments: &[&str], input: &str) -> Run {
        let remote = self.both(token, arguments, input);
        assert_eq!(remote.stderr, self.program.run(arguments, input).stderr, "{arguments:?}");
        remote
    }

    /// How many events are on record; all of them hold.
    fn events(&self) -> u64 {
        let run = self.program.run(&["ledger", "verify", "--format", "json"], "");
        assert_eq!(run.code, Some(0), "{run:#?}");
        run.lines()[0]["events"].as_u64().unwrap()
    }
}

/// The same deployment once more, for the command line alone.
fn twin(program: &Program) -> Program {
    let twin = Program::without_home();
    assert!(Command::new("cp").arg("-R").args([program.home(), twin.home()]).status().unwrap().success());
    twin
}

fn suggestions(number: usize) -> Vec<Value> {
    corpus::suggestions().take(number).map(|line| serde_json::from_str(&line).unwrap()).collect()
}

fn lines(suggestions: &[Value]) -> String {
    suggestions.iter().flat_map(|one| [one.to_string(), "\n".to_owned()]).collect()
}

/// A decision that was on record when it was asked for, as it was answered first.
fn as_at_first(mut decision: Value) -> Value {
    assert_eq!(decision.as_object_mut().unwrap().remove("repeated"), Some(true.into()), "{decision}");
    decision
}

const EVALUATE: [&str; 4] = ["evaluate", "-", "--format", "json"];

#[test]
fn the_same_decisions_come_in_the_same_order_and_are_on_record_once() {
    let served = Served::new();
    let before = served.events();
    let input = corpus::first(400);
    let first = served.through(&served.assistant, &EVALUATE, &input);
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""), "{first:#?}");
    let decided = first.lines();
    let ids: Vec<&Value> = decided.iter().map(|decision| &decision["id"]).collect();
    let sent = suggestions(400);
    assert_eq!(ids, sent.iter().map(|one| &one["id"]).collect::<Vec<_>>());
    assert_eq!(served.events(), before + 400);
    let seqs: Vec<u64> = decided.iter().map(|decision| decision["ledger"]["seq"].as_u64().unwrap()).collect();
    assert!(seqs.is_sorted(), "they are on record in their order");
    // Sent again, what is on record is answered, both ways.
    let again = served.all(&served.assistant, &EVALUATE, &input);
    assert_eq!(again.lines().into_iter().map(as_at_first).collect::<Vec<_>>(), decided);
    served.all(&served.assistant, &["evaluate", "-"], &input);
    assert_eq!(served.events(), before + 400);
    // The folder of another deployment decides the same.
    let other = Program::with_fresh_home().run(&EVALUATE, &input).lines();
    for (one, other) in decided.iter().zip(&other) {
        let said = |decision: &Value| {
            let codes = |of: &str| -> Vec<Value> {
                decision[of].as_array().unwrap().iter().map(|one| one["code"].clone()).collect()
            };
            (decision["id"].clone(), decision["outcome"].clone(), codes("reasons"), codes("findings"))
        };
        assert_eq!(said(one), said(other));
    }
    let actor = served.service.get(&format!("/v1/decisions/{}", ids[0].as_str().unwrap()), &served.auditor).json();
    assert_eq!(actor["actor"], "enricher", "who decided is who authenticated");
}

#[test]
fn a_dry_run_says_the_same_and_records_nothing() {
    let served = Served::new();
    let input = corpus::first(15);
    let author = token(&served.program, "ada", "author", &[]);
    let before = served.events();
    for token in [&served.assistant, &author] {
        served.all(token, &["evaluate", "-", "--dry-run"], &input);
        let json = served.through(token, &[&EVALUATE[..], &["--dry-run"]].concat(), &input);
        assert_eq!(json.code, Some(0), "{json:#?}");
        assert!(json.lines().iter().all(|decision| decision["ledger"].is_null()));
    }
    assert_eq!(served.events(), before);
    // Who may only try does not record.
    let refused = served.through(&author, &EVALUATE, &input);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(3), ""), "{refused:#?}");
    assert!(refused.message().contains("has not the permission suggest") && refused.message().contains("(forbidden)"));
    assert_eq!(served.events(), before);
}

#[test]
fn a_file_with_a_bad_line_is_refused_whole_or_without_it() {
    let served = Served::new();
    let mut good = suggestions(4);
    for (one, number) in good.iter_mut().zip(0..) {
        one["target"]["id"] = format!("record-{number}").into();
    }
    let first = served.through(&served.assistant, &EVALUATE, lines(&good[..2]));
    assert_eq!(first.code, Some(0), "{first:#?}");
    let (mut other, mut twice) = (good[0].clone(), good[2].clone());
    other["rationale"] = "Something else.".into();
    twice["rationale"] = "Something else.".into();
    let erased = &good[1];
    let target = |key: &str| erased["target"][key].as_str().unwrap();
    let subject = format!("{}/{}/{}", target("system"), target("object"), target("id"));
    let run = served.program.run(&["ledger", "erase", "--subject", &subject, "--reason", "request 1"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let before = served.events();
    let on_record = [other.to_string(), erased.to_string()];
    let bad = [
        "{".to_owned(),
        good[3].to_string().replace("\"confidence\"", "\"confidense\""),
        other.to_string(),
        erased.to_string(),
        format!("{}\n{twice}", good[2]),
        "x".repeat(2 << 20),
    ];
    for line in &bad {
        let input = format!("{}\n\n{line}\n", good[0]);
        for more in [&[][..], &["--format", "json"], &["--dry-run"]] {
            // A dry run looks at nothing that is on record.
            if more == ["--dry-run"] && on_record.contains(line) {
                continue;
            }
            let run = served.all(&served.assistant, &[&["evaluate", "-"], more].concat(), &input);
            assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:#?}");
            assert!(run.message().contains("refused whole"), "{run:#?}");
        }
    }
    assert_eq!(served.events(), before, "nothing of them was decided");
    for line in &bad {
        let input = format!("{}\n{line}\n", good[0]);
        // What is good in it is on record after the first time.
        let _ = served.through(&served.assistant, &["evaluate", "-", "--keep-going"], &input);
        let run = served.all(&served.assistant, &["evaluate", "-", "--keep-going"], &input);
        assert_eq!(run.code, Some(3), "{run:#?}");
    }
    assert_eq!(served.events(), before + 1, "the first of the two with one id");
    for input in ["", "\n \n"] {
        served.all(&served.assistant, &["evaluate", "-"], input);
    }
    served.all(&served.assistant, &["evaluate", "nowhere.jsonl"], "");
}

#[test]
fn decisions_are_shown_and_made_again_in_the_same_words() {
    let served = Served::new();
    let mut sent = suggestions(6);
    sent[0]["id"] = "a/b ?#%2e..é".into();
    sent[1]["id"] = "..".into();
    sent[2]["target"]["id"] = "record-7zq1".into();
    let run = served.through(&served.assistant, &EVALUATE, lines(&sent));
    assert_eq!(run.code, Some(0), "{run:#?}");
    for one in &sent {
        let id = one["id"].as_str().unwrap();
        for format in ["text", "json"] {
            let shown = served.all(&served.auditor, &["ledger", "show", id, "--format", format], "");
            assert!(shown.code == Some(0) && shown.stdout.contains(id), "{shown:#?}");
            let made = served.all(&served.auditor, &["reproduce", id, "--format", format], "");
            assert_eq!(made.code, Some(0), "{made:#?}");
        }
    }
    for command in [&["ledger", "show", "nobody"][..], &["reproduce", "nobody"]] {
        let run = served.both(&served.auditor, command, "");
        assert_eq!(run.code, Some(3));
        assert!(run.message().contains("no decision about the suggestion `nobody` is on record"), "{run:#?}");
    }
    // Who may not see values is shown the rest.
    let operator = token(&served.program, "ops", "operator", &[]);
    let id = sent[2]["id"].as_str().unwrap();
    let shown = served.through(&operator, &["ledger", "show", id], "");
    assert!(shown.code == Some(0) && shown.stdout.contains("its values are not shown"), "{shown:#?}");
    let json = served.through(&operator, &["ledger", "show", id, "--format", "json"], "");
    assert!(json.lines()[0]["outcome"].is_string() && !json.stdout.contains("7zq1"), "{json:#?}");
    // An assistant sees what it suggested itself.
    let another = token(&served.program, "another", "assistant", &[]);
    assert_eq!(served.through(&served.assistant, &["ledger", "show", id], "").code, Some(0));
    assert_eq!(served.through(&another, &["ledger", "show", id], "").code, Some(3));
    // What was erased is said to be.
    let target = |key: &str| sent[2]["target"][key].as_str().unwrap();
    let subject = format!("{}/{}/{}", target("system"), target("object"), target("id"));
    let run = served.program.run(&["ledger", "erase", "--subject", &subject, "--reason", "request 1"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    for format in ["text", "json"] {
        let shown = served.all(&served.auditor, &["ledger", "show", id, "--format", format], "");
        assert!(shown.stdout.contains("request 1"), "{shown:#?}");
    }
    let made = served.all(&served.auditor, &["reproduce", id], "");
    assert!(made.code == Some(3) && made.message().contains("its values were erased"), "{made:#?}");
}

#[test]
fn what_others_keep_is_the_same() {
    let served = Served::new();
    let run = served.through(&served.assistant, &EVALUATE, corpus::first(20));
    assert_eq!(run.code, Some(0), "{run:#?}");
    let id = run.lines()[3]["id"].as_str().unwrap().to_owned();
    let out = served.program.folder().join("out").to_str().unwrap().to_owned();
    for format in ["text", "json"] {
        let key = served.all(&served.auditor, &["ledger", "key", "--format", format], "");
        assert_eq!(key.code, Some(0), "{key:#?}");
        served.all(&served.auditor, &["ledger", "checkpoint", "--format", format], "");
        for command in [&["ledger", "checkpoint"][..], &["ledger", "prove", &id]] {
            let command = [command, &["--out", &out, "--format", format]].concat();
            let remote = served.through(&served.auditor, &command, "");
            let theirs = fs::read(&out).unwrap();
            let local = served.program.run(&command, "");
            assert_eq!((&remote.stdout, remote.code), (&local.stdout, Some(0)), "{remote:#?}");
            assert_eq!(theirs, fs::read(&out).unwrap(), "{command:?}");
        }
    }
    let key = served.program.run(&["ledger", "key"], "").stdout;
    let verified = served.program.run(&["ledger", "verify", "--proof", &out, "--key", key.trim()], "");
    assert_eq!(verified.code, Some(0), "{verified:#?}");
    fs::remove_file(&out).unwrap();
    let none = served.both(&served.auditor, &["ledger", "prove", "nobody", "--out", &out], "");
    assert!(none.message().contains("`nobody`") && !fs::exists(&out).unwrap(), "{none:#?}");
    // A proof holds values: who may not have it gets none.
    let refused = served.through(&served.assistant, &["ledger", "prove", &id, "--out", &out], "");
    assert!(refused.code == Some(3) && refused.message().contains("permission prove"), "{refused:#?}");
    assert!(!fs::exists(&out).unwrap());
}

#[test]
fn tokens_are_created_listed_and_revoked_by_who_authenticated() {
    let served = Served::new();
    let admin = token(&served.program, "root", "admin", &[]);
    let create = ["token", "create", "crm", "--role", "assistant", "--only", "check", "--expires", "2099-01-01"];
    let made = served.through(&admin, &[&create[..], &["--format", "json"]].concat(), "").lines().swap_remove(0);
    assert_eq!(made["expires_at"], "2099-01-01T00:00:00Z");
    let text = served.through(&admin, &create, "");
    assert!(text.code == Some(0) && text.stderr.contains("good until 2099-01-01 00:00 UTC"), "{text:#?}");
    for new in [made["token"].as_str().unwrap(), text.stdout.trim()] {
        assert_eq!(served.service.get("/v1/whoami", new).json()["permissions"], json!(["check"]));
    }
    for format in ["text", "json"] {
        let listed = served.all(&admin, &["token", "list", "--format", format], "");
        assert!(listed.stdout.contains("crm") && listed.stdout.contains("root"), "{listed:#?}");
    }
    // What is refused is refused in the same words.
    for wrong in [
        &["token", "create", "Ada", "--role", "assistant"][..],
        &["token", "create", "crm", "--role", "auditor", "--only", "manage-tokens"],
        &["token", "create", "crm", "--role", "auditor", "--expires", "2020-01-01"],
        &["token", "revoke", "999999", "--reason", "lost"],
    ] {
        let run = served.both(&admin, wrong, "");
        assert_eq!(run.code, Some(3), "{run:#?}");
        let local = served.program.run(wrong, "").message();
        let words = local.trim_start_matches("error: ");
        assert!(run.message().contains(words), "{words}: {run:#?}");
    }
    let number = made["number"].to_string();
    let revoke = ["token", "revoke", &number, "--reason", "no longer needed: 50 % & more", "--format", "json"];
    let gone = served.through(&admin, &revoke, "").lines().swap_remove(0);
    assert_eq!(gone["number"], made["number"]);
    assert_eq!(served.service.get("/v1/whoami", made["token"].as_str().unwrap()).status, 401);
    let export = served.program.run(&["ledger", "export", "--as", "jsonl"], "");
    let revoked = export.lines().into_iter().find(|event| event["seq"] == gone["event"]).unwrap();
    assert_eq!((&revoked["kind"], &revoked["actor"]), (&"token-revoked".into(), &"root".into()), "{revoked}");
    assert!(revoked.to_string().contains("no longer needed: 50 % & more"), "{revoked}");
    // A token that was revoked opens nothing any more.
    let listed = served.program.run(&["token", "list", "--format", "json"], "").lines().swap_remove(0);
    let own = listed.as_array().unwrap().iter().find(|one| one["name"] == "root").unwrap()["number"].to_string();
    let run = served.through(&admin, &["token", "revoke", &own, "--reason", "done"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let refused = served.through(&admin, &["token", "list"], "");
    assert!(refused.code == Some(3) && refused.message().contains("(unauthenticated)"), "{refused:#?}");
}

#[test]
fn a_role_does_what_it_may_and_is_told_what_it_may_not() {
    let served = Served::new();
    let out = served.program.folder().join("out").to_str().unwrap().to_owned();
    let commands: [(&[&str], &str, &[&str]); 6] = [
        (&["evaluate", "-"], "suggest", &["assistant"]),
        (&["evaluate", "-", "--dry-run"], "suggest or check", &["assistant", "author"]),
        (&["ledger", "checkpoint"], "read-ledger", &["compliance", "operator", "auditor", "admin"]),
        (&["ledger", "prove", "s", "--out", &out], "prove", &["compliance", "auditor"]),
        (&["reproduce", "s"], "reproduce", &["compliance", "author", "approver", "auditor"]),
        (&["token", "list"], "manage-tokens", &["admin"]),
    ];
    for role in ["assistant", "reviewer", "compliance", "author", "approver", "operator", "auditor", "admin"] {
        let token = token(&served.program, "somebody", role, &[]);
        for (command, permission, may) in &commands {
            let run = served.through(&token, command, corpus::first(1));
            let refused = run.message().contains(&format!("permission {permission}; "));
            assert_eq!(refused, !may.contains(&role), "{command:?} as {role}: {run:#?}");
            assert!(!refused || (run.code == Some(3) && run.stdout.is_empty()), "{run:#?}");
        }
    }
}

#[test]
fn the_doctor_says_how_the_service_is() {
    let served = Served::new();
    let run = served.through(&served.assistant, &["doctor", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let said = run.lines().swap_remove(0);
    let checks: BTreeSet<_> =
        said["checks"].as_array().unwrap().iter().map(|one| one["check"].as_str().unwrap().to_owned()).collect();
    let all = ["service", "ledger", "disk", "queue", "configuration", "token"].map(str::to_owned);
    assert_eq!((&said["ok"], checks), (&true.into(), BTreeSet::from(all)), "{said}");
    assert!(served.through(&served.assistant, &["doctor"], "").stdout.contains("enricher (assistant), good until"));
    let forged = served.through("cs_forged", &["doctor"], "");
    assert!(forged.code == Some(1) && forged.stdout.contains("no  token"), "{forged:#?}");
    // What it could not load is not well.
    fs::write(served.program.home().join("catalogue.toml"), "]").unwrap();
    served.service.signal("-HUP");
    served.service.wait_for("not loaded again");
    let ill = served.through(&served.assistant, &["doctor"], "");
    assert!(ill.code == Some(1) && ill.stdout.contains("no  configuration"), "{ill:#?}");
}

#[test]
fn a_service_with_a_certificate_of_its_own_is_asked_when_it_is_trusted() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = program.write("certificate.pem", made.cert.pem());
    let key = program.write("key.pem", made.signing_key.serialize_pem());
    let service = Service::start(&program, &["--tls-cert", &certificate, "--tls-key", &key]);
    let address = format!("https://localhost:{}", service.place().split_once(':').unwrap().1);
    let trusting = [&EVALUATE[..], &["--authorities", &certificate]].concat();
    let run = through(&program, &address, &assistant, &trusting, corpus::first(100));
    assert_eq!((run.code, run.lines().len()), (Some(0), 100), "{run:#?}");
    for more in [&[][..], &["--authorities", &key], &["--authorities", "nowhere.pem"]] {
        let run = through(&program, &address, &assistant, &[&EVALUATE[..], more].concat(), corpus::first(1));
        assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{more:?}: {run:#?}");
    }
    // Without TLS, other machines are never asked.
    let run = through(&program, "http://example.com", &assistant, &EVALUATE, corpus::first(1));
    assert!(run.code == Some(2) && run.message().contains("https://"), "{run:#?}");
}

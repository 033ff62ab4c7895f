//! Sets over the network: brought into force while the service decides, and by whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use countersign_tests::service::{Answer, Service, code, configure, token};
use countersign_tests::through::through;
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};

/// A set that applies what an assistant is so confident of, as a file of the deployment, with its lock.
fn write(program: &Program, name: &str, threshold: &str) {
    let text = format!(
        "name = \"{name}\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"confidence@1\"\nsettings = {{ threshold = {threshold} }}\n"
    );
    fs::write(program.home().join(format!("sets/{name}.toml")), text).unwrap();
    let run = program.run(&["set", "lock", name], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

/// Those who bring sets into force, and a service that they ask.
struct Place {
    service: Service,
    author: String,
    approver: String,
    operator: String,
    assistant: String,
}

impl Place {
    fn start(program: &Program) -> Self {
        configure(program, "rate = 1000000");
        let [author, approver, operator] =
            ["author", "approver", "operator"].map(|role| token(program, &format!("a-{role}"), role, &[]));
        let assistant = token(program, "enricher", "assistant", &[]);
        Self { service: Service::start(program, &[]), author, approver, operator, assistant }
    }

    fn post(&self, path: &str, body: &Value, token: &str) -> Answer {
        self.service.post(path, &body.to_string(), token)
    }

    fn propose(&self, set: &str) -> Value {
        created(&self.post("/v1/proposals", &json!({ "set": set, "reason": "case 7" }), &self.author))
    }

    fn approve(&self, proposal: &Value, token: &str) -> Answer {
        let path = format!("/v1/proposals/{}/approvals", proposal["seq"]);
        self.post(&path, &json!({ "digest": proposal["set"]["digest"], "reason": "looked at it" }), token)
    }

    fn activate(&self, proposal: &Value) -> Answer {
        self.post("/v1/activations", &json!({ "proposal": proposal["seq"], "reason": "approved" }), &self.operator)
    }

    /// Brings a set into force as it should be.
    fn bring(&self, set: &str) -> Value {
        let proposal = self.propose(set);
        created(&self.approve(&proposal, &self.approver));
        created(&self.activate(&proposal))
    }

    fn status(&self) -> Value {
        self.service.get("/v1/activations", &self.author).json()
    }

    /// The set that decides about the next suggestion.
    fn decides(&self, number: usize) -> Value {
        self.service.suggest(&corpus::suggestions().nth(number).unwrap(), &self.assistant).json()["set"].clone()
    }
}

fn created(answer: &Answer) -> Value {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

#[test]
fn who_proposes_does_not_approve_and_nobody_approves_what_they_did_not_see() {
    let program = Program::with_fresh_home();
    write(&program, "looser", "0.2");
    let place = Place::start(&program);
    let proposal = place.propose("looser");
    assert_eq!(proposal["by"], "a-author", "the actor is who authenticated");
    assert_eq!(code(&place.activate(&proposal)), (409, "not-in-force".into()));
    // The same person with another role is still the same person.
    let other = token(&program, "a-author", "approver", &[]);
    assert_eq!(code(&place.approve(&proposal, &other)), (403, "forbidden".into()));
    // A role that may approve, but that does not count here.
    let compliance = token(&program, "cleo", "compliance", &[]);
    assert_eq!(code(&place.approve(&proposal, &compliance)), (403, "forbidden".into()));
    for role in ["author", "operator", "admin"] {
        let token = token(&program, "somebody", role, &[]);
        assert_eq!(place.approve(&proposal, &token).status, 403, "{role}");
    }
    let mut unseen = proposal.clone();
    unseen["set"]["digest"] = format!("sha256:{}", "0".repeat(64)).into();
    assert_eq!(code(&place.approve(&unseen, &place.approver)), (409, "not-in-force".into()));
    unseen["seq"] = json!(999_999);
    assert_eq!(code(&place.approve(&unseen, &place.approver)), (404, "not-found".into()));
    let approved = created(&place.approve(&proposal, &place.approver));
    assert_eq!((&approved["given"], &approved["approvals"][0]["role"]), (&json!(1), &json!("approver")));
    assert_eq!(code(&place.approve(&proposal, &place.approver)), (409, "not-in-force".into()));
    let activation = created(&place.activate(&proposal));
    assert_eq!((&activation["by"], &activation["proposal"]), (&json!("a-operator"), &proposal["seq"]));
    assert_eq!(place.decides(0)["digest"], proposal["set"]["digest"], "it decides when that is answered");
    for wrong in [json!({}), json!({ "set": "../looser", "reason": "r" }), json!({ "set": "none", "reason": "r" })] {
        assert_eq!(place.post("/v1/proposals", &wrong, &place.author).status, 422, "{wrong}");
    }
    let same = place.post("/v1/proposals", &json!({ "set": "looser", "reason": "r" }), &place.author);
    assert_eq!(code(&same), (409, "not-in-force".into()));
    let difference = place.service.get("/v1/differences?from=crm-default&to=active", &place.author);
    assert_eq!(difference.json()["to"]["name"], "looser", "{difference:?}");
    assert_eq!(place.service.get("/v1/differences?from=..%2Fx&to=active", &place.author).status, 400);
}

#[test]
fn a_freeze_and_a_rollback_hold_at_once_and_say_who() {
    let program = Program::with_fresh_home();
    write(&program, "looser", "0.2");
    let place = Place::start(&program);
    let first = place.decides(0);
    place.bring("looser");
    assert_eq!(place.decides(1)["name"], "looser");
    let why = json!({ "reason": "too many complaints" });
    for role in [&place.author, &place.assistant] {
        for path in ["/v1/freezes", "/v1/thaws", "/v1/rollbacks"] {
            assert_eq!(place.post(path, &why, role).status, 403, "{path}");
        }
    }
    assert_eq!(code(&place.post("/v1/thaws", &why, &place.operator)), (409, "not-in-force".into()));
    created(&place.post("/v1/freezes", &why, &place.operator));
    let answer = place.service.suggest(&corpus::suggestions().nth(2).unwrap(), &place.assistant).json();
    assert_eq!((&answer["outcome"], &answer["reasons"][0]["code"]), (&json!("review"), &json!("countersign.frozen")));
    assert_eq!(place.status()["frozen"], true);
    created(&place.post("/v1/thaws", &why, &place.operator));
    assert_eq!(place.decides(3)["name"], "looser");
    let back = created(&place.post("/v1/rollbacks", &why, &place.approver));
    assert_eq!((&back["by"], &back["reason"]), (&json!("a-approver"), &json!("too many complaints")));
    assert_eq!(place.decides(4), first);
    assert_eq!(code(&place.post("/v1/rollbacks", &why, &place.approver)), (409, "not-in-force".into()));
}

#[test]
fn the_command_line_does_the_same_through_a_service() {
    let program = Program::with_fresh_home();
    write(&program, "looser", "0.2");
    let place = Place::start(&program);
    let run = |token: &str, arguments: &[&str]| {
        let command = [&["set"], arguments, &["--format", "json"]].concat();
        let run = through(&program, &place.service.address, token, &command, "");
        assert_eq!(run.code, Some(0), "{run:#?}");
        run.lines().swap_remove(0)
    };
    let proposal = run(&place.author, &["propose", "looser", "--reason", "r"]);
    let digest = proposal["set"]["digest"].as_str().unwrap();
    run(&place.approver, &["approve", &digest[..20], "--reason", "r"]);
    run(&place.operator, &["activate", "looser", "--reason", "r"]);
    assert_eq!(place.decides(0)["name"], "looser");
    run(&place.operator, &["freeze", "--reason", "r"]);
    run(&place.operator, &["thaw", "--reason", "r"]);
    run(&place.operator, &["rollback", "--reason", "r"]);
    let there = run(&place.author, &["status"]);
    let here: Value = serde_json::from_str(&program.run(&["set", "status", "--format", "json"], "").stdout).unwrap();
    for key in ["active", "frozen", "in_force", "previous", "proposals"] {
        assert_eq!(there[key], here[key], "{key}");
    }
    let by =
        through(&program, &place.service.address, &place.operator, &["set", "thaw", "--reason", "r", "--by", "me"], "");
    assert!(by.code == Some(2) && by.message().contains("--by"), "{by:#?}");
}

#[test]
fn a_service_says_which_set_decides_in_it_and_takes_over_what_another_process_activates() {
    let program = Program::with_fresh_home();
    write(&program, "looser", "0.2");
    let place = Place::start(&program);
    let status = place.status();
    assert_eq!(status["instances"][0]["standing"], "current", "{status}");
    assert_eq!(status["instances"][0]["process"], place.service.process());
    program.activate("looser");
    let newest = place.status()["active"]["seq"].clone();
    let begun = Instant::now();
    loop {
        let status = place.status();
        let own = &status["instances"][0];
        if own["change"] == newest {
            assert_eq!((&own["standing"], &own["set"]["name"]), (&json!("current"), &json!("looser")), "{status}");
            break;
        }
        assert!(begun.elapsed() < Duration::from_mins(5), "it was never taken over: {status}");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(place.decides(0)["name"], "looser");
    let (code, log) = place.service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    let gone = program.run(&["set", "status"], "");
    assert!(gone.stdout.contains("No service runs."), "{gone:#?}");
}

/// How often the set changes under load.
const SWAPS: usize = 200;

#[test]
fn every_decision_is_made_by_exactly_one_set_while_two_hundred_come_into_force() {
    let program = Program::with_fresh_home();
    write(&program, "stricter", "0.99");
    write(&program, "looser", "0.2");
    let place = Place::start(&program);
    let lines: Vec<String> = corpus::suggestions().collect();
    let over = AtomicBool::new(false);
    // Each of four asks one suggestion after the other until all the swaps are done.
    let (answers, digests) = thread::scope(|scope| {
        let asking: Vec<_> = (0..4)
            .map(|first| {
                let (place, lines, over) = (&place, &lines, &over);
                scope.spawn(move || {
                    let mine = lines.iter().skip(first).step_by(4);
                    let open = mine.take_while(|_| !over.load(Ordering::Relaxed));
                    open.map(|line| place.service.suggest(line, &place.assistant)).collect::<Vec<_>>()
                })
            })
            .collect();
        let mut digests = BTreeSet::from([place.status()["active"]["set"]["digest"].to_string()]);
        for swap in 0..SWAPS {
            let activation = place.bring(["stricter", "looser"][swap % 2]);
            digests.insert(activation["set"]["digest"].to_string());
        }
        over.store(true, Ordering::Relaxed);
        (asking.into_iter().flat_map(|asked| asked.join().unwrap()).collect::<Vec<_>>(), digests)
    });
    assert!(answers.iter().all(|answer| answer.status == 200), "nobody was refused");
    let mut by_set: BTreeMap<String, usize> = BTreeMap::new();
    for answer in &answers {
        let answer = answer.json();
        assert!(answer["repeated"].is_null(), "nothing was judged two times: {answer}");
        *by_set.entry(answer["set"]["digest"].to_string()).or_default() += 1;
    }
    println!("{} decisions while {SWAPS} sets came into force: {by_set:?}", answers.len());
    assert_eq!(by_set.keys().cloned().collect::<BTreeSet<_>>(), digests, "each set decided something");
    let (stopped, log) = place.service.stop();
    assert_eq!(stopped, Some(0), "{log:#?}");
    // What was answered is what is on record, and what is on record is what the set of its digest decides.
    let export = program.run(&["ledger", "export", "--as", "jsonl"], "").stdout;
    let events: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let recorded: BTreeMap<&str, &Value> =
        events.iter().filter_map(|event| Some((event["suggestion_id"].as_str()?, &event["set_digest"]))).collect();
    for answer in &answers {
        let answer = answer.json();
        assert_eq!(recorded[answer["id"].as_str().unwrap()], &answer["set"]["digest"], "{answer}");
    }
    assert_eq!(recorded.len(), answers.len());
    assert_eq!(events.iter().filter(|event| event["kind"] == "activated").count(), SWAPS + 1);
    for arguments in [&["ledger", "verify"][..], &["reproduce", "--all"]] {
        let run = program.run(arguments, "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
}

//! A set that is tried on a part of the records while a service decides: it ends and goes on by itself, outlives the service, and
//! is moved and seen by those who may.

use std::thread;
use std::time::{Duration, Instant};

use countersign_tests::Program;
use countersign_tests::browser::{ask, header, status};
use countersign_tests::canary::{LOOSER, SAME, again, approved, arms, lines, looser, same};
use countersign_tests::said::holds;
use countersign_tests::service::{Answer, Service, code, configure, token};
use countersign_tests::through::through;
use serde_json::{Value, json};

fn created(answer: &Answer) -> Value {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

/// A service, an operator of it, and an assistant.
struct Place {
    service: Service,
    operator: String,
    assistant: String,
}

impl Place {
    fn start(program: &Program) -> Self {
        configure(program, "rate = 1000000");
        let operator = token(program, "opal", "operator", &[]);
        let assistant = token(program, "enricher", "assistant", &[]);
        Self { service: Service::start(program, &[]), operator, assistant }
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.service.post(path, &body.to_string(), &self.operator)
    }

    fn begin(&self, proposal: &Value, plan: &Value) -> Answer {
        let digest = &proposal["set"]["digest"];
        let body = json!({ "proposal": proposal["seq"], "digest": digest, "plan": plan, "reason": "case 7" });
        self.post("/v1/canaries", &body)
    }

    fn status(&self) -> Value {
        self.service.get("/v1/activations", &self.operator).json()
    }

    /// The answers to some suggestions.
    fn decide(&self, lines: &str) -> Vec<Value> {
        let answer = self.service.batch(lines, &self.assistant);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.lines()
    }

    /// What is shown of the canary, when it is counted up to what was decided.
    fn counted(&self) -> Value {
        let report = || self.service.get("/v1/canaries", &self.operator).json()["canaries"][0].clone();
        until(report, |report| report["behind"] == 0)
    }

    /// Waits until one set decides about everything, for what comes after some suggestions.
    fn decides_alone(&self, set: &Value, from: usize) {
        let mut next = from;
        let answer = || {
            next += 1;
            self.decide(&lines(next, 1)).swap_remove(0)
        };
        let first = until(answer, |answer| answer["canary"].is_null());
        assert_eq!(&first["set"], set, "{first}");
        for answer in self.decide(&lines(next + 1, 20)) {
            assert_eq!((&answer["set"], &answer["canary"]), (set, &Value::Null), "{answer}");
        }
    }
}

/// Looks until it is so.
fn until(mut look: impl FnMut() -> Value, is_so: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let found = look();
        if is_so(&found) {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_mins(5), "it never was so: {found:#}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_bad_set_ends_by_itself_while_a_service_decides() {
    let program = Program::with_fresh_home();
    looser(&program);
    let proposal = approved(&program, LOOSER);
    let place = Place::start(&program);
    let against = place.status()["active"]["set"].clone();
    let canary = created(&place.begin(&proposal, &json!({ "steps": ["50%", "100%"] })));
    assert_eq!((&canary["by"], &canary["against"]), (&json!("opal"), &against));
    // It decides when that is answered, until a gate fails.
    let sent = lines(0, 300);
    let answers = place.decide(&sent);
    assert!(!answers[0]["canary"].is_null(), "{}", answers[0]);
    let tried = answers.iter().filter(|answer| !answer["canary"].is_null()).count();
    let sent: String = sent.lines().take(tried).map(|line| line.to_owned() + "\n").collect();
    let _ = arms(&sent, &answers[..tried], &canary, &against);
    let ended = until(|| place.status(), |status| status["canary"].is_null())["ended_canary"].clone();
    assert_eq!((&ended["cause"], &ended["by"]), (&json!("gate"), &json!("countersign")), "{ended:#}");
    assert!(ended["reason"].as_str().unwrap().contains("disagreement"), "{ended:#}");
    place.decides_alone(&against, 300);
    let shown = place.service.get("/v1/canaries", &place.operator);
    assert_eq!(shown.json(), json!({ "canaries": [] }));
    let (code, log) = place.service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    holds(&program);
}

#[test]
fn a_good_set_outlives_the_service_and_comes_into_force_by_itself() {
    let program = Program::with_fresh_home();
    same(&program);
    let proposal = approved(&program, SAME);
    let mut place = Place::start(&program);
    let against = place.status()["active"]["set"].clone();
    let gates = json!({
        "samples": 60, "faults": "50%", "disagreement": "40%", "overrides": "50%", "corrections": "50%",
        "review-load": null, "fuel": "40%",
    });
    let plan = json!({ "steps": ["50%", "100%"], "auto": true, "gates": gates });
    let canary = created(&place.begin(&proposal, &plan));
    let sent = lines(0, 40);
    let first = arms(&sent, &place.decide(&sent), &canary, &against);
    let before = place.counted();
    assert_eq!((&before["seq"], &before["gates"]["standing"]), (&canary["seq"], &json!("holds")), "{before:#}");

    // Another process counts the same, and knows the same records.
    let (code, log) = place.service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    place.service = Service::start(&program, &[]);
    assert_eq!(place.counted()["gates"]["counts"], before["gates"]["counts"]);
    let sent = again(40, 1);
    for (record, inside) in arms(&sent, &place.decide(&sent), &canary, &against) {
        assert_eq!(first[&record], inside, "{record}");
    }
    assert_eq!(place.counted()["step"], 0, "the same records once more are no more records");

    // When enough is counted, nobody need do anything.
    let sent = lines(40, 600);
    let (mut tried, mut meant) = (Vec::new(), String::new());
    for (line, answer) in sent.lines().zip(place.decide(&sent)) {
        if answer["canary"].is_null() {
            assert_eq!(answer["set"], proposal["set"], "{answer}");
        } else {
            meant.push_str(line);
            meant.push('\n');
            tried.push(answer);
        }
    }
    let _ = arms(&meant, &tried, &canary, &against);
    let now = until(|| place.status(), |status| status["canary"].is_null());
    let active = &now["active"];
    assert_eq!((&active["cause"], &active["set"]), (&json!("canary"), &proposal["set"]), "{now:#}");
    assert_eq!((&active["by"], &active["proposal"]), (&json!("countersign"), &proposal["seq"]));
    place.decides_alone(&proposal["set"], 640);
    let (code, log) = place.service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    let run = program.run(&["reproduce", "--all"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn who_may_not_is_refused_and_what_cannot_be_is_said() {
    let program = Program::with_fresh_home();
    same(&program);
    let proposal = approved(&program, SAME);
    let place = Place::start(&program);
    let [author, auditor, compliance] =
        ["author", "auditor", "compliance"].map(|role| token(&program, &format!("a-{role}"), role, &[]));
    let plan = json!({ "steps": ["50%", "100%"] });
    let wanted = json!({ "proposal": proposal["seq"], "plan": plan, "reason": "case 7" });
    let why = json!({ "reason": "seen enough" });
    for (path, body) in [("/v1/canaries", &wanted), ("/v1/canaries/promote", &why), ("/v1/canaries/end", &why)] {
        for token in [&author, &auditor, &place.assistant] {
            let refused = place.service.post(path, &body.to_string(), token);
            assert_eq!(code(&refused), (403, "forbidden".into()), "{path}");
        }
    }
    // Who may end it need not be one who may begin it.
    assert_eq!(place.service.post("/v1/canaries", &wanted.to_string(), &compliance).status, 403);
    assert_eq!(place.service.get("/v1/canaries", &place.assistant).status, 403);
    assert_eq!(place.service.get("/v1/canaries", &auditor).json(), json!({ "canaries": [] }));
    for path in ["/v1/canaries/promote", "/v1/canaries/end"] {
        assert_eq!(code(&place.post(path, &why)), (409, "not-in-force".into()), "{path}");
    }
    for (wrong, key) in [
        (json!({ "steps": ["100%"] }), "plan"),
        (json!({ "steps": [] }), "plan"),
        (json!({ "steps": ["10%", "5%", "100%"] }), "plan"),
        (json!({ "steps": ["5%", "50%"] }), "plan"),
        (json!({ "steps": ["5%", "100%"], "segment": "" }), "plan"),
        (json!({ "steps": ["5", "100%"] }), "plan.steps[0]"),
        (json!({ "steps": ["5%", "100%"], "gates": { "faults": 2 } }), "plan.gates.faults"),
    ] {
        let refused = place.begin(&proposal, &wrong);
        assert_eq!((code(&refused), &refused.json()["key"]), ((422, "invalid".into()), &json!(key)), "{wrong}");
    }
    let odd = json!({ "steps": ["5%", "100%"], "gates": { "colour": "2%" } });
    assert_eq!(code(&place.begin(&proposal, &odd)), (422, "invalid".into()));
    let mut unseen = proposal.clone();
    unseen["set"]["digest"] = format!("sha256:{}", "0".repeat(64)).into();
    assert_eq!(code(&place.begin(&unseen, &plan)), (409, "not-in-force".into()));
    unseen["seq"] = json!(999_999);
    assert_eq!(code(&place.begin(&unseen, &plan)), (404, "not-found".into()));
    assert_eq!(place.status()["canary"], Value::Null);

    let canary = created(&place.post("/v1/canaries", &wanted));
    assert_eq!(code(&place.begin(&proposal, &plan)), (409, "not-in-force".into()), "one at a time");
    let activate = place.post("/v1/activations", &json!({ "proposal": proposal["seq"], "reason": "r" }));
    assert_eq!(code(&activate), (409, "not-in-force".into()));
    let promote = place.post("/v1/canaries/promote", &why);
    assert_eq!(code(&promote), (409, "not-in-force".into()));
    assert!(promote.json()["detail"].as_str().unwrap().contains("stays at 50%: samples: 0 records"), "{promote:?}");
    let ended = created(&place.service.post("/v1/canaries/end", &why.to_string(), &compliance));
    assert_eq!((&ended["by"], &ended["cause"]), (&json!("a-compliance"), &json!("person")));
    assert_eq!(ended["canary"]["seq"], canary["seq"]);
    assert_eq!(place.status()["ended_canary"], ended);
}

#[test]
fn the_command_line_does_and_shows_the_same_through_a_service() {
    let program = Program::with_fresh_home();
    same(&program);
    let proposal = approved(&program, SAME);
    let number = proposal["seq"].to_string();
    let place = Place::start(&program);
    let run = |arguments: &[&str]| {
        through(&program, &place.service.address, &place.operator, &[&["set"], arguments].concat(), "")
    };
    let done = |arguments: &[&str]| {
        let run = run(&[arguments, &["--reason", "r", "--format", "json"]].concat());
        assert_eq!(run.code, Some(0), "{run:#?}");
        run.lines().swap_remove(0)
    };
    assert_eq!(run(&["canary"]).code, Some(1));
    let begun = done(&["canary", SAME, "--plan", "50%,100%", "--gate", "samples=500"]);
    assert_eq!((&begun["proposal"], &begun["plan"]["gates"]["samples"]), (&proposal["seq"], &json!(500)));
    place.decide(&lines(0, 100));
    let shown = place.counted();
    for read in [run(&["canary", "--format", "json"]), program.run(&["set", "canary", "--format", "json"], "")] {
        assert_eq!(serde_json::from_str::<Value>(&read.stdout).unwrap(), shown, "{read:#?}");
    }
    let text = run(&["canary"]).stdout;
    assert!(text.contains("canary    crm-default@1.1.0") && text.contains("… inconclusive"), "{text}");
    assert!(run(&["status"]).stdout.contains("50% of the records, step 1 of 2, next 100%"));
    let refused = run(&["promote", "--reason", "r"]);
    assert!(refused.code == Some(3) && refused.message().contains("stays at 50%"), "{refused:#?}");
    for arguments in [&["promote", "--reason", "r"][..], &["canary", &number, "--plan", "5%,100%", "--reason", "r"]] {
        let by = run(&[arguments, &["--by", "me"]].concat());
        assert!(by.code == Some(2) && by.message().contains("--by"), "{by:#?}");
    }
    let back = done(&["rollback"]);
    assert_eq!((&back["set"], &back["ended"]["canary"]["seq"]), (&begun["against"], &begun["seq"]));
    assert!(run(&["status"]).stdout.contains("ended     crm-default@1.1.0"));
    // Nobody promotes what does not run.
    let none = run(&["promote", "--reason", "r"]);
    assert!(none.code == Some(3) && none.message().contains("no set is tried"), "{none:#?}");
    done(&["canary", &number, "--plan", "50%,100%"]);
    assert_eq!(done(&["canary", "--stop"])["cause"], "person");
}

#[test]
fn the_page_shows_its_steps_and_gates_with_the_buttons_of_those_who_may() {
    let program = Program::with_fresh_home();
    same(&program);
    let proposal = approved(&program, SAME);
    let auditor = token(&program, "eve", "auditor", &[]);
    let place = Place::start(&program);
    created(&place.begin(&proposal, &json!({ "steps": ["50%", "80%", "100%"] })));
    place.decide(&lines(0, 40));
    place.counted();
    let own = place.service.address.as_str();
    let sign_in = |token: &str| {
        let answer = ask(&place.service, "POST", "/login", &[("Origin", own)], &format!("token={token}"));
        header(&answer, "set-cookie").split(';').next().unwrap().to_owned()
    };
    let (looks, acts) = (sign_in(&auditor), sign_in(&place.operator));
    let page = |cookie: &str| ask(&place.service, "GET", "/sets", &[("Cookie", cookie)], "");
    let press = |cookie: &str, what: &str| {
        let form = format!("what={what}&reason=seen");
        status(&ask(&place.service, "POST", "/sets", &[("Origin", own), ("Cookie", cookie)], &form)).to_owned()
    };
    for (cookie, may) in [(&looks, false), (&acts, true)] {
        let shown = page(cookie);
        for words in ["Tried on a part of the records", "aria-current=\"step\"", "… inconclusive", "samples", "80%"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        assert!(!shown.contains(" style="), "no style beside the style sheet");
        for button in ["value=\"promote\"", "value=\"end-canary\""] {
            assert_eq!(shown.contains(button), may, "{button}");
        }
        assert!(!shown.contains("value=\"activate\""), "nothing else comes into force meanwhile");
    }
    for what in ["promote", "end-canary"] {
        assert_eq!(press(&looks, what), "403", "{what}");
    }
    assert_eq!(press(&acts, "promote"), "409", "its gates have not passed");
    assert_eq!(press(&acts, "end-canary"), "303");
    let shown = page(&looks);
    assert!(shown.contains("Tried and ended") && shown.contains("(person): seen"), "{shown}");
    assert!(!shown.contains("Tried on a part of the records"));
}

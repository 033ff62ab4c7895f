//! Webhooks: everything that is recorded arrives, in order, whoever fails meanwhile; and nothing that was not asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use countersign_tests::chance::Chance;
use countersign_tests::receiver::{Receiver, Reply, Told};
use countersign_tests::service::{Service, configure, token};
use countersign_tests::snapshot::assert_snapshot;
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};

/// What a configuration says of a webhook, whose secret is made.
fn webhook(program: &Program, name: &str, url: &str, more: &str) -> String {
    let file = program.home().join(format!("{name}.secret"));
    let run = program.run(&["webhook", "secret", file.to_str().unwrap()], "");
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:#?}");
    format!("[[serve.webhooks]]\nname = {name:?}\nurl = {url:?}\nsecret-file = \"{name}.secret\"\n{more}\n")
}

/// A deployment whose webhook this receiver is, and a token of an assistant.
fn told(receiver: &Receiver, more: &str) -> (Program, String) {
    let program = Program::with_fresh_home();
    let hook = webhook(&program, "crm", &format!("{}/hook", receiver.address), more);
    configure(&program, &format!("rate = 100000\n{hook}"));
    let assistant = token(&program, "enricher", "assistant", &[]);
    (program, assistant)
}

/// Adds to a deployment's configuration.
fn add(program: &Program, text: &str) {
    let path = program.home().join("countersign.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + text).unwrap();
}

fn suggestions(from: usize, number: usize) -> Vec<String> {
    corpus::suggestions().skip(from).take(number).collect()
}

/// Has suggestions decided, and returns their ids.
fn decide(service: &Service, lines: &[String], assistant: &str) -> Vec<String> {
    let answers = service.batch(&lines.join("\n"), assistant).lines();
    assert!(answers.iter().all(|answer| answer["outcome"].is_string()), "{answers:#?}");
    answers.iter().map(|answer| answer["id"].as_str().unwrap().to_owned()).collect()
}

/// The decisions on record: positions, leaves and ids, in order.
fn decisions(program: &Program) -> Vec<(u64, String, String)> {
    let export = program.run(&["ledger", "export", "--as", "jsonl"], "");
    assert_eq!(export.code, Some(0), "{}", export.stderr);
    let events = export.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    events
        .filter(|event| event["kind"] == "decision")
        .map(|event| (event["seq"].as_u64().unwrap(), text(&event["leaf"]), text(&event["suggestion_id"])))
        .collect()
}

/// Waits until a metric has a value.
fn wait_for_metric(service: &Service, operator: &str, line: &str) {
    let begun = Instant::now();
    while !service.get("/metrics", operator).body.lines().any(|found| found == line) {
        assert!(begun.elapsed() < Duration::from_mins(5), "{line} never was so");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn all_decisions_arrive_once_and_in_order_though_the_receiver_fails() {
    let receiver = Receiver::start(|number, _| match number {
        0 => Reply::Status(500),
        2 => Reply::Close,
        4 => Reply::Raw(
            "HTTP/1.1 307 x\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".into(),
        ),
        6 => Reply::Raw("HTTP/1.1 429 x\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".into()),
        8 => Reply::Never,
        10 => Reply::Raw("220 mail\r\n\r\n".into()),
        _ => Reply::Status(204),
    });
    let (program, assistant) = told(&receiver, "");
    let operator = token(&program, "ops", "operator", &[]);
    let service = Service::start(&program, &[]);
    let decided = decide(&service, &suggestions(0, 30), &assistant);
    receiver.wait_taken(30);
    wait_for_metric(&service, &operator, "countersign_webhook_waiting{webhook=\"crm\"} 0");
    wait_for_metric(&service, &operator, "countersign_webhook_well{webhook=\"crm\"} 1");
    let metrics = service.get("/metrics", &operator).body;
    for (result, number) in [("delivered", 30), ("failed", 6)] {
        let line = format!("countersign_webhook_sent_total{{webhook=\"crm\",result=\"{result}\"}} {number}");
        assert!(metrics.lines().any(|found| found == line), "{line}: {metrics}");
    }
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    let came = receiver.came();
    assert_eq!(receiver.subjects(), decided);
    assert_eq!(came.len(), 36);
    let on_record = decisions(&program);
    for (told, (seq, leaf, id)) in receiver.taken().iter().zip(&on_record) {
        let event = told.event();
        assert_eq!(told.headers["webhook-id"], event["id"].as_str().unwrap());
        assert_eq!(event["id"], format!("{seq}-{}", leaf.trim_start_matches("sha256:")));
        assert_eq!((&event["subject"], &event["data"]["ledger"]["seq"]), (&id.as_str().into(), &(*seq).into()));
        assert_eq!((&event["specversion"], &event["type"]), (&"1.0".into(), &"countersign.decision.recorded".into()));
        assert_eq!(told.headers["content-type"], "application/cloudevents+json");
    }
    for (failed, next) in came.iter().zip(&came[1..]).filter(|(told, _)| !told.taken) {
        assert_eq!((&failed.headers["webhook-id"], &failed.body), (&next.headers["webhook-id"], &next.body));
    }
    assert!(came.iter().all(|told| told.path == "/hook"), "nobody is followed to another place");
    assert!(
        log.iter().any(|line| line.contains("\"answer\":\"500\"") && line.contains("\"webhook\":\"crm\"")),
        "{log:#?}"
    );
    // What comes has the form that is published.
    let schema = program.run(&["schema", "webhook"], "").stdout;
    assert_snapshot("snapshots/webhook.schema.json", &schema);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let fits = jsonschema::validator_for(&schema).unwrap();
    for told in came {
        let event = told.event();
        fits.validate(&event["data"]).unwrap_or_else(|error| panic!("{error}: {event}"));
    }
    let list = program.run(&["webhook", "list", "--format", "json"], "").lines().remove(0);
    let events = on_record.last().unwrap().0 + 1;
    assert_eq!(
        list,
        json!([{
            "name": "crm", "host": receiver.address.trim_start_matches("http://"), "next": events, "waiting": 0,
            "failing_since": null,
        }])
    );
}

#[test]
fn killed_at_any_point_it_loses_nothing_and_what_is_sent_again_is_the_same() {
    let mut chance = Chance::seeded();
    let receiver = Receiver::start(|_, _| Reply::Status(204));
    let (program, assistant) = told(&receiver, "");
    let lines = suggestions(0, 600);
    for part in lines.chunks(100) {
        let mut service = Service::start(&program, &[]);
        let address = service.address.clone();
        thread::scope(|scope| {
            scope.spawn(|| {
                // It ends when the service is killed, at the latest.
                let _ = ureq::post(format!("{address}/v1/suggestions:batch"))
                    .header("Authorization", format!("Bearer {assistant}"))
                    .header("Content-Type", "application/x-ndjson")
                    .send(part.join("\n").as_bytes());
            });
            let enough = receiver.taken().len() + usize::try_from(chance.below(60)).unwrap();
            receiver.wait_taken(enough);
            thread::sleep(Duration::from_micros(chance.below(30_000)));
            service.kill();
        });
    }
    let service = Service::start(&program, &[]);
    decide(&service, &lines, &assistant);
    let expected: BTreeSet<String> = decisions(&program).into_iter().map(|(_, _, id)| id).collect();
    assert_eq!(expected.len(), lines.len());
    receiver.wait("every decision", |came| {
        let taken: BTreeSet<String> = came.iter().filter(|told| told.taken).map(Told::subject).collect();
        taken.is_superset(&expected)
    });
    drop(service);
    let came = receiver.came();
    println!("{} requests told of {} decisions", came.len(), expected.len());
    let mut bodies = BTreeMap::new();
    let mut new = Vec::new();
    for told in &came {
        let event = told.event();
        let seq = event["data"]["ledger"]["seq"].as_u64().unwrap();
        let before = bodies.insert(seq, (told.headers["webhook-id"].clone(), told.body.clone()));
        match before {
            Some(before) => assert_eq!(bodies[&seq], before, "the same event has the same id and the same text"),
            None => new.push((seq, event["subject"].as_str().unwrap().to_owned())),
        }
    }
    let ids: BTreeSet<&str> = came.iter().map(|told| told.headers["webhook-id"].as_str()).collect();
    assert_eq!(ids.len(), bodies.len(), "another event has another id");
    let on_record: Vec<(u64, String)> = decisions(&program).into_iter().map(|(seq, _, id)| (seq, id)).collect();
    assert_eq!(new, on_record, "what was not sent before comes in order");
}

#[test]
fn a_ledger_that_lost_its_end_and_went_on_is_told_of_as_it_is_now() {
    let receiver = Receiver::start(|_, _| Reply::Status(204));
    let (program, assistant) = told(&receiver, "");
    let backup = program.folder().join("backup.db");
    let backup = backup.to_str().unwrap();
    let service = Service::start(&program, &[]);
    decide(&service, &suggestions(0, 10), &assistant);
    assert_eq!(program.run(&["ledger", "backup", backup], "").code, Some(0));
    decide(&service, &suggestions(10, 10), &assistant);
    receiver.wait_taken(20);
    assert_eq!(service.stop().0, Some(0));
    let restored = program.run(&["ledger", "restore", backup, "--replace", "--lose-events"], "");
    assert_eq!(restored.code, Some(0), "{restored:#?}");
    let service = Service::start(&program, &[]);
    let new: BTreeSet<String> = decide(&service, &suggestions(20, 10), &assistant).into_iter().collect();
    receiver.wait("what is new", |came| came.iter().map(Told::subject).collect::<BTreeSet<_>>().is_superset(&new));
    service.wait_for("the ledger goes on differently");
    let mut subjects = BTreeMap::new();
    for told in receiver.came() {
        let before = subjects.insert(told.headers["webhook-id"].clone(), told.subject());
        assert!(before.is_none_or(|before| before == told.subject()), "an id is that of one event for ever");
    }
    assert_eq!(subjects.len(), 30, "of 20 events before, and 10 in the place of 10 of them");
}

/// Lets those who wait go on, once and for all.
#[derive(Default)]
struct Gate(Mutex<bool>, Condvar);

impl Gate {
    fn open(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }

    fn pass(&self) {
        drop(self.1.wait_while(self.0.lock().unwrap(), |open| !*open).unwrap());
    }
}

#[test]
fn a_slow_or_dead_receiver_keeps_no_other_waiting_nor_the_service() {
    let gate = Arc::<Gate>::default();
    let slow = Receiver::start({
        let gate = Arc::clone(&gate);
        move |_, _| {
            gate.pass();
            Reply::Status(204)
        }
    });
    let alive = Receiver::start(|_, _| Reply::Status(204));
    let (program, assistant) = told(&alive, "");
    // Nobody listens there.
    add(&program, &webhook(&program, "dead", "http://127.0.0.1:1/hook", ""));
    add(&program, &webhook(&program, "slow", &slow.address, ""));
    let operator = token(&program, "ops", "operator", &[]);
    let service = Service::start(&program, &[]);
    let decided = decide(&service, &suggestions(0, 60), &assistant);
    alive.wait_taken(60);
    wait_for_metric(&service, &operator, "countersign_webhook_well{webhook=\"dead\"} 0");
    assert_eq!(alive.subjects(), decided);
    let asked: BTreeSet<String> = slow.came().iter().map(Told::subject).collect();
    assert!(slow.taken().is_empty() && asked.len() <= 1, "until it answers it is told of one event: {asked:?}");
    gate.open();
    slow.wait("the last", |came| came.iter().any(|told| told.taken && told.subject() == decided[59]));
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    assert!(log.iter().any(|line| line.contains("\"webhook\":\"dead\"") && line.contains("connection")), "{log:#?}");
    let mut subjects = slow.subjects();
    subjects.dedup();
    assert_eq!(subjects, decided);
    // What the dead one missed is told when it lives again, at another address.
    let again = Receiver::start(|_, _| Reply::Status(204));
    let path = program.home().join("countersign.toml");
    let text = fs::read_to_string(&path).unwrap().replace("http://127.0.0.1:1/hook", &again.address);
    fs::write(&path, text).unwrap();
    let service = Service::start(&program, &[]);
    again.wait_taken(60);
    assert_eq!(again.subjects(), decided);
    drop(service);
}

#[test]
fn stopping_waits_for_no_receiver_and_the_event_comes_again() {
    let stopped = Arc::new(AtomicBool::new(false));
    let receiver = Receiver::start({
        let stopped = Arc::clone(&stopped);
        move |_, _| if stopped.load(Ordering::SeqCst) { Reply::Status(204) } else { Reply::Never }
    });
    let (program, assistant) = told(&receiver, "");
    let service = Service::start(&program, &[]);
    let decided = decide(&service, &suggestions(0, 3), &assistant);
    receiver.wait("the first", |came| !came.is_empty());
    assert_eq!(service.stop().0, Some(0));
    let before = receiver.came();
    assert!(before.iter().all(|told| told.subject() == decided[0]), "{before:#?}");
    stopped.store(true, Ordering::SeqCst);
    let service = Service::start(&program, &[]);
    receiver.wait_taken(3);
    assert_eq!(receiver.subjects(), decided);
    drop(service);
}

#[test]
fn a_reload_adds_changes_and_removes_webhooks_or_keeps_the_last_good_ones() {
    let (first, second) = (Receiver::start(|_, _| Reply::Status(204)), Receiver::start(|_, _| Reply::Status(204)));
    let (program, assistant) = told(&first, "");
    let service = Service::start(&program, &[]);
    let loaded = |times: usize| {
        while service.log().iter().filter(|line| line.contains("\"loaded again\"")).count() < times {
            thread::sleep(Duration::from_millis(10));
        }
    };
    let path = program.home().join("countersign.toml");
    let one = fs::read_to_string(&path).unwrap();
    let mut decided = decide(&service, &suggestions(0, 5), &assistant);
    first.wait_taken(5);
    add(&program, &webhook(&program, "second", &second.address, ""));
    let two = fs::read_to_string(&path).unwrap();
    service.signal("-HUP");
    loaded(1);
    let later = decide(&service, &suggestions(5, 5), &assistant);
    decided.extend(later.clone());
    first.wait_taken(10);
    second.wait_taken(5);
    assert_eq!((first.subjects(), second.subjects()), (decided.clone(), later), "a new one is told of what is new");
    // Two of one name: it goes on with the last good ones.
    fs::write(&path, format!("{two}{}", two.rsplit_once("[[").map(|(_, hook)| format!("[[{hook}")).unwrap())).unwrap();
    service.signal("-HUP");
    service.wait_for("another webhook is called");
    decided.extend(decide(&service, &suggestions(10, 5), &assistant));
    first.wait_taken(15);
    second.wait_taken(10);
    // The first is told of what people do themselves alone from now on.
    fs::write(&path, two.replacen("name = \"crm\"\n", "name = \"crm\"\noutcomes = [\"human-only\"]\n", 1)).unwrap();
    service.signal("-HUP");
    loaded(2);
    let answers = service.batch(&suggestions(15, 60).join("\n"), &assistant).lines();
    let id = |answer: &Value| answer["id"].as_str().unwrap().to_owned();
    let left_to_people: Vec<String> =
        answers.iter().filter(|answer| answer["outcome"] == "human-only").map(id).collect();
    assert!(!left_to_people.is_empty() && left_to_people.len() < 60);
    second.wait_taken(70);
    first.wait_taken(15 + left_to_people.len());
    assert_eq!(first.subjects()[15..], left_to_people);
    // The second is gone.
    fs::write(&path, &one).unwrap();
    service.signal("-HUP");
    loaded(3);
    let last = decide(&service, &suggestions(75, 5), &assistant);
    first.wait("the last", |came| came.iter().any(|told| told.subject() == last[4]));
    assert_eq!(second.came().len(), 70);
    let (code, _) = service.stop();
    assert_eq!(code, Some(0));
}

#[test]
fn whoever_wants_no_more_is_left_alone_until_the_next_reload() {
    let wants = Arc::new(AtomicBool::new(false));
    let gone = Receiver::start({
        let wants = Arc::clone(&wants);
        move |_, _| Reply::Status(if wants.load(Ordering::SeqCst) { 200 } else { 410 })
    });
    let other = Receiver::start(|_, _| Reply::Status(204));
    let (program, assistant) = told(&gone, "");
    add(&program, &webhook(&program, "other", &other.address, ""));
    let service = Service::start(&program, &[]);
    let mut decided = decide(&service, &suggestions(0, 1), &assistant);
    service.wait_for("it wants no more");
    decided.extend(decide(&service, &suggestions(1, 1), &assistant));
    other.wait_taken(2);
    decided.extend(decide(&service, &suggestions(2, 1), &assistant));
    other.wait_taken(3);
    assert_eq!(gone.came().len(), 1);
    wants.store(true, Ordering::SeqCst);
    service.signal("-HUP");
    gone.wait_taken(3);
    assert_eq!(gone.subjects(), decided, "nothing was passed over");
    drop(service);
}

/// A suggestion with values that are found nowhere else.
fn planted(id: &str) -> String {
    let line = corpus::suggestions().next().unwrap();
    let mut suggestion: Value = serde_json::from_str(&line).unwrap();
    suggestion["id"] = id.into();
    suggestion["target"] = json!({ "system": "hubspot", "object": "contact", "id": "record-zebedee" });
    suggestion["changes"] =
        json!([{ "field": "email", "prior": "old-zebedee@example.com", "proposed": "new-zebedee@example.org" }]);
    suggestion["operation"] = "overwrite".into();
    suggestion["merge_with"] = json!([]);
    suggestion["rationale"] = "because-zebedee\r\nwebhook-id: forged\n{\"level\":\"ERROR\"}".into();
    suggestion["context"]["fields"] =
        json!({ "email": { "value": "old-zebedee@example.com", "verified": true, "set_by": "person-zebedee" } });
    suggestion.to_string()
}

#[test]
fn values_are_sent_only_where_they_are_asked_for_and_not_after_they_were_erased_and_secrets_never() {
    let (plain, full) = (Receiver::start(|_, _| Reply::Status(204)), Receiver::start(|_, _| Reply::Status(204)));
    let open = Arc::new(AtomicBool::new(false));
    let late = Receiver::start({
        let open = Arc::clone(&open);
        move |_, _| Reply::Status(if open.load(Ordering::SeqCst) { 204 } else { 503 })
    });
    let (program, assistant) = told(&plain, "kinds = [\"decision\", \"erased\", \"published\", \"token-created\"]");
    add(&program, &webhook(&program, "full", &format!("{}/?key=query-zebedee", full.address), "values = true"));
    add(&program, &webhook(&program, "late", &late.address, "values = true"));
    let service = Service::start(&program, &[]);
    decide(&service, &[planted("s-1")], &assistant);
    plain.wait_taken(1);
    full.wait_taken(1);
    late.wait("an attempt", |came| !came.is_empty());
    let erased =
        program.run(&["ledger", "erase", "--subject", "hubspot/contact/record-zebedee", "--reason", "request 17"], "");
    assert!(erased.stdout.contains("destroyed"), "{erased:#?}");
    open.store(true, Ordering::SeqCst);
    late.wait_taken(1);
    plain.wait_taken(2);
    let after = late.taken().remove(0);
    assert!(!after.body.contains("zebedee"), "what was erased is not sent any more: {after:#?}");
    assert_eq!((&after.event()["data"]["values"], after.subject()), (&"erased".into(), "s-1".to_owned()));
    let shown = full.came().remove(0);
    let body = &shown.event()["data"]["body"];
    assert_eq!(body["suggestion"]["changes"][0]["proposed"], "new-zebedee@example.org");
    assert!(shown.path.contains("query-zebedee"), "{shown:#?}");
    let kinds: Vec<Value> = plain.came().iter().map(|told| told.event()["type"].clone()).collect();
    assert_eq!(kinds, ["countersign.decision.recorded", "countersign.erased.recorded"]);
    for told in plain.came() {
        assert!(!format!("{told:?}").contains("zebedee"), "{told:#?}");
    }
    let event = plain.came()[0].event();
    assert_eq!(event["data"]["values"], "withheld");
    assert!(event["data"]["decision"]["reasons"].as_array().unwrap().iter().all(|one| one["code"].is_string()));
    let secrets = ["crm", "full", "late"].map(|name| {
        let text = fs::read_to_string(program.home().join(format!("{name}.secret"))).unwrap();
        text.trim().trim_start_matches("whsec_").to_owned()
    });
    let (code, log) = service.stop();
    assert_eq!(code, Some(0));
    let came = [plain.came(), full.came(), late.came()].concat();
    for line in log.into_iter().chain(came.iter().map(|told| format!("{told:?}"))) {
        assert!(secrets.iter().all(|secret| secret.len() > 30 && !line.contains(secret)), "{line}");
        if !line.starts_with("Told") {
            let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert!(said["level"] != "ERROR" && !line.contains("zebedee") && !line.contains("forged"), "{line}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_webhook_is_named_before_anything_is_served() {
    let program = Program::with_fresh_home();
    let path = program.home().join("countersign.toml");
    let plain = fs::read_to_string(&path).unwrap();
    let hook = webhook(&program, "crm", "https://crm.example.com/hook", "");
    let secret = program.home().join("crm.secret");
    let refused = |text: &str, words: &[&str]| {
        fs::write(&path, format!("{plain}\n{text}")).unwrap();
        let run = program.run(&["serve", "--listen", "127.0.0.1:0"], "");
        assert_eq!(run.code, Some(3), "{run:#?}");
        let lines = fs::read_to_string(&path).unwrap();
        let line = lines.lines().position(|line| line.starts_with("name = ")).unwrap() + 1;
        for word in words {
            let word = word.replace("LINE", &line.to_string());
            assert!(run.message().contains(&word), "{word}: {run:#?}");
        }
    };
    refused(&format!("{hook}colour = 1"), &["countersign.toml", "line", "colour"]);
    refused(&format!("{hook}{hook}"), &["countersign.toml", "`name`", "\"crm\"", "line"]);
    refused(&hook.replace("\"crm\"", "\"CRM\""), &["countersign.toml", "line LINE", "`name`"]);
    refused(&hook.replace("https://", "http://"), &["countersign.toml", "line", "`url`"]);
    refused(&hook.replace("crm.secret", "none.secret"), &["`crm`", "none.secret"]);
    refused(&format!("{hook}authorities = \"none.pem\""), &["`crm`", "none.pem"]);
    let good = fs::read_to_string(&secret).unwrap();
    fs::write(&secret, "whsec_c2hvcnQ=\n").unwrap();
    refused(&hook, &["`crm`", "crm.secret", "24"]);
    fs::write(&secret, good.repeat(3)).unwrap();
    refused(&hook, &["`crm`", "crm.secret", "2 are the most"]);
    fs::write(&secret, &good).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |mode| fs::set_permissions(&secret, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
        mode(0o644);
        refused(&hook, &["`crm`", "others can read", "chmod 600"]);
        mode(0o600);
    }
    // A secret is never overwritten, and what was wrong is also what the doctor finds.
    let again = program.run(&["webhook", "secret", secret.to_str().unwrap()], "");
    assert_eq!((again.code, fs::read_to_string(&secret).unwrap()), (Some(3), good));
    assert!(again.message().contains("nothing was changed"), "{again:#?}");
    let list = program.run(&["webhook", "list"], "");
    assert!(list.stdout.contains("crm.example.com") && list.stdout.contains("begins when it is served"), "{list:#?}");
    assert!(!list.stdout.contains("/hook"), "{list:#?}");
    assert_eq!(program.run(&["doctor"], "").code, Some(0));
    fs::remove_file(&secret).unwrap();
    let doctor = program.run(&["doctor"], "");
    assert_eq!(doctor.code, Some(1), "{doctor:#?}");
    assert!(doctor.stdout.contains("crm.secret"), "{doctor:#?}");
}

//! The service over its life: under load, told to stop, killed, told to read its configuration again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;

use countersign_tests::service::{Answer, Service, configure, token};
use countersign_tests::{Program, corpus};
use serde_json::Value;

/// The ids of the decisions on record.
fn decided(program: &Program) -> BTreeSet<String> {
    let export = program.run(&["ledger", "export", "--as", "jsonl"], "");
    assert_eq!(export.code, Some(0), "{}", export.stderr);
    let events = export.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter_map(|event| event["suggestion_id"].as_str().map(str::to_owned)).collect()
}

fn id(line: &str) -> String {
    serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
}

/// Sends each suggestion with a request of its own, many at a time.
fn at_once(service: &Service, token: &str, lines: &[String], threads: usize) -> Vec<(String, Answer)> {
    thread::scope(|scope| {
        let share = lines.len().div_ceil(threads);
        let asked: Vec<_> = lines
            .chunks(share)
            .map(|lines| {
                scope.spawn(move || {
                    lines.iter().map(|line| (id(line), service.suggest(line, token))).collect::<Vec<_>>()
                })
            })
            .collect();
        asked.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn whoever_finds_the_queue_full_is_told_so_and_nothing_is_lost_or_half_recorded() {
    let program = Program::with_fresh_home();
    configure(&program, "waiting = 1\nrate = 100000");
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let lines: Vec<String> = corpus::suggestions().take(640).collect();
    let answers = at_once(&service, &assistant, &lines, 32);
    let (done, busy): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(_, answer)| answer.status == 200);
    assert!(!busy.is_empty(), "a queue of one, and 32 who ask at the same time");
    for (_, answer) in &busy {
        assert_eq!((answer.status, answer.header("retry-after")), (429, "1"), "{answer:?}");
    }
    let answered: BTreeSet<String> = done.into_iter().map(|(id, _)| id).collect();
    assert_eq!(decided(&program), answered, "what was answered is on record, and nothing else");
    // They come again, and all is done.
    let again: Vec<String> = lines.iter().filter(|line| !answered.contains(&id(line))).cloned().collect();
    let batch = service.batch(&again.join("\n"), &assistant).lines();
    assert!(batch.iter().all(|said| said["outcome"].is_string()), "a batch waits for its place");
    assert_eq!(decided(&program).len(), lines.len());
}

#[test]
fn told_to_stop_it_answers_what_it_took_and_lets_nobody_new_in() {
    let program = Program::with_fresh_home();
    configure(&program, "rate = 100000");
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let lines: Vec<String> = corpus::suggestions().take(3_000).collect();
    let answers = thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let answers = lines.iter().map(|line| {
                let request = ureq::post(format!("{}/v1/suggestions", service.address))
                    .header("Authorization", format!("Bearer {assistant}"))
                    .header("Content-Type", "application/json")
                    .config()
                    .http_status_as_error(false)
                    .build();
                (
                    id(line),
                    request
                        .send(line.as_bytes())
                        .map(|mut answer| (answer.status().as_u16(), answer.body_mut().read_to_string())),
                )
            });
            answers
                .take_while(|(_, answer)| answer.is_ok())
                .map(|(id, answer)| (id, answer.unwrap()))
                .collect::<Vec<_>>()
        });
        while decided(&program).len() < 20 {}
        service.signal("-TERM");
        asking.join().unwrap()
    });
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    assert!(log.last().unwrap().contains("everything that was taken is decided"), "{log:#?}");
    let answered: BTreeSet<String> =
        answers.iter().filter(|(_, (status, _))| *status == 200).map(|(id, _)| id.clone()).collect();
    for (id, (status, body)) in &answers {
        assert!(*status == 200 || *status == 503, "{id}: {status} {body:?}");
    }
    let recorded = decided(&program);
    assert!(answered.len() >= 20 && answered.len() < lines.len(), "{}", answered.len());
    assert!(answered.is_subset(&recorded));
    assert!(recorded.len() <= answered.len() + 1, "one at most was recorded whose answer did not arrive");
}

#[test]
fn killed_under_load_it_loses_nothing_that_it_answered_and_goes_on() {
    let program = Program::with_fresh_home();
    configure(&program, "rate = 100000");
    let assistant = token(&program, "enricher", "assistant", &[]);
    let lines: Vec<String> = corpus::suggestions().take(1_500).collect();
    for round in 0..3 {
        let mut service = Service::start(&program, &[]);
        let part = &lines[round * 500..(round + 1) * 500];
        let before = decided(&program).len();
        let answered = thread::scope(|scope| {
            let (service_address, assistant) = (service.address.clone(), &assistant);
            let asking: Vec<_> = part
                .chunks(125)
                .map(|lines| {
                    let address = service_address.clone();
                    scope.spawn(move || {
                        let mut answered = Vec::new();
                        for line in lines {
                            let sent = ureq::post(format!("{address}/v1/suggestions"))
                                .header("Authorization", format!("Bearer {assistant}"))
                                .header("Content-Type", "application/json")
                                .send(line.as_bytes());
                            match sent {
                                Ok(_) => answered.push(id(line)),
                                Err(_) => break,
                            }
                        }
                        answered
                    })
                })
                .collect();
            while decided(&program).len() < before + 50 * (round + 1) {}
            service.kill();
            asking.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<BTreeSet<_>>()
        });
        assert!(answered.is_subset(&decided(&program)), "round {round}");
    }
    let service = Service::start(&program, &[]);
    let answers = service.batch(&lines.join("\n"), &assistant).lines();
    assert!(answers.iter().all(|answer| answer["outcome"].is_string()));
    drop(service);
    for arguments in [&["ledger", "verify"][..], &["reproduce", "--all"]] {
        let run = program.run(arguments, "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
}

#[test]
fn sets_change_under_load_and_a_bad_configuration_leaves_the_last_good_one() {
    let program = Program::with_fresh_home();
    configure(&program, "rate = 100000");
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let (set, config) = (program.home().join("sets/crm-default.toml"), program.home().join("countersign.toml"));
    let good = fs::read_to_string(&set).unwrap();
    let raised = good.replacen("version = \"1.0.0\"", "version = \"1.1.0\"", 1);
    assert_ne!(raised, good);
    let lines: Vec<String> = corpus::suggestions().take(2_000).collect();
    let answers = thread::scope(|scope| {
        let asking = scope.spawn(|| at_once(&service, &assistant, &lines, 4));
        while decided(&program).len() < 50 {}
        let configured = fs::read_to_string(&config).unwrap();
        write(&config, "approvals = ");
        service.signal("-HUP");
        service.wait_for("not loaded again");
        let ready = service.get("/readyz", "");
        assert_eq!((ready.status, &ready.json()["configuration"]), (200, &false.into()), "{ready:?}");
        write(&config, &configured);
        service.signal("-HUP");
        service.wait_for("\"loaded again\"");
        write(&program.home().join("sets/raised.toml"), &raised);
        program.activate("raised");
        service.wait_for("another set is in force");
        asking.join().unwrap()
    });
    assert!(answers.iter().all(|(_, answer)| answer.status == 200), "nobody noticed");
    let versions: BTreeSet<String> =
        answers.iter().map(|(_, answer)| answer.json()["set"]["version"].as_str().unwrap().to_owned()).collect();
    assert!(versions.contains("1.0.0"), "{versions:?}");
    let last = service.suggest(&corpus::suggestions().nth(3_000).unwrap(), &assistant).json();
    assert_eq!(last["set"]["version"], "1.1.0");
    assert_eq!(service.get("/readyz", "").json()["configuration"], true);
    drop(service);
    let run = program.run(&["reproduce", "--all"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

#[test]
fn other_machines_come_with_tls_or_not_at_all() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let run = program.run(&["serve", "--listen", "0.0.0.0:0"], "");
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.stderr.contains("--tls-cert") && run.stderr.contains("--plain-http"), "{}", run.stderr);
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = program.write("certificate.pem", made.cert.pem());
    let key = program.write("key.pem", made.signing_key.serialize_pem());
    for (certificate, key) in [(&key, &key), (&certificate, &certificate), (&"none".to_owned(), &key)] {
        let run = program.run(&["serve", "--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key], "");
        assert_eq!(run.code, Some(3), "{run:#?}");
    }
    let service = Service::start(&program, &["--tls-cert", &certificate, "--tls-key", &key]);
    let port = service.place().split_once(':').unwrap().1.to_owned();
    assert!(service.address.starts_with("https://"));
    let trusted = ureq::tls::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap().to_owned();
    let tls = ureq::tls::TlsConfig::builder()
        .root_certs(ureq::tls::RootCerts::Specific(vec![trusted].into_iter().collect::<Vec<_>>().into()))
        .build();
    let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
    let mut answer = agent
        .get(format!("https://localhost:{port}/v1/whoami"))
        .header("Authorization", format!("Bearer {assistant}"))
        .call()
        .unwrap();
    let who: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    assert_eq!(who["name"], "enricher");
    // Without TLS nobody is answered there.
    let plain = service.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(!plain.contains("ok"), "{plain:?}");
}

#[test]
fn the_head_is_signed_while_it_serves_and_when_it_stops() {
    let program = Program::with_fresh_home();
    configure(&program, "[serve.checkpoints]\nseconds = 1\nevents = 50\npublish = \"public\"");
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let lines: Vec<String> = corpus::suggestions().take(300).collect();
    let size = |file: &str| -> u64 {
        let note = fs::read_to_string(program.home().join(file)).unwrap_or_default();
        note.lines().nth(1).map_or(0, |size| size.parse().unwrap())
    };
    let _ = service.batch(&lines[..200].join("\n"), &assistant);
    let before = decided(&program).len() as u64;
    while size("checkpoint") < before {
        thread::sleep(std::time::Duration::from_millis(50));
    }
    while size("public/checkpoint") < before {
        thread::sleep(std::time::Duration::from_millis(50));
    }
    let early = program.write("early", fs::read(program.home().join("checkpoint")).unwrap());
    let _ = service.batch(&lines[200..].join("\n"), &assistant);
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log:#?}");
    let events = program.run(&["ledger", "verify", "--format", "json"], "");
    let events: Value = serde_json::from_str(&events.stdout).unwrap();
    assert_eq!(
        (size("checkpoint"), size("public/checkpoint")),
        (events["events"].as_u64().unwrap(), size("checkpoint"))
    );
    for checkpoint in [early.as_str(), program.home().join("checkpoint").to_str().unwrap()] {
        let run = program.run(&["ledger", "verify", "--since", checkpoint], "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
}

//! What others verify the ledger by, over the network: its key, and that it only ever grew.

use std::time::{Duration, Instant};

use countersign::ledger::{Checkpoint, Head, VerifierKey, is_consistent};
use countersign::model::Digest;
use countersign_tests::service::{Service, token};
use countersign_tests::{Program, corpus};
use serde_json::Value;

#[test]
fn a_kept_head_and_a_proof_show_that_nothing_before_it_was_changed() {
    let program = Program::with_fresh_home();
    let (assistant, auditor) = (token(&program, "enricher", "assistant", &[]), token(&program, "eve", "auditor", &[]));
    let service = Service::start(&program, &[]);
    let printed = program.run(&["ledger", "key"], "");
    let key = service.get("/v1/ledger/key", &assistant);
    assert_eq!((key.status, &*key.body), (200, &*printed.stdout), "the key is no secret");
    let key: VerifierKey = key.body.trim().parse().unwrap();
    let lines: Vec<String> = corpus::suggestions().take(120).collect();
    let mut kept = Vec::new();
    for part in lines.chunks(30) {
        kept.push(Checkpoint::open(&service.get("/v1/ledger/checkpoint", &auditor).body, &key).unwrap().head);
        assert_eq!(service.batch(&part.join("\n"), &assistant).lines().len(), 30);
    }
    for old in &kept {
        let answer = service.get(&format!("/v1/ledger/consistency?since={}", old.size), &auditor);
        assert_eq!(answer.status, 200, "{answer:?}");
        let said = answer.json();
        let newest = Checkpoint::open(said["checkpoint"].as_str().unwrap(), &key).unwrap().head;
        let root: Digest = said["root"].as_str().unwrap().parse().unwrap();
        assert_eq!(newest, Head { size: said["size"].as_u64().unwrap(), root }, "the signed head is the proven one");
        let proof = said["proof"].as_array().unwrap().iter().map(|node| node.as_str().unwrap().parse().unwrap());
        let proof: Vec<Digest> = proof.collect();
        assert!(newest.size > old.size && is_consistent(old, &newest, &proof), "{said}");
        assert!(!is_consistent(&Head { root: Digest::of(b"another"), ..*old }, &newest, &proof));
    }
    let size = service.get("/v1/ledger", &auditor).json()["size"].as_u64().unwrap();
    let own = service.get(&format!("/v1/ledger/consistency?since={size}"), &auditor).json();
    assert_eq!((&own["size"], own["proof"].as_array().unwrap().len()), (&size.into(), 0));
    let ahead = service.get(&format!("/v1/ledger/consistency?since={}", size + 1), &auditor);
    assert_eq!((ahead.status, &ahead.json()["key"]), (400, &"since".into()), "{ahead:?}");
    assert!(ahead.body.contains("another ledger"), "{ahead:?}");
    for wrong in ["", "?since=", "?since=-1", "?since=x", "?since=1&colour=red"] {
        assert_eq!(service.get(&format!("/v1/ledger/consistency{wrong}"), &auditor).status, 400, "{wrong}");
    }
    let known: Value = service.get("/v1/whoami", &assistant).json();
    assert!(!known["permissions"].as_array().unwrap().contains(&"read-ledger".into()));
    assert_eq!(service.get("/v1/ledger/consistency?since=1", &assistant).status, 403);
}

/// A service packs what it records, though the thread that decides trains no dictionaries.
#[test]
fn what_a_service_records_is_packed() {
    let program = Program::with_fresh_home();
    let assistant = token(&program, "enricher", "assistant", &[]);
    let service = Service::start(&program, &[]);
    let packed = || -> i64 {
        let ledger = rusqlite::Connection::open(program.home().join("ledger.db")).unwrap();
        ledger.query_row("SELECT count(*) FROM event WHERE typeof(entry) = 'blob'", [], |row| row.get(0)).unwrap()
    };
    let (begun, mut lines) = (Instant::now(), corpus::suggestions());
    while packed() == 0 {
        assert!(begun.elapsed() < Duration::from_mins(2), "no dictionary was trained");
        let part: Vec<String> = lines.by_ref().take(100).collect();
        assert_eq!(service.batch(&part.join("\n"), &assistant).lines().len(), part.len());
    }
    drop(service);
    let verified = program.run(&["ledger", "verify"], "");
    assert_eq!(verified.code, Some(0), "{verified:#?}");
}

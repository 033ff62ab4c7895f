//! Events for the tests of this room: in each place that can hold a personal value, `zebedee` stands.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::json;

use crate::ledger::{
    Basis, Cause, Draft, EngineRef, EventKind, Ledger, ObjectKind, Prepared, RecordParts, RecordedEvent, decision_event,
};
use crate::model::{
    Decision, Digest, Fault, FaultKind, GivenFinding, GivenReason, ModuleKind, ModuleRun, Outcome, SetRef, Severity,
    Suggestion,
};

/// A ledger with what decisions cite.
pub(super) fn ledger(path: &Path) -> Ledger {
    let mut ledger = Ledger::create(path).unwrap();
    ledger.put_object(ObjectKind::SetLock, b"lock").unwrap();
    ledger.put_object(ObjectKind::Catalogue, b"catalogue").unwrap();
    ledger
}

/// A decision in which `text` stands wherever the ledger keeps a text in the clear.
pub(super) fn decision(id: &str, outcome: Outcome, text: &str) -> Prepared {
    let value = format!("zebedee {text}");
    let suggestion = json!({
        "id": id, "received_at": "2026-11-20T09:00:00Z",
        "target": { "system": text, "object": text, "id": "zebedee" }, "operation": "merge",
        "changes": [{ "field": text, "prior": value, "proposed": value }],
        "merge_with": [{ "system": text, "object": text, "id": value }],
        "assistant": { "vendor": text, "model": text, "version": text },
        "evidence": [{ "uri": value, "kind": value, "excerpt": value }], "rationale": value,
        "context": { "fields": { "email": { "value": value, "set_by": value } }, "segment": value },
    });
    let suggestion: Suggestion = serde_json::from_str(&suggestion.to_string()).unwrap();
    let text = || text.to_owned();
    let decision = Decision {
        id: id.to_owned(),
        outcome,
        decided_at: "2026-11-20T09:00:00Z".to_owned(),
        set: SetRef { name: text(), version: text(), digest: Digest::of(b"lock") },
        canary: None,
        reasons: vec![GivenReason {
            module: text(),
            code: text(),
            field: Some(text()),
            message: value.clone(),
            outcome,
        }],
        findings: vec![GivenFinding {
            module: text(),
            code: text(),
            severity: Severity::High,
            field: Some(text()),
            message: value.clone(),
        }],
        modules: vec![ModuleRun {
            name: text(),
            version: text(),
            kind: ModuleKind::Policy,
            digest: Digest::of(b"module"),
            settings: Digest::of(b"settings"),
            called: true,
            outcome: None,
            review: None,
            fault: Some(Fault { kind: FaultKind::Output, detail: value.clone() }),
            fuel: Some(1),
            log: Some(value),
        }],
        review: None,
    };
    let engine = EngineRef { version: "1".to_owned(), config: "1".to_owned() };
    let basis = Basis { suggestion: &suggestion, history: &[], catalogue: Digest::of(b"catalogue"), engine: &engine };
    let at = "2026-11-20T09:00:00.5Z".to_owned();
    decision_event(&decision, &basis, Digest::of(b"input"), at, &text(), rand::random()).unwrap().prepare().unwrap()
}

/// An event of another kind, without personal values.
pub(super) fn plain(kind: EventKind, body: &str) -> Prepared {
    let draft = Draft {
        kind,
        at: "2026-11-20T09:00:00Z".to_owned(),
        actor: "cli".to_owned(),
        body: body.to_owned(),
        openings: None,
        index: None,
        objects: Vec::new(),
    };
    draft.prepare().unwrap()
}

/// Records an event alone, and reads it back.
pub(super) fn recorded(ledger: &mut Ledger, event: Prepared) -> RecordedEvent {
    let receipt = ledger.append(&[event]).unwrap().remove(0);
    ledger.event(receipt.seq).unwrap().unwrap()
}

/// Destroys the values of everything about the record of such a decision, and reads an event again.
pub(super) fn erased(ledger: &mut Ledger, text: &str, seq: u64) -> RecordedEvent {
    let subject = RecordParts { system: text.to_owned(), object: text.to_owned(), id: "zebedee".to_owned() };
    let destroyed = ledger.erase(&subject, Cause { reason: "r", at: "2026-11-21T09:00:00Z", actor: "cli" }).unwrap();
    assert!(destroyed.events.contains(&seq));
    ledger.event(seq).unwrap().unwrap()
}

/// Somebody on this machine who answers the first request with the first of these, and so on; the last one is for all others.
/// Gives the address, and what comes.
pub(super) fn receiver(answers: &[&'static str]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (told, came) = channel();
    let answers = answers.to_vec();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().map(Result::unwrap).enumerate() {
            told.send(request(&stream)).ok();
            let answer = answers.get(number).or(answers.last()).unwrap();
            (&stream).write_all(answer.as_bytes()).ok();
        }
    });
    (address, came)
}

fn request(mut stream: &TcpStream) -> String {
    let mut came = Vec::new();
    loop {
        let mut part = [0; 4096];
        let length = stream.read(&mut part).unwrap();
        assert!(length > 0, "it ended: {}", String::from_utf8_lossy(&came));
        came.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&came);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length: usize = header(head, "content-length").parse().unwrap();
        if body.len() >= length {
            return text.into_owned();
        }
    }
}

/// A header of a request.
pub(super) fn header<'r>(head: &'r str, name: &str) -> &'r str {
    let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_else(|| panic!("{name}: {head}"))
}

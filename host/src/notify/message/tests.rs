use serde_json::{Value, json};

use super::*;
use crate::ledger::{Cause, EventKind, Ledger, RecordParts, held};
use crate::model::{Digest, Outcome};
use crate::notify::samples::{self, decision, erased, plain, recorded};

fn ledger() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = samples::ledger(&folder.path().join("ledger.db"));
    (folder, ledger)
}

fn read(event: &RecordedEvent, values: bool) -> Value {
    serde_json::from_slice(&Message::of(event, &[7; 16], values).unwrap().body).unwrap()
}

#[test]
fn a_decision_is_a_cloud_event_of_ids_and_codes() {
    let (_folder, mut ledger) = ledger();
    let event = recorded(&mut ledger, decision("s-1", Outcome::Review, "name"));
    let message = Message::of(&event, &[7; 16], false).unwrap();
    assert_eq!(message.id, format!("0-{:x}", event.leaf));
    let lock = Digest::of(b"lock");
    let expected = json!({
        "specversion": "1.0",
        "id": message.id,
        "source": "urn:countersign:07070707070707070707070707070707",
        "type": "countersign.decision.recorded",
        "subject": "s-1",
        "time": "2026-11-20T09:00:00.5Z",
        "datacontenttype": "application/json",
        "data": {
            "kind": "decision",
            "actor": "name",
            "ledger": { "seq": 0, "leaf": event.leaf },
            "values": "withheld",
            "id": "s-1",
            "set": { "name": "name", "version": "name", "digest": lock },
            "decision": {
                "outcome": "review",
                "decided_at": "2026-11-20T09:00:00Z",
                "suggestion": {
                    "received_at": "2026-11-20T09:00:00Z",
                    "target": { "system": "name", "object": "name" },
                    "operation": "merge",
                    "changes": [{ "field": "name" }],
                },
                "reasons": [{ "module": "name", "code": "name", "field": "name", "outcome": "review" }],
                "findings": [{ "module": "name", "code": "name", "severity": "high", "field": "name" }],
                "review": null,
            },
        },
    });
    assert_eq!(serde_json::from_slice::<Value>(&message.body).unwrap(), expected);
}

#[test]
fn values_are_sent_only_where_they_are_asked_for_and_never_after_they_were_erased() {
    let (_folder, mut ledger) = ledger();
    let event = recorded(&mut ledger, decision("s-1", Outcome::Apply, "name"));
    let (plain, full) = (read(&event, false), read(&event, true));
    assert!(!plain.to_string().contains("zebedee") && !plain.to_string().contains("sealed"), "{plain}");
    assert_eq!((&full["data"]["values"], &full["id"]), (&"shown".into(), &plain["id"]));
    let body = &full["data"]["body"];
    assert_eq!(body["suggestion"]["target"]["id"], "zebedee");
    for place in ["/reasons/0/message", "/findings/0/message", "/suggestion/changes/0/proposed", "/modules/0/log"] {
        assert_eq!(body.pointer(place).unwrap(), "zebedee name", "{place}");
    }
    let event = erased(&mut ledger, "name", event.seq);
    for values in [false, true] {
        let after = read(&event, values);
        assert!(!after.to_string().contains("zebedee") && after["data"].get("body").is_none(), "{after}");
        assert_eq!((&after["data"]["values"], &after["id"]), (&"erased".into(), &plain["id"]));
        assert_eq!(after["data"]["decision"], plain["data"]["decision"], "what was decided is there still");
    }
}

#[test]
fn events_of_other_kinds_say_what_they_are_about() {
    let (_folder, mut ledger) = ledger();
    let digest = Digest::of(b"lock");
    let published = json!({ "kind": "policy", "name": "vendor", "version": "1.0.0", "digest": digest, "bytes": 3 });
    let event = recorded(&mut ledger, plain(EventKind::Published, &published.to_string()));
    let said = read(&event, false);
    assert_eq!((&said["type"], said.get("subject")), (&"countersign.published.recorded".into(), None));
    assert_eq!(said["data"]["module"], json!({ "name": "vendor", "version": "1.0.0", "digest": digest }));
    let set = json!({ "name": "crm", "version": "2.0.0", "digest": digest });
    let event = recorded(&mut ledger, plain(EventKind::Activated, &json!({ "set": set }).to_string()));
    assert_eq!(read(&event, false)["data"]["set"], set);
    let event = recorded(&mut ledger, plain(EventKind::Audited, r#"{"id":"s-1","finding":"right","note":"secret"}"#));
    let said = read(&event, false);
    assert_eq!((&said["subject"], &said["data"]["id"]), (&"s-1".into(), &"s-1".into()));
    assert!(!said.to_string().contains("secret"), "words of people stay here: {said}");
    assert_eq!(read(&event, true)["data"]["body"]["note"], "secret");
    let subject = RecordParts { system: "crm".to_owned(), object: "contact".to_owned(), id: "zebedee".to_owned() };
    let cause = Cause { reason: "a case", at: "2026-11-20T09:00:00Z", actor: "ana" };
    let event = recorded(&mut ledger, held(Some(&subject), cause, [1; 32]).unwrap().prepare().unwrap());
    let said = read(&event, false).to_string();
    assert!(!said.contains("zebedee") && !said.contains("case"), "{said}");
    // Every kind that is known has a form, also one whose body says nothing that is sent.
    let event = recorded(&mut ledger, plain(EventKind::Sampled, "{}"));
    assert_eq!(read(&event, false)["data"]["kind"], "sampled");
}

#[test]
fn no_text_breaks_out_of_its_place() {
    let (_folder, mut ledger) = ledger();
    for text in [
        "a\r\nwebhook-id: forged\r\n\r\n{}",
        "\u{1}\u{85}\u{2028}\u{2029}",
        "\"},\"data\":{\"id\":\"forged",
        "\\\"\t\u{7f}",
    ] {
        let id = format!("s {text}");
        let event = recorded(&mut ledger, decision(&id, Outcome::Reject, text));
        let message = Message::of(&event, &[7; 16], true).unwrap();
        assert!(message.id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'), "{}", message.id);
        assert!(message.body.iter().all(|byte| *byte >= b' '), "one line, whatever stands in it");
        let read: Value = serde_json::from_slice(&message.body).unwrap();
        assert_eq!((&read["subject"], &read["data"]["id"]), (&id.as_str().into(), &id.as_str().into()));
        assert_eq!((&read["data"]["actor"], &read["data"]["set"]["name"]), (&text.into(), &text.into()));
        assert_eq!(read["data"]["decision"]["reasons"][0]["code"], text);
        assert_eq!(read.as_object().unwrap().len(), 8);
    }
}

#[test]
fn an_event_that_has_not_the_form_of_its_kind_is_not_sent() {
    let (_folder, mut ledger) = ledger();
    let mut event = recorded(&mut ledger, plain(EventKind::Activated, "{}"));
    assert!(Message::of(&event, &[7; 16], false).is_err());
    event.kind = EventKind::Sampled;
    Message::of(&event, &[7; 16], false).unwrap();
}

use std::net::TcpListener;

use super::*;
use crate::model::Outcome;
use crate::notify::make_secret;
use crate::notify::samples::{self, decision, header, plain, receiver, recorded};

fn target(folder: &Path, url: &str, more: &str) -> Target {
    let secret = folder.join("crm.secret");
    if !secret.exists() {
        make_secret(&secret).unwrap();
    }
    let text = format!("name = \"crm\"\nurl = \"{url}\"\nsecret-file = \"crm.secret\"\n{more}");
    Target::open(&toml::from_str(&text).unwrap(), folder).unwrap()
}

#[test]
fn what_is_answered_says_what_is_done_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = samples::ledger(&folder.path().join("ledger.db"));
    let event = recorded(&mut ledger, decision("s-1", Outcome::Review, "name"));
    let failed =
        |status, asked: Option<u64>| Answer::Failed { why: Why::Status(status), asked: asked.map(Duration::from_secs) };
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Answer::Delivered),
        ("HTTP/1.1 204 No Content\r\n\r\n", Answer::Delivered),
        ("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", Answer::Gone),
        ("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", failed(400, None)),
        ("HTTP/1.1 500 No\r\nContent-Length: 0\r\nRetry-After: soon\r\n\r\n", failed(500, None)),
        ("HTTP/1.1 429 No\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n", failed(429, Some(7))),
        ("HTTP/1.1 307 There\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/\r\n\r\n", failed(307, None)),
        ("HTTP/1.1 301 There\r\nContent-Length: 0\r\nLocation: /elsewhere\r\n\r\n", failed(301, None)),
        ("", Answer::Failed { why: Why::NoAnswer("the connection failed"), asked: None }),
        ("SMTP 200\r\n\r\n", Answer::Failed { why: Why::NoAnswer("it is not HTTP"), asked: None }),
    ] {
        let (address, came) = receiver(&[answer]);
        let target = target(folder.path(), &format!("{address}/hook?key=a"), "");
        let said = target.tell(&event, ledger.log_id());
        let came = came.recv().unwrap();
        if answer.is_empty() {
            // Which one it is depends on when the connection is seen to be closed.
            assert!(matches!(said, Answer::Failed { why: Why::NoAnswer(_), asked: None }), "{said:?}");
        } else {
            assert_eq!(said, expected, "{answer}");
        }
        let (head, body) = came.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /hook?key=a HTTP/1.1\r\n"), "{head}");
        let header = |name| header(head, name);
        assert_eq!(
            (header("content-type"), header("webhook-id")),
            (MEDIA_TYPE, format!("0-{:x}", event.leaf).as_str())
        );
        let signed =
            target.secrets.sign(header("webhook-id"), header("webhook-timestamp").parse().unwrap(), body.as_bytes());
        assert_eq!(header("webhook-signature"), signed);
    }
}

#[test]
fn nobody_there_is_a_failure_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = samples::ledger(&folder.path().join("ledger.db"));
    let event = recorded(&mut ledger, decision("s-1", Outcome::Review, "name"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let said = target(folder.path(), &address, "").tell(&event, ledger.log_id());
    assert_eq!(said, Answer::Failed { why: Why::NoAnswer("the connection failed"), asked: None });
}

#[test]
fn a_webhook_is_told_of_what_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = samples::ledger(&folder.path().join("ledger.db"));
    let review = recorded(&mut ledger, decision("s-1", Outcome::Review, "name"));
    let reject = recorded(&mut ledger, decision("s-2", Outcome::Reject, "name"));
    let sampled = recorded(&mut ledger, plain(EventKind::Sampled, "{}"));
    let wants = |more: &str| {
        let target = target(folder.path(), "http://127.0.0.1:1/", more);
        [&review, &reject, &sampled].map(|event| target.wants(event))
    };
    assert_eq!(wants(""), [true, true, false]);
    assert_eq!(wants("outcomes = [\"reject\", \"human-only\"]"), [false, true, false]);
    assert_eq!(wants("kinds = [\"sampled\", \"decision\"]\noutcomes = [\"review\"]"), [true, false, true]);
    assert_eq!(wants("kinds = [\"sampled\"]"), [false, false, true]);
}

#[test]
fn what_cannot_be_used_names_the_webhook() {
    let folder = tempfile::tempdir().unwrap();
    let text = "name = \"crm\"\nurl = \"https://crm.example.com\"\nsecret-file = \"crm.secret\"";
    let open = |text: &str| Target::open(&toml::from_str(text).unwrap(), folder.path()).unwrap_err().to_string();
    let said = open(text);
    assert!(said.contains("`crm`") && said.contains("crm.secret"), "{said}");
    make_secret(&folder.path().join("crm.secret")).unwrap();
    let said = open(&format!("{text}\nauthorities = \"ca.pem\""));
    assert!(said.contains("`crm`") && said.contains("ca.pem"), "{said}");
    assert!(!format!("{:?}", target(folder.path(), "https://crm.example.com", "")).contains("whsec_"));
}

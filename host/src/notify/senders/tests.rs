use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::model::Outcome;
use crate::notify::samples::{self, decision, header, receiver};
use crate::notify::{make_secret, progress};

const OK: &str = "HTTP/1.1 204 x\r\nConnection: close\r\n\r\n";
const NO: &str = "HTTP/1.1 500 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const GONE: &str = "HTTP/1.1 410 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// A deployment with two decisions on record, and nobody who is told yet.
fn place() -> (TempDir, Senders, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    make_secret(&folder.path().join("secret")).unwrap();
    let files = Files {
        folder: folder.path().to_owned(),
        ledger: folder.path().join("ledger.db"),
        cursors: folder.path().join("webhooks"),
    };
    let mut ledger = samples::ledger(&files.ledger);
    record(&mut ledger, 0, 2);
    (folder, Senders::new(files), ledger)
}

/// Records so many decisions, from the one with this number on.
fn record(ledger: &mut Ledger, from: u64, number: u64) {
    let decisions = (from..from + number).map(|number| decision(&format!("s-{number}"), Outcome::Review, "name"));
    ledger.append(&decisions.collect::<Vec<_>>()).unwrap();
}

fn webhook(name: &str, address: &str) -> Webhook {
    toml::from_str(&format!("name = \"{name}\"\nurl = \"{address}\"\nsecret-file = \"secret\"")).unwrap()
}

/// Sends to these from now on.
fn send(senders: &mut Senders, to: &[&Webhook]) {
    let to: Vec<Webhook> = to.iter().copied().cloned().collect();
    senders.change(senders.prepare(&to).unwrap()).unwrap();
}

/// The positions of the events that came, as many as are asked for.
fn told(came: &mpsc::Receiver<String>, number: usize) -> Vec<u64> {
    let one = |came: String| header(&came, "webhook-id").split('-').next().unwrap().parse().unwrap();
    (0..number).map(|_| one(came.recv().unwrap())).collect()
}

fn next(folder: &Path, name: &str) -> u64 {
    progress(&folder.join("webhooks"), name).unwrap().unwrap().next
}

#[test]
fn what_is_recorded_is_told_in_order_and_again_until_it_is_taken() {
    let (folder, mut senders, mut ledger) = place();
    let (address, came) = receiver(&[NO, OK, OK, NO, OK]);
    let hook = webhook("crm", &address);
    let prepared = senders.prepare(std::slice::from_ref(&hook)).unwrap();
    assert_eq!(next(folder.path(), "crm"), 2, "history is not told");
    record(&mut ledger, 2, 3);
    senders.change(prepared).unwrap();
    assert_eq!(told(&came, 5), [2, 2, 3, 4, 4]);
    senders.stop();
    assert_eq!(next(folder.path(), "crm"), 5);
    // What is recorded while nobody sends is told later.
    record(&mut ledger, 5, 2);
    let mut again = Senders::new(senders.files.clone());
    send(&mut again, &[&hook]);
    assert_eq!(told(&came, 2), [5, 6]);
}

#[test]
fn a_change_hands_over_adds_and_removes() {
    let (folder, mut senders, mut ledger) = place();
    let ((first, first_came), (second, second_came)) = (receiver(&[OK]), receiver(&[OK]));
    let (first, second) = (webhook("first", &first), webhook("second", &second));
    send(&mut senders, &[&first]);
    record(&mut ledger, 2, 20);
    for _ in 0..3 {
        send(&mut senders, &[&first]);
    }
    assert_eq!(told(&first_came, 20), (2..22).collect::<Vec<_>>(), "whoever goes on begins where the one before ended");
    send(&mut senders, &[&second]);
    record(&mut ledger, 22, 1);
    assert_eq!(told(&second_came, 1), [22], "a new one is told of what is new");
    send(&mut senders, &[&first, &second]);
    record(&mut ledger, 23, 1);
    assert_eq!(told(&first_came, 2), [22, 23], "one that comes back is told of what it missed");
    assert_eq!(told(&second_came, 1), [23]);
    senders.stop();
    assert_eq!((next(folder.path(), "first"), next(folder.path(), "second")), (24, 24));
}

#[test]
fn whoever_wants_no_more_is_told_of_it_after_the_next_change() {
    let (folder, mut senders, mut ledger) = place();
    let (address, came) = receiver(&[GONE, OK]);
    let hook = webhook("crm", &address);
    send(&mut senders, &[&hook]);
    record(&mut ledger, 2, 2);
    assert_eq!(told(&came, 1), [2]);
    senders.stop();
    assert_eq!(next(folder.path(), "crm"), 2);
    send(&mut senders, &[&hook]);
    assert_eq!(told(&came, 2), [2, 3]);
}

#[test]
fn nothing_changes_if_one_of_them_cannot_be_used() {
    let (folder, senders, _ledger) = place();
    let good = webhook("good", "https://crm.example.com");
    let bad = toml::from_str("name = \"bad\"\nurl = \"https://crm.example.com\"\nsecret-file = \"none\"").unwrap();
    assert!(matches!(senders.prepare(&[good, bad]), Err(WebhookError::Secret { name, .. }) if name == "bad"));
    assert!(!folder.path().join("webhooks").exists(), "none of them has begun");
}

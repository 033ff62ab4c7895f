use tempfile::TempDir;

use super::*;
use crate::ledger::EventKind;
use crate::notify::samples::{plain, recorded};

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    (folder, path)
}

/// Appends so many events that say who made them.
fn grow(ledger: &mut Ledger, number: usize, who: &str) {
    let events: Vec<_> =
        (0..number).map(|number| plain(EventKind::Sampled, &format!("{{\"{who}\":{number}}}"))).collect();
    ledger.append(&events).unwrap();
}

fn pass_all(cursor: &mut Cursor, ledger: &Ledger) {
    while let Some(event) = ledger.event(cursor.next).unwrap() {
        cursor.pass(&event);
    }
}

#[test]
fn a_new_one_begins_with_the_next_event_and_is_kept_at_once() {
    let (folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    grow(&mut ledger, 5, "a");
    let file = folder.path().join("webhooks/crm.json");
    let begun = Cursor::begin(&file, &ledger).unwrap();
    assert_eq!(begun.next, 5);
    // The service was killed before it sent anything: what came meanwhile is not passed over.
    grow(&mut ledger, 2, "a");
    assert_eq!(Cursor::begin(&file, &ledger).unwrap(), begun);
    assert_eq!(progress(&folder.path().join("webhooks"), "crm").unwrap().unwrap().next, 5);
    assert_eq!(progress(&folder.path().join("webhooks"), "other").unwrap(), None);
}

#[test]
fn it_goes_on_where_it_was_kept() {
    let (folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    let file = folder.path().join("crm.json");
    let mut cursor = Cursor::begin(&file, &ledger).unwrap();
    assert_eq!(cursor.settle(&ledger).unwrap(), Found::Same, "an empty ledger");
    for _ in 0..3 {
        let event = recorded(&mut ledger, plain(EventKind::Sampled, "{}"));
        cursor.pass(&event);
        assert_eq!(cursor.settle(&ledger).unwrap(), Found::Same);
    }
    // Killed after the receiver said that it has the event, and before that was kept: it is sent again.
    assert_eq!(Cursor::begin(&file, &ledger).unwrap().next, 0);
    cursor.write(&file).unwrap();
    assert_eq!(Cursor::begin(&file, &ledger).unwrap(), cursor);
    // Killed while the file was replaced: what is left beside it is no cursor of any webhook.
    fs::write(folder.path().join(".tmp1234"), "{").unwrap();
    assert_eq!(Cursor::begin(&file, &ledger).unwrap(), cursor);
}

#[test]
fn since_when_an_event_fails_is_kept_over_restarts_and_ends_with_it() {
    let (folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    grow(&mut ledger, 1, "a");
    let file = folder.path().join("crm.json");
    let mut cursor = Cursor::begin(&file, &ledger).unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    assert!(!cursor.is_failing());
    assert!(!cursor.failed(at("2026-11-20T09:00:00Z")));
    cursor.write(&file).unwrap();
    let mut cursor = Cursor::begin(&file, &ledger).unwrap();
    assert!(cursor.is_failing());
    assert!(!cursor.failed(at("2026-11-23T08:59:59Z")));
    assert!(!cursor.failed(at("2026-11-19T00:00:00Z")), "a clock that was set back gives nothing up");
    assert!(cursor.failed(at("2026-11-23T09:00:00Z")));
    let event = recorded(&mut ledger, plain(EventKind::Sampled, "{}"));
    cursor.pass(&event);
    assert!(!cursor.is_failing(), "the next one has all the time again");
    assert!(!cursor.failed(at("2026-11-23T09:00:00Z")));
}

#[test]
fn a_file_that_says_something_else_is_refused_and_kept() {
    let (folder, path) = place();
    let ledger = Ledger::create(&path).unwrap();
    let file = folder.path().join("crm.json");
    for wrong in ["", "{", "{}", "{\"ledger\":\"\",\"next\":-1,\"before\":[]}", "{\"next\":1}"] {
        fs::write(&file, wrong).unwrap();
        let error = Cursor::begin(&file, &ledger).unwrap_err().to_string();
        assert!(error.contains("crm.json") && error.contains("remove it"), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), wrong);
    }
}

#[test]
fn a_ledger_that_was_restored_and_went_on_differently_is_noticed() {
    let (folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    grow(&mut ledger, 100, "a");
    drop(ledger);
    let copies = ["shorter.db", "longer.db", "same.db"].map(|name| folder.path().join(name));
    for copy in &copies {
        fs::copy(&path, copy).unwrap();
    }
    let mut ledger = Ledger::open(&path).unwrap();
    let file = folder.path().join("crm.json");
    let begun = Cursor::begin(&file, &ledger).unwrap();
    grow(&mut ledger, 40, "a");
    let mut cursor = begun.clone();
    pass_all(&mut cursor, &ledger);
    assert_eq!(cursor.next, 140);
    let [shorter, mut longer, mut same] = copies.map(|copy| Ledger::open(copy).unwrap());
    grow(&mut longer, 200, "b");
    grow(&mut same, 40, "a");
    for restored in [&shorter, &longer] {
        let mut cursor = cursor.clone();
        assert_eq!(cursor.settle(restored).unwrap(), Found::WentBack { from: 140 });
        assert!((59..=100).contains(&cursor.next), "all that is new, and not much more: from {}", cursor.next);
        assert_eq!(cursor.settle(restored).unwrap(), Found::Same);
        pass_all(&mut cursor, restored);
        assert_eq!(cursor.next, restored.count().unwrap());
    }
    assert_eq!(cursor.settle(&same).unwrap(), Found::Same, "the same events again are the same events");
    // Restored to before the webhook began.
    let mut cursor = begun;
    let mut early = Ledger::open(&path).unwrap();
    assert_eq!(cursor.settle(&early).unwrap(), Found::Same);
    grow(&mut early, 1, "a");
    pass_all(&mut cursor, &early);
    drop((early, ledger));
    let other = Ledger::create(folder.path().join("other.db")).unwrap();
    cursor.ledger = hex::encode(other.log_id());
    assert_eq!(cursor.settle(&other).unwrap(), Found::WentBack { from: 141 }, "nothing of it is there any more");
    assert_eq!((cursor.next, cursor.before.len()), (0, 0));
}

#[test]
fn another_ledger_begins_anew() {
    let (folder, path) = place();
    let mut ledger = Ledger::create(&path).unwrap();
    grow(&mut ledger, 10, "a");
    let mut cursor = Cursor::begin(&folder.path().join("crm.json"), &ledger).unwrap();
    let mut other = Ledger::create(folder.path().join("other.db")).unwrap();
    grow(&mut other, 30, "a");
    assert_eq!(cursor.settle(&other).unwrap(), Found::Other);
    assert_eq!(cursor.next, 30);
    assert_eq!(cursor.settle(&other).unwrap(), Found::Same);
}

#[test]
fn few_events_are_remembered_dense_near_the_end() {
    let mut cursor = Cursor { ledger: String::new(), next: 0, failing_since: None, before: Vec::new() };
    for seq in 0..20_000 {
        let event = RecordedEvent {
            seq,
            kind: EventKind::Sampled,
            at: String::new(),
            actor: String::new(),
            leaf: Digest::of(&seq.to_be_bytes()),
            entry: String::new(),
            body: None,
        };
        cursor.pass(&event);
        let away: Vec<u64> = cursor.before.iter().rev().map(|mark| cursor.next - mark.seq).collect();
        assert_eq!((away.first(), away.last()), (Some(&1), Some(&(seq + 1))), "the last and the first");
        assert!(away.len() <= 32, "{away:?}");
        assert!(away.windows(2).all(|pair| pair[1] <= 2 * pair[0]), "{away:?}");
    }
}

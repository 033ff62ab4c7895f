use std::collections::BTreeSet;

use tempfile::TempDir;

use super::*;
use crate::ledger::draft::tests::published;
use crate::ledger::proof::tests::signer;
use crate::ledger::{Digest, Frontier, Prepared, leaf_hash};

fn ledger(folder: &TempDir, name: &str) -> Ledger {
    Ledger::create(folder.path().join(name)).unwrap()
}

fn events(of: &str, from: u64, to: u64) -> Vec<Prepared> {
    (from..to).map(|number| published(&format!("{{\"of\":\"{of}\",\"number\":{number}}}")).prepare().unwrap()).collect()
}

/// The files below a folder.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The root over the entries in the bundles.
fn root_of_entries(folder: &Path, bundles: &[(&str, usize)]) -> Digest {
    let mut tree = Frontier::default();
    for (name, width) in bundles {
        let bytes = fs::read(folder.join(name)).unwrap();
        let prefix = if name.contains("long") { 4 } else { 2 };
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (length, more) = rest.split_at(prefix);
            let length = length.iter().fold(0, |all, byte| all << 8 | usize::from(*byte));
            tree.push(leaf_hash(&more[..length]));
            rest = &more[length..];
        }
        assert_eq!(tree.size() % 256, u64::try_from(*width).unwrap() % 256);
    }
    tree.root()
}

#[test]
fn what_is_published_grows_with_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let (out, mut ledger) = (folder.path().join("out"), ledger(&folder, "ledger.db"));
    let empty = ledger.publish(&out, &signer()).unwrap();
    assert_eq!((empty.head.size, empty.files, empty.before), (0, 1, None));

    ledger.append(&events("a", 0, 10)).unwrap();
    assert_eq!(ledger.publish(&out, &signer()).unwrap().files, 3);
    ledger.append(&events("a", 10, 300)).unwrap();
    let first = ledger.publish(&out, &signer()).unwrap();
    let expected =
        ["checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"];
    assert_eq!(files(&out), names(&expected));
    assert_eq!((first.files, first.before.map(|before| before.size)), (6, Some(10)));
    let entries = [("tile/entries/000", 256), ("tile/entries/001.p/44", 44)];
    assert_eq!(root_of_entries(&out, &entries), ledger.head().unwrap().root);

    assert_eq!(ledger.publish(&out, &signer()).unwrap().files, 0, "nothing is new");
    fs::remove_file(out.join("tile/0/000")).unwrap();
    assert_eq!(ledger.publish(&out, &signer()).unwrap().files, 1, "what is missing is written again");

    ledger.append(&events("a", 300, 301)).unwrap();
    ledger.publish(&out, &signer()).unwrap();
    assert!(out.join("tile/0/001.p/44").exists(), "who holds the earlier checkpoint asks for it");
    ledger.append(&events("a", 301, 520)).unwrap();
    ledger.publish(&out, &signer()).unwrap();
    let expected = [
        "checkpoint",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/8",
        "tile/1/000.p/1",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/8",
    ];
    assert_eq!(files(&out), names(&expected));
    let note = fs::read_to_string(out.join("checkpoint")).unwrap();
    assert_eq!(Checkpoint::open(&note, signer().verifier()).unwrap().head, ledger.head().unwrap());
}

#[test]
fn what_was_published_is_never_replaced_by_another_history() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut whole = ledger(&folder, "whole.db");
    whole.append(&events("a", 0, 300)).unwrap();
    whole.publish(&out, &signer()).unwrap();
    let before = fs::read(out.join("checkpoint")).unwrap();
    let mut shorter = ledger(&folder, "shorter.db");
    shorter.append(&events("a", 0, 299)).unwrap();
    let mut other = ledger(&folder, "other.db");
    other.append(&events("a", 0, 299)).unwrap();
    other.append(&events("b", 299, 400)).unwrap();
    for changed in [&shorter, &other] {
        let error = changed.publish(&out, &signer()).unwrap_err();
        assert!(matches!(error, PublishError::Forked { .. }) && error.breaks(), "{error}");
    }
    let stranger = NoteSigner::new("example.com/other", &[1; 32]).unwrap();
    let error = whole.publish(&out, &stranger).unwrap_err();
    assert!(matches!(error, PublishError::Kept { error: NoteError::Unsigned(_), .. }), "{error}");
    fs::write(out.join("checkpoint"), "notes of mine").unwrap();
    let error = whole.publish(&out, &signer()).unwrap_err();
    assert!(matches!(error, PublishError::Kept { error: NoteError::Form(_), .. }) && !error.breaks(), "{error}");
    assert_eq!(fs::read_to_string(out.join("checkpoint")).unwrap(), "notes of mine");
    fs::write(out.join("checkpoint"), before).unwrap();
    whole.publish(&out, &signer()).unwrap();
}

#[test]
fn what_an_interrupted_run_left_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let (out, mut ledger) = (folder.path().join("out"), ledger(&folder, "ledger.db"));
    ledger.append(&events("a", 0, 300)).unwrap();
    for left in ["tile/0/000", "tile/entries/001.p/44"] {
        fs::create_dir_all(out.join(left).parent().unwrap()).unwrap();
        fs::write(out.join(left), "of another ledger, without a checkpoint").unwrap();
    }
    assert_eq!(ledger.publish(&out, &signer()).unwrap().files, 6);
    let entries = [("tile/entries/000", 256), ("tile/entries/001.p/44", 44)];
    assert_eq!(root_of_entries(&out, &entries), ledger.head().unwrap().root);
}

#[test]
fn an_entry_that_the_layout_has_no_room_for_stands_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let (out, mut ledger) = (folder.path().join("out"), ledger(&folder, "ledger.db"));
    ledger.append(&events("a", 0, 255)).unwrap();
    ledger.append(&events(&"long".repeat(20_000), 255, 256)).unwrap();
    ledger.append(&events("a", 256, 258)).unwrap();
    let first = ledger.publish(&out, &signer()).unwrap();
    assert_eq!((first.long, first.files), (vec![0], 6));
    assert!(!out.join("tile/entries/000").exists());
    let entries = [("tile/entries-long/000", 256), ("tile/entries/001.p/2", 2)];
    assert_eq!(root_of_entries(&out, &entries), ledger.head().unwrap().root);
    assert_eq!(ledger.publish(&out, &signer()).unwrap().files, 0);
}

use super::*;
use crate::ledger::{Export, ExportError, ExportFormat};

const ALL: Export = Export { format: ExportFormat::Jsonl, from: None, to: None, commitments_only: false };

fn export(path: &Path) -> Result<Vec<serde_json::Value>, ExportError> {
    let mut bytes = Vec::new();
    Ledger::open_read_only(path).unwrap().export(&ALL, &mut bytes)?;
    Ok(bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

#[test]
fn an_erased_body_is_null_and_the_rest_stands() {
    let (_folder, path) = place();
    drop(small(&path));
    let before = export(&path).unwrap();
    adversary(&path).execute("DELETE FROM opening WHERE seq = 2", []).unwrap();
    let mut expected = before.clone();
    expected[2]["body"] = serde_json::Value::Null;
    assert_eq!(export(&path).unwrap(), expected);
    assert_eq!((before.len(), &before[2]["suggestion_id"]), (9, &"s-2".into()));
}

#[test]
fn what_was_changed_is_not_exported() {
    for change in [
        "UPDATE event SET entry = replace(entry, 'review', 'apply ') WHERE seq = 2",
        "UPDATE event SET kind = 'audited' WHERE seq = 2",
        "UPDATE event SET at = '2001-01-01T00:00:00Z' WHERE seq = 2",
        "UPDATE opening SET sealed_values = replace(sealed_values, 'because', 'forged!') WHERE seq = 2",
    ] {
        let (_folder, path) = place();
        drop(small(&path));
        adversary(&path).execute(change, []).unwrap();
        let error = export(&path).unwrap_err().to_string();
        assert!(error.contains("event 2"), "{change}: {error}");
    }
}

use std::fs::{self, File};

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::RowAccessor;
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::ledger::draft::tests::{decision, published};
use crate::ledger::{imported_truth, leaf_hash};
use crate::model::Truth;

const ALL: Export = Export { format: ExportFormat::Jsonl, from: None, to: None, commitments_only: false };

/// Three decisions, something that people said of two, and an event of another kind.
fn ledger(folder: &TempDir) -> Ledger {
    let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
    let decided = |id: &str| decision(id, &format!("record of {id}"), 32).prepare().unwrap();
    let said =
        |id: &str, truth| imported_truth(id, truth, "2026-11-21T09:00:00Z", "=HYPERLINK(\"x\")").prepare().unwrap();
    ledger.append(&[decided("s-0"), decided("s-1"), decided("=s-2")]).unwrap();
    ledger.append(&[said("s-1", Truth::Approve), said("s-1", Truth::Reject)]).unwrap();
    ledger.append(&[published("{\"x\":1}").prepare().unwrap()]).unwrap();
    ledger
}

fn exported(ledger: &Ledger, export: Export) -> (Exported, Vec<u8>) {
    let mut bytes = Vec::new();
    let exported = ledger.export(&export, &mut bytes).unwrap();
    (exported, bytes)
}

fn lines(ledger: &Ledger, export: Export) -> Vec<Value> {
    let bytes = exported(ledger, export).1;
    str::from_utf8(&bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn parquet_of(ledger: &Ledger, folder: &TempDir) -> SerializedFileReader<File> {
    let file = folder.path().join("rows.parquet");
    fs::write(&file, exported(ledger, Export { format: ExportFormat::Parquet, ..ALL }).1).unwrap();
    SerializedFileReader::new(File::open(file).unwrap()).unwrap()
}

#[test]
fn a_row_says_what_the_event_says() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(&folder);
    let rows = lines(&ledger, ALL);
    assert_eq!(rows.len(), 6);
    let names: Vec<&str> = row::columns(true).iter().map(|column| column.name).collect();
    for (row, event) in rows.iter().zip(ledger.events(0..9).unwrap()) {
        let event = event.unwrap();
        assert_eq!(row.as_object().unwrap().keys().collect::<Vec<_>>().len(), names.len());
        assert_eq!((&row["seq"], &row["kind"]), (&event.seq.into(), &event.kind.as_str().into()));
        assert_eq!((&row["at"], &row["actor"]), (&event.at.as_str().into(), &event.actor.as_str().into()));
        assert_eq!(row["leaf"], format!("{:x}", leaf_hash(row["entry"].as_str().unwrap().as_bytes())));
        assert_eq!(row["body"], event.body.unwrap());
    }
    let one = &rows[1];
    for (name, text) in [
        ("suggestion_id", "s-1"),
        ("outcome", "review"),
        ("decided_at", "2026-11-20T09:00:00Z"),
        ("set_name", "crm-default"),
        ("set_version", "1.0.0"),
        ("system", "hubspot"),
        ("object", "contact"),
        ("truth", "reject"),
    ] {
        assert_eq!(one[name], text, "{name}");
    }
    assert!(one["set_digest"].as_str().unwrap().starts_with("sha256:"));
    assert!(one["confidence"].is_null() && rows[0]["truth"].is_null() && rows[3]["suggestion_id"].is_null());
}

#[test]
fn the_clear_parts_of_a_decision_are_columns() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(&folder);
    let mut draft = decision("s-9", "record", 8);
    let more = r#""suggestion":{"operation":"enrich","changes":[{"field":"email"},{"field":"phone"}],"confidence":0.97,
        "assistant":{"vendor":"acme","model":"enricher","version":"2"},"#;
    draft.body = draft.body.replace("\"suggestion\":{", &more.replace('\n', ""));
    ledger.append(&[draft.prepare().unwrap()]).unwrap();
    let row = lines(&ledger, ALL).pop().unwrap();
    assert_eq!((&row["operation"], &row["fields"]), (&"enrich".into(), &"email,phone".into()));
    assert_eq!((&row["assistant"], &row["confidence"]), (&"acme/enricher".into(), &0.97.into()));
}

#[test]
fn without_bodies_no_value_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(&folder);
    for format in [ExportFormat::Jsonl, ExportFormat::Csv] {
        let holds = |commitments_only| {
            let bytes = exported(&ledger, Export { format, commitments_only, ..ALL }).1;
            String::from_utf8_lossy(&bytes).contains("record of s-0")
        };
        assert!(holds(false) && !holds(true), "{format:?}");
    }
    assert!(lines(&ledger, Export { commitments_only: true, ..ALL })[0].get("body").is_none());
}

#[test]
fn csv_reads_back_and_is_guarded() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(&folder);
    let bytes = exported(&ledger, Export { format: ExportFormat::Csv, ..ALL }).1;
    let mut read = ::csv::Reader::from_reader(bytes.as_slice());
    let names: Vec<String> = read.headers().unwrap().iter().map(str::to_owned).collect();
    let column = |name: &str| names.iter().position(|other| other == name).unwrap();
    let rows: Vec<_> = read.records().map(Result::unwrap).collect();
    for (row, line) in rows.iter().zip(lines(&ledger, ALL)) {
        assert_eq!(row[column("seq")], line["seq"].to_string());
        assert_eq!(row[column("entry")], *line["entry"].as_str().unwrap());
        assert_eq!(row[column("body")], *line["body"].as_str().unwrap());
    }
    assert_eq!((&rows[2][column("suggestion_id")], &rows[1][column("suggestion_id")]), ("'=s-2", "s-1"));
    assert_eq!((&rows[3][column("actor")], &rows[3][column("outcome")]), ("'=HYPERLINK(\"x\")", ""));
}

#[test]
fn parquet_reads_back_in_groups() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(&folder);
    // Larger than one group.
    let large = "x".repeat(3 << 20);
    for number in 0..6 {
        let body = format!("{{\"number\":{number},\"large\":\"{large}\"}}");
        ledger.append(&[published(&body).prepare().unwrap()]).unwrap();
    }
    let reader = parquet_of(&ledger, &folder);
    assert!(reader.metadata().num_row_groups() > 1, "memory is bounded");
    let lines = lines(&ledger, ALL);
    let mut rows = 0;
    for (row, line) in reader.get_row_iter(None).unwrap().zip(&lines) {
        let row = row.unwrap();
        assert_eq!(row.get_long(0).unwrap(), line["seq"].as_i64().unwrap());
        assert_eq!(row.get_string(4).unwrap(), line["leaf"].as_str().unwrap());
        assert_eq!(row.get_string(row.len() - 1).unwrap(), line["body"].as_str().unwrap());
        assert_eq!(row.get_string(5).ok().map(String::as_str), line["suggestion_id"].as_str());
        rows += 1;
    }
    assert_eq!(rows, lines.len());
}

#[test]
fn a_time_is_within_from_its_first_moment_to_before_its_last() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
    // A clock that is set back, other zones, and more events than are looked at in one step.
    let times = ["2026-11-20T09:00:00Z", "2026-11-20T09:00:00.5Z", "2026-11-20T08:00:00Z", "2026-11-20T12:00:00+02:00"];
    for _ in 0..400 {
        let group: Vec<_> = times
            .iter()
            .map(|at| {
                let mut draft = published("{}");
                (*at).clone_into(&mut draft.at);
                draft.prepare().unwrap()
            })
            .collect();
        ledger.append(&group).unwrap();
    }
    let seqs = |from: Option<&str>, to: Option<&str>| -> Vec<u64> {
        let moment = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let export = Export { from: moment(from), to: moment(to), ..ALL };
        let rows = lines(&ledger, export);
        assert_eq!(exported(&ledger, export).0, Exported { rows: rows.len() as u64, head: ledger.head().unwrap() });
        rows.iter().map(|row| row["seq"].as_u64().unwrap()).collect()
    };
    let of = |wanted: &[u64]| (0..1600).filter(|seq| wanted.contains(&(seq % 4))).collect::<Vec<_>>();
    assert_eq!(seqs(None, None), of(&[0, 1, 2, 3]));
    assert_eq!(seqs(Some("2026-11-20T09:00:00Z"), None), of(&[0, 1, 3]));
    assert_eq!(seqs(Some("2026-11-20T09:00:00.1Z"), None), of(&[1, 3]));
    assert_eq!(seqs(None, Some("2026-11-20T09:00:00.5Z")), of(&[0, 2]));
    assert_eq!(seqs(Some("2026-11-20T10:00:00Z"), Some("2026-11-20T10:00:01Z")), of(&[3]));
    assert!(seqs(Some("2026-11-21T00:00:00Z"), None).is_empty());
}

#[test]
fn an_empty_ledger_gives_an_empty_export() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
    assert!(exported(&ledger, ALL).1.is_empty());
    let csv = exported(&ledger, Export { format: ExportFormat::Csv, ..ALL }).1;
    assert_eq!(str::from_utf8(&csv).unwrap().lines().count(), 1);
    assert_eq!(parquet_of(&ledger, &folder).metadata().file_metadata().num_rows(), 0);
}

//! What is exported is what the ledger holds, in each format, and without values where none are wanted.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use countersign::ledger::Ledger;
use countersign_tests::corpus::{self, NOW};
use countersign_tests::{Program, Run};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Values that stand in the decided suggestion and in nothing else.
const PLANTED: [&str; 7] = [
    "zebedee.quux@example.com",
    "Zebedee Quux",
    "record-4711-zebedee",
    "He told Zebedee so.",
    "old-zebedee",
    "crm-note:zebedee",
    "record-4712-zebedee",
];

/// Two suggestions, one object each; a merge for the other record's id.
const SUGGESTIONS: &str = r#"{"id":"planted-1","received_at":"2026-05-20T09:00:00Z",
 "target":{"system":"hubspot","object":"contact","id":"record-4711-zebedee"},"operation":"enrich",
 "changes":[{"field":"email","prior":"old-zebedee","proposed":"zebedee.quux@example.com"},
            {"field":"lastname","prior":null,"proposed":"Zebedee Quux"}],
 "assistant":{"vendor":"acme","model":"enricher","version":"2.1"},"confidence":0.97,
 "evidence":[{"uri":"crm-note:zebedee","kind":"source-record"}],
 "rationale":"He told Zebedee so.","context":{"fields":{"email":{"value":"old-zebedee"}}}}
{"id":"planted-2","received_at":"2026-05-20T09:01:00Z",
 "target":{"system":"hubspot","object":"contact","id":"record-4711-zebedee"},"operation":"merge",
 "merge_with":[{"system":"hubspot","object":"contact","id":"record-4712-zebedee"}],
 "assistant":{"vendor":"acme","model":"enricher","version":"2.1"},"confidence":0.97}"#;

fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run
}

fn evaluate(program: &Program, input: &str) {
    done(program.run(&["evaluate", "-", "--now", NOW], input));
}

/// A deployment with so many decisions about the corpus, those about the planted suggestions, and what people said of some.
fn with_decisions(number: usize) -> Program {
    let program = Program::with_fresh_home();
    evaluate(&program, &(corpus::first(number) + &SUGGESTIONS.replace("\n ", " ") + "\n"));
    let labels =
        program.write("labels.jsonl", corpus::labels().take(number / 2).map(|line| line + "\n").collect::<String>());
    done(program.run(&["truth", "import", &labels, "--by", "ana"], ""));
    program
}

/// Runs an export into a file, and returns the file's path.
fn export(program: &Program, name: &str, more: &[&str]) -> String {
    let out = program.folder().join(name).to_str().unwrap().to_owned();
    let run = done(program.run(&[&["ledger", "export", "--out", &out], more].concat(), ""));
    assert!(run.stdout.contains(&out), "{}", run.stdout);
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// What each row should say, from the ledger itself and another implementation of its hash.
fn expected(program: &Program) -> Vec<Value> {
    let ledger = Ledger::open_read_only(program.home().join("ledger.db")).unwrap();
    let rows = ledger.events(0..u64::MAX).unwrap().map(|event| {
        let event = event.unwrap();
        let leaf = Sha256::new_with_prefix([0]).chain_update(&event.entry).finalize();
        let mut row = json!({
            "seq": event.seq, "kind": event.kind.as_str(), "at": event.at, "actor": event.actor,
            "leaf": hex(&leaf),
            "entry": event.entry, "body": event.body,
        });
        let body: Value = serde_json::from_str(row["body"].as_str().unwrap()).unwrap();
        let is_decision = row["kind"] == "decision";
        let suggestion = &body["suggestion"];
        let changes = suggestion["changes"].as_array().into_iter().flatten();
        let fields: Vec<&str> = changes.map(|change| change["field"].as_str().unwrap()).collect();
        let fields = (!fields.is_empty()).then(|| fields.join(","));
        let assistant = suggestion["assistant"]["vendor"]
            .as_str()
            .map(|vendor| format!("{vendor}/{}", suggestion["assistant"]["model"].as_str().unwrap()));
        let truth = body["id"].as_str().and_then(|id| ledger.truth(id).unwrap());
        for (name, value) in [
            ("suggestion_id", body["id"].clone()),
            ("outcome", body["outcome"].clone()),
            ("decided_at", body["decided_at"].clone()),
            ("set_name", body["set"]["name"].clone()),
            ("set_version", body["set"]["version"].clone()),
            ("set_digest", body["set"]["digest"].clone()),
            ("system", suggestion["target"]["system"].clone()),
            ("object", suggestion["target"]["object"].clone()),
            ("operation", suggestion["operation"].clone()),
            ("fields", fields.into()),
            ("assistant", assistant.into()),
            ("confidence", suggestion["confidence"].clone()),
            ("truth", truth.map(countersign::model::Truth::as_str).into()),
        ] {
            row[name] = if is_decision { value } else { Value::Null };
        }
        row
    });
    rows.collect()
}

fn jsonl(path: &str) -> Vec<Value> {
    BufReader::new(File::open(path).unwrap())
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect()
}

/// The rows of a CSV file as those of JSON: what is empty there is null here, and numbers are numbers.
fn csv(path: &str) -> Vec<Value> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        let cells = names.iter().zip(&record).map(|(name, text)| {
            let value = match (name, text) {
                (_, "") => Value::Null,
                ("seq" | "confidence", number) => serde_json::from_str(number).unwrap(),
                (_, text) => text.into(),
            };
            (name.to_owned(), value)
        });
        Value::Object(cells.collect())
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn parquet(path: &str) -> Vec<Value> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let row = |row: parquet::record::Row| {
        let cells = row.get_column_iter().map(|(name, field)| {
            let value = match field {
                Field::Null => Value::Null,
                Field::Long(number) => (*number).into(),
                Field::Double(number) => (*number).into(),
                Field::Str(text) => text.as_str().into(),
                other => panic!("{name}: {other}"),
            };
            (name.clone(), value)
        });
        Value::Object(cells.collect())
    };
    reader.get_row_iter(None).unwrap().map(|read| row(read.unwrap())).collect()
}

#[track_caller]
fn same(rows: &[Value], expected: &[Value]) {
    assert_eq!(rows.len(), expected.len());
    for (row, expected) in rows.iter().zip(expected) {
        assert!(row == expected, "{row}\n{expected}");
    }
}

#[test]
fn every_format_says_what_the_ledger_says() {
    let program = with_decisions(corpus::SUGGESTIONS);
    let expected = expected(&program);
    assert!(expected.len() > corpus::SUGGESTIONS);
    assert!(["approve", "reject"].iter().all(|truth| expected.iter().any(|row| row["truth"] == *truth)));
    same(&jsonl(&export(&program, "rows.jsonl", &[])), &expected);
    same(&csv(&export(&program, "rows.csv", &[])), &expected);
    let file = export(&program, "rows.parquet", &[]);
    same(&parquet(&file), &expected);
    let metadata = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
    assert!(metadata.metadata().num_row_groups() > 1, "memory does not grow with the ledger");
}

#[test]
fn without_bodies_nothing_personal_is_left() {
    let program = with_decisions(50);
    let opened = export(&program, "rows.jsonl", &[]);
    let text = fs::read_to_string(opened).unwrap();
    for planted in PLANTED {
        assert!(text.contains(planted), "{planted} is on record");
    }
    let keys: Vec<Vec<u8>> = {
        let database = rusqlite::Connection::open(program.home().join("ledger.db")).unwrap();
        let mut all = database.prepare("SELECT record FROM decision WHERE record IS NOT NULL").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(keys.len() > 50);
    let rows = ["bare.jsonl", "bare.csv", "bare.parquet"].map(|name| export(&program, name, &["--commitments-only"]));
    let rows = [jsonl(&rows[0]), csv(&rows[1]), parquet(&rows[2])];
    let mut expected = expected(&program);
    for row in &mut expected {
        row.as_object_mut().unwrap().remove("body");
    }
    for rows in &rows {
        same(rows, &expected);
        let text = serde_json::to_string(rows).unwrap();
        for planted in PLANTED {
            assert!(!text.contains(planted), "{planted}");
        }
        for key in &keys {
            assert!(!text.contains(&hex(key)), "the key of a record");
        }
    }
}

#[cfg(unix)]
#[test]
fn values_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let program = with_decisions(2);
    let mode = |path: &str| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for name in ["rows.jsonl", "rows.csv", "rows.parquet"] {
        assert_eq!(mode(&export(&program, name, &[])), 0o600, "{name}");
    }
    assert_eq!(mode(&export(&program, "bare.csv", &["--commitments-only"])) & 0o600, 0o600);
}

#[test]
fn from_is_within_and_to_is_not() {
    let program = Program::with_fresh_home();
    // Three runs, so that there are several times.
    for number in [10, 20, 30] {
        evaluate(&program, &corpus::first(number));
    }
    let all = jsonl(&export(&program, "all.jsonl", &[]));
    let time = |row: &Value| row["at"].as_str().unwrap().to_owned();
    let (middle, last) = (time(&all[all.len() / 2]), time(all.last().unwrap()));
    assert_ne!(middle, last);
    let moment = |row: &Value| time(row).parse::<jiff::Timestamp>().unwrap();
    let kept = |within: &dyn Fn(jiff::Timestamp) -> bool| {
        all.iter().filter(|row| within(moment(row))).cloned().collect::<Vec<_>>()
    };
    let (from, to) = (middle.parse().unwrap(), last.parse().unwrap());
    same(&jsonl(&export(&program, "from.jsonl", &["--from", &middle])), &kept(&|at| at >= from));
    same(&jsonl(&export(&program, "to.jsonl", &["--to", &middle])), &kept(&|at| at < from));
    let both = export(&program, "both.csv", &["--from", &middle, "--to", &last]);
    same(&csv(&both), &kept(&|at| from <= at && at < to));
    let none = export(&program, "none.parquet", &["--from", "2001-01-01", "--to", "2001-01-02T00:00:00+01:00"]);
    assert!(parquet(&none).is_empty());
    same(&jsonl(&export(&program, "days.jsonl", &["--from", "2001-01-01"])), &all);
    assert_eq!(program.run(&["ledger", "export", "--from", "yesterday"], "").code, Some(2));
}

#[test]
fn rows_go_to_standard_output_or_into_a_whole_file() {
    let program = with_decisions(20);
    let expected = expected(&program);
    same(&done(program.run(&["ledger", "export"], "")).lines(), &expected);
    same(&done(program.run(&["ledger", "export", "--out", "-", "--format", "json"], "")).lines(), &expected);
    let printed = done(program.run(&["ledger", "export", "--as", "csv"], "")).stdout;
    same(&csv(&program.write("printed.csv", printed)), &expected);
    let refused = program.run(&["ledger", "export", "--as", "parquet"], "");
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(3), ""), "{refused:#?}");
    assert!(refused.message().contains("--out"), "{refused:#?}");

    // What stands there is replaced, and the flag says more than the name.
    let out = program.write("rows.csv", "before");
    same(&jsonl(&export(&program, "rows.csv", &["--as", "jsonl"])), &expected);
    let run = done(program.run(&["ledger", "export", "--out", &out, "--format", "json"], ""));
    let said = run.lines().swap_remove(0);
    assert_eq!((&said["rows"], &said["size"]), (&expected.len().into(), &expected.len().into()));
    same(&csv(&out), &expected);

    // A ledger that does not hold gives no file.
    let database = rusqlite::Connection::open(program.home().join("ledger.db")).unwrap();
    database
        .execute_batch("DROP TRIGGER event_no_update; UPDATE event SET leaf = randomblob(32) WHERE seq = 20")
        .unwrap();
    let before = fs::read(&out).unwrap();
    let run = program.run(&["ledger", "export", "--out", &out], "");
    assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""), "{run:#?}");
    assert!(run.message().contains("event 20"), "{run:#?}");
    assert_eq!(fs::read(&out).unwrap(), before);
    let names = fs::read_dir(program.folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.starts_with(".tmp")), "nothing half written is left");
    let nowhere = program.run(&["ledger", "export", "--out", "/dev/null/rows.csv"], "");
    assert_eq!(nowhere.code, Some(3), "{nowhere:#?}");
}

#[test]
fn an_export_while_others_write_is_of_one_moment() {
    let program = Program::with_fresh_home();
    let mut child = program.start_deciding();
    let mut exports = 0;
    while child.try_wait().unwrap().is_none() {
        exports += 1;
        let out = program.folder().join(format!("{exports}.jsonl"));
        let run = done(program.run(&["ledger", "export", "--format", "json", "--out", out.to_str().unwrap()], ""));
        let said = run.lines().swap_remove(0);
        let rows = jsonl(out.to_str().unwrap());
        assert_eq!(said["size"], rows.len());
        assert!(rows.iter().zip(0_u64..).all(|(row, seq)| row["seq"] == seq));
        let ledger = Ledger::open_read_only(program.home().join("ledger.db")).unwrap();
        let root = ledger.root_at(rows.len() as u64).unwrap();
        assert_eq!(said["root"], root.to_string());
    }
    assert!(child.wait().unwrap().success() && exports > 0);
}

#[test]
fn who_has_read_enough_ends_it() {
    let program = with_decisions(500);
    let mut child =
        program.command(&["ledger", "export"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut begin = [0; 100];
    child.stdout.take().unwrap().read_exact(&mut begin).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}

//! A person's values are destroyed: nothing of them is left in the files, everything else stays whole and provable, and what
//! is on hold stays.

use std::collections::BTreeMap;
use std::fs;

use countersign::ledger::{Draft, EventKind, Ledger, Sealer};
use countersign_tests::corpus::{self, NOW};
use countersign_tests::{Program, Run};
use rusqlite::Connection;
use serde_json::{Value, json};

const SUBJECT: &str = "hubspot/contact/record-4711-zebedee";

/// Values that stand in what was suggested for the subject and in nothing else.
const PLANTED: [&str; 6] = [
    "zebedee.quux@example.com",
    "Zebedee Quux",
    "record-4711-zebedee",
    "He told Zebedee so.",
    "Zebedee's own site",
    "Zebedee rang and agreed.",
];

fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{run:#?}");
    run
}

/// A suggestion for the subject.
fn planted(number: u32) -> Value {
    json!({
        "id": format!("planted-{number}"), "received_at": "2026-05-20T09:00:00Z",
        "target": {"system": "hubspot", "object": "contact", "id": "record-4711-zebedee"}, "operation": "enrich",
        "changes": [{"field": "email", "prior": null, "proposed": "zebedee.quux@example.com"},
                    {"field": "lastname", "prior": null, "proposed": "Zebedee Quux"}],
        "assistant": {"vendor": "acme", "model": "enricher", "version": "2.1"}, "confidence": 0.97,
        "evidence": [{"uri": "https://example.com/", "kind": "web-page", "excerpt": "Zebedee's own site"}],
        "rationale": "He told Zebedee so.",
    })
}

/// A suggestion for another record, to be merged with the subject.
fn merge() -> Value {
    json!({
        "id": "merge-1", "received_at": "2026-05-20T09:00:00Z",
        "target": {"system": "hubspot", "object": "contact", "id": "other"}, "operation": "merge",
        "changes": [{"field": "lastname", "prior": null, "proposed": "Zebedee Quux"}],
        "merge_with": [{"system": "hubspot", "object": "contact", "id": "record-4711-zebedee"}],
        "assistant": {"vendor": "acme", "model": "enricher", "version": "2.1"}, "rationale": "One person.",
    })
}

/// A suggestion for the other record alone.
fn other(number: u32) -> Value {
    let mut other = planted(9);
    other["id"] = format!("other-{number}").into();
    other["target"]["id"] = "other".into();
    other["changes"] = json!([{"field": "city", "prior": null, "proposed": "Bremen"}]);
    other["evidence"] = json!([]);
    other["rationale"] = "The map says so.".into();
    other
}

/// A deployment whose ledger is long enough to pack its rows, with the subject at its beginning, in its middle and at its end.
fn with_subject() -> Program {
    let program = Program::with_fresh_home();
    let lines = corpus::suggestions().take(700).collect::<Vec<_>>();
    let (first, second) = lines.split_at(400);
    let line = |value: Value| value.to_string();
    // What is decided about the other record after the merge holds what the merge proposed, as its history.
    let middle = [planted(2), other(1), merge(), other(2)].map(line);
    let input = [vec![line(planted(1))], first.to_vec(), middle.to_vec(), second.to_vec()].concat().join("\n");
    done(program.run(&["evaluate", "-", "--now", NOW], input));
    done(program.run(&["evaluate", "-", "--now", NOW], line(planted(3))));
    let mut ledger = Ledger::open(program.home().join("ledger.db")).unwrap();
    let mut sealer = Sealer::new([5; 32]);
    let note = sealer.seal(&"Zebedee rang and agreed.").unwrap();
    let audited = Draft {
        kind: EventKind::Audited,
        at: "2026-11-20T09:00:00Z".to_owned(),
        actor: "ana".to_owned(),
        body: json!({"id": "planted-2", "finding": "right", "note": note}).to_string(),
        openings: Some(sealer.finish()),
        index: None,
        objects: Vec::new(),
    };
    ledger.append(&[audited.prepare().unwrap()]).unwrap();
    program
}

fn erase(program: &Program) -> Run {
    program.run(&["ledger", "erase", "--subject", SUBJECT, "--reason", "request 17", "--by", "dpo"], "")
}

fn show(program: &Program, id: &str) -> Value {
    done(program.run(&["ledger", "show", id, "--format", "json"], "")).lines().swap_remove(0)
}

/// All bytes of the home's files.
fn all_files(program: &Program) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(program.home()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            all.extend(fs::read(path).unwrap());
        }
    }
    all
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// What stands in the file only because of the subject: rows of values as they are stored, the seeds of their salts, the keys
/// that the record is found under, and digests of what was judged.
fn secrets(program: &Program) -> Vec<Vec<u8>> {
    let database = Connection::open(program.home().join("ledger.db")).unwrap();
    let sql = "WITH mine (seq, record, input) AS (
        SELECT seq, record, input_digest FROM decision WHERE suggestion_id LIKE 'planted-%' OR suggestion_id IN ('merge-1', 'other-2')
        UNION SELECT seq, NULL, NULL FROM follow_up WHERE suggestion_id = 'planted-2')
      SELECT CAST(sealed_values AS BLOB) FROM opening WHERE seq IN (SELECT seq FROM mine)
      UNION ALL SELECT seed FROM opening WHERE seq IN (SELECT seq FROM mine)
      UNION ALL SELECT input FROM mine WHERE input IS NOT NULL
      UNION ALL SELECT record FROM decision WHERE suggestion_id = 'planted-1'";
    let mut all = database.prepare(sql).unwrap();
    all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn nothing_of_the_subject_is_left_and_everything_else_is_whole() {
    let program = with_subject();
    let kept = program.folder().join("kept").to_str().unwrap().to_owned();
    done(program.run(&["ledger", "checkpoint", "--out", &kept], ""));
    let secrets = secrets(&program);
    assert_eq!(secrets.len(), 6 + 6 + 5 + 1, "five decisions and what was said of one");
    let before = all_files(&program);
    assert!(secrets.iter().all(|secret| holds(&before, secret)), "the test looks for what is there");
    assert!(PLANTED.iter().take(5).all(|value| holds(&before, value.as_bytes())));
    let counts =
        |program: &Program| done(program.run(&["ledger", "verify", "--format", "json"], "")).lines().swap_remove(0);
    let (events, other) = (counts(&program)["events"].as_u64().unwrap(), show(&program, "other-1"));

    let run = done(program.run(&["ledger", "erase", "--subject", SUBJECT, "--reason", "request 17", "--dry-run"], ""));
    assert_eq!(run.stdout, "The values of 6 events would be destroyed.\n");
    assert!(holds(&all_files(&program), b"Zebedee Quux"));
    let run = done(erase(&program));
    assert!(run.stdout.starts_with("The values of 6 events were destroyed; event "), "{}", run.stdout);

    let after = all_files(&program);
    for value in PLANTED {
        assert!(!holds(&after, value.as_bytes()), "{value}");
    }
    for (number, secret) in secrets.iter().enumerate() {
        assert!(!holds(&after, secret), "secret {number} of {} bytes", secret.len());
    }
    // Everything else stands as it stood.
    assert_eq!(counts(&program)["events"], events + 1);
    done(program.run(&["ledger", "verify", "--since", &kept], ""));
    assert_eq!(show(&program, "other-1"), other);
    let proof = program.folder().join("proof").to_str().unwrap().to_owned();
    done(program.run(&["ledger", "prove", "other-1", "--out", &proof], ""));
    let key = done(program.run(&["ledger", "key"], "")).stdout;
    done(program.run(&["ledger", "verify", "--proof", &proof, "--key", key.trim()], ""));
    // What was decided about the subject still stands, and can be proved: only not whom it was about.
    let left = show(&program, "planted-1");
    assert_eq!(
        (&left["erased"]["cause"], &left["erased"]["reason"], &left["erased"]["by"]),
        (&"request".into(), &"request 17".into(), &"dpo".into())
    );
    assert!(left["outcome"].is_string() && left["suggestion"]["target"]["id"]["sealed"].is_string());
    let shown = done(program.run(&["ledger", "show", "planted-1"], "")).stdout;
    assert!(shown.contains("its values were erased: event ") && shown.contains("request 17"), "{shown}");
    done(program.run(&["ledger", "prove", "planted-1", "--out", &proof], ""));
    let run = done(program.run(&["ledger", "verify", "--proof", &proof, "--key", key.trim()], ""));
    assert!(run.stdout.contains("that were sealed are not shown"), "{}", run.stdout);
    // A second time there is nothing left to do.
    let run = erase(&program);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(run.stdout.starts_with("Nothing about this record is on record"), "{}", run.stdout);
}

#[test]
fn what_was_erased_is_said_to_be_and_never_guessed() {
    let program = with_subject();
    done(erase(&program));
    let run = program.run(&["reproduce", "planted-1"], "");
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.message().contains("its values were erased"), "{run:#?}");
    let run = done(program.run(&["reproduce", "--all"], ""));
    assert!(run.stdout.contains("701 decisions run again: 701 equal, 0 different."), "{}", run.stdout);
    assert!(run.stdout.contains("planted-2: its values were erased"), "{}", run.stdout);
    let out = program.folder().join("report.json").to_str().unwrap().to_owned();
    done(program.run(&["replay", "--candidate", "crm-default", "--report", &out], ""));
    let report: Value = serde_json::from_str(&fs::read_to_string(out).unwrap()).unwrap();
    assert_eq!(report["counts"]["not_replayable"]["erased"]["count"], 5, "{report:#}");
    // Whether a suggestion that comes again is the one that was decided can't be told.
    let run = program.run(&["evaluate", "-", "--now", NOW], planted(1).to_string());
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.message().contains("whose values were erased"), "{run:#?}");
    // And what the subject's history was is not seen any more: a new suggestion begins anew.
    let mut new = planted(4);
    new["changes"] = json!([{"field": "city", "prior": null, "proposed": "Berlin"}]);
    done(program.run(&["evaluate", "-", "--now", NOW], new.to_string()));
    assert_eq!(show(&program, "planted-4")["history"], json!([]));
}

#[test]
fn a_hold_keeps_what_it_covers_and_says_who_set_it() {
    let program = with_subject();
    let hold = |arguments: &[&str]| {
        let run = done(program.run(&[&["ledger", "hold", "--format", "json"], arguments].concat(), ""));
        run.lines().swap_remove(0)["hold"].as_u64().unwrap().to_string()
    };
    let release =
        |hold: &str| done(program.run(&["ledger", "release", hold, "--reason", "case closed", "--by", "legal"], ""));
    // The other record is to be merged with the subject: a hold on it covers that decision, so all must wait.
    for arguments in [
        &["--subject", SUBJECT, "--reason", "case 12", "--by", "legal"][..],
        &["--subject", "hubspot/contact/other", "--reason", "case 12", "--by", "legal"],
        &["--all", "--reason", "case 12", "--by", "legal"],
    ] {
        let seq = hold(arguments);
        let run = done(program.run(&["ledger", "holds"], ""));
        assert!(run.stdout.contains("case 12") && run.stdout.contains("legal"), "{}", run.stdout);
        let run = erase(&program);
        assert_eq!(run.code, Some(3), "{run:#?}");
        assert!(run.message().contains(&format!("on hold by event {seq}, which `legal` recorded")), "{run:#?}");
        assert_eq!(show(&program, "planted-1")["suggestion"]["target"]["id"], "record-4711-zebedee");
        done(program.run(&["ledger", "verify"], ""));
        release(&seq);
        let run = program.run(&["ledger", "release", &seq, "--reason", "again"], "");
        assert_eq!(run.code, Some(3), "{run:#?}");
    }
    assert_eq!(done(program.run(&["ledger", "holds"], "")).stdout, "No hold is in force.\n");
    // The hold named the subject: that goes too.
    let run = done(erase(&program));
    assert!(run.stdout.starts_with("The values of 7 events"), "{}", run.stdout);
    assert!(!holds(&all_files(&program), b"record-4711-zebedee"));
    done(program.run(&["ledger", "verify"], ""));
}

#[test]
fn a_record_is_named_whole_or_not_at_all() {
    let program = Program::with_fresh_home();
    for subject in ["", "hubspot", "hubspot/contact", "hubspot//1", "/contact/1", "hubspot/contact/"] {
        let run = program.run(&["ledger", "erase", "--subject", subject, "--reason", "r"], "");
        assert_eq!(run.code, Some(2), "{subject}: {run:#?}");
        assert!(run.message().contains("SYSTEM/OBJECT/ID"), "{run:#?}");
    }
    assert_eq!(program.run(&["ledger", "erase", "--subject", SUBJECT], "").code, Some(2), "a reason is asked for");
    assert_eq!(erase(&program).code, Some(1));
    assert_eq!(program.run(&["ledger", "hold", "--reason", "r"], "").code, Some(2));
}

/// Every row of every table of state.
fn state(program: &Program) -> BTreeMap<String, Vec<String>> {
    let database = Connection::open(program.home().join("ledger.db")).unwrap();
    let tables = ["decision", "follow_up", "mention", "hold", "destroyed", "subtree"];
    let rows = |table: &str| {
        let mut all = database.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = all.column_count();
        let rows = all.query_map([], |row| {
            (0..columns).map(|column| Ok(format!("{:?}", row.get_ref(column)?))).collect::<Result<Vec<_>, _>>()
        });
        rows.unwrap().map(|row| row.unwrap().join(" | ")).collect::<Vec<_>>()
    };
    tables.into_iter().map(|table| (table.to_owned(), rows(table))).collect()
}

#[test]
fn the_tables_of_state_are_built_again_row_for_row() {
    let program = with_subject();
    let hold = ["ledger", "hold", "--subject", "hubspot/contact/other", "--reason", "case 12"];
    done(program.run(&hold, ""));
    let seq =
        done(program.run(&[&hold[..], &["--format", "json"]].concat(), "")).lines().swap_remove(0)["hold"].to_string();
    done(program.run(&["ledger", "hold", "--all", "--reason", "audit"], ""));
    for hold in
        done(program.run(&["ledger", "holds", "--format", "json"], "")).lines().swap_remove(0).as_array().unwrap()
    {
        done(program.run(&["ledger", "release", &hold["hold"].to_string(), "--reason", "closed"], ""));
    }
    done(erase(&program));
    done(program.run(&["evaluate", "-", "--now", NOW], planted(4).to_string()));
    done(program.run(&hold, ""));
    let labels: String = corpus::labels().take(300).map(|line| line + "\n").collect();
    done(program.run(&["truth", "import", &program.write("labels", labels)], ""));
    let before = state(&program);
    assert!(before.values().all(|rows| !rows.is_empty()), "every table has rows: {seq} {before:#?}");
    done(program.run(&["ledger", "rebuild"], ""));
    assert_eq!(state(&program), before);
    done(program.run(&["ledger", "verify"], ""));
    // Also where somebody had changed them.
    let database = Connection::open(program.home().join("ledger.db")).unwrap();
    database.execute_batch("UPDATE decision SET outcome = 'apply'; DELETE FROM hold; DROP TABLE follow_up").unwrap();
    drop(database);
    assert_eq!(program.run(&["ledger", "verify"], "").code, Some(4));
    done(program.run(&["ledger", "rebuild"], ""));
    assert_eq!(state(&program), before);
    done(program.run(&["ledger", "verify"], ""));
}

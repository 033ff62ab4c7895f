//! Somebody changes what the program keeps: the ledger says so and names the event, compiled code that was changed is
//! never executed, and a decision whose basis was changed is not said to be reproduced.
#![allow(clippy::cast_possible_truncation, reason = "places within a file")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use countersign::ledger::Ledger;
use countersign_tests::chance::Chance;
use countersign_tests::corpus::{self, NOW};
use countersign_tests::{Program, Run};
use rusqlite::Connection;

/// A deployment with some decisions, and what they are.
fn with_decisions(number: usize) -> (Program, String) {
    let program = Program::with_fresh_home();
    let decisions = evaluate(&program, number);
    assert_eq!(decisions.code, Some(0), "{}", decisions.stderr);
    assert!(verify(&program).code == Some(0));
    (program, decisions.stdout)
}

fn evaluate(program: &Program, number: usize) -> Run {
    program.run(&["evaluate", "-", "--format", "json", "--now", NOW], corpus::first(number))
}

fn verify(program: &Program) -> Run {
    program.run(&["ledger", "verify"], "")
}

/// The ledger's database, unguarded.
fn unguarded(program: &Program) -> (Connection, Vec<String>) {
    let database = Connection::open(program.home().join("ledger.db")).unwrap();
    database.pragma_update(None, "foreign_keys", false).unwrap();
    let triggers: Vec<(String, String)> = {
        let mut all = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    assert!(triggers.len() > 5, "the tables are guarded");
    for (name, _) in &triggers {
        database.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    (database, triggers.into_iter().map(|(_, sql)| sql).collect())
}

/// After these statements, and with the guards in place again as if nothing had been, `ledger verify` exits 4 and
/// says these words.
fn found_out(statements: &str, words: &[&str]) {
    let (program, _) = with_decisions(300);
    let (database, guards) = unguarded(&program);
    let before = database.total_changes();
    database.execute_batch(statements).unwrap();
    assert!(database.total_changes() > before, "something was changed: {statements}");
    database.execute_batch(&guards.join(";\n")).unwrap();
    drop(database);
    let run = verify(&program);
    assert_eq!(run.code, Some(4), "{statements}: {run:#?}");
    assert_eq!(run.stdout, "", "nothing is said to hold");
    for word in words {
        assert!(run.message().contains(word), "{word}: {statements}: {run:#?}");
    }
}

#[test]
fn a_changed_event_is_named() {
    found_out(
        "UPDATE event SET entry = replace(entry, '\"outcome\":\"apply\"', '\"outcome\":\"reject\"') WHERE seq = 100",
        &["event 100:"],
    );
    found_out("UPDATE event SET entry = entry || ' ' WHERE seq = 100", &["event 100:"]);
    found_out("UPDATE event SET at = '2001-01-01T00:00:00Z' WHERE seq = 100", &["event 100:", "time"]);
    found_out("UPDATE event SET kind = 'audited' WHERE seq = 100", &["event 100:", "kind"]);
    found_out("UPDATE event SET leaf = randomblob(32) WHERE seq = 100", &["event 100:", "leaf"]);
}

#[test]
fn an_exchanged_or_missing_event_is_named() {
    found_out("DELETE FROM event WHERE seq = 100", &["event 100:"]);
    let swap = "CREATE TEMP TABLE swap AS SELECT seq, kind, at, leaf, entry FROM event WHERE seq IN (100, 200);
        UPDATE event SET (leaf, entry, at) = (SELECT leaf, entry, at FROM swap WHERE seq = 300 - event.seq)
        WHERE seq IN (100, 200)";
    found_out(swap, &["event 100"]);
    found_out(
        "INSERT INTO event SELECT seq + 1, kind, at, leaf, entry FROM event ORDER BY seq DESC LIMIT 1",
        &["event 314"],
    );
}

#[test]
fn a_ledger_cut_short_does_not_hold() {
    let cut =
        "DELETE FROM opening WHERE seq > 250; DELETE FROM decision WHERE seq > 250; DELETE FROM event WHERE seq > 250";
    found_out(cut, &[]);
}

#[test]
fn a_changed_value_of_a_person_is_named() {
    found_out("UPDATE opening SET sealed_values = replace(sealed_values, 'a', 'b') WHERE seq = 100", &["event 100:"]);
    found_out("UPDATE opening SET seed = randomblob(32) WHERE seq = 100", &["event 100:"]);
    found_out("DELETE FROM opening WHERE seq = 100", &["event 100:", "opening"]);
}

#[test]
fn a_view_that_says_something_else_than_its_event_is_named() {
    let other =
        "UPDATE decision SET outcome = CASE outcome WHEN 'apply' THEN 'reject' ELSE 'apply' END WHERE seq = 100";
    found_out(other, &["event 100:", "outcome"]);
    found_out("UPDATE decision SET suggestion_id = 'other' WHERE seq = 100", &["event 100:", "suggestion"]);
    found_out("DELETE FROM decision WHERE seq = 100", &["event 100:", "view of decisions"]);
}

#[test]
fn a_changed_tree_head_is_found() {
    found_out("UPDATE head SET root = randomblob(32) WHERE size = (SELECT max(size) FROM head)", &["event"]);
    found_out("DELETE FROM head WHERE size = (SELECT max(size) FROM head)", &[]);
}

#[test]
fn a_changed_or_missing_object_is_found() {
    found_out("UPDATE object SET bytes = zeroblob(100) WHERE kind = 'catalogue'", &["object"]);
    found_out(
        "DELETE FROM object WHERE kind = 'module' AND rowid = (SELECT min(rowid) FROM object WHERE kind = 'module')",
        &["event", "object"],
    );
}

#[test]
fn a_guard_that_was_taken_away_is_found() {
    let (program, _) = with_decisions(10);
    Connection::open(program.home().join("ledger.db")).unwrap().execute_batch("DROP TRIGGER event_no_update").unwrap();
    let run = verify(&program);
    assert_eq!(run.code, Some(4), "{run:#?}");
    assert!(run.message().contains("event_no_update"), "{run:#?}");
}

#[test]
fn the_file_itself_refuses_changes() {
    let (program, _) = with_decisions(300);
    let database = Connection::open(program.home().join("ledger.db")).unwrap();
    for table in ["event", "opening", "head", "object", "meta", "subtree"] {
        for change in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET rowid = rowid")] {
            // A table without row ids has another column to change.
            let change = match table {
                "meta" => change.replace("rowid", "key"),
                "subtree" => change.replace("rowid", "number"),
                _ => change,
            };
            let refused = database.execute_batch(&change).unwrap_err().to_string();
            assert!(refused.contains("never change"), "{change}: {refused}");
        }
    }
    drop(database);
    assert_eq!(verify(&program).code, Some(0));
}

/// Where bytes stand in a file.
fn places(file: &[u8], bytes: &[u8]) -> Vec<usize> {
    file.windows(bytes.len()).enumerate().filter(|(_, window)| *window == bytes).map(|(at, _)| at).collect()
}

#[test]
fn a_changed_byte_of_a_recorded_value_is_named() {
    let (program, decisions) = with_decisions(50);
    let first: serde_json::Value = serde_json::from_str(decisions.lines().nth(20).unwrap()).unwrap();
    let (id, seq) = (first["id"].as_str().unwrap(), &first["ledger"]["seq"]);
    let path = program.home().join("ledger.db");
    let kept = fs::read(&path).unwrap();
    let found = places(&kept, format!("\"id\":\"{id}\"").as_bytes());
    assert!(!found.is_empty(), "the event stands in the file");
    for at in found {
        let mut changed = kept.clone();
        changed[at + 7] ^= 1;
        fs::write(&path, changed).unwrap();
        let run = verify(&program);
        assert_eq!(run.code, Some(4), "{run:#?}");
        assert!(run.message().contains(&format!("event {seq}")), "event {seq}: {run:#?}");
    }
}

/// All that a ledger holds, as text: entries and values as they read, whatever they are packed with.
fn contents(path: &PathBuf) -> Option<String> {
    let mut text = String::new();
    let ledger = Ledger::open_read_only(path).ok()?;
    for event in ledger.events(0..u64::MAX).ok()? {
        write!(text, "{:?},", event.ok()?).ok()?;
    }
    let database = Connection::open(path).ok()?;
    for table in
        ["head", "object", "meta", "decision", "follow_up", "mention", "hold", "destroyed", "subtree", "sqlite_schema"]
    {
        let mut all = database.prepare(&format!("SELECT * FROM {table}")).ok()?;
        let columns = all.column_count();
        let mut rows = all.query([]).ok()?;
        while let Some(row) = rows.next().ok()? {
            for column in 0..columns {
                // Where pages stand in the file is no content.
                if table != "sqlite_schema" || column != 3 {
                    write!(text, "{:?},", row.get_ref(column).ok()?).ok()?;
                }
            }
        }
    }
    Some(text)
}

/// At how many places of the file a byte is changed.
const PLACES: usize = 500;

#[test]
fn a_changed_byte_anywhere_is_found_or_changed_nothing() {
    // Enough for rows that are packed, and some whose values were destroyed.
    let (program, _) = with_decisions(330);
    let first: serde_json::Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    let part = |name: &str| first["target"][name].as_str().unwrap();
    let subject = format!("{}/{}/{}", part("system"), part("object"), part("id"));
    let erased = program.run(&["ledger", "erase", "--subject", &subject, "--reason", "request 1"], "");
    assert_eq!(erased.code, Some(0), "{erased:#?}");
    let path = program.home().join("ledger.db");
    let kept = fs::read(&path).unwrap();
    let before = contents(&path).unwrap();
    let (mut found, mut refused, mut harmless) = (0, 0, 0);
    let mut chance = Chance::seeded();
    // Most of the file is modules; the rest is looked at more closely.
    let modules: usize = places(&kept, b"\0asm").into_iter().next_back().unwrap();
    for number in 0..PLACES {
        let (first, end) = if number % 4 == 0 { (0, kept.len()) } else { (modules, kept.len()) };
        let at = if number < 20 { number * 5 } else { first + chance.below((end - first) as u64) as usize };
        let mut changed = kept.clone();
        changed[at] ^= 1 << chance.below(8);
        fs::write(&path, &changed).unwrap();
        let run = verify(&program);
        match run.code {
            Some(4) => found += 1,
            // The page that says what the file is: a ledger whose first bytes are something else is none.
            Some(3) if at < 100 => {
                assert!(run.message().contains("ledger.db"), "{run:#?}");
                refused += 1;
            }
            Some(0) => {
                assert!(contents(&path).as_ref() == Some(&before), "byte {at} was changed and not found");
                harmless += 1;
            }
            _ => panic!("byte {at}: {run:#?}"),
        }
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(program.home().join(format!("ledger.db{end}")));
        }
    }
    println!(
        "{PLACES} bytes were changed: {found} found by verifying, {refused} no ledger any more, {harmless} harmless"
    );
    assert!(found > PLACES / 2, "{found} of the changes were found");
}

#[test]
fn a_changed_object_stops_reproducing() {
    let (program, _) = with_decisions(20);
    let (database, _) = unguarded(&program);
    // A policy that would say something else: the bytes of another module.
    database
        .execute_batch(
            "UPDATE object SET bytes = (SELECT bytes FROM object o WHERE o.kind = 'module' ORDER BY rowid LIMIT 1)
             WHERE rowid = (SELECT max(rowid) FROM object WHERE kind = 'module')",
        )
        .unwrap();
    drop(database);
    for arguments in [&["reproduce", "--all"][..], &["reproduce", "s-00001-street"]] {
        let run = program.run(arguments, "");
        assert_eq!(run.code, Some(4), "{run:#?}");
        assert!(run.message().contains("were changed"), "{run:#?}");
    }
}

#[test]
fn a_changed_decision_is_not_reproduced() {
    let (program, _) = with_decisions(20);
    let (database, _) = unguarded(&program);
    // Also the hash of the event, so that only running it again can tell.
    let other = "UPDATE event SET entry = replace(entry, '\"outcome\":\"apply\"', '\"outcome\":\"reject\"') WHERE kind = 'decision'";
    database.execute_batch(other).unwrap();
    drop(database);
    let run = program.run(&["reproduce", "--all"], "");
    assert!([Some(1), Some(4)].contains(&run.code), "{run:#?}");
}

/// The cache files of a deployment: compiled code, without the key.
fn cached(program: &Program) -> Vec<PathBuf> {
    let entries = fs::read_dir(program.home().join("cache")).unwrap();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| !path.ends_with("key")).collect();
    files.sort();
    assert!(files.len() >= 12, "{files:?}");
    files
}

/// Decisions in a deployment whose cache was changed, which must be those of any other; and what was said meanwhile.
fn decided_with(change: impl FnOnce(&Program, &[PathBuf])) -> String {
    let decide = |program: &Program| {
        let input = corpus::first(20);
        program.run(&["evaluate", "-", "--dry-run", "--format", "json", "--now", NOW], input)
    };
    let program = Program::with_fresh_home();
    let before = decide(&program);
    assert_eq!(before.code, Some(0), "{}", before.stderr);
    assert_eq!(before.stderr, "");
    let files = cached(&program);
    change(&program, &files);
    let after = decide(&program);
    assert_eq!(after.code, Some(0), "{}", after.stderr);
    assert!(before.stdout == after.stdout, "the decisions are the same");
    let mended = decide(&program);
    assert_eq!(mended.stderr, "", "what was compiled again is cached again");
    assert_eq!(cached(&program), files);
    after.stderr
}

#[test]
fn compiled_code_with_a_changed_byte_is_compiled_again() {
    let said = decided_with(|_, files| {
        for (at, file) in files.iter().enumerate() {
            let mut bytes = fs::read(file).unwrap();
            // In the tag, in the description, in the code, in the last byte.
            let place = [3, 60, bytes.len() / 2, bytes.len() - 1][at % 4];
            bytes[place] ^= 1;
            fs::write(file, bytes).unwrap();
        }
    });
    assert_eq!(said.matches("fails its tag").count(), 12, "{said}");
}

#[test]
fn compiled_code_of_another_module_is_compiled_again() {
    let said = decided_with(|_, files| {
        let (one, two) = (fs::read(&files[0]).unwrap(), fs::read(&files[1]).unwrap());
        fs::write(&files[0], &two).unwrap();
        fs::write(&files[1], &one).unwrap();
        // Another module's code under the module's own tag.
        let own = fs::read(&files[2]).unwrap();
        fs::write(&files[2], [&own[..32], &one[32..]].concat()).unwrap();
    });
    assert_eq!(said.matches("fails its tag").count(), 3, "{said}");
}

#[test]
fn compiled_code_that_was_cut_short_is_compiled_again() {
    decided_with(|_, files| {
        for (at, file) in files.iter().enumerate() {
            let bytes = fs::read(file).unwrap();
            let length = [0, 20, 32, 34, 40, bytes.len() / 2, bytes.len() - 1][at % 7];
            fs::write(file, &bytes[..length]).unwrap();
        }
    });
}

#[test]
fn compiled_code_under_another_key_is_compiled_again() {
    let said = decided_with(|program, _| fs::write(program.home().join("cache/key"), [7; 32]).unwrap());
    assert_eq!(said.matches("fails its tag").count(), 12, "{said}");
}

#[test]
fn a_key_that_is_none_is_said() {
    let program = Program::with_fresh_home();
    fs::write(program.home().join("cache/key"), "short").unwrap();
    let run = evaluate(&program, 1);
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.message().contains("no key of 32 bytes"), "{run:#?}");
}

#[test]
fn a_deleted_cache_is_made_again() {
    let said = decided_with(|program, _| fs::remove_dir_all(program.home().join("cache")).unwrap());
    assert_eq!(said, "");
}

//! A backup is made while others write, holds, and comes back whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use countersign::ledger::Ledger;
use countersign_tests::corpus::{self, NOW};
use countersign_tests::{Program, Run};
use rusqlite::Connection;
use serde_json::Value;

fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run
}

fn evaluate(program: &Program, number: usize) {
    done(program.run(&["evaluate", "-", "--now", NOW], corpus::first(number)));
}

fn ledger(program: &Program) -> PathBuf {
    program.home().join("ledger.db")
}

/// The ledger's size and root, after verifying all of it.
fn head(program: &Program) -> (Value, Value) {
    let said = done(program.run(&["ledger", "verify", "--format", "json"], "")).lines().swap_remove(0);
    (said["events"].clone(), said["root"].clone())
}

/// Makes a backup, and returns its path and what was said.
fn backup(program: &Program, name: &str) -> (String, Value) {
    let file = program.folder().join(name).to_str().unwrap().to_owned();
    let said = done(program.run(&["ledger", "backup", &file, "--format", "json"], "")).lines().swap_remove(0);
    assert_eq!(said["bytes"], fs::metadata(&file).unwrap().len());
    (file, said)
}

fn restore(program: &Program, file: &str, more: &[&str]) -> Run {
    program.run(&[&["ledger", "restore", file], more].concat(), "")
}

/// A deployment whose ledger is gone.
fn without_ledger() -> Program {
    let program = Program::with_fresh_home();
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let _ = fs::remove_file(program.home().join(name));
    }
    program
}

/// Which files in the home have a name like this.
fn named(program: &Program, part: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(program.home()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_str().unwrap().contains(part)).collect()
}

#[test]
fn backups_made_while_another_process_decides_come_back_and_reproduce() {
    let program = Program::with_fresh_home();
    let mut child = program.start_deciding();
    let mut made = Vec::new();
    while child.try_wait().unwrap().is_none() {
        made.push(backup(&program, &format!("backup-{}.db", made.len())));
    }
    assert!(child.wait().unwrap().success());
    assert!(!made.is_empty(), "at least one was begun while decisions were made");
    println!("{} backups: {:?}", made.len(), made.iter().map(|(_, said)| &said["size"]).collect::<Vec<_>>());
    // All are what the ledger began with; the first, the middle and the last come back.
    let whole = Ledger::open_read_only(ledger(&program)).unwrap();
    for (_, said) in &made {
        assert_eq!(said["root"], whole.root_at(said["size"].as_u64().unwrap()).unwrap().to_string());
    }
    for (file, said) in [&made[0], &made[made.len() / 2], &made[made.len() - 1]] {
        let fresh = without_ledger();
        let run = done(restore(&fresh, file, &["--format", "json"]));
        assert_eq!((&run.lines()[0]["before"], &run.lines()[0]["root"]), (&"missing".into(), &said["root"]));
        assert_eq!(head(&fresh), (said["size"].clone(), said["root"].clone()));
        let again = done(fresh.run(&["reproduce", "--all", "--format", "json"], "")).lines().swap_remove(0);
        assert_eq!((&again["differing"], &again["not_possible"]), (&0.into(), &0.into()));
        assert!(again["equal"].as_u64().unwrap() > 0);
    }
    // Work goes on where the backup ends.
    let fresh = without_ledger();
    done(restore(&fresh, &made[0].0, &[]));
    evaluate(&fresh, corpus::SUGGESTIONS);
    assert_eq!(head(&fresh).0, head(&program).0);
}

#[cfg(unix)]
#[test]
fn a_backup_is_its_owners_alone_and_overwrites_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::with_fresh_home();
    evaluate(&program, 20);
    let (file, _) = backup(&program, "backup.db");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&file).unwrap();
    let again = program.run(&["ledger", "backup", &file], "");
    assert_eq!((again.code, again.stdout.as_str()), (Some(3), ""), "{again:#?}");
    assert!(again.message().contains("never overwrites"), "{again:#?}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let nowhere = program.run(&["ledger", "backup", "/nowhere/backup.db"], "");
    assert_eq!(nowhere.code, Some(3), "{nowhere:#?}");
    assert!(nowhere.message().contains("/nowhere/backup.db"), "{nowhere:#?}");
    let said = done(program.run(&["ledger", "backup", program.folder().join("other.db").to_str().unwrap()], "")).stdout;
    for words in ["sha256:", "tree head: size", "countersign.toml", "ledger.key"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let fresh = without_ledger();
    done(restore(&fresh, &file, &[]));
    assert_eq!(fs::metadata(ledger(&fresh)).unwrap().permissions().mode() & 0o777, 0o600);
    let gone = Program::without_home();
    let run = restore(&gone, &file, &[]);
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.message().contains("countersign init") && !gone.home().exists(), "{run:#?}");
}

/// A copy of a file with other bytes for some. The last of them are changed: they stand in a page that is full, and not in
/// the space between rows.
fn changed(file: &str, from: &str, to: &str) -> String {
    let mut bytes = fs::read(file).unwrap();
    let at = bytes.windows(from.len()).rposition(|window| window == from.as_bytes()).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    let path = format!("{file}.changed");
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_backup_that_was_changed_is_refused_and_nothing_is_touched() {
    let program = Program::with_fresh_home();
    evaluate(&program, 50);
    let (file, _) = backup(&program, "backup.db");
    let before = fs::read(ledger(&program)).unwrap();
    // Through SQL, guards put back.
    let rewritten = program.folder().join("rewritten.db");
    fs::copy(&file, &rewritten).unwrap();
    let database = Connection::open(&rewritten).unwrap();
    let guard: String = database
        .query_row("SELECT sql FROM sqlite_schema WHERE name = 'event_no_update'", [], |row| row.get(0))
        .unwrap();
    database
        .execute_batch("DROP TRIGGER event_no_update; UPDATE event SET leaf = randomblob(32) WHERE seq = 30")
        .unwrap();
    database.execute_batch(&guard).unwrap();
    drop(database);
    let unguarded = program.folder().join("unguarded.db");
    fs::copy(&file, &unguarded).unwrap();
    Connection::open(&unguarded).unwrap().execute_batch("DROP TRIGGER opening_no_delete").unwrap();
    // Through its bytes: those of a module, which is kept as it is.
    let bytes = changed(&file, "countersign:policy", "countersign:pOlicy");
    for (file, words) in [
        (rewritten.to_str().unwrap(), "event 30:"),
        (unguarded.to_str().unwrap(), "opening_no_delete"),
        (bytes.as_str(), "does not hold"),
    ] {
        for more in [&["--replace"][..], &["--replace", "--lose-events"], &["--dry-run"]] {
            let run = restore(&program, file, more);
            assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""), "{file}: {run:#?}");
            assert!(run.message().contains(words) && run.message().contains(file), "{words}: {run:#?}");
            assert!(fs::read(ledger(&program)).unwrap() == before, "{file}: the ledger was touched");
        }
    }
    let cut = program.write("cut.db", &fs::read(&file).unwrap()[..50_000]);
    let run = restore(&program, &cut, &["--replace"]);
    assert_eq!(run.code, Some(4), "{run:#?}");
    let text = program.write("text.db", "this is no ledger");
    assert_eq!(restore(&program, &text, &["--replace"]).code, Some(3));
    assert_eq!(restore(&program, "nowhere.db", &["--replace"]).code, Some(3));
    assert!(fs::read(ledger(&program)).unwrap() == before);
    assert!(named(&program, "replaced").is_empty() && named(&program, ".part").is_empty());
}

#[test]
fn what_would_be_lost_is_said_before_it_is() {
    let program = Program::with_fresh_home();
    evaluate(&program, 50);
    let (file, said) = backup(&program, "backup.db");
    let refused = |run: Run, code, words: &str| {
        assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{run:#?}");
        assert!(run.message().contains(words), "{words}: {run:#?}");
        assert!(named(&program, "replaced").is_empty());
    };
    refused(restore(&program, &file, &[]), 3, "say --replace");
    refused(restore(&program, &file, &["--lose-events"]), 2, "--replace");
    evaluate(&program, 80);
    let longer = head(&program);
    refused(restore(&program, &file, &["--replace"]), 3, "30 events that the backup lacks");
    assert_eq!(head(&program), longer);
    let dry = done(restore(&program, &file, &["--dry-run", "--format", "json"])).lines().swap_remove(0);
    assert_eq!((&dry["restored"], &dry["before"], &dry["lost"]), (&false.into(), &"longer".into(), &30.into()));
    assert_eq!(head(&program), longer);

    // Somebody else has it open, and reads or waits for the next suggestion.
    let open = Connection::open(ledger(&program)).unwrap();
    open.query_row("SELECT count(*) FROM event", [], |row| row.get::<_, i64>(0)).unwrap();
    refused(restore(&program, &file, &["--replace", "--lose-events"]), 3, "another process");
    drop(open);

    let run =
        done(restore(&program, &file, &["--replace", "--lose-events", "--format", "json"])).lines().swap_remove(0);
    assert_eq!((&run["restored"], &run["lost"], &run["root"]), (&true.into(), &30.into(), &said["root"]));
    assert_eq!(head(&program), (said["size"].clone(), said["root"].clone()));
    // What was there is kept, and can itself be restored.
    let kept = named(&program, "replaced");
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(run["kept"], kept[0].to_str().unwrap());
    let fresh = without_ledger();
    done(restore(&fresh, kept[0].to_str().unwrap(), &[]));
    assert_eq!(head(&fresh), longer);

    // The same ledger goes on otherwise: two histories.
    done(program.run(
        &["evaluate", "-", "--now", NOW],
        corpus::suggestions().skip(500).take(40).map(|line| line + "\n").collect::<String>(),
    ));
    let forked = restore(&program, kept[0].to_str().unwrap(), &["--replace"]);
    assert_eq!(forked.code, Some(4), "{forked:#?}");
    assert!(forked.message().contains("two histories"), "{forked:#?}");
    // Another deployment's ledger.
    let other = Program::without_home();
    done(other.run(&["init"], ""));
    let run = restore(&other, &file, &["--replace"]);
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.message().contains("is another ledger"), "{run:#?}");
    done(restore(&other, &file, &["--replace", "--lose-events"]));
    assert_eq!(head(&other).1, said["root"]);
    done(other.run(&["reproduce", "--all"], ""));
}

#[test]
fn a_damaged_ledger_is_replaced_and_kept() {
    let program = Program::with_fresh_home();
    evaluate(&program, 50);
    let (file, said) = backup(&program, "backup.db");
    let mut damaged = fs::read(ledger(&program)).unwrap();
    damaged[..100].fill(0);
    fs::write(ledger(&program), &damaged).unwrap();
    assert_ne!(program.run(&["ledger", "verify"], "").code, Some(0));
    assert_eq!(restore(&program, &file, &[]).code, Some(3));
    let run = done(restore(&program, &file, &["--replace", "--format", "json"])).lines().swap_remove(0);
    assert_eq!(run["before"], "damaged");
    assert_eq!(head(&program).1, said["root"]);
    assert!(fs::read(run["kept"].as_str().unwrap()).unwrap() == damaged, "what was there is kept as it was");
    evaluate(&program, 60);
}

/// How often a restore is killed.
const KILLS: u32 = 24;

#[cfg(unix)]
#[test]
fn a_kill_leaves_the_old_ledger_or_the_new_one() {
    let program = Program::with_fresh_home();
    evaluate(&program, 600);
    let (file, said) = backup(&program, "backup.db");
    evaluate(&program, 1_200);
    let (new, old) = ((said["size"].clone(), said["root"].clone()), head(&program));
    let kept = program.folder().join("old.db");
    fs::copy(ledger(&program), &kept).unwrap();
    let put_back = || {
        for path in named(&program, "ledger.db") {
            fs::remove_file(path).unwrap();
        }
        fs::copy(&kept, ledger(&program)).unwrap();
    };
    let arguments = ["ledger", "restore", &file, "--replace", "--lose-events"];
    let begun = Instant::now();
    done(program.run(&arguments, ""));
    let whole = begun.elapsed();
    assert_eq!(head(&program), new);

    let (mut olds, mut news) = (0, 0);
    for kill in 0..KILLS {
        put_back();
        let mut child = program.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Spread over the time that it took before; most of it is verifying, so more of them near the end.
        std::thread::sleep(if kill % 3 == 0 { whole * kill / KILLS } else { whole / 2 + whole * kill / KILLS / 2 });
        child.kill().unwrap();
        child.wait().unwrap();
        let left = head(&program);
        assert!(left == old || left == new, "{left:?}");
        if left == new {
            news += 1;
            let before = named(&program, "replaced");
            assert_eq!(whole_head(&before[0]), old.0, "what was there is kept whole");
        } else {
            olds += 1;
        }
        // And the next one goes through, and takes away what was left half done.
        if kill % 4 == 0 {
            put_back();
            done(program.run(&arguments, ""));
            assert_eq!(head(&program), new);
            assert!(named(&program, ".part").is_empty());
        }
    }
    println!("killed {KILLS} times: {olds} times the old one was left, {news} times the new one");
    assert!(olds > 0);
}

fn whole_head(path: &Path) -> Value {
    Ledger::open_read_only(path).unwrap().verify(&mut |_, _| {}).unwrap().events.into()
}

//! Others check what the ledger says: proofs that need no deployment, kept checkpoints, and the published ledger, each also by
//! a verifier that was written in another language from the page alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use countersign::ledger::{Proof, VerifierKey};
use countersign_tests::corpus::{self, NOW};
use countersign_tests::{Program, Run};
use rusqlite::Connection;
use serde_json::Value;

/// Values that stand in the decided suggestion and in nothing else.
const PLANTED: [&str; 4] = ["zebedee.quux@example.com", "Zebedee Quux", "record-4711-zebedee", "He told Zebedee so."];

const SUGGESTION: &str = r#"{"id":"planted-1","received_at":"2026-05-20T09:00:00Z",
 "target":{"system":"hubspot","object":"contact","id":"record-4711-zebedee"},"operation":"enrich",
 "changes":[{"field":"email","prior":null,"proposed":"zebedee.quux@example.com"},
            {"field":"lastname","prior":null,"proposed":"Zebedee Quux"}],
 "assistant":{"vendor":"acme","model":"enricher","version":"2.1"},"confidence":0.97,
 "rationale":"He told Zebedee so."}"#;

fn proofs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs").join(name)
}

fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{run:#?}");
    run
}

fn evaluate(program: &Program, input: &str) {
    done(program.run(&["evaluate", "-", "--now", NOW], input));
}

/// A deployment with so many decisions, the last about the planted suggestion.
fn with_decisions(number: usize) -> Program {
    let program = Program::with_fresh_home();
    evaluate(&program, &(corpus::first(number - 1) + &SUGGESTION.replace('\n', "") + "\n"));
    program
}

fn key(program: &Program) -> String {
    done(program.run(&["ledger", "key"], "")).stdout.trim().to_owned()
}

/// Writes the proof of the planted decision.
fn prove(program: &Program) -> String {
    let out = program.folder().join("proof.json").to_str().unwrap().to_owned();
    done(program.run(&["ledger", "prove", "planted-1", "--out", &out], ""));
    out
}

fn checkpoint(program: &Program, name: &str) -> String {
    let out = program.folder().join(name).to_str().unwrap().to_owned();
    done(program.run(&["ledger", "checkpoint", "--out", &out], ""));
    out
}

/// The verifier in Python, which knows nothing of this program.
fn other(arguments: &[&str]) -> (bool, String) {
    let run = Command::new("python3").arg("-B").arg(proofs("verify.py")).args(arguments).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap();
    assert!(matches!(run.status.code(), Some(0 | 1)) && !said.contains("Traceback"), "{said}");
    (run.status.success(), said)
}

fn agreed(arguments: &[&str]) -> Value {
    let (holds, said) = other(arguments);
    assert!(holds, "{said}");
    serde_json::from_str(&said).unwrap()
}

#[test]
fn a_proof_is_verified_where_there_is_no_deployment() {
    let program = with_decisions(40);
    let (key, proof) = (key(&program), prove(&program));
    let elsewhere = Program::without_home();
    let run = done(elsewhere.run(&["ledger", "verify", "--proof", &proof, "--key", &key], ""));
    assert!(!elsewhere.home().exists());
    let recorded = done(program.run(&["ledger", "show", "planted-1", "--format", "json"], "")).lines().swap_remove(0);
    let set = &recorded["set"];
    for words in [
        "The proof holds.",
        "the decision about the suggestion planted-1: ",
        recorded["outcome"].as_str().unwrap(),
        &format!("made by {}@{}", set["name"].as_str().unwrap(), set["version"].as_str().unwrap()),
        set["digest"].as_str().unwrap().trim_start_matches("sha256:"),
        "came into force as event",
        "confidence@1.0.0 ",
        "published as event",
        "No approval of it is in the proof.",
        "It does not show when",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let shown = done(elsewhere.run(&["ledger", "verify", "--proof", &proof, "--key", &key, "--format", "json"], ""));
    let shown = shown.lines().swap_remove(0);
    assert_eq!(shown["decision"]["body"], recorded, "with its values");
    assert_eq!((&shown["decision"]["hidden"], &shown["set"]), (&Value::from(0), set));
    assert!(shown["modules"].as_array().unwrap().iter().all(|module| module["published"]["seq"].is_u64()), "{shown}");
    assert_eq!(shown["activation"]["kind"], "activated");
    // The key may stand in a file.
    let file = elsewhere.write("key", format!("{key}\n"));
    done(elsewhere.run(&["ledger", "verify", "--proof", &proof, "--key", &file], ""));

    let theirs = agreed(&["proof", &proof, &key]);
    assert_eq!(theirs["id"], "planted-1");
    assert_eq!((&theirs["seq"], &theirs["set"]), (&shown["decision"]["event"]["seq"], set));
    assert_eq!(theirs["activation"][0], shown["activation"]["seq"]);
}

#[cfg(unix)]
#[test]
fn the_key_and_proofs_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let program = with_decisions(2);
    for file in [PathBuf::from(prove(&program)), program.home().join("ledger.key")] {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    let secret = fs::read_to_string(program.home().join("ledger.key")).unwrap();
    let secret = secret.trim().rsplit('+').next().unwrap();
    let said = done(program.run(&["ledger", "key", "--format", "json"], "")).stdout;
    assert!(!said.contains(secret) && !fs::read_to_string(prove(&program)).unwrap().contains(secret));
}

#[test]
fn every_changed_byte_of_a_proof_is_refused() {
    let program = with_decisions(3);
    let (key, proof) = (key(&program), prove(&program));
    let kept = fs::read(&proof).unwrap();
    let holds = |bytes: &[u8]| {
        let Ok(text) = str::from_utf8(bytes) else { return false };
        let key: VerifierKey = key.parse().unwrap();
        Proof::from_text(text).is_ok_and(|proof| proof.verify(&key).is_ok())
    };
    assert!(holds(&kept));
    let changed = |at: usize| {
        let mut changed = kept.clone();
        changed[at] ^= 1 << (at % 8);
        changed
    };
    for at in (0..kept.len()).filter(|at| kept.len() < 40_000 || at % 3 == 0) {
        assert!(!holds(&changed(at)), "byte {at}");
    }
    // Through the program, and by the other verifier.
    let elsewhere = Program::without_home();
    for at in (0..kept.len()).step_by(kept.len() / 40) {
        let file = elsewhere.write("changed.json", changed(at));
        let run = elsewhere.run(&["ledger", "verify", "--proof", &file, "--key", &key], "");
        assert!(matches!(run.code, Some(3 | 4)) && run.stdout.is_empty(), "byte {at}: {run:#?}");
        assert!(!other(&["proof", &file, &key]).0, "byte {at}");
    }
}

#[test]
fn exit_codes_tell_what_is_wrong() {
    let program = with_decisions(3);
    let (ours, proof) = (key(&program), prove(&program));
    let head = checkpoint(&program, "head");
    let made = Program::without_home();
    done(made.run(&["init"], ""));
    let no_proof = program.write("no", "{\"a\":1}");
    let kept = fs::read_to_string(&proof).unwrap();
    let other = program.write("other.json", kept.replacen("\"seq\": 1", "\"seq\": 2", 1));
    let forged = program.write("forged", fs::read_to_string(&head).unwrap().replacen("\n1", "\n2", 1));
    let verify = |arguments: &[&str]| program.run(&[&["ledger", "verify"], arguments].concat(), "").code;
    let proof = proof.as_str();
    assert_eq!(verify(&["--proof", proof, "--key", &ours]), Some(0));
    assert_eq!(verify(&["--proof", proof]), Some(2));
    assert_eq!(verify(&["--key", &ours]), Some(2));
    assert_eq!(verify(&["--proof", proof, "--key", &ours, "--since", &head]), Some(2));
    assert_eq!(verify(&["--proof", proof, "--key", "nonsense"]), Some(3));
    assert_eq!(verify(&["--proof", "nowhere", "--key", &ours]), Some(3));
    assert_eq!(verify(&["--proof", &no_proof, "--key", &ours]), Some(3));
    assert_eq!(verify(&["--proof", &head, "--key", &ours]), Some(3));
    assert_eq!(verify(&["--proof", &other, "--key", &ours]), Some(4));
    assert_eq!(verify(&["--proof", proof, "--key", &key(&made)]), Some(4));
    assert_eq!(verify(&["--since", &head]), Some(0));
    assert_eq!(verify(&["--since", &head, "--key", &ours]), Some(0));
    assert_eq!(verify(&["--since", proof]), Some(3));
    assert_eq!(verify(&["--since", &no_proof, "--key", &ours]), Some(3));
    assert_eq!(verify(&["--since", &head, "--key", &key(&made)]), Some(4));
    assert_eq!(verify(&["--since", &forged]), Some(4));
    assert_eq!(program.run(&["ledger", "prove", "nobody", "--out", "x"], "").code, Some(3));
}

#[test]
fn a_key_of_ones_own_signs_and_a_deployment_without_one_is_given_one() {
    let program = Program::without_home();
    let secret = "PRIVATE+KEY+example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let refused = program.run(&["init", "--key", &program.write("wrong", secret)], "");
    assert_eq!(refused.code, Some(3), "a public key is no secret one: {refused:#?}");
    assert!(!program.home().exists());

    let with = Program::with_fresh_home();
    evaluate(&with, &corpus::first(3));
    let (before, own) = (key(&with), fs::read(with.home().join("ledger.key")).unwrap());
    let file = program.write("key", &own);
    done(program.run(&["init", "--key", &file], ""));
    assert_eq!(key(&program), before);
    assert_eq!(with.run(&["ledger", "key", "--make"], "").code, Some(3), "a key is never replaced");
    assert_eq!(fs::read(with.home().join("ledger.key")).unwrap(), own);

    fs::remove_file(with.home().join("ledger.key")).unwrap();
    let missing = with.run(&["ledger", "checkpoint"], "");
    assert_eq!(missing.code, Some(3), "{missing:#?}");
    assert!(missing.message().contains("ledger key --make"), "{missing:#?}");
    done(with.run(&["ledger", "key", "--make"], ""));
    assert_ne!(key(&with), before);
    done(with.run(&["ledger", "verify", "--since", &checkpoint(&with, "new")], ""));
    let given = done(with.run(&["ledger", "checkpoint", "--key", &file], "")).stdout;
    assert!(given.starts_with(before.split('+').next().unwrap()), "{given}");
}

/// The ledger's database, unguarded, and what puts the guards back.
fn unguarded(program: &Program) -> (Connection, String) {
    let database = Connection::open(program.home().join("ledger.db")).unwrap();
    database.pragma_update(None, "foreign_keys", false).unwrap();
    let triggers: Vec<(String, String)> = {
        let mut all = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    for (name, _) in &triggers {
        database.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    (database, triggers.into_iter().map(|(_, sql)| sql).collect::<Vec<_>>().join(";\n"))
}

/// Changes the ledger behind the program's back, and says what `verify --since` a kept checkpoint finds.
fn since(head: &str, program: &Program, statements: &str) -> String {
    let (database, guards) = unguarded(program);
    database.execute_batch(statements).unwrap();
    database.execute_batch(&guards).unwrap();
    drop(database);
    let run = program.run(&["ledger", "verify", "--since", head], "");
    assert_eq!(run.code, Some(4), "{statements}: {run:#?}");
    assert_eq!(run.stdout, "", "nothing is said to hold");
    run.message()
}

#[test]
fn a_kept_checkpoint_finds_a_removed_tail_a_rewritten_event_and_a_fork() {
    let program = with_decisions(300);
    let size = done(program.run(&["ledger", "verify", "--format", "json"], "")).lines()[0]["events"].as_u64().unwrap();
    let head = checkpoint(&program, "head");
    evaluate(&program, &corpus::suggestions().skip(500).take(50).map(|line| line + "\n").collect::<String>());
    let grown =
        done(program.run(&["ledger", "verify", "--since", &head, "--format", "json"], "")).lines().swap_remove(0);
    assert_eq!((&grown["since"]["size"], &grown["events"]), (&size.into(), &(size + 50).into()));
    assert_eq!(grown["since"]["signature_checked"], true);

    // All that was recorded after the first groups goes away, with heads and subtrees: without the checkpoint, nothing shows.
    let cut = |program: &Program| {
        let database = Connection::open(program.home().join("ledger.db")).unwrap();
        let sizes: Vec<i64> = {
            let mut all = database.prepare("SELECT size FROM head ORDER BY size").unwrap();
            all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let left = sizes.into_iter().rfind(|left| u64::try_from(*left).unwrap() < size).unwrap();
        format!(
            "DELETE FROM opening WHERE seq >= {left}; DELETE FROM decision WHERE seq >= {left};
             DELETE FROM event WHERE seq >= {left}; DELETE FROM head WHERE size > {left};
             DELETE FROM subtree WHERE (number + 1) * 256 > {left}"
        )
    };
    let copy = |from: &Program| {
        let to = Program::with_fresh_home();
        for name in ["ledger.db", "ledger.key"] {
            fs::copy(from.home().join(name), to.home().join(name)).unwrap();
        }
        to
    };

    let rewritten = copy(&program);
    let outcome = "UPDATE event SET entry = replace(entry, '\"outcome\":', '\"outcome\" :') WHERE seq = 100";
    assert!(since(&head, &rewritten, outcome).contains("event 100:"));

    let shorter = copy(&program);
    let statements = cut(&shorter);
    let said = since(&head, &shorter, &statements);
    assert!(said.contains("it is missing") && said.contains(&format!("covers {size} events")), "{said}");
    done(shorter.run(&["ledger", "verify"], ""));

    // Another history of the same length or more, that holds in itself and is signed with the same key.
    evaluate(&shorter, &corpus::suggestions().skip(1_000).take(400).map(|line| line + "\n").collect::<String>());
    done(shorter.run(&["ledger", "verify"], ""));
    let said = since(&head, &shorter, "");
    assert!(said.contains("another one than when the head was kept"), "{said}");
    assert!(said.contains(&format!("first {size} events")), "{said}");
    let out = shorter.folder().join("public");
    fs::create_dir(&out).unwrap();
    fs::copy(&head, out.join("checkpoint")).unwrap();
    let run = shorter.run(&["ledger", "publish", out.to_str().unwrap()], "");
    assert_eq!(run.code, Some(4), "{run:#?}");
    assert!(run.message().contains("does not begin with them"), "{run:#?}");
    assert_eq!(fs::read(out.join("checkpoint")).unwrap(), fs::read(&head).unwrap(), "nothing was published");
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn the_published_ledger_is_recomputed_by_others_and_holds_no_personal_value() {
    let program = with_decisions(300);
    let (key, out) = (key(&program), program.folder().join("public"));
    let folder = out.to_str().unwrap();
    done(program.run(&["ledger", "publish", folder], ""));
    let first = agreed(&["tiles", folder, &key]);
    let old = program.write("old", fs::read(out.join("checkpoint")).unwrap());
    assert_eq!(fs::read(checkpoint(&program, "head")).unwrap(), fs::read(&old).unwrap(), "one head, one checkpoint");

    evaluate(&program, &corpus::suggestions().skip(500).take(300).map(|line| line + "\n").collect::<String>());
    let run = done(program.run(&["ledger", "publish", folder, "--format", "json"], "")).lines().swap_remove(0);
    assert_eq!((&run["before"], &run["long"]), (&first["size"], &Value::Array(Vec::new())));
    assert!(run["files"].as_u64().unwrap() < 9, "what was full stays: {run}");
    let then = agreed(&["tiles", folder, &key, &old]);
    assert_eq!((&then["since"], &then["size"], &then["levels"]), (&first["size"], &run["size"], &2.into()));

    // The proof's values stand in the proof, and nowhere in what is published.
    let proof = fs::read_to_string(prove(&program)).unwrap();
    let published = files(&out);
    assert!(published.len() > 6);
    for value in PLANTED {
        assert!(proof.contains(value), "{value} was recorded");
        for file in &published {
            let bytes = fs::read(file).unwrap();
            let found = bytes.windows(value.len()).any(|window| window == value.as_bytes());
            assert!(!found, "{value} stands in {}", file.display());
        }
    }
    // Any changed file is found.
    for file in published {
        let kept = fs::read(&file).unwrap();
        let mut changed = kept.clone();
        changed[kept.len() / 2] ^= 1;
        fs::write(&file, changed).unwrap();
        let (holds, _) = other(&["tiles", folder, &key]);
        // Of a tile that is full now, the earlier part may still lie there; nobody asks for it.
        assert!(!holds || file.to_str().unwrap().contains(".p/"), "{}", file.display());
        fs::write(&file, kept).unwrap();
    }
}

#[test]
fn a_long_entry_is_published_beside_the_bundles() {
    let program = Program::with_fresh_home();
    let change = |number: usize| format!(r#"{{"field":"custom_{number}","prior":null,"proposed":"x"}}"#);
    let changes = (0..400).map(change).collect::<Vec<_>>().join(",");
    let start = SUGGESTION.find("\"changes\"").unwrap();
    let end = SUGGESTION.find("\"assistant\"").unwrap();
    let long = format!("{}\"changes\":[{changes}],{}", &SUGGESTION[..start], &SUGGESTION[end..]);
    evaluate(&program, &(long.replace('\n', "") + "\n"));
    let (key, out) = (key(&program), program.folder().join("public"));
    let run = done(program.run(&["ledger", "publish", out.to_str().unwrap()], ""));
    assert!(run.stdout.contains("tile/entries-long"), "{run:#?}");
    agreed(&["tiles", out.to_str().unwrap(), &key]);
    agreed(&["proof", &prove(&program), &key]);
}

#[test]
fn the_vectors_hold_in_both_verifiers() {
    let vector = |name: &str| proofs("vectors").join(name).to_str().unwrap().to_owned();
    let (proof, key) = (vector("proof.json"), vector("key"));
    let elsewhere = Program::without_home();
    let shown = done(elsewhere.run(&["ledger", "verify", "--proof", &proof, "--key", &key, "--format", "json"], ""));
    let shown = shown.lines().swap_remove(0);
    let theirs = agreed(&["proof", &proof, &key]);
    for field in ["origin", "size", "set"] {
        assert_eq!(shown[field], theirs[field], "{field}");
    }
    assert_eq!(shown["decision"]["event"]["seq"], theirs["seq"]);
    let published = agreed(&["tiles", &vector("published"), &key, &vector("older-checkpoint")]);
    assert_eq!(published["root"], theirs["root"]);
    // The proof was made under the same head.
    let checkpoint = fs::read_to_string(vector("published/checkpoint")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&fs::read_to_string(proof).unwrap()).unwrap()["checkpoint"], checkpoint);
}

//! Sets of policies on the command line: from their files into force, by more than one person, and back.

use std::fs;

use countersign::model::Digest;
use countersign_tests::said::{holds, refused};
use countersign_tests::{Program, Run, corpus, guest};
use rusqlite::Connection;
use serde_json::{Value, json};

fn set(program: &Program, arguments: &[&str]) -> Run {
    program.run(&[&["set"], arguments].concat(), "")
}

/// It was done; what was printed as JSON.
fn done(program: &Program, arguments: &[&str]) -> Value {
    let run = set(program, &[arguments, &["--format", "json"]].concat());
    assert_eq!(run.code, Some(0), "{run:#?}");
    serde_json::from_str(&run.stdout).unwrap()
}

/// A set that applies what an assistant is so confident of, as a file of the deployment.
fn write(program: &Program, name: &str, version: &str, threshold: &str) {
    let text = format!(
        "name = \"{name}\"\nversion = \"{version}\"\n\n[[policy]]\nmodule = \"confidence@1\"\nsettings = {{ threshold = {threshold} }}\n"
    );
    fs::write(program.home().join(format!("sets/{name}.toml")), text).unwrap();
}

fn propose(program: &Program, name: &str, by: &str) -> String {
    done(program, &["propose", name, "--by", by, "--reason", "case 7"])["seq"].to_string()
}

/// The decisions about so many suggestions of the corpus, after some others.
fn decide(program: &Program, from: usize, number: usize) -> Vec<Value> {
    let lines: Vec<String> = corpus::suggestions().skip(from).take(number).collect();
    let run = program.run(&["evaluate", "-", "--now", corpus::NOW, "--format", "json"], lines.join("\n"));
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.lines()
}

#[test]
fn a_set_decides_when_somebody_else_approved_it_and_not_before() {
    let program = Program::with_fresh_home();
    write(&program, "looser", "1.0.0", "0.2");
    assert_eq!(decide(&program, 0, 1)[0]["set"]["name"], "crm-default");
    let proposal = propose(&program, "looser", "ana");
    let status = done(&program, &["status"]);
    assert_eq!((&status["active"]["set"]["name"], &status["active"]["cause"]), (&json!("crm-default"), &json!("init")));
    let open = &status["proposals"][0];
    assert_eq!((&open["by"], &open["given"], &open["needed"]), (&json!("ana"), &json!(0), &json!(1)), "{status}");
    let why = ["--reason", "case 7"];
    let activate = |by: &str| set(&program, &[&["activate", &proposal, "--by", by], &why[..]].concat());
    refused(&activate("ana"), 3, &["needs 1 approvals and has 0", "set approve"]);
    let own = set(&program, &[&["approve", &proposal, "--by", "ana"], &why[..]].concat());
    refused(&own, 3, &["`ana` proposed this set", "somebody else"]);
    assert_eq!(decide(&program, 1, 1)[0]["set"]["name"], "crm-default");
    let approved = done(&program, &["approve", "looser", "--by", "ben", "--reason", "looked at it"]);
    assert_eq!((&approved["given"], &approved["approvals"][0]["by"]), (&json!(1), &json!("ben")));
    let activated = activate("ana");
    assert!(activated.code == Some(0) && activated.stdout.contains("looser@1.0.0"), "{activated:#?}");
    refused(&activate("ana"), 3, &["was activated before"]);
    let decision = &decide(&program, 2, 1)[0];
    assert_eq!((&decision["set"]["name"], &decision["set"]["digest"]), (&json!("looser"), &approved["set"]["digest"]));
    // What becomes of its files changes nothing that is in force.
    fs::remove_dir_all(program.home().join("sets")).unwrap();
    assert_eq!(decide(&program, 3, 1)[0]["set"], decision["set"]);
    assert_eq!(done(&program, &["show"])["set"], decision["set"]);
    let proof = program.folder().join("proof.json").to_str().unwrap().to_owned();
    let id = decision["id"].as_str().unwrap();
    let run = program.run(&["ledger", "prove", id, "--out", &proof], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let proof: Value = serde_json::from_str(&fs::read_to_string(proof).unwrap()).unwrap();
    let said = |event: &Value| -> Value { serde_json::from_str(event["entry"].as_str().unwrap()).unwrap() };
    assert_eq!(said(&proof["approvals"][0])["actor"], "ben", "the proof shows who approved it");
    assert_eq!(said(&proof["activation"])["actor"], "ana");
    holds(&program);
}

#[test]
fn how_many_must_approve_stands_in_the_configuration() {
    let program = Program::with_fresh_home();
    let config = program.home().join("countersign.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("number = 1", "number = 2")).unwrap();
    write(&program, "looser", "1.0.0", "0.2");
    let proposal = propose(&program, "looser", "ana");
    let approve = |by: &str| set(&program, &["approve", &proposal, "--by", by, "--reason", "r"]);
    let activate = || set(&program, &["activate", &proposal, "--by", "ana", "--reason", "r"]);
    assert_eq!(approve("ben").code, Some(0));
    refused(&approve("ben"), 3, &["`ben` has approved", "one person counts once"]);
    refused(&activate(), 3, &["needs 2 approvals and has 1"]);
    assert_eq!(approve("cleo").code, Some(0));
    assert_eq!(activate().code, Some(0));
    // With none, proposing is enough.
    fs::write(&config, text.replace("number = 1", "number = 0")).unwrap();
    write(&program, "own", "1.0.0", "0.3");
    let proposal = propose(&program, "own", "ana");
    assert_eq!(set(&program, &["activate", &proposal, "--by", "ana", "--reason", "r"]).code, Some(0));
}

#[test]
fn what_changed_since_it_was_proposed_is_not_what_comes_into_force() {
    let program = Program::with_fresh_home();
    let in_force = done(&program, &["show"])["set"].clone();
    write(&program, "looser", "1.0.0", "0.2");
    let first = propose(&program, "looser", "ana");
    // Its file changes, and its lock with it.
    write(&program, "looser", "1.0.0", "0.1");
    assert_eq!(done(&program, &["lock", "looser"])["changed"], true);
    let by_name = |verb: &str| set(&program, &[verb, "looser", "--by", "ben", "--reason", "r"]);
    refused(&by_name("approve"), 4, &["is not the one of proposal", &first]);
    // By its number what was proposed is meant, and comes into force whatever the file says.
    assert_eq!(set(&program, &["approve", &first, "--by", "ben", "--reason", "r"]).code, Some(0));
    refused(&by_name("activate"), 4, &["is not the one of proposal"]);
    let second = propose(&program, "looser", "ana");
    refused(&set(&program, &["activate", &first, "--by", "ben", "--reason", "r"]), 3, &["was replaced by", &second]);
    // A lock that was edited by hand is no lock of its file.
    let lock = program.home().join("sets/looser.lock");
    let text = fs::read_to_string(&lock).unwrap();
    fs::write(&lock, text.replacen("on-fault = \"review\"", "on-fault = \"human-only\"", 1)).unwrap();
    refused(&set(&program, &["propose", "looser", "--reason", "r"]), 3, &["does not match", "countersign set lock"]);
    assert_eq!(set(&program, &["lock", "looser", "--check"]).code, Some(1));
    for nothing in ["99", "none", "sha256:0123456789abcdef"] {
        refused(&set(&program, &["approve", nothing, "--reason", "r"]), 3, &["there is no proposal", nothing]);
    }
    assert_eq!(done(&program, &["show"])["set"], in_force);
}

#[test]
fn a_rollback_goes_back_and_a_freeze_sends_everything_to_review_also_when_modules_do_not_load() {
    let program = Program::with_fresh_home();
    refused(&set(&program, &["rollback", "--reason", "r"]), 3, &["no other set decided before"]);
    let own = "name = \"own\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"own.wasm\"\n";
    fs::write(program.home().join("sets/own.wasm"), guest::honest()).unwrap();
    fs::write(program.home().join("sets/own.toml"), own).unwrap();
    program.activate("own");
    assert_eq!(decide(&program, 0, 1)[0]["set"]["name"], "own");
    // Its module is damaged where the ledger keeps it, and compiled nowhere.
    fs::remove_dir_all(program.home().join("cache")).unwrap();
    let database = Connection::open(program.home().join("ledger.db")).unwrap();
    database.execute_batch("DROP TRIGGER object_no_update").unwrap();
    let damaged = database
        .execute("UPDATE object SET bytes = zeroblob(9) WHERE kind = 'module' AND length(bytes) < 10000", [])
        .unwrap();
    assert_eq!(damaged, 1);
    drop(database);
    refused(&program.run(&["evaluate", "-"], corpus::first(1)), 4, &["were changed"]);
    let frozen = done(&program, &["freeze", "--by", "ops", "--reason", "it does not load"]);
    assert_eq!((&frozen["cause"], &frozen["by"]), (&json!("freeze"), &json!("ops")));
    refused(&set(&program, &["freeze", "--reason", "r"]), 3, &["frozen"]);
    for decision in decide(&program, 1, 20) {
        assert_eq!((&decision["outcome"], &decision["modules"]), (&json!("review"), &json!([])), "{decision}");
        assert_eq!(decision["reasons"][0]["code"], "countersign.frozen");
    }
    // It cannot be thawed into what does not load.
    refused(&set(&program, &["thaw", "--reason", "r"]), 4, &["were changed"]);
    let back = done(&program, &["rollback", "--by", "ops", "--reason", "it does not load"]);
    assert_eq!((&back["cause"], &back["set"]["name"]), (&json!("rollback"), &json!("crm-default")));
    assert_eq!(decide(&program, 30, 1)[0]["set"]["name"], "crm-default");
    refused(&set(&program, &["thaw", "--reason", "r"]), 3, &["nothing is frozen"]);
    let status = set(&program, &["status"]);
    assert!(status.stdout.contains("rollback") && status.stdout.contains("it does not load"), "{status:#?}");
}

#[test]
fn a_set_that_does_not_pass_its_cases_does_not_come_into_force() {
    let program = Program::with_fresh_home();
    write(&program, "looser", "1.0.0", "0.2");
    let cases = program.home().join("sets/looser/cases");
    fs::create_dir_all(&cases).unwrap();
    refused(&set(&program, &["test", "looser"]), 3, &["holds no case"]);
    let mut suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    suggestion["confidence"] = json!(0.5);
    let case = |expect: Value| json!({ "about": "half sure", "suggestion": suggestion, "expect": expect }).to_string();
    fs::write(cases.join("half.json"), case(json!({ "outcome": "apply" }))).unwrap();
    fs::write(cases.join("codes.json"), case(json!({ "outcome": "apply", "codes": [] }))).unwrap();
    assert_eq!(done(&program, &["test", "looser"])["failed"], 0);
    let proposal = propose(&program, "looser", "ana");
    assert_eq!(set(&program, &["approve", &proposal, "--by", "ben", "--reason", "r"]).code, Some(0));
    fs::write(cases.join("half.json"), case(json!({ "outcome": "review", "codes": ["confidence.below-threshold"] })))
        .unwrap();
    let tested = set(&program, &["test", "looser"]);
    assert_eq!(tested.code, Some(1), "{tested:#?}");
    for word in ["no  half", "outcome: expected \"review\", got \"apply\"", "2 cases, 1 failed"] {
        assert!(tested.stdout.contains(word), "{word}: {}", tested.stdout);
    }
    let activate = set(&program, &["activate", &proposal, "--by", "ana", "--reason", "r"]);
    refused(&activate, 3, &["does not pass its cases: half", "set test looser"]);
    write(&program, "looser", "1.1.0", "0.3");
    assert_eq!(set(&program, &["lock", "looser"]).code, Some(0));
    refused(&set(&program, &["propose", "looser", "--reason", "r"]), 3, &["does not pass its cases: half"]);
    fs::write(cases.join("half.json"), case(json!({ "outcom": "review" }))).unwrap();
    refused(&set(&program, &["propose", "looser", "--reason", "r"]), 3, &["half.json", "outcom"]);
    fs::write(
        cases.join("half.json"),
        json!({ "settings": { "a": 1 }, "suggestion": suggestion, "expect": {} }).to_string(),
    )
    .unwrap();
    refused(&set(&program, &["test", "looser"]), 3, &["half.json", "`settings`", "its own file"]);
    assert_eq!(done(&program, &["status"])["active"]["set"]["name"], "crm-default");
}

#[test]
fn two_sets_are_compared_module_by_module_and_setting_by_setting() {
    let program = Program::with_fresh_home();
    write(&program, "looser", "1.0.0", "0.2");
    write(&program, "other", "1.0.0", "0.3");
    let text = fs::read_to_string(program.home().join("sets/other.toml")).unwrap();
    fs::write(
        program.home().join("sets/other.toml"),
        text + "on-fault = \"reject\"\n[[validator]]\nmodule = \"format@1\"\n",
    )
    .unwrap();
    let difference = done(&program, &["diff", "looser", "other"]);
    let modules = difference["modules"].as_array().unwrap();
    assert_eq!(modules.len(), 2, "{difference:#}");
    assert_eq!((&modules[0]["name"], &modules[0]["from"]), (&json!("format"), &Value::Null));
    assert_eq!(modules[1]["settings"], json!([{ "key": "threshold", "from": 0.2, "to": 0.3 }]));
    assert_eq!(modules[1]["pinned"], json!([{ "key": "on-fault", "from": "review", "to": "reject" }]));
    let shown = set(&program, &["diff", "looser", "other"]).stdout;
    for line in ["+ format  1.0.0", "settings.threshold: 0.2 → 0.3", "on-fault: \"review\" → \"reject\""] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(set(&program, &["diff", "active", "crm-default"]).stdout.contains("The same modules"));
    refused(&set(&program, &["diff", "active", "none"]), 3, &["cannot read", "none.toml"]);
    let shown = set(&program, &["show", "looser"]);
    assert!(shown.stdout.contains("confidence@1.0.0") && shown.stdout.contains("threshold"), "{shown:#?}");
}

#[test]
fn a_yanked_module_is_named_by_no_new_set_and_what_it_decided_reproduces() {
    let program = Program::with_fresh_home();
    let publish = |version: &str| {
        let file = program.write(&format!("{version}.wasm"), guest::released_as(version));
        let run = program.run(&["policy", "publish", &file, "--format", "json"], "");
        assert_eq!(run.code, Some(0), "{run:#?}");
        serde_json::from_str::<Value>(&run.stdout).unwrap()
    };
    let first = publish("1.0.0");
    assert_eq!((&first["new"], &first["against"]), (&json!(true), &Value::Null));
    let second = publish("1.1.0");
    assert_eq!(second["against"]["version"], "1.0.0");
    let changes = second["against"]["changes"].as_array().unwrap();
    assert!(changes.iter().any(|change| change["how"] == "1.0.0 → 1.1.0"), "{second}");
    assert_eq!(publish("1.1.0")["new"], false);
    let name = second["module"].as_str().unwrap().split_once('@').unwrap().0.to_owned();
    let shown = program.run(&["policy", "show", &format!("{name}@1")], "");
    assert!(shown.stdout.contains("against version 1.0.0"), "{shown:#?}");
    let text = format!("name = \"own\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"{name}@1\"\n");
    fs::write(program.home().join("sets/own.toml"), &text).unwrap();
    program.activate("own");
    assert_eq!(decide(&program, 0, 5)[0]["modules"][0]["version"], "1.1.0");
    let yank = |module: &str| program.run(&["policy", "yank", module, "--reason", "wrong for merges"], "");
    let yanked = format!("{name}@1.1.0");
    assert_eq!(yank(&yanked).code, Some(0));
    refused(&yank(&yanked), 3, &["was yanked before"]);
    refused(&yank(&format!("{name}@1")), 3, &["whole version"]);
    refused(&yank("none@1.0.0"), 3, &["no module `none@1.0.0` is known"]);
    let list = program.run(&["policy", "list"], "").stdout;
    assert!(list.lines().any(|line| line.contains(&yanked) && line.contains("yanked: wrong for merges")), "{list}");
    // The active set goes on; a new one takes the version before it.
    assert_eq!(decide(&program, 5, 5)[0]["modules"][0]["version"], "1.1.0");
    fs::write(program.home().join("sets/own.toml"), text.replacen("1.0.0", "1.1.0", 1)).unwrap();
    let locked = set(&program, &["lock", "own"]);
    assert!(locked.stdout.contains("1.1.0 → 1.0.0"), "{locked:#?}");
    program.activate("own");
    assert_eq!(decide(&program, 10, 5)[0]["modules"][0]["version"], "1.0.0");
    let pinned = text.replace("@1\"", "@=1.1.0\"").replacen("1.0.0", "1.2.0", 1);
    fs::write(program.home().join("sets/pinned.toml"), pinned).unwrap();
    refused(&set(&program, &["propose", "pinned", "--reason", "r"]), 3, &["was yanked (wrong for merges)"]);
    // A version never changes, also where a set brings the file of a module along.
    let events = || program.run(&["ledger", "export", "--as", "jsonl"], "").stdout.lines().count();
    let before = events();
    let other = guest::build(";; other bytes\n(global $other (mut i32) (i32.const 7))");
    fs::write(program.home().join("sets/other.wasm"), other).unwrap();
    let file = "name = \"other\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"other.wasm\"\n";
    fs::write(program.home().join("sets/other.toml"), file).unwrap();
    refused(&set(&program, &["propose", "other", "--reason", "r"]), 3, &["a version never changes"]);
    assert_eq!(events(), before);
    holds(&program);
}

#[test]
fn a_service_that_lags_or_is_silent_is_named() {
    let program = Program::with_fresh_home();
    let set_ref = done(&program, &["show"])["set"].clone();
    let now = jiff::Timestamp::now();
    let folder = program.home().join("instances");
    fs::create_dir(&folder).unwrap();
    let write = |process: u32, change: u64, seen: jiff::Timestamp| {
        let text = json!({
            "process": process, "started_at": "2026-11-20T09:00:00Z", "set": set_ref, "since": "2026-11-20T09:00:00Z",
            "change": change, "seen_at": seen, "refused": "a module does not load",
        });
        fs::write(folder.join(format!("{process}.json")), text.to_string()).unwrap();
    };
    let newest = done(&program, &["status"])["active"]["seq"].as_u64().unwrap();
    let later = now + jiff::SignedDuration::from_hours(1);
    write(7, newest, later);
    assert_eq!(set(&program, &["status"]).code, Some(0));
    write(8, newest - 1, later);
    write(9, newest, now - jiff::SignedDuration::from_hours(1));
    let status = set(&program, &["status"]);
    assert_eq!(status.code, Some(1), "{status:#?}");
    for (process, word) in [("7", "current"), ("8", "lags: a module does not load"), ("9", "silent since")] {
        assert!(
            status.stdout.lines().any(|line| line.trim_start().starts_with(process) && line.contains(word)),
            "{}",
            status.stdout
        );
    }
}

/// A policy that takes whatever settings it is given, and gives this as their schema.
fn with_schema(schema: &str) -> Vec<u8> {
    let length = schema.len();
    guest::build(&format!("(data (i32.const 0x1000) {schema:?})\n(data (i32.const 0x248) (i32 0x1000 {length}))"))
}

/// Everything that reads a set from its file refuses this one with these words.
fn refused_everywhere(program: &Program, name: &str, words: &[&str]) {
    for arguments in [&["test", name][..], &["propose", name, "--reason", "r"], &["shadow", name, "--reason", "r"]] {
        refused(&set(program, arguments), 3, words);
    }
    refused(&program.run(&["evaluate", "-", "--dry-run", "--set", name], corpus::first(1)), 3, words);
}

#[test]
fn settings_are_held_against_the_schemas_of_all_modules_and_what_is_wrong_is_told_at_once() {
    let program = Program::with_fresh_home();
    let sets = program.home().join("sets");
    let schema = json!({
        "additionalProperties": false,
        "required": ["limits"],
        "properties": {
            "mode": { "enum": ["on", "off"] },
            "limits": { "items": { "properties": { "minimum": { "type": "integer", "minimum": 1 } } } },
        },
    });
    fs::write(sets.join("own.wasm"), with_schema(&schema.to_string())).unwrap();
    let text = |settings: &str, threshold: &str| {
        format!(
            "name = \"own\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"own.wasm\"\n[policy.settings]\n{settings}\n\n\
             [[policy]]\nmodule = \"confidence@1\"\nsettings = {{ threshold = {threshold} }}\n"
        )
    };
    let wrong = "mode = \"of\"\nlimits = [{ minimum = 1 }, { minimum = 0 }]\nlimit = 3";
    fs::write(sets.join("own.toml"), text(wrong, "\"high\"")).unwrap();
    let words = [
        "the set own: 4 settings are wrong:",
        "own.toml:7: `own.wasm`: settings.mode \"of\" is none of \"on\", \"off\"",
        "own.toml:8: `own.wasm`: settings.limits[1].minimum 0 is less than 1",
        "own.toml:9: `own.wasm`: settings.limit is no setting; the nearest known one is `limits`",
        "own.toml:13: `confidence@1`: settings.threshold \"high\" is a text, not a number",
    ];
    refused(&set(&program, &["lock", "own"]), 3, &words);
    refused_everywhere(&program, "own", &words);
    fs::write(sets.join("own.toml"), text("mode = \"on\"", "0.9")).unwrap();
    refused_everywhere(&program, "own", &["a setting is wrong", "own.toml:6: `own.wasm`: settings.limits is missing"]);
    assert!(!sets.join("own.lock").exists(), "no lock is written for it");

    fs::write(sets.join("own.toml"), text("limits = []\nmode = \"on\"", "0.9")).unwrap();
    assert_eq!(set(&program, &["lock", "own"]).code, Some(0));
    // Nor does a lock help that somebody wrote by hand.
    fs::write(sets.join("own.toml"), text("limits = []\nmode = \"of\"", "0.9")).unwrap();
    let digest = |mode: &str| Digest::of(format!("{{\"limits\":[],\"mode\":\"{mode}\"}}").as_bytes()).to_string();
    let lock = fs::read_to_string(sets.join("own.lock")).unwrap();
    assert!(lock.contains(&digest("on")), "{lock}");
    fs::write(sets.join("own.lock"), lock.replace(&digest("on"), &digest("of"))).unwrap();
    refused_everywhere(&program, "own", &["a setting is wrong", "`hostile@1.0.0`: settings.mode \"of\" is none of"]);
}

#[test]
fn a_schema_that_is_none_or_asks_for_too_much_is_refused_with_the_module() {
    let program = Program::with_fresh_home();
    let sets = program.home().join("sets");
    fs::write(sets.join("own.toml"), "name = \"own\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"own.wasm\"\n")
        .unwrap();
    // Each definition asks for the one before it twice.
    let mut doubling = json!({ "$ref": "#/$defs/d60", "$defs": { "d0": { "type": "object" } } });
    for at in 1..=60 {
        let before = json!({ "$ref": format!("#/$defs/d{}", at - 1) });
        doubling["$defs"][format!("d{at}")] = json!({ "allOf": [before, before] });
    }
    for (schema, word) in [
        (json!({ "type": "strin" }), "no JSON Schema: /type"),
        (json!({ "$ref": "https://example.com/settings.json" }), "example.com"),
        (doubling, "more memory or time than it may"),
    ] {
        fs::write(sets.join("own.wasm"), with_schema(&schema.to_string())).unwrap();
        refused(&set(&program, &["lock", "own"]), 3, &["own.toml:4: `own.wasm`: settings cannot be checked", word]);
    }
    assert!(!sets.join("own.lock").exists());
}

//! Bad input and bad configuration: a clear error that says where and what, exit 3, and nothing recorded.

use std::fs;

use countersign_tests::corpus::{self, NOW};
use countersign_tests::{Program, Run};
use serde_json::{Value, json};

fn evaluate(program: &Program, more: &[&str], input: impl AsRef<[u8]>) -> Run {
    program.run(&[&["evaluate", "-", "--format", "json", "--now", NOW], more].concat(), input)
}

/// How many events are on record; all of them are verified on the way.
fn events(program: &Program) -> u64 {
    let run = program.run(&["ledger", "verify", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.lines()[0]["events"].as_u64().unwrap()
}

/// The run said all of these words and nothing else happened.
fn refused(run: &Run, words: &[&str]) {
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert_eq!(run.stdout, "", "nothing is decided");
    for word in words {
        assert!(run.message().contains(word), "{word:?} is said: {}", run.stderr);
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert!(run.stderr.len() < 4_000, "{} bytes are no clear message", run.stderr.len());
}

fn good(id: &str) -> Value {
    let mut suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
    suggestion["id"] = id.into();
    suggestion
}

/// A file with a bad line between two good ones is refused whole, with these words; with `--keep-going`, the good
/// lines are decided all the same.
fn bad_line(line: impl AsRef<[u8]>, words: &[&str]) {
    let program = Program::with_fresh_home();
    let before = events(&program);
    let (first, last) = (format!("{}\n", good("first")), format!("\n{}\n", good("last")));
    let input = [first.as_bytes(), line.as_ref(), last.as_bytes()].concat();
    let words = [words, &["line 2"]].concat();
    refused(&evaluate(&program, &[], &input), &words);
    refused(&evaluate(&program, &["--dry-run"], &input), &words);
    assert_eq!(events(&program), before);

    let others = evaluate(&program, &["--keep-going"], &input);
    assert_eq!(others.code, Some(3), "{others:#?}");
    let ids: Vec<Value> = others.lines().into_iter().map(|decision| decision["id"].clone()).collect();
    assert_eq!(ids, ["first", "last"]);
    for word in words {
        assert!(others.message().contains(word), "{word:?} is said: {}", others.stderr);
    }
    assert_eq!(events(&program), before + 2);
}

/// A good suggestion with another value at a place.
fn with(pointer: &str, value: impl Into<Value>) -> String {
    let mut suggestion = good("bad");
    *suggestion.pointer_mut(pointer).unwrap() = value.into();
    suggestion.to_string()
}

/// A good suggestion with another text in place of a text in it.
fn replaced(from: &str, to: &str) -> String {
    let text = good("bad").to_string();
    let replaced = text.replacen(from, to, 1);
    assert_ne!(text, replaced, "{from} is in a suggestion");
    replaced
}

#[test]
fn a_line_that_is_cut_off() {
    let line = good("bad").to_string();
    bad_line(&line[..line.len() - 20], &["cut off"]);
    bad_line("{", &["cut off"]);
    // Where no key is wrong, none is named.
    let program = Program::with_fresh_home();
    let run = evaluate(&program, &[], "{");
    assert!(!run.stderr.contains("key"), "{}", run.stderr);
}

#[test]
fn a_line_that_is_no_json_object() {
    bad_line("nonsense", &["no valid JSON at column"]);
    bad_line("[]", &[]);
    bad_line("17", &[]);
    bad_line("null", &[]);
    bad_line(format!("{} {}", good("bad"), good("worse")), &["no valid JSON at column"]);
}

#[test]
fn a_line_with_a_value_of_the_wrong_type() {
    bad_line(with("/confidence", "high"), &["key `confidence`", "invalid type", "f64"]);
    bad_line(with("/changes", json!({})), &["key `changes`"]);
    bad_line(with("/changes/0/field", 7), &["key `changes[0].field`"]);
    bad_line(with("/changes/0/proposed", json!({ "a": 1 })), &["key `changes[0].proposed`"]);
    bad_line(with("/target/id", Value::Null), &["key `target.id`"]);
    bad_line(with("/context/fields/city/verified", "yes"), &["verified"]);
    bad_line(with("/operation", "obliterate"), &["key `operation`", "obliterate", "overwrite"]);
    bad_line(with("/received_at", "yesterday"), &["key `received_at`", "RFC 3339"]);
}

#[test]
fn a_line_with_an_unknown_key_names_the_nearest_known_one() {
    bad_line(
        replaced("\"confidence\"", "\"confidense\""),
        &["unknown key `confidense`", "nearest known key is `confidence`"],
    );
    bad_line(replaced("\"proposed\"", "\"propozed\""), &["changes[0]", "unknown key `propozed`", "`proposed`"]);
    bad_line(replaced("\"segment\"", "\"segments\""), &["context", "unknown key `segments`", "`segment`"]);
    bad_line(replaced("\"verified\"", "\"verfied\""), &["unknown key `verfied`", "`verified`"]);
}

#[test]
fn a_line_that_lacks_a_key() {
    for key in ["id", "received_at", "target", "operation", "assistant"] {
        let mut suggestion = good("bad");
        suggestion.as_object_mut().unwrap().remove(key);
        bad_line(suggestion.to_string(), &[&format!("missing field `{key}`")]);
    }
}

#[test]
fn a_line_with_a_key_that_stands_twice() {
    bad_line(replaced("\"confidence\":", "\"confidence\":0.1,\"confidence\":"), &["duplicate", "`confidence`"]);
    bad_line(replaced("\"fields\":{", "\"fields\":{\"city\":{\"value\":null},"), &["`city`", "twice"]);
}

#[test]
fn a_line_with_the_id_of_another_suggestion() {
    let mut other = good("first");
    other["rationale"] = "Something else.".into();
    bad_line(other.to_string(), &["key `id`", "`first`", "other content"]);
}

#[test]
fn a_confidence_that_is_no_number_from_0_to_1() {
    bad_line(with("/confidence", 1.5), &["key `confidence`", "1.5", "from 0 to 1"]);
    bad_line(with("/confidence", -0.1), &["key `confidence`", "-0.1", "from 0 to 1"]);
    let confidence = good("bad")["confidence"].to_string();
    for none in ["NaN", "Infinity", "1e999"] {
        bad_line(replaced(&format!("\"confidence\":{confidence}"), &format!("\"confidence\":{none}")), &[]);
    }
    let mut suggestion = good("bad");
    suggestion["changes"][0]["confidence"] = 7.into();
    bad_line(suggestion.to_string(), &["key `changes[0].confidence`", "from 0 to 1"]);
}

#[test]
fn what_the_operation_does_not_allow() {
    bad_line(with("/changes", json!([])), &["key `changes`"]);
    bad_line(with("/operation", "clear"), &["key `changes[0].proposed`", "null"]);
    bad_line(with("/operation", "merge"), &["key `merge_with`"]);
    bad_line(
        replaced("\"operation\"", "\"merge_with\":[{\"system\":\"s\",\"object\":\"o\",\"id\":\"i\"}],\"operation\""),
        &["key `merge_with`"],
    );
    let mut twice = good("bad");
    let change = twice["changes"][0].clone();
    twice["changes"].as_array_mut().unwrap().push(change);
    bad_line(twice.to_string(), &["key `changes[1].field`", "twice"]);
}

#[test]
fn a_field_of_10_megabytes() {
    bad_line(with("/changes/0/proposed", "a".repeat(10_000_000)), &["longer than 1048576 bytes"]);
}

#[test]
fn ten_thousand_brackets() {
    bad_line(replaced("\"changes\":", &format!("\"more\":{},\"changes\":", "[".repeat(10_000))), &[]);
    bad_line("[".repeat(1_000_000), &[]);
}

#[test]
fn text_that_is_not_utf_8() {
    let line = good("bad").to_string();
    let at = line.find("overwrite").unwrap();
    bad_line(
        [&line.as_bytes()[..at], b"\xff", &line.as_bytes()[at..]].concat(),
        &["UTF-8", &format!("byte {}", at + 1)],
    );
    // A surrogate is no character, and no text can hold one.
    bad_line(replaced("\"rationale\":\"", "\"rationale\":\"\\ud800"), &[]);
}

#[test]
fn an_empty_id_or_one_with_control_characters() {
    bad_line(with("/id", ""), &["key `id`"]);
    bad_line(with("/id", "a\u{1b}[31mb"), &["key `id`"]);
    bad_line(with("/id", "i".repeat(257)), &["key `id`"]);
}

#[test]
fn messages_do_not_carry_control_characters_of_the_input() {
    let program = Program::with_fresh_home();
    let run = evaluate(&program, &[], replaced("\"confidence\"", "\"\\u001b[31mconfidence\""));
    assert_eq!(run.code, Some(3));
    assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
}

#[test]
fn every_bad_line_is_named() {
    let program = Program::with_fresh_home();
    let bad = [2, 5, 300];
    let lines: Vec<String> = corpus::suggestions()
        .take(400)
        .zip(1..)
        .map(|(line, number)| if bad.contains(&number) { "{".to_owned() } else { line })
        .collect();
    let input = lines.join("\n");
    let run = evaluate(&program, &[], &input);
    refused(&run, &["line 2", "line 5", "line 300", "--keep-going"]);
    let others = evaluate(&program, &["--keep-going"], &input);
    assert_eq!(others.code, Some(3));
    assert_eq!(others.lines().len(), 397);
    for number in bad {
        assert!(others.message().contains(&format!("line {number}")), "{}", others.stderr);
    }
    assert!(others.message().contains("3 lines"), "{}", others.stderr);
}

#[test]
fn a_thousand_bad_lines_are_counted_rather_than_listed() {
    let program = Program::with_fresh_home();
    let run = evaluate(&program, &[], "{\n".repeat(1_000));
    refused(&run, &["line 1", "980 more"]);
    assert!(run.stderr.lines().count() < 40, "{}", run.stderr);
}

#[test]
fn an_input_without_suggestions() {
    let program = Program::with_fresh_home();
    let before = events(&program);
    for input in ["", "\n", " \r\n\t\n"] {
        refused(&evaluate(&program, &[], input), &["holds no suggestion"]);
        refused(&evaluate(&program, &["--keep-going"], input), &["holds no suggestion"]);
    }
    let file = program.write("empty.jsonl", "");
    refused(&program.run(&["evaluate", &file], ""), &["empty.jsonl", "holds no suggestion"]);
    assert_eq!(events(&program), before);
}

#[test]
fn a_file_that_cannot_be_read() {
    let program = Program::with_fresh_home();
    let before = events(&program);
    refused(&program.run(&["evaluate", "nowhere.jsonl"], ""), &["cannot read nowhere.jsonl", "No such file"]);
    let folder = program.folder().to_str().unwrap().to_owned();
    refused(&program.run(&["evaluate", &folder], ""), &["cannot read", &folder, "directory"]);
    assert_eq!(events(&program), before);
}

/// With another text in a set's file, and without its lock unless it is kept.
fn bad_set(change: impl FnOnce(&str) -> String, words: &[&str]) {
    let program = Program::with_fresh_home();
    let before = events(&program);
    let (set, lock) = (program.home().join("sets/crm-default.toml"), program.home().join("sets/crm-default.lock"));
    let text = fs::read_to_string(&set).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed);
    fs::write(&set, changed).unwrap();
    fs::remove_file(&lock).unwrap();
    refused_set(&program, words);
    assert!(!lock.exists(), "no lock is written for a bad set");
    assert_eq!(events(&program), before);
}

/// A set of one module with these lines.
fn one_module(lines: &str) -> String {
    format!("name = \"own\"\nversion = \"1.0.0\"\n[[policy]]\n{lines}\n")
}

#[test]
fn a_set_with_an_unknown_key() {
    bad_set(|set| set.replacen("on-fault", "on-fautl", 1), &["crm-default.toml", "line", "on-fautl", "on-fault"]);
    bad_set(|set| format!("strict = true\n{set}"), &["crm-default.toml", "line 1", "strict"]);
    bad_set(|_| one_module("module = \"confidence@1\"\nlimits = { fule = 1 }"), &["line 5", "fule", "fuel"]);
}

#[test]
fn a_set_that_is_no_toml() {
    bad_set(|set| format!("{set}\n[[policy"), &["crm-default.toml", "line"]);
    bad_set(|_| String::new(), &["crm-default.toml", "name"]);
}

#[test]
fn a_set_with_an_unknown_module() {
    bad_set(|set| set.replace("confidence@1", "confidense@1"), &["confidense", "confidence"]);
    bad_set(|set| set.replace("\"confidence@1\"", "\"missing.wasm\""), &["missing.wasm", "No such file"]);
}

#[test]
fn a_set_with_a_version_that_there_is_not() {
    bad_set(|set| set.replace("confidence@1", "confidence@7"), &["confidence", "7", "1.0.0"]);
    bad_set(|set| set.replace("confidence@1", "confidence"), &["confidence", "names no version", "confidence@1"]);
    bad_set(|set| set.replace("confidence@1", "confidence@one"), &["confidence@one", "version"]);
}

#[test]
fn a_set_in_which_a_fault_would_apply() {
    bad_set(
        |_| one_module("module = \"confidence@1\"\non-fault = \"apply\""),
        &["confidence@1", "on-fault", "nothing fails open"],
    );
    bad_set(|_| one_module("module = \"confidence@1\"\non-fault = \"ignore\""), &["line 5", "ignore", "review"]);
}

#[test]
fn a_set_with_limits_over_the_ceiling() {
    for (limit, ceiling) in [("fuel", 500_000_000_u64), ("memory", 128 << 20), ("items", 256), ("output", 256 << 10)] {
        let lines = format!("module = \"confidence@1\"\nlimits = {{ {limit} = {} }}", ceiling + 1);
        bad_set(|_| one_module(&lines), &["confidence@1", &format!("limits.{limit}"), &ceiling.to_string()]);
    }
    bad_set(|_| one_module("module = \"confidence@1\"\nlimits = { fuel = -1 }"), &["line 5"]);
}

#[test]
fn a_set_with_settings_that_the_module_refuses() {
    let settings = |settings: &str| one_module(&format!("module = \"confidence@1\"\nsettings = {{ {settings} }}"));
    bad_set(
        |_| settings("threshhold = 0.9"),
        &["toml:5: `confidence@1`: settings.threshhold", "known one is `threshold`"],
    );
    bad_set(|_| settings("threshold = 2.0"), &["confidence@1", "refused by the module", "threshold"]);
    bad_set(
        |_| settings("threshold = \"high\""),
        &["toml:5: `confidence@1`: settings.threshold \"high\" is a text, not a number"],
    );
    bad_set(
        |_| settings("threshold = true, fields = { email = \"high\" }"),
        &["2 settings are wrong", "settings.threshold true", "settings.fields.email \"high\""],
    );
}

#[test]
fn a_set_with_a_module_in_the_wrong_list_or_twice() {
    bad_set(|_| one_module("module = \"format@1\""), &["format@1", "validator", "policy"]);
    bad_set(|set| format!("{set}\n[[policy]]\nmodule = \"findings@1.0.0\"\n"), &["findings", "twice"]);
}

#[test]
fn a_set_that_is_not_there() {
    let program = Program::with_fresh_home();
    for named in ["other", "./other.toml"] {
        let dry = ["--dry-run", "--set", named];
        refused(&evaluate(&program, &dry, good("good").to_string()), &["cannot read", "other.toml"]);
        refused(&program.run(&["set", "propose", named, "--reason", "r"], ""), &["cannot read", "other.toml"]);
    }
}

/// With another text in a file of the deployment.
fn bad_file(name: &str, change: impl FnOnce(&str) -> String, words: &[&str]) {
    let program = Program::with_fresh_home();
    let before = events(&program);
    let file = program.home().join(name);
    let text = fs::read_to_string(&file).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed);
    fs::write(&file, changed).unwrap();
    let blamed = if words.iter().any(|word| word.contains(".lock")) { "" } else { name };
    let words = [words, &[blamed]].concat();
    if name.starts_with("sets/") {
        refused_set(&program, &words);
    } else {
        refused(&evaluate(&program, &[], good("good").to_string()), &words);
        refused(&evaluate(&program, &["--dry-run"], good("good").to_string()), &words);
    }
    assert_eq!(events(&program), before);
}

/// The default set is neither proposed nor tried. What decides is on record, and goes on.
fn refused_set(program: &Program, words: &[&str]) {
    refused(&program.run(&["set", "propose", "crm-default", "--reason", "r"], ""), words);
    refused(&evaluate(program, &["--dry-run", "--set", "crm-default"], good("good").to_string()), words);
    let run = evaluate(program, &["--dry-run"], good("good").to_string());
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn a_bad_catalogue() {
    bad_file(
        "catalogue.toml",
        |text| text.replace("{ sensitivity = ", "{ sensitivty = "),
        &["line", "sensitivty", "sensitivity"],
    );
    bad_file("catalogue.toml", |text| text.replace("= \"low\"", "= \"tiny\""), &["line", "tiny", "low"]);
    bad_file("catalogue.toml", |text| format!("{text}{text}"), &["twice"]);
    bad_file("catalogue.toml", |text| format!("{text}\n]"), &["line"]);
}

#[test]
fn a_bad_configuration() {
    bad_file("countersign.toml", |text| format!("{text}\ncolour = \"red\"\n"), &["line", "colour", "number"]);
    bad_file("countersign.toml", |text| format!("set = \"crm-default\"\n{text}"), &["line 1", "set", "serve"]);
    bad_file("countersign.toml", |text| text.replace("number = 1", "number = -1"), &["line", "number"]);
    bad_file("countersign.toml", |text| text.replace("\"approver\"", "\"boss\""), &["line", "boss", "approver"]);
    bad_file(
        "countersign.toml",
        |text| text.replace("\"approver\"", "\"auditor\""),
        &["line", "roles", "auditor", "approver"],
    );
    bad_file("countersign.toml", |text| text.replace("\"approver\"", ""), &["line", "roles", "nobody", "compliance"]);
}

#[test]
fn an_edited_lock() {
    let lock = "sets/crm-default.lock";
    bad_file(lock, |text| text.replacen("human-only", "review", 1), &["does not match", "vendor", "on-fault"]);
    bad_file(lock, |text| text.replacen("1.0.0", "1.0.1", 1), &["does not match", "1.0.1"]);
    bad_file(lock, |text| text.replacen("fuel = 10000000", "fuel = 10000001", 1), &["does not match", "limits"]);
    let digest = |text: &str| text.lines().find(|line| line.starts_with("digest")).unwrap().to_owned();
    let other = format!("digest = \"sha256:{}\"", "0".repeat(64));
    bad_file(lock, |text| text.replacen(&digest(text), &other, 1), &["does not match", "component's bytes"]);
    bad_file(lock, |text| text.replacen("scripted", "scrpted", 1), &["line", "scrpted"]);
    bad_file(lock, |text| text[..text.len() / 2].to_owned(), &[]);
}

#[test]
fn a_set_that_was_changed_after_it_was_locked() {
    bad_file(
        "sets/crm-default.toml",
        |text| text.replacen("human-only", "review", 1),
        &["crm-default.lock", "vendor", "on-fault"],
    );
    let more = "\n[[policy]]\nmodule = \"confidence@1\"\n";
    bad_file("sets/crm-default.toml", |text| format!("{text}{more}"), &["crm-default.lock", "modules"]);
}

#[test]
fn a_folder_without_a_deployment() {
    let program = Program::without_home();
    for arguments in [&["evaluate", "-"][..], &["reproduce", "--all"], &["ledger", "verify"], &["ledger", "show", "x"]]
    {
        refused(&program.run(arguments, ""), &[]);
    }
    refused(&program.run(&["evaluate", "-"], ""), &["there is no deployment in", "countersign init", "--home"]);
    assert!(!program.home().exists(), "nothing is made by accident");
}

#[test]
fn a_ledger_that_is_none() {
    for contents in [Vec::new(), b"text".to_vec(), vec![0; 40_000]] {
        let program = Program::with_fresh_home();
        fs::write(program.home().join("ledger.db"), &contents).unwrap();
        refused(&evaluate(&program, &[], good("good").to_string()), &["ledger.db", "no ledger"]);
        assert_eq!(fs::read(program.home().join("ledger.db")).unwrap(), contents, "what is there is not overwritten");
    }
}

#[test]
fn wrong_usage_exits_2() {
    let program = Program::with_fresh_home();
    for arguments in [
        &[][..],
        &["evaluat"],
        &["evaluate"],
        &["evaluate", "-", "--jobs", "0"],
        &["evaluate", "-", "--jobs", "many"],
        &["evaluate", "-", "--now", "yesterday"],
        &["evaluate", "-", "--record", "--dry-run"],
        &["evaluate", "-", "--format", "xml"],
        &["evaluate", "-", "--quietly"],
        &["reproduce"],
        &["reproduce", "s-1", "--all"],
        &["reproduce", "--sample", "0"],
        &["ledger"],
        &["ledger", "show"],
        &["policy", "inspect"],
        &["schema", "decision"],
    ] {
        let run = program.run(arguments, "");
        assert_eq!(run.code, Some(2), "{arguments:?}: {run:#?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(run.stderr.contains("Usage:") || run.stderr.contains("--help"), "{arguments:?}: {run:#?}");
    }
}

#[test]
fn keep_going_says_an_id_that_stands_twice_with_other_content_in_a_dry_run_too() {
    for mode in ["--record", "--dry-run"] {
        let program = Program::with_fresh_home();
        let other = with("/confidence", 0.5).replace("\"bad\"", "\"good\"");
        let input = format!("{}\n{other}\n", good("good"));
        let run = evaluate(&program, &[mode, "--keep-going"], input);
        assert_eq!(run.code, Some(3), "{mode}: {run:#?}");
        assert_eq!(run.lines().len(), 1, "{mode}: the first is decided");
        assert!(run.message().contains("line 2, key `id`: `good` stands in line 1"), "{mode}: {}", run.stderr);
    }
}

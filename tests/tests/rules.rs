//! Rules in Rego, Cedar and CEL: the same answers as the modules that they imitate, and mistakes that are named with their
//! place before any suggestion is judged.

use std::fs;
use std::path::{Path, PathBuf};

use countersign::authoring::{Given, Said, Subject};
use countersign::modules::{Archive, ReleasedModules, SetFile};
use countersign::sandbox::{Allocation, Sandbox, Worker};
use countersign_tests::{Program, corpus, inputs};

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies")
}

fn released(reference: &str) -> Vec<u8> {
    ReleasedModules.find(&reference.parse().unwrap()).unwrap().component.into_owned()
}

/// What a module says of each input with these settings.
fn answers(sandbox: &Sandbox, component: &[u8], settings: &str, inputs: &[Given]) -> Vec<Said> {
    let mut subject = Subject::new(sandbox, component, false);
    let with = |given: &Given| Given { settings: settings.to_owned(), ..given.clone() };
    inputs.iter().map(|given| subject.answer(&with(given)).unwrap().said).collect()
}

/// What is compared: outcome, codes, fields and messages. How a review must look is each rule's own.
fn compared(said: &Said) -> String {
    match said {
        Said::Verdict(verdict) => format!("{:?} {:?}", verdict.outcome, verdict.reasons),
        other => format!("{other:?}"),
    }
}

/// The examples of a language say what the standard modules say, over the corpus and inputs that are made up.
fn agrees(language: &str) {
    let functions = tempfile::tempdir().unwrap();
    // The engine is the same with each of the rules.
    let sandbox =
        Sandbox::new(Allocation::Pool(1), Worker::InProcess, None).unwrap().sharing_functions(functions.path());
    let path = policies().join(language).join("examples/set.toml");
    let set = SetFile::parse(&fs::read_to_string(&path).unwrap(), &path).unwrap();
    assert_eq!(set.policy.len(), 3);
    let component = released(&format!("{language}@1"));
    for entry in &set.policy {
        let name = entry.name.as_deref().unwrap();
        let standard = released(&format!("{name}@1"));
        let mut inputs = inputs::corpus("{}");
        inputs.extend(inputs::made_up(&sandbox, &standard, "{}", 10_000));
        let settings = serde_json::to_string(&entry.settings).unwrap();
        let expected = answers(&sandbox, &standard, "{}", &inputs);
        let said = answers(&sandbox, &component, &settings, &inputs);
        for ((given, expected), said) in inputs.iter().zip(&expected).zip(&said) {
            assert_eq!(compared(expected), compared(said), "{language} {name} differs on {given:#?}");
        }
    }
}

#[test]
fn rego_says_what_the_standard_modules_say() {
    agrees("rego");
}

#[test]
fn cedar_says_what_the_standard_modules_say() {
    agrees("cedar");
}

#[test]
fn cel_says_what_the_standard_modules_say() {
    agrees("cel");
}

/// A set with one rule, and what `evaluate` says of it.
fn refused(language: &str, rule: &str, rest: &str) -> String {
    let program = Program::with_fresh_home();
    fs::create_dir(program.folder().join("rules")).unwrap();
    program.write(&format!("rules/mine.{language}"), rule);
    let set = program.write(
        "set.toml",
        format!(
            "name = \"mine\"\nversion = \"1.0.0\"\n[[policy]]\nmodule = \"{language}@1\"\nname = \"mine\"\n\
             file = \"rules/mine.{language}\"\n{rest}\n"
        ),
    );
    let run = program.run(&["evaluate", "-", "--set", &set, "--dry-run"], corpus::first(3));
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.stdout.is_empty(), "nothing is judged: {run:#?}");
    assert!(!program.folder().join("set.lock").exists(), "and nothing is locked");
    run.message()
}

#[test]
fn a_mistake_in_a_rule_is_named_with_file_line_and_column() {
    for (language, rule, place) in [
        ("rego", "package mine\n\nverdict := {\n", "rules/mine.rego:"),
        ("rego", "package mine\n\nverdict := {\"outcome\": http.send({})}\n", "rules/mine.rego:3:"),
        ("cedar", "permit (principal, action, resource)\nwhen { 1 + };\n", "rules/mine.cedar:2:"),
        ("cedar", "permit (principal, action, resource)\nwhen { context.no_such_thing };\n", "rules/mine.cedar:"),
        ("cel", "{\"outcome\": \n", "rules/mine.cel:"),
        ("cel", "{\"outcome\": nothing.of_the_kind}\n", "rules/mine.cel:1:"),
        ("cel", "1 + 1\n", "rules/mine.cel:1:"),
    ] {
        let message = refused(language, rule, "");
        assert!(message.contains(place), "{language}: {message}");
    }
}

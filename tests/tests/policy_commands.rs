//! `policy test`, `bench`, `check` and `publish` on components, without any toolchain.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use countersign_tests::{Program, guest};
use serde_json::Value;

/// Applies what fills an empty field, and traps at a merge.
const FRAGILE: &str = r#"
    (func (export "decide") (param $given i32) (result i32)
      (if (i32.eq (i32.load8_u offset=32 (local.get $given)) (i32.const 4)) (then (unreachable)))
      (i32.const 0x280))"#;

/// A released module's component, in a folder of the test.
fn confidence(program: &Program) -> String {
    let released = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/released/confidence/1.0.0.wasm");
    program.write("confidence.wasm", fs::read(released).unwrap())
}

/// A case on a contact, with the rest of its file.
fn case(operation: &str, confidence: &str, rest: &str) -> String {
    format!(
        r#"{{
  "about": "A case.",
  "suggestion": {{
    "id": "s-1",
    "target": {{ "system": "hubspot", "object": "contact", "id": "101" }},
    "operation": "{operation}",
    "changes": [{{ "field": "city", "prior": "Bern", "proposed": "Basel" }}],
    "assistant": {{ "vendor": "acme", "model": "enricher" }},
    "confidence": {confidence}
  }},
  {rest}
}}
"#
    )
}

fn cases(program: &Program, files: &[(&str, String)]) -> String {
    let folder = program.folder().join("cases");
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

#[test]
fn cases_pass_or_fail_with_a_readable_difference_and_codes_are_counted() {
    let program = Program::without_home();
    let module = confidence(&program);
    let folder = cases(
        &program,
        &[
            ("high.json", case("overwrite", "0.97", r#""expect": { "outcome": "apply", "codes": [] }"#)),
            ("low.json", case("overwrite", "0.5", r#""expect": { "outcome": "apply" }"#)),
            (
                "settings.json",
                case("overwrite", "0.5", r#""settings": { "threshold": 0.4 }, "expect": { "outcome": "apply" }"#),
            ),
        ],
    );
    let junit = program.folder().join("out/tests.xml");
    let run = program.run(&["policy", "test", &module, "--cases", &folder, "--junit", junit.to_str().unwrap()], "");
    assert_eq!(run.code, Some(1), "{run:#?}");
    for said in ["FAIL  low", "expected  \"apply\"", "got       \"review\"", "3 cases, 1 failed", "confidence.missing"]
    {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
    let xml = fs::read_to_string(&junit).unwrap();
    assert!(xml.contains(r#"tests="3" failures="1""#), "{xml}");

    let run = program.run(&["policy", "test", &module, "--cases", &folder, "--filter", "high"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let arguments =
        ["policy", "test", &module, "--cases", &folder, "--update", "--min-codes", "100%", "--format", "json"];
    let run = program.run(&arguments, "");
    assert_eq!(run.code, Some(1), "one of two codes is produced: {run:#?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["codes"]["missed"].as_object().unwrap().len(), 1);
    let updated = fs::read_to_string(Path::new(&folder).join("low.json")).unwrap();
    let expected = "\"expect\": {\n    \"outcome\": \"review\",\n    \"codes\": [\n      \"confidence.below-threshold\"\n    ]\n  }";
    assert_eq!(updated, case("overwrite", "0.5", expected), "everything but the expectation stays as it was");
    let run = program.run(&["policy", "test", &module, "--cases", &folder], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn a_case_with_a_typo_is_refused_with_its_place_and_nothing_is_run() {
    let program = Program::without_home();
    let module = confidence(&program);
    let good = r#""expect": { "outcome": "apply" }"#;
    let folder = cases(
        &program,
        &[
            ("a.json", case("overwrite", "0.97", r#""expect": { "outcom": "apply" }"#)),
            ("b.json", case("overwrit", "0.97", good)),
            ("c.json", case("overwrite", "1.97", good)),
            ("d.json", case("overwrite", "0.97", good)),
        ],
    );
    let run = program.run(&["policy", "test", &module, "--cases", &folder], "");
    assert_eq!(run.code, Some(3), "{run:#?}");
    for said in [
        "a.json:11: key `expect",
        "outcom",
        "b.json:3: key `suggestion.operation`",
        "c.json:3: key `suggestion.confidence`",
    ] {
        assert!(run.message().contains(said), "{said}: {}", run.stderr);
    }
    assert!(run.stdout.is_empty() && !run.stderr.contains("d.json"), "{run:#?}");
}

#[test]
fn a_change_is_tested_as_soon_as_it_is_made() {
    let program = Program::without_home();
    let project = program.folder().join("project");
    fs::create_dir_all(project.join("cases")).unwrap();
    let module = confidence(&program);
    let manifest = format!(
        "name = \"confidence\"\nversion = \"1.0.0\"\nkind = \"policy\"\n\n[build]\ncommand = [\"cp\", \"{module}\", \"made.wasm\"]\noutput = \"made.wasm\"\n"
    );
    fs::write(project.join("policy.toml"), manifest).unwrap();
    let write = |outcome: &str| {
        let expected = format!("\"expect\": {{ \"outcome\": \"{outcome}\" }}");
        fs::write(project.join("cases/sure.json"), case("overwrite", "0.99", &expected)).unwrap();
    };
    write("review");
    let mut child = program
        .command(&["policy", "test", project.to_str().unwrap(), "--watch"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut until_it_waits =
        || lines.by_ref().take_while(|line| !line.contains("waiting for a change")).collect::<String>();
    let before = until_it_waits();
    assert!(before.contains("1 failed"), "{before}");
    write("apply");
    let after = until_it_waits();
    assert!(after.contains("1 case, all pass"), "{after}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_is_made_up_finds_a_trap_and_keeps_the_smallest_input_as_a_case() {
    let program = Program::without_home();
    let module = program.write("fragile.wasm", guest::build(FRAGILE));
    let folder = cases(&program, &[]);
    let arguments = ["policy", "test", &module, "--cases", &folder, "--fuzz", "2000", "--format", "json"];
    let run = program.run(&arguments, "");
    assert_eq!(run.code, Some(1), "{run:#?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let failure = &report["fuzz"]["failure"];
    assert!(failure["why"].as_str().unwrap().contains("trap"), "{failure}");
    let path = failure["case"].as_str().unwrap();
    let kept: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let suggestion = &kept["suggestion"];
    assert_eq!(suggestion["operation"], "merge");
    for empty in ["changes", "evidence"] {
        assert_eq!(suggestion[empty].as_array().unwrap().len(), 0, "made small: {suggestion:#}");
    }
    // The case fails as long as the trap is there, and the same seed finds the same one.
    let run = program.run(&["policy", "test", &module, "--cases", &folder], "");
    assert_eq!(run.code, Some(1), "{run:#?}");
    let again: Value = serde_json::from_str(&program.run(&arguments, "").stdout).unwrap();
    assert_eq!(again["fuzz"], report["fuzz"]);
}

#[test]
fn a_sound_module_stands_what_is_made_up() {
    let program = Program::without_home();
    let module = confidence(&program);
    let folder = cases(&program, &[]);
    let run = program.run(&["policy", "test", &module, "--cases", &folder, "--fuzz", "2000", "--seed", "7"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stdout.replace('\u{202f}', "").contains("2000 inputs made up (seed 7)"), "{}", run.stdout);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn fuel_is_measured_and_its_profile_is_the_same_on_every_run() {
    let program = Program::without_home();
    let module = confidence(&program);
    let input = program.write("input.jsonl", countersign_tests::corpus::first(20));
    let arguments = ["policy", "bench", &module, "--against", &module, "--input", &input, "--format", "json"];
    let run = program.run(&arguments, "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let measured: Value = serde_json::from_str(&run.stdout).unwrap();
    let fuel = &measured[&module]["fuel"];
    assert!(fuel["p50"].as_f64().unwrap() > 0.0 && fuel["max"].as_f64() >= fuel["p99"].as_f64(), "{measured:#}");

    let flame = |name: &str| {
        let file = program.folder().join(name);
        let run = program
            .run(&["policy", "bench", &module, "--input", &input, "--profile", "--flame", file.to_str().unwrap()], "");
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert!(run.stdout.contains("itself") && run.stdout.contains('%'), "{}", run.stdout);
        fs::read_to_string(file).unwrap()
    };
    let (first, second) = (flame("1.svg"), flame("2.svg"));
    assert!(first.contains("<svg") && first == second);
}

#[test]
fn a_version_that_may_see_more_is_told_from_one_that_may_not() {
    let program = Program::without_home();
    let run = program.run(&["policy", "check", "confidence@1", "--against", "confidence@1", "--no-wider"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stdout.contains("countersign:policy@1.0.0") && run.stdout.contains("no difference"), "{}", run.stdout);
    let run = program.run(&["policy", "check", "risk-class@1", "--against", "confidence@1", "--no-wider"], "");
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(run.stdout.contains("! reads") && run.stdout.contains("+ field-facts"), "{}", run.stdout);
}

#[test]
fn a_published_version_is_named_by_sets_and_never_changes() {
    let program = Program::with_fresh_home();
    let module = program.write("fragile.wasm", guest::build(FRAGILE));
    let other = program.write("other.wasm", guest::build(""));
    let run = program.run(&["policy", "publish", &module], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stdout.contains("published hostile@1.0.0"), "{}", run.stdout);
    let again = program.run(&["policy", "publish", &module], "");
    assert!(again.stdout.contains("published before"), "{again:#?}");
    let refused = program.run(&["policy", "publish", &other], "");
    assert_eq!(refused.code, Some(3), "{refused:#?}");
    assert!(refused.message().contains("a version never changes"), "{}", refused.stderr);

    let set = program.write("set.toml", "name = \"mine\"\nversion = \"1.0.0\"\n[[policy]]\nmodule = \"hostile@1\"\n");
    program.activate(&set);
    let run = program.run(&["evaluate", "-", "--format", "json"], countersign_tests::corpus::first(3));
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(run.lines()[0]["modules"][0]["name"], "hostile");
    let again = program.run(&["reproduce", "--all"], "");
    assert_eq!(again.code, Some(0), "{again:#?}");
    let verified = program.run(&["ledger", "verify"], "");
    assert_eq!(verified.code, Some(0), "{verified:#?}");
}

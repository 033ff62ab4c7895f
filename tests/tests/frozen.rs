//! Components that were frozen when a version of the interface shipped run on every later host, and say the same.
//!
//! The components and what they said are files of `tests/frozen/VERSION` that never change.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use countersign_tests::snapshot::assert_snapshot;
use countersign_tests::{Program, corpus};
use serde_json::{Value, json};

/// How many suggestions of the corpus they are asked about.
const ASKED: usize = 200;

#[test]
fn what_was_written_against_the_first_version_says_what_it_said_then() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("frozen/1.0.0");
    let program = Program::with_fresh_home();
    for name in ["policy.wasm", "validator.wasm"] {
        program.write(name, fs::read(folder.join(name)).unwrap());
    }
    let set = "name = \"frozen\"\nversion = \"1.0.0\"\n\n[[validator]]\nmodule = \"validator.wasm\"\n\n\
        [[policy]]\nmodule = \"policy.wasm\"\nsettings = { threshold = 0.93 }\n";
    let set = program.write("frozen.toml", set);
    let arguments = ["evaluate", "-", "--dry-run", "--set", &set, "--now", corpus::NOW, "--format", "json"];
    let run = program.run(&arguments, corpus::first(ASKED));
    assert_eq!(run.code, Some(0), "{run:#?}");
    let mut said = String::new();
    for decision in run.lines() {
        let modules = decision["modules"].as_array().unwrap();
        assert!(modules.iter().all(|module| module["fault"].is_null()), "{decision}");
        let digests: Vec<&Value> = modules.iter().map(|module| &module["digest"]).collect();
        let line = json!({
            "id": decision["id"], "outcome": decision["outcome"], "reasons": decision["reasons"],
            "findings": decision["findings"], "review": decision["review"], "digests": digests,
        });
        writeln!(said, "{line}").unwrap();
    }
    assert_eq!(said.lines().count(), ASKED);
    assert_snapshot("frozen/1.0.0/said.jsonl", &said);
}

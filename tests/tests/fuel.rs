//! The fuel of each standard module on one suggestion that all of them look at, kept in a file: a module that grows
//! is seen in review.

use std::collections::BTreeMap;
use std::fs;

use countersign_tests::corpus::NOW;
use countersign_tests::{Program, snapshot};
use serde_json::{Value, json};

const FILE: &str = "fuel.json";

#[test]
fn each_standard_module_uses_the_fuel_that_is_on_file() {
    let program = Program::with_fresh_home();
    let doctor = program.run(&["doctor", "--format", "json"], "").lines().swap_remove(0);
    let engine = doctor["checks"].as_array().unwrap().iter().find(|check| check["check"] == "engine").unwrap();
    let input = include_str!("suggestions/looked-at-by-all.json");
    let run = program.run(&["evaluate", "-", "--dry-run", "--now", NOW, "--format", "json"], input);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let decision = run.lines().swap_remove(0);
    let runs = decision["modules"].as_array().unwrap();
    let fuel: BTreeMap<String, &Value> = runs
        .iter()
        .map(|run| (format!("{}@{}", run["name"].as_str().unwrap(), run["version"].as_str().unwrap()), &run["fuel"]))
        .collect();
    assert!(fuel.values().all(|fuel| fuel.is_u64()), "all modules look at it: {fuel:#?}");

    let now = format!("{:#}\n", json!({ "engine": engine["found"], "fuel": fuel }));
    let kept = fs::read_to_string(snapshot::path(FILE)).unwrap_or_else(|_| "null".to_owned());
    let kept: Value = serde_json::from_str(&kept).unwrap();
    if snapshot::update() || kept["engine"] == engine["found"] {
        snapshot::assert_snapshot(FILE, &now);
    } else {
        // Engines count differently: only with the same one is another number another module.
        println!("skipped: {FILE} was written with {}, this is {}", kept["engine"], engine["found"]);
    }
}

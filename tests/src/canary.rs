//! Sets to be tried on a part of the records, and what is sent to them.

use std::collections::BTreeMap;
use std::fs;

use countersign::model::RecordRef;
use countersign::rollout::bucket;
use serde_json::{Value, json};

use crate::{Program, corpus};

/// The default set, as [`same`] writes it anew.
pub const SAME: &str = "crm-default";

/// A set that decides almost everything otherwise.
pub const LOOSER: &str = "looser";

/// Gates that a set without a difference passes after some hundred records.
pub const WIDE: [&str; 7] =
    ["samples=40", "faults=50%", "disagreement=40%", "overrides=50%", "corrections=50%", "review-load=off", "fuel=40%"];

/// The options of a command line for some gates.
#[must_use]
pub fn gates<'a>(gates: &[&'a str]) -> Vec<&'a str> {
    gates.iter().flat_map(|gate| ["--gate", *gate]).collect()
}

/// Writes the default set anew: another version, with which nothing comes out otherwise.
pub fn same(program: &Program) {
    let path = program.home().join("sets/crm-default.toml");
    let text = fs::read_to_string(&path).unwrap();
    let newer = text.replacen("version = \"1.0.0\"", "version = \"1.1.0\"", 1);
    assert_ne!(newer, text);
    fs::write(path, newer).unwrap();
    lock(program, SAME);
}

/// Writes a set that applies what an assistant is hardly confident of.
pub fn looser(program: &Program) {
    let text = "name = \"looser\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"confidence@1\"\nsettings = { threshold = 0.2 }\n";
    fs::write(program.home().join("sets/looser.toml"), text).unwrap();
    lock(program, LOOSER);
}

fn lock(program: &Program, set: &str) {
    let run = program.run(&["set", "lock", set], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
}

/// Has a set proposed by one person and approved by another; returns the proposal.
#[must_use]
pub fn approved(program: &Program, set: &str) -> Value {
    let done = |arguments: &[&str]| {
        let run = program.run(&[&["set"], arguments, &["--reason", "a test", "--format", "json"]].concat(), "");
        assert_eq!(run.code, Some(0), "{run:#?}");
        run.lines().swap_remove(0)
    };
    let proposal = done(&["propose", set, "--by", "ana"]);
    done(&["approve", &proposal["seq"].to_string(), "--by", "ben"])
}

/// So many suggestions of the corpus after some others, a line each.
#[must_use]
pub fn lines(from: usize, number: usize) -> String {
    corpus::suggestions().skip(from).take(number).map(|line| line + "\n").collect()
}

/// The first suggestions again: for the same records, under other ids.
#[must_use]
pub fn again(number: usize, round: usize) -> String {
    let other = |line: String| {
        let mut suggestion: Value = serde_json::from_str(&line).unwrap();
        suggestion["id"] = format!("{}-{round}", suggestion["id"].as_str().unwrap()).into();
        suggestion.to_string() + "\n"
    };
    corpus::suggestions().take(number).map(other).collect()
}

/// Checks that each decision was made by the set that the bucket of its record says, of the two versions of the default set or
/// of other sets; returns for each record whether the canary decided.
#[must_use]
pub fn arms(sent: &str, decisions: &[Value], canary: &Value, against: &Value) -> BTreeMap<String, bool> {
    let mut arms = BTreeMap::new();
    for (line, decision) in sent.lines().zip(decisions) {
        let suggestion: Value = serde_json::from_str(line).unwrap();
        assert_eq!(suggestion["id"], decision["id"]);
        let part = |key: &str| suggestion["target"][key].as_str().unwrap().to_owned();
        let record = RecordRef { system: part("system"), object: part("object"), id: part("id") };
        let said = &decision["canary"];
        assert_eq!((&said["canary"], &said["salt"]), (&canary["seq"], &canary["salt"]), "{decision}");
        let fell = bucket(said["salt"].as_str().unwrap(), &record);
        assert_eq!(said["bucket"], fell, "{decision}");
        let inside = u64::from(fell) < said["share"].as_u64().unwrap();
        let (decides, its) = if inside { ("canary", &canary["set"]) } else { ("active", against) };
        assert_eq!((&said["arm"], &decision["set"]), (&json!(decides), its), "{decision}");
        let before = arms.insert(record.id, inside);
        assert!(before.is_none_or(|before| before == inside), "a record stays where it is: {decision}");
    }
    assert_eq!(decisions.len(), sent.lines().count());
    arms
}

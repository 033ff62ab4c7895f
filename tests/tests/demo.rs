//! `demo`: a week of suggestions, decided, explained and repeated, and nothing left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use countersign_tests::Program;
use serde_json::Value;

const SAMPLE: &str = include_str!("../../host/defaults/demo.jsonl");

/// When the sample was made, and as of when it is judged.
const SAMPLE_TIME: &str = "2026-11-20T09:00:00Z";

const OPERATIONS: [&str; 8] = ["append", "enrich", "overwrite", "clear", "merge", "delete", "summarize", "act"];
const OUTCOMES: [&str; 4] = ["apply", "review", "human-only", "reject"];

/// What no suggestion can bring about under the settings that a deployment starts with, and why.
const NEVER_BY_DEFAULT: [(&str, &str); 10] = [
    ("consent.expired", "consents do not expire: `expires-days` is 0"),
    ("findings.info", "what is only worth knowing decides nothing"),
    ("findings.low", "findings of low severity are applied"),
    ("provenance.host", "all hosts count: `hosts` and `denied-hosts` are empty"),
    ("provenance.kind", "all kinds count: `kinds` is empty"),
    ("vendor.expired", "all terms of the example register hold on the day of the sample"),
    ("vendor.no-terms", "each agreement of the example register names its terms"),
    ("vendor.not-yet-valid", "all terms of the example register hold on the day of the sample"),
    ("vendor.region", "all regions are allowed: `allow-regions` is empty"),
    ("vendor.trains", "no vendor of the example register may train on our data"),
];

/// The text with its colours, if any, taken out.
fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

/// The decisions of the sample, in the default set.
fn decisions(program: &Program) -> Vec<Value> {
    let run = program.run(&["evaluate", "-", "--format", "json", "--now", SAMPLE_TIME], SAMPLE);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.lines()
}

fn texts<'a>(list: &'a Value, key: &'a str) -> impl Iterator<Item = String> + 'a {
    list.as_array().unwrap().iter().map(move |entry| entry[key].as_str().unwrap().to_owned())
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn it_decides_explains_and_repeats_and_leaves_nothing_behind() {
    let program = Program::without_home();
    let cwd = program.folder().join("cwd");
    fs::create_dir(&cwd).unwrap();
    let output = program.command(&["demo"]).current_dir(&cwd).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(names_in(&cwd), BTreeSet::new(), "nothing is left where it was started");
    assert_eq!(names_in(program.folder()), BTreeSet::from(["cwd".to_owned()]), "no deployment is made");

    let said = plain(&String::from_utf8(output.stdout).unwrap());
    let lines: Vec<&str> = said.lines().collect();
    let at = |start: &str| lines.iter().position(|line| line.trim_start().starts_with(start)).expect(start);
    let folder = program.folder().to_str().unwrap();
    let wide = |line: &&&str| line.chars().count() > 100 && !line.contains(folder);
    assert_eq!(lines.iter().find(wide), None, "wider than 100 columns");

    // The table: a line for each operation and one for all of them, a column for each outcome and one for all.
    assert!(said.contains("300 suggestions decided by 12 modules of crm-default@1.0.0"), "{said}");
    let head: Vec<&str> = lines[at("operation")].split_whitespace().collect();
    assert_eq!(head, [&["operation"], &OUTCOMES[..], &["all"]].concat());
    for operation in OPERATIONS {
        assert_eq!(lines[at(operation)].split_whitespace().count(), head.len(), "{operation}");
    }
    let all: Vec<u32> = lines[at("all ")].split_whitespace().skip(1).map(|number| number.parse().unwrap()).collect();
    assert_eq!(all.len(), OUTCOMES.len() + 1);
    assert_eq!(all[..OUTCOMES.len()].iter().sum::<u32>(), 300);
    assert!(all.iter().all(|number| *number > 0), "{all:?}");

    // Three decisions, each after what was suggested.
    let explained = &lines[at("Three of them explained:")..at("Next, with your own data")];
    let verdicts: Vec<&str> = explained
        .iter()
        .filter(|line| line.starts_with("demo-"))
        .filter_map(|line| line.split_once(": ").map(|(_, rest)| rest).filter(|rest| OUTCOMES.contains(rest)))
        .collect();
    assert_eq!(verdicts, ["apply", "review", "reject"], "{said}");
    let of = |what: &str| explained.iter().filter(|line| line.trim_start().starts_with(what)).count();
    assert_eq!((of("judged at 2026-11-20T09:00:00Z"), of("because"), of("module ")), (3, 3, 3), "{said}");
    assert!(of("source: ") >= 1 && of("No policy objects.") == 1, "{said}");

    // One run again, and where to go from here.
    assert!(said.contains("(human-only) was run again from the ledger alone"), "{said}");
    assert!(said.contains("units of fuel are equal."), "{said}");
    assert!(said.contains("(this demo leaves nothing behind)"), "{said}");
    let next = &lines[at("Next, with your own data") + 1..];
    assert!(next.len() >= 4 && next.iter().all(|line| line.starts_with("  countersign ")), "{next:#?}");
}

#[test]
fn it_leaves_a_deployment_that_is_there_alone() {
    let program = Program::with_fresh_home();
    // The first look may tidy up what the copy of the home brought along.
    let look = || (program.run(&["ledger", "verify", "--format", "json"], "").stdout, names_in(&program.home()));
    let before = look();
    let run = program.run(&["demo"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(look(), before);
}

#[test]
fn the_sample_shows_every_operation_outcome_and_module_in_a_believable_mix() {
    let program = Program::with_fresh_home();
    let suggestions: Vec<Value> = SAMPLE.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let operations: BTreeSet<&str> = suggestions.iter().map(|one| one["operation"].as_str().unwrap()).collect();
    assert_eq!(operations, BTreeSet::from(OPERATIONS));
    let ids: Vec<String> = (1..=300).map(|number| format!("demo-{number:03}")).collect();
    assert!(suggestions.iter().map(|one| one["id"].as_str().unwrap()).eq(ids.iter().map(String::as_str)));
    let received: Vec<&str> = suggestions.iter().map(|one| one["received_at"].as_str().unwrap()).collect();
    assert!(received.is_sorted() && received[0] > "2026-11-13" && received[299] < SAMPLE_TIME, "a week, in order");

    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    let (mut modules, mut called, mut spoke) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for decision in decisions(&program) {
        *outcomes.entry(decision["outcome"].as_str().unwrap().to_owned()).or_default() += 1;
        for run in decision["modules"].as_array().unwrap() {
            assert!(run["fault"].is_null(), "{decision:#}");
            let name = run["name"].as_str().unwrap().to_owned();
            if run["called"] == true {
                called.insert(name.clone());
            }
            modules.insert(name);
        }
        spoke.extend(texts(&decision["reasons"], "module").chain(texts(&decision["findings"], "module")));
    }
    assert_eq!((called, spoke), (modules.clone(), modules), "each is called, and each has something to say");
    for (outcome, share) in OUTCOMES.into_iter().zip([30..50, 30..50, 8..18, 5..12]) {
        let percent = outcomes[outcome] * 100 / suggestions.len();
        assert!(share.contains(&percent), "{outcome}: {percent} %");
    }
}

#[test]
fn the_sample_shows_every_code_that_the_default_settings_can_give() {
    let program = Program::with_fresh_home();
    let decisions = decisions(&program);
    let shown: BTreeSet<String> = decisions
        .iter()
        .flat_map(|decision| texts(&decision["reasons"], "code").chain(texts(&decision["findings"], "code")))
        .collect();
    let documented: BTreeSet<String> = texts(&decisions[0]["modules"], "name")
        .flat_map(|module| {
            let run = program.run(&["policy", "inspect", &format!("{module}@1"), "--format", "json"], "");
            assert_eq!(run.code, Some(0), "{run:#?}");
            let module: Value = serde_json::from_str(&run.stdout).unwrap();
            texts(&module["codes"], "code").collect::<Vec<_>>()
        })
        .collect();
    let never: BTreeSet<String> = NEVER_BY_DEFAULT.iter().map(|(code, _)| (*code).to_owned()).collect();
    let expected: BTreeSet<String> = documented.difference(&never).cloned().collect();
    assert!(never.is_subset(&documented), "{never:?}");
    assert_eq!(shown, expected);
}

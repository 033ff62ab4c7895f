//! `replay`: what another set would change in a history, the same for any number of threads and shards, without acting
//! and without writing; and what it will not do.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "figures of small histories are exact"
)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use countersign_tests::corpus::{self, NOW};
use countersign_tests::{Program, Run};
use rusqlite::Connection;
use serde_json::{Value, json};

/// How many suggestions most tests look at: enough for every outcome.
const SOME: usize = 400;

/// A deployment that has decided the first of the corpus.
fn deployment(number: usize) -> Program {
    let program = Program::with_fresh_home();
    let run = program.run(&["evaluate", "-", "--now", NOW, "--format", "json"], corpus::first(number));
    assert_eq!(run.code, Some(0), "{run:#?}");
    program
}

/// The default set with other settings for `confidence`, as a file of the test's own.
fn with_confidence(program: &Program, name: &str, settings: &str) -> String {
    let set = fs::read_to_string(program.home().join("sets/crm-default.toml")).unwrap();
    let changed =
        set.replace("module = \"confidence@1\"", &format!("module = \"confidence@1\"\nsettings = {settings}"));
    assert_ne!(set, changed);
    program.write(name, changed.replace("version = \"1.0.0\"", "version = \"1.1.0\""))
}

fn replay(program: &Program, more: &[&str]) -> Run {
    program.run(&[&["replay"][..], more, &["--format", "json"]].concat(), "")
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"))
}

/// The figure of a report.
fn figure(report: &Value, name: &str) -> f64 {
    report["figures"][name]["value"].as_f64().unwrap_or_else(|| panic!("{name}: {:#}", report["figures"]))
}

/// The baseline's value of a figure.
fn figure_before(report: &Value, name: &str) -> f64 {
    report["figures"][name]["before"].as_f64().unwrap()
}

/// Labels for the first of the corpus.
fn labels(number: usize) -> String {
    corpus::labels().take(number).map(|line| line + "\n").collect()
}

/// A connection to the ledger without its guards.
fn adversary(program: &Program) -> Connection {
    let raw = Connection::open(program.home().join("ledger.db")).unwrap();
    raw.pragma_update(None, "foreign_keys", false).unwrap();
    for trigger in ["event_no_update", "opening_no_update", "opening_no_delete"] {
        raw.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    raw
}

#[test]
fn the_set_that_decided_changes_nothing_and_nothing_is_called() {
    let program = deployment(SOME);
    let run = replay(&program, &["--candidate", "crm-default", "--recheck", "0%"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let report = report(&run);
    assert_eq!((figure(&report, "suggestions"), figure(&report, "changed")), (SOME as f64, 0.0));
    assert_eq!(report["counts"]["other_reasons"]["count"], 0);
    assert_eq!(report["counts"]["work"]["called"], 0);
    assert!(report["counts"]["work"]["reused"].as_u64().unwrap() > 5 * SOME as u64);
}

#[test]
fn only_what_changed_is_called_and_the_result_is_that_of_a_full_run() {
    let program = deployment(SOME);
    let candidate = with_confidence(&program, "looser.toml", "{ threshold = 0.5 }");
    let quick = report(&replay(&program, &["--candidate", &candidate, "--recheck", "0%"]));
    let full = report(&replay(&program, &["--candidate", &candidate, "--full"]));
    assert!(figure(&quick, "loosened") > 0.0);
    // `confidence` looks at every suggestion.
    assert_eq!(quick["counts"]["work"]["called"], SOME);
    assert_eq!(full["counts"]["work"]["reused"], 0);
    assert!(full["counts"]["work"]["called"].as_u64().unwrap() > 5 * SOME as u64);
    for part in ["all", "by", "groups", "other_reasons", "faults", "fuel"] {
        assert_eq!(quick["counts"][part], full["counts"][part], "{part}");
    }
    let group = &full["counts"]["groups"][0];
    assert_eq!(group["cause"]["before"], "review");
    assert_eq!(group["cause"]["after"], "apply");
    assert_eq!(group["cause"]["reasons"][0]["code"], "confidence.below-threshold");
}

#[test]
fn a_baseline_of_ones_own_shares_the_answers_of_what_is_the_same() {
    let program = deployment(SOME);
    let candidate = with_confidence(&program, "looser.toml", "{ threshold = 0.5 }");
    let input = program.write("history.jsonl", corpus::first(SOME));
    let files = ["--candidate", &candidate, "--baseline", "crm-default", "--input", &input, "--now", NOW];
    let quick = report(&replay(&program, &files));
    let full = report(&replay(&program, &[&files[..], &["--full"]].concat()));
    assert_eq!(quick["counts"]["all"], full["counts"]["all"]);
    let work = &quick["counts"]["work"];
    let (called, remembered) = (work["called"].as_u64().unwrap(), work["remembered"].as_u64().unwrap());
    assert_eq!(called + remembered, full["counts"]["work"]["called"].as_u64().unwrap());
    assert_eq!(called - remembered, 2 * SOME as u64, "`confidence` is called two times for each, the others once");
    // Each is judged on its own, as in a dry run where nothing is on record.
    let dry = ["evaluate", &input, "--dry-run", "--now", NOW, "--format", "json"];
    let decisions = Program::with_fresh_home().run(&dry, "").lines();
    let applied = decisions.iter().filter(|decision| decision["outcome"] == "apply").count();
    assert_eq!(figure_before(&quick, "automation-rate"), applied as f64 / SOME as f64);
}

#[test]
fn any_number_of_threads_and_shards_gives_the_same_bytes() {
    let program = deployment(SOME);
    let candidate = with_confidence(&program, "looser.toml", "{ threshold = 0.5 }");
    let labels = program.write("labels.jsonl", labels(SOME));
    assert_eq!(program.run(&["truth", "import", &labels, "--by", "ana"], "").code, Some(0));
    let input = program.write("history.jsonl", corpus::first(SOME));
    let file = ["--baseline", "crm-default", "--input", &input, "--labels", &labels, "--now", NOW];
    for history in [&[][..], &file] {
        let arguments = [&["--candidate", candidate.as_str()][..], history].concat();
        let whole = replay(&program, &[&arguments[..], &["--jobs", "1"]].concat());
        assert_eq!(whole.code, Some(0), "{whole:#?}");
        assert!(figure(&report(&whole), "labelled") > 0.0);
        assert_eq!(replay(&program, &[&arguments[..], &["--jobs", "2"]].concat()).stdout, whole.stdout);
        let mut shards = Vec::new();
        for shard in 1..=3 {
            let (of, out) = (format!("{shard}/3"), program.folder().join(format!("{shard}.json")));
            let out = out.to_str().unwrap().to_owned();
            let run = replay(&program, &[&arguments[..], &["--shard", &of, "--report", &out]].concat());
            assert_eq!(run.code, Some(0), "{run:#?}");
            shards.push(out);
        }
        let merged = program.folder().join("merged.json").to_str().unwrap().to_owned();
        let merge =
            |shards: &[&str], more: &[&str]| program.run(&[&["replay", "merge"][..], shards, more].concat(), "");
        let in_some_order = [&*shards[2], &shards[0], &shards[1]];
        assert_eq!(merge(&in_some_order, &["--report", &merged]).code, Some(0));
        assert_eq!(fs::read_to_string(&merged).unwrap(), whole.stdout);
        for (wrong, said) in [(vec![&*shards[0], &shards[2]], "missing: 2"), (vec![&*shards[0]; 2], "given already")] {
            let refused = merge(&wrong, &[]);
            assert!(refused.code == Some(3) && refused.message().contains(said), "{refused:#?}");
        }
    }
}

/// What the manifest runs in each pod, as separate processes.
#[test]
fn the_shards_of_the_indexed_job_are_one_run() {
    let program = deployment(SOME);
    let candidate = with_confidence(&program, "looser.toml", "{ threshold = 0.5 }");
    let manifest = fs::read_to_string(shipped("kubernetes-job.yaml")).unwrap();
    let command = manifest.split("- >-\n").nth(1).unwrap().split("resources:").next().unwrap();
    let command = command.split_whitespace().collect::<Vec<_>>().join(" ");
    let pods = (0..4).map(|index: u32| {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(command.replace("countersign ", "\"$PROGRAM\" ")).env("PROGRAM", program.file());
        shell.env("COUNTERSIGN_HOME", program.home()).env("SHARDS", "4").env("CANDIDATE", &candidate);
        shell.env("REPORTS", program.folder()).env("JOB_COMPLETION_INDEX", index.to_string());
        shell.stdout(Stdio::null()).spawn().unwrap()
    });
    for mut pod in pods.collect::<Vec<_>>() {
        assert!(pod.wait().unwrap().success());
    }
    let shards: Vec<String> =
        (0..4).map(|index| program.folder().join(format!("shard-{index}.json")).to_str().unwrap().to_owned()).collect();
    let arguments: Vec<&str> =
        ["replay", "merge", "--format", "json"].into_iter().chain(shards.iter().map(String::as_str)).collect();
    assert_eq!(program.run(&arguments, "").stdout, replay(&program, &["--candidate", &candidate]).stdout);
}

/// A file that is shipped for users' own CI.
fn shipped(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../host/ci").join(name)
}

#[test]
fn the_gate_lets_a_good_change_pass_and_a_loosening_one_fail_with_the_reason() {
    let program = Program::with_fresh_home();
    let folder = program.folder().join("repository");
    for name in ["sets", "replay", "ci"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    let set = fs::read_to_string(program.home().join("sets/crm-default.toml")).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("sets/crm-default.toml", &set);
    write("replay/suggestions.jsonl", &corpus::first(SOME));
    write("replay/labels.jsonl", &labels(SOME));
    write("replay/budget.toml", &fs::read_to_string(shipped("budget.toml")).unwrap());
    let git = |arguments: &str| {
        let identity = ["-c", "user.name=ana", "-c", "user.email=ana@example.com", "-c", "init.defaultBranch=main"];
        let ran = Command::new("git").args(identity).args(arguments.split(' ')).current_dir(&folder).output().unwrap();
        assert!(ran.status.success(), "git {arguments}: {ran:#?}");
    };
    git("init --quiet");
    git("add .");
    git("commit --quiet -m before");
    let bin = program.folder().join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(program.file(), bin.join("countersign")).unwrap();
    let gate = || {
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.arg(shipped("replay.sh")).args(["crm-default", "main"]).current_dir(&folder).env("PATH", path);
        let ran = shell.env("COUNTERSIGN_HOME", program.home()).output().unwrap();
        (ran.status.code(), fs::read_to_string(folder.join("replay.md")).unwrap_or_else(|_| panic!("{ran:#?}")))
    };
    let confidence = |settings: &str| {
        set.replace("module = \"confidence@1\"", &format!("module = \"confidence@1\"\nsettings = {settings}"))
    };
    // Fewer than a tenth more reviews, and nothing looser.
    write("sets/crm-default.toml", &confidence("{ threshold = 0.951 }"));
    let (code, markdown) = gate();
    assert_eq!(code, Some(0), "{markdown}");
    write("sets/crm-default.toml", &confidence("{ threshold = 0.5 }"));
    let (code, markdown) = gate();
    assert_eq!(code, Some(1), "{markdown}");
    assert!(markdown.contains("applied-though-wrong") && markdown.contains("confidence.below-threshold"), "{markdown}");
}

#[test]
fn every_form_of_the_report_is_well_made_and_holds_no_value_of_a_record() {
    const PLANTED: &str = "zq7planted";
    let program = Program::with_fresh_home();
    let plant = |line: String| {
        let mut suggestion: Value = serde_json::from_str(&line).unwrap();
        suggestion["rationale"] = format!("Because of {PLANTED}.").into();
        suggestion["target"]["id"] = format!("{PLANTED}-{}", suggestion["target"]["id"]).into();
        // A value that is no house number would be held back for that alone.
        if suggestion["changes"][0]["field"] == "last_name" && suggestion["operation"] == "overwrite" {
            suggestion["changes"][0]["prior"] = PLANTED.into();
            suggestion["changes"][0]["proposed"] = PLANTED.into();
        }
        format!("{suggestion}\n")
    };
    let input = program.write("history.jsonl", corpus::suggestions().take(SOME).map(plant).collect::<String>());
    let labels = program.write("labels.jsonl", labels(SOME));
    let candidate = with_confidence(&program, "looser.toml", "{ threshold = 0.5 }");
    let budget = shipped("budget.toml");
    let outs: Vec<String> = ["json", "md", "html", "xml", "txt"]
        .map(|form| program.folder().join(format!("report.{form}")).to_str().unwrap().to_owned())
        .to_vec();
    let mut arguments =
        vec!["--candidate", &candidate, "--baseline", "crm-default", "--input", &input, "--labels", &labels];
    arguments.extend(["--budget", budget.to_str().unwrap(), "--now", NOW]);
    for out in &outs {
        arguments.extend(["--report", out]);
    }
    let run = replay(&program, &arguments);
    assert_eq!(run.code, Some(1), "{run:#?}");
    let texts: Vec<String> = outs.iter().map(|out| fs::read_to_string(out).unwrap()).collect();
    for (text, out) in texts.iter().zip(&outs) {
        assert!(!text.contains(PLANTED), "{out}");
        assert!(text.contains("applied-though-wrong"), "{out}");
    }
    let report: Value = serde_json::from_str(&texts[0]).unwrap();
    let schema: Value = serde_json::from_str(&program.run(&["schema", "replay"], "").stdout).unwrap();
    jsonschema::validator_for(&schema).unwrap().validate(&report).unwrap();
    let html = &texts[2];
    for reached in ["http://", "https://", " src=", "@import", "url(", "<script", "<link"] {
        assert!(
            !html.contains(reached) || (reached == "http://" && html.contains("http://www.w3.org/2000/svg")),
            "{reached}"
        );
    }
    for needed in ["prefers-color-scheme", "Content-Security-Policy", "<svg", "confidence.below-threshold"] {
        assert!(html.contains(needed), "{needed}");
    }
    assert!(texts[3].contains("<failure"), "{}", texts[3]);
}

#[test]
fn nothing_is_written_but_the_reports() {
    let program = deployment(50);
    // A set without a lock would get one from any command that records.
    fs::remove_file(program.home().join("sets/crm-default.lock")).unwrap();
    let state = |program: &Program| {
        let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        let mut folders = vec![program.home()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                // Compiled code may be kept, and readers of the database agree by a file of their own.
                let name = path.file_name().unwrap().to_str().unwrap();
                if path.is_dir() && name != "cache" {
                    folders.push(path);
                } else if path.is_file() && !name.ends_with("-shm") && !name.ends_with("-wal") {
                    files.push((path.clone(), fs::read(&path).unwrap()));
                }
            }
        }
        files.sort();
        files
    };
    let before = state(&program);
    let candidate = with_confidence(&program, "looser.toml", "{ threshold = 0.5 }");
    for more in [&["--candidate", candidate.as_str()][..], &["--candidate", "crm-default", "--full"]] {
        assert_eq!(replay(&program, more).code, Some(0));
    }
    assert!(before == state(&program));
    assert!(!program.folder().join("looser.lock").exists());
}

#[test]
fn what_people_know_is_imported_once_and_told() {
    let program = deployment(SOME);
    let candidate = with_confidence(&program, "looser.toml", "{ threshold = 0.5 }");
    let without = report(&replay(&program, &["--candidate", &candidate]));
    assert!(without["figures"]["false-apply-rate"].is_null());
    let labels_file = program.write("labels.jsonl", labels(SOME));
    for (recorded, known) in [(SOME, 0), (0, SOME)] {
        let run = program.run(&["truth", "import", &labels_file, "--by", "ana", "--format", "json"], "");
        assert_eq!(run.lines(), [json!({ "recorded": recorded, "known": known })], "{run:#?}");
    }
    let with = report(&replay(&program, &["--candidate", &candidate]));
    assert_eq!(figure(&with, "labelled"), SOME as f64);
    let wrong = figure(&with, "applied-though-wrong");
    assert!(wrong > 0.0);
    let listed = with["counts"]["applied_though_wrong"].as_array().unwrap();
    assert_eq!(listed.len(), (wrong as usize).min(100));
    let truths = labels(SOME);
    assert!(listed.iter().all(|example| {
        let id = example["id"].as_str().unwrap();
        truths.lines().any(|line| line.contains(&format!("\"{id}\"")) && line.contains("reject"))
    }));
    assert_eq!(program.run(&["ledger", "verify"], "").code, Some(0));
    let unknown = program.write("unknown.jsonl", labels(SOME + 1));
    let refused = program.run(&["truth", "import", &unknown], "");
    assert!(refused.code == Some(3) && refused.message().contains(&format!("line {}", SOME + 1)), "{refused:#?}");
}

#[test]
fn an_answer_on_record_that_comes_out_otherwise_is_an_integrity_failure() {
    let program = deployment(50);
    let raw = adversary(&program);
    let changed = raw
        .execute("UPDATE event SET entry = replace(entry, '\"name\":\"confidence\",\"called\":true,', '\"name\":\"confidence\",\"called\":true,\"log\":null,') WHERE seq = (SELECT max(seq) FROM decision)", [])
        .unwrap();
    assert_eq!(changed, 1);
    // As it was: the same answer in other words is no difference.
    assert_eq!(replay(&program, &["--candidate", "crm-default", "--recheck", "100%"]).code, Some(0));
    let fuel = "UPDATE event SET entry = replace(entry, '\"fuel\":', '\"fuel\":1') WHERE seq = (SELECT max(seq) FROM decision)";
    assert_eq!(raw.execute(fuel, []).unwrap(), 1);
    let run = replay(&program, &["--candidate", "crm-default", "--recheck", "100%"]);
    assert_eq!(run.code, Some(4), "{run:#?}");
    assert_eq!(report(&run)["counts"]["differing"]["count"], 1);
    // A value that was changed shows too, where it is looked at.
    let value = "UPDATE opening SET sealed_values = replace(sealed_values, 'matched source record', 'forged source record') WHERE seq = (SELECT min(seq) FROM decision)";
    assert_eq!(raw.execute(value, []).unwrap(), 1);
    let run = replay(&program, &["--candidate", "crm-default", "--recheck", "100%"]);
    assert!(run.code == Some(4) && run.message().contains("verify the ledger"), "{run:#?}");
}

#[test]
fn what_cannot_be_replayed_is_counted_with_its_reason_and_never_guessed() {
    let program = deployment(50);
    let raw = adversary(&program);
    let first = "(SELECT min(seq) FROM decision)";
    raw.execute(&format!("DELETE FROM opening WHERE seq = {first}"), []).unwrap();
    raw.execute(&format!("UPDATE event SET entry = replace(entry, '\"v\":1', '\"v\":9') WHERE seq = {first} + 1"), [])
        .unwrap();
    raw.execute(
        &format!("UPDATE event SET entry = replace(entry, '\"operation\":', '\"operatoin\":') WHERE seq = {first} + 2"),
        [],
    )
    .unwrap();
    let budget = program.write("budget.toml", "[[limit]]\nfigure = \"not-replayable\"\nmax = 2\n");
    let run = replay(&program, &["--candidate", "crm-default", "--budget", &budget]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(run.message().contains("exceeded: not-replayable: 3; the limit is at most 2"), "{run:#?}");
    let report = report(&run);
    assert_eq!(figure(&report, "suggestions"), 47.0);
    let reasons: Vec<&String> = report["counts"]["not_replayable"].as_object().unwrap().keys().collect();
    assert_eq!(reasons, ["erased", "unreadable", "written by a later release"]);
}

#[test]
fn another_catalogue_changes_what_is_told_to_modules_and_so_what_can_be_reused() {
    let program = deployment(SOME);
    let catalogue = fs::read_to_string(program.home().join("catalogue.toml")).unwrap();
    let stricter = program.write("catalogue.toml", catalogue.replace("\"low\"", "\"high\""));
    assert_ne!(fs::read_to_string(&stricter).unwrap(), catalogue);
    let arguments = ["--candidate", "crm-default", "--catalogue", &stricter];
    let quick = report(&replay(&program, &arguments));
    let full = report(&replay(&program, &[&arguments[..], &["--full"]].concat()));
    assert!(figure(&quick, "tightened") > 0.0);
    for part in ["all", "by", "groups", "other_reasons", "fuel"] {
        assert_eq!(quick["counts"][part], full["counts"][part], "{part}");
    }
}

/// The commands and the limit that the README shows.
#[test]
fn what_the_readme_says_about_replays_runs() {
    let readme = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let section = readme.split("## Before a policy changes").nth(1).unwrap().split("\n## ").next().unwrap();
    let block =
        |language: &str| section.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap();
    let program = deployment(SOME);
    with_confidence(&program, "looser.toml", "{ threshold = 0.9 }");
    program.write("labels.jsonl", labels(SOME));
    program.write("budget.toml", block("toml"));
    let commands: Vec<&str> = block("sh").lines().collect();
    assert!(commands.len() >= 6);
    for command in commands {
        let mut shell = Command::new("bash");
        shell.args(["-c", &format!("countersign() {{ \"$PROGRAM\" \"$@\"; }}; {command}")]);
        shell.env("PROGRAM", program.file()).env("COUNTERSIGN_HOME", program.home()).current_dir(program.folder());
        let ran = shell.output().unwrap();
        // A budget may be exceeded, and a promise not be kept.
        assert!(matches!(ran.status.code(), Some(0 | 1)), "{command}: {ran:#?}");
    }
    assert!(program.folder().join("next.toml").exists());
}

#[test]
fn a_part_of_the_history_can_be_selected() {
    let program = deployment(SOME);
    let all = report(&replay(&program, &["--candidate", "crm-default"]));
    let some = |more: &[&str]| {
        let run = replay(&program, &[&["--candidate", "crm-default"][..], more].concat());
        assert_eq!(run.code, Some(0), "{run:#?}");
        figure(&report(&run), "suggestions")
    };
    let street = all["counts"]["by"]["field"]["street"]["all"].as_array().unwrap();
    let of = |row: &Value| row.as_array().unwrap().iter().map(|cell| cell.as_f64().unwrap()).sum::<f64>();
    assert_eq!(some(&["--where", "field=street"]), street.iter().map(of).sum::<f64>());
    let review = of(&all["counts"]["all"]["all"][1]);
    assert_eq!(some(&["--where", "outcome=review"]), review);
    assert!(some(&["--where", "outcome=review,field=street,segment=nsw"]) < review);
    assert_eq!(some(&["--from", NOW]), SOME as f64);
    let none = replay(&program, &["--candidate", "crm-default", "--to", NOW]);
    assert!(none.code == Some(3) && none.message().contains("nothing of the history is selected"), "{none:#?}");
}

#[test]
fn bad_input_is_refused_whole_and_leaves_no_report() {
    let program = deployment(3);
    let history = program.write("history.jsonl", corpus::first(3));
    let twice = program.write("twice.jsonl", corpus::first(3) + &corpus::first(1));
    let broken = program.write("broken.jsonl", corpus::first(2) + "{\"id\":\n");
    let empty = program.write("empty.jsonl", "\n");
    let unknown = program.write("unknown.jsonl", labels(4));
    let double = program.write("double.jsonl", labels(3) + &labels(1));
    let budget = program.write("budget.toml", "[[limit]]\nfigure = \"false-aply-rate\"\nmax = 1\n");
    let out = program.folder().join("report.json").to_str().unwrap().to_owned();
    let both = ["--candidate", "crm-default", "--baseline", "crm-default", "--input"];
    for (arguments, code, said) in [
        (vec!["--candidate", "crm-default", "--input", &history], 3, "name a --baseline"),
        ([&both[..], &[&twice]].concat(), 3, "line 4, key `id`: `s-00000-street_number` stands in line 1 already"),
        ([&both[..], &[&broken]].concat(), 3, "line 3"),
        ([&both[..], &[&empty]].concat(), 3, "the history is empty"),
        ([&both[..], &[&history, "--labels", &unknown]].concat(), 3, "in line 4"),
        ([&both[..], &[&history, "--labels", &double]].concat(), 3, "line 4: this id has a label already, in line 1"),
        (vec!["--candidate", "crm-default", "--budget", &budget], 3, "the nearest is `false-apply-rate`"),
        (vec!["--candidate", "crm-default", "--report", "report.doc"], 3, "a report ends in"),
        (vec!["--candidate", "nobody"], 3, "nobody.toml"),
        (vec!["--candidate", "crm-default", "--where", "feild=email"], 2, "`feild` is nothing to select by"),
        (vec!["--candidate", "crm-default", "--shard", "3/2"], 2, "such as 2/4"),
        (vec!["--candidate", "crm-default", "--recheck", "120%"], 2, "from 0 to 100 percent"),
    ] {
        let run = replay(&program, &[&arguments[..], &["--report", &out]].concat());
        assert_eq!(run.code, Some(code), "{arguments:?} {run:#?}");
        assert!(run.message().contains(said), "{said}: {run:#?}");
        assert!(!PathBuf::from(&out).exists(), "{arguments:?}");
    }
    let nothing = replay(&Program::with_fresh_home(), &["--candidate", "crm-default"]);
    assert!(nothing.code == Some(3) && nothing.message().contains("no decision on record yet"), "{nothing:#?}");
}

#[test]
fn an_interruption_leaves_a_report_of_what_was_done_that_says_so() {
    let program = deployment(5);
    // Far more than can be done before the signal.
    let line = |number: usize, text: &str| text.replacen("\"id\": \"", &format!("\"id\": \"r{number}-"), 1) + "\n";
    let all: Vec<String> = corpus::suggestions().collect();
    let repeated: String = (0..40).flat_map(|round| all.iter().map(move |text| line(round, text))).collect();
    let input = program.write("history.jsonl", repeated);
    let out = program.folder().join("report.json");
    let arguments = ["replay", "--candidate", "crm-default", "--baseline", "crm-default", "--full", "--input", &input];
    let mut child = program
        .command(&[&arguments[..], &["--report", out.to_str().unwrap()]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The signal is sent when the program is ready to handle it.
    let status = format!("/proc/{}/status", child.id());
    let handles = || {
        let status = fs::read_to_string(&status).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & 0b10 != 0
    };
    while !handles() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let report: Value = serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(report["extent"]["complete"], false);
    let done = figure(&report, "suggestions");
    assert!(done < 40.0 * corpus::SUGGESTIONS as f64, "{done}");
}

#[test]
fn thresholds_are_recommended_checked_and_written() {
    let program = Program::with_fresh_home();
    // Right from 0.9 on but for one in 200; a coin below.
    let (mut history, mut labels) = (Vec::new(), Vec::new());
    for (number, line) in corpus::suggestions().enumerate() {
        let mut suggestion: Value = serde_json::from_str(&line).unwrap();
        let confidence = 0.7 + (number % 60) as f64 / 200.0;
        suggestion["confidence"] = confidence.into();
        suggestion["changes"][0]["field"] = ["city", "industry"][number % 2].into();
        let right = if confidence >= 0.9 { number % 200 != 0 } else { number % 3 != 0 };
        let label = json!({ "id": suggestion["id"], "truth": if right { "approve" } else { "reject" } });
        labels.push(label.to_string());
        history.push(suggestion.to_string());
    }
    let (history, labels) = (history.join("\n"), labels.join("\n"));
    let (history, labels) = (program.write("h.jsonl", history), program.write("l.jsonl", labels));
    let set = program.write(
        "only.toml",
        "name = \"only\"\nversion = \"1.0.0\"\n\n# as confident as that\n[[policy]]\nmodule = \"confidence@1\"\n",
    );
    let out = program.folder().join("proposed.toml").to_str().unwrap().to_owned();
    let common = ["report", "thresholds", "--set", &set, "--input", &history, "--labels", &labels, "--format", "json"];
    let run = program.run(&[&common[..], &["--target", "3%", "--by", "field", "--out", &out]].concat(), "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let answer = report(&run);
    assert_eq!(answer["kept"], true);
    let own = answer["own"].as_array().unwrap();
    assert_eq!(own.len(), 2);
    for threshold in own.iter().map(|own| own[1]["threshold"].as_f64().unwrap()) {
        assert!((0.85..=0.905).contains(&threshold), "{threshold}");
    }
    let written = fs::read_to_string(&out).unwrap();
    assert!(
        written.contains("# as confident as that")
            && written.contains("version = \"1.0.1\"")
            && written.contains("city ="),
        "{written}"
    );
    let one = &corpus::first(1);
    assert_eq!(program.run(&["evaluate", "-", "--dry-run", "--set", &out], one).code, Some(0));
    // Nothing shows that fewer than one in ten thousand are wrong.
    let strict = program.run(&[&common[..], &["--target", "0.01%"]].concat(), "");
    assert!(report(&strict)["recommended"].is_null(), "{strict:#?}");
    let unlabelled = program.run(&["report", "thresholds", "--target", "1%", "--set", &set, "--input", &history], "");
    assert!(unlabelled.code == Some(3) && unlabelled.message().contains("truth import"), "{unlabelled:#?}");
    let wrong = program
        .run(&["report", "thresholds", "--target", "1%", "--module", "nobody", "--set", &set, "--input", &history], "");
    assert!(wrong.code == Some(3) && wrong.message().contains("no policy `nobody`"), "{wrong:#?}");
}

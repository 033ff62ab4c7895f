//! The commands beside `evaluate`: what they promise word for word, and what they do where things are not well.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign_tests::corpus::{self, NOW};
use countersign_tests::snapshot::assert_snapshot;
use countersign_tests::{Program, guest};
use serde_json::Value;

/// Every command, as it is named on the command line.
const COMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["init"],
    &["evaluate"],
    &["serve"],
    &["mcp"],
    &["token"],
    &["token", "create"],
    &["token", "list"],
    &["token", "revoke"],
    &["webhook"],
    &["webhook", "secret"],
    &["webhook", "list"],
    &["reproduce"],
    &["replay"],
    &["replay", "merge"],
    &["audit"],
    &["audit", "sample"],
    &["audit", "verify"],
    &["audit", "next"],
    &["audit", "record"],
    &["audit", "report"],
    &["report"],
    &["report", "thresholds"],
    &["truth"],
    &["truth", "import"],
    &["policy"],
    &["policy", "new"],
    &["policy", "build"],
    &["policy", "test"],
    &["policy", "bench"],
    &["policy", "publish"],
    &["policy", "push"],
    &["policy", "pull"],
    &["policy", "save"],
    &["policy", "load"],
    &["policy", "list"],
    &["policy", "show"],
    &["policy", "yank"],
    &["policy", "inspect"],
    &["policy", "check"],
    &["set"],
    &["set", "status"],
    &["set", "show"],
    &["set", "lock"],
    &["set", "diff"],
    &["set", "test"],
    &["set", "propose"],
    &["set", "approve"],
    &["set", "activate"],
    &["set", "shadow"],
    &["set", "canary"],
    &["set", "promote"],
    &["set", "rollback"],
    &["set", "freeze"],
    &["set", "thaw"],
    &["policy", "sign"],
    &["policy", "verify"],
    &["key"],
    &["key", "new"],
    &["ledger"],
    &["ledger", "show"],
    &["ledger", "verify"],
    &["ledger", "key"],
    &["ledger", "checkpoint"],
    &["ledger", "prove"],
    &["ledger", "publish"],
    &["ledger", "erase"],
    &["ledger", "expire"],
    &["ledger", "hold"],
    &["ledger", "release"],
    &["ledger", "holds"],
    &["ledger", "rebuild"],
    &["ledger", "export"],
    &["ledger", "backup"],
    &["ledger", "restore"],
    &["schema"],
    &["doctor"],
];

#[test]
fn the_help_of_every_command_is_as_on_file() {
    let program = Program::without_home();
    let mut text = String::new();
    for command in COMMANDS {
        let run = program.run(&[command, &["--help"][..]].concat(), "");
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "at most 100 columns: {}", run.stdout);
        text += &format!("$ countersign {} --help\n{}\n", command.join(" "), run.stdout).replace("  --help", " --help");
        // What a command lists below itself is a command here.
        for listed in subcommands(&run.stdout) {
            assert!(
                COMMANDS.contains(&[command, &[listed][..]].concat().as_slice()),
                "{command:?} {listed} has no test"
            );
        }
    }
    assert_snapshot("snapshots/help.txt", &text);
}

fn subcommands(help: &str) -> impl Iterator<Item = &str> {
    let listed = help.split_once("\nCommands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap());
    listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap())
        .filter(|name| *name != "help")
}

#[test]
fn the_schema_of_a_suggestion_is_as_on_file_and_fits_the_corpus() {
    let program = Program::without_home();
    let run = program.run(&["schema", "suggestion"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_snapshot("snapshots/suggestion.schema.json", &run.stdout);

    let schema: Value = serde_json::from_str(&run.stdout).unwrap();
    let fits = jsonschema::validator_for(&schema).unwrap();
    let mut lines = 0;
    for line in corpus::suggestions() {
        let suggestion: Value = serde_json::from_str(&line).unwrap();
        if let Err(error) = fits.validate(&suggestion) {
            panic!("{error}: {line}");
        }
        lines += 1;
        if lines == 1 {
            // The schema refuses what `evaluate` refuses, so that a writer can check against it.
            let with = |pointer: &str, value: Value| {
                let mut bad = suggestion.clone();
                *bad.pointer_mut(pointer).unwrap() = value;
                bad
            };
            let mut unknown = suggestion.clone();
            unknown["confidense"] = 0.5.into();
            for bad in [
                unknown,
                with("/confidence", 1.5.into()),
                with("/id", "".into()),
                with("/operation", "obliterate".into()),
                with("/changes/0/proposed", serde_json::json!({})),
            ] {
                assert!(!fits.is_valid(&bad), "{bad}");
            }
        }
    }
    assert_eq!(lines, corpus::SUGGESTIONS);
}

/// The names and versions of the released modules.
fn released() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/released");
    let mut modules = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let folder = entry.unwrap().path();
        if folder.is_dir() {
            for file in fs::read_dir(&folder).unwrap() {
                let file = file.unwrap().path();
                if file.extension().is_some_and(|end| end == "wasm") {
                    let name = folder.file_name().unwrap().to_str().unwrap();
                    modules.push(format!("{name}@{}", file.file_stem().unwrap().to_str().unwrap()));
                }
            }
        }
    }
    modules.sort();
    assert!(modules.len() >= 12, "{modules:?}");
    modules
}

#[test]
fn every_released_module_is_what_it_is_released_as_and_asks_for_nothing_but_the_log() {
    let program = Program::without_home();
    for module in released() {
        let (name, version) = module.split_once('@').unwrap();
        // What `policy inspect --format json` says of it; `released.rs` holds that.
        let described = format!("../policies/released/{name}/{version}.json");
        let described = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(described)).unwrap();
        let shown: Value = serde_json::from_str(&described).unwrap();
        assert_eq!(shown["name"], name, "{module}");
        assert_eq!(shown["version"], version, "{module}");
        assert_eq!(shown["snapshot"]["taken"], "yes", "settings of {module} are compiled in: {:#}", shown["snapshot"]);
        for code in shown["codes"].as_array().unwrap() {
            assert!(code["code"].as_str().unwrap().starts_with(&format!("{name}.")), "{module}: {code}");
        }
        let schema = &shown["settings_schema"];
        assert!(jsonschema::validator_for(schema).is_ok(), "the settings of {module} have a schema: {schema}");

        let text = program.run(&["policy", "inspect", &module], "");
        assert_eq!(text.code, Some(0), "{text:#?}");
        let imports = text.stdout.lines().find_map(|line| line.trim().strip_prefix("imports ")).unwrap().trim();
        for import in imports.split(", ") {
            assert!(["none", "log"].contains(&import) || import.ends_with("(types only)"), "{module} imports {import}");
        }
        let world = text.stdout.lines().find_map(|line| line.trim().strip_prefix("world ")).unwrap().trim();
        let kind = shown["kind"].as_str().unwrap();
        assert_eq!(world, format!("{kind} of countersign:policy@1.0.0"), "{module}");
    }
}

#[test]
fn a_module_in_a_file_is_shown() {
    let program = Program::without_home();
    let file = program.write("honest.wasm", guest::honest());
    let text = program.run(&["policy", "inspect", &file], "");
    assert_eq!(text.code, Some(0), "{text:#?}");
    assert!(text.stdout.starts_with("honest@1.0.0: "), "{}", text.stdout);
    let json = program.run(&["policy", "inspect", &file, "--format", "json"], "");
    let shown: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(shown["name"], "honest");
    assert_eq!(shown["bytes"], guest::honest().len());
    assert!(text.stdout.contains(shown["digest"].as_str().unwrap()), "{}", text.stdout);
    for (module, words) in [
        ("nowhere.wasm", "cannot read nowhere.wasm"),
        ("honest", "names no version"),
        ("honest@1", "no module is called"),
    ] {
        let run = program.run(&["policy", "inspect", module], "");
        assert_eq!(run.code, Some(3), "{run:#?}");
        assert!(run.message().contains(words), "{run:#?}");
    }
    assert!(!program.home().exists(), "looking at a module makes no deployment");
}

#[test]
fn a_decision_on_record_is_shown_with_its_reasons() {
    let program = Program::with_fresh_home();
    let input = include_str!("suggestions/reviewed.json");
    let evaluated = program.run(&["evaluate", "-", "--now", NOW, "--format", "json"], input);
    assert_eq!(evaluated.code, Some(0), "{evaluated:#?}");
    let decision = evaluated.lines().swap_remove(0);
    let text = program.run(&["ledger", "show", "s-1"], "");
    assert_eq!(text.code, Some(0), "{text:#?}");
    let mut said = vec!["s-1".to_owned(), "review".to_owned(), format!("event {}", decision["ledger"]["seq"])];
    said.push(decision["ledger"]["leaf"].as_str().unwrap().trim_start_matches("sha256:").to_owned());
    for part in ["reasons", "findings"] {
        assert!(!decision[part].as_array().unwrap().is_empty());
        said.extend(decision[part].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()));
    }
    for part in said {
        assert!(text.stdout.contains(&part), "{part}: {}", text.stdout);
    }
    let json = program.run(&["ledger", "show", "s-1", "--format", "json"], "").lines().swap_remove(0);
    for part in ["id", "outcome", "decided_at", "set", "reasons", "findings", "review"] {
        assert_eq!(json[part], decision[part], "{part}");
    }
    assert_eq!(json["suggestion"]["changes"], serde_json::from_str::<Value>(input).unwrap()["changes"]);
}

#[test]
fn an_id_that_is_not_on_record_exits_3() {
    let program = Program::with_fresh_home();
    for command in [&["ledger", "show", "nobody"][..], &["reproduce", "nobody"]] {
        let run = program.run(command, "");
        assert_eq!(run.code, Some(3), "{run:#?}");
        assert!(run.message().contains("`nobody`"), "{run:#?}");
    }
    let nothing = program.run(&["reproduce", "--all"], "");
    assert_eq!(nothing.code, Some(3), "nothing was run again, so nothing is said to be equal: {nothing:#?}");
}

#[test]
fn a_sample_of_decisions_is_run_again() {
    let program = Program::with_fresh_home();
    let run = program.run(&["evaluate", "-", "--now", NOW], corpus::first(100));
    assert_eq!(run.code, Some(0), "{run:#?}");
    for (sample, equal) in [("1", 1), ("7", 7), ("100", 100), ("1000", 100)] {
        let run = program.run(&["reproduce", "--sample", sample, "--format", "json"], "");
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert_eq!(run.lines()[0]["equal"], equal, "a sample of {sample}");
    }
}

/// What the doctor found, by check; none where all is well.
fn doctor(program: &Program) -> (Option<i32>, BTreeMap<String, Option<String>>) {
    let run = program.run(&["doctor", "--format", "json"], "");
    let text = program.run(&["doctor"], "");
    assert_eq!(run.code, text.code);
    let checks = run.lines()[0]["checks"].as_array().unwrap().clone();
    let found = checks.iter().map(|check| {
        let name = check["check"].as_str().unwrap().to_owned();
        let wrong = (check["ok"] == false).then(|| check["found"].as_str().unwrap().to_owned());
        (name, wrong)
    });
    (run.code, found.collect())
}

#[test]
fn the_doctor_finds_nothing_on_a_fresh_deployment() {
    let (code, found) = doctor(&Program::with_fresh_home());
    assert_eq!(code, Some(0), "{found:#?}");
    assert!(found.values().all(Option::is_none), "{found:#?}");
    for check in ["engine", "compiler", "deployment", "catalogue", "set", "ledger", "signing key", "webhooks"] {
        assert!(found.contains_key(check), "{check} is looked at");
    }
}

/// The doctor of a deployment that was broken says all of these words at this check.
fn ill(check: &str, words: &[&str], harm: impl FnOnce(&Path)) {
    let program = Program::with_fresh_home();
    harm(&program.home());
    let (code, found) = doctor(&program);
    assert_eq!(code, Some(1), "{found:#?}");
    let wrong = found[check].as_ref().unwrap_or_else(|| panic!("{check}: {found:#?}"));
    for word in words {
        assert!(wrong.contains(word), "{word}: {wrong}");
    }
}

#[test]
fn the_doctor_names_what_is_wrong() {
    ill("deployment", &["there is no deployment", "init"], |home| fs::remove_dir_all(home).unwrap());
    ill("deployment", &["catalogue.toml"], |home| fs::remove_file(home.join("catalogue.toml")).unwrap());
    ill("deployment", &["catalogue.toml", "line 1"], |home| fs::write(home.join("catalogue.toml"), "]").unwrap());
    ill("deployment", &["countersign.toml"], |home| fs::write(home.join("countersign.toml"), "serve = 7").unwrap());
    ill("catalogue", &["no field is listed"], |home| fs::write(home.join("catalogue.toml"), "").unwrap());
    ill("signing key", &["ledger key --make"], |home| fs::remove_file(home.join("ledger.key")).unwrap());
    ill("signing key", &["no signing key"], |home| fs::write(home.join("ledger.key"), "text").unwrap());
    ill("ledger", &["there is no ledger"], |home| fs::remove_file(home.join("ledger.db")).unwrap());
    ill("ledger", &["no ledger"], |home| fs::write(home.join("ledger.db"), "text").unwrap());
}

#[cfg(unix)]
#[test]
fn the_doctor_names_a_folder_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let open = |home: &Path| fs::set_permissions(home, fs::Permissions::from_mode(0o755)).unwrap();
    ill("permissions", &["others can read", "chmod 700"], open);
}

#[test]
fn init_changes_nothing_in_a_folder_that_holds_something() {
    let program = Program::without_home();
    let home = program.home();
    fs::create_dir(&home).unwrap();
    fs::write(home.join("mine.txt"), "mine").unwrap();
    let run = program.run(&["init"], "");
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.message().contains("nothing was changed"), "{run:#?}");
    let left: Vec<_> = fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["mine.txt"]);
    assert_eq!(fs::read_to_string(home.join("mine.txt")).unwrap(), "mine");

    let deployment = Program::with_fresh_home();
    let ledger = fs::read(deployment.home().join("ledger.db")).unwrap();
    assert_eq!(deployment.run(&["init"], "").code, Some(3));
    assert_eq!(fs::read(deployment.home().join("ledger.db")).unwrap(), ledger);
}

#[cfg(unix)]
#[test]
fn init_makes_a_deployment_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::without_home();
    // An empty folder is as good as none.
    fs::create_dir(program.home()).unwrap();
    let run = program.run(&["init", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(run.lines()[0]["set"]["name"], "crm-default");
    for (path, mode) in [("ledger.db", 0o600), ("ledger.key", 0o600), ("cache/key", 0o600)] {
        let found = fs::metadata(program.home().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{path}");
    }
    let (code, found) = doctor(&program);
    assert_eq!(code, Some(0), "{found:#?}");
}

#[test]
fn init_that_cannot_be_done_leaves_nothing() {
    let program = Program::without_home();
    fs::write(program.folder().join("file"), "").unwrap();
    let home = program.folder().join("file/home");
    let run = program.run(&["init", "--home", home.to_str().unwrap()], "");
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.message().contains("cannot write"), "{run:#?}");
    assert!(!program.home().exists());
}

#[test]
fn text_has_no_colours_where_nobody_sees_them() {
    let program = Program::with_fresh_home();
    let input = corpus::first(20) + include_str!("suggestions/reviewed.json");
    let commands: &[(&[&str], &str)] = &[
        (&["evaluate", "-", "--now", NOW], &input),
        (&["ledger", "show", "s-1"], ""),
        (&["ledger", "show", "nobody"], ""),
        (&["ledger", "verify"], ""),
        (&["reproduce", "--all"], ""),
        (&["doctor"], ""),
        (&["policy", "inspect", "confidence@1"], ""),
        (&["--help"], ""),
        (&["nonsense"], ""),
    ];
    for (arguments, input) in commands {
        let run = program.run(arguments, input);
        assert!(!(run.stdout.clone() + &run.stderr).contains('\u{1b}'), "{arguments:?}: {run:#?}");
        assert!(!(run.stdout + &run.stderr).is_empty(), "{arguments:?} says something");
    }
}

#[test]
fn an_output_that_is_closed_early_is_no_error() {
    let program = Program::with_fresh_home();
    let file = program.write("suggestions.jsonl", corpus::first(400));
    let mut child = program
        .command(&["evaluate", &file, "--format", "json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.code().is_some(), "{ended:?}");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!said.contains("panicked") && !said.contains("bug"), "{said}");
}

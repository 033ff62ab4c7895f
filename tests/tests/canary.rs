//! A set that is tried on a part of the records, in a deployment's folder: who falls into it, what ends it, and what lets it go on.

use std::fs;

use countersign_tests::canary::{LOOSER, SAME, WIDE, again, approved, arms, gates, lines, looser, same};
use countersign_tests::said::{done, holds, refused};
use countersign_tests::{Program, Run, corpus, guest};
use serde_json::{Value, json};

fn set(program: &Program, arguments: &[&str]) -> Run {
    program.run(&[&["set"], arguments].concat(), "")
}

/// Begins to try a proposal.
fn begin(program: &Program, proposal: &Value, plan: &str, more: &[&str]) -> Run {
    let number = proposal["seq"].to_string();
    let command = ["set", "canary", &number, "--plan", plan, "--by", "ana", "--reason", "case 7", "--format", "json"];
    program.run(&[&command[..], more].concat(), "")
}

/// The decisions about some suggestions, and what was said beside.
fn decide(program: &Program, lines: &str) -> (Vec<Value>, String) {
    let run = program.run(&["evaluate", "-", "--now", corpus::NOW, "--format", "json"], lines);
    assert_eq!(run.code, Some(0), "{run:#?}");
    (run.lines(), run.message())
}

fn status(program: &Program) -> Value {
    done(&set(program, &["status", "--format", "json"]))
}

fn report(program: &Program) -> Value {
    done(&set(program, &["canary", "--format", "json"]))
}

/// One set decides, and nothing is tried.
fn decides_alone(decisions: &[Value], set: &Value) {
    for decision in decisions {
        assert_eq!((&decision["set"], &decision["canary"]), (set, &Value::Null), "{decision}");
    }
}

/// What a gate of a report says.
fn verdict(gates: &Value, gate: &str) -> Value {
    let all = gates["gates"].as_array().unwrap();
    all.iter().find(|one| one["gate"] == gate).map_or(Value::Null, |one| one["verdict"].clone())
}

fn events(program: &Program) -> u64 {
    done(&program.run(&["ledger", "verify", "--format", "json"], ""))["events"].as_u64().unwrap()
}

#[test]
fn whoever_is_in_stays_in_while_the_share_grows_and_in_other_processes() {
    let program = Program::with_fresh_home();
    let against = status(&program)["active"]["set"].clone();
    same(&program);
    let proposal = approved(&program, SAME);
    let canary = done(&begin(&program, &proposal, "50%,80%,100%", &gates(&WIDE)));
    assert_eq!((&canary["set"], &canary["against"]), (&proposal["set"], &against));
    assert_eq!((canary["salt"].as_str().unwrap().len(), &canary["step"]), (32, &json!(0)));
    let sent = lines(0, 400);
    let (decisions, _) = decide(&program, &sent);
    let first = arms(&sent, &decisions, &canary, &against);
    let inside = first.values().filter(|inside| **inside).count();
    assert!((first.len() / 4..first.len() * 3 / 4).contains(&inside), "{inside} of {}", first.len());

    // The same records once more.
    let sent = again(200, 1);
    for (record, inside) in arms(&sent, &decide(&program, &sent).0, &canary, &against) {
        assert_eq!(first[&record], inside, "{record}");
    }
    let shown = report(&program);
    let counts = &shown["gates"]["counts"];
    let counted = |arm: &str| counts[arm]["records"].as_u64().unwrap();
    assert_eq!((counted("canary"), counted("active")), (inside as u64, (first.len() - inside) as u64), "{counts}");
    assert_eq!((&counts["differing"], &shown["gates"]["standing"]), (&json!(0), &json!("passed")), "{shown:#}");
    let text = set(&program, &["canary"]).stdout;
    for words in ["canary    crm-default@1.1.0", "[50%] → 80% → 100%", "✓ passed", "countersign set promote"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(set(&program, &["status"]).stdout.contains("step 1 of 3, next 80%"));

    let promote = ["promote", "--by", "ben", "--reason", "all passed", "--format", "json"];
    let moved = done(&set(&program, &promote));
    assert_eq!((&moved["promotion"], &moved["step"]), (&json!("moved"), &json!(1)));
    assert_eq!((&moved["seq"], &moved["salt"]), (&canary["seq"], &canary["salt"]));
    assert_eq!(program.run(&["ledger", "rebuild"], "").code, Some(0));
    let sent = again(200, 2);
    let (decisions, _) = decide(&program, &sent);
    assert!(decisions.iter().all(|decision| decision["canary"]["share"] == 8_000));
    let grown = arms(&sent, &decisions, &canary, &against);
    for (record, inside) in &grown {
        assert!(*inside || !first[record], "{record} was in");
    }
    let before = grown.keys().filter(|record| first[*record]).count();
    assert!(grown.values().filter(|inside| **inside).count() > before, "others came in");

    // Each decision says it, to people and to those who verify.
    let tried = decisions.iter().find(|decision| decision["canary"]["arm"] == "canary").unwrap();
    let id = tried["id"].as_str().unwrap();
    let shown = program.run(&["ledger", "show", id], "").stdout;
    for words in ["the canary of event", "at 80%", "bucket"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let proof = program.folder().join("proof.json").to_str().unwrap().to_owned();
    assert_eq!(program.run(&["ledger", "prove", id, "--out", &proof], "").code, Some(0));
    let key = program.run(&["ledger", "key"], "").stdout;
    let verified = program.run(&["ledger", "verify", "--proof", &proof, "--key", key.trim()], "");
    assert_eq!(verified.code, Some(0), "{verified:#?}");
    let ended = done(&set(&program, &["canary", "--stop", "--reason", "seen enough", "--format", "json"]));
    assert_eq!((&ended["cause"], &ended["canary"]["step"]), (&json!("person"), &json!(1)));
    decides_alone(&decide(&program, &lines(400, 20)).0, &against);
    holds(&program);
}

#[test]
fn a_set_that_decides_much_otherwise_ends_by_itself_when_a_run_ends() {
    let program = Program::with_fresh_home();
    let against = status(&program)["active"]["set"].clone();
    looser(&program);
    let proposal = approved(&program, LOOSER);
    let canary = done(&begin(&program, &proposal, "50%,100%", &[]));
    let sent = lines(0, 300);
    let (decisions, said) = decide(&program, &sent);
    assert!(arms(&sent, &decisions, &canary, &against).len() > 100);
    for words in ["looser@1.0.0", "is tried no more", "crm-default@1.0.0", "decides about everything again", "Why: "] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let now = status(&program);
    let ended = &now["ended_canary"];
    assert_eq!((&now["canary"], &ended["cause"], &ended["by"]), (&Value::Null, &json!("gate"), &json!("countersign")));
    assert_eq!(
        (&ended["gates"]["standing"], &verdict(&ended["gates"], "disagreement")),
        (&json!("failed"), &json!("failed"))
    );
    assert_eq!(now["proposals"][0]["seq"], proposal["seq"], "it was not activated, and can be tried again");
    let text = set(&program, &["status"]).stdout;
    assert!(text.contains("ended     looser@1.0.0") && text.contains("(gate)"), "{text}");
    let none = set(&program, &["canary"]);
    assert!(none.code == Some(1) && none.stdout.contains("No set is tried"), "{none:#?}");
    decides_alone(&decide(&program, &again(100, 1)).0, &against);
    holds(&program);
}

#[test]
fn a_set_whose_modules_fail_ends_by_itself() {
    let program = Program::with_fresh_home();
    let against = status(&program)["active"]["set"].clone();
    fs::write(program.home().join("sets/trap.wasm"), guest::core("unreachable")).unwrap();
    let file = "name = \"trap\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"trap.wasm\"\n";
    fs::write(program.home().join("sets/trap.toml"), file).unwrap();
    let proposal = approved(&program, "trap");
    // Whatever else could be said of it.
    let off = gates(&["disagreement=off", "review-load=off", "fuel=off"]);
    let canary = done(&begin(&program, &proposal, "50%,100%", &off));
    let sent = lines(0, 200);
    let (decisions, said) = decide(&program, &sent);
    let _ = arms(&sent, &decisions, &canary, &against);
    for decision in decisions.iter().filter(|decision| decision["canary"]["arm"] == "canary") {
        assert_eq!(
            (&decision["outcome"], &decision["modules"][0]["fault"]["kind"]),
            (&json!("review"), &json!("trap"))
        );
    }
    assert!(said.contains("trap@1.0.0") && said.contains("is tried no more"), "{said}");
    let ended = status(&program)["ended_canary"].clone();
    assert_eq!((&ended["cause"], &verdict(&ended["gates"], "faults")), (&json!("gate"), &json!("failed")), "{ended:#}");
    decides_alone(&decide(&program, &lines(200, 20)).0, &against);
    holds(&program);
}

#[test]
fn too_few_records_hold_it_where_it_is() {
    let program = Program::with_fresh_home();
    same(&program);
    let proposal = approved(&program, SAME);
    let promote = || set(&program, &["promote", "--reason", "r"]);
    refused(&promote(), 3, &["no set is tried"]);
    done(&begin(&program, &proposal, "50%,100%", &["--auto"]));
    assert_eq!(decide(&program, &lines(0, 20)).1, "", "nothing is done by itself");
    let shown = report(&program);
    let gates = &shown["gates"];
    assert_eq!(
        (&gates["standing"], &verdict(gates, "samples")),
        (&json!("holds"), &json!("inconclusive")),
        "{shown:#}"
    );
    let why = gates["gates"].as_array().unwrap().iter().find(|one| one["gate"] == "samples").unwrap()["why"].clone();
    let before = events(&program);
    refused(&promote(), 3, &["the canary stays at 50%"]);
    // However the sentence is wrapped.
    let why = why.as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(promote().message().contains(&why), "{why}");
    let text = set(&program, &["canary"]).stdout;
    for words in ["… inconclusive", "It stays at 50%", "countersign set canary --stop", "100%, by itself"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!((events(&program), &status(&program)["canary"]["step"]), (before, &json!(0)));
}

#[test]
fn a_set_without_a_difference_comes_into_force_by_itself_if_the_plan_says_so() {
    let program = Program::with_fresh_home();
    let against = status(&program)["active"]["set"].clone();
    same(&program);
    let proposal = approved(&program, SAME);
    let more = [&["--auto"][..], &gates(&WIDE)].concat();
    let canary = done(&begin(&program, &proposal, "30%,60%,100%", &more));
    let sent = lines(0, 600);
    let (decisions, said) = decide(&program, &sent);
    let _ = arms(&sent, &decisions, &canary, &against);
    assert!(said.contains("All gates have passed") && said.contains("60% of the records"), "{said}");
    assert_eq!(status(&program)["canary"]["step"], 1);
    let sent = lines(600, 600);
    let (decisions, said) = decide(&program, &sent);
    let _ = arms(&sent, &decisions, &canary, &against);
    assert!(said.contains("All gates have passed") && said.contains("decides about everything"), "{said}");
    let now = status(&program);
    let active = &now["active"];
    assert_eq!((&active["cause"], &active["set"]), (&json!("canary"), &proposal["set"]), "{now:#}");
    assert_eq!((&active["proposal"], &active["by"]), (&proposal["seq"], &json!("countersign")));
    assert_eq!((&now["canary"], &now["ended_canary"], &now["proposals"]), (&Value::Null, &Value::Null, &json!([])));
    decides_alone(&decide(&program, &lines(1_200, 20)).0, &proposal["set"]);
    // And back.
    let back = done(&set(&program, &["rollback", "--reason", "r", "--format", "json"]));
    assert_eq!((&back["set"], &back["ended"]), (&against, &Value::Null));
    holds(&program);
}

#[test]
fn what_cannot_be_tried_is_refused_and_changes_nothing() {
    let program = Program::with_fresh_home();
    looser(&program);
    let propose = ["propose", LOOSER, "--by", "ana", "--reason", "r", "--format", "json"];
    let proposal = done(&set(&program, &propose));
    let before = events(&program);
    refused(&begin(&program, &proposal, "5%,100%", &[]), 3, &["needs 1 approvals and has 0"]);
    assert_eq!(events(&program), before);
    let number = proposal["seq"].to_string();
    assert_eq!(set(&program, &["approve", &number, "--by", "ben", "--reason", "r"]).code, Some(0));
    let before = events(&program);
    for (plan, words) in [
        ("10%,5%,100%", "each step must be larger"),
        ("10%,10%,100%", "each step must be larger"),
        ("0%,100%", "the first above 0%"),
        ("5%,50%", "its last step must be 100%"),
        ("100%", "needs a step before 100%"),
        ("five,100%", "is no share"),
        ("5,100%", "is no share"),
        ("5%,101%", "is no share"),
    ] {
        refused(&begin(&program, &proposal, plan, &[]), 2, &[words]);
    }
    for gate in ["colour=3", "samples", "samples=many", "faults=often", "faults", "="] {
        refused(&begin(&program, &proposal, "5%,100%", &["--gate", gate]), 2, &["--gate"]);
    }
    refused(&begin(&program, &proposal, "5%,100%", &["--segment", ""]), 2, &["the segment has no name"]);
    let canary = |arguments: &[&str]| set(&program, &[&["canary"], arguments].concat());
    refused(&canary(&[&number, "--reason", "r"]), 2, &["--plan"]);
    refused(&canary(&[&number, "--plan", "5%,100%"]), 2, &["--reason"]);
    refused(&canary(&["--plan", "5%,100%", "--reason", "r"]), 2, &["PROPOSAL"]);
    refused(&canary(&["--stop"]), 2, &["--reason"]);
    refused(&canary(&[&number, "--stop", "--plan", "5%,100%", "--reason", "r"]), 2, &["--stop"]);
    refused(&canary(&["--reason", "r"]), 2, &["name a proposal, or give --stop"]);
    refused(&canary(&["--stop", "--reason", "r"]), 3, &["no set is tried"]);
    refused(&canary(&["99", "--plan", "5%,100%", "--reason", "r"]), 3, &["there is no proposal `99`"]);
    assert_eq!(canary(&[]).code, Some(1));
    assert_eq!(events(&program), before, "nothing was recorded");

    assert_eq!(set(&program, &["freeze", "--reason", "r"]).code, Some(0));
    refused(&begin(&program, &proposal, "5%,100%", &[]), 3, &["everything is frozen"]);
    assert_eq!(set(&program, &["thaw", "--reason", "r"]).code, Some(0));
    let first = done(&begin(&program, &proposal, "5%,100%", &[]));
    let runs = ["the set looser@1.0.0 is tried on a part of the records", "set canary --stop"];
    refused(&begin(&program, &proposal, "5%,100%", &[]), 3, &runs);
    refused(&set(&program, &["activate", &number, "--by", "ana", "--reason", "r"]), 3, &runs);
    assert_eq!(status(&program)["canary"]["seq"], first["seq"]);
}

#[test]
fn a_rollback_ends_it_alone_and_a_freeze_with_everything() {
    let program = Program::with_fresh_home();
    let before = status(&program)["active"]["set"].clone();
    looser(&program);
    program.activate(LOOSER);
    let against = status(&program)["active"]["set"].clone();
    same(&program);
    let proposal = approved(&program, SAME);
    done(&begin(&program, &proposal, "50%,100%", &[]));
    let back = set(&program, &["rollback", "--reason", "r"]);
    for words in ["crm-default@1.1.0", "is tried no more", "looser@1.0.0", "again goes back further"] {
        assert!(back.code == Some(0) && back.stdout.contains(words), "{words}: {back:#?}");
    }
    let now = status(&program);
    assert_eq!((&now["active"]["set"], &now["canary"]), (&against, &Value::Null));
    assert_eq!((&now["ended_canary"]["cause"], &now["ended_canary"]["reason"]), (&json!("person"), &json!("r")));
    decides_alone(&decide(&program, &lines(0, 20)).0, &against);

    // Frozen, nothing is tried, and after the thaw neither.
    let tried = done(&begin(&program, &proposal, "50%,100%", &[]));
    let frozen = done(&set(&program, &["freeze", "--reason", "r", "--format", "json"]));
    assert!(frozen["seq"].as_u64() > tried["seq"].as_u64());
    assert_eq!(status(&program)["canary"], Value::Null);
    for decision in decide(&program, &lines(20, 20)).0 {
        assert_eq!((&decision["canary"], &decision["outcome"]), (&Value::Null, &json!("review")), "{decision}");
    }
    done(&set(&program, &["thaw", "--reason", "r", "--format", "json"]));
    decides_alone(&decide(&program, &lines(40, 20)).0, &against);

    // In JSON it says what ended; the next one goes further.
    let tried = done(&begin(&program, &proposal, "50%,100%", &[]));
    let back = done(&set(&program, &["rollback", "--reason", "r", "--format", "json"]));
    assert_eq!((&back["set"], &back["ended"]["canary"]["seq"]), (&against, &tried["seq"]));
    let further = done(&set(&program, &["rollback", "--reason", "r", "--format", "json"]));
    assert_eq!((&further["set"], &further["cause"], &further["ended"]), (&before, &json!("rollback"), &Value::Null));
    holds(&program);
}

#[test]
fn a_segment_is_tried_alone_and_others_carry_nothing() {
    let program = Program::with_fresh_home();
    let against = status(&program)["active"]["set"].clone();
    same(&program);
    let proposal = approved(&program, SAME);
    let canary = done(&begin(&program, &proposal, "50%,100%", &["--segment", "nsw"]));
    assert_eq!(canary["plan"]["segment"], "nsw");
    let sent = lines(0, 200);
    let (decisions, _) = decide(&program, &sent);
    let is_meant = |line: &str| serde_json::from_str::<Value>(line).unwrap()["context"]["segment"] == "nsw";
    let (meant, others): (Vec<_>, Vec<_>) = sent.lines().zip(decisions).partition(|(line, _)| is_meant(line));
    assert!(meant.len() > 20 && others.len() > 20);
    let (sent, inside): (Vec<&str>, Vec<Value>) = meant.into_iter().unzip();
    let counted = arms(&sent.join("\n"), &inside, &canary, &against);
    decides_alone(&others.into_iter().map(|(_, decision)| decision).collect::<Vec<_>>(), &against);
    let counts = report(&program)["gates"]["counts"].clone();
    let records = ["active", "canary"].map(|arm| counts[arm]["records"].as_u64().unwrap());
    assert_eq!(records.iter().sum::<u64>(), counted.len() as u64, "{counts}");
    let text = set(&program, &["canary"]).stdout;
    assert!(text.contains("of the segment `nsw`"), "{text}");
    holds(&program);
}

#[test]
fn what_people_find_wrong_of_what_it_applied_ends_it() {
    let program = Program::with_fresh_home();
    // What is in force applies nothing, and so nothing wrong.
    let file = "name = \"strict\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"confidence@1\"\nsettings = { threshold = 1.0 }\n";
    fs::write(program.home().join("sets/strict.toml"), file).unwrap();
    program.activate("strict");
    looser(&program);
    let proposal = approved(&program, LOOSER);
    let off = gates(&["disagreement=off", "review-load=off", "overrides=off", "fuel=off"]);
    done(&begin(&program, &proposal, "50%,100%", &off));
    let (_, said) = decide(&program, &lines(0, 400));
    assert_eq!(said, "", "so far nobody says that anything was wrong");
    assert_eq!(report(&program)["gates"]["counts"]["canary"]["corrections"], 0);
    let labels: String = corpus::labels().take(400).map(|line| line + "\n").collect();
    let file = program.write("labels.jsonl", labels);
    assert_eq!(program.run(&["truth", "import", &file, "--by", "eve"], "").code, Some(0));
    let shown = report(&program);
    assert!(shown["gates"]["counts"]["canary"]["corrections"].as_u64().unwrap() > 20, "{shown:#}");
    assert_eq!(verdict(&shown["gates"], "corrections"), "failed");
    // Whoever looks ends nothing; the next run does.
    assert_eq!(status(&program)["canary"]["step"], 0);
    let (_, said) = decide(&program, &lines(400, 1));
    assert!(said.contains("is tried no more"), "{said}");
    let ended = status(&program)["ended_canary"].clone();
    assert_eq!((&ended["cause"], &verdict(&ended["gates"], "corrections")), (&json!("gate"), &json!("failed")));
    holds(&program);
}

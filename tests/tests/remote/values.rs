//! Personal values that are kept and destroyed through a service.

use std::fs;

use countersign_tests::Program;
use countersign_tests::past::with_past;
use countersign_tests::service::token;
use serde_json::{Value, json};

use super::{EVALUATE, Served, lines, suggestions, twin};

const SUBJECT: &str = "hubspot/contact/record-7zq1";

/// A deployment that decided three suggestions about the subject, and some others.
fn about_subject() -> Program {
    let program = Program::with_fresh_home();
    let mut all = suggestions(6);
    for one in &mut all[..3] {
        one["target"] = json!({ "system": "hubspot", "object": "contact", "id": "record-7zq1" });
    }
    let run = program.run(&EVALUATE, lines(&all));
    assert_eq!(run.code, Some(0), "{run:#?}");
    program
}

#[test]
fn a_record_is_put_on_hold_and_erased_in_the_same_words() {
    let program = about_subject();
    let compliance = token(&program, "dora", "compliance", &[]);
    let operator = token(&program, "ops", "operator", &[]);
    let (served, twin) = Served::and_twin(program);
    let both = |arguments: &[&str]| served.both(&compliance, arguments, "");
    let erase = ["ledger", "erase", "--subject", SUBJECT, "--reason", "request 17 & more: 50 %"];
    let dry = [&erase[..], &["--dry-run"]].concat();
    for format in ["text", "json"] {
        assert_eq!(both(&[&dry[..], &["--format", format]].concat()).code, Some(0));
        assert_eq!(both(&["ledger", "holds", "--format", format]).code, Some(0));
    }
    let unknown = ["ledger", "erase", "--subject", "a/b/c", "--reason", "x", "--dry-run"];
    assert_eq!(both(&unknown).code, Some(1));

    let with_twin = |arguments: &[&str]| served.with_twin(&twin, &compliance, arguments, &[]);
    let hold = with_twin(&["ledger", "hold", "--subject", SUBJECT, "--reason", "case 12", "--format", "json"]);
    assert_eq!((hold.code, &hold.lines()[0]["events"]), (Some(0), &3.into()), "{hold:#?}");
    let hold = hold.lines()[0]["hold"].to_string();
    assert_eq!(with_twin(&["ledger", "hold", "--all", "--reason", "case 13"]).code, Some(0));
    assert_eq!(with_twin(&["ledger", "hold", "--subject", "a/b/c", "--reason", "case 14"]).code, Some(0));
    for format in ["text", "json"] {
        let listed = both(&["ledger", "holds", "--format", format]);
        assert!(listed.stdout.contains("dora") && listed.stdout.contains("case 13"), "{listed:#?}");
        assert_eq!(both(&[&dry[..], &["--format", format]].concat()).code, Some(1), "it is on hold");
    }
    // Since when and by whom is said too, so both are asked about one folder.
    let refused = both(&erase);
    assert!(refused.code == Some(3) && refused.message().contains("it is on hold by event"), "{refused:#?}");
    let listed = both(&["ledger", "holds", "--format", "json"]).lines().swap_remove(0);
    for one in listed.as_array().unwrap() {
        let number = one["hold"].to_string();
        let ended = with_twin(&["ledger", "release", &number, "--reason", "closed: 50 % & more"]);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
    }
    assert_eq!(with_twin(&["ledger", "release", &hold, "--reason", "closed"]).code, Some(3), "it ends once");

    let erased = with_twin(&erase);
    assert!(erased.code == Some(0) && erased.stdout.contains("were destroyed; event"), "{erased:#?}");
    let again = with_twin(&[&erase[..], &["--format", "json"]].concat());
    assert_eq!((again.code, &again.lines()[0]["events"]), (Some(1), &json!([])), "{again:#?}");
    assert!(with_twin(&erase).stdout.contains("Nothing about this record is on record"));
    let export = served.program.run(&["ledger", "export", "--as", "jsonl"], "");
    let says = export.lines().into_iter().find(|event| event["kind"] == "erased").unwrap();
    assert!(says["actor"] == "dora" && says.to_string().contains("request 17 & more: 50 %"), "{says}");
    for command in [&erase[..], &["ledger", "expire"], &["ledger", "holds"]] {
        let refused = served.through(&operator, command, "");
        assert!(refused.code == Some(3) && refused.message().contains("(forbidden)"), "{refused:#?}");
    }
    let long = "x".repeat(1_001);
    let refused = served.through(&compliance, &["ledger", "hold", "--all", "--reason", &long], "");
    assert!(refused.code == Some(3) && refused.message().contains("--reason: say why"), "{refused:#?}");
}

#[test]
fn what_is_due_is_destroyed_in_the_same_words() {
    let program = with_past();
    let compliance = token(&program, "dora", "compliance", &[]);
    let (served, _) = Served::and_twin(twin(&program));
    let none = served.through(&compliance, &["ledger", "expire"], "");
    assert!(none.code == Some(3) && none.message().contains("has no rule of retention"), "{none:#?}");
    drop(served);

    let path = program.home().join("countersign.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        format!("{text}\n[[retention]]\noutcomes = [\"reject\"]\nkeep-days = 200\n\n[[retention]]\nkeep-days = 300\n"),
    )
    .unwrap();
    let (served, other) = Served::and_twin(program);
    for format in ["text", "json"] {
        let would = served.all(&compliance, &["ledger", "expire", "--dry-run", "--format", format], "");
        assert!(would.code == Some(0) && would.stdout.contains("everything: 300 days"), "{would:#?}");
    }
    let done = served.with_twin(&other, &compliance, &["ledger", "expire"], &[]);
    assert!(done.code == Some(0) && done.stdout.contains("The values of 24 events were destroyed"), "{done:#?}");
    for format in ["text", "json"] {
        let again = served.with_twin(&other, &compliance, &["ledger", "expire", "--format", format], &[]);
        assert_eq!(again.code, Some(0), "{again:#?}");
    }
    let left: Vec<Value> = served.program.run(&["ledger", "show", "s-0", "--format", "json"], "").lines();
    assert_eq!((&left[0]["erased"]["by"], &left[0]["erased"]["cause"]), (&"dora".into(), &"retention".into()));
}

//! How long personal values are kept, by the rules of the deployment.

use std::fs;

use countersign::ledger::{DecisionIndex, Draft, EventKind, Ledger, RecordParts, Sealer};
use countersign::model::Digest;
use countersign_tests::{Program, Run};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{run:#?}");
    run
}

/// The time so many days ago.
fn days_ago(days: i64) -> String {
    (Timestamp::now() - SignedDuration::from_hours(24 * days)).to_string()
}

/// A decision that was recorded so many days ago.
fn decision(id: &str, days: i64, outcome: &str, regimes: &[&str]) -> Draft {
    let at = days_ago(days);
    let digest = Digest::of(id.as_bytes());
    let mut sealer = Sealer::new(*digest.as_bytes());
    let record = format!("record of {id}");
    // Values are sealed in the order in which the body holds them.
    let target = sealer.seal(&record).unwrap();
    let context = sealer.seal(&json!({ "regimes": regimes })).unwrap();
    let input = sealer.seal(&digest).unwrap();
    let body = format!(
        r#"{{"id":"{id}","outcome":"{outcome}","decided_at":"{at}","objects":[],"set":{{"name":"s","version":"1.0.0","digest":"{digest}"}},"suggestion":{{"target":{{"system":"hubspot","object":"contact","id":{}}},"context":{}}},"input":{}}}"#,
        json!(target),
        json!(context),
        json!(input)
    );
    Draft {
        kind: EventKind::Decision,
        at: at.clone(),
        actor: "cli".to_owned(),
        body,
        openings: Some(sealer.finish()),
        index: Some(DecisionIndex {
            suggestion_id: id.to_owned(),
            record: RecordParts { system: "hubspot".to_owned(), object: "contact".to_owned(), id: record },
            outcome: outcome.to_owned(),
            decided_at: at,
            set_digest: *digest.as_bytes(),
            input_digest: *digest.as_bytes(),
        }),
        objects: Vec::new(),
    }
}

/// A finding with a note, recorded so many days ago.
fn audited(id: &str, days: i64) -> Draft {
    let mut sealer = Sealer::new(*Digest::of(format!("audit of {id}").as_bytes()).as_bytes());
    let note = sealer.seal(&format!("a note on {id}")).unwrap();
    Draft {
        kind: EventKind::Audited,
        at: days_ago(days),
        actor: "ana".to_owned(),
        body: json!({"id": id, "finding": "right", "note": note}).to_string(),
        openings: Some(sealer.finish()),
        index: None,
        objects: Vec::new(),
    }
}

const RULES: &str = "
[[retention]]
regimes = [\"banking\"]
keep-days = 3650

[[retention]]
outcomes = [\"reject\", \"apply\"]
keep-days = 200

[[retention]]
kinds = [\"audited\"]
keep-days = 30
";

fn with_rules(rules: &str) -> Program {
    let program = Program::with_fresh_home();
    fs::write(program.home().join("countersign.toml"), rules).unwrap();
    program
}

fn with_history() -> Program {
    let program = with_rules(RULES);
    let mut ledger = Ledger::open(program.home().join("ledger.db")).unwrap();
    let drafts = [
        decision("old-reject", 201, "reject", &[]),
        decision("young-reject", 199, "reject", &[]),
        decision("old-review", 5_000, "review", &[]),
        decision("old-bank", 400, "reject", &["health", "banking"]),
        decision("older-bank", 3_651, "apply", &["banking"]),
        decision("old-apply", 300, "apply", &["health"]),
        audited("old-apply", 20),
        audited("young-reject", 31),
        audited("old-review", 29),
    ];
    let group: Vec<_> = drafts.into_iter().map(|draft| draft.prepare().unwrap()).collect();
    ledger.append(&group).unwrap();
    program
}

/// Whether the values of the decision about a suggestion still exist.
fn exists(program: &Program, id: &str) -> bool {
    let shown = done(program.run(&["ledger", "show", id, "--format", "json"], "")).lines().swap_remove(0);
    assert_eq!(shown["id"], id);
    shown["erased"].is_null()
}

#[test]
fn what_is_due_goes_and_the_rest_stays() {
    let program = with_history();
    let expire = |more: &[&str]| {
        let run = done(program.run(&[&["ledger", "expire", "--format", "json"], more].concat(), ""));
        run.lines().swap_remove(0)
    };
    let due =
        |said: &Value| said["rules"].as_array().unwrap().iter().map(|rule| rule["due"].clone()).collect::<Vec<_>>();
    let dry = expire(&["--dry-run"]);
    assert_eq!(due(&dry), [1, 2, 1]);
    assert!(exists(&program, "old-reject"));
    // In ten days another decision and another note are due.
    let later = (Timestamp::now() + SignedDuration::from_hours(240)).to_string();
    assert_eq!(due(&expire(&["--dry-run", "--now", &later])), [1, 3, 3]);
    assert_eq!(program.run(&["ledger", "expire", "--now", &later], "").code, Some(2), "nothing goes before its time");

    let said = expire(&[]);
    assert_eq!(due(&said), [1, 2, 1]);
    // A note goes with its decision.
    assert_eq!(said["events"].as_array().unwrap().len(), 5);
    for id in ["old-reject", "older-bank", "old-apply"] {
        assert!(!exists(&program, id), "{id}");
    }
    for id in ["young-reject", "old-review", "old-bank"] {
        assert!(exists(&program, id), "{id}");
    }
    done(program.run(&["ledger", "verify"], ""));
    let bytes = fs::read(program.home().join("ledger.db")).unwrap();
    let stands = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    for (text, expected) in [
        ("record of old-reject", false),
        ("record of old-bank", true),
        ("a note on old-apply", false),
        ("a note on young-reject", false),
        ("a note on old-review", true),
    ] {
        assert_eq!(stands(text), expected, "{text}");
    }
    let shown = done(program.run(&["ledger", "show", "old-reject"], "")).stdout;
    assert!(shown.contains("(retention: outcomes reject, apply: 200 days)"), "{shown}");
    assert_eq!(due(&expire(&[])), [0, 0, 0]);
}

#[test]
fn what_is_on_hold_is_not_due() {
    let program = with_history();
    let hold = [
        "ledger",
        "hold",
        "--subject",
        "hubspot/contact/record of old-apply",
        "--reason",
        "case 1",
        "--format",
        "json",
    ];
    let hold = done(program.run(&hold, "")).lines().swap_remove(0)["hold"].to_string();
    let run = done(program.run(&["ledger", "expire"], ""));
    assert!(run.stdout.contains("on hold"), "{}", run.stdout);
    assert!(exists(&program, "old-apply") && !exists(&program, "old-reject"));
    done(program.run(&["ledger", "release", &hold, "--reason", "over"], ""));
    done(program.run(&["ledger", "expire"], ""));
    assert!(!exists(&program, "old-apply"));
    done(program.run(&["ledger", "verify"], ""));
}

#[test]
fn a_wrong_rule_is_refused_with_its_place() {
    for (rules, words) in [
        ("[[retention]]\nkeep-days = 183\n", &["line 3", "184 days at least"][..]),
        ("[[retention]]\noutcomes = [\"reject\"]\nkeep-days = 30\n", &["line 4", "184"]),
        (
            "[[retention]]\nkinds = [\"audited\"]\nregimes = [\"health\"]\nkeep-days = 30\n",
            &["line 5", "`kinds` leaves out"],
        ),
        ("[[retention]]\nkinds = [\"audit\"]\nkeep-days = 300\n", &["line 3", "`audit` is no kind of event"]),
        ("[[retention]]\nkeepdays = 300\n", &["line 3", "keep-days"]),
        ("", &["no rule of retention"]),
    ] {
        let program = with_rules(&format!("\n{rules}"));
        let run = program.run(&["ledger", "expire"], "");
        assert_eq!(run.code, Some(3), "{rules}: {run:#?}");
        for word in words {
            assert!(run.message().contains(word), "{word}: {run:#?}");
        }
        assert!(run.message().contains("countersign.toml"), "{run:#?}");
    }
}

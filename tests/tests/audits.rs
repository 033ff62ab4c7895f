//! Sample audits: a draw that nobody can choose and anybody can repeat, what is found about it, and what that says of all.

mod independent;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use countersign::audit::{Drawing, sample_at};
use countersign::ledger::{Draft, EventKind, Ledger, RecordedEvent};
use countersign::model::Truth;
use countersign_tests::corpus::{self, NOW};
use countersign_tests::{Program, Run};
use serde_json::{Value, json};

/// A time at which the month of every test is over.
const LATER: &str = "2200-01-01T00:00:00Z";

fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{run:#?}");
    run
}

fn refused(run: &Run, said: &str) {
    assert!(run.code == Some(3) && run.message().contains(said), "{said}: {run:#?}");
}

fn ledger(program: &Program) -> Ledger {
    Ledger::open_read_only(program.home().join("ledger.db")).unwrap()
}

fn events(program: &Program) -> Vec<RecordedEvent> {
    ledger(program).events(0..u64::MAX).unwrap().map(Result::unwrap).collect()
}

/// A deployment that has recorded these suggestions, and the month that it did so in.
fn recorded(input: &str, set: Option<&str>) -> (Program, String) {
    loop {
        let program = Program::with_fresh_home();
        if let Some(set) = set {
            program.activate(&program.write("set.toml", set));
        }
        done(program.run(&["evaluate", "-", "--now", NOW], input));
        let all = events(&program);
        let decisions = all.iter().filter(|event| event.kind == EventKind::Decision);
        let months: BTreeSet<String> = decisions.map(|event| event.at[..7].to_owned()).collect();
        // Once a month, a month ends meanwhile.
        if months.len() == 1 {
            return (program, months.into_iter().next().unwrap());
        }
    }
}

/// A set that applies what an assistant is fairly confident of, and looks at e-mail addresses.
const PLAIN: &str = "name = \"plain\"\nversion = \"1.0.0\"\n\n[[validator]]\nmodule = \"email-domain@1\"\n\n\
[[policy]]\nmodule = \"confidence@1\"\nsettings = { threshold = 0.5 }\n";

fn suggestion(id: &str, vendor: &str, confidence: f64, field: &str) -> String {
    json!({
        "id": id, "received_at": "2026-05-20T09:00:00Z", "operation": "overwrite",
        "target": { "system": "hubspot", "object": "contact", "id": format!("record of {id}") },
        "changes": [{ "field": field, "prior": format!("old {id}"), "proposed": format!("new-{id}@example.com") }],
        "assistant": { "vendor": vendor, "model": "enricher", "version": "1" }, "confidence": confidence,
        "evidence": [{ "uri": "https://example.com/about", "kind": "web-page", "excerpt": format!("seen {id}") }],
        "rationale": format!("because of {id}"),
    })
    .to_string()
        + "\n"
}

/// Twelve decisions of one stratum and four of another.
fn sixteen() -> (Program, String) {
    let some = (0..12).map(|number| suggestion(&format!("a-{number}"), "acme", 0.97, "city"));
    let others = (0..4).map(|number| suggestion(&format!("b-{number}"), "other", 0.6, "email"));
    recorded(&some.chain(others).collect::<String>(), Some(PLAIN))
}

fn sample(program: &Program, month: &str, more: &[&str]) -> Run {
    let command = ["audit", "sample", "--month", month, "--now", LATER, "--format", "json"];
    program.run(&[&command[..], more].concat(), "")
}

fn drawn(program: &Program, month: &str, more: &[&str]) -> Value {
    done(sample(program, month, more)).lines().swap_remove(0)
}

/// What is done to an honest drawing.
type Forgery<'a> = &'a dyn Fn(&mut Drawing);

/// The ids of a draw, stratum by stratum.
fn ids(drawn: &Value) -> Vec<String> {
    let strata = drawn["strata"].as_array().unwrap().iter();
    strata.flat_map(|one| one["drawn"].as_array().unwrap()).map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn record(program: &Program, id: &str, finding: &str, more: &[&str]) -> Run {
    program.run(&[&["audit", "record", id, "--finding", finding][..], more].concat(), "")
}

#[test]
fn a_draw_is_what_anybody_computes_from_the_entries() {
    let (program, month) = recorded(&corpus::first(400), None);
    for (more, ppm, by, outcome) in [
        (&["--rate", "3%"][..], 30_000, &["confidence", "assistant"][..], Some("apply")),
        (&["--rate", "12.5", "--by", "set,field", "--outcome", "review"], 125_000, &["field", "set"], Some("review")),
        (&["--rate", "0.0001%", "--by", "confidence", "--outcome", "all"], 1, &["confidence"], None),
        (
            &["--rate", "100%", "--by", "assistant", "--outcome", "human-only"],
            1_000_000,
            &["assistant"],
            Some("human-only"),
        ),
    ] {
        let before = events(&program);
        let mut printed = drawn(&program, &month, more);
        let expected = independent::draw(&before, &month, ppm, by, outcome);
        let event = events(&program).pop().unwrap();
        assert_eq!((event.kind, event.seq), (EventKind::Sampled, before.len() as u64));
        let body: Value = serde_json::from_str(event.body.as_deref().unwrap()).unwrap();
        assert_eq!(body, expected, "{more:?}");
        let all: usize =
            body["strata"].as_array().unwrap().iter().map(|one| one["drawn"].as_array().unwrap().len()).sum();
        assert_eq!((&printed["event"], &printed["drawn"]), (&json!(event.seq), &json!(all)));
        for key in ["event", "drawn"] {
            printed.as_object_mut().unwrap().remove(key);
        }
        assert_eq!(printed, expected);
        assert!(body["strata"].as_array().unwrap().iter().all(|one| !one["drawn"].as_array().unwrap().is_empty()));
        let verified = done(program.run(&["audit", "verify", &event.seq.to_string()], ""));
        assert!(
            verified.stdout.contains("the same") && verified.stdout.contains("ledger verify --since"),
            "{verified:#?}"
        );
    }
    done(program.run(&["ledger", "verify"], ""));
}

fn copied(program: &Program) -> Program {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let to = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &to);
            } else {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let other = Program::without_home();
    copy(&program.home(), &other.home());
    other
}

#[test]
fn copies_draw_the_same_and_another_seed_draws_others() {
    let (program, month) = sixteen();
    let terms = ["--rate", "25%", "--by", "assistant"];
    let (copy, longer) = (copied(&program), copied(&program));
    let one = drawn(&program, &month, &terms);
    assert_eq!(one, drawn(&copy, &month, &terms));
    // One more event of the month is another seed, and with it another order of the same decisions.
    let label = longer.write("labels.jsonl", "{\"id\":\"a-0\",\"truth\":\"approve\"}\n");
    let mut draws = BTreeSet::from([one["strata"].to_string()]);
    for truth in ["reject", "approve", "reject"] {
        done(longer.run(&["truth", "import", &label, "--by", truth], ""));
        fs::write(&label, format!("{{\"id\":\"a-0\",\"truth\":\"{truth}\"}}\n")).unwrap();
        let again = copied(&longer);
        let other = drawn(&again, &month, &terms);
        assert_eq!(other["population"], one["population"]);
        assert_ne!(other["seed"], one["seed"]);
        draws.insert(other["strata"].to_string());
    }
    assert!(draws.len() > 1, "{draws:?}");
}

#[test]
fn what_is_found_about_a_sample_says_how_many_of_all_are_wrong() {
    let (program, month) = sixteen();
    let sampled = drawn(&program, &month, &["--rate", "50%"]);
    let strata = sampled["strata"].as_array().unwrap();
    let names: Vec<&Value> = strata.iter().map(|stratum| &stratum["stratum"]).collect();
    assert_eq!(names, [&json!(["0.5-0.8", "other/enricher"]), &json!(["0.95-0.99", "acme/enricher"])]);
    let ids =
        |index: usize| strata[index]["drawn"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
    let (others, acmes): (Vec<String>, Vec<String>) = (ids(0).collect(), ids(1).collect());
    assert_eq!((others.len(), acmes.len()), (2, 6));
    let found = |id: &str| match id {
        _ if id == acmes[0] || id == others[1] => "wrong",
        _ if id == acmes[1] => "unclear",
        _ => "right",
    };

    let unfinished: Value =
        serde_json::from_str(&done(program.run(&["audit", "report", "--format", "json"], "")).stdout).unwrap();
    assert_eq!((&unfinished["open"], &unfinished["estimate"]), (&json!(8), &Value::Null));
    for left in (1..=8).rev() {
        let text = done(program.run(&["audit", "next"], ""));
        let next = done(program.run(&["audit", "next", "--format", "json"], "")).lines().swap_remove(0);
        let id = next["id"].as_str().unwrap();
        assert_eq!((&next["left"], &next["erased"]), (&json!(left), &json!(false)));
        assert_eq!(next["decision"]["suggestion"]["changes"][0]["prior"], format!("old {id}"));
        for part in [
            format!(": “old {id}” → “new-{id}@example.com”"),
            format!("“seen {id}”"),
            format!("because of {id}"),
            "No policy objects.".to_owned(),
            format!("countersign audit record {id} --finding right\n"),
            format!("countersign audit record {id} --finding wrong --note \"why\"\n"),
        ] {
            assert!(text.stdout.contains(&part), "{part}: {}", text.stdout);
        }
        done(record(&program, id, found(id), &["--note", "Zebedee said so", "--by", "ana"]));
    }
    let none = program.run(&["audit", "next"], "");
    assert!(none.code == Some(1) && none.stdout.contains("All 8 decisions"), "{none:#?}");

    let out = |name: &str| program.folder().join(name).to_str().unwrap().to_owned();
    let files = ["audit.json", "audit.md", "audit.html", "audit.txt"].map(out);
    let mut command = vec!["audit", "report", "--month", &month, "--format", "json"];
    for file in &files {
        command.extend(["--report", file]);
    }
    let printed = done(program.run(&command, "")).stdout;
    assert_eq!(fs::read_to_string(&files[0]).unwrap(), printed);
    let report: Value = serde_json::from_str(&printed).unwrap();
    let schema: Value = serde_json::from_str(&done(program.run(&["schema", "audit"], "")).stdout).unwrap();
    jsonschema::validator_for(&schema).unwrap().validate(&report).unwrap();
    assert_eq!((&report["population"], &report["drawn"], &report["open"]), (&json!(16), &json!(8), &json!(0)));
    assert_eq!(report["findings"], json!({ "right": 5, "wrong": 2, "unclear": 1 }));
    let near = |value: &Value, expected: f64| {
        assert!((value.as_f64().unwrap() - expected).abs() < 5e-5, "{value} is not {expected}: {report:#}");
    };
    let interval = |of: &Value, expected: [f64; 3]| {
        ["value", "low", "high"].into_iter().zip(expected).for_each(|(key, expected)| near(&of[key], expected));
    };
    // The larger stratum comes first: 1 of 5 wrong in 12 decisions, then 1 of 2 in 4. Computed by hand.
    let rows = report["strata"].as_array().unwrap();
    assert_eq!((&rows[0]["population"], &rows[0]["findings"]["unclear"]), (&json!(12), &json!(1)));
    interval(&rows[0]["error"], [0.2, 0.036_22, 0.624_47]);
    interval(&rows[1]["error"], [0.5, 0.094_53, 0.905_47]);
    // (12 · 0.2 + 4 · 0.5) / 16, and the intervals' arms put together with the weights 3/4 and 1/4.
    let arm = |one: f64, other: f64| ((0.75 * one).powi(2) + (0.25 * other).powi(2)).sqrt();
    let (low, high) = (arm(0.2 - 0.036_22, 0.5 - 0.094_53), arm(0.624_47 - 0.2, 0.905_47 - 0.5));
    interval(&report["estimate"], [0.275, 0.275 - low, 0.275 + high]);
    assert_eq!(report["estimate"]["covered"], 16);
    // 2 of 7 for the policy, which was called for all; the validator looks at e-mail addresses alone.
    assert_eq!(report["sets"][0]["name"], "plain");
    let module = |name: &str| report["modules"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(module("confidence")["findings"], report["findings"]);
    interval(&module("confidence")["error"], [2.0 / 7.0, 0.082_22, 0.641_07]);
    assert_eq!(module("email-domain")["findings"], json!({ "right": 1, "wrong": 1, "unclear": 0 }));
    let shown = done(program.run(&["policy", "inspect", "confidence@1", "--format", "json"], ""));
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(
        (&module("confidence")["version"], &module("confidence")["digest"]),
        (&shown["version"], &shown["digest"])
    );

    let page = fs::read_to_string(&files[2]).unwrap();
    assert_eq!(page.matches("<svg class=\"intervals\"").count(), 3, "by stratum, by module and by set");
    for outside in ["http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link", "<img"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("width=device-width"));
    for (file, part) in
        [(1, "| `0.95-0.99 · acme/enricher` | 20.0 % | 3.6–62.4 % | 4 | 1 | 1 | 6 | 12 |"), (3, "27.5 %")]
    {
        let text = fs::read_to_string(&files[file]).unwrap();
        assert!(text.contains(part), "{part}: {text}");
    }
    // Notes are sealed; replays know what was found.
    assert!(events(&program).iter().all(|event| !event.entry.contains("Zebedee")));
    let audited = events(&program).into_iter().rev().find(|event| event.kind == EventKind::Audited).unwrap();
    assert!(audited.actor == "ana" && audited.body.unwrap().contains("Zebedee said so"));
    let truth = |id: &str| ledger(&program).truth(id).unwrap().map(Truth::as_str);
    assert_eq!([truth(&acmes[0]), truth(&acmes[1]), truth(&acmes[2])], [Some("reject"), None, Some("approve")]);
    done(program.run(&["audit", "verify"], ""));
    done(program.run(&["ledger", "verify"], ""));
}

#[test]
fn what_would_spoil_an_audit_is_refused() {
    let (program, month) = sixteen();
    let draw =
        |month: &str, more: &[&str]| program.run(&[&["audit", "sample", "--month", month][..], more].concat(), "");
    for command in [&["audit", "next"][..], &["audit", "report"], &["audit", "verify"]] {
        refused(&program.run(command, ""), "no sample was drawn yet");
    }
    refused(&record(&program, "a-0", "right", &[]), "no sample was drawn yet");
    refused(&draw(&month, &["--rate", "10%"]), "is not over");
    refused(&draw("2001-02", &["--rate", "10%"]), "no decision with the outcome apply was recorded in 2001-02");
    refused(&draw(&month, &["--rate", "10%", "--now", LATER, "--outcome", "reject"]), "but 16 with others were");
    for rate in ["0%", "100.0001%", "-1%"] {
        refused(&draw(&month, &["--now", LATER, &format!("--rate={rate}")]), "above 0 % and up to 100 %");
    }
    let usage: [(&str, &[&str]); 6] = [
        ("2026-13", &["--rate", "1%"]),
        ("October", &["--rate", "1%"]),
        (&month, &["--rate", "much"]),
        (&month, &["--rate", "1%", "--by", "weather"]),
        (&month, &["--rate", "1%", "--outcome", "applied"]),
        (&month, &[]),
    ];
    for (month, more) in usage {
        assert_eq!(draw(month, more).code, Some(2), "{month} {more:?}");
    }
    assert_eq!(record(&program, "a-0", "good", &[]).code, Some(2));

    let first = drawn(&program, &month, &["--rate", "10%", "--by", "assistant,confidence"]);
    let (also, first) = (ids(&first), first["event"].to_string());
    let same = sample(&program, &month, &["--rate", "10.0", "--by", "confidence,assistant"]);
    refused(&same, &format!("event {first} is this sample of {month} already"));
    let second = drawn(&program, &month, &["--rate", "25%"]);
    let seq = second["event"].to_string();
    refused(&program.run(&["audit", "report", "--month", &month], ""), &format!("--sample {first} or --sample {seq}"));
    refused(&program.run(&["audit", "report", "--month", "2001-02"], ""), "no sample of 2001-02");
    refused(
        &program.run(&["audit", "report", "--report", "audit.xml"], ""),
        "a report ends in .json, .md, .html or .txt",
    );
    refused(&program.run(&["audit", "report", "--report", "nowhere/audit.md"], ""), "there is no folder");
    refused(&program.run(&["audit", "next", "--sample", "0"], ""), "event 0 is no sample");
    refused(&program.run(&["audit", "verify", "999"], ""), "event 999 is no sample");

    let in_it = ids(&second);
    let outside =
        (0..12).map(|number| format!("a-{number}")).find(|id| !in_it.contains(id) && !also.contains(id)).unwrap();
    refused(&record(&program, &outside, "right", &[]), "was not drawn in any sample");
    refused(
        &record(&program, &outside, "right", &["--sample", &seq]),
        &format!("not drawn in the sample of event {seq}"),
    );
    refused(&record(&program, "nobody", "right", &[]), "`nobody` was not drawn");
    done(record(&program, &in_it[0], "right", &[]));
    refused(&record(&program, &in_it[0], "wrong", &[]), "found right: to replace that, record it with --again");
    done(record(&program, &in_it[0], "wrong", &["--again"]));
    let report = done(program.run(&["audit", "report", "--format", "json"], "")).stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["findings"], json!({ "right": 0, "wrong": 1, "unclear": 0 }), "the last counts");
    // The other sample has findings of its own.
    let other = done(program.run(&["audit", "report", "--sample", &first, "--format", "json"], "")).stdout;
    assert_eq!(serde_json::from_str::<Value>(&other).unwrap()["findings"]["wrong"], 0);
}

#[test]
fn a_decision_whose_values_were_erased_can_only_be_unclear() {
    let (program, month) = sixteen();
    let sampled = drawn(&program, &month, &["--rate", "10%", "--by", "set"]);
    let id = sampled["strata"][0]["drawn"][0].as_str().unwrap();
    let shown = done(program.run(&["ledger", "show", id, "--format", "json"], "")).lines().swap_remove(0);
    let part = |name: &str| shown["suggestion"]["target"][name].as_str().unwrap();
    let subject = format!("{}/{}/{}", part("system"), part("object"), part("id"));
    done(program.run(&["ledger", "erase", "--subject", &subject, "--reason", "request 1"], ""));
    let next = done(program.run(&["audit", "next"], ""));
    assert!(next.stdout.contains("its values were erased") && next.stdout.contains("overwrite "), "{next:#?}");
    assert!(next.stdout.contains("--finding unclear") && !next.stdout.contains("--finding right"), "{next:#?}");
    let json = done(program.run(&["audit", "next", "--format", "json"], "")).lines().swap_remove(0);
    assert_eq!((&json["id"], &json["erased"], &json["decision"]), (&json!(id), &json!(true), &Value::Null));
    refused(&record(&program, id, "right", &[]), "record it with --finding unclear");
    refused(&record(&program, id, "unclear", &["--note", "Ann said so."]), "without a note");
    done(record(&program, id, "unclear", &[]));
    // The draw needs no values, and neither does the report.
    done(program.run(&["audit", "verify"], ""));
    let report = done(program.run(&["audit", "report", "--format", "json"], "")).stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["findings"]["unclear"], &report["modules"][0]["findings"]["unclear"]), (&json!(1), &json!(1)));
    assert_eq!(report["estimate"], Value::Null);
}

#[test]
fn a_sample_that_was_chosen_or_drawn_too_early_is_found_out() {
    let (program, month) = sixteen();
    let undrawn = copied(&program);
    let seq = drawn(&program, &month, &["--rate", "25%", "--by", "set"])["event"].as_u64().unwrap();
    let honest = sample_at(&ledger(&program), seq).unwrap().drawing;
    let outside =
        (0..12).map(|number| format!("a-{number}")).find(|id| !honest.ids().any(|drawn| drawn == id)).unwrap();
    let swapped = |drawing: &mut Drawing| drawing.strata[0].drawn[0].clone_from(&outside);
    let fewer = |drawing: &mut Drawing| drop(drawing.strata[0].drawn.pop());
    let seeded = |drawing: &mut Drawing| drawing.seed.size -= 1;
    let smaller = |drawing: &mut Drawing| drawing.population -= 1;
    let forgeries: [(Forgery<'_>, &str); 4] = [
        (&swapped, "what was drawn of the stratum plain@1.0.0: "),
        (&fewer, "what was drawn of the stratum"),
        (&seeded, "events that the seed covers"),
        (&smaller, "decisions to draw from: 15 on record, 16 drawn again"),
    ];
    for (forge, said) in forgeries {
        let mut drawing = honest.clone();
        forge(&mut drawing);
        let draft = Draft {
            kind: EventKind::Sampled,
            at: LATER.to_owned(),
            actor: "mallory".to_owned(),
            body: serde_json::to_string(&drawing).unwrap(),
            openings: None,
            index: None,
            objects: Vec::new(),
        };
        let other = copied(&undrawn);
        let mut open = Ledger::open(other.home().join("ledger.db")).unwrap();
        let forged = open.append(&[draft.prepare().unwrap()]).unwrap()[0].seq;
        drop(open);
        let run = other.run(&["audit", "verify", &forged.to_string()], "");
        assert!(run.code == Some(4) && run.stdout.contains(said), "{said}: {run:#?}");
    }
    done(program.run(&["audit", "verify", &seq.to_string()], ""));
    // Decisions of the month that come after a draw could not be drawn.
    done(program.run(&["evaluate", "-", "--now", NOW], suggestion("late", "acme", 0.97, "city")));
    let run = program.run(&["audit", "verify", &seq.to_string()], "");
    assert!(run.code == Some(4) && run.stdout.contains("drawn too early: 1 decision"), "{run:#?}");
    let json = program.run(&["audit", "verify", &seq.to_string(), "--format", "json"], "").lines().swap_remove(0);
    assert_eq!((&json["check"]["holds"], &json["check"]["late"]), (&json!(false), &json!(1)));
    // So the same terms may be drawn again.
    let again = drawn(&program, &month, &["--rate", "25%", "--by", "set"]);
    assert_eq!(again["population"], 17);
    done(program.run(&["audit", "verify"], ""));
}

//! `evaluate`: every suggestion gets one decision, on record, the same for any number of threads, in the order of
//! the input; and an id stands for one suggestion for ever.

use std::collections::BTreeSet;

use countersign_tests::corpus::{self, NOW};
use countersign_tests::snapshot::assert_snapshot;
use countersign_tests::{Program, Run};
use serde_json::{Value, json};

const EVALUATE: [&str; 6] = ["evaluate", "-", "--format", "json", "--now", NOW];

fn evaluate(program: &Program, more: &[&str], input: &str) -> Run {
    program.run(&[&EVALUATE[..], more].concat(), input)
}

fn decisions(program: &Program, more: &[&str], input: &str) -> Vec<Value> {
    let run = evaluate(program, more, input);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.lines()
}

/// How many events are on record; all of them are verified on the way.
fn events(program: &Program) -> u64 {
    let run = program.run(&["ledger", "verify", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.lines()[0]["events"].as_u64().unwrap()
}

/// A decision without its place in the ledger, whose leaf hides chance.
fn without_place(mut decision: Value) -> Value {
    decision["ledger"] = Value::Null;
    decision
}

/// A line of the corpus with another value, so that the id stands for something else.
fn with_other_content(line: &str) -> String {
    let mut suggestion: Value = serde_json::from_str(line).unwrap();
    suggestion["rationale"] = "Something else.".into();
    suggestion.to_string()
}

/// A line that changes a person's title.
fn title(id: &str, person: &str, prior: &str, proposed: &str) -> String {
    let suggestion = json!({
        "id": id, "received_at": "2026-01-05T08:00:00Z",
        "target": { "system": "hubspot", "object": "contact", "id": person },
        "operation": "overwrite",
        "changes": [{ "field": "jobtitle", "prior": prior, "proposed": proposed }],
        "assistant": { "vendor": "acme", "model": "enricher", "version": "2.1" },
        "confidence": 0.99,
    });
    format!("{suggestion}\n")
}

fn id_of(line: &str) -> String {
    let suggestion: Value = serde_json::from_str(line).unwrap();
    suggestion["id"].as_str().unwrap().to_owned()
}

#[test]
fn the_whole_corpus_is_decided_recorded_and_reproduced() {
    let program = Program::with_fresh_home();
    let before = events(&program);
    let input = corpus::first(usize::MAX);
    let decisions = decisions(&program, &[], &input);
    assert_eq!(decisions.len(), corpus::SUGGESTIONS);
    let ids: BTreeSet<_> = decisions.iter().map(|decision| decision["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), corpus::SUGGESTIONS);
    for (decision, line) in decisions.iter().zip(corpus::suggestions()) {
        assert_eq!(decision["id"], id_of(&line), "decisions come in the order of the input");
        assert!(decision["modules"].as_array().unwrap().iter().all(|run| run["fault"].is_null()), "{decision:#}");
    }
    for (decision, seq) in decisions.iter().zip(before..) {
        assert_eq!(decision["ledger"]["seq"], seq, "events are in the order of the input");
    }
    assert_eq!(events(&program), before + decisions.len() as u64);
    assert_eq!(corpus::labels().count(), corpus::SUGGESTIONS);

    let reproduced = program.run(&["reproduce", "--all", "--format", "json"], "");
    assert_eq!(reproduced.code, Some(0), "{}", reproduced.stderr);
    let expected = json!({ "equal": corpus::SUGGESTIONS, "differing": 0, "not_possible": 0 });
    assert_eq!(reproduced.lines(), [expected]);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    // Titles of the same people there and back, so that many decisions depend on others of the same group.
    let input: String = (0..1_500)
        .map(|at| {
            let (prior, proposed) = if at / 40 % 2 == 0 { ("Buyer", "Lead") } else { ("Lead", "Buyer") };
            title(&format!("s-{at}"), &format!("{}", at % 40), prior, proposed)
        })
        .collect();
    let [one, two] = ["1", "2"].map(|jobs| {
        let program = Program::with_fresh_home();
        decisions(&program, &["--jobs", jobs], &input).into_iter().map(without_place).collect::<Vec<_>>()
    });
    assert_eq!(one.len(), 1_500);
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(one, two);
    }
    let codes: BTreeSet<_> = one
        .iter()
        .flat_map(|decision| decision["findings"].as_array().unwrap())
        .map(|finding| finding["code"].to_string())
        .collect();
    assert!(codes.iter().any(|code| code.contains("sudden-change.")), "history was looked at: {codes:?}");
}

#[test]
fn where_a_file_is_cut_changes_nothing() {
    let lines: Vec<String> = corpus::suggestions()
        .take(600)
        .zip(0..)
        .map(|(line, at)| {
            let mut suggestion: Value = serde_json::from_str(&line).unwrap();
            suggestion["target"]["id"] = format!("rec-{}", at % 150).into();
            format!("{suggestion}\n")
        })
        .collect();
    let whole = Program::with_fresh_home();
    let whole: Vec<Value> = decisions(&whole, &[], &lines.concat()).into_iter().map(without_place).collect();
    let parts = Program::with_fresh_home();
    let parts: Vec<Value> =
        lines.chunks(170).flat_map(|part| decisions(&parts, &[], &part.concat())).map(without_place).collect();
    assert!(whole == parts);
}

#[test]
fn a_suggestion_that_is_on_record_gets_its_recorded_decision() {
    let program = Program::with_fresh_home();
    let input = corpus::first(300);
    let first = decisions(&program, &[], &input);
    assert!(first.iter().all(|decision| decision.get("repeated").is_none()));
    let recorded = events(&program);
    // Judged later, it would come out otherwise: evidence ages.
    let again = program.run(&["evaluate", "-", "--format", "json", "--now", "2036-01-01T00:00:00Z"], &input);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    for (mut again, first) in again.lines().into_iter().zip(&first) {
        assert_eq!(again["repeated"], true);
        again.as_object_mut().unwrap().remove("repeated");
        assert_eq!(again, *first, "the decision, its time and its place in the ledger are those on record");
    }
    assert_eq!(events(&program), recorded);
}

#[test]
fn a_suggestion_that_stands_twice_in_a_file_is_decided_once() {
    let program = Program::with_fresh_home();
    let lines: Vec<String> = corpus::suggestions().take(600).collect();
    // At once, in the same group of 256, in the next group, and after a long while.
    let order = [&lines[..1], &lines[..2], &lines[1..300], &lines[..2], &lines[300..], &lines[..1]].concat();
    let before = events(&program);
    let decisions = decisions(&program, &[], &(order.join("\n") + "\n"));
    assert_eq!(decisions.len(), order.len());
    let mut places = std::collections::BTreeMap::new();
    for (decision, line) in decisions.iter().zip(&order) {
        let id = id_of(line);
        assert_eq!(decision["id"], id);
        let first = places.entry(id).or_insert_with(|| decision["ledger"].clone());
        assert_eq!(decision["ledger"], *first, "one suggestion, one event");
    }
    let repeated = decisions.iter().filter(|decision| decision["repeated"] == true).count();
    assert_eq!(repeated, order.len() - lines.len());
    assert_eq!(events(&program), before + lines.len() as u64);
}

#[test]
fn an_id_on_record_with_other_content_is_refused() {
    let program = Program::with_fresh_home();
    let lines: Vec<String> = corpus::suggestions().take(3).collect();
    let first = decisions(&program, &[], &lines[0]);
    let recorded = events(&program);
    let input = [&lines[1], &with_other_content(&lines[0]), &lines[2]].map(String::as_str).join("\n");
    let refused = evaluate(&program, &[], &input);
    assert_eq!(refused.code, Some(3));
    assert_eq!(refused.stdout, "");
    let seq = &first[0]["ledger"]["seq"];
    for part in ["line 2".to_owned(), format!("`{}`", id_of(&lines[0])), format!("event {seq}")] {
        assert!(refused.message().contains(&part), "{part}: {refused:#?}");
    }
    assert_eq!(events(&program), recorded, "the file is refused whole");

    let others = evaluate(&program, &["--keep-going"], &input);
    assert_eq!(others.code, Some(3));
    let ids: Vec<_> = others.lines().iter().map(|decision| decision["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, [id_of(&lines[1]), id_of(&lines[2])]);
    assert!(others.message().contains("line 2"), "{others:#?}");
    assert_eq!(events(&program), recorded + 2);
}

#[test]
fn an_id_with_other_content_within_a_file_is_refused() {
    let lines: Vec<String> = corpus::suggestions().take(600).collect();
    // In the next line, in the same group of 256, in the next group, and after it.
    for (first, second) in [(0, 1), (10, 100), (200, 300), (0, 599)] {
        let program = Program::with_fresh_home();
        let before = events(&program);
        let mut lines = lines.clone();
        lines[second] = with_other_content(&lines[first]);
        let input = lines.join("\n");
        let refused = evaluate(&program, &[], &input);
        assert_eq!(refused.code, Some(3));
        assert_eq!(refused.stdout, "");
        for part in [
            format!("line {}, key `id`", second + 1),
            format!("`{}`", id_of(&lines[first])),
            format!("line {}", first + 1),
        ] {
            assert!(refused.message().contains(&part), "{part}: {refused:#?}");
        }
        assert_eq!(events(&program), before, "the file is refused whole");

        let others = evaluate(&program, &["--keep-going"], &input);
        assert_eq!(others.code, Some(3));
        assert_eq!(others.lines().len(), 599);
        assert!(others.message().contains(&format!("line {}, key `id`", second + 1)), "{others:#?}");
        assert_eq!(events(&program), before + 599);
    }
}

#[test]
fn a_dry_run_decides_the_same_and_records_nothing() {
    let program = Program::with_fresh_home();
    // Each about another record, so that none depends on another.
    let mut seen = BTreeSet::new();
    let input: String = corpus::suggestions()
        .take(1_000)
        .filter(|line| seen.insert(serde_json::from_str::<Value>(line).unwrap()["target"].to_string()))
        .map(|line| line + "\n")
        .collect();
    let before = events(&program);
    let dry = decisions(&program, &["--dry-run"], &input);
    assert_eq!(events(&program), before);
    assert!(dry.iter().all(|decision| decision["ledger"].is_null()));
    let recorded: Vec<Value> = decisions(&program, &["--record"], &input).into_iter().map(without_place).collect();
    assert!(dry.len() > 256);
    for (dry, recorded) in dry.iter().zip(&recorded) {
        assert_eq!(dry, recorded);
    }
    assert_eq!(dry.len(), recorded.len());
}

#[test]
fn a_dry_run_needs_no_ledger() {
    let program = Program::with_fresh_home();
    std::fs::remove_file(program.home().join("ledger.db")).unwrap();
    let run = evaluate(&program, &["--dry-run"], &corpus::first(3));
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(run.lines().len(), 3);
    assert!(!program.home().join("ledger.db").exists());
    let recorded = evaluate(&program, &[], &corpus::first(3));
    assert_eq!(recorded.code, Some(3), "{recorded:#?}");
    assert!(recorded.message().contains("there is no ledger"), "{recorded:#?}");
}

#[test]
fn a_file_and_standard_input_give_the_same() {
    let input = corpus::first(20);
    let program = Program::with_fresh_home();
    let file = program.write("suggestions.jsonl", &input);
    let of_file = program.run(&["evaluate", &file, "--dry-run", "--format", "json", "--now", NOW], "");
    assert_eq!(of_file.code, Some(0), "{of_file:#?}");
    let of_input = evaluate(&program, &["--dry-run"], &input);
    assert_eq!(of_file.lines().len(), 20);
    assert_eq!(of_file.stdout, of_input.stdout);
}

#[test]
fn layout_is_no_content() {
    let program = Program::with_fresh_home();
    let line = corpus::suggestions().next().unwrap();
    let first = decisions(&program, &[], &line);
    // Other blanks, keys in another order, blank lines, line breaks of Windows.
    let suggestion: serde_json::Map<String, Value> = serde_json::from_str(&line).unwrap();
    let parts: Vec<String> = suggestion.iter().rev().map(|(key, value)| format!("\"{key}\":  {value}")).collect();
    let again = decisions(&program, &[], &format!("\r\n\n  \n{{ {} }}\r\n\r\n", parts.join(" , ")));
    assert_eq!(again.len(), 1);
    assert_eq!(again[0]["repeated"], true);
    assert_eq!(again[0]["ledger"], first[0]["ledger"]);
}

#[test]
fn what_one_suggestion_leaves_is_history_for_the_next() {
    let program = Program::with_fresh_home();
    let there = title("there", "101", "Buyer", "Lead");
    let back = title("back", "101", "Lead", "Buyer");
    let codes = |decision: &Value| decision["findings"].to_string();
    let alone = decisions(&program, &["--dry-run"], &back);
    assert!(!codes(&alone[0]).contains("sudden-change."), "{:#}", alone[0]);
    let both = decisions(&program, &[], &(there + &back));
    assert!(codes(&both[1]).contains("sudden-change."), "{:#}", both[1]);
}

#[test]
fn a_decision_has_the_documented_form() {
    let program = Program::with_fresh_home();
    let mut decision = decisions(&program, &[], include_str!("suggestions/reviewed.json")).swap_remove(0);
    // What changes whenever a module is built anew, or hides chance.
    for path in ["/set/digest", "/ledger/leaf"] {
        mask_digest(decision.pointer_mut(path).unwrap());
    }
    for run in decision["modules"].as_array_mut().unwrap() {
        mask_digest(&mut run["digest"]);
        mask_digest(&mut run["settings"]);
        if run["fuel"].is_u64() {
            run["fuel"] = 0.into();
        }
    }
    assert_snapshot("snapshots/decision.json", &format!("{decision:#}\n"));
}

fn mask_digest(digest: &mut Value) {
    let hex = digest.as_str().unwrap().strip_prefix("sha256:").unwrap();
    assert!(hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hex}");
    *digest = "sha256:…".into();
}

/// The limits that the default set gives its modules carry the longest texts that they say they read.
#[test]
fn long_texts_are_judged_and_no_fault() {
    let program = Program::with_fresh_home();
    let prose = "The caller asked about the renewal and we agreed to talk again in spring. ".repeat(820);
    let numbers = "4111 1111 1111 1112 756.1234.5678.97 DE89 3704 ".repeat(5_000);
    let suggestion = |id: &str, operation: &str, field: &str, text: &str, rationale: &str| {
        let mut suggestion: Value = serde_json::from_str(&corpus::suggestions().next().unwrap()).unwrap();
        suggestion["id"] = id.into();
        suggestion["target"] = json!({ "system": "hubspot", "object": "call", "id": id });
        suggestion["operation"] = operation.into();
        suggestion["changes"] = json!([{ "field": field, "prior": null, "proposed": text }]);
        suggestion["rationale"] = rationale.into();
        suggestion["context"]["fields"] = json!({ field: { "value": null } });
        suggestion.to_string() + "\n"
    };
    let input = suggestion("summary", "summarize", "hs_call_body", &prose, "A call.")
        + &suggestion("numbers", "enrich", "hs_call_title", &numbers, &numbers[..1_000]);
    let run = program.run(&EVALUATE, input);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for decision in run.lines() {
        for module in decision["modules"].as_array().unwrap() {
            assert!(module["fault"].is_null(), "{}: {module}", decision["id"]);
        }
    }
}

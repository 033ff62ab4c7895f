//! Every code, what does not count, and refused settings. The time of a case is 2026-11-20T09:00Z.

use countersign_guest::testing::{Case, codes};

use super::*;

fn findings(settings: &str, case: &Case) -> Vec<Finding> {
    testing::validate::<SuddenChange>(settings, case).unwrap()
}

fn title() -> Case {
    Case::overwrite("jobtitle", "Buyer", "Head of Purchasing").tags(&["title"])
}

fn fate(case: Case, fate: &str) -> Case {
    case.with_facts(|f| f.history.last_mut().unwrap().fate = fate.into())
}

#[test]
fn nothing_is_said_without_a_history() {
    assert!(findings("{}", &title()).is_empty());
    assert!(findings("{}", &Case::new(Operation::Merge)).is_empty());
}

#[test]
fn a_second_change_within_the_window() {
    let case = title().past("jobtitle", "2026-11-17T09:00:00Z", "Trainee", "Buyer");
    for state in ["apply", "review", "human-only", "corrected"] {
        let found = findings("{}", &fate(case.clone(), state));
        assert_eq!(codes(&found), ["sudden-change.again"], "{state}");
        assert_eq!((found[0].severity, found[0].field.as_deref()), (Severity::Medium, Some("jobtitle")));
        assert!(found[0].message.contains("3 days ago"), "{}", found[0].message);
    }
    assert!(findings(r#"{"window-days": 2}"#, &case).is_empty());
    assert!(findings(r##"{"fields": ["#owner"]}"##, &case).is_empty());
    assert_eq!(codes(&findings(r#"{"fields": ["jobtitle"]}"#, &case)), ["sudden-change.again"]);
    assert!(findings("{}", &fate(case, "reject")).is_empty());
}

#[test]
fn the_window_includes_its_last_second() {
    let at = |at| title().past("jobtitle", at, "Trainee", "Buyer");
    assert_eq!(findings("{}", &at("2026-10-21T09:00:00Z")).len(), 1);
    assert_eq!(findings("{}", &at("2026-10-21T08:59:59Z")).len(), 0);
}

#[test]
fn a_bank_account_that_changes_again_is_more_serious() {
    let case = Case::overwrite("account", "1", "2").tags(&["bank"]).past("account", "2026-11-20T08:30:00Z", "0", "1");
    assert_eq!(findings("{}", &case)[0].severity, Severity::High);
    let milder = r#"{"severities": {"again-bank": "low"}}"#;
    assert_eq!(findings(milder, &case)[0].severity, Severity::Low);
}

#[test]
fn a_value_that_comes_back_is_a_flip_flop() {
    let case = title().past("jobtitle", "2026-11-10T09:00:00Z", "head of purchasing ", "Buyer");
    let found = findings("{}", &case);
    assert_eq!(codes(&found), ["sudden-change.again", "sudden-change.flip-flop"]);
    assert_eq!(found[1].severity, Severity::High);
    assert!(found.iter().all(|finding| !finding.message.contains("Purchasing")));
}

#[test]
fn a_field_filled_and_emptied_again_is_a_flip_flop() {
    let case = Case::clear("phone", "+41 44 668 18 00").tags(&["phone"]).past(
        "phone",
        "2026-11-19T09:00:00Z",
        Value::Null,
        "1",
    );
    assert_eq!(codes(&findings("{}", &case)), ["sudden-change.again", "sudden-change.flip-flop"]);
}

#[test]
fn what_the_record_holds_already_is_no_change() {
    let case = Case::overwrite("jobtitle", "Buyer", "buyer").tags(&["title"]).past(
        "jobtitle",
        "2026-11-10T09:00:00Z",
        "Buyer",
        "Head",
    );
    assert!(findings("{}", &case).is_empty());
}

#[test]
fn a_size_that_jumps_is_measured_from_what_the_record_holds() {
    let number = |text: &str| Value::Number(text.into());
    let case = |to: &str| Case::overwrite("employees", number("120"), number(to)).tags(&["company-size"]);
    assert_eq!(codes(&findings("{}", &case("1200"))), ["sudden-change.size-jump"]);
    assert_eq!(codes(&findings("{}", &case("12"))), ["sudden-change.size-jump"]);
    assert!(findings("{}", &case("1199")).is_empty());
    assert_eq!(codes(&findings(r#"{"size-factor": 2}"#, &case("240"))), ["sudden-change.size-jump"]);
    // The assistant's word for the old value does not count where the record's own is known.
    let lied = case("1200").with(|s| s.changes[0].prior = number("1000"));
    assert_eq!(codes(&findings("{}", &lied)), ["sudden-change.size-jump"]);
    let untold = case("1200").fact(|fact| fact.value = Value::Withheld);
    assert_eq!(codes(&findings("{}", &untold)), ["sudden-change.size-jump"]);
}

#[test]
fn many_fields_by_one_assistant_are_a_burst() {
    let at = "2026-11-20T07:00:00Z";
    let mut case = Case::overwrite("city", "Bern", "Basel");
    for field in ["industry", "website", "street", "street"] {
        case = case.past(field, at, "a", "b");
    }
    assert!(findings("{}", &case).is_empty(), "four fields");
    let five = case.clone().past("state", at, "a", "b");
    let found = findings("{}", &five);
    assert_eq!(codes(&found), ["sudden-change.burst"]);
    assert_eq!((found[0].severity, &found[0].field), (Severity::Medium, &None));
    assert!(findings("{}", &fate(five.clone(), "reject")).is_empty());
    assert!(findings(r#"{"burst-hours": 1}"#, &five).is_empty());
    assert_eq!(testing::validate::<SuddenChange>(r#"{"burst-fields": 0}"#, &five), Err(testing::NotCalled::OutOfScope));
    let other = five.with(|s| s.assistant.model = "other".into());
    assert!(findings("{}", &other).is_empty());
}

#[test]
fn what_was_rejected_before_is_remembered() {
    let case = fate(title().past("jobtitle", "2026-11-18T09:00:00Z", "Buyer", "Head of Purchasing"), "reject");
    let found = findings("{}", &case);
    assert_eq!(codes(&found), ["sudden-change.rejected-before"]);
    assert_eq!(found[0].severity, Severity::Medium);
    let another = fate(title().past("jobtitle", "2026-11-18T09:00:00Z", "Buyer", "Trainee"), "reject");
    assert!(findings("{}", &another).is_empty());
}

#[test]
fn more_findings_than_the_host_takes_are_cut_from_the_mildest() {
    let mut case = Case::new(Operation::Overwrite);
    for n in 0..70 {
        let field = format!("title-{n}");
        case = case.change(&field, "a", "b").tags(&["title"]).past(&field, "2026-11-18T09:00:00Z", "c", "a");
    }
    case = case.change("account", "1", "2").tags(&["bank"]).past("account", "2026-11-18T09:00:00Z", "0", "1");
    let found = findings("{}", &case);
    assert_eq!(found.len(), 64);
    assert_eq!(found[0].field.as_deref(), Some("account"));
}

#[test]
fn deletions_are_none_of_its_business() {
    let refused = testing::validate::<SuddenChange>("{}", &Case::new(Operation::Delete));
    assert_eq!(refused, Err(testing::NotCalled::OutOfScope));
}

#[test]
fn bad_settings_are_refused_with_the_key() {
    for (settings, key) in [
        (r#"{"window-days": 0}"#, "window-days"),
        (r#"{"window-days": 3651}"#, "window-days"),
        (r#"{"size-factor": 1}"#, "size-factor"),
        (r#"{"burst-fields": 1}"#, "burst-fields"),
        (r#"{"burst-hours": 0}"#, "burst-hours"),
        (r##"{"fields": ["#"]}"##, "fields"),
        (r#"{"size-fields": [" "]}"#, "size-fields"),
        (r#"{"severities": {"again": "dire"}}"#, "dire"),
        (r#"{"window": 3}"#, "window"),
    ] {
        let refused = testing::validate::<SuddenChange>(settings, &title()).unwrap_err().to_string();
        assert!(refused.contains(key), "{settings}: {refused}");
    }
}

use countersign_guest::testing::Case;

use super::*;

fn decide(settings: &str, case: &Case) -> Verdict {
    testing::decide::<RiskClass>(settings, case).unwrap()
}

fn codes(verdict: &Verdict) -> Vec<&str> {
    verdict.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

fn field(operation: Operation, sensitivity: Sensitivity) -> Case {
    Case::new(operation).change("industry", "Retail", "Software").sensitivity(sensitivity)
}

#[test]
fn the_default_matrix() {
    use Operation::{Act, Append, Clear, Delete, Enrich, Merge, Overwrite, Summarize};
    use Outcome::{Apply, HumanOnly, Review};
    let by_sensitivity = [Apply, Review, HumanOnly];
    let never_alone = [Review, Review, HumanOnly];
    let rows = [
        (Append, by_sensitivity),
        (Enrich, by_sensitivity),
        (Overwrite, by_sensitivity),
        (Summarize, by_sensitivity),
        (Clear, never_alone),
        (Act, never_alone),
        (Merge, never_alone),
        (Delete, [HumanOnly; 3]),
    ];
    for (operation, outcomes) in rows {
        let levels = [Sensitivity::Low, Sensitivity::Medium, Sensitivity::High];
        for (level, outcome) in levels.into_iter().zip(outcomes) {
            assert_eq!(decide("{}", &field(operation, level)).outcome, outcome, "{operation:?} {level:?}");
        }
    }
}

#[test]
fn every_class_has_its_code() {
    assert!(decide("{}", &field(Operation::Enrich, Sensitivity::Low)).reasons.is_empty());
    assert_eq!(codes(&decide("{}", &field(Operation::Clear, Sensitivity::Low))), ["risk-class.operation"]);
    assert_eq!(codes(&decide("{}", &field(Operation::Clear, Sensitivity::Medium))), ["risk-class.medium"]);
    let high = decide("{}", &field(Operation::Clear, Sensitivity::High).tags(&["email"]));
    assert_eq!(codes(&high), ["risk-class.high"]);
    assert_eq!(high.reasons[0].field.as_deref(), Some("industry"));
}

#[test]
fn an_unknown_field_counts_as_high() {
    let case = Case::enrich("industry", "Software");
    for case in [case.clone().sensitivity(Sensitivity::High), case.with_facts(|facts| facts.fields.clear())] {
        let verdict = decide("{}", &case);
        assert_eq!(codes(&verdict), ["risk-class.unknown-field"]);
        assert_eq!(verdict.outcome, Outcome::HumanOnly);
    }
}

#[test]
fn what_cannot_be_undone_needs_two_people() {
    let verdict = decide("{}", &Case::new(Operation::Merge));
    assert_eq!(codes(&verdict), ["risk-class.irreversible", "risk-class.medium"]);
    assert_eq!(verdict.review.unwrap().approvals, 2);

    let apply = r#"{"low": "apply", "medium": "apply", "high": "apply"}"#;
    for settings in [
        format!(r#"{{"matrix": {{"delete": {apply}}}, "irreversible": []}}"#),
        format!(r#"{{"matrix": {{"delete": {apply}}}}}"#),
    ] {
        let verdict = decide(&settings, &Case::new(Operation::Delete));
        assert_eq!((verdict.outcome, codes(&verdict)), (Outcome::Review, vec!["risk-class.irreversible"]));
        assert_eq!(verdict.review.unwrap().approvals, 2);
    }

    let verdict = decide(r#"{"irreversible": ["act"]}"#, &Case::new(Operation::Act));
    assert_eq!(verdict.review.unwrap().approvals, 2);
    assert_eq!(decide("{}", &Case::new(Operation::Act)).review.unwrap().approvals, 1);
}

#[test]
fn naming_a_harmless_field_does_not_make_a_deletion_harmless() {
    let verdict = decide("{}", &field(Operation::Delete, Sensitivity::Low));
    assert_eq!(codes(&verdict), ["risk-class.irreversible", "risk-class.high", "risk-class.operation"]);
    assert_eq!(verdict.outcome, Outcome::HumanOnly);
}

#[test]
fn suggestions_without_fields_are_classed_by_operation() {
    for (operation, outcome) in [
        (Operation::Act, Outcome::Review),
        (Operation::Summarize, Outcome::Review),
        (Operation::Delete, Outcome::HumanOnly),
        (Operation::Overwrite, Outcome::HumanOnly),
    ] {
        assert_eq!(decide("{}", &Case::new(operation)).outcome, outcome, "{operation:?}");
    }
    let lenient = decide(r#"{"no-field": {"summarize": "low"}}"#, &Case::new(Operation::Summarize));
    assert_eq!(lenient.outcome, Outcome::Apply);
}

#[test]
fn a_tag_asks_for_more() {
    let case = Case::enrich("iban", "CH93").tags(&["bank", "payment"]);
    let verdict = decide("{}", &case);
    assert_eq!((verdict.outcome, codes(&verdict)), (Outcome::HumanOnly, vec!["risk-class.tag"]));
    // A tag that is added keeps the others; one can be switched off by name.
    assert_eq!(decide(r#"{"tags": {"bank": "reject"}}"#, &case).reasons.len(), 2);
    assert_eq!(decide(r#"{"tags": {"bank": "reject"}}"#, &case).review, None);
    assert_eq!(decide(r#"{"tags": {"payment": "apply"}}"#, &case).outcome, Outcome::Apply);
}

#[test]
fn the_needs_of_a_review_are_joined() {
    let medium = decide("{}", &field(Operation::Enrich, Sensitivity::Medium));
    assert_eq!(medium.review, Some(ReviewNeeds { role: None, approvals: 1, priority: 4, within_hours: Some(48) }));
    let both =
        field(Operation::Enrich, Sensitivity::High).change("city", "Bern", "Basel").sensitivity(Sensitivity::Medium);
    assert_eq!(
        decide("{}", &both).review,
        Some(ReviewNeeds { role: Some("senior-reviewer".into()), approvals: 1, priority: 6, within_hours: Some(24) })
    );
    let settings = r#"{"review": {"medium": {"priority": 9, "role": "lead"}}}"#;
    assert_eq!(decide(settings, &both).review.unwrap().priority, 9);
}

#[test]
fn of_very_many_reasons_the_strictest_are_kept() {
    let mut case = Case::new(Operation::Enrich);
    for number in 0..100 {
        let level = if number == 99 { Sensitivity::High } else { Sensitivity::Medium };
        case = case.change(&format!("f{number}"), "a", "b").sensitivity(level);
    }
    let verdict = decide("{}", &case);
    assert_eq!((verdict.reasons.len(), verdict.outcome), (32, Outcome::HumanOnly));
    assert_eq!(verdict.reasons[0].field.as_deref(), Some("f99"));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for (settings, key) in [
        (r#"{"review": {"low": {"priority": 10}}}"#, "review.low.priority"),
        (r#"{"review": {"high": {"priority": 1, "within-hours": 0}}}"#, "review.high.within-hours"),
        (r#"{"review": {"high": {"priority": 1, "role": " "}}}"#, "review.high.role"),
        (r##"{"tags": {"#pii": "review"}}"##, "tags: "),
        (r#"{"matrix": {"append": {"low": "apply"}}}"#, "medium"),
        (r#"{"irreversible": ["move"]}"#, "move"),
    ] {
        let refused = testing::decide::<RiskClass>(settings, &Case::new(Operation::Act)).unwrap_err().to_string();
        assert!(refused.contains(key), "{settings}: {refused}");
    }
}

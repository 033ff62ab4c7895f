//! What counts as writing blindly, and what does not.

use countersign_guest::testing::Case;

use super::*;

fn verdict(settings: &str, case: &Case) -> Verdict {
    testing::decide::<Overwrite>(settings, case).unwrap()
}

fn codes(case: &Case) -> Vec<String> {
    verdict("{}", case).reasons.into_iter().map(|reason| reason.code).collect()
}

fn verified(fact: &mut FieldFact) {
    fact.verified = true;
}

fn by_ana(fact: &mut FieldFact) {
    fact.set_by = Some("person:ana".into());
}

#[test]
fn what_an_import_left_may_be_overwritten() {
    assert_eq!(verdict("{}", &Case::overwrite("industry", "Retail", "Software")), Verdict::apply());
    assert_eq!(verdict("{}", &Case::enrich("industry", "Software")), Verdict::apply());
    assert_eq!(verdict("{}", &Case::append("industry", "Software")), Verdict::apply());
}

#[test]
fn verified_and_person_entered_values_are_guarded() {
    let case = Case::overwrite("industry", "Retail", "Software");
    assert_eq!(codes(&case.clone().fact(verified)), ["overwrite.verified"]);
    assert_eq!(codes(&case.clone().fact(by_ana)), ["overwrite.person-entered"]);
    let strict = verdict(r#"{"verified": "human-only"}"#, &case.fact(verified).fact(by_ana));
    assert_eq!(strict.outcome, Outcome::HumanOnly);
    assert_eq!(strict.reasons.len(), 2);
    assert!(strict.reasons.iter().all(|reason| reason.field.as_deref() == Some("industry")));
}

#[test]
fn a_field_that_a_person_emptied_is_not_filled_again_unasked() {
    assert_eq!(codes(&Case::enrich("industry", "Software").fact(by_ana)), ["overwrite.person-entered"]);
}

#[test]
fn a_value_beside_a_verified_one_loses_nothing() {
    let case = Case::append("email", "ana@example.com").field("email", "ana@example.org").fact(verified).fact(by_ana);
    assert!(codes(&case).is_empty());
}

#[test]
fn a_privacy_flag_is_for_people_in_every_operation() {
    let cases = [
        Case::append("do_not_contact", true),
        Case::enrich("do_not_contact", true),
        Case::overwrite("do_not_contact", true, false),
        Case::clear("do_not_contact", true),
    ];
    for case in cases {
        for tag in ["privacy-flag", "legal"] {
            let verdict = verdict("{}", &case.clone().tags(&["contact", tag]));
            assert_eq!(verdict.outcome, Outcome::HumanOnly);
            assert!(verdict.reasons.iter().any(|reason| reason.code == "overwrite.privacy-flag"), "{verdict:?}");
        }
    }
}

#[test]
fn tags_may_be_written_with_a_hash() {
    let case = Case::overwrite("iban", "CH1", "CH2").tags(&["bank"]);
    assert_eq!(verdict(r##"{"privacy-tags": ["#bank"]}"##, &case).outcome, Outcome::HumanOnly);
}

#[test]
fn emptying_needs_a_person_whatever_it_is_called() {
    assert_eq!(codes(&Case::clear("industry", "Retail")), ["overwrite.clears"]);
    assert_eq!(codes(&Case::overwrite("industry", "Retail", "  ")), ["overwrite.clears"]);
    let disguised = Case::enrich("industry", Value::Null).field("industry", "Retail");
    assert_eq!(codes(&disguised), ["overwrite.clears"]);
    let disguised = Case::append("industry", Value::Null).field("industry", "Retail").fact(verified);
    assert_eq!(codes(&disguised), ["overwrite.clears", "overwrite.verified", "overwrite.stale-prior"]);
    let contradiction = Case::clear("industry", "Retail").with(|s| s.changes[0].proposed = "Retail".into());
    assert_eq!(codes(&contradiction), ["overwrite.clears"]);
}

#[test]
fn a_prior_that_no_longer_stands_is_stale() {
    let moved_on = Case::overwrite("industry", "Retail", "Software").field("industry", "Banking");
    assert_eq!(codes(&moved_on), ["overwrite.stale-prior"]);
    let numbers = Case::overwrite("size", Value::Number("10".into()), Value::Number("12".into()));
    assert_eq!(codes(&numbers.field("size", Value::Number("10.0".into()))), ["overwrite.stale-prior"]);
    assert!(codes(&Case::overwrite("industry", "", "Software").field("industry", Value::Null)).is_empty());
}

#[test]
fn what_can_be_added_is_not_replaced() {
    let case = Case::overwrite("email", "ana@example.org", "ana@example.com").tags(&["email"]);
    assert_eq!(codes(&case), ["overwrite.append-preferred"]);
    assert!(codes(&Case::overwrite("email", Value::Null, "ana@example.com").tags(&["email"])).is_empty());
    assert!(verdict(r#"{"prefer-append": ["fax"]}"#, &case).reasons.is_empty());
}

#[test]
fn a_field_that_holds_a_value_is_not_enriched() {
    let case = Case::enrich("industry", "Software").field("industry", "Retail");
    assert_eq!(codes(&case), ["overwrite.not-empty"]);
    let wrong_about_it = case.with(|s| s.changes[0].prior = "Banking".into());
    assert_eq!(codes(&wrong_about_it), ["overwrite.not-empty", "overwrite.stale-prior"]);
}

#[test]
fn what_is_not_known_is_not_overwritten() {
    let case = Case::overwrite("industry", "Retail", "Software").with_facts(|facts| facts.fields.clear());
    assert_eq!(codes(&case), ["overwrite.unknown-field"]);
    let withheld = |case: Case| case.fact(|fact| fact.value = Value::Withheld);
    let verified = withheld(Case::overwrite("industry", "Retail", "Software")).fact(verified);
    assert_eq!(codes(&verified), ["overwrite.unknown-field", "overwrite.verified"]);
    assert_eq!(codes(&withheld(Case::enrich("industry", "Software"))), ["overwrite.unknown-field"]);
    let cleared = Case::clear("industry", "Retail").with_facts(|facts| facts.fields.clear());
    assert_eq!(codes(&cleared), ["overwrite.clears", "overwrite.unknown-field"]);
}

#[test]
fn what_is_added_beside_an_unknown_value_loses_nothing() {
    let case = Case::append("note", "Called back.").fact(|fact| fact.value = Value::Withheld);
    assert_eq!(verdict("{}", &case), Verdict::apply());
    assert_eq!(codes(&case.clone().tags(&["legal"])), ["overwrite.privacy-flag"]);
    assert_eq!(codes(&case.clone().with_facts(|facts| facts.fields.clear())), ["overwrite.unknown-field"]);
    let empties = case.with(|s| s.changes[0].proposed = Value::Null);
    assert_eq!(codes(&empties), ["overwrite.clears", "overwrite.unknown-field"]);
}

#[test]
fn the_value_that_stands_may_be_written_again() {
    let again = Case::overwrite("opt_out", true, true).fact(verified).fact(by_ana).tags(&["privacy-flag"]);
    assert_eq!(verdict("{}", &again), Verdict::apply());
    assert_eq!(verdict("{}", &Case::clear("industry", "").fact(verified)), Verdict::apply());
}

#[test]
fn a_rule_can_be_switched_off() {
    let case = Case::overwrite("industry", "Retail", "Software").fact(verified);
    assert_eq!(verdict(r#"{"verified": "apply"}"#, &case), Verdict::apply());
}

#[test]
fn many_changes_keep_the_strictest_reasons() {
    let many = (0..40).fold(Case::new(Operation::Overwrite), |case, n| {
        case.change(&format!("field_{n}"), "old", "new").fact(verified)
    });
    let many = verdict("{}", &many.tags(&["legal"]));
    assert_eq!(many.outcome, Outcome::HumanOnly);
    assert_eq!(many.reasons.len(), 32);
    assert_eq!(many.reasons[0].code, "overwrite.privacy-flag");
    assert_eq!(many.reasons[0].field.as_deref(), Some("field_39"));
}

#[test]
fn blank_names_and_unknown_modes_are_refused() {
    let case = Case::overwrite("industry", "Retail", "Software");
    let settings = [
        (r##"{"privacy-tags": ["#"]}"##, "privacy-tags"),
        (r#"{"prefer-append": [" "]}"#, "prefer-append"),
        (r#"{"verified": "ask"}"#, "human-only"),
        (r#"{"verfied": "review"}"#, "verfied"),
    ];
    for (settings, names) in settings {
        let refused = testing::decide::<Overwrite>(settings, &case).unwrap_err();
        assert!(refused.to_string().contains(names), "{refused}");
    }
}

#[test]
fn other_operations_are_left_to_other_modules() {
    let refused = testing::decide::<Overwrite>("{}", &Case::new(Operation::Delete)).unwrap_err();
    assert_eq!(refused, testing::NotCalled::OutOfScope);
}

use countersign_guest::testing::{Case, NotCalled};

use super::*;

fn decide(settings: &str, case: &Case) -> Verdict {
    testing::decide::<ConsentPolicy>(settings, case).unwrap()
}

fn codes(settings: &str, case: &Case) -> Vec<String> {
    decide(settings, case).reasons.into_iter().map(|reason| reason.code).collect()
}

fn case() -> Case {
    Case::overwrite("email", "a@example.com", "b@example.com").tags(&["email", "pii"])
}

fn in_state(state: &str) -> Case {
    case().with_facts(|facts| facts.consents[0].state = state.into())
}

fn without() -> Case {
    case().with_facts(|facts| facts.consents.clear())
}

#[test]
fn what_is_granted_is_applied() {
    assert_eq!(decide("{}", &case()), Verdict::apply());
}

#[test]
fn every_state_has_its_code_and_outcome() {
    for (case, code, outcome) in [
        (without(), "consent.missing", Outcome::Review),
        (in_state("denied"), "consent.denied", Outcome::Reject),
        (in_state("revoked"), "consent.revoked", Outcome::Reject),
        (in_state("Granted?"), "consent.unknown-state", Outcome::Review),
    ] {
        assert_eq!(codes("{}", &case), [code]);
        assert_eq!(decide("{}", &case).outcome, outcome, "{code}");
    }
    assert_eq!(codes(r#"{"expires-days": 30}"#, &case()), ["consent.expired"]);
}

#[test]
fn outcomes_can_be_set() {
    assert_eq!(decide(r#"{"on-missing": "apply"}"#, &without()), Verdict::apply());
    assert_eq!(decide(r#"{"on-denied": "human-only"}"#, &in_state("revoked")).outcome, Outcome::HumanOnly);
}

#[test]
fn another_purpose_is_no_consent() {
    let act = Case::new(Operation::Act);
    assert_eq!(codes("{}", &act), ["consent.missing"]);
    assert_eq!(codes(r#"{"purposes": {"act": "enrichment"}}"#, &act), [""; 0]);
}

#[test]
fn to_hold_less_needs_no_consent() {
    for case in [Case::clear("email", "a@example.com"), Case::new(Operation::Delete)] {
        let settings = r##"{"fields": {"#email": "marketing"}}"##;
        assert_eq!(testing::decide::<ConsentPolicy>(settings, &case), Err(NotCalled::OutOfScope));
    }
}

#[test]
fn only_people_need_consent() {
    let company = without().object("company");
    assert_eq!(testing::decide::<ConsentPolicy>("{}", &company), Err(NotCalled::OutOfScope));
    assert_eq!(codes("{}", &without().object("Contact")), ["consent.missing"]);
    assert_eq!(codes(r#"{"objects": []}"#, &company), ["consent.missing"]);
}

#[test]
fn a_field_may_need_another_purpose() {
    let by_tag = r##"{"fields": {"#email": "marketing"}}"##;
    let verdict = decide(by_tag, &case());
    assert_eq!(verdict.reasons[0].message, "Consent to `marketing` is not recorded.");
    assert_eq!(verdict.reasons[0].field.as_deref(), Some("email"));
    // A name goes before tags, and an empty purpose asks for nothing.
    let by_name = r##"{"fields": {"#email": "marketing", "email": ""}}"##;
    assert_eq!(decide(by_name, &without()), Verdict::apply());
    // Several tags add up; a field that nothing is said about needs what the operation needs.
    let two = r##"{"fields": {"#email": "marketing", "#pii": "profiling"}}"##;
    assert_eq!(codes(two, &without().change("city", "Bern", "Basel")).len(), 3);
}

#[test]
fn facts_are_asked_for_only_where_tags_need_them() {
    let parts = |settings: Settings| ConsentPolicy::configure(settings).unwrap().reads().parts;
    assert_eq!(parts(Settings::default()), Parts::CONSENTS);
    let fields = BTreeMap::from([("#email".to_owned(), "marketing".to_owned())]);
    assert_eq!(parts(Settings { fields, ..Settings::default() }), Parts::CONSENTS | Parts::FIELD_FACTS);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for (settings, key) in [
        (r#"{"on-denied": "apply"}"#, "on-denied: "),
        (r#"{"fields": {"*": "marketing"}}"#, "fields: `*`"),
        (r#"{"objects": [""]}"#, "objects: "),
        (r#"{"purposes": {"move": "x"}}"#, "move"),
    ] {
        let refused = testing::decide::<ConsentPolicy>(settings, &case()).unwrap_err().to_string();
        assert!(refused.contains(key), "{settings}: {refused}");
    }
}

#[test]
fn without_the_time_nothing_is_judged() {
    let case = case().with_facts(|facts| facts.now = "soon".into());
    assert!(matches!(testing::decide::<ConsentPolicy>("{}", &case), Err(NotCalled::Declined(_))));
}

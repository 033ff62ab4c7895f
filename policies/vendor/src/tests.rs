//! Who may suggest. The cases come from `acme/enricher`, on 2026-11-20.

use countersign_guest::testing::Case;

use super::*;

fn case() -> Case {
    Case::overwrite("industry", "Retail", "Software")
}

fn verdict(settings: &str) -> Verdict {
    testing::decide::<Vendor>(settings, &case()).unwrap()
}

/// The outcome and codes with these entries in the register.
fn with(assistants: &str) -> (Outcome, Vec<String>) {
    let verdict = verdict(&format!(r#"{{"assistants": [{assistants}]}}"#));
    (verdict.outcome, verdict.reasons.into_iter().map(|reason| reason.code).collect())
}

fn rejected(code: &str) -> (Outcome, Vec<String>) {
    (Outcome::Reject, vec![code.to_owned()])
}

fn applied() -> (Outcome, Vec<String>) {
    (Outcome::Apply, Vec::new())
}

#[test]
fn an_empty_register_refuses_everybody() {
    assert_eq!(with(""), rejected("vendor.unlisted"));
    assert_eq!(verdict("{}").outcome, Outcome::Reject);
    assert_eq!(verdict(r#"{"on-unlisted": "human-only"}"#).outcome, Outcome::HumanOnly);
}

#[test]
fn names_match_exactly() {
    for other in ["Acme", "acme ", "acm", "acme.example"] {
        let entry = format!(r#"{{"vendor": "{other}", "terms": "DPA-1"}}"#);
        assert_eq!(with(&entry), rejected("vendor.unlisted"), "{other}");
    }
    let blank = case().with(|suggestion| suggestion.assistant.vendor.clear());
    let settings = r#"{"assistants": [{"vendor": "acme", "terms": "DPA-1"}]}"#;
    assert_eq!(testing::decide::<Vendor>(settings, &blank).unwrap().outcome, Outcome::Reject);
}

#[test]
fn an_agreement_covers_all_models_or_those_it_names() {
    assert_eq!(with(r#"{"vendor": "acme", "terms": "DPA-1"}"#), applied());
    assert_eq!(with(r#"{"vendor": "acme", "terms": "DPA-1", "models": ["writer", "enricher"]}"#), applied());
    let other = with(r#"{"vendor": "acme", "terms": "DPA-1", "models": ["writer"]}"#);
    assert_eq!(other, rejected("vendor.model-unlisted"));
}

#[test]
fn an_agreement_for_the_model_goes_before_one_for_all() {
    let exception = r#"{"vendor": "acme", "terms": "DPA-1"},
                       {"vendor": "acme", "terms": "DPA-2", "models": ["enricher"], "training": true}"#;
    assert_eq!(with(exception), rejected("vendor.trains"));
}

#[test]
fn terms_are_required_unless_switched_off() {
    assert_eq!(with(r#"{"vendor": "acme", "terms": " "}"#), rejected("vendor.no-terms"));
    let lax = verdict(r#"{"require-terms": false, "assistants": [{"vendor": "acme"}]}"#);
    assert_eq!(lax, Verdict::apply());
}

#[test]
fn first_and_last_day_count() {
    let dated = |from: &str, until: &str| {
        with(&format!(r#"{{"vendor": "acme", "terms": "DPA-1", "valid-from": "{from}", "valid-until": "{until}"}}"#))
    };
    assert_eq!(dated("2026-11-20", "2026-11-20"), applied());
    assert_eq!(dated("2026-01-01", "2026-11-19"), rejected("vendor.expired"));
    assert_eq!(dated("2026-11-21", "2027-11-19"), rejected("vendor.not-yet-valid"));
}

#[test]
fn renewed_terms_suffice() {
    let renewed = r#"{"vendor": "acme", "terms": "DPA-1", "valid-until": "2025-12-31"},
                     {"vendor": "acme", "terms": "DPA-2", "valid-from": "2026-01-01"}"#;
    assert_eq!(with(renewed), applied());
}

#[test]
fn a_day_is_judged_only_by_a_clock() {
    let no_clock = case().with_facts(|facts| facts.now = "today".into());
    let dated = r#"{"assistants": [{"vendor": "acme", "terms": "DPA-1", "valid-until": "2027-01-01"}]}"#;
    assert!(matches!(testing::decide::<Vendor>(dated, &no_clock), Err(testing::NotCalled::Declined(_))));
}

#[test]
fn training_is_refused_unless_allowed() {
    let trains = r#"{"vendor": "acme", "terms": "DPA-1", "training": true}"#;
    assert_eq!(with(trains), rejected("vendor.trains"));
    assert_eq!(verdict(&format!(r#"{{"allow-training": true, "assistants": [{trains}]}}"#)), Verdict::apply());
    let milder = verdict(&format!(r#"{{"on-training": "review", "assistants": [{trains}]}}"#));
    assert_eq!(milder.outcome, Outcome::Review);
}

#[test]
fn regions_are_judged_if_any_are_required() {
    let outcome = |regions: &str| {
        let settings = format!(
            r#"{{"allow-regions": ["eu", "ch"],
                 "assistants": [{{"vendor": "acme", "terms": "DPA-1", "regions": {regions}}}]}}"#
        );
        verdict(&settings).reasons.into_iter().map(|reason| reason.code).collect::<Vec<_>>()
    };
    assert!(outcome(r#"["eu"]"#).is_empty());
    assert_eq!(outcome(r#"["eu", "us"]"#), ["vendor.region"]);
    assert_eq!(outcome("[]"), ["vendor.region"]);
    assert_eq!(with(r#"{"vendor": "acme", "terms": "DPA-1", "regions": ["us"]}"#), applied());
}

#[test]
fn everything_that_is_wrong_is_said() {
    let (outcome, codes) = with(r#"{"vendor": "acme", "valid-until": "2025-12-31", "training": true}"#);
    assert_eq!(outcome, Outcome::Reject);
    assert_eq!(codes, ["vendor.no-terms", "vendor.expired", "vendor.trains"]);
}

#[test]
fn entries_that_could_never_be_meant_are_refused() {
    let entries = [
        (r#"{"vendor": ""}"#, "vendor is blank"),
        (r#"{"terms": "DPA-1"}"#, "vendor"),
        (r#"{"vendor": "acme", "models": [""]}"#, "a model is blank"),
        (r#"{"vendor": "acme", "valid-from": "soon"}"#, "valid-from: `soon`"),
        (r#"{"vendor": "acme", "valid-from": "2026-02-01", "valid-until": "2026-01-31"}"#, "lies before"),
        (r#"{"vendor": "acme", "trains": true}"#, "trains"),
    ];
    for (entry, names) in entries {
        let settings = format!(r#"{{"assistants": [{entry}]}}"#);
        let refused = testing::decide::<Vendor>(&settings, &case()).unwrap_err();
        assert!(refused.to_string().contains(names), "{refused}");
    }
}

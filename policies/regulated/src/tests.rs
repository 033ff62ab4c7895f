use countersign_guest::testing::Case;

use super::*;

fn decide(settings: &str, case: &Case) -> Verdict {
    testing::decide::<Regulated>(settings, case).unwrap()
}

fn codes(settings: &str, case: &Case) -> Vec<String> {
    decide(settings, case).reasons.into_iter().map(|reason| reason.code).collect()
}

fn under(operation: Operation, regimes: &[&str]) -> Case {
    let regimes = regimes.iter().map(|regime| (*regime).to_owned()).collect();
    Case::new(operation).with_facts(|facts| facts.regimes = regimes)
}

fn summary(text: &str) -> Case {
    Case::new(Operation::Summarize).change("last_call", Value::Null, text).tags(&["summary"])
}

#[test]
fn without_a_regime_nothing_is_asked() {
    assert_eq!(decide("{}", &under(Operation::Act, &[])), Verdict::apply());
}

#[test]
fn regimes_have_modes_and_a_role() {
    let verdict = decide("{}", &under(Operation::Enrich, &[" Banking "]));
    assert_eq!(verdict.outcome, Outcome::Review);
    assert_eq!(verdict.reasons[0].code, "regulated.regime");
    assert_eq!(verdict.review.unwrap().role.as_deref(), Some("compliance"));
    let verdict = decide(r#"{"role": ""}"#, &under(Operation::Enrich, &["health", "children", "health"]));
    assert_eq!((verdict.outcome, verdict.reasons.len()), (Outcome::HumanOnly, 2));
    assert_eq!(verdict.review.unwrap().role, None);
}

#[test]
fn a_regime_that_is_added_keeps_the_others() {
    let settings = r#"{"regimes": {"Lending": "reject", "banking": "apply"}}"#;
    assert_eq!(decide(settings, &under(Operation::Enrich, &["lending"])).outcome, Outcome::Reject);
    assert_eq!(decide(settings, &under(Operation::Enrich, &["health"])).outcome, Outcome::Review);
    assert_eq!(decide(settings, &under(Operation::Enrich, &["banking"])), Verdict::apply());
}

#[test]
fn a_regime_without_a_rule() {
    for regime in ["space", ""] {
        assert_eq!(codes("{}", &under(Operation::Enrich, &[regime])), ["regulated.unknown-regime"]);
    }
    let settings = r#"{"unknown-regime": "human-only"}"#;
    assert_eq!(decide(settings, &under(Operation::Enrich, &["space"])).outcome, Outcome::HumanOnly);
}

#[test]
fn an_action_under_a_regime_needs_a_person() {
    let settings = r#"{"regimes": {"banking": "apply"}, "unknown-regime": "apply"}"#;
    for regime in ["banking", "space"] {
        assert_eq!(decide(settings, &under(Operation::Act, &[regime])).outcome, Outcome::Review);
        assert_eq!(decide(settings, &under(Operation::Enrich, &[regime])), Verdict::apply());
    }
}

#[test]
fn an_exempt_operation() {
    let settings = r#"{"exempt-operations": ["append", "summarize"]}"#;
    assert_eq!(decide(settings, &under(Operation::Append, &["banking"])), Verdict::apply());
    assert_eq!(codes(settings, &under(Operation::Enrich, &["banking"])), ["regulated.regime"]);
    // Exempt from regimes is not exempt from being read.
    assert_eq!(codes(settings, &summary("They should buy.")), ["regulated.recommends-action"]);
}

#[test]
fn a_summary_that_recommends_an_action() {
    for text in [
        "The client SHOULD sell.",
        "Next steps: call back",
        "Our recommendation is to wait",
        "Man sollte anrufen",
        "Der Kunde muß zahlen",
        "Il faut rappeler",
        "Habría que ver; deberían pagar",
        "Prochaine e\u{301}tape",
    ] {
        let verdict = decide("{}", &summary(text));
        assert_eq!(verdict.outcome, Outcome::Review, "{text}");
        assert_eq!(verdict.reasons[0].code, "regulated.recommends-action", "{text}");
        assert_eq!(verdict.reasons[0].field.as_deref(), Some("last_call"));
        assert_eq!(verdict.review, None);
    }
    for text in ["They asked about prices.", "Mustard for the shoulder", ""] {
        assert_eq!(decide("{}", &summary(text)), Verdict::apply(), "{text}");
    }
}

#[test]
fn only_summaries_are_read() {
    let note = Case::overwrite("last_call", "a", "They should buy.").tags(&["summary"]);
    assert_eq!(decide("{}", &note), Verdict::apply());
}

#[test]
fn a_summary_that_cannot_be_read_needs_a_person() {
    let elsewhere = Case::new(Operation::Summarize).change("note", Value::Null, "All is well.");
    assert_eq!(codes("{}", &elsewhere), ["regulated.unread-summary"]);
    assert_eq!(decide(r#"{"summary-fields": ["note"]}"#, &elsewhere), Verdict::apply());
    let long = summary(&"all is well ".repeat(100_000));
    assert_eq!(codes("{}", &long), ["regulated.unread-summary"]);
    let twice = summary(&"a ".repeat(20_000)).change("other", Value::Null, "a ".repeat(20_000).as_str());
    assert_eq!(codes("{}", &twice.tags(&["summary"])), ["regulated.unread-summary"]);
}

#[test]
fn nothing_is_read_where_nothing_is_looked_for() {
    for settings in [r#"{"recommendation-words": []}"#, r#"{"on-recommendation": "apply"}"#] {
        assert_eq!(decide(settings, &summary("They should buy.")), Verdict::apply());
    }
    let settings = Settings { recommendation_words: Vec::new(), ..Settings::default() };
    assert!(Regulated::configure(settings).unwrap().reads().fields.is_empty());
}

#[test]
fn very_many_regimes_get_few_reasons() {
    let case = under(Operation::Enrich, &[]).with_facts(|facts| {
        facts.regimes = (0..100).map(|number| format!("a{number}")).chain(["children".to_owned()]).collect();
    });
    let verdict = decide("{}", &case);
    assert_eq!((verdict.reasons.len(), verdict.outcome), (32, Outcome::HumanOnly));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for (settings, key) in [
        (r#"{"exempt-operations": ["act"]}"#, "exempt-operations: "),
        (r#"{"recommendation-words": ["*"]}"#, "recommendation-words: `*`"),
        (r#"{"summary-fields": [""]}"#, "summary-fields: "),
        (r#"{"regimes": {" ": "review"}}"#, "regimes: "),
        (r#"{"regimes": {"banking": "maybe"}}"#, "maybe"),
    ] {
        let refused = testing::decide::<Regulated>(settings, &summary("")).err().unwrap().to_string();
        assert!(refused.contains(key), "{settings}: {refused}");
    }
    let long = format!(r#"{{"recommendation-words": ["{}"]}}"#, "a".repeat(101));
    assert!(testing::decide::<Regulated>(&long, &summary("")).is_err());
}

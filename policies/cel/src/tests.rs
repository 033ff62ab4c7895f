use std::path::Path;

use rules::twins::{self, Compared};
use testing::{Case, NotCalled};

use super::*;

fn settings(source: &str) -> String {
    serde_json::json!({"source": source, "codes": {"cel.a": "When a."}}).to_string()
}

fn refused(settings: &str) -> String {
    match testing::configured::<Cel>(settings) {
        Err(NotCalled::Settings(why)) => why,
        other => panic!("{settings} is not refused: {:?}", other.map(drop)),
    }
}

fn example(name: &str) -> String {
    twins::settings(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), name)
}

#[test]
fn the_examples_decide_as_the_modules_that_they_restate() {
    twins::agree::<Cel, confidence::Confidence>(&example("confidence"), Compared::All);
    twins::agree::<Cel, consent::ConsentPolicy>(&example("consent"), Compared::All);
    twins::agree::<Cel, risk_class::RiskClass>(&example("risk-class"), Compared::All);
}

#[test]
fn a_text_that_is_wrong_is_refused_with_its_place() {
    for (source, why) in [
        (" ", "source:1:1: there is no expression: `source` is empty"),
        ("[\n  {\"outcome\": }]", "source:2:15: unexpected token"),
        ("[1, 2", "source:1:6: "),
        ("// facts\nfacts.now == \"foo\" ? foo : []", "source:2:22: there is no variable `foo`; known are suggestion"),
        ("[].map(c, nosuch(c))", "source:1:11: there is no function `nosuch`"),
        ("[].map(c, c.nosuch())", "source:1:13: there is no function `nosuch`"),
        ("[].map(c, math.nosuch(c))", "source:1:16: there is no function `nosuch`"),
        ("[].map(c, maths.ceil(c))", "source:1:11: there is no variable `maths`"),
        ("[].map(c, c) + [c]", "source:1:8: there is no variable `c`"),
        ("[Thing{a: 1}]", "source:1:2: there is no type `Thing`"),
        ("\n suggestion.id == \"s-1\"", "source:2:2: the expression does not give a list of objections"),
        ("[\"no\"]", "source:1:1: the expression gives a list of other things than objections"),
    ] {
        let refused = refused(&settings(source));
        assert!(refused.starts_with(why), "{source}: {refused}");
    }
}

#[test]
fn settings_that_are_wrong_are_refused() {
    let with =
        |key: &str, value: serde_json::Value| refused(&serde_json::json!({"source": "[]", key: value}).to_string());
    assert!(with("codes", serde_json::json!({"other.a": "When a."})).starts_with("codes: "));
    assert!(with("sauce", serde_json::json!("x")).contains("sauce"));
}

#[test]
fn functions_of_the_language_and_of_the_extensions_are_known() {
    for source in [
        "[].filter(x, x in [1] && size(x) > 0 && type(x) == int && x.startsWith(\"a\") && x.matches(\"a+\"))",
        "[].filter(x, math.ceil(1.5) == 2.0 || [1].distinct().reverse().size() == 1)",
        "[].filter(x, \"a,b\".split(\",\").exists(y, y.upperAscii() == x) || has(suggestion.confidence))",
        "[].filter(x, optional.of(1).hasValue() || suggestion.?confidence.orValue(0.0) > 0.5)",
    ] {
        assert_eq!(
            testing::decide::<Cel>(&settings(source), &Case::enrich("city", "Bern")),
            Ok(Verdict::apply()),
            "{source}"
        );
    }
}

#[test]
fn what_is_no_list_of_objections_is_declined() {
    let case = Case::enrich("city", "Bern");
    let on_enrich = |answer: &str| format!("suggestion.operation == \"enrich\" ? {answer} : []");
    for (source, why) in [
        (on_enrich("true"), "the answer is a truth value, not a list"),
        (on_enrich("[{\"outcome\": \"aply\"}]"), "an objection's `outcome` is `aply`"),
        (on_enrich("[{\"outcome\": \"apply\"}]"), "an objection's `outcome` is `apply`"),
        (on_enrich("[{\"outcome\": \"review\", \"code\": \"cel.a\"}]"), "a reason's `message` is missing"),
        (on_enrich("[{\"outcome\": \"review\", \"why\": \"cel.a\"}]"), "an objection has a key `why`"),
        (on_enrich("[suggestion.nothing]"), "No such key: nothing"),
        (on_enrich("[suggestion.id + 1]"), "is not for string and int"),
    ] {
        match testing::decide::<Cel>(&settings(&source), &case) {
            Err(NotCalled::Declined(said)) => assert!(said.contains(why), "{source}: {said}"),
            other => panic!("{source}: {other:?}"),
        }
    }
    let undeclared = "[{\"outcome\": \"review\", \"code\": \"cel.b\", \"message\": \"B.\"}]";
    assert_eq!(testing::decide::<Cel>(&settings(undeclared), &case), Err(NotCalled::UnknownCode("cel.b".into())));
}

#[test]
fn data_and_findings_reach_the_rule() {
    let source = "findings.filter(f, f.code in data.codes).map(f, {\"outcome\": \"review\", \"code\": \"cel.a\", \"message\": f.message, \"field\": f.field})";
    let settings = serde_json::json!({"source": source, "codes": {"cel.a": "A."}, "data": {"codes": ["x.y"]}});
    let found = [
        Finding::new("x.y", Severity::High, "Odd.").on("city"),
        Finding::new("x.z", Severity::High, "Other.").on("city"),
    ];
    let verdict = testing::decide_with::<Cel>(&settings.to_string(), &Case::enrich("city", "Bern"), &found).unwrap();
    assert_eq!(verdict.reasons, [Reason::new("cel.a", "Odd.").on("city")]);
}

#[test]
fn what_is_not_declared_is_not_seen() {
    let source = "suggestion.changes.filter(c, has(c.proposed)).map(c, {\"outcome\": \"review\", \"code\": \"cel.a\", \"message\": \"Seen.\"})";
    let case = Case::enrich("city", "Bern");
    assert_eq!(testing::decide::<Cel>(&settings(source), &case), Ok(Verdict::apply()));
    let settings = serde_json::json!({"source": source, "codes": {"cel.a": "A."}, "reads": {"fields": ["city"]}});
    assert_eq!(testing::decide::<Cel>(&settings.to_string(), &case).unwrap().outcome, Outcome::Review);
}

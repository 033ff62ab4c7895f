use std::path::Path;

use rules::twins::{self, Compared};
use testing::{Case, NotCalled};

use super::*;

mod differential;
mod schema;

fn settings(source: &str) -> String {
    serde_json::json!({"source": source, "codes": {"rego.a": "When a."}}).to_string()
}

fn rule(body: &str) -> String {
    settings(&format!("package p\n\nimport rego.v1\n\n{body}"))
}

fn refused(settings: &str) -> String {
    match testing::configured::<Rego>(settings) {
        Err(NotCalled::Settings(why)) => why,
        other => panic!("{settings} is not refused: {:?}", other.map(drop)),
    }
}

fn example(name: &str) -> String {
    twins::settings(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), name)
}

#[test]
fn the_examples_decide_as_the_modules_that_they_restate() {
    twins::agree::<Rego, confidence::Confidence>(&example("confidence"), Compared::All);
    twins::agree::<Rego, consent::ConsentPolicy>(&example("consent"), Compared::All);
    twins::agree::<Rego, risk_class::RiskClass>(&example("risk-class"), Compared::All);
}

#[test]
fn the_examples_run_compiled() {
    for name in ["confidence", "consent", "risk-class"] {
        let module = testing::configured::<Rego>(&example(name)).unwrap();
        assert!(matches!(module.machine, Machine::Compiled(_)), "{name}");
        assert_eq!(module.name(), name);
    }
}

#[test]
fn a_text_that_is_wrong_is_refused_with_its_place() {
    for (source, why) in [
        ("", "source:1:1: there is no rule: `source` is empty"),
        ("import rego.v1", "source:1:1: expecting `package` Missing package declaration."),
        ("package p\nverdict := {1,", "source:2:15: expecting"),
        ("package p\nfoo := 1", "source:1:1: the package has no rule `verdict` (data.p.verdict)"),
        ("package p\nverdict := x", "source:2:12: Undefined variable: 'x'"),
        (
            "package p\nverdict := 1 if foo\nfoo if { input.a\n  nosuch.fn(1) }",
            "source:4:3: Unknown function: 'nosuch.fn'",
        ),
        ("package p\nverdict := 1\nunused := http.send({})", "source:3:20: Unknown function: 'http.send'"),
        ("package p\nverdict := count(1, 2, 3)", "source:2:17: `count` takes 1 arguments, not 3"),
        ("package p\nf(x) := x\nverdict := f(1, 2, 3)", "source:3:13: the function takes 1 arguments, not 3"),
        ("package p\nverdict := foo\nfoo := verdict", "source:2:12: the rule needs itself"),
    ] {
        let refused = refused(&settings(source));
        assert!(refused.starts_with(why), "{source}: {refused}");
    }
}

#[test]
fn settings_that_are_wrong_are_refused() {
    let source = "package p\nverdict := {\"outcome\": \"apply\"}";
    let refused_with =
        |key: &str, value: serde_json::Value| refused(&serde_json::json!({"source": source, key: value}).to_string());
    assert!(refused_with("codes", serde_json::json!({"other.a": "When a."})).starts_with("codes: "));
    assert!(refused_with("sauce", serde_json::json!("x")).contains("sauce"));
    assert!(refused_with("reads", serde_json::json!({"parts": ["secrets"]})).contains("secrets"));
    assert!(refused_with("data", serde_json::json!({"p": {"verdict": 1}})).starts_with("data: "));
}

#[test]
fn what_is_no_verdict_is_declined() {
    let case = Case::enrich("city", "Bern");
    for (body, why) in [
        ("verdict := {\"outcome\": \"apply\"} if input.nothing", "`verdict` is undefined"),
        (
            "verdict := {\"outcome\": \"apply\"} if 1 == 1\nverdict := {\"outcome\": \"reject\"} if 2 == 2",
            "rule conflicts",
        ),
        ("verdict := \"apply\"", "the verdict is a text, not an object"),
        ("verdict := {\"outcome\": \"aply\"}", "the verdict's `outcome` is `aply`"),
        ("verdict := {\"outcome\": \"review\"}", "the outcome `review` has no reason"),
        ("verdict := {\"outcome\": \"apply\", \"note\": 1}", "the verdict has a key `note`"),
    ] {
        match testing::decide::<Rego>(&rule(body), &case) {
            Err(NotCalled::Declined(said)) => assert!(said.contains(why), "{body}: {said}"),
            other => panic!("{body}: {other:?}"),
        }
    }
    let undeclared = "verdict := {\"outcome\": \"review\", \"reasons\": [{\"code\": \"rego.b\", \"message\": \"B.\"}]}";
    assert_eq!(testing::decide::<Rego>(&rule(undeclared), &case), Err(NotCalled::UnknownCode("rego.b".into())));
}

/// What the compiled form alone would take for undefined, and so for a reason to apply.
#[test]
fn a_conflict_inside_of_a_rule_never_applies() {
    let apply = "default verdict := {\"outcome\": \"apply\"}\nverdict := {\"outcome\": \"reject\", \"reasons\": [{\"code\": \"rego.a\", \"message\": \"A.\"}]} if ";
    for helper in [
        "blocked\nblocked := 1 if input.suggestion\nblocked := 2 if input.facts",
        "blocked(1)\nblocked(x) := 1 if x > 0\nblocked(x) := 2 if x < 2",
        "blocked == 9\nblocked := x if some x in [1, 2]",
        "blocked == 9\nblocked[x] := y if {\n  some y in [1, 2]\n  x := 1\n}",
        "{x: y | some y in [1, 2]; x := 1} == 9",
        "not input.suggestion.id - 1 > 0",
    ] {
        let declined = testing::decide::<Rego>(&rule(&format!("{apply}{helper}")), &Case::enrich("city", "Bern"));
        assert!(matches!(declined, Err(NotCalled::Declined(_))), "{helper}: {declined:?}");
    }
}

#[test]
fn what_only_the_interpreter_knows_is_interpreted() {
    for body in [
        "verdict := {\"outcome\": \"apply\"} if allowed with input.suggestion as {\"id\": 1}\nallowed if input.suggestion.id == 1",
        "verdict := {\"outcome\": \"apply\"} if print(\"seen\", input.suggestion.id)",
        "verdict := {\"outcome\": \"apply\"} if 1 + 1 == 2",
    ] {
        let module = testing::configured::<Rego>(&rule(body)).unwrap();
        assert!(matches!(module.machine, Machine::Interpreted(..)), "{body}");
        assert_eq!(testing::decide_by(&module, &Case::enrich("city", "Bern"), &[]), Ok(Verdict::apply()), "{body}");
    }
}

#[test]
fn data_and_findings_reach_the_rule() {
    let source = "package a.b[\"c-d\"]\nverdict := {\"outcome\": \"review\", \"reasons\": [{\"code\": \"rego.a\", \"message\": f.message, \"field\": f.field} | some f in input.findings; f.code in data.codes]}";
    let settings = serde_json::json!({"source": source, "codes": {"rego.a": "A."}, "data": {"codes": ["x.y"]}});
    let found = [
        Finding::new("x.y", Severity::High, "Odd.").on("city"),
        Finding::new("x.z", Severity::High, "Other.").on("city"),
    ];
    let verdict = testing::decide_with::<Rego>(&settings.to_string(), &Case::enrich("city", "Bern"), &found).unwrap();
    assert_eq!(verdict.reasons, [Reason::new("rego.a", "Odd.").on("city")]);
}

#[test]
fn what_is_not_declared_is_not_seen() {
    let body = "verdict := {\"outcome\": \"apply\"} if not input.suggestion.changes[0].proposed\nelse := {\"outcome\": \"reject\", \"reasons\": [{\"code\": \"rego.a\", \"message\": \"Seen.\"}]}";
    let case = Case::enrich("city", "Bern");
    assert_eq!(testing::decide::<Rego>(&rule(body), &case).unwrap().outcome, Outcome::Apply);
    let source = format!("package p\n\nimport rego.v1\n\n{body}");
    let settings = serde_json::json!({"source": source, "codes": {"rego.a": "A."}, "reads": {"fields": ["city"]}});
    assert_eq!(testing::decide::<Rego>(&settings.to_string(), &case).unwrap().outcome, Outcome::Reject);
}

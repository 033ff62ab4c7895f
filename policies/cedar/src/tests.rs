use std::path::Path;

use rules::twins::{self, Compared};
use testing::{Case, NotCalled};

use super::*;

mod authorizer;

const PERMIT: &str = "permit (principal, action, resource);\n";

fn settings(source: &str) -> String {
    serde_json::json!({ "source": source }).to_string()
}

fn refused(settings: &str) -> String {
    match testing::configured::<Cedar>(settings) {
        Err(NotCalled::Settings(why)) => why,
        other => panic!("{settings} is not refused: {:?}", other.map(drop)),
    }
}

fn example(name: &str) -> String {
    twins::settings(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), name)
}

#[test]
fn the_examples_decide_as_the_modules_that_they_restate() {
    twins::agree::<Cedar, confidence::Confidence>(&example("confidence"), Compared::All);
    twins::agree::<Cedar, consent::ConsentPolicy>(&example("consent"), Compared::All);
    twins::agree::<Cedar, risk_class::RiskClass>(&example("risk-class"), Compared::Reasons);
}

#[test]
fn a_text_that_is_wrong_is_refused_with_its_place() {
    let forbid = |annotations: &str, condition: &str| {
        format!("{PERMIT}{annotations}\nforbid (principal, action, resource) when {{ {condition} }};")
    };
    let said = "@code(\"cedar.a\") @reason(\"A.\")";
    for (source, why) in [
        ("".to_owned(), "source:1:1: there is no policy: `source` is empty"),
        ("permit (principal, action, resource)".to_owned(), "source:1:37: unexpected end of input"),
        (format!("{PERMIT}permit (principal, action"), "source:2:26: "),
        (forbid(said, "context.confidance == 1"), "source:3:45: "),
        (forbid(said, "context.confidence.lessThan(decimal(\"0.9\"))"), "source:3:45: "),
        (forbid(said, "context.rationale == 1"), "source:3:45: "),
        (forbid(said, "context.rationale.size() == 1"), "source:3:45: "),
        (format!("{PERMIT}permit (principal, action == Action::\"move\", resource);"), "source:2:30: "),
        (format!("{PERMIT}permit (principal == ?principal, action, resource);"), "source:2:1: a template"),
        (forbid("", "true"), "source:3:1: a `forbid` policy has no `@code`"),
        (forbid("@code(\"cedar.a\")", "true"), "source:2:1: a `forbid` policy has no `@reason`"),
        (
            forbid("@code(\"other.a\") @reason(\"A.\")", "true"),
            "source:2:1: @code: the code `other.a` does not begin with `cedar.`",
        ),
        (forbid(&format!("{said} @outcome(\"apply\")"), "true"), "source:2:1: `@outcome(\"apply\")` is none of"),
        (
            forbid(&format!("{said} @outcom(\"reject\")"), "true"),
            "source:2:1: a `forbid` policy has an annotation `@outcom`",
        ),
        (forbid(&format!("{said} @about(\"it\")"), "true"), "source:2:1: `@about(\"it\")` is neither"),
        (
            forbid(&format!("{said} @priority(\"10\")"), "true"),
            "source:2:1: `@priority(\"10\")` is no whole number from 0 to 9",
        ),
        (
            forbid("@code(\"cedar.a\") @reason(\"{mood}\")", "true"),
            "source:2:1: `@reason` has `{mood`, which is no placeholder",
        ),
    ] {
        let refused = refused(&settings(&source));
        assert!(refused.starts_with(why), "{source}: {refused}");
    }
}

#[test]
fn a_schema_of_the_deployments_own() {
    let with = |source: &str, schema: &str| serde_json::json!({"source": source, "schema": schema}).to_string();
    assert!(refused(&with(PERMIT, "entity Assistant;\nentity {")).starts_with("schema:2:8: "));
    assert!(refused(&with(PERMIT, "entity Assistant in [Nobody];")).starts_with("schema:1:22: "));
    let narrow = "entity Assistant; entity Record; action enrich appliesTo { principal: Assistant, resource: Record, context: { mood: String } };";
    let moody = format!(
        "{PERMIT}@code(\"cedar.a\") @reason(\"A.\")\nforbid (principal, action == Action::\"enrich\", resource) when {{ context.mood == \"bad\" }};"
    );
    // It validates, but no suggestion has such an attribute.
    assert!(refused(&with(&moody, narrow)).starts_with("source:2:1: "), "{}", refused(&with(&moody, narrow)));
    assert!(testing::configured::<Cedar>(&with(PERMIT, narrow)).is_ok());
}

#[test]
fn what_no_policy_permits_waits_for_a_person() {
    let settings =
        serde_json::json!({"name": "mine", "source": "permit (principal, action == Action::\"enrich\", resource);"})
            .to_string();
    assert_eq!(testing::decide::<Cedar>(&settings, &Case::enrich("city", "Bern")), Ok(Verdict::apply()));
    let verdict = testing::decide::<Cedar>(&settings, &Case::overwrite("city", "Bern", "Basel")).unwrap();
    let reason = Reason::new("mine.no-permit", "No policy permits the suggestion.").on("city");
    assert_eq!(verdict, Verdict::review(reason));
}

#[test]
fn the_strictest_policy_wins_and_needs_are_joined() {
    let source = format!(
        "{PERMIT}
        @code(\"cedar.b\") @reason(\"B of {{field}} by {{operation}} in {{object}}.\") @outcome(\"human-only\") @priority(\"7\")
        forbid (principal, action, resource) when {{ context has change && context.change.field == \"city\" }};
        @code(\"cedar.a\") @reason(\"A.\") @about(\"suggestion\") @approvals(\"2\")
        forbid (principal, action, resource);"
    );
    let case = Case::overwrite("city", "Bern", "Basel").change("zip", "3000", "4000");
    let verdict = testing::decide::<Cedar>(&settings(&source), &case).unwrap();
    assert_eq!(verdict.outcome, Outcome::HumanOnly);
    let reasons =
        [Reason::new("cedar.a", "A."), Reason::new("cedar.b", "B of city by overwrite in contact.").on("city")];
    assert_eq!(verdict.reasons, reasons);
    let needs = verdict.review.unwrap();
    assert_eq!((needs.approvals, needs.priority), (2, 7));
}

#[test]
fn a_policy_that_fails_is_declined() {
    let source = format!(
        "{PERMIT}@code(\"cedar.a\") @reason(\"A.\")\nforbid (principal, action, resource) when {{ context.now_seconds + 9223372036854775807 > 0 && context.rationale == \"overflow\" }};"
    );
    // Found by the samples already.
    assert!(refused(&settings(&source)).starts_with("source:2:1: "));
    let only_then = source.replace("context.now_seconds", "(if context.rationale == \"overflow\" then 1 else 0 - 1)");
    let module =
        testing::configured::<Cedar>(&only_then.replace(
            &only_then,
            &serde_json::json!({"source": only_then, "reads": {"parts": ["rationale"]}}).to_string(),
        ))
        .unwrap();
    let case = Case::enrich("city", "Bern");
    assert_eq!(testing::decide_by(&module, &case, &[]), Ok(Verdict::apply()));
    let declined = testing::decide_by(&module, &case.rationale("overflow"), &[]);
    assert!(
        matches!(&declined, Err(NotCalled::Declined(why)) if why.contains("(cedar.a) cannot be evaluated")),
        "{declined:?}"
    );
}

#[test]
fn everything_in_the_schema_can_be_asked_for() {
    let source = format!(
        "{PERMIT}@code(\"cedar.a\") @reason(\"A.\") @about(\"suggestion\")
        forbid (principal == Assistant::\"acme/enricher\", action == Action::\"overwrite\", resource == Record::\"hubspot/contact/101\")
        when {{
            context has change && context.change.field == \"revenue\" && context.fields.contains(\"revenue\") &&
            context.change has prior && context.change.prior.text == \"12.50\" && context.change.prior.number == decimal(\"12.5\") &&
            context.change has proposed && context.change.proposed.empty && context.change.sensitivity == \"low\" &&
            context.change has value && !context.change.value.empty && context.change.tags.isEmpty() && !context.change.verified &&
            context.change has set_by && context.change.set_by == \"import\" && context.target.system == \"hubspot\" &&
            context.merge_with.contains(resource) && context.assistant.version == \"2.1\" && context.rationale like \"The *\" &&
            context.evidence.count == 1 && context.evidence.with_digest == 1 && context.evidence.with_excerpt == 1 &&
            context.evidence.kinds.contains(\"web-page\") && context.regimes.contains(\"banking\") && context has segment &&
            context.history.count == 0 && context.findings.count == 0 && context.now_seconds > 0 &&
            context.consents.contains({{ purpose: \"enrichment\", state: \"granted\" }}) && context has confidence
        }};"
    ).replace("context.change.prior.text", "context.change.prior has text && context.change.prior.text")
     .replace("context.change.prior.number", "context.change.prior has number && context.change.prior.number")
     .replace("context.change.sensitivity", "context.change has sensitivity && context.change.sensitivity");
    let parts = [
        "evidence",
        "excerpts",
        "rationale",
        "assistant",
        "changed-values",
        "field-facts",
        "consents",
        "regimes",
        "segment",
    ];
    let settings =
        serde_json::json!({"source": source, "reads": {"parts": parts, "fields": ["*"], "history-days": 30}})
            .to_string();
    let (suggestion, facts, findings) = rules::sample::everything();
    let verdict = testing::decide_with::<Cedar>(&settings, &Case { suggestion, facts }, &findings).unwrap();
    assert_eq!(verdict.reasons, [Reason::new("cedar.a", "A.")]);
}

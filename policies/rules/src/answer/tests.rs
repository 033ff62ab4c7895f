use serde_json::{Value as Json, json};

use super::*;

struct InJson;

impl Answer for InJson {
    type Value = Json;

    fn view(value: &Json) -> View<'_, Json> {
        match value {
            Json::Null => View::Null,
            Json::Bool(_) => View::Other("a truth value"),
            Json::Number(number) => number.as_i64().map_or(View::Other("a number"), View::Whole),
            Json::String(text) => View::Text(text),
            Json::Array(items) => View::List(items.iter().collect()),
            Json::Object(entries) => View::Object(entries.iter().map(|(key, value)| (key.as_str(), value)).collect()),
        }
    }
}

fn verdict(answer: &Json) -> Result<Verdict, String> {
    super::verdict::<InJson>(answer)
}

fn objections(answer: &Json) -> Result<Verdict, String> {
    super::objections::<InJson>(answer)
}

#[test]
fn a_verdict_is_read() {
    let answer = json!({"outcome": "review", "review": {"approvals": 2, "priority": 9, "role": "lead"}, "reasons": [
        {"code": "a.b", "message": "This.", "field": "city"}, {"code": "a.c", "message": "That.", "field": null}]});
    let verdict = verdict(&answer).unwrap();
    assert_eq!((verdict.outcome, verdict.reasons.len()), (Outcome::Review, 2));
    assert_eq!((verdict.reasons[0].field.as_deref(), verdict.reasons[1].field.as_deref()), (Some("city"), None));
    let needs = ReviewNeeds { role: Some("lead".into()), approvals: 2, priority: 9, within_hours: None };
    assert_eq!(verdict.review, Some(needs));
    assert_eq!(super::verdict::<InJson>(&json!({"outcome": "apply"})), Ok(Verdict::apply()));
}

#[test]
fn another_shape_is_an_error() {
    for (answer, why) in [
        (json!(true), "the verdict is a truth value, not an object"),
        (json!({}), "the verdict's `outcome` is missing"),
        (json!({"outcome": "aply"}), "the verdict's `outcome` is `aply`; known are apply, review, human-only, reject"),
        (
            json!({"outcome": "apply", "reason": []}),
            "the verdict has a key `reason`; known are outcome, reasons, review",
        ),
        (json!({"outcome": "review"}), "the outcome `review` has no reason"),
        (json!({"outcome": "review", "reasons": {}}), "the verdict's `reasons` is an object, not a list"),
        (json!({"outcome": "review", "reasons": ["a"]}), "a reason is a text, not an object"),
        (json!({"outcome": "review", "reasons": [{"code": "a.b"}]}), "a reason's `message` is missing"),
        (json!({"outcome": "apply", "review": {"approvals": 0}}), "`review.approvals` is 0, not from 1 to 255"),
        (json!({"outcome": "apply", "review": {"priority": 9.5}}), "`review.priority` is a number, not a whole number"),
    ] {
        assert_eq!(verdict(&answer).unwrap_err(), why, "{answer}");
    }
}

#[test]
fn objections_make_a_verdict() {
    assert_eq!(objections(&json!([])), Ok(Verdict::apply()));
    let one =
        |outcome: &str, review: Json| json!({"outcome": outcome, "code": "a.b", "message": "M.", "review": review});
    let senior = json!({"role": "senior", "priority": 6, "within_hours": 24});
    let clerk = json!({"role": "clerk", "priority": 2, "within_hours": 48, "approvals": 2});
    let both = objections(&json!([one("review", clerk.clone()), one("human-only", senior.clone())])).unwrap();
    assert_eq!(both.outcome, Outcome::HumanOnly);
    let joined = ReviewNeeds { role: Some("senior".into()), approvals: 2, priority: 6, within_hours: Some(24) };
    assert_eq!(both.review, Some(joined.clone()));
    assert_eq!(objections(&json!([one("review", senior), one("review", clerk)])).unwrap().review, Some(joined));
    assert_eq!(objections(&json!([one("reject", json!({"priority": 1}))])).unwrap().review, None);
    for (answer, why) in [
        (json!({}), "the answer is an object, not a list"),
        (json!([one("apply", json!(null))]), "an objection's `outcome` is `apply`; leave the objection out"),
        (json!([{"outcome": "review", "code": 7, "message": ""}]), "a reason's `code` is a number, not a text"),
    ] {
        assert_eq!(objections(&answer).unwrap_err(), why);
    }
}

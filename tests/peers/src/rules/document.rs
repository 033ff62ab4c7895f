//! What the example rules look at.

use std::collections::BTreeMap;

use countersign::model::{Facts, Sensitivity, Suggestion};
use serde_json::{Map, Value, json};

/// As the modules show it to a rule.
pub fn document(suggestion: &Suggestion, facts: &Facts<'_>) -> Value {
    let whole: Value = serde_json::from_str(&suggestion.canonical().unwrap()).unwrap();
    let known = |of: &Value, keys: &[&str]| -> Value {
        let present = keys.iter().filter(|key| of.get(**key).is_some_and(|value| !value.is_null()));
        present.map(|key| ((*key).to_owned(), of[*key].clone())).collect::<Map<_, _>>().into()
    };
    let mut shown = known(&whole, &["operation", "confidence"]);
    let changes = whole["changes"].as_array().unwrap().iter();
    shown["changes"] = changes.map(|change| known(change, &["field", "confidence"])).collect();
    let fields: Map<String, Value> = facts
        .classes
        .iter()
        .map(|(field, class)| {
            let known = json!({ "sensitivity": word(class.sensitivity), "tags": class.tags });
            ((*field).to_owned(), known)
        })
        .collect();
    json!({
        "suggestion": shown,
        "facts": { "consent_now": consent_now(suggestion, facts), "fields": fields },
        "findings": [],
    })
}

pub fn word(of: Sensitivity) -> &'static str {
    match of {
        Sensitivity::Low => "low",
        Sensitivity::Medium => "medium",
        Sensitivity::High => "high",
    }
}

/// What the newest entry of each purpose says; the generated times compare as texts.
pub fn consent_now<'a>(suggestion: &'a Suggestion, facts: &Facts<'_>) -> BTreeMap<&'a str, &'a str> {
    let mut consents: Vec<_> = suggestion.context.consents.iter().collect();
    consents.sort_by_key(|consent| consent.at.as_deref());
    let past = consents.into_iter().filter(|consent| consent.at.as_deref() <= Some(facts.now.as_str()));
    past.map(|consent| (consent.purpose.as_str(), consent.state.as_str())).collect()
}

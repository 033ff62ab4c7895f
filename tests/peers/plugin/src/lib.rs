//! The measured rule as a plugin of Extism. `tests/bench plugin` builds it into `tests/peers/plugin.wasm`.

use extism_pdk::{FnResult, FromBytes, Json, ToBytes, plugin_fn};
use serde::{Deserialize, Serialize};

/// What the rule looks at, of the document that all engines are given.
#[derive(Deserialize, FromBytes)]
#[encoding(Json)]
struct Suggestion {
    fields: Vec<Field>,
    consents: Vec<Consent>,
    confidence: Option<f64>,
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
struct Field {
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Consent {
    purpose: String,
    state: String,
}

#[derive(Deserialize)]
struct Evidence {
    sha256: Option<String>,
    excerpt: Option<String>,
}

#[derive(Serialize, ToBytes)]
#[encoding(Json)]
struct Verdict {
    outcome: &'static str,
    codes: Vec<&'static str>,
}

/// From the mildest.
const OUTCOMES: [&str; 4] = ["apply", "review", "human-only", "reject"];

#[plugin_fn]
pub fn decide(suggestion: Suggestion) -> FnResult<Verdict> {
    let mut outcome = 0;
    let mut codes = Vec::new();
    let mut object = |with: usize, code| {
        outcome = outcome.max(with);
        codes.push(code);
    };
    if !suggestion.consents.iter().any(|consent| consent.purpose == "enrichment" && consent.state == "granted") {
        object(3, "rule.consent");
    }
    for field in &suggestion.fields {
        if field.tags.iter().any(|tag| tag == "legal" || tag == "payment") {
            object(2, "rule.protected");
        }
    }
    if suggestion.confidence.is_none_or(|confidence| confidence < 0.9) {
        object(1, "rule.confidence");
    }
    let evidence = &suggestion.evidence;
    if evidence.is_empty() || !evidence.iter().all(|one| one.sha256.is_some() && one.excerpt.is_some()) {
        object(1, "rule.evidence");
    }
    Ok(Verdict { outcome: OUTCOMES[outcome], codes })
}

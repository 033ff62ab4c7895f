//! What of two decisions is not the same.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Decision;

/// One part of a decision that came out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// Which part, such as `modules[confidence].fuel`.
    pub part: String,
    /// What is on record, as JSON.
    pub recorded: String,
    /// What came out now, as JSON.
    pub now: String,
}

impl Difference {
    /// Takes out what modules said in words, which may quote a personal value, and what tells of which records this may be one.
    pub fn withhold(&mut self) {
        let last = self.part.rsplit('.').next().unwrap_or_default();
        if matches!(last, "reasons" | "findings" | "fault" | "log" | "canary") {
            (self.recorded, self.now) = ("withheld".to_owned(), "withheld".to_owned());
        }
    }
}

/// Every part of `now` that differs from `recorded`. Fuel is compared only where the engine is the same one.
#[must_use]
pub fn differences(recorded: &Decision, now: &Decision, same_engine: bool) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |part: String, recorded: String, now: String| {
        if recorded != now {
            found.push(Difference { part, recorded, now });
        }
    };
    compare("canary".into(), json(&recorded.canary), json(&now.canary));
    compare("outcome".into(), json(&recorded.outcome), json(&now.outcome));
    compare("reasons".into(), json(&recorded.reasons), json(&now.reasons));
    compare("findings".into(), json(&recorded.findings), json(&now.findings));
    compare("review".into(), json(&recorded.review), json(&now.review));
    compare("modules".into(), names(recorded), names(now));
    for (recorded, now) in recorded.modules.iter().zip(&now.modules) {
        let part = |what: &str| format!("modules[{}].{what}", recorded.name);
        compare(part("called"), json(&recorded.called), json(&now.called));
        compare(part("outcome"), json(&recorded.outcome), json(&now.outcome));
        // Early events say only what all verdicts together want of a review, which is compared above.
        if recorded.review.is_some() {
            compare(part("review"), json(&recorded.review), json(&now.review));
        }
        compare(part("fault"), json(&recorded.fault), json(&now.fault));
        compare(part("log"), json(&recorded.log), json(&now.log));
        if same_engine {
            compare(part("fuel"), json(&recorded.fuel), json(&now.fuel));
        }
    }
    found
}

fn names(decision: &Decision) -> String {
    decision
        .modules
        .iter()
        .map(|run| format!("{}@{} {}", run.name, run.version, run.digest.short()))
        .collect::<Vec<_>>()
        .join(", ")
}

fn json(part: &impl Serialize) -> String {
    serde_json::to_string(part).unwrap_or_else(|error| format!("no JSON: {error}"))
}

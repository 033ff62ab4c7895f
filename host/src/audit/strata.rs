//! What decisions are told apart by when a sample is drawn: each is in exactly one stratum.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::ClearDecision;
use crate::model::Outcome;
use crate::replay::lowest_confidence;

/// What strata differ by. The order is the one in which a stratum's name has its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The band that the confidence lies in.
    Confidence,
    /// The fields that would change, all of them together.
    Field,
    /// The assistant's vendor and model.
    Assistant,
    /// The set's name and version.
    Set,
}

/// Bands of confidence by their lower ends, the highest first.
const BANDS: [(f64, &str); 5] =
    [(0.99, ">=0.99"), (0.95, "0.95-0.99"), (0.9, "0.9-0.95"), (0.8, "0.8-0.9"), (0.5, "0.5-0.8")];

/// The band below all others, and that of no confidence.
const LOWEST: &str = "<0.5";
const NONE: &str = "none";

impl By {
    /// The word as it stands in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confidence => "confidence",
            Self::Field => "field",
            Self::Assistant => "assistant",
            Self::Set => "set",
        }
    }

    /// The part of the name of a decision's stratum.
    pub(super) fn name(self, decision: &ClearDecision) -> String {
        let suggestion = &decision.suggestion;
        match self {
            Self::Confidence => {
                let changes = suggestion.changes.iter().map(|change| change.confidence);
                band(lowest_confidence(suggestion.confidence, changes)).to_owned()
            }
            Self::Field => {
                let mut fields: Vec<&str> = suggestion.changes.iter().map(|change| change.field.as_str()).collect();
                fields.sort_unstable();
                fields.dedup();
                if fields.is_empty() { NONE.to_owned() } else { fields.join("+") }
            }
            Self::Assistant => format!("{}/{}", suggestion.assistant.vendor, suggestion.assistant.model),
            Self::Set => format!("{}@{}", decision.set.name, decision.set.version),
        }
    }
}

fn band(confidence: Option<f64>) -> &'static str {
    let Some(confidence) = confidence else { return NONE };
    BANDS.into_iter().find(|(low, _)| confidence >= *low).map_or(LOWEST, |(_, name)| name)
}

/// Which decisions are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Outcomes {
    /// Those with one outcome.
    Only(Outcome),
    /// All of them.
    All,
}

impl Outcomes {
    /// Whether a decision with this outcome is one of them.
    #[must_use]
    pub fn holds(self, outcome: Outcome) -> bool {
        match self {
            Self::Only(only) => only == outcome,
            Self::All => true,
        }
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Only(outcome) => outcome.as_str(),
            Self::All => "all",
        })
    }
}

impl FromStr for Outcomes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let only = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == text).map(Self::Only);
        only.or((text == "all").then_some(Self::All)).ok_or("write apply, review, human-only, reject or all")
    }
}

impl TryFrom<String> for Outcomes {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse()
    }
}

impl From<Outcomes> for String {
    fn from(outcomes: Outcomes) -> Self {
        outcomes.to_string()
    }
}

impl JsonSchema for Outcomes {
    fn schema_name() -> Cow<'static, str> {
        "Outcomes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An outcome, or all of them.",
            "enum": ["apply", "review", "human-only", "reject", "all"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_have_their_lower_end() {
        let bands = [0.0, 0.499, 0.5, 0.8, 0.899, 0.9, 0.95, 0.99, 1.0].map(|confidence| band(Some(confidence)));
        let expected = ["<0.5", "<0.5", "0.5-0.8", "0.8-0.9", "0.8-0.9", "0.9-0.95", "0.95-0.99", ">=0.99", ">=0.99"];
        assert_eq!(bands, expected);
        assert_eq!(band(None), "none");
    }

    #[test]
    fn a_decision_has_one_name_of_each_kind() {
        let text = r#"{"id":"s","outcome":"apply","decided_at":"2026-11-20T09:00:00Z","engine":{},
            "set":{"name":"crm","version":"1.0.0","digest":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
            "modules":[{"name":"m","called":true,"fuel":3}],
            "suggestion":{"operation":"enrich","assistant":{"vendor":"acme","model":"x/y","version":"2"},"confidence":0.97,
                "changes":[{"field":"zip","confidence":0.7},{"field":"city","prior":{"sealed":"00"}},{"field":"zip"}]}}"#;
        let mut decision: ClearDecision = serde_json::from_str(text).unwrap();
        let names =
            |decision: &ClearDecision| [By::Confidence, By::Field, By::Assistant, By::Set].map(|by| by.name(decision));
        assert_eq!(names(&decision), ["0.5-0.8", "city+zip", "acme/x/y", "crm@1.0.0"]);
        decision.suggestion.changes.clear();
        assert_eq!(names(&decision)[..2], ["0.95-0.99", "none"]);
        decision.suggestion.confidence = Some(1.5);
        assert_eq!(names(&decision)[0], "none");
    }

    #[test]
    fn outcomes_read_what_they_write() {
        for text in ["apply", "review", "human-only", "reject", "all"] {
            assert_eq!(text.parse::<Outcomes>().unwrap().to_string(), text);
        }
        assert!("none".parse::<Outcomes>().is_err());
    }
}

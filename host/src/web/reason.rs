//! Why something is done, as it is sent.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

/// The most characters that a reason has.
const LONGEST: usize = 1_000;

/// A reason that stays on record: some words, and not too many.
pub(super) struct Reason(String);

impl Reason {
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text.trim().is_empty() || text.chars().count() > LONGEST {
            return Err(serde::de::Error::custom(format!("say why, in at most {LONGEST} characters")));
        }
        Ok(Self(text))
    }
}

impl JsonSchema for Reason {
    fn schema_name() -> Cow<'static, str> {
        "Reason".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "\\S", "maxLength": LONGEST })
    }
}

//! Why something is done, as it is sent.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// The most characters that a reason has.
const LONGEST: usize = 1_000;

/// A reason that stays on record: some words, and not too many.
#[derive(Serialize)]
pub(crate) struct Reason(String);

/// A text that gives no reason, or goes on for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotAReason;

impl fmt::Display for NotAReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "say why, in at most {LONGEST} characters")
    }
}

impl std::error::Error for NotAReason {}

impl Reason {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reason {
    type Error = NotAReason;

    fn try_from(text: String) -> Result<Self, NotAReason> {
        if text.trim().is_empty() || text.chars().count() > LONGEST { Err(NotAReason) } else { Ok(Self(text)) }
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(from)?).map_err(serde::de::Error::custom)
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

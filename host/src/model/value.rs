//! One value of a CRM field.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{self, Serialize, SerializeSeq, Serializer};
use serde_json::value::RawValue;

/// One value of a CRM field, as JSON has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// Empty.
    #[default]
    Null,
    /// A check box.
    Boolean(bool),
    /// A number in the CRM's own decimal text, so that no digit is lost.
    Number(String),
    /// Text.
    Text(String),
    /// A multiple-choice field.
    Choices(Vec<String>),
}

impl Value {
    /// How many bytes of text the value holds.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        match self {
            Self::Null | Self::Boolean(_) => 0,
            Self::Number(text) | Self::Text(text) => text.len(),
            Self::Choices(choices) => choices.iter().map(String::len).sum(),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    /// Reads the value from its JSON text; only a JSON text can be read, since a parsed number has lost
    /// its digits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let kind = raw.as_bytes().first().copied().unwrap_or_default();
        match kind {
            b'n' => Ok(Self::Null),
            b't' => Ok(Self::Boolean(true)),
            b'f' => Ok(Self::Boolean(false)),
            b'"' => serde_json::from_str(raw).map(Self::Text).map_err(de::Error::custom),
            b'[' => serde_json::from_str(raw)
                .map(Self::Choices)
                .map_err(|_| de::Error::custom("a list of choices holds texts only")),
            b'{' => Err(de::Error::custom(
                "expected null, true or false, a number, a text or a list of texts, not an object",
            )),
            _ => Ok(Self::Number(raw.to_owned())),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(text) => {
                let raw: &RawValue = serde_json::from_str(text).map_err(ser::Error::custom)?;
                raw.serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::Choices(choices) => {
                let mut list = serializer.serialize_seq(Some(choices.len()))?;
                for choice in choices {
                    list.serialize_element(choice)?;
                }
                list.end()
            }
        }
    }
}

impl JsonSchema for Value {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "One value of a CRM field: null if it is empty, a check box, a number (every digit is kept), a text, or a list of choices.",
            "oneOf": [
                { "type": ["null", "boolean", "number", "string"] },
                { "type": "array", "items": { "type": "string" } }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_of_a_number_survives() {
        for text in
            ["12.50", "-0", "1e400", "123456789012345678901234567890.10", "null", "true", r#""a\"b""#, r#"["x","y"]"#]
        {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
        }
    }

    #[test]
    fn objects_and_mixed_lists_are_refused() {
        assert!(serde_json::from_str::<Value>("{}").is_err());
        assert!(serde_json::from_str::<Value>("[1]").is_err());
    }
}

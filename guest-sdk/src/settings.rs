//! Settings: the words of the interface in them (`"review"`, `"medium"`, `"overwrite"`), and checks that many share.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::module::Module;
use crate::types::{Operation, Outcome, Sensitivity, Severity};

macro_rules! words {
    ($type:ident: $($word:literal => $variant:ident),+) => {
        impl $type {
            /// All of them, in the order of the interface.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it stands in files.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let word = Cow::<str>::deserialize(input)?;
                Self::ALL
                    .iter()
                    .find(|known| known.as_str() == word)
                    .copied()
                    .ok_or_else(|| D::Error::unknown_variant(&word, &[$($word),+]))
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "enum": [$($word),+] })
            }
        }
    };
}

words!(Outcome: "apply" => Apply, "review" => Review, "human-only" => HumanOnly, "reject" => Reject);
words!(Severity: "info" => Info, "low" => Low, "medium" => Medium, "high" => High, "critical" => Critical);
words!(Sensitivity: "low" => Low, "medium" => Medium, "high" => High);
words!(Operation: "append" => Append, "enrich" => Enrich, "overwrite" => Overwrite, "clear" => Clear,
    "merge" => Merge, "delete" => Delete, "summarize" => Summarize, "act" => Act);

/// Refuses a list of names and `#tag`s with an entry that can match no field.
///
/// # Errors
/// The key, and what is wrong.
pub fn check_fields<S: AsRef<str>>(key: &str, fields: impl IntoIterator<Item = S>) -> Result<(), String> {
    if fields.into_iter().any(|field| matches!(field.as_ref().trim(), "" | "#")) {
        return Err(format!("{key}: an entry is blank; each is a field's name, a `#tag` or `*`"));
    }
    Ok(())
}

/// Refuses a code that the module never returns.
///
/// # Errors
/// The key, and the code.
pub fn check_codes<'a, M: Module>(key: &str, codes: impl IntoIterator<Item = &'a String>) -> Result<(), String> {
    match codes.into_iter().find(|code| M::CODES.iter().all(|(known, _)| known != code)) {
        Some(code) => Err(format!("{key}: `{code}` is no code of this module")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_match_nothing_is_refused() {
        assert_eq!(check_fields("fields", ["*", "#pii", "city"]), Ok(()));
        assert!(check_fields("fields", ["city", "# "]).is_err_and(|why| why.starts_with("fields: ")));
    }

    #[test]
    fn every_word_reads_back_and_others_are_refused() {
        for outcome in Outcome::ALL {
            let text = format!("\"{}\"", outcome.as_str());
            assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), *outcome);
        }
        let refused = serde_json::from_str::<Operation>("\"erase\"").unwrap_err().to_string();
        assert!(refused.contains("overwrite"), "{refused}");
    }
}

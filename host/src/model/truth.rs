//! What people know of a suggestion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a suggestion was right, as people found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// It was right as it stood.
    Approve,
    /// It was not.
    Reject,
}

impl Truth {
    /// The word as it stands in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Approve, Self::Reject].into_iter().find(|truth| truth.as_str() == word)
    }
}

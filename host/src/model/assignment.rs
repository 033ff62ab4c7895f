//! Which of two sets decides about a record while one of them is tried on a part of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The two sets that decide during a canary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// The set that is in force.
    Active,
    /// The set that is tried.
    Canary,
}

impl Arm {
    /// The word as it stands in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Canary => "canary",
        }
    }
}

/// Why one of them decided: everything that it takes to assign the record again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assignment {
    /// The event that began the canary.
    pub canary: u64,
    /// What was hashed with the record: another one for each canary.
    pub salt: String,
    /// Where the record falls by that, from 0 to 9,999. The same in each decision about it.
    pub bucket: u16,
    /// How many of the 10,000 buckets the canary had then.
    pub share: u16,
    /// The set that decided: the canary's if the bucket is below the share.
    pub arm: Arm,
}

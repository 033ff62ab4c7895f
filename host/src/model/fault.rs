//! Why a module gave no answer.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The sandbox stopped a module, or the module gave no usable answer. Never an outcome of its own:
/// the set says what a fault of a module means, and it never means `apply`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// What happened, in one sentence; the same for the same input.
    pub detail: String,
}

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The call used up its fuel.
    Fuel,
    /// The module wanted more memory, tables or handles than it may have.
    Memory,
    /// The module recursed too deeply.
    Stack,
    /// The module trapped.
    Trap,
    /// What the module returned is too large, malformed or not allowed.
    Output,
    /// The module says that it cannot judge the suggestion.
    Declined,
    /// The wall-clock back-stop fired: a bug of the host, since fuel ends every call before.
    Stalled,
    /// The module could not be loaded or configured.
    Unavailable,
}

impl FaultKind {
    /// The word as it stands in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fuel => "fuel",
            Self::Memory => "memory",
            Self::Stack => "stack",
            Self::Trap => "trap",
            Self::Output => "output",
            Self::Declined => "declined",
            Self::Stalled => "stalled",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Fault {
    /// A fault of a kind, and what happened.
    pub fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.detail)
    }
}

impl std::error::Error for Fault {}

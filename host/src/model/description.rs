//! What a module says about itself.

use serde::{Deserialize, Serialize};

use super::Operation;

/// Which of the two worlds a module is written against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ModuleKind {
    /// Returns findings.
    Validator,
    /// Returns a verdict.
    Policy,
}

impl ModuleKind {
    /// The word as it stands in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Validator => "validator",
            Self::Policy => "policy",
        }
    }
}

/// What a module says about itself, with the settings it was asked under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// Its version, semver.
    pub version: String,
    /// One sentence: what it is for.
    pub summary: String,
    /// Where it applies.
    pub applies_to: Scope,
    /// What it wants to see.
    pub reads: Reads,
    /// Every code that it may return.
    pub codes: Vec<CodeMeaning>,
    /// The JSON Schema of its settings.
    pub settings_schema: String,
}

/// One code that a module may return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CodeMeaning {
    /// `<module>.<what>`.
    pub code: String,
    /// When it is returned.
    pub meaning: String,
}

/// Where a module applies. All lists that are not empty must match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Scope {
    /// The operations.
    pub operations: Vec<Operation>,
    /// The kinds of record.
    pub objects: Vec<String>,
    /// Names or `#tag`s of changed fields.
    pub fields: Vec<String>,
}

/// What a module wants to see; it is given nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reads {
    /// Parts of the suggestion and its facts.
    pub parts: Parts,
    /// Fields whose values it needs: names, `#tag`, or `*` for all.
    pub fields: Vec<String>,
    /// How many days of history it needs.
    pub history_days: u32,
}

/// Parts that are handed over only on request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "a set of flags, named as in the interface")]
#[expect(missing_docs, reason = "documented in the interface: wit/1.0.0/policy.wit, `parts`")]
pub struct Parts {
    pub evidence: bool,
    pub excerpts: bool,
    pub rationale: bool,
    pub assistant: bool,
    pub changed_values: bool,
    pub field_facts: bool,
    pub consents: bool,
    pub regimes: bool,
    pub segment: bool,
}

impl Parts {
    /// The names of the parts asked for, for people.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        [
            (self.evidence || self.excerpts, "evidence"),
            (self.excerpts, "excerpts"),
            (self.rationale, "rationale"),
            (self.assistant, "assistant"),
            (self.changed_values, "changed-values"),
            (self.field_facts, "field-facts"),
            (self.consents, "consents"),
            (self.regimes, "regimes"),
            (self.segment, "segment"),
        ]
        .into_iter()
        .filter_map(|(asked, name)| asked.then_some(name))
        .collect()
    }
}

//! What the author of a module writes: one type, one of these traits, one `export!`.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::types::{CodeMeaning, Facts, Finding, Operation, Parts, Reads, Scope, Suggestion, Verdict};

/// What every module has, validator or policy.
///
/// The type itself is the configured module: `configure` makes it from the settings, once, and every
/// call starts from a copy of it. Do costly work (parsing lists, building maps) there.
pub trait Module: Sized + Send + Sync + 'static {
    /// The module's name: lower case letters, digits and hyphens, at most 64.
    const NAME: &'static str;
    /// Every code that the module may return, each with one sentence on when.
    const CODES: &'static [(&'static str, &'static str)];
    /// Whether the settings name the module and its codes: then [`Module::name`] and [`Module::codes`] are asked, and
    /// `NAME` and `CODES` stand for a module that is not configured.
    const NAMED_BY_SETTINGS: bool = false;
    /// The settings. Give every key a default (`#[serde(default)]`) and refuse unknown ones
    /// (`#[serde(deny_unknown_fields)]`); doc comments become the schema's descriptions.
    type Settings: DeserializeOwned + JsonSchema;

    /// Checks the settings and makes the module.
    ///
    /// # Errors
    /// One sentence for whoever wrote the settings: which key is wrong, and why.
    fn configure(settings: Self::Settings) -> Result<Self, String>;

    /// Where the module applies; everywhere, if it does not say.
    fn applies_to(&self) -> Scope {
        Scope::default()
    }

    /// What the module wants to see; ids, operation, field names and confidences alone, if it does
    /// not say.
    fn reads(&self) -> Reads {
        Reads::default()
    }

    /// The name that the configured module goes by.
    fn name(&self) -> String {
        Self::NAME.to_owned()
    }

    /// Every code that the configured module may return.
    fn codes(&self) -> Vec<CodeMeaning> {
        code_meanings(Self::CODES)
    }
}

/// A module that notices things.
pub trait Validator: Module {
    /// Returns what it noticed; nothing is a good answer. Of very many findings the most serious reach the host,
    /// and long messages are cut.
    ///
    /// # Errors
    /// 'I cannot judge this', and why. The host treats it as a fault of the module.
    fn validate(&self, suggestion: &Suggestion, facts: &Facts) -> Result<Vec<Finding>, String>;
}

/// A module that says what may happen.
pub trait Policy: Module {
    /// Returns its verdict, given also what the validators found. Of very many reasons the first reach the host,
    /// and long messages are cut; [`crate::answer::Objections`] puts the strictest first then.
    ///
    /// # Errors
    /// 'I cannot judge this', and why. The host treats it as a fault of the module.
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, findings: &[Finding]) -> Result<Verdict, String>;
}

#[expect(clippy::derivable_impls, reason = "the type is generated")]
impl Default for Scope {
    fn default() -> Self {
        Self { operations: Vec::new(), objects: Vec::new(), fields: Vec::new() }
    }
}

impl Scope {
    /// Only these operations.
    #[must_use]
    pub fn operations(mut self, operations: &[Operation]) -> Self {
        self.operations = operations.to_vec();
        self
    }

    /// Only where at least one changed field has one of these names or `#tag`s.
    #[must_use]
    pub fn fields<S: AsRef<str>>(mut self, fields: impl IntoIterator<Item = S>) -> Self {
        self.fields = fields.into_iter().map(|field| field.as_ref().to_owned()).collect();
        self
    }

    /// Only these kinds of record.
    #[must_use]
    pub fn objects<S: AsRef<str>>(mut self, objects: impl IntoIterator<Item = S>) -> Self {
        self.objects = objects.into_iter().map(|object| object.as_ref().to_owned()).collect();
        self
    }
}

impl Default for Reads {
    fn default() -> Self {
        Self { parts: Parts::empty(), fields: Vec::new(), history_days: 0 }
    }
}

impl Reads {
    /// These parts of the suggestion and its facts.
    #[must_use]
    pub fn parts(parts: Parts) -> Self {
        Self { parts, ..Self::default() }
    }

    /// The values of these fields too: names, `#tag`, or `*` for all.
    #[must_use]
    pub fn values<S: AsRef<str>>(mut self, fields: impl IntoIterator<Item = S>) -> Self {
        self.fields = fields.into_iter().map(|field| field.as_ref().to_owned()).collect();
        self
    }

    /// The last `days` days of the record's history too.
    #[must_use]
    pub fn history(mut self, days: u32) -> Self {
        self.history_days = days;
        self
    }
}

/// `CODES` as the interface wants them.
pub(crate) fn code_meanings(codes: &[(&str, &str)]) -> Vec<CodeMeaning> {
    codes
        .iter()
        .map(|(code, meaning)| CodeMeaning { code: (*code).to_owned(), meaning: (*meaning).to_owned() })
        .collect()
}

//! The settings that all rule modules have, and what they tell the host.

use std::collections::BTreeMap;

use countersign_guest::prelude::*;

/// Which rule to run, and what it needs.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// What the module calls itself; its codes begin with it. Default: the language's name.
    pub name: Option<String>,
    /// The rule's text.
    pub source: String,
    /// Every code that the rule may give, with one sentence on when.
    pub codes: BTreeMap<String, String>,
    /// What the rule sees beyond ids, operation, names of changed fields and confidences.
    pub reads: ReadsSetting,
    /// Where the rule applies; elsewhere it is not run.
    pub applies_to: AppliesTo,
    /// Lists and limits that the rule looks at as `data`.
    pub data: serde_json::Map<String, serde_json::Value>,
}

/// What a rule sees on request.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReadsSetting {
    /// Parts of the suggestion and its facts.
    pub parts: Vec<Part>,
    /// Fields whose values are needed: names, `#tag`, or `*`.
    pub fields: Vec<String>,
    /// How many days of the record's history are needed.
    pub history_days: u32,
}

/// A part of a suggestion and its facts that is handed over on request.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// `suggestion.evidence`, without excerpts.
    Evidence,
    /// The same with excerpts.
    Excerpts,
    /// `suggestion.rationale`.
    Rationale,
    /// `suggestion.assistant`.
    Assistant,
    /// The values of the changed fields.
    ChangedValues,
    /// `facts.fields` for the changed fields.
    FieldFacts,
    /// `facts.consents` and `facts.consent_now`.
    Consents,
    /// `facts.regimes`.
    Regimes,
    /// `facts.segment`.
    Segment,
}

/// Where a rule applies; an empty list matches everything.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AppliesTo {
    /// The operations.
    pub operations: Vec<Operation>,
    /// The kinds of record.
    pub objects: Vec<String>,
    /// Names of fields or `#tag`: at least one changed field must match.
    pub fields: Vec<String>,
}

/// What the module tells the host of itself, checked.
pub struct Declared {
    /// The module's name.
    pub name: String,
    /// Every code that it may return.
    pub codes: Vec<CodeMeaning>,
    /// What it sees.
    pub reads: Reads,
    /// Where it applies.
    pub applies_to: Scope,
}

impl Declared {
    /// Checks a name and what is declared under it.
    ///
    /// # Errors
    /// The key that is wrong, and why.
    pub fn check(
        name: Option<String>,
        language: &str,
        codes: BTreeMap<String, String>,
        reads: ReadsSetting,
        applies_to: AppliesTo,
    ) -> Result<Self, String> {
        let name = name.unwrap_or_else(|| language.to_owned());
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
            return Err(format!("name: `{name}` is not made of at most 64 lower case letters, digits and hyphens"));
        }
        for (code, meaning) in &codes {
            check_code("codes", &name, code)?;
            if meaning.trim().is_empty() {
                return Err(format!("codes: `{code}` has no meaning; write one sentence on when it is given"));
            }
        }
        check_fields("reads.fields", &reads.fields)?;
        check_fields("applies-to.fields", &applies_to.fields)?;
        let parts = reads.parts.into_iter().fold(Parts::empty(), |parts, part| parts | flag(part));
        Ok(Self {
            name,
            codes: codes.into_iter().map(|(code, meaning)| CodeMeaning { code, meaning }).collect(),
            reads: Reads { parts, fields: reads.fields, history_days: reads.history_days },
            applies_to: Scope {
                operations: applies_to.operations,
                objects: applies_to.objects,
                fields: applies_to.fields,
            },
        })
    }
}

/// Refuses a code that does not say which module it is of.
///
/// # Errors
/// Where it stands, and what it must look like.
pub fn check_code(place: &str, name: &str, code: &str) -> Result<(), String> {
    let own = code.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
    match own {
        Some(own) if !own.is_empty() => Ok(()),
        _ => Err(format!("{place}: the code `{code}` does not begin with `{name}.`")),
    }
}

fn flag(part: Part) -> Parts {
    match part {
        Part::Evidence => Parts::EVIDENCE,
        Part::Excerpts => Parts::EXCERPTS,
        Part::Rationale => Parts::RATIONALE,
        Part::Assistant => Parts::ASSISTANT,
        Part::ChangedValues => Parts::CHANGED_VALUES,
        Part::FieldFacts => Parts::FIELD_FACTS,
        Part::Consents => Parts::CONSENTS,
        Part::Regimes => Parts::REGIMES,
        Part::Segment => Parts::SEGMENT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(settings: &str) -> Result<Declared, String> {
        let Settings { name, codes, reads, applies_to, .. } = serde_json::from_str(settings).unwrap();
        Declared::check(name, "rego", codes, reads, applies_to)
    }

    #[test]
    fn what_is_declared_reaches_the_host() {
        let declared = declared(
            r##"{"name": "mine", "codes": {"mine.a": "When a."}, "applies-to": {"operations": ["enrich"]},
                "reads": {"parts": ["consents", "changed-values"], "fields": ["#pii"], "history-days": 30}}"##,
        )
        .unwrap();
        assert_eq!((declared.name.as_str(), declared.codes.len()), ("mine", 1));
        assert_eq!(declared.reads.parts, Parts::CONSENTS | Parts::CHANGED_VALUES);
        assert_eq!((declared.reads.fields.len(), declared.reads.history_days), (1, 30));
        assert_eq!(declared.applies_to.operations, [Operation::Enrich]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (settings, key) in [
            (r#"{"name": "My rule"}"#, "name: `My rule`"),
            (r#"{"name": ""}"#, "name: "),
            (r#"{"codes": {"mine.a": "When a."}}"#, "codes: the code `mine.a` does not begin with `rego.`"),
            (r#"{"codes": {"rego.": "When."}}"#, "codes: "),
            (r#"{"codes": {"rego.a": " "}}"#, "codes: `rego.a` has no meaning"),
            (r#"{"reads": {"fields": [""]}}"#, "reads.fields: "),
            (r##"{"applies-to": {"fields": ["#"]}}"##, "applies-to.fields: "),
        ] {
            let refused = declared(settings).map(drop).unwrap_err();
            assert!(refused.starts_with(key), "{settings}: {refused}");
        }
    }
}

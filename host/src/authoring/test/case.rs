//! Cases: files of one input and what a module is to say of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Expect;
use crate::model::{Facts, FieldClass, Finding, Line, PastChange, Suggestion, key_to_blame, parse_line};

/// The time of a case that does not say otherwise.
pub(super) const NOW: &str = "2026-11-20T09:00:00Z";

/// What a module is given, and its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The settings, a JSON document.
    pub settings: String,
    /// The time of the decision, RFC 3339 in UTC.
    pub now: String,
    /// The suggestion.
    pub suggestion: Suggestion,
    /// What the catalogue says of its fields; of a field that is not here, that it is unknown.
    pub catalogue: BTreeMap<String, FieldClass>,
    /// Earlier suggestions for the record, oldest first.
    pub history: Vec<PastChange>,
    /// What the validators found.
    pub findings: Vec<Finding>,
}

impl Given {
    /// What the host knows beside the suggestion.
    #[must_use]
    pub fn facts(&self) -> Facts<'_> {
        let class = |field| self.catalogue.get(field).unwrap_or(FieldClass::UNKNOWN);
        let classes = self.suggestion.field_names().map(|field| (field, class(field))).collect();
        Facts { now: self.now.clone(), classes, history: self.history.clone() }
    }
}

/// One case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its file.
    pub path: PathBuf,
    /// The file's name without its ending.
    pub name: String,
    /// What it shows, in one sentence.
    pub about: String,
    /// The input.
    pub given: Given,
    /// What the module is to say.
    pub expect: Expect,
}

/// A file that is no case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {message}", path.display(), line.map_or_else(String::new, |line| format!(":{line}")))]
pub struct CaseError {
    /// The file.
    pub path: PathBuf,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong, with the key.
    pub message: String,
}

/// A case as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File<'a> {
    #[serde(default)]
    pub(super) about: String,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) settings: Option<&'a RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) now: Option<String>,
    #[serde(borrow)]
    pub(super) suggestion: &'a RawValue,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) catalogue: BTreeMap<String, FieldClass>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) history: Option<&'a RawValue>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) findings: Vec<FileFinding>,
    #[serde(borrow)]
    pub(super) expect: &'a RawValue,
}

/// A finding as it stands in a file; which module found it is for people.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileFinding {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    module: Option<String>,
    code: String,
    severity: crate::model::Severity,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    message: String,
}

impl From<Finding> for FileFinding {
    fn from(Finding { code, severity, field, message }: Finding) -> Self {
        Self { module: None, code, severity, field, message }
    }
}

impl From<FileFinding> for Finding {
    fn from(FileFinding { code, severity, field, message, .. }: FileFinding) -> Self {
        Self { code, severity, field, message }
    }
}

/// Reads every case of a folder, by name; none if there is no folder.
///
/// # Errors
/// All files that are no cases.
pub fn read_cases(folder: &Path) -> Result<Vec<Case>, Vec<CaseError>> {
    let unreadable =
        |error: std::io::Error| CaseError { path: folder.to_owned(), line: None, message: error.to_string() };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(vec![unreadable(error)]),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| vec![unreadable(error)])?.path();
        if path.extension().is_some_and(|end| end == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    let (mut cases, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match read_case(&path) {
            Ok(case) => cases.push(case),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(cases) } else { Err(errors) }
}

fn read_case(path: &Path) -> Result<Case, CaseError> {
    let wrong = |line, message| CaseError { path: path.to_owned(), line, message };
    let text = fs::read_to_string(path).map_err(|error| wrong(None, error.to_string()))?;
    let file: File<'_> =
        parse(&text).map_err(|(key, error)| wrong(Some(error.line()), in_key(key.as_deref(), &error)))?;
    let part = |name: &str, raw: &RawValue, (key, error): (Option<String>, serde_json::Error)| {
        let key = key.map_or_else(|| name.to_owned(), |key| format!("{name}.{key}"));
        wrong(Some(line_of(&text, raw) + error.line() - 1), in_key(Some(&key), &error))
    };
    let expect = parse::<Expect>(file.expect.get()).map_err(|error| part("expect", file.expect, error))?;
    let history = match file.history {
        Some(raw) => parse::<Vec<PastChange>>(raw.get()).map_err(|error| part("history", raw, error))?,
        None => Vec::new(),
    };
    let now = file.now.unwrap_or_else(|| NOW.to_owned());
    if now.parse::<jiff::Timestamp>().is_err() {
        return Err(wrong(None, "key `now`: no RFC 3339 time, such as 2026-11-20T09:00:00Z".to_owned()));
    }
    let suggestion = suggestion(file.suggestion.get(), &now).map_err(|error| {
        let key = error.key.map_or_else(|| "suggestion".to_owned(), |key| format!("suggestion.{key}"));
        wrong(Some(line_of(&text, file.suggestion)), format!("key `{key}`: {}", error.message))
    })?;
    let settings = file.settings.map_or("{}", RawValue::get);
    if !settings.starts_with('{') {
        return Err(wrong(file.settings.map(|raw| line_of(&text, raw)), "key `settings`: no JSON object".to_owned()));
    }
    Ok(Case {
        path: path.to_owned(),
        name: path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        about: file.about,
        given: Given {
            // One line, as a set hands settings over: modules name the key at a column.
            settings: serde_json::from_str::<serde_json::Value>(settings)
                .map_or_else(|_| settings.to_owned(), |value| value.to_string()),
            now,
            suggestion,
            catalogue: file.catalogue,
            history,
            findings: file.findings.into_iter().map(Finding::from).collect(),
        },
        expect,
    })
}

/// A suggestion as `evaluate` reads it; one that does not say when it came in came at the time of the case.
fn suggestion(text: &str, now: &str) -> Result<Suggestion, crate::model::IntakeError> {
    #[derive(Deserialize)]
    struct Received {
        received_at: Option<serde::de::IgnoredAny>,
    }
    let lacks_time = serde_json::from_str::<Received>(text).is_ok_and(|read| read.received_at.is_none());
    let text = match text.strip_prefix('{') {
        Some(rest) if lacks_time => format!("{{\"received_at\":\"{now}\",{rest}"),
        _ => text.to_owned(),
    };
    parse_line(&Line { number: 1, text })
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, (Option<String>, serde_json::Error)> {
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| (key_to_blame(error.path()), error.into_inner()))
}

fn in_key(key: Option<&str>, error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    key.map_or_else(|| message.to_owned(), |key| format!("key `{key}`: {message}"))
}

/// The line that a part of a text begins on.
fn line_of(text: &str, part: &RawValue) -> usize {
    let start = offset(text, part);
    1 + text.get(..start).unwrap_or_default().matches('\n').count()
}

/// Where in a text a part of it begins, in bytes.
pub(super) fn offset(text: &str, part: &RawValue) -> usize {
    part.get().as_ptr().addr().saturating_sub(text.as_ptr().addr())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Case, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.json");
        fs::write(&path, text).unwrap();
        read_case(&path).map_err(|error| error.to_string())
    }

    const SUGGESTION: &str = r#"{"id":"s-1","target":{"system":"h","object":"contact","id":"1"},"operation":"enrich",
        "changes":[{"field":"city","proposed":12.50}],"assistant":{"vendor":"acme","model":"e"}}"#;

    #[test]
    fn a_case_needs_a_suggestion_and_an_expectation_alone() {
        let case = read(&format!(r#"{{"suggestion":{SUGGESTION},"expect":{{"outcome":"apply"}}}}"#)).unwrap();
        assert_eq!(case.name, "one");
        assert_eq!(case.given.suggestion.received_at, NOW);
        assert_eq!(case.given.facts().class("city"), FieldClass::UNKNOWN);
    }

    #[test]
    fn mistakes_are_named_with_line_and_key() {
        for (text, said) in [
            (format!("{{\"suggestion\":{SUGGESTION},\n\"expect\":{{\"outcom\":\"apply\"}}}}"), ":3: key `expect"),
            (format!("{{\"expct\":{{}},\"suggestion\":{SUGGESTION}}}"), "expct"),
            (
                format!("{{\"suggestion\":{},\"expect\":{{}}}}", SUGGESTION.replace("city", "")),
                "suggestion.changes[0].field",
            ),
            (format!("{{\"suggestion\":{SUGGESTION},\"expect\":{{}},\"settings\":[]}}"), "key `settings`"),
            (format!("{{\"suggestion\":{SUGGESTION},\"expect\":{{}},\"now\":\"soon\"}}"), "key `now`"),
            ("{".to_owned(), "EOF"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}

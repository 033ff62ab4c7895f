//! Reads suggestions: one JSON object a line, checked whole, with errors that say where and what to do.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::{FieldState, Operation, Suggestion};

/// The longest line that is read, in bytes: well above any real suggestion, and low enough that a
/// hostile file cannot fill the memory.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// The most entries that any list of a suggestion may have.
const MAX_ENTRIES: usize = 1_000;

/// One line of input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Its text, without the line break.
    pub text: String,
}

/// Why a line is no suggestion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct IntakeError {
    /// The line's number, from 1.
    pub line: u64,
    /// The path of the key, such as `changes[0].proposed`.
    pub key: Option<String>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for IntakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "line {}, key `{key}`: {}", self.line, self.message),
            None => write!(f, "line {}: {}", self.line, self.message),
        }
    }
}

/// Reads the lines of a file that are not blank.
///
/// A line that is too long or not UTF-8 is an [`IntakeError`]; the lines after it can still be read.
/// An I/O error ends the reading.
pub fn read_lines<R: BufRead>(mut input: R) -> impl Iterator<Item = io::Result<Result<Line, IntakeError>>> {
    let mut number = 0;
    let mut buffer = Vec::new();
    std::iter::from_fn(move || {
        loop {
            match next_line(&mut input, &mut buffer) {
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
                Ok(Some(cut)) => {
                    number += 1;
                    if !cut && buffer.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    return Some(Ok(line_of(number, cut, &buffer)));
                }
            }
        }
    })
}

/// Fills `buffer` with the next line, without its end; says whether it had to be cut. None at the end.
fn next_line<R: BufRead>(input: &mut R, buffer: &mut Vec<u8>) -> io::Result<Option<bool>> {
    buffer.clear();
    let mut cut = false;
    let mut any = false;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(any.then_some(cut));
        }
        any = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
        let used = end.map_or(part.len(), |end| end + 1);
        if buffer.len() + part.len() > MAX_LINE_BYTES {
            cut = true;
            buffer.clear();
        } else if !cut {
            buffer.extend_from_slice(part);
        }
        input.consume(used);
        if end.is_some() {
            return Ok(Some(cut));
        }
    }
}

fn line_of(number: u64, cut: bool, bytes: &[u8]) -> Result<Line, IntakeError> {
    let refuse = |message| Err(IntakeError { line: number, key: None, message });
    if cut {
        return refuse(format!("longer than {MAX_LINE_BYTES} bytes; shorten its texts or cite them by reference"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Line { number, text: text.trim_end_matches('\r').to_owned() }),
        Err(error) => refuse(format!("no valid UTF-8 at byte {}; save the file as UTF-8", error.valid_up_to() + 1)),
    }
}

/// Reads one suggestion from one line.
///
/// # Errors
/// Says which key is wrong and why; for an unknown key, the nearest known one.
pub fn parse_line(line: &Line) -> Result<Suggestion, IntakeError> {
    // The plain parser is the fast path; the one that knows where it is runs for the message alone.
    let suggestion = match serde_json::from_str(&line.text) {
        Ok(suggestion) => suggestion,
        Err(plain) => return Err(explain(line, &plain)),
    };
    check(&suggestion).map_err(|(key, message)| IntakeError { line: line.number, key: Some(key), message })?;
    Ok(suggestion)
}

fn explain(line: &Line, plain: &serde_json::Error) -> IntakeError {
    let mut json = serde_json::Deserializer::from_str(&line.text);
    let (key, error) = match serde_path_to_error::deserialize::<_, Suggestion>(&mut json) {
        Ok(_) => (None, plain.to_string()),
        Err(error) => (key_to_blame(error.path()), error.into_inner().to_string()),
    };
    let message = match plain.classify() {
        serde_json::error::Category::Eof => {
            format!("the JSON object is cut off at column {}; each line must hold one whole object", plain.column())
        }
        serde_json::error::Category::Syntax => format!("no valid JSON at column {}: {}", plain.column(), bare(&error)),
        _ => with_nearest_key(&bare(&error)),
    };
    IntakeError { line: line.number, key, message }
}

/// The key that is to blame for what could not be read, if one is: where the whole is, the path has no name.
#[must_use]
pub fn key_to_blame(path: &serde_path_to_error::Path) -> Option<String> {
    let path = path.to_string();
    (!matches!(path.as_str(), "." | "?" | "")).then_some(path)
}

/// The message without the position inside the line, which the key says better.
fn bare(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

/// Adds the nearest known key to serde's message about an unknown one.
fn with_nearest_key(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let (true, Some(unknown)) = (message.starts_with("unknown field"), names.next()) else {
        return message.to_owned();
    };
    let known: Vec<&str> = names.collect();
    let nearest =
        known.iter().max_by(|a, b| strsim::jaro_winkler(unknown, a).total_cmp(&strsim::jaro_winkler(unknown, b)));
    match nearest {
        Some(nearest) => format!("unknown key `{unknown}`; the nearest known key is `{nearest}`"),
        None => format!("unknown key `{unknown}`"),
    }
}

/// What the types alone do not say. Returns the key and what is wrong with it.
fn check(suggestion: &Suggestion) -> Result<(), (String, String)> {
    let refuse = |key: &str, message: &str| Err((key.to_owned(), message.to_owned()));
    let Suggestion { id, received_at, target, operation, changes, merge_with, evidence, context, .. } = suggestion;
    if id.is_empty() || id.len() > 256 || id.chars().any(char::is_control) {
        return refuse("id", "must be 1 to 256 bytes without control characters");
    }
    if received_at.parse::<jiff::Timestamp>().is_err() {
        return refuse("received_at", "no RFC 3339 time, such as 2026-11-20T09:00:00Z");
    }
    for (key, text) in [("system", &target.system), ("object", &target.object), ("id", &target.id)] {
        if text.is_empty() || text.len() > 256 {
            return Err((format!("target.{key}"), "must be 1 to 256 bytes".to_owned()));
        }
    }
    let lists = [
        ("changes", changes.len()),
        ("merge_with", merge_with.len()),
        ("evidence", evidence.len()),
        ("context.fields", context.fields.len()),
        ("context.consents", context.consents.len()),
        ("context.regimes", context.regimes.len()),
    ];
    if let Some((key, len)) = lists.into_iter().find(|(_, len)| *len > MAX_ENTRIES) {
        return Err((key.to_owned(), format!("has {len} entries; at most {MAX_ENTRIES} are read")));
    }
    check_confidence("confidence", suggestion.confidence)?;
    for (index, change) in changes.iter().enumerate() {
        if change.field.is_empty() {
            return Err((format!("changes[{index}].field"), "must not be empty".to_owned()));
        }
        if changes.iter().take(index).any(|earlier| earlier.field == change.field) {
            let message = format!("the field `{}` is changed twice in one suggestion", change.field);
            return Err((format!("changes[{index}].field"), message));
        }
        if *operation == Operation::Clear && change.proposed != super::Value::Null {
            return Err((format!("changes[{index}].proposed"), "must be null where the operation is clear".to_owned()));
        }
        check_confidence(&format!("changes[{index}].confidence"), change.confidence)?;
    }
    match operation {
        Operation::Merge if merge_with.is_empty() => {
            refuse("merge_with", "a merge names the records to be folded into the target")
        }
        Operation::Append | Operation::Enrich | Operation::Overwrite | Operation::Clear if changes.is_empty() => {
            refuse("changes", "this operation changes at least one field")
        }
        _ if *operation != Operation::Merge && !merge_with.is_empty() => {
            refuse("merge_with", "only a merge folds records")
        }
        _ => Ok(()),
    }
}

fn check_confidence(key: &str, confidence: Option<f64>) -> Result<(), (String, String)> {
    match confidence {
        Some(given) if !(0.0..=1.0).contains(&given) => Err((key.to_owned(), format!("{given} is not from 0 to 1"))),
        _ => Ok(()),
    }
}

/// Reads a map and refuses a key that comes twice, which plain JSON parsers let pass.
pub(super) fn unique_map<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeMap<String, FieldState>, D::Error> {
    struct Unique;
    impl<'de> Visitor<'de> for Unique {
        type Value = BTreeMap<String, FieldState>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of fields by name")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((name, state)) = entries.next_entry::<String, FieldState>()? {
                if map.contains_key(&name) {
                    return Err(A::Error::custom(format_args!("the field `{name}` stands here twice")));
                }
                map.insert(name, state);
            }
            Ok(map)
        }
    }
    input.deserialize_map(Unique)
}

impl Suggestion {
    /// The names of all fields that the suggestion changes or its context holds, changed ones first.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        let changed = self.changes.iter().map(|change| change.field.as_str());
        let others = self.context.fields.keys().map(String::as_str);
        changed.chain(others.filter(|name| !self.changes.iter().any(|change| change.field == *name)))
    }

    /// The JSON text of the suggestion, the same for the same content however the input was laid out.
    ///
    /// # Errors
    /// Only if a number holds something that is no JSON, which parsing rules out.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Reads a suggestion from its [canonical](Self::canonical) text.
    ///
    /// # Errors
    /// If the text is no suggestion.
    pub fn from_canonical(text: &str) -> Result<Self, serde_json::Error> {
        Self::deserialize(&mut serde_json::Deserializer::from_str(text))
    }
}

#[cfg(test)]
mod tests;

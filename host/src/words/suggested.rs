//! A suggestion in words: what would become what, and on what grounds.

use std::fmt::Write as _;

use super::explain::{paragraph, plain};
use crate::model::{Change, Evidence, RecordRef, Suggestion, Value};

/// How many characters of a value are shown.
const LONGEST: usize = 400;

/// What an assistant suggests, with its evidence and its reasons. It holds personal values.
pub(crate) fn suggested(suggestion: &Suggestion) -> String {
    let mut text = String::new();
    let assistant = &suggestion.assistant;
    let by = format!("{}/{} {}", assistant.vendor, assistant.model, assistant.version);
    paragraph(
        &mut text,
        "  ",
        &format!(
            "{} {}, suggested by {by}{}",
            suggestion.operation.as_str(),
            record(&suggestion.target),
            confidence(suggestion.confidence)
        ),
    );
    for other in &suggestion.merge_with {
        paragraph(&mut text, "  ", &format!("together with {}", record(other)));
    }
    if !suggestion.changes.is_empty() {
        let _ = writeln!(text, "\n  changes");
    }
    for Change { field, prior, proposed, confidence: own } in &suggestion.changes {
        paragraph(&mut text, "    ", &format!("{field}: {} → {}{}", value(prior), value(proposed), confidence(*own)));
    }
    let _ = writeln!(text, "\n  evidence");
    if suggestion.evidence.is_empty() {
        let _ = writeln!(text, "    none");
    }
    for Evidence { uri, kind, excerpt, retrieved_at, .. } in &suggestion.evidence {
        let when = retrieved_at.as_ref().map_or_else(String::new, |at| format!(", read at {at}"));
        paragraph(&mut text, "    ", &format!("{kind} {uri}{when}"));
        if let Some(excerpt) = excerpt {
            paragraph(&mut text, "      ", &format!("“{}”", cut(excerpt)));
        }
    }
    if !suggestion.rationale.is_empty() {
        let _ = writeln!(text, "\n  in the assistant's words");
        paragraph(&mut text, "    ", &cut(&suggestion.rationale));
    }
    text
}

fn record(record: &RecordRef) -> String {
    format!("{} {} {}", record.system, record.object, record.id)
}

fn confidence(given: Option<f64>) -> String {
    given.map_or_else(String::new, |confidence| format!(" (confidence {confidence})"))
}

/// A value of a record.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Null => "(empty)".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Number(text) => cut(text),
        // In quotation marks, so that blanks at the ends are seen.
        Value::Text(text) => format!("“{}”", cut(text)),
        Value::Choices(choices) => cut(&choices.join(", ")),
    }
}

/// The beginning of a text of others.
fn cut(text: &str) -> String {
    let start: String = plain(text).chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() { start + "…" } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_become_what_is_said() {
        let line = r#"{"id":"s-1","received_at":"2026-11-20T09:00:00Z","operation":"overwrite",
            "target":{"system":"hubspot","object":"contact","id":"101"},
            "changes":[{"field":"city","prior":"Bonn ","proposed":"K\u001b[31mln"},{"field":"size","prior":null,"proposed":12.50,"confidence":0.5}],
            "assistant":{"vendor":"acme","model":"enricher","version":"2.1"},"confidence":0.97,
            "evidence":[{"uri":"https://example.com","kind":"web-page","excerpt":"in Cologne"}],"rationale":"It says so."}"#;
        let said = suggested(&serde_json::from_str(line).unwrap());
        for part in [
            "  overwrite hubspot contact 101, suggested by acme/enricher 2.1 (confidence 0.97)\n",
            "    city: “Bonn ” → “K [31mln”\n",
            "    size: (empty) → 12.50 (confidence 0.5)\n",
            "    web-page https://example.com\n      “in Cologne”\n",
            "    It says so.\n",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
    }
}

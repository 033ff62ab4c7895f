//! What a dictionary may learn from personal values: only what many records share.
//!
//! A dictionary stays when values are erased, so nothing may stand in it that says something of a person. Of each text and
//! each number, the runs of words that occur with at least [`MANY`] different records are kept, and the rest is left out. What
//! surrounds them is the form of JSON and the names of fields.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

/// How many different records must share what a dictionary learns.
const MANY: usize = 16;

/// The values of one event: the record that they are about, and their JSON text.
pub(in crate::ledger) struct Values<'v> {
    pub record: [u8; 16],
    pub text: &'v str,
}

/// The texts of the values without what fewer than [`MANY`] records share.
pub(in crate::ledger) fn shared_by_many(values: &[Values<'_>]) -> Vec<Cow<'static, str>> {
    let parsed: Vec<([u8; 16], Value)> =
        values.iter().filter_map(|values| Some((values.record, serde_json::from_str(values.text).ok()?))).collect();
    let words = common(&parsed, |text, add| words(text).for_each(add));
    let runs = common(&parsed, |text, add| runs(text, &words).into_iter().for_each(add));
    let reduced = parsed.iter().map(|(_, value)| Cow::Owned(reduced(value, &words, &runs).to_string()));
    reduced.collect()
}

/// The parts of texts that occur with many records.
fn common(parsed: &[([u8; 16], Value)], parts: impl Fn(&str, &mut dyn FnMut(&str))) -> HashSet<String> {
    let mut seen: HashMap<String, HashSet<[u8; 16]>> = HashMap::new();
    for (record, value) in parsed {
        leaves(value, &mut |text| {
            parts(text, &mut |part| {
                let records = match seen.get_mut(part) {
                    Some(records) => records,
                    None => seen.entry(part.to_owned()).or_default(),
                };
                // More than enough need not be counted.
                if records.len() < MANY {
                    records.insert(*record);
                }
            });
        });
    }
    seen.into_iter().filter(|(_, records)| records.len() >= MANY).map(|(part, _)| part).collect()
}

/// Hands over each text and number of a value.
fn leaves(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Number(number) => take(&number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, take)),
        Value::Object(entries) => entries.values().for_each(|item| leaves(item, take)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Words, and what stands between them, in order: together they are the text.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != first).unwrap_or(rest.len());
        let (piece, left) = rest.split_at(end);
        rest = left;
        Some(piece)
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).filter(|piece| piece.starts_with(char::is_alphanumeric))
}

/// The longest parts of a text that hold common words alone.
fn runs<'t>(text: &'t str, words: &HashSet<String>) -> Vec<&'t str> {
    let mut runs = Vec::new();
    let (mut start, mut at) = (0, 0);
    for piece in pieces(text) {
        let end = at + piece.len();
        if piece.starts_with(char::is_alphanumeric) && !words.contains(piece) {
            runs.extend(text.get(start..at));
            start = end;
        }
        at = end;
    }
    runs.extend(text.get(start..));
    runs.retain(|run| !run.is_empty());
    runs
}

/// The value with nothing in its texts but the runs that are common.
fn reduced(value: &Value, words: &HashSet<String>, common: &HashSet<String>) -> Value {
    let text = |text: &str| -> String { runs(text, words).into_iter().filter(|run| common.contains(*run)).collect() };
    match value {
        Value::String(string) => Value::String(text(string)),
        // A number that is no text of digits any more has no form in JSON but this.
        Value::Number(number) if common.contains(&number.to_string()) => value.clone(),
        Value::Number(_) => Value::Null,
        Value::Array(items) => Value::Array(items.iter().map(|item| reduced(item, words, common)).collect()),
        Value::Object(entries) => {
            Value::Object(entries.iter().map(|(key, item)| (key.clone(), reduced(item, words, common))).collect())
        }
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(texts: &[(u8, String)]) -> Vec<Cow<'static, str>> {
        let values: Vec<Values<'_>> =
            texts.iter().map(|(record, text)| Values { record: [*record; 16], text: text.as_str() }).collect();
        shared_by_many(&values)
    }

    #[test]
    fn what_many_records_share_is_kept_and_the_rest_is_not() {
        let text = |number: u8| {
            format!(
                "[\"Confidence 0.{number} is below the threshold.\",{{\"name\":\"ann of house {number}\",\"size\":7,\"n\":{number}}}]"
            )
        };
        let texts: Vec<(u8, String)> = (100..140).map(|number| (number, text(number))).collect();
        let kept = reduced(&texts);
        assert_eq!(kept.len(), 40);
        assert_eq!(
            kept[0],
            "[\"Confidence 0. is below the threshold.\",{\"n\":null,\"name\":\"ann of house \",\"size\":7}]"
        );
    }

    #[test]
    fn what_one_record_repeats_is_not_shared() {
        let text = |name: &str| format!("[{{\"name\":\"{name}\"}}]");
        let mut texts: Vec<(u8, String)> = (0..40).map(|number| (number, text("ann"))).collect();
        texts.extend((0..40).map(|number| (number, text("smith"))));
        texts.extend((0..200).map(|_| (1, text("zebulon"))));
        texts.extend((0..200).map(|_| (2, text("ann smith"))));
        let kept = reduced(&texts).concat();
        assert!(kept.contains("ann") && kept.contains("smith"));
        assert!(!kept.contains("zebulon"), "a name that one record has");
        assert!(!kept.contains("ann smith"), "two common words that only one record joins");
    }

    #[test]
    fn too_few_share_nothing() {
        let texts: Vec<(u8, String)> = (0..15).map(|number| (number, "[\"ann\"]".to_owned())).collect();
        assert!(reduced(&texts).iter().all(|text| text == "[\"\"]"));
        assert_eq!(reduced(&[(1, "no JSON".to_owned())]), Vec::<String>::new());
    }
}

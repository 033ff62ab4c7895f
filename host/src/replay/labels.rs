//! What people know of a history in a file: a label for a suggestion, by its id.

use std::io::{self, BufRead};
use std::sync::atomic::{AtomicBool, Ordering};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{Digest, IntakeError, Line, Truth, key_to_blame, read_lines};

/// How many mistakes are told.
const TOLD: usize = 20;

/// Labels by id. An id is kept as the first half of its digest: 16 bytes, however long it is.
#[derive(Default)]
pub struct Labels {
    all: Vec<Label>,
    /// Whether the history has the suggestion.
    met: Vec<AtomicBool>,
    digest: Option<Digest>,
}

struct Label {
    id: [u8; 16],
    line: u32,
    truth: Truth,
}

/// One line of a file of labels.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Label")]
pub struct LabelLine {
    /// The suggestion's id.
    pub id: String,
    /// What people know of it.
    pub truth: Truth,
}

/// Why a file of labels cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// Lines are wrong: the first of them.
    #[error("{}", lines(.0))]
    Lines(Vec<IntakeError>),
}

/// A line for each mistake.
fn lines(mistakes: &[IntakeError]) -> String {
    let lines = mistakes.iter().map(|IntakeError { line, message, .. }| format!("line {line}: {message}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Reads labels, one a line, and says what is wrong with each line that is none, or that `each` refuses.
///
/// # Errors
/// If the input cannot be read.
pub fn read_labels(
    input: impl BufRead,
    mut each: impl FnMut(u64, LabelLine) -> Result<(), IntakeError>,
) -> io::Result<Vec<IntakeError>> {
    let mut mistakes = Vec::new();
    for line in read_lines(input) {
        let read = line?.and_then(|line| label_of(&line).and_then(|label| each(line.number, label)));
        if let Err(mistake) = read
            && mistakes.len() < TOLD
        {
            mistakes.push(mistake);
        }
    }
    Ok(mistakes)
}

fn label_of(line: &Line) -> Result<LabelLine, IntakeError> {
    serde_json::from_str(&line.text).map_err(|error| {
        // The parser that knows where it is runs for the message alone.
        let json = &mut serde_json::Deserializer::from_str(&line.text);
        let located = serde_path_to_error::deserialize::<_, LabelLine>(json).err();
        let key = located.and_then(|error| key_to_blame(error.path()));
        let message = format!("{error}; a label is {{\"id\": …, \"truth\": \"approve\" or \"reject\"}}");
        IntakeError { line: line.number, key, message }
    })
}

impl Labels {
    /// Reads a file of labels. Two labels for one id are a mistake.
    ///
    /// # Errors
    /// See [`LabelsError`].
    pub fn read(input: impl BufRead, digest: Digest) -> Result<Self, LabelsError> {
        let mut labels = Vec::new();
        let mut mistakes = read_labels(input, |number, LabelLine { id, truth }| {
            let too_many = |_| IntakeError { line: number, key: None, message: "there are too many lines".to_owned() };
            let line = u32::try_from(number).map_err(too_many)?;
            labels.push(Label { id: short(&id), line, truth });
            Ok(())
        })?;
        labels.sort_unstable_by_key(|label| (label.id, label.line));
        let twice = labels.iter().zip(labels.iter().skip(1)).filter(|(one, other)| one.id == other.id);
        let twice = twice.map(|(one, other)| IntakeError {
            line: other.line.into(),
            key: Some("id".to_owned()),
            message: format!("this id has a label already, in line {}", one.line),
        });
        mistakes.extend(twice.take(TOLD));
        if !mistakes.is_empty() {
            return Err(LabelsError::Lines(mistakes));
        }
        let met = labels.iter().map(|_| AtomicBool::new(false)).collect();
        Ok(Self { all: labels, met, digest: Some(digest) })
    }

    /// The digest of their file; none if there is none.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// The label of a suggestion, if it has one. The history is known to have the suggestion from then on.
    #[must_use]
    pub fn meet(&self, id: &str) -> Option<Truth> {
        if self.all.is_empty() {
            return None;
        }
        let id = short(id);
        let index = self.all.binary_search_by_key(&id, |label| label.id).ok()?;
        if let Some(met) = self.met.get(index) {
            met.store(true, Ordering::Relaxed);
        }
        self.all.get(index).map(|label| label.truth)
    }

    /// The lines of labels for suggestions that the history does not have: how many, and the first of them.
    #[must_use]
    pub fn unknown(&self) -> (usize, Vec<u32>) {
        let unmet = self.all.iter().zip(&self.met).filter(|(_, met)| !met.load(Ordering::Relaxed));
        let mut lines: Vec<u32> = unmet.map(|(label, _)| label.line).collect();
        lines.sort_unstable();
        let all = lines.len();
        lines.truncate(TOLD);
        (all, lines)
    }
}

/// The first half of an id's digest.
pub(super) fn short(id: &str) -> [u8; 16] {
    let digest = Digest::of(id.as_bytes());
    digest.as_bytes().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Labels, LabelsError> {
        Labels::read(text.as_bytes(), Digest::of(b""))
    }

    #[test]
    fn labels_are_found_and_those_of_nobody_told() {
        let labels = read("{\"id\":\"a\",\"truth\":\"approve\"}\n{\"id\":\"b\",\"truth\":\"reject\"}\n").unwrap();
        assert_eq!((labels.meet("b"), labels.meet("c")), (Some(Truth::Reject), None));
        assert_eq!(labels.unknown(), (1, vec![1]));
    }

    #[test]
    fn mistakes_are_told_by_line() {
        for (text, key, said) in [
            ("{\"id\":\"a\",\"truth\":\"yes\"}", Some("truth"), "line 1: unknown variant `yes`"),
            ("{\"id\":\"a\"}", None, "line 1: missing field `truth`"),
            ("{\"id\":\"a\",\"truth\":\"reject\"} x", None, "line 1: trailing characters"),
            (
                "{\"id\":\"a\",\"truth\":\"reject\"}\n{\"id\":\"a\",\"truth\":\"reject\"}",
                Some("id"),
                "line 2: this id has a label already, in line 1",
            ),
        ] {
            let error = read(text).err().unwrap();
            assert!(error.to_string().contains(said), "{error}");
            let LabelsError::Lines(lines) = error else { panic!("{error}") };
            assert_eq!(lines[0].key.as_deref(), key, "{said}");
        }
    }
}

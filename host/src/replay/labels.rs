//! What people know of a history in a file: a label for a suggestion, by its id.

use std::io::BufRead;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;

use crate::model::{Digest, Truth, read_lines};

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
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelLine {
    /// The suggestion's id.
    pub id: String,
    /// What people know of it.
    pub truth: Truth,
}

/// Reads labels, one a line, and says what is wrong with each line that is none. Two labels for one id are a mistake.
///
/// # Errors
/// If the input cannot be read.
pub fn read_labels(
    input: impl BufRead,
    mut each: impl FnMut(u64, LabelLine) -> Result<(), String>,
) -> std::io::Result<Vec<String>> {
    let mut mistakes = Vec::new();
    for line in read_lines(input) {
        let read = match line? {
            Ok(line) => serde_json::from_str::<LabelLine>(&line.text)
                .map_err(|error| {
                    format!(
                        "line {}: {error}; a label is {{\"id\": …, \"truth\": \"approve\" or \"reject\"}}",
                        line.number
                    )
                })
                .and_then(|label| each(line.number, label).map_err(|why| format!("line {}: {why}", line.number))),
            Err(mistake) => Err(mistake.to_string()),
        };
        if let Err(mistake) = read
            && mistakes.len() < TOLD
        {
            mistakes.push(mistake);
        }
    }
    Ok(mistakes)
}

impl Labels {
    /// Reads a file of labels.
    ///
    /// # Errors
    /// A line for each mistake.
    pub fn read(input: impl BufRead, digest: Digest) -> Result<Self, String> {
        let mut labels = Vec::new();
        let mistakes = read_labels(input, |line, LabelLine { id, truth }| {
            let line = u32::try_from(line).map_err(|_| "there are too many lines".to_owned())?;
            labels.push(Label { id: short(&id), line, truth });
            Ok(())
        });
        let mut mistakes = mistakes.map_err(|error| error.to_string())?;
        labels.sort_unstable_by_key(|label| (label.id, label.line));
        let twice = labels.iter().zip(labels.iter().skip(1)).filter(|(one, other)| one.id == other.id);
        let twice =
            twice.map(|(one, other)| format!("line {}: this id has a label already, in line {}", other.line, one.line));
        mistakes.extend(twice.take(TOLD));
        if !mistakes.is_empty() {
            return Err(mistakes.join("\n"));
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

    fn read(text: &str) -> Result<Labels, String> {
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
        for (text, said) in [
            ("{\"id\":\"a\",\"truth\":\"yes\"}", "line 1: unknown variant `yes`"),
            ("{\"id\":\"a\"}", "line 1: missing field `truth`"),
            (
                "{\"id\":\"a\",\"truth\":\"reject\"}\n{\"id\":\"a\",\"truth\":\"reject\"}",
                "line 2: this id has a label already, in line 1",
            ),
        ] {
            let error = read(text).err().unwrap();
            assert!(error.contains(said), "{error}");
        }
    }
}

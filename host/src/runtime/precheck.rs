//! Checks a whole input before the first decision, so that a file is refused whole or not at all.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{self, BufRead};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::ledger::{Ledger, LedgerError};
use crate::model::{Digest, IntakeError, Line, Suggestion, parse_line, read_lines};

/// How many mistakes are described; the rest is counted.
const DESCRIBED: usize = 20;

/// What a check found.
#[derive(Debug, Default)]
pub struct Precheck {
    /// Lines that hold a suggestion.
    pub suggestions: u64,
    /// The first mistakes.
    pub mistakes: Vec<IntakeError>,
    /// How many mistakes there are in all.
    pub mistaken: u64,
    /// By line: ids that stand for something else already, on record or in an earlier line.
    conflicts: BTreeMap<u64, IntakeError>,
    /// Hashes of ids that stand in more than one line. Each takes 8 bytes while checking, and ids that
    /// merely share a hash do no harm: they are compared in full later.
    pub repeated: Vec<u64>,
}

/// The hash of an id in [`Precheck::repeated`].
fn id_hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// The digest of a suggestion's content.
pub(super) fn input_digest(suggestion: &Suggestion) -> Digest {
    // A suggestion that was parsed has a JSON form; if it had none, it would equal no other.
    Digest::of(suggestion.canonical().unwrap_or_default().as_bytes())
}

/// A line that holds a suggestion.
#[derive(Debug)]
pub struct Parsed {
    /// The line.
    pub line: Line,
    /// What it holds.
    pub suggestion: Suggestion,
}

impl Parsed {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(line: Line) -> Result<Self, IntakeError> {
        let suggestion = parse_line(&line)?;
        Ok(Self { line, suggestion })
    }
}

/// What stands on record under a suggestion's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// The position of its event in the ledger.
    pub seq: u64,
    /// Whether it is this suggestion; nothing, if its values were erased, so that it cannot be told.
    pub same: Option<bool>,
}

impl Standing {
    /// Looks it up; none if nothing is on record under this id.
    ///
    /// # Errors
    /// If the ledger fails.
    pub fn of(suggestion: &Suggestion, ledger: &Ledger) -> Result<Option<Self>, LedgerError> {
        let standing = ledger.decision(&suggestion.id)?.map(|recorded| {
            let same = recorded.input_digest.map(|known| known == input_digest(suggestion));
            Self { seq: recorded.seq, same }
        });
        Ok(standing)
    }
}

/// How much text of suggestions is kept in memory before it is dealt with, in bytes.
pub const GROUP_BYTES: usize = 4 << 20;

/// Reads all lines, and asks what stands on record under the ids: `standing` is given some suggestions at a time and says it
/// of each. What it does not say counts as nothing.
///
/// # Errors
/// If the input cannot be read, or whatever `standing` fails with.
pub fn precheck<E: From<io::Error>>(
    input: impl BufRead,
    mut standing: impl FnMut(&[Parsed]) -> Result<Vec<Option<Standing>>, E>,
) -> Result<Precheck, E> {
    let mut check = Precheck::default();
    let mut hashes = Vec::new();
    let (mut good, mut bad, mut bytes) = (Vec::new(), Vec::new(), 0);
    for line in read_lines(input) {
        match line?.and_then(Parsed::read) {
            Ok(parsed) => {
                hashes.push(id_hash(&parsed.suggestion.id));
                bytes += parsed.line.text.len();
                good.push(parsed);
            }
            Err(mistake) => bad.push(mistake),
        }
        if good.len() == GROUP || bad.len() == GROUP || bytes >= GROUP_BYTES {
            check.settle(&mut good, &mut bad, &mut standing)?;
            bytes = 0;
        }
    }
    check.settle(&mut good, &mut bad, &mut standing)?;
    hashes.sort_unstable();
    check.repeated = hashes.iter().zip(hashes.iter().skip(1)).filter_map(|(a, b)| (a == b).then_some(*a)).collect();
    check.repeated.dedup();
    Ok(check)
}

impl Precheck {
    /// Counts lines, and keeps what is wrong with them in their order.
    fn settle<E>(
        &mut self,
        good: &mut Vec<Parsed>,
        bad: &mut Vec<IntakeError>,
        standing: &mut impl FnMut(&[Parsed]) -> Result<Vec<Option<Standing>>, E>,
    ) -> Result<(), E> {
        self.suggestions += good.len() as u64;
        let known = if good.is_empty() { Vec::new() } else { standing(good)? };
        let conflicts = good.drain(..).zip(known).filter_map(|(Parsed { line, suggestion }, known)| {
            let Standing { seq, same } = known?;
            let place = match same {
                Some(true) => return None,
                Some(false) => format!("on record as event {seq}"),
                None => format!("on record as event {seq}, whose values were erased, perhaps"),
            };
            Some((true, conflict(line.number, &suggestion.id, &place)))
        });
        let mut found: Vec<(bool, IntakeError)> = conflicts.collect();
        found.extend(bad.drain(..).map(|mistake| (false, mistake)));
        found.sort_by_key(|(_, mistake)| mistake.line);
        for (conflicting, mistake) in found {
            if conflicting {
                self.conflicts.insert(mistake.line, mistake.clone());
            }
            self.add(mistake);
        }
        Ok(())
    }

    /// Counts a mistake, and keeps the first ones.
    pub fn add(&mut self, mistake: IntakeError) {
        self.mistaken += 1;
        if self.mistakes.len() < DESCRIBED {
            self.mistakes.push(mistake);
        }
    }

    fn add_conflict(&mut self, line: u64, id: &str, place: &str) {
        let mistake = conflict(line, id, place);
        if self.conflicts.insert(line, mistake.clone()).is_none() {
            self.add(mistake);
        }
    }

    /// What is wrong with a line whose id stands for something else already.
    #[must_use]
    pub fn conflict(&self, line: u64) -> Option<&IntakeError> {
        self.conflicts.get(&line)
    }

    /// Compares the lines whose ids stand in the input more than once, which needs a second reading.
    ///
    /// # Errors
    /// If the input cannot be read.
    pub fn compare_repeated(&mut self, input: impl BufRead) -> io::Result<()> {
        let mut seen = std::collections::HashMap::new();
        for line in read_lines(input) {
            let Ok(Ok((number, suggestion))) =
                line.map(|line| line.and_then(|line| parse_line(&line).map(|suggestion| (line.number, suggestion))))
            else {
                continue;
            };
            if self.repeated.binary_search(&id_hash(&suggestion.id)).is_err() {
                continue;
            }
            let digest = input_digest(&suggestion);
            let (first, earlier) = *seen.entry(suggestion.id.clone()).or_insert((number, digest));
            if earlier != digest {
                self.add_conflict(number, &suggestion.id, &format!("in line {first}"));
            }
        }
        Ok(())
    }
}

/// The mistake of an id that stands for two different suggestions.
fn conflict(line: u64, id: &str, place: &str) -> IntakeError {
    IntakeError {
        line,
        key: Some("id".to_owned()),
        message: format!("`{id}` stands {place} with other content; give each suggestion an id of its own"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"ID","received_at":"2026-11-20T09:00:00Z","operation":"act",
        "target":{"system":"hubspot","object":"contact","id":"101"},
        "assistant":{"vendor":"acme","model":"enricher","version":"2.1"}}"#;

    fn line(id: &str) -> String {
        LINE.replace('\n', "").replace("ID", id)
    }

    #[test]
    fn what_is_wrong_is_said_in_the_order_of_the_lines() {
        let (known, other, erased, new) = (line("known"), line("other"), line("erased"), line("new"));
        let input = [&known, "{", &other, "", &erased, &new, "}"].join("\n");
        let mut asked = Vec::new();
        let check = precheck(input.as_bytes(), |group| {
            let standing = |parsed: &Parsed| {
                asked.push(parsed.suggestion.id.clone());
                let same = match &*parsed.suggestion.id {
                    "known" => Some(true),
                    "other" => Some(false),
                    "erased" => None,
                    _ => return None,
                };
                Some(Standing { seq: 7, same })
            };
            Ok::<_, io::Error>(group.iter().map(standing).collect())
        })
        .unwrap();
        assert_eq!(asked, ["known", "other", "erased", "new"]);
        assert_eq!((check.suggestions, check.mistaken), (4, 4));
        assert_eq!(check.mistakes.iter().map(|mistake| mistake.line).collect::<Vec<_>>(), [2, 3, 5, 7]);
        let said = |line| check.conflict(line).map(ToString::to_string).unwrap_or_default();
        assert!(said(3).contains("`other` stands on record as event 7 with other content"), "{}", said(3));
        assert!(said(5).contains("whose values were erased, perhaps with other content"), "{}", said(5));
        assert_eq!((said(1), said(2)), (String::new(), String::new()));
    }

    #[test]
    fn a_long_input_is_asked_about_in_groups() {
        let good: String = (0..600).map(|number| line(&format!("s-{number}")) + "\n").collect();
        let input = good + &"{\n".repeat(600);
        let mut groups = Vec::new();
        let check = precheck(input.as_bytes(), |group| {
            groups.push(group.len());
            Ok::<_, io::Error>(Vec::new())
        })
        .unwrap();
        assert_eq!((check.suggestions, check.mistaken, groups), (600, 600, vec![256, 256, 88]));
    }
}

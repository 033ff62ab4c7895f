//! Checks a whole input before the first decision, so that a file is refused whole or not at all.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{self, BufRead};

use crate::ledger::{Ledger, LedgerError};
use crate::model::{Digest, IntakeError, Suggestion, parse_line, read_lines};

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

/// Reads all lines, and compares ids that are on record already with what is on record.
///
/// # Errors
/// If the input cannot be read or the ledger fails.
pub fn precheck(input: impl BufRead, ledger: Option<&Ledger>) -> io::Result<Result<Precheck, LedgerError>> {
    let mut check = Precheck::default();
    let mut hashes = Vec::new();
    for line in read_lines(input) {
        let parsed = line?.and_then(|line| parse_line(&line).map(|suggestion| (line.number, suggestion)));
        let (number, suggestion) = match parsed {
            Ok(parsed) => parsed,
            Err(mistake) => {
                check.add(mistake);
                continue;
            }
        };
        check.suggestions += 1;
        hashes.push(id_hash(&suggestion.id));
        match ledger.map(|ledger| ledger.decision(&suggestion.id)).transpose() {
            Err(error) => return Ok(Err(error)),
            Ok(Some(Some(recorded))) if recorded.input_digest != Some(input_digest(&suggestion)) => {
                let place = match recorded.input_digest {
                    Some(_) => format!("on record as event {}", recorded.seq),
                    None => format!("on record as event {}, whose values were erased, perhaps", recorded.seq),
                };
                check.add_conflict(number, &suggestion.id, &place);
            }
            Ok(_) => {}
        }
    }
    hashes.sort_unstable();
    check.repeated = hashes.iter().zip(hashes.iter().skip(1)).filter_map(|(a, b)| (a == b).then_some(*a)).collect();
    check.repeated.dedup();
    Ok(Ok(check))
}

impl Precheck {
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

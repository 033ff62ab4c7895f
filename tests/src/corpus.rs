//! The corpus: suggestions with known truth (see `corpus/README.md`).

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::bufread::GzDecoder;

/// How many suggestions there are.
pub const SUGGESTIONS: usize = 5_609;

/// The time as of which tests judge the corpus.
pub const NOW: &str = "2026-06-01T00:00:00Z";

/// The suggestions, one JSON object a line, in order of their arrival.
pub fn suggestions() -> impl Iterator<Item = String> {
    lines("suggestions.jsonl.gz")
}

/// Whether each suggestion is right, in the same order: lines of `id` and `truth`.
pub fn labels() -> impl Iterator<Item = String> {
    lines("labels.jsonl.gz")
}

/// The first suggestions, as one text.
#[must_use]
pub fn first(number: usize) -> String {
    suggestions().take(number).map(|line| line + "\n").collect()
}

fn lines(name: &str) -> impl Iterator<Item = String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let file = BufReader::new(File::open(path).unwrap());
    BufReader::new(GzDecoder::new(file)).lines().map(Result::unwrap)
}

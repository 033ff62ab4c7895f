//! A history in a file: suggestions, one JSON object a line.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::labels::{Labels, short};
use crate::model::{Digest, IntakeError, Line, read_lines};

/// How many lines are in one page, and how many bytes at most before it ends.
const PAGE: usize = 128;
const PAGE_BYTES: usize = 256 << 10;

/// How many mistakes are told.
const TOLD: usize = 20;

/// A file of suggestions, and what people know of them.
pub struct FileHistory {
    file: File,
    digest: Digest,
    lines: u64,
    pub(super) labels: Labels,
}

/// One page of lines, or what is wrong with one of them.
pub(super) type LinePage = Vec<Result<Line, IntakeError>>;

impl FileHistory {
    /// A history in a file that can be read more than once.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(mut file: File, labels: Labels) -> io::Result<Self> {
        let (digest, lines) = digest_and_lines(&mut file)?;
        Ok(Self { file, digest, lines, labels })
    }

    /// The digest of its content.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How many lines it has.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Its lines from the beginning, in pages.
    pub(super) fn pages(&self) -> io::Result<impl Iterator<Item = io::Result<LinePage>>> {
        let mut lines = read_lines(self.reader()?);
        Ok(std::iter::from_fn(move || {
            let (mut page, mut bytes) = (Vec::new(), 0);
            while page.len() < PAGE && bytes < PAGE_BYTES {
                match lines.next() {
                    Some(Ok(line)) => {
                        bytes += line.as_ref().map_or(0, |line| line.text.len());
                        page.push(line);
                    }
                    Some(Err(error)) => return Some(Err(error)),
                    None => break,
                }
            }
            (!page.is_empty()).then_some(Ok(page))
        }))
    }

    fn reader(&self) -> io::Result<BufReader<File>> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(BufReader::with_capacity(1 << 16, file))
    }

    /// Which lines repeat the id of an earlier one. `seen` are the [keys](key) of all ids; only where two are equal is the
    /// file read again.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn repeated(&self, mut seen: Vec<u64>) -> io::Result<Vec<String>> {
        seen.sort_unstable();
        let suspects: Vec<u64> =
            seen.iter().zip(seen.iter().skip(1)).filter_map(|(one, other)| (one == other).then_some(*one)).collect();
        if suspects.is_empty() {
            return Ok(Vec::new());
        }
        let (mut first, mut mistakes) = (HashMap::new(), Vec::new());
        for line in read_lines(self.reader()?) {
            let Ok(line) = line? else { continue };
            let Some(id) = id_of(&line) else { continue };
            if suspects.binary_search(&key(&id)).is_err() {
                continue;
            }
            match first.get(&id) {
                Some(earlier) if mistakes.len() < TOLD => mistakes.push(format!(
                    "line {}, key `id`: `{id}` stands in line {earlier} already; a history has each suggestion once",
                    line.number
                )),
                Some(_) => break,
                None => drop(first.insert(id, line.number)),
            }
        }
        Ok(mistakes)
    }
}

/// The id of a suggestion in a line that is not looked at otherwise.
pub(super) fn id_of(line: &Line) -> Option<String> {
    #[derive(Deserialize)]
    struct Id {
        id: String,
    }
    serde_json::from_str::<Id>(&line.text).ok().map(|line| line.id)
}

/// Eight bytes that stand for an id while all ids of a file are compared.
pub(super) fn key(id: &str) -> u64 {
    short(id).first_chunk().copied().map_or(0, u64::from_be_bytes)
}

/// The digest of what a file holds, and how many lines that is.
fn digest_and_lines(file: &mut File) -> io::Result<(Digest, u64)> {
    let (mut hash, mut lines, mut open) = (Sha256::new(), 0, false);
    let mut input = BufReader::with_capacity(1 << 16, file.by_ref());
    loop {
        let read = input.fill_buf()?;
        let Some(last) = read.last() else { break };
        open = *last != b'\n';
        lines += read.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        hash.update(read);
        let length = read.len();
        input.consume(length);
    }
    Ok((Digest::from_bytes(hash.finalize().into()), lines + u64::from(open)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn history(text: &str) -> FileHistory {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.rewind().unwrap();
        FileHistory::open(file, Labels::default()).unwrap()
    }

    #[test]
    fn lines_are_counted_and_come_in_bounded_pages() {
        let history = history(&"{}\n".repeat(300));
        assert_eq!((history.lines(), history.digest()), (300, Digest::of("{}\n".repeat(300).as_bytes())));
        let pages: Vec<usize> = history.pages().unwrap().map(|page| page.unwrap().len()).collect();
        assert_eq!(pages, [128, 128, 44]);
        let long = format!("{}\n", "x".repeat(PAGE_BYTES));
        let pages: Vec<usize> =
            self::history(&long.repeat(3)).pages().unwrap().map(|page| page.unwrap().len()).collect();
        assert_eq!(pages, [1, 1, 1]);
        assert_eq!(self::history("{}").lines(), 1);
    }

    #[test]
    fn an_id_that_stands_twice_is_told() {
        let history = history("{\"id\":\"a\"}\n{\"id\":\"b\"}\n\n{\"id\":\"a\",\"x\":1}\n");
        let seen = ["a", "b", "a"].map(key).to_vec();
        let mistakes = history.repeated(seen).unwrap();
        assert_eq!(mistakes, ["line 4, key `id`: `a` stands in line 1 already; a history has each suggestion once"]);
        assert!(history.repeated(["a", "b"].map(key).to_vec()).unwrap().is_empty());
    }
}

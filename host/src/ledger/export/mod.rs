//! Exports events as rows for other programs: one row an event, one file per format.
//!
//! A row has what people count and filter by in columns of its own, and the exact text that is hashed, so that anybody
//! computes the leaf again: SHA-256 of a zero byte and that text.

mod csv;
mod jsonl;
mod parquet;
mod row;

use std::io::{self, Write};
use std::ops::Range;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Head, Ledger, LedgerError, time};
use row::Row;

/// How rows are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// One JSON object a line.
    #[default]
    Jsonl,
    /// RFC 4180, with a line of names first. A text that a spreadsheet would take for a formula gets a `'` in front.
    Csv,
    /// Apache Parquet, compressed with Snappy.
    Parquet,
}

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export {
    /// How rows are written.
    pub format: ExportFormat,
    /// Not what happened before this time.
    pub from: Option<Timestamp>,
    /// Only what happened before this time.
    pub to: Option<Timestamp>,
    /// Without the bodies that have the personal values put back.
    pub commitments_only: bool,
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// How many rows.
    pub rows: u64,
    /// The head that covers what was looked at: what is appended meanwhile is left out.
    pub head: Head,
}

/// Why an export failed. What was written so far is not whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The rows could not be written.
    #[error("the export cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Rows on their way into a file.
trait Rows {
    /// Adds a row.
    fn add(&mut self, row: Row) -> io::Result<()>;

    /// Writes what is still missing.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// How many positions are looked at in one step where not all events are wanted.
const STEP: u64 = 1024;

impl Ledger {
    /// Writes events as rows, in order. Each is held against its own leaf and each value against its commitment, so that what
    /// was changed is not passed on; [`Ledger::verify`] shows more. Memory does not grow with the ledger.
    ///
    /// # Errors
    /// See [`ExportError`].
    pub fn export(&self, export: &Export, out: &mut (dyn Write + Send)) -> Result<Exported, ExportError> {
        let size = self.count()?;
        let head = Head { size, root: self.root_at(size)? };
        let columns = row::columns(!export.commitments_only);
        let mut rows: Box<dyn Rows + '_> = match export.format {
            ExportFormat::Jsonl => Box::new(jsonl::Jsonl::new(out, columns)),
            ExportFormat::Csv => Box::new(csv::Csv::new(out, &columns)?),
            ExportFormat::Parquet => Box::new(parquet::Parquet::new(out, columns)?),
        };
        let mut written = 0;
        for range in self.wanted(export, size) {
            for event in self.events(range?)? {
                rows.add(Row::of(self, event?, size, !export.commitments_only)?)?;
                written += 1;
            }
        }
        rows.finish()?;
        Ok(Exported { rows: written, head })
    }

    /// The positions of the events that are wanted, in order. Clocks are set back now and then, so each time is looked at.
    fn wanted(&self, export: &Export, size: u64) -> impl Iterator<Item = Result<Range<u64>, LedgerError>> {
        let Export { from, to, .. } = *export;
        let all = from.is_none() && to.is_none();
        let step = if all { size.max(1) } else { STEP };
        let steps = (0..size.div_ceil(step)).map(move |number| number * step..size.min((number + 1) * step));
        steps.flat_map(move |range| {
            if all {
                return vec![Ok(range)];
            }
            let within = |at: Timestamp| from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to);
            match self.runs(range, &within) {
                Ok(runs) => runs.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            }
        })
    }

    /// The longest ranges of events whose times all are within.
    fn runs(&self, range: Range<u64>, within: &dyn Fn(Timestamp) -> bool) -> Result<Vec<Range<u64>>, LedgerError> {
        let mut runs: Vec<Range<u64>> = Vec::new();
        for (seq, at) in self.times(range)? {
            let at = time::moment(&at).ok_or_else(|| changed(self, seq, "its time is none"))?;
            if !within(at) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.end == seq => run.end += 1,
                _ => runs.push(seq..seq + 1),
            }
        }
        Ok(runs)
    }
}

/// An event is not what was recorded.
fn changed(ledger: &Ledger, seq: u64, what: &str) -> LedgerError {
    LedgerError::Corrupt { path: ledger.path().to_owned(), what: format!("event {seq}: {what}") }
}

#[cfg(test)]
mod tests;

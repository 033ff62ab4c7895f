//! Comma-separated values as RFC 4180 has them, guarded against spreadsheets.

use std::io::{self, Write};

use csv::{ErrorKind, Writer};

use super::Rows;
use super::row::{Cell, Column, Row};

pub(super) struct Csv<'o>(Writer<&'o mut (dyn Write + Send)>);

impl<'o> Csv<'o> {
    pub(super) fn new(out: &'o mut (dyn Write + Send), columns: &[Column]) -> io::Result<Self> {
        let mut writer = Writer::from_writer(out);
        writer.write_record(columns.iter().map(|column| column.name)).map_err(said)?;
        Ok(Self(writer))
    }
}

impl Rows for Csv<'_> {
    fn add(&mut self, row: Row) -> io::Result<()> {
        self.0.write_record(row.0.into_iter().map(cell)).map_err(said)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}

fn cell(cell: Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Whole(number) => number.to_string(),
        // As JSON writes it, so that all formats say the same.
        Cell::Real(number) => serde_json::json!(number).to_string(),
        Cell::Text(text) => guarded(text),
    }
}

/// A text that a spreadsheet shows and does not compute: assistants choose names and ids, and whoever opens the file would
/// run what they wrote. This is what OWASP advises against CSV injection; an entry begins with a brace and stays as it is.
fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text }
}

fn said(error: csv::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn what_a_spreadsheet_would_compute_is_guarded() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(guarded(text.to_owned()), format!("'{text}"));
        }
        for text in ["", "a=1", "{\"a\":\"=1\"}", "'=1", "2026-11-20T09:00:00Z"] {
            assert_eq!(guarded(text.to_owned()), text);
        }
    }
}

//! One JSON object a line, each with all columns.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Rows;
use super::row::{Cell, Column, Row};

pub(super) struct Jsonl<'o> {
    out: &'o mut (dyn Write + Send),
    columns: Vec<Column>,
}

impl<'o> Jsonl<'o> {
    pub(super) fn new(out: &'o mut (dyn Write + Send), columns: Vec<Column>) -> Self {
        Self { out, columns }
    }
}

impl Rows for Jsonl<'_> {
    fn add(&mut self, row: Row) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Line { columns: &self.columns, row: &row })?;
        line.push(b'\n');
        self.out.write_all(&line)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

struct Line<'l> {
    columns: &'l [Column],
    row: &'l Row,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, cell) in self.columns.iter().zip(&self.row.0) {
            match cell {
                Cell::Null => object.serialize_entry(column.name, &()),
                Cell::Whole(number) => object.serialize_entry(column.name, number),
                Cell::Real(number) => object.serialize_entry(column.name, number),
                Cell::Text(text) => object.serialize_entry(column.name, text),
            }?;
        }
        object.end()
    }
}

//! Apache Parquet. Rows are gathered into groups of bounded size, and each group is written column by column.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type};

use super::Rows;
use super::row::{Cell, Column, Kind, Row};

/// A group ends when it has so many rows, or so many bytes of text.
const MOST_ROWS: usize = 8_192;
const MOST_BYTES: usize = 16 << 20;

pub(super) struct Parquet<'o> {
    writer: SerializedFileWriter<&'o mut (dyn Write + Send)>,
    columns: Vec<Column>,
    /// The cells of the group, by column.
    group: Vec<Vec<Cell>>,
    rows: usize,
    bytes: usize,
}

impl<'o> Parquet<'o> {
    pub(super) fn new(out: &'o mut (dyn Write + Send), columns: Vec<Column>) -> io::Result<Self> {
        let fields =
            columns.iter().map(|column| field(column).map(Arc::new)).collect::<Result<_, _>>().map_err(said)?;
        let schema = Type::group_type_builder("event").with_fields(fields).build().map_err(said)?;
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties())).map_err(said)?;
        let group = columns.iter().map(|_| Vec::new()).collect();
        Ok(Self { writer, columns, group, rows: 0, bytes: 0 })
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for (column, cells) in self.columns.iter().zip(&mut self.group) {
            let Some(mut writer) = group.next_column()? else { break };
            write(column, mem::take(cells), &mut writer)?;
            writer.close()?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Rows for Parquet<'_> {
    fn add(&mut self, row: Row) -> io::Result<()> {
        for (cells, cell) in self.group.iter_mut().zip(row.0) {
            if let Cell::Text(text) = &cell {
                self.bytes += text.len();
            }
            cells.push(cell);
        }
        self.rows += 1;
        if self.rows >= MOST_ROWS || self.bytes >= MOST_BYTES { self.write_group().map_err(said) } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.write_group().and_then(|()| self.writer.finish()).map(drop).map_err(said)
    }
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Whole => (Physical::INT64, None),
        Kind::Real => (Physical::DOUBLE, None),
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let repetition = if column.required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
    Type::primitive_type_builder(column.name, physical).with_logical_type(logical).with_repetition(repetition).build()
}

fn properties() -> WriterProperties {
    let long = ["leaf", "entry", "body"].map(|name| ColumnPath::new(vec![name.to_owned()]));
    // Each of these differs in every row: nothing is gained from a dictionary, and nobody looks for the smallest.
    let properties = long.into_iter().fold(WriterProperties::builder(), |properties, column| {
        properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_statistics_enabled(column, EnabledStatistics::None)
    });
    properties
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(format!("countersign {}", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Writes the cells of one column. Where it may be empty, each row says by a level whether it has a value.
fn write(column: &Column, cells: Vec<Cell>, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(*cell != Cell::Null)).collect();
    let levels = (!column.required).then_some(levels.as_slice());
    match column.kind {
        Kind::Whole => {
            let values: Vec<i64> = cells.iter().filter_map(whole).collect();
            writer.typed::<Int64Type>().write_batch(&values, levels, None)
        }
        Kind::Real => {
            let values: Vec<f64> = cells.iter().filter_map(real).collect();
            writer.typed::<DoubleType>().write_batch(&values, levels, None)
        }
        Kind::Text => {
            let values: Vec<ByteArray> = cells.into_iter().filter_map(text).collect();
            writer.typed::<ByteArrayType>().write_batch(&values, levels, None)
        }
    }
    .map(drop)
}

fn whole(cell: &Cell) -> Option<i64> {
    if let Cell::Whole(number) = cell { i64::try_from(*number).ok() } else { None }
}

fn real(cell: &Cell) -> Option<f64> {
    if let Cell::Real(number) = cell { Some(*number) } else { None }
}

fn text(cell: Cell) -> Option<ByteArray> {
    if let Cell::Text(text) = cell { Some(text.into_bytes().into()) } else { None }
}

fn said(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}

//! A table as Parquet, by groups of rows; the crate's low-level writer, without Arrow.
//!
//! Text is UTF-8, decimals are integers of 128 bits with the scale of their column, instants are
//! microseconds of UTC. Pages are not compressed: what repeats is in dictionaries. Nothing of the
//! machine or the clock is in the file, so the same rows give the same bytes.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::cell::Cell;
use super::column::{Column, Kind};
use super::error::{ExportError, FocusError, FocusProblem};
use super::table::Row;

/// Rows that are held before they are written.
pub const ROWS_PER_GROUP: usize = 8_192;
/// Who wrote the file, by Parquet's form.
const CREATED_BY: &str = concat!("leasehold version ", env!("CARGO_PKG_VERSION"));
/// Bytes of a decimal.
const DECIMAL_BYTES: i32 = 16;
/// Digits of a decimal of that many bytes.
const DECIMAL_DIGITS: i32 = 38;
const MICROSECONDS_PER_SECOND: i64 = 1_000_000;

/// Writes rows as they come, group by group.
pub(super) struct ParquetWriter<W: Write + Send, R: 'static> {
    file: SerializedFileWriter<W>,
    columns: &'static [Column<R>],
    held: Vec<Held>,
    in_group: usize,
    rows: u64,
}

/// The values of one column that are not written yet.
struct Held {
    /// 1 where there is a value, 0 where there is none; for columns that may have none.
    levels: Vec<i16>,
    values: Values,
}

enum Values {
    /// All text in one piece, and where each value ends.
    Text(Vec<u8>, Vec<usize>),
    Decimal(Vec<u8>),
    Whole(Vec<i64>),
    Flag(Vec<bool>),
}

impl<W: Write + Send, R: Row> ParquetWriter<W, R> {
    pub(super) fn new(out: W, columns: &'static [Column<R>]) -> Result<Self, ExportError> {
        let fields = columns.iter().map(field).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let schema = Type::group_type_builder("focus").with_fields(fields).build();
        let properties = WriterProperties::builder()
            .set_created_by(CREATED_BY.to_owned())
            .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
            .build();
        let schema = Arc::new(schema.map_err(failed)?);
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(failed)?;
        let held = columns.iter().map(|column| Held::of(column.kind)).collect();
        Ok(ParquetWriter { file, columns, held, in_group: 0, rows: 0 })
    }

    pub(super) fn write(&mut self, row: &R) -> Result<(), ExportError> {
        for (column, held) in self.columns.iter().zip(&mut self.held) {
            if held.push(column, (column.cell)(row)).is_err() {
                let (lease, document) = row.place();
                let problem = FocusProblem::TooLarge;
                return Err(FocusError::new(&lease, document, column.name, problem).into());
            }
        }
        self.in_group += 1;
        self.rows += 1;
        if self.in_group == ROWS_PER_GROUP { self.flush() } else { Ok(()) }
    }

    pub(super) fn finish(mut self) -> Result<u64, ExportError> {
        if self.in_group > 0 {
            self.flush()?;
        }
        self.file.close().map_err(failed)?;
        Ok(self.rows)
    }

    /// Writes the rows that are held as one group.
    fn flush(&mut self) -> Result<(), ExportError> {
        let mut group = self.file.next_row_group().map_err(failed)?;
        for (column, held) in self.columns.iter().zip(&mut self.held) {
            let Some(mut writer) = group.next_column().map_err(failed)? else {
                return Err(failed(ParquetError::General("a column is missing".to_owned())));
            };
            let full = std::mem::replace(held, Held::of(column.kind));
            full.write(writer.untyped(), column.nullable).map_err(failed)?;
            writer.close().map_err(failed)?;
        }
        group.close().map_err(failed)?;
        self.in_group = 0;
        Ok(())
    }
}

impl Held {
    fn of(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new(), Vec::new()),
            Kind::Decimal(_) => Values::Decimal(Vec::new()),
            Kind::Instant | Kind::Whole => Values::Whole(Vec::new()),
            Kind::Flag => Values::Flag(Vec::new()),
        };
        Held { levels: Vec::new(), values }
    }

    fn push<R>(&mut self, column: &Column<R>, cell: Cell<'_>) -> Result<(), ()> {
        if cell == Cell::Null && column.nullable {
            self.levels.push(0);
            return Ok(());
        }
        self.levels.push(1);
        match (&mut self.values, cell, column.kind) {
            (Values::Text(bytes, ends), Cell::Text(text), _) => {
                bytes.extend_from_slice(text.as_bytes());
                ends.push(bytes.len());
            }
            (Values::Decimal(bytes), Cell::Decimal(decimal), Kind::Decimal(scale)) => {
                let unscaled = decimal.at_scale(scale).map_err(|_| ())?;
                bytes.extend_from_slice(&unscaled.to_be_bytes());
            }
            (Values::Whole(values), Cell::Instant(instant), _) => {
                let micros = instant.second().checked_mul(MICROSECONDS_PER_SECOND);
                values.push(micros.ok_or(())?);
            }
            (Values::Whole(values), Cell::Whole(whole), _) => values.push(whole),
            (Values::Flag(values), Cell::Flag(flag), _) => values.push(flag),
            _ => return Err(()),
        }
        Ok(())
    }

    fn write(self, writer: &mut ColumnWriter<'_>, nullable: bool) -> Result<usize, ParquetError> {
        let levels = nullable.then_some(self.levels.as_slice());
        match (self.values, writer) {
            (Values::Text(bytes, ends), ColumnWriter::ByteArrayColumnWriter(writer)) => {
                // Each value by itself: the least and the greatest of a group stay in memory until
                // the file ends, and a part of a whole would keep all of it.
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let pairs = starts.zip(&ends);
                let values: Vec<ByteArray> =
                    pairs.map(|(start, end)| ByteArray::from(&bytes[start..*end])).collect();
                writer.write_batch(&values, levels, None)
            }
            (Values::Decimal(bytes), ColumnWriter::FixedLenByteArrayColumnWriter(writer)) => {
                let values = bytes.chunks_exact(usize::try_from(DECIMAL_BYTES).unwrap_or(1));
                let values: Vec<FixedLenByteArray> =
                    values.map(|value| ByteArray::from(value).into()).collect();
                writer.write_batch(&values, levels, None)
            }
            (Values::Whole(values), ColumnWriter::Int64ColumnWriter(writer)) => {
                writer.write_batch(&values, levels, None)
            }
            (Values::Flag(values), ColumnWriter::BoolColumnWriter(writer)) => {
                writer.write_batch(&values, levels, None)
            }
            _ => Err(ParquetError::General("a column is of another kind".to_owned())),
        }
    }
}

fn field<R>(column: &Column<R>) -> Result<Arc<Type>, ParquetError> {
    let repetition = if column.nullable { Repetition::OPTIONAL } else { Repetition::REQUIRED };
    let physical = match column.kind {
        Kind::Text => Physical::BYTE_ARRAY,
        Kind::Decimal(_) => Physical::FIXED_LEN_BYTE_ARRAY,
        Kind::Instant | Kind::Whole => Physical::INT64,
        Kind::Flag => Physical::BOOLEAN,
    };
    let field = Type::primitive_type_builder(column.name, physical).with_repetition(repetition);
    let field = match column.kind {
        Kind::Text => field.with_logical_type(Some(LogicalType::String)),
        Kind::Decimal(scale) => field
            .with_length(DECIMAL_BYTES)
            .with_precision(DECIMAL_DIGITS)
            .with_scale(i32::from(scale))
            .with_logical_type(Some(LogicalType::decimal(i32::from(scale), DECIMAL_DIGITS))),
        Kind::Instant => {
            field.with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MICROS)))
        }
        Kind::Whole | Kind::Flag => field,
    };
    field.build().map(Arc::new)
}

fn failed(error: ParquetError) -> ExportError {
    ExportError::Output(match error {
        ParquetError::External(source) => io::Error::other(source),
        other => io::Error::other(other),
    })
}

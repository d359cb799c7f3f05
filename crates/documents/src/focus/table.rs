//! A table: typed rows that are made as they are asked for, and how they become files.
//!
//! Rows come one by one, so a table of any length needs the memory of one document. As Parquet, it
//! needs that of one group of rows besides.

use std::fmt;
use std::io::Write;

use super::column::Column;
use super::error::{ExportError, FocusError};

/// Rows as they are made.
pub(super) type Rows<'a, R> = Box<dyn Iterator<Item = Result<R, FocusError>> + 'a>;

/// A dataset of FOCUS over some books: nothing is computed before its rows are asked for.
pub struct Table<'a, R: 'static> {
    columns: &'static [Column<R>],
    make: Box<dyn Fn() -> Rows<'a, R> + 'a>,
}

impl<'a, R: Row> Table<'a, R> {
    /// A table of what `make` gives, each time anew.
    pub(super) fn new(make: impl Fn() -> Rows<'a, R> + 'a) -> Self {
        Table { columns: R::columns(), make: Box::new(make) }
    }

    /// A table of rows from anywhere: `make` gives them, each time anew.
    pub fn of_rows<I>(make: impl Fn() -> I + 'a) -> Self
    where
        I: Iterator<Item = R> + 'a,
    {
        Table::new(move || Box::new(make().map(Ok)))
    }

    /// The columns, in the order of the files.
    pub fn columns(&self) -> &'static [Column<R>] {
        self.columns
    }

    /// The rows, in the order of the documents and their lines.
    pub fn rows(&self) -> impl Iterator<Item = Result<R, FocusError>> + 'a {
        (self.make)()
    }

    /// Writes the table as CSV: UTF-8, a header, `\n` after each row, nothing for what is null;
    /// quoted only where it has to be. Gives the number of rows.
    ///
    /// # Errors
    /// [`ExportError`] where a row cannot be said or `out` fails.
    pub fn to_csv(&self, out: impl Write) -> Result<u64, ExportError> {
        let mut writer = super::csv::CsvWriter::new(out, self.columns)?;
        for row in self.rows() {
            writer.write(&row?)?;
        }
        writer.finish()
    }

    /// Writes the table as Parquet, by groups of [`ROWS_PER_GROUP`](super::ROWS_PER_GROUP) rows.
    /// The same rows give the same bytes. Gives the number of rows.
    ///
    /// # Errors
    /// [`ExportError`] where a row cannot be said or `out` fails.
    #[cfg(feature = "parquet")]
    pub fn to_parquet(&self, out: impl Write + Send) -> Result<u64, ExportError> {
        let mut writer = super::parquet::ParquetWriter::new(out, self.columns)?;
        for row in self.rows() {
            writer.write(&row?)?;
        }
        writer.finish()
    }
}

impl<R> fmt::Debug for Table<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        f.debug_struct("Table").field("columns", &names).finish_non_exhaustive()
    }
}

/// A row of a dataset.
pub trait Row: Sized + 'static {
    /// Its columns.
    fn columns() -> &'static [Column<Self>];

    /// The lease, the document: for what is said where a row cannot be written.
    fn place(&self) -> (leasehold_types::LeaseId, String);
}

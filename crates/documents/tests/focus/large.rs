//! A table of a million rows is written with the memory of a group of them.

use std::io::{self, Write};

use leasehold_documents::focus::{self, CostRow, Range, Table};

use crate::support::*;

const ROWS: usize = 1_000_000;

/// Counts what is written, and keeps the largest piece that came at once.
#[derive(Default)]
struct Counter {
    bytes: usize,
    largest: usize,
}

impl Write for &mut Counter {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.bytes += piece.len();
        self.largest = self.largest.max(piece.len());
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A million rows, made one by one.
fn table(some: &[CostRow]) -> Table<'_, CostRow> {
    Table::of_rows(move || some.iter().cycle().take(ROWS).cloned())
}

fn some_rows() -> Vec<CostRow> {
    let books = rich_books();
    focus::cost_and_usage(&books, Range::ALL).rows().map(|row| row.unwrap()).collect()
}

#[test]
fn a_million_rows_stream_as_csv() {
    let rows = some_rows();
    let mut out = Counter::default();
    assert_eq!(table(&rows).to_csv(&mut out).unwrap(), ROWS as u64);
    assert!(out.bytes > 500_000_000, "{} bytes", out.bytes);
    assert!(out.largest < 64 * 1_024, "{} bytes at once", out.largest);
}

#[test]
fn a_million_rows_stream_as_parquet() {
    let rows = some_rows();
    let mut out = Counter::default();
    assert_eq!(table(&rows).to_parquet(&mut out).unwrap(), ROWS as u64);
    assert!(out.largest < 8 * 1_024 * 1_024, "{} bytes at once", out.largest);
}

/// An output that fails is reported, and nothing panics.
#[test]
fn a_full_disk_is_reported() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(piece.len()).ok_or(io::Error::other("no space left"))?;
            Ok(piece.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let books = rich_books();
    let table = focus::cost_and_usage(&books, Range::ALL);
    let shown = "the table could not be written";
    let error = table.to_csv(Full(10_000)).unwrap_err().to_string();
    assert!(error.starts_with(shown) && error.contains("no space left"), "{error}");
    let error = table.to_parquet(Full(10_000)).unwrap_err().to_string();
    assert!(error.starts_with(shown) && error.contains("no space left"), "{error}");
}

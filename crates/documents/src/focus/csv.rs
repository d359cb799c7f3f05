//! A table as CSV, row by row.

use std::fmt::Write as _;
use std::io::Write;

use super::cell::Cell;
use super::column::{Column, Kind};
use super::error::{ExportError, FocusError, FocusProblem};
use super::table::Row;

/// Writes rows as they come.
pub(super) struct CsvWriter<W: Write, R: 'static> {
    out: std::io::BufWriter<W>,
    columns: &'static [Column<R>],
    line: String,
    cell: String,
    rows: u64,
}

impl<W: Write, R: Row> CsvWriter<W, R> {
    /// Begins with the names of the columns.
    pub(super) fn new(out: W, columns: &'static [Column<R>]) -> Result<Self, ExportError> {
        let mut out = std::io::BufWriter::new(out);
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        writeln!(out, "{}", names.join(","))?;
        Ok(CsvWriter { out, columns, line: String::new(), cell: String::new(), rows: 0 })
    }

    pub(super) fn write(&mut self, row: &R) -> Result<(), ExportError> {
        self.line.clear();
        for (i, column) in self.columns.iter().enumerate() {
            if i > 0 {
                self.line.push(',');
            }
            let cell = (column.cell)(row);
            check(row, column, &cell)?;
            if let Cell::Text(text) = &cell {
                push_quoted(&mut self.line, text);
            } else {
                self.cell.clear();
                let _ = write!(self.cell, "{cell}");
                self.line.push_str(&self.cell);
            }
        }
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())?;
        self.rows += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<u64, ExportError> {
        self.out.flush()?;
        Ok(self.rows)
    }
}

/// A number that CSV could hold but Parquet could not is refused by both, so that both always say
/// the same.
fn check<R: Row>(row: &R, column: &Column<R>, cell: &Cell<'_>) -> Result<(), FocusError> {
    if let (Kind::Decimal(scale), Cell::Decimal(decimal)) = (column.kind, cell)
        && decimal.at_scale(scale).is_err()
    {
        let (lease, document) = row.place();
        return Err(FocusError::new(&lease, document, column.name, FocusProblem::TooLarge));
    }
    Ok(())
}

fn push_quoted(line: &mut String, text: &str) {
    let plain = !text.contains(['"', ',', '\n', '\r']);
    if plain && !text.is_empty() {
        line.push_str(text);
        return;
    }
    line.push('"');
    for part in text.split_inclusive('"') {
        line.push_str(part);
        if part.ends_with('"') {
            line.push('"');
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::push_quoted;

    #[test]
    fn text_is_quoted_where_it_has_to_be() {
        let quoted = |text: &str| {
            let mut line = String::new();
            push_quoted(&mut line, text);
            line
        };
        assert_eq!(quoted("a b"), "a b");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"so\""), "\"say \"\"so\"\"\"");
        assert_eq!(quoted("two\nlines"), "\"two\nlines\"");
        assert_eq!(quoted("\"\""), "\"\"\"\"\"\"");
        assert_eq!(quoted(""), "\"\"");
    }
}

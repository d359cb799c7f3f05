//! A table of comma-separated values with a header, and the loop that every reader runs over it.
//!
//! Columns are found by name, so that files with more columns, or in another order, work. A quoted
//! cell may hold commas and doubled quotes but no line break: a quote that stays open would
//! otherwise swallow the rest of a large file.

use std::ops::Range;
use std::path::Path;

use super::file::Lines;
use super::number::Rule;
use crate::demand::report::{EXAMPLES_MAX, FileDigest, SkippedRow};
use crate::demand::{DemandError, Progress, ReadReport};

/// Most rows of one file.
pub const ROWS_MAX: u64 = 20_000_000;
/// Rows between two calls of the progress function.
pub(super) const ROWS_PER_PROGRESS: u64 = 1 << 16;

const VALUE_MAX_CHARS: usize = 80;
const HEADER_MAX_CHARS: usize = 200;

/// What all readers of one source share.
pub struct Reading<'a> {
    /// The file's kind, as the scenario says it.
    pub kind: &'static str,
    /// The file as the scenario names it.
    pub path: &'a Path,
    /// The directory that it is relative to.
    pub base: &'a Path,
    /// Whether bad rows are counted rather than an error.
    pub skip_bad_rows: bool,
    /// Where rows are counted.
    pub report: &'a mut ReadReport,
    /// Told every [`ROWS_PER_PROGRESS`] rows.
    pub progress: &'a mut dyn FnMut(Progress<'_>),
}

/// A cell that breaks its rule.
#[derive(Debug)]
pub(super) struct BadCell {
    /// Column, from 1.
    pub column: u64,
    /// Its name.
    pub name: String,
    /// What stands there.
    pub value: String,
    /// The rule.
    pub rule: &'static str,
}

/// Why a row's reader stops.
pub(super) enum Fault {
    /// The row is bad: an error, or counted.
    Bad(BadCell),
    /// Reading must end.
    Stop(DemandError),
}

impl From<BadCell> for Fault {
    fn from(cell: BadCell) -> Self {
        Fault::Bad(cell)
    }
}

impl From<DemandError> for Fault {
    fn from(error: DemandError) -> Self {
        Fault::Stop(error)
    }
}

/// What became of a good row.
pub(super) enum Row {
    /// Used.
    Kept,
    /// Of no use by the reader's documented mapping: counted under this reason.
    LeftOut(&'static str),
}

/// One row's cells.
#[derive(Default)]
pub(super) struct Cells {
    text: String,
    cells: Vec<Range<usize>>,
    /// For each needed column, its index in the file.
    wanted: Vec<usize>,
    names: &'static [&'static str],
}

impl Cells {
    /// The text of needed column `i`, without blanks around it.
    pub fn text(&self, i: usize) -> &str {
        let cell = self.wanted.get(i).and_then(|column| self.cells.get(*column));
        cell.and_then(|range| self.text.get(range.clone())).unwrap_or_default().trim()
    }

    /// The number in needed column `i`.
    pub fn number(&self, i: usize, rule: &Rule) -> Result<u64, BadCell> {
        rule.parse(self.text(i)).ok_or_else(|| self.bad(i, rule.text))
    }

    /// That needed column `i` breaks `rule`.
    pub fn bad(&self, i: usize, rule: &'static str) -> BadCell {
        BadCell {
            column: self.wanted.get(i).map_or(0, |column| *column as u64 + 1),
            name: format!("`{}`", self.names.get(i).copied().unwrap_or_default()),
            value: shortened(self.text(i), VALUE_MAX_CHARS),
            rule,
        }
    }

    fn split(&mut self, line: &[u8]) -> Result<(), BadCell> {
        let line = std::str::from_utf8(line)
            .map_err(|_| whole_row(&String::from_utf8_lossy(line), "a row must be UTF-8 text"))?;
        self.text.clear();
        self.cells.clear();
        let mut rest = line;
        loop {
            let start = self.text.len();
            let after = match rest.trim_start().strip_prefix('"') {
                Some(quoted) => take_quoted(quoted, &mut self.text).ok_or_else(|| {
                    whole_row(line, "a quoted cell must end on its line, before a comma")
                })?,
                None => {
                    let end = rest.find(',').unwrap_or(rest.len());
                    self.text.push_str(&rest[..end]);
                    &rest[end..]
                }
            };
            self.cells.push(start..self.text.len());
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None => return Ok(()),
            }
        }
    }
}

/// Copies a quoted cell, its opening quote gone, into `into`; returns what follows it.
fn take_quoted<'t>(mut text: &'t str, into: &mut String) -> Option<&'t str> {
    loop {
        let end = text.find('"')?;
        into.push_str(&text[..end]);
        text = &text[end + 1..];
        match text.strip_prefix('"') {
            Some(next) => {
                into.push('"');
                text = next;
            }
            None => {
                let after = text.trim_start();
                return (after.is_empty() || after.starts_with(',')).then_some(after);
            }
        }
    }
}

fn whole_row(line: &str, rule: &'static str) -> BadCell {
    BadCell { column: 1, name: "the row".to_owned(), value: shortened(line, VALUE_MAX_CHARS), rule }
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Reads all rows of a table with the columns `names`, calling `each` for every one.
pub(super) fn read_table(
    reading: &mut Reading<'_>,
    names: &'static [&'static str],
    mut each: impl FnMut(&Cells) -> Result<Row, Fault>,
) -> Result<(), DemandError> {
    let mut lines = Lines::open(&reading.base.join(reading.path), reading.kind)?;
    let mut cells = Cells { names, ..Cells::default() };
    let width = read_header(reading, &mut lines, &mut cells)?;
    let columns = names.join(",");
    read_lines(reading, &mut lines, &format!("its header {columns}"), |line| {
        cells.split(line)?;
        if cells.cells.len() != width {
            let line = String::from_utf8_lossy(line);
            return Err(whole_row(&line, "a row must have as many cells as the header").into());
        }
        each(&cells)
    })
}

/// Reads all lines, calling `each` for every one, and keeps the books: the one place where rows
/// are counted, refused or left out.
pub(super) fn read_lines(
    reading: &mut Reading<'_>,
    lines: &mut Lines,
    before_rows: &str,
    mut each: impl FnMut(&[u8]) -> Result<Row, Fault>,
) -> Result<(), DemandError> {
    let mut rows = 0u64;
    while lines.advance()? {
        rows += 1;
        if rows > ROWS_MAX {
            return Err(too_many_rows(reading));
        }
        match each(lines.text()) {
            Ok(Row::Kept) => reading.report.kept += 1,
            Ok(Row::LeftOut(reason)) => count(reading.report, reason.to_owned()),
            Err(Fault::Stop(error)) => return Err(error),
            Err(Fault::Bad(cell)) if reading.skip_bad_rows => {
                note_bad(reading.report, lines.number(), cell);
            }
            Err(Fault::Bad(cell)) => return Err(bad_row(lines, cell)),
        }
        if rows.is_multiple_of(ROWS_PER_PROGRESS) {
            (reading.progress)(Progress { label: &reading.report.label, rows });
        }
    }
    reading.report.rows += rows;
    let path = reading.path.display().to_string();
    reading.report.files.push(FileDigest { path, sha256: lines.sha256() });
    if rows == 0 {
        return Err(empty(reading, lines, before_rows.to_owned()));
    }
    Ok(())
}

fn read_header(
    reading: &Reading<'_>,
    lines: &mut Lines,
    cells: &mut Cells,
) -> Result<usize, DemandError> {
    let expected = || cells.names.join(",");
    if !lines.advance()? {
        return Err(empty(reading, lines, format!("its header {}", expected())));
    }
    let mut header = Cells::default();
    let found = || shortened(&String::from_utf8_lossy(lines.text()), HEADER_MAX_CHARS);
    let error = |missing: &str| DemandError::Header {
        path: lines.path().to_owned(),
        kind: reading.kind,
        missing: missing.to_owned(),
        expected: expected(),
        found: found(),
    };
    let first = cells.names.first().copied().unwrap_or_default();
    header.split(lines.text()).map_err(|_| error(first))?;
    let columns: Vec<&str> =
        header.cells.iter().map(|range| header.text[range.clone()].trim()).collect();
    let mut wanted = Vec::with_capacity(cells.names.len());
    for name in cells.names {
        wanted.push(columns.iter().position(|column| column == name).ok_or_else(|| error(name))?);
    }
    let width = columns.len();
    cells.wanted = wanted;
    Ok(width)
}

fn count(report: &mut ReadReport, reason: String) {
    *report.skipped.entry(reason).or_default() += 1;
}

fn note_bad(report: &mut ReadReport, line: u64, cell: BadCell) {
    count(report, format!("{}: {}", cell.name, cell.rule));
    if report.examples.len() < EXAMPLES_MAX {
        let BadCell { column, value, rule, .. } = cell;
        report.examples.push(SkippedRow { line, column, value, rule: rule.to_owned() });
    }
}

fn bad_row(lines: &Lines, cell: BadCell) -> DemandError {
    let BadCell { column, name, value, rule } = cell;
    let (path, line) = (lines.path().to_owned(), lines.number());
    DemandError::Row { path, line, column, name, value, rule }
}

fn empty(reading: &Reading<'_>, lines: &Lines, expected: String) -> DemandError {
    DemandError::Empty { path: lines.path().to_owned(), kind: reading.kind, expected }
}

fn too_many_rows(reading: &Reading<'_>) -> DemandError {
    DemandError::TooMany {
        label: reading.report.label.clone(),
        most: ROWS_MAX,
        what: "rows",
        remedy: "split the file and list its parts as sources of their own",
    }
}

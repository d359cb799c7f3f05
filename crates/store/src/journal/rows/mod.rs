//! Projections: what the journal amounts to, as tables with typed columns that people may query.
//!
//! A table is declared once, with [`table!`](crate::table); from that follow the struct of its rows,
//! the statements that make and fill it on both databases, and its description in docs/store.md.
//! A [`Projection`] is a set of tables that stand at one entry of the journal. What they hold can be
//! worked out from the entries up to there at any time; so they are dropped and made anew where
//! their version changes, and are in no backup.

mod change;
mod declare;
mod field;
mod page;

pub use change::{Changes, ToCell};
pub use field::Field;
pub use page::{PAGE_MAX_ROWS, Page, Select};

use super::database::{Dialect, Value};
use super::error::JournalError;

/// Longest name of a projection, a table or a column, in bytes: what PostgreSQL keeps.
pub const NAME_MAX_BYTES: usize = 60;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number of 64 bits: `BIGINT`, in SQLite `INTEGER`.
    Int,
    /// A text: `TEXT`. Instants are texts like `2026-05-03T05:00:00Z`, dates like `2026-05-03`, so
    /// their order as texts is their order in time.
    Text,
    /// Yes or no: `BOOLEAN`, in SQLite `INTEGER` 1 or 0.
    Bool,
    /// Bytes: `BYTEA`, in SQLite `BLOB`.
    Bytes,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may hold nothing.
    pub nullable: bool,
    /// What it means.
    pub about: &'static str,
}

/// A table of a projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name in the database.
    pub name: &'static str,
    /// What one row of it is.
    pub about: &'static str,
    /// Its columns, in their order.
    pub columns: &'static [Column],
    /// The columns by which a row is known.
    pub key: &'static [&'static str],
    /// Further orders in which it can be read quickly.
    pub indexes: &'static [&'static [&'static str]],
}

/// A set of tables that stand at one entry of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Projection {
    /// Its name.
    pub name: &'static str,
    /// One more whenever its tables, or what their rows mean, change.
    pub version: u32,
    /// Its tables.
    pub tables: &'static [&'static Table],
}

/// A row of a table; [`table!`](crate::table) writes it.
pub trait Row: Sized {
    /// The table.
    const TABLE: &'static Table;

    /// Its cells, in the order of the columns.
    fn values(&self) -> Vec<Value>;

    /// The row with these cells.
    ///
    /// # Errors
    /// Where a cell holds what its column cannot.
    fn from_values(values: Vec<Value>) -> Result<Self, JournalError>;
}

impl Table {
    /// The place of a column.
    pub(super) fn place(&self, name: &str) -> Result<usize, JournalError> {
        let found = self.columns.iter().position(|column| column.name == name);
        found.ok_or_else(|| {
            JournalError::Unexpected(format!("table `{}` has no column `{name}`", self.name))
        })
    }

    /// The statements that make it.
    pub(super) fn create(&self, dialect: Dialect) -> Vec<String> {
        let columns = self.columns.iter().map(|column| {
            let kind = match column.kind {
                Kind::Int => "{int}",
                Kind::Text => "{text}",
                Kind::Bool => "{bool}",
                Kind::Bytes => "{bytes}",
            };
            let null = if column.nullable { "" } else { " NOT NULL" };
            format!("{} {kind}{null}", column.name)
        });
        let columns: Vec<String> = columns.collect();
        let (name, key) = (self.name, self.key.join(", "));
        let table =
            format!("CREATE TABLE {name} ({}, PRIMARY KEY ({key})){{strict}}", columns.join(", "));
        let indexes = self.indexes.iter().enumerate().map(|(n, index)| {
            format!("CREATE INDEX {name}_by_{} ON {name} ({})", n + 1, index.join(", "))
        });
        std::iter::once(dialect.render(&table)).chain(indexes).collect()
    }

    /// The names of its columns, as a statement lists them.
    pub(super) fn column_list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        names.join(", ")
    }
}

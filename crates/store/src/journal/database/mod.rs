//! What the journal asks of a database: values, statements, transactions. Nothing of the journal is
//! known here.
//!
//! All statements are written once. Parameters are `$1`, `$2` …; what the two databases call
//! differently is written as a word in braces, see [`Dialect::render`].

mod address;
mod pg_value;
mod postgres;
mod sqlite;

use std::borrow::Cow;

pub use address::{Address, BadAddress};

use serde::{Deserialize, Serialize};

use super::error::JournalError;

/// A value of a column or a parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Yes or no; SQLite has 1 and 0 for it.
    Bool(bool),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What a statement answers with, in the order of its columns.
pub(super) type Row = Vec<Value>;

/// One statement of a transaction.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) sql: Cow<'static, str>,
    pub(super) values: Vec<Value>,
    /// How many rows it must touch or return; another number undoes the transaction.
    pub(super) rows: Option<usize>,
}

/// Why a transaction did not take place.
#[derive(Debug)]
pub(super) enum Undone {
    /// A step touched another number of rows than it must; nothing was changed.
    Step(usize),
    /// The database failed, and nothing was changed.
    Failed(JournalError),
    /// The database failed while it was being committed: it is not known whether it was.
    Unknown(JournalError),
}

/// What a transaction may see and change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Everything, for writing.
    Write,
    /// One state of the database, for reading.
    Read,
}

/// Which SQL a database speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// A connection to a database. It blocks; it reconnects by itself where it was cut between two
/// transactions.
pub(super) trait Session: Send {
    fn dialect(&self) -> Dialect;

    /// Runs all steps in one transaction and answers with the rows that each returns.
    fn transact(&mut self, mode: Mode, steps: &[Step]) -> Result<Vec<Vec<Row>>, Undone>;

    /// Opens a transaction that sees one state of the database until [`Session::release`]; what is
    /// asked by [`Session::ask`] until then is answered from it.
    fn hold(&mut self) -> Result<(), JournalError>;

    /// Asks one thing, in the transaction that is held, or by itself.
    fn ask(&mut self, step: &Step) -> Result<Vec<Row>, JournalError>;

    /// Ends what [`Session::hold`] began.
    fn release(&mut self);

    /// Waits for its turn among all that call it, runs `work` in one transaction, and commits where
    /// it succeeds.
    fn exclusively(
        &mut self,
        work: &mut dyn FnMut(&mut dyn Session) -> Result<(), JournalError>,
    ) -> Result<(), JournalError>;

    /// Runs statements without parameters, one after the other, in the transaction that is open.
    fn script(&mut self, sql: &str) -> Result<(), JournalError>;
}

/// Opens a connection.
pub(super) fn connect(address: &Address) -> Result<Box<dyn Session>, JournalError> {
    match address {
        Address::Sqlite(path) => Ok(Box::new(sqlite::Sqlite::open(path)?)),
        Address::Postgres(config) => Ok(Box::new(postgres::Postgres::open(config)?)),
    }
}

impl Step {
    pub(super) fn new(sql: impl Into<Cow<'static, str>>, values: Vec<Value>) -> Self {
        Step { sql: sql.into(), values, rows: None }
    }

    /// The number of rows that it must touch or return.
    pub(super) fn must_touch(mut self, rows: usize) -> Self {
        self.rows = Some(rows);
        self
    }
}

impl Undone {
    /// The error of a transaction none of whose steps says how many rows it touches.
    pub(super) fn plain(self) -> JournalError {
        match self {
            Undone::Failed(error) | Undone::Unknown(error) => error,
            Undone::Step(_) => JournalError::Unexpected("a statement touched no row".to_owned()),
        }
    }
}

impl Dialect {
    /// Puts this database's words for `{int}`, `{text}`, `{bytes}`, `{bool}`, `{strict}` and
    /// `{now_ms}` into a statement.
    pub(super) fn render(self, template: &str) -> String {
        let words: [(&str, &str); 6] = match self {
            Dialect::Sqlite => [
                ("{int}", "INTEGER"),
                ("{text}", "TEXT"),
                ("{bytes}", "BLOB"),
                ("{bool}", "INTEGER"),
                ("{strict}", " STRICT"),
                ("{now_ms}", "CAST(unixepoch('subsec') * 1000 AS INTEGER)"),
            ],
            // Keys are ordered by their bytes on both, so that pages have one order.
            Dialect::Postgres => [
                ("{int}", "BIGINT"),
                ("{text}", "TEXT COLLATE \"C\""),
                ("{bytes}", "BYTEA"),
                ("{bool}", "BOOLEAN"),
                ("{strict}", ""),
                ("{now_ms}", "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"),
            ],
        };
        words.iter().fold(template.to_owned(), |sql, (word, name)| sql.replace(word, name))
    }
}

macro_rules! into_value {
    ($($type:ty => $variant:ident),*) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Value {
                Value::$variant(value.into())
            }
        })*
    };
}

into_value!(i64 => Int, u32 => Int, bool => Bool, String => Text, &str => Text, Vec<u8> => Bytes, &[u8] => Bytes);

//! SQLite: a file, its write-ahead log, one flush to disk a transaction.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode};

use super::super::error::{DatabaseFault, FaultKind, JournalError};
use super::{Dialect, Mode, Row, Session, Step, Undone, Value};

/// How long a writer waits for another one.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// Statements that a connection keeps prepared.
const STATEMENTS_MAX: usize = 128;

/// Pages of the write-ahead log after which it is folded into the file: 16 MiB of them.
const CHECKPOINT_PAGES: u32 = 4096;

/// A connection to a file.
pub(super) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(path)?;
            connection.busy_timeout(BUSY_MAX)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
            // A transaction is on the disk when it is acknowledged: FULL flushes the log each time.
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| {
                row.get::<_, String>(0)
            })?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
            Ok(connection)
        };
        Ok(Sqlite { connection: open().map_err(fault)? })
    }

    fn run(&self, sql: &str) -> Result<(), JournalError> {
        self.connection.execute_batch(sql).map_err(fault)
    }

    fn ask_one(&self, step: &Step) -> rusqlite::Result<Vec<Row>> {
        // Parameters of SQLite have their number after a question mark.
        let mut statement = self.connection.prepare_cached(&step.sql.replace('$', "?"))?;
        for (n, value) in step.values.iter().enumerate() {
            statement.raw_bind_parameter(n + 1, value)?;
        }
        let columns = statement.column_count();
        if columns == 0 {
            let touched = statement.raw_execute()?;
            // So that a step that changes and one that asks are counted alike.
            return Ok(vec![Row::new(); touched]);
        }
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let cells = (0..columns).map(|n| row.get_ref(n).map(value_of));
            found.push(cells.collect::<rusqlite::Result<Row>>()?);
        }
        Ok(found)
    }

    fn steps(&self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Undone> {
        let mut answers = Vec::with_capacity(steps.len());
        for (n, step) in steps.iter().enumerate() {
            let rows = self.ask_one(step).map_err(|error| Undone::Failed(fault(error)))?;
            if step.rows.is_some_and(|expected| expected != rows.len()) {
                return Err(Undone::Step(n));
            }
            answers.push(rows);
        }
        Ok(answers)
    }

    /// Ends a transaction that did not succeed. Where even that fails, SQLite has ended it already.
    fn undo(&self) {
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

impl Session for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn transact(&mut self, mode: Mode, steps: &[Step]) -> Result<Vec<Vec<Row>>, Undone> {
        let begin = match mode {
            Mode::Write => "BEGIN IMMEDIATE",
            Mode::Read => "BEGIN DEFERRED",
        };
        self.run(begin).map_err(Undone::Failed)?;
        let answers = self.steps(steps).inspect_err(|_| self.undo())?;
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            self.undo();
            // A reader that comes in the way is seen before anything is written; a disk that fails
            // or is full may be seen after.
            return Err(match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    Undone::Failed(fault(error))
                }
                _ => Undone::Unknown(fault(error)),
            });
        }
        Ok(answers)
    }

    fn hold(&mut self) -> Result<(), JournalError> {
        self.run("BEGIN DEFERRED")?;
        // The state is chosen by the first read.
        self.connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .map_err(fault)
    }

    fn ask(&mut self, step: &Step) -> Result<Vec<Row>, JournalError> {
        self.ask_one(step).map_err(fault)
    }

    fn release(&mut self) {
        self.undo();
    }

    fn exclusively(
        &mut self,
        work: &mut dyn FnMut(&mut dyn Session) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        self.run("BEGIN EXCLUSIVE")?;
        let done = work(self).and_then(|()| self.run("COMMIT"));
        self.undo();
        done
    }

    fn script(&mut self, sql: &str) -> Result<(), JournalError> {
        self.run(sql)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Bool(yes) => ValueRef::Integer(i64::from(*yes)),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// No column here holds a number with a fraction; one that does was not written by this program and
/// is read as nothing, which its reader refuses.
fn value_of(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

fn fault(error: rusqlite::Error) -> JournalError {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FaultKind::Busy,
        Some(ErrorCode::DiskFull) => FaultKind::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            FaultKind::Forbidden
        }
        _ => FaultKind::Other,
    };
    DatabaseFault::error(kind, error.to_string())
}

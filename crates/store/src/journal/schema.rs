//! The journal's own tables, and how a database is brought to this program's version of them.
//!
//! Each migration is one text for both databases, applied once, in one transaction with the note
//! that it was. Processes that come at once take turns. docs/store.md describes the tables.

use super::database::{Dialect, Session, Step, Value};
use super::error::JournalError;
use super::steps::int;

/// All migrations; the n-th brings a database to version n. They are only ever added to.
const MIGRATIONS: [&str; 1] = [FIRST];

const FIRST: &str = "
CREATE TABLE journal_header (
    one {int} PRIMARY KEY CHECK (one = 1),
    format {int} NOT NULL,
    owner {text} NOT NULL,
    site {text} NOT NULL,
    created {text} NOT NULL,
    genesis {bytes} NOT NULL
){strict};
CREATE TABLE journal_head (
    one {int} PRIMARY KEY CHECK (one = 1),
    seq {int} NOT NULL,
    at {text} NOT NULL,
    hash {bytes} NOT NULL,
    turn {int} NOT NULL,
    writer {int} NOT NULL,
    token {int} NOT NULL,
    holder {text} NOT NULL,
    until_ms {int} NOT NULL
){strict};
CREATE TABLE journal_entry (
    seq {int} PRIMARY KEY,
    at {text} NOT NULL,
    actor {text} NOT NULL,
    kind {text} NOT NULL,
    version {int} NOT NULL,
    body {bytes} NOT NULL,
    prev {bytes} NOT NULL,
    hash {bytes} NOT NULL
){strict};
CREATE TABLE journal_outbox (
    seq {int} NOT NULL,
    part {int} NOT NULL,
    topic {text} NOT NULL,
    target {text} NOT NULL,
    body {bytes} NOT NULL,
    state {text} NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
    due {text} NOT NULL,
    attempts {int} NOT NULL,
    failure {text},
    PRIMARY KEY (seq, part)
){strict};
CREATE INDEX journal_outbox_by_due ON journal_outbox (state, due, seq, part);
CREATE TABLE journal_answer (
    scope {text} NOT NULL,
    key {text} NOT NULL,
    digest {bytes} NOT NULL,
    body {bytes} NOT NULL,
    made {text} NOT NULL,
    expires {text} NOT NULL,
    seq {int} NOT NULL,
    PRIMARY KEY (scope, key)
){strict};
CREATE INDEX journal_answer_by_expiry ON journal_answer (expires);
CREATE TABLE journal_snapshot (
    seq {int} PRIMARY KEY,
    version {int} NOT NULL,
    bytes {int} NOT NULL,
    digest {bytes} NOT NULL
){strict};
CREATE TABLE journal_snapshot_part (
    seq {int} NOT NULL,
    part {int} NOT NULL,
    body {bytes} NOT NULL,
    PRIMARY KEY (seq, part)
){strict};
CREATE TABLE journal_projection (
    name {text} PRIMARY KEY,
    version {int} NOT NULL,
    seq {int} NOT NULL,
    tables {text} NOT NULL
){strict};
";

/// Nothing but this program's insertions ever touches an entry.
const FINAL_SQLITE: &str = "
CREATE TRIGGER journal_entry_stays BEFORE UPDATE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'an entry of the journal is never changed'); END;
CREATE TRIGGER journal_entry_remains BEFORE DELETE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'an entry of the journal is never deleted'); END;
";

const FINAL_POSTGRES: &str = "
CREATE FUNCTION journal_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'an entry of the journal is never changed or deleted'; END $$;
CREATE TRIGGER journal_entry_final BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_is_final();
";

/// The version of the journal's tables that this program knows.
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// Brings the database to [`SCHEMA_VERSION`], where it is not there yet.
pub(super) fn migrate(session: &mut dyn Session) -> Result<(), JournalError> {
    // Where the table is missing this fails, and whoever has the turn makes it.
    if let Ok(found) = version(session)
        && check(found)? == u64::from(SCHEMA_VERSION)
    {
        return Ok(());
    }
    session.exclusively(&mut |session| {
        let dialect = session.dialect();
        let table =
            "CREATE TABLE IF NOT EXISTS journal_migration (version {int} PRIMARY KEY){strict}";
        session.script(&dialect.render(table))?;
        let found = usize::try_from(check(version(session)?)?).unwrap_or(usize::MAX);
        for (n, sql) in MIGRATIONS.iter().enumerate().skip(found) {
            session.script(&dialect.render(sql))?;
            if n == 0 {
                session.script(match dialect {
                    Dialect::Sqlite => FINAL_SQLITE,
                    Dialect::Postgres => FINAL_POSTGRES,
                })?;
            }
            let version = vec![Value::Int(int(n as u64 + 1))];
            session
                .ask(&Step::new("INSERT INTO journal_migration (version) VALUES ($1)", version))?;
        }
        Ok(())
    })
}

/// Refuses a database that a later program wrote.
fn check(found: u64) -> Result<u64, JournalError> {
    let known = u64::from(SCHEMA_VERSION);
    if found > known {
        return Err(JournalError::Newer { what: "its schema".to_owned(), found, known });
    }
    Ok(found)
}

fn version(session: &mut dyn Session) -> Result<u64, JournalError> {
    let rows = session.ask(&Step::new("SELECT max(version) FROM journal_migration", vec![]))?;
    match rows.first().and_then(|row| row.first()) {
        Some(Value::Int(version)) => Ok(u64::try_from(*version).unwrap_or(u64::MAX)),
        _ => Ok(0),
    }
}

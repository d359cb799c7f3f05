//! Values and errors of PostgreSQL in the journal's words.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::super::error::{DatabaseFault, FaultKind, JournalError};
use super::{Row, Value};

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Value::Int(number) => number.to_sql(kind, out),
            Value::Bool(yes) => yes.to_sql(kind, out),
            Value::Text(text) => text.to_sql(kind, out),
            Value::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    /// Columns are made by this program, so each value meets its own type.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// All rows, each cell by its column's type.
pub(super) fn rows_of(rows: &[tokio_postgres::Row]) -> Result<Vec<Row>, tokio_postgres::Error> {
    rows.iter().map(|row| (0..row.len()).map(|n| cell(row, n)).collect()).collect()
}

fn cell(row: &tokio_postgres::Row, n: usize) -> Result<Value, tokio_postgres::Error> {
    let kind = row.columns()[n].type_();
    let value = match *kind {
        Type::BOOL => row.try_get::<_, Option<bool>>(n)?.map(Value::Bool),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(n)?.map(Value::Bytes),
        Type::INT4 => row.try_get::<_, Option<i32>>(n)?.map(|i| Value::Int(i.into())),
        Type::INT8 => row.try_get::<_, Option<i64>>(n)?.map(Value::Int),
        _ => row.try_get::<_, Option<String>>(n)?.map(Value::Text),
    };
    Ok(value.unwrap_or(Value::Null))
}

/// The error in the journal's words; the codes are those of PostgreSQL's manual, appendix A.
pub(super) fn fault(error: &tokio_postgres::Error) -> JournalError {
    let code = error.code().map(|code| code.code().to_owned()).unwrap_or_default();
    let kind = match code.as_str() {
        "" if error.is_closed() || is_io(error) => FaultKind::Unreachable,
        "53300" | "57P01" | "57P02" | "57P03" => FaultKind::Unreachable,
        "25P03" | "40001" | "40P01" | "55P03" | "57014" | "0A000" => FaultKind::Busy,
        "53100" => FaultKind::Full,
        "42501" | "25006" | "3D000" => FaultKind::Forbidden,
        code if code.starts_with("08") => FaultKind::Unreachable,
        code if code.starts_with("28") => FaultKind::Forbidden,
        _ => FaultKind::Other,
    };
    DatabaseFault::error(kind, words(error))
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<std::io::Error>() {
            return true;
        }
        source = cause.source();
    }
    // A connection that took too long says so in words only.
    error.to_string().contains("timeout") || error.to_string().contains("error connecting")
}

/// What the server says, or the client with its causes.
fn words(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return format!("{} {}", said.code().code(), said.message());
    }
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

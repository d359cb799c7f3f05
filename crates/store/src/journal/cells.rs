//! Rows of the journal's own tables, read cell by cell.

use leasehold_types::Instant;

use super::database::{Row, Value};
use super::digest::Digest;
use super::entry::{Entry, Head, Header};
use super::error::JournalError;
use super::outbox::{OutboxId, OutboxItem, OutboxState};
use super::rows::Field;

/// The cells of one row, taken from the front.
pub(super) struct Cells(std::vec::IntoIter<Value>);

impl Cells {
    pub(super) fn of(row: Row) -> Self {
        Cells(row.into_iter())
    }

    /// The next cell, which `column` names in the message where it is not what it should be.
    pub(super) fn next<T: Field>(&mut self, column: &str) -> Result<T, JournalError> {
        T::from_cell(self.0.next(), column)
    }

    pub(super) fn digest(&mut self, column: &str) -> Result<Digest, JournalError> {
        let bytes: Vec<u8> = self.next(column)?;
        let bytes = bytes.try_into().map_err(|bytes: Vec<u8>| {
            JournalError::Damaged(format!("column `{column}` holds {} bytes, not 32", bytes.len()))
        })?;
        Ok(Digest::from_bytes(bytes))
    }
}

/// `format, owner, site, created, genesis`; a genesis that is not the header's is damage.
pub(super) fn header(row: Row) -> Result<Header, JournalError> {
    let mut cells = Cells::of(row);
    let header = Header {
        format: cells.next("format")?,
        owner: cells.next("owner")?,
        site: cells.next("site")?,
        created: cells.next("created")?,
    };
    if cells.digest("genesis")? != header.genesis() {
        return Err(JournalError::Damaged("the header is not what its hash covers".to_owned()));
    }
    Ok(header)
}

/// `seq, at, hash`.
pub(super) fn head(cells: &mut Cells) -> Result<Head, JournalError> {
    let (seq, at) = (cells.next("seq")?, cells.next::<Instant>("at")?);
    Ok(Head { seq, at, hash: cells.digest("hash")? })
}

pub(super) const ENTRY: &str = "seq, at, actor, kind, version, body, prev, hash";

pub(super) fn entry(row: Row) -> Result<Entry, JournalError> {
    let mut cells = Cells::of(row);
    Ok(Entry {
        seq: cells.next("seq")?,
        at: cells.next("at")?,
        actor: cells.next("actor")?,
        kind: cells.next("kind")?,
        version: cells.next("version")?,
        body: cells.next("body")?,
        prev: cells.digest("prev")?,
        hash: cells.digest("hash")?,
    })
}

pub(super) const ITEM: &str = "seq, part, topic, target, body, state, due, attempts, failure";

pub(super) fn item(row: Row) -> Result<OutboxItem, JournalError> {
    let mut cells = Cells::of(row);
    Ok(OutboxItem {
        id: OutboxId { seq: cells.next("seq")?, part: cells.next("part")? },
        topic: cells.next("topic")?,
        target: cells.next("target")?,
        body: cells.next("body")?,
        state: {
            let state: String = cells.next("state")?;
            state.parse().map_err(|()| {
                JournalError::Damaged(format!("an item of the outbox is in the state `{state}`"))
            })?
        },
        due: cells.next("due")?,
        attempts: cells.next("attempts")?,
        failure: cells.next("failure")?,
    })
}

impl OutboxState {
    pub(super) fn value(self) -> Value {
        Value::from(self.as_str())
    }
}

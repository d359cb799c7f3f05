//! What can be asked of a journal. Everything is bounded, and read a page at a time.

use leasehold_types::Instant;

use super::batch::Answer;
use super::cells::{self, Cells, ENTRY, ITEM};
use super::database::{Mode, Session, Step, Value};
use super::entry::{Entry, Head};
use super::error::JournalError;
use super::open::Journal;
use super::outbox::{OutboxId, OutboxItem, OutboxState};
use super::rows::{Field, Page, Row, Select, ToCell};
use super::steps::int;

/// Most entries that are read at once.
pub const ENTRIES_MAX: usize = 4_096;

/// Most bytes of bodies that are read at once; one entry is always read.
pub const ENTRIES_MAX_BYTES: u64 = 8 << 20;

/// Most items of the outbox that are read at once.
pub const OUTBOX_MAX_ITEMS: usize = 256;

/// Who leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leader {
    /// The name that it gave; empty where nobody leads.
    pub holder: String,
    /// Its token.
    pub token: u64,
    /// How much longer it leads without renewing, in milliseconds by the database's clock; negative
    /// where its time is over.
    pub left_ms: i64,
}

impl Journal {
    /// Where the journal ends.
    ///
    /// # Errors
    /// [`JournalError::Empty`] where none was begun.
    pub fn head(&self) -> Result<Head, JournalError> {
        self.pool.with_session(head)
    }

    /// Entries after entry `after`, in their order, at most `limit`, [`ENTRIES_MAX`], and
    /// [`ENTRIES_MAX_BYTES`] of bodies. Nothing where there are none.
    ///
    /// Whether they continue a chain is for [`Head::follow`] to say.
    ///
    /// # Errors
    /// [`JournalError::Database`], [`JournalError::Damaged`].
    pub fn entries(&self, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.pool.with_session(|session| entries(session, after, limit))
    }

    /// The stored answer for a key, expired or not.
    ///
    /// # Errors
    /// [`JournalError::Database`], [`JournalError::Damaged`].
    pub fn answer(&self, scope: &str, key: &str) -> Result<Option<Answer>, JournalError> {
        let sql = "SELECT scope, key, digest, body, made, expires FROM journal_answer \
                   WHERE scope = $1 AND key = $2";
        let step = Step::new(sql, vec![scope.into(), key.into()]);
        let found = self.pool.with_session(|session| session.ask(&step))?.pop();
        found.map(answer).transpose()
    }

    /// Items of the outbox in `state`, those due first before others, after the item at a due time
    /// that `after` names; at most `limit` and [`OUTBOX_MAX_ITEMS`].
    ///
    /// # Errors
    /// [`JournalError::Database`], [`JournalError::Damaged`].
    pub fn outbox(
        &self,
        state: OutboxState,
        after: Option<(Instant, OutboxId)>,
        limit: usize,
    ) -> Result<Vec<OutboxItem>, JournalError> {
        let (due, id) = after.unwrap_or((Instant::MIN, OutboxId { seq: 0, part: 0 }));
        let limit = limit.clamp(1, OUTBOX_MAX_ITEMS);
        let sql = format!(
            "SELECT {ITEM} FROM journal_outbox WHERE state = $1 AND (due, seq, part) > ($2, $3, $4) \
             ORDER BY due, seq, part LIMIT {limit}"
        );
        let values =
            vec![state.value(), due.to_value(), Value::Int(int(id.seq)), Value::from(id.part)];
        let rows = self.pool.with_session(|session| session.ask(&Step::new(sql, values)))?;
        rows.into_iter().map(cells::item).collect()
    }

    /// How many items of the outbox are in `state`.
    ///
    /// # Errors
    /// [`JournalError::Database`].
    pub fn outbox_count(&self, state: OutboxState) -> Result<u64, JournalError> {
        let sql = "SELECT count(*) FROM journal_outbox WHERE state = $1";
        let step = Step::new(sql, vec![state.value()]);
        let rows = self.pool.with_session(|session| session.ask(&step))?;
        first(rows)?.next("count")
    }

    /// Who leads.
    ///
    /// # Errors
    /// [`JournalError::Empty`] where no journal was begun.
    pub fn leader(&self) -> Result<Leader, JournalError> {
        self.pool.with_session(leader)
    }

    /// A page of a table.
    ///
    /// # Errors
    /// [`JournalError::Behind`] where the table's projection is not there yet.
    pub fn page<R: Row>(&self, projection: &str, select: &Select) -> Result<Page<R>, JournalError> {
        if select.table() != R::TABLE {
            return Err(JournalError::Unexpected("rows of another table were asked".to_owned()));
        }
        let position = Step::new(
            "SELECT seq FROM journal_projection WHERE name = $1",
            vec![projection.into()],
        );
        let steps = [position, select.step()?];
        let mut answers = self.pool.with_session(|session| {
            session.transact(Mode::Read, &steps).map_err(super::database::Undone::plain)
        })?;
        let (rows, position) = (answers.pop().unwrap_or_default(), answers.pop());
        let seq = first(position.unwrap_or_default()).and_then(|mut cells| cells.next("seq"));
        let seq = seq.map_err(|_| JournalError::Behind {
            projection: projection.to_owned(),
            at: None,
            head: 0,
        })?;
        select.page(rows, seq)
    }

    /// The row of a table with this key, whose cells are in the order of the table's key.
    ///
    /// # Errors
    /// [`JournalError::Database`], [`JournalError::Damaged`].
    pub fn row<R: Row>(&self, key: &[&dyn ToCell]) -> Result<Option<R>, JournalError> {
        let table = R::TABLE;
        let marks: Vec<String> =
            table.key.iter().enumerate().map(|(n, name)| format!("{name} = ${}", n + 1)).collect();
        let (columns, name, marks) = (table.column_list(), table.name, marks.join(" AND "));
        let sql = format!("SELECT {columns} FROM {name} WHERE {marks}");
        let step = Step::new(sql, key.iter().map(|cell| cell.to_cell()).collect());
        let found = self.pool.with_session(|session| session.ask(&step))?.pop();
        found.map(R::from_values).transpose()
    }
}

/// The cells of the first row.
pub(super) fn first(rows: Vec<super::database::Row>) -> Result<Cells, JournalError> {
    rows.into_iter().next().map(Cells::of).ok_or(JournalError::Empty)
}

pub(super) fn head(session: &mut dyn Session) -> Result<Head, JournalError> {
    let rows = session.ask(&Step::new("SELECT seq, at, hash FROM journal_head", vec![]))?;
    cells::head(&mut first(rows)?)
}

pub(super) fn leader(session: &mut dyn Session) -> Result<Leader, JournalError> {
    let sql = "SELECT holder, token, until_ms - {now_ms} FROM journal_head";
    let sql = session.dialect().render(sql);
    let mut cells = first(session.ask(&Step::new(sql, vec![]))?)?;
    let (holder, token) = (cells.next("holder")?, cells.next("token")?);
    Ok(Leader { holder, token, left_ms: cells.next("until_ms")? })
}

/// Entries after `after`: first how large they are, so that no page is larger than it may be.
pub(super) fn entries(
    session: &mut dyn Session,
    after: u64,
    limit: usize,
) -> Result<Vec<Entry>, JournalError> {
    let limit = limit.clamp(1, ENTRIES_MAX);
    let sizes = Step::new(
        "SELECT seq, CAST(length(body) AS BIGINT) FROM journal_entry WHERE seq > $1 \
         ORDER BY seq LIMIT $2",
        vec![Value::Int(int(after)), Value::Int(int(limit as u64))],
    );
    let (mut last, mut bytes) = (None, 0);
    for row in session.ask(&sizes)? {
        let mut cells = Cells::of(row);
        let (seq, size): (u64, u64) = (cells.next("seq")?, cells.next("body")?);
        bytes += size;
        if last.is_some() && bytes > ENTRIES_MAX_BYTES {
            break;
        }
        last = Some(seq);
    }
    let Some(last) = last else { return Ok(Vec::new()) };
    let sql =
        format!("SELECT {ENTRY} FROM journal_entry WHERE seq > $1 AND seq <= $2 ORDER BY seq");
    let step = Step::new(sql, vec![Value::Int(int(after)), Value::Int(int(last))]);
    session.ask(&step)?.into_iter().map(cells::entry).collect()
}

/// `scope, key, digest, body, made, expires`.
pub(super) fn answer(row: super::database::Row) -> Result<Answer, JournalError> {
    let mut cells = Cells::of(row);
    Ok(Answer {
        scope: cells.next("scope")?,
        key: cells.next("key")?,
        digest: cells.digest("digest")?,
        body: cells.next("body")?,
        made: cells.next("made")?,
        expires: cells.next("expires")?,
    })
}

//! Making a database from a backup, up to an entry or an instant.

use std::io::BufRead;

use leasehold_types::Instant;

use super::Summary;
use super::line::{AnswerLine, ItemLine};
use super::read::{Reader, Record};
use crate::journal::cells;
use crate::journal::database::{self, Address, Session, Step, Value};
use crate::journal::entry::{Entry, Head, Header};
use crate::journal::error::JournalError;
use crate::journal::open::{occupied, read_header, write_header};
use crate::journal::rows::Field;
use crate::journal::schema;
use crate::journal::snapshot;
use crate::journal::steps::{int, rows_of_parameters};
use crate::journal::writer::entry_values;

/// Entries that one statement writes.
const ENTRIES_AT_ONCE: usize = 64;

/// Up to where a journal is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// All of it.
    End,
    /// Through this entry.
    Seq(u64),
    /// Through the last entry at or before this instant.
    At(Instant),
}

/// Restores a backup into an empty database, in one transaction: it is there whole, or not at all.
///
/// What followed from an entry that is not restored is left out with it. What was sent by the time
/// of the backup stays sent. The snapshot is restored where it covers no entry that is left out.
/// Projections are worked out anew by whoever leads next.
///
/// # Errors
/// [`JournalError::Occupied`] where the database holds a journal; [`JournalError::Backup`] where the
/// backup is not whole, or ends before what was asked for.
pub fn restore(
    input: &mut dyn BufRead,
    address: &Address,
    until: Until,
) -> Result<Summary, JournalError> {
    let mut reader = Reader::open(input)?;
    let opening = reader.opening();
    if let Until::Seq(seq) = until
        && seq > opening.head.seq
    {
        let last = opening.head.seq;
        return Err(JournalError::Backup(format!(
            "the backup ends with entry {last}, and entry {seq} was asked for; name an earlier one"
        )));
    }
    let (header, token) = (opening.header.clone(), opening.token);
    if let Until::At(at) = until
        && at < header.created
    {
        let created = header.created;
        return Err(JournalError::Backup(format!(
            "the journal began at {created}, and its state at {at} was asked for; name a later instant"
        )));
    }
    let mut session = database::connect(address)?;
    schema::migrate(session.as_mut())?;
    let mut restored = None;
    session.exclusively(&mut |session| {
        if let Some(found) = read_header(session)? {
            return Err(occupied(&found));
        }
        write_header(session, &header, int(token))?;
        restored = Some(Restoring::new(session, until, &header).all(&mut reader)?);
        Ok(())
    })?;
    restored.ok_or_else(|| JournalError::Unexpected("nothing was restored".to_owned()))
}

/// What is being restored.
struct Restoring<'a> {
    session: &'a mut dyn Session,
    until: Until,
    head: Head,
    waiting: Vec<Entry>,
    items: u64,
    answers: u64,
    snapshot: Option<u64>,
}

impl<'a> Restoring<'a> {
    fn new(session: &'a mut dyn Session, until: Until, header: &Header) -> Self {
        let (head, waiting) = (header.head(), Vec::new());
        Restoring { session, until, head, waiting, items: 0, answers: 0, snapshot: None }
    }

    /// Restores everything; all of the backup is read and checked, whatever is taken of it.
    fn all(mut self, reader: &mut Reader<'_>) -> Result<Summary, JournalError> {
        while let Some(record) = reader.next()? {
            match record {
                Record::Entry(entry) if self.wants(&entry) => self.entry(entry)?,
                Record::Item(item) if item.id.seq <= self.head.seq => self.item(item)?,
                Record::Answer(answer) if answer.seq <= self.head.seq => self.answer(answer)?,
                Record::Snapshot(found) if found.seq <= self.head.seq => {
                    let mut steps = Vec::new();
                    snapshot::steps(&(found.version, found.body), found.seq, &mut steps);
                    self.ask_all(&steps)?;
                    self.snapshot = Some(found.seq);
                }
                _ => (),
            }
        }
        self.flush()?;
        self.ask_all(&[Step::new(
            "UPDATE journal_head SET seq = $1, at = $2, hash = $3",
            vec![
                Value::Int(int(self.head.seq)),
                self.head.at.to_value(),
                Value::Bytes(self.head.hash.as_bytes().to_vec()),
            ],
        )])?;
        let (head, entries) = (self.head, self.head.seq);
        let (items, answers, snapshot) = (self.items, self.answers, self.snapshot);
        Ok(Summary { head, entries, items, answers, snapshot, ..reader.summary() })
    }

    fn wants(&self, entry: &Entry) -> bool {
        match self.until {
            Until::End => true,
            Until::Seq(seq) => entry.seq <= seq,
            Until::At(at) => entry.at <= at,
        }
    }

    fn entry(&mut self, entry: Entry) -> Result<(), JournalError> {
        self.head = entry.head();
        self.waiting.push(entry);
        if self.waiting.len() == ENTRIES_AT_ONCE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), JournalError> {
        let entries = std::mem::take(&mut self.waiting);
        if entries.is_empty() {
            return Ok(());
        }
        let marks = rows_of_parameters(entries.len(), 8);
        let sql = format!("INSERT INTO journal_entry ({}) VALUES {marks}", cells::ENTRY);
        let values = entries.iter().flat_map(entry_values).collect();
        self.ask_all(&[Step::new(sql, values)])
    }

    fn item(&mut self, item: ItemLine) -> Result<(), JournalError> {
        let body = item.body.read().ok_or_else(|| unreadable("an item of the outbox"))?;
        let values = vec![
            Value::Int(int(item.id.seq)),
            item.id.part.into(),
            item.topic.into(),
            item.target.into(),
            body.into(),
            item.state.value(),
            item.due.to_value(),
            item.attempts.into(),
            item.failure.to_value(),
        ];
        let sql = format!(
            "INSERT INTO journal_outbox ({}) VALUES {}",
            cells::ITEM,
            rows_of_parameters(1, values.len())
        );
        self.items += 1;
        self.ask_all(&[Step::new(sql, values)])
    }

    fn answer(&mut self, answer: AnswerLine) -> Result<(), JournalError> {
        let body = answer.body.read().ok_or_else(|| unreadable("an answer"))?;
        let values = vec![
            Value::Int(int(answer.seq)),
            answer.scope.into(),
            answer.key.into(),
            answer.digest.as_bytes().as_slice().into(),
            body.into(),
            answer.made.to_value(),
            answer.expires.to_value(),
        ];
        self.answers += 1;
        self.ask_all(&[Step::new(
            "INSERT INTO journal_answer (seq, scope, key, digest, body, made, expires) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            values,
        )])
    }

    fn ask_all(&mut self, steps: &[Step]) -> Result<(), JournalError> {
        steps.iter().try_for_each(|step| self.session.ask(step).map(drop))
    }
}

fn unreadable(what: &str) -> JournalError {
    JournalError::Backup(format!("the body of {what} is not base64; take another copy"))
}

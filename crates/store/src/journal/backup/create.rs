//! Writing a backup from one state of a database.

use std::io::Write;

use leasehold_types::Instant;
use sha2::{Digest as _, Sha256};

use super::Summary;
use super::line::{
    AnswerLine, Bytes, Ending, FORMAT_VERSION, ItemLine, Line, Opening, SnapshotLine,
};
use crate::journal::cells::{self, Cells, ITEM};
use crate::journal::database::{Session, Step, Value};
use crate::journal::digest::Digest;
use crate::journal::entry::{Head, Header};
use crate::journal::error::JournalError;
use crate::journal::open::{Journal, read_header};
use crate::journal::outbox::OutboxId;
use crate::journal::read::{self, ENTRIES_MAX, answer};
use crate::journal::snapshot::{PART_BYTES, newest};
use crate::journal::steps::int;

/// Rows of the outbox and of answers that are read at once.
const ROWS_AT_ONCE: usize = 256;

/// Writes a backup of the journal, as it is at this moment, to `out`; writers go on meanwhile. The
/// chain is checked on the way.
///
/// # Errors
/// [`JournalError::Empty`] where there is no journal; [`JournalError::Chain`] where its chain is
/// broken; [`JournalError::Unwritable`] where `out` cannot be written.
pub fn create(
    journal: &Journal,
    made: Instant,
    out: &mut dyn Write,
) -> Result<Summary, JournalError> {
    journal.pool.with_session(|session| {
        session.hold()?;
        let done = write(session, made, out);
        session.release();
        done
    })
}

fn write(
    session: &mut dyn Session,
    made: Instant,
    out: &mut dyn Write,
) -> Result<Summary, JournalError> {
    let header = read_header(session)?.ok_or(JournalError::Empty)?;
    let head = read::head(session)?;
    let token = read::leader(session)?.token;
    let mut out = Lines { out, hasher: Sha256::new() };
    out.line(&Line::Backup(Opening {
        of: "leasehold".to_owned(),
        version: FORMAT_VERSION,
        made,
        header: header.clone(),
        head,
        token,
    }))?;
    let entries = write_entries(session, &header, head, &mut out)?;
    let items = write_items(session, &mut out)?;
    let answers = write_answers(session, &mut out)?;
    let (snapshot, parts) = write_snapshot(session, &mut out)?;
    let sha256 = Digest::from_bytes(out.hasher.clone().finalize().into());
    out.line(&Line::End(Ending { entries, items, answers, parts, sha256 }))?;
    out.out.flush().map_err(JournalError::Unwritable)?;
    let genesis = header.genesis();
    Ok(Summary { header, genesis, made, head, entries, items, answers, snapshot })
}

/// Lines, and the digest of all of them so far.
struct Lines<'a> {
    out: &'a mut dyn Write,
    hasher: Sha256,
}

impl Lines<'_> {
    fn line(&mut self, line: &Line) -> Result<(), JournalError> {
        let mut bytes = serde_json::to_vec(line)
            .map_err(|error| JournalError::Unexpected(format!("a line is no JSON: {error}")))?;
        bytes.push(b'\n');
        self.hasher.update(&bytes);
        self.out.write_all(&bytes).map_err(JournalError::Unwritable)
    }
}

fn write_entries(
    session: &mut dyn Session,
    header: &Header,
    head: Head,
    out: &mut Lines<'_>,
) -> Result<u64, JournalError> {
    let mut at = header.head();
    loop {
        let entries = read::entries(session, at.seq, ENTRIES_MAX)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            at = at.follow(&entry)?;
            out.line(&Line::Entry(entry.into()))?;
        }
    }
    if at != head {
        return Err(JournalError::Damaged(format!(
            "the entries end with entry {}, {}, and the head is entry {}, {}",
            at.seq, at.hash, head.seq, head.hash
        )));
    }
    Ok(at.seq)
}

fn write_items(session: &mut dyn Session, out: &mut Lines<'_>) -> Result<u64, JournalError> {
    let (mut after, mut count) = (OutboxId { seq: 0, part: 0 }, 0);
    loop {
        let sql = format!(
            "SELECT {ITEM} FROM journal_outbox WHERE (seq, part) > ($1, $2) \
             ORDER BY seq, part LIMIT {ROWS_AT_ONCE}"
        );
        let values = vec![Value::Int(int(after.seq)), after.part.into()];
        let rows = session.ask(&Step::new(sql, values))?;
        if rows.is_empty() {
            return Ok(count);
        }
        for row in rows {
            let item = cells::item(row)?;
            (after, count) = (item.id, count + 1);
            out.line(&Line::Item(ItemLine::from(item)))?;
        }
    }
}

fn write_answers(session: &mut dyn Session, out: &mut Lines<'_>) -> Result<u64, JournalError> {
    let (mut after, mut count) = ((String::new(), String::new()), 0);
    loop {
        let sql = format!(
            "SELECT seq, scope, key, digest, body, made, expires FROM journal_answer \
             WHERE (scope, key) > ($1, $2) ORDER BY scope, key LIMIT {ROWS_AT_ONCE}"
        );
        let rows = session.ask(&Step::new(sql, vec![after.0.clone().into(), after.1.into()]))?;
        if rows.is_empty() {
            return Ok(count);
        }
        after.1 = String::new();
        for mut row in rows {
            let seq = Cells::of(row.drain(..1).collect()).next("seq")?;
            let answer = answer(row)?;
            (after, count) = ((answer.scope.clone(), answer.key.clone()), count + 1);
            out.line(&Line::Answer(AnswerLine::of(seq, answer)))?;
        }
    }
}

/// The newest snapshot; answers with its entry and how many parts it has.
fn write_snapshot(
    session: &mut dyn Session,
    out: &mut Lines<'_>,
) -> Result<(Option<u64>, u64), JournalError> {
    let Some(found) = newest(session, u64::MAX)? else { return Ok((None, 0)) };
    out.line(&Line::Snapshot(SnapshotLine {
        seq: found.seq,
        version: found.version,
        bytes: found.body.len() as u64,
        digest: Digest::of(&found.body),
    }))?;
    let mut parts = 0;
    for part in found.body.chunks(PART_BYTES) {
        out.line(&Line::Part(Bytes::base64(part)))?;
        parts += 1;
    }
    Ok((Some(found.seq), parts))
}

//! Snapshots: a state and the entry it covers, kept in parts.

use super::batch::{SNAPSHOT_MAX_BYTES, Snapshot};
use super::cells::Cells;
use super::database::{Session, Step, Value};
use super::digest::Digest;
use super::error::JournalError;
use super::open::Journal;
use super::steps::int;

/// Bytes of a part.
pub(super) const PART_BYTES: usize = 1 << 20;

impl Journal {
    /// The newest snapshot that covers no entry after `through`.
    ///
    /// # Errors
    /// [`JournalError::Database`]; [`JournalError::Damaged`] where it is not what was written.
    pub fn snapshot(&self, through: u64) -> Result<Option<Snapshot>, JournalError> {
        self.pool.with_session(|session| {
            session.hold()?;
            let found = newest(session, through);
            session.release();
            found
        })
    }
}

/// The newest snapshot through entry `through`; the session holds one state of the database.
pub(super) fn newest(
    session: &mut dyn Session,
    through: u64,
) -> Result<Option<Snapshot>, JournalError> {
    let sql = "SELECT seq, version, bytes, digest FROM journal_snapshot WHERE seq <= $1 \
               ORDER BY seq DESC LIMIT 1";
    let Some(row) = session.ask(&Step::new(sql, vec![Value::Int(int(through))]))?.pop() else {
        return Ok(None);
    };
    let mut cells = Cells::of(row);
    let (seq, version, bytes): (u64, u32, u64) =
        (cells.next("seq")?, cells.next("version")?, cells.next("bytes")?);
    let digest = cells.digest("digest")?;
    let bytes = usize::try_from(bytes).ok().filter(|bytes| *bytes <= SNAPSHOT_MAX_BYTES);
    let damaged = || JournalError::Damaged(format!("the snapshot at entry {seq} is not whole"));
    let mut body = Vec::with_capacity(bytes.ok_or_else(damaged)?);
    for part in 0..body.capacity().div_ceil(PART_BYTES) {
        let sql = "SELECT body FROM journal_snapshot_part WHERE seq = $1 AND part = $2";
        let values = vec![Value::Int(int(seq)), Value::Int(int(part as u64))];
        let row = session.ask(&Step::new(sql, values))?.pop().ok_or_else(damaged)?;
        body.extend(Cells::of(row).next::<Vec<u8>>("body")?);
    }
    if Some(body.len()) != bytes || Digest::of(&body) != digest {
        return Err(damaged());
    }
    Ok(Some(Snapshot { seq, version, body }))
}

/// The statements that keep a snapshot, in place of one of the same entry.
pub(super) fn steps(snapshot: &(u32, Vec<u8>), seq: u64, steps: &mut Vec<Step>) {
    let (version, body) = snapshot;
    let seq = || Value::Int(int(seq));
    steps.push(Step::new("DELETE FROM journal_snapshot_part WHERE seq = $1", vec![seq()]));
    steps.push(Step::new("DELETE FROM journal_snapshot WHERE seq = $1", vec![seq()]));
    let digest = Digest::of(body).as_bytes().to_vec();
    steps.push(Step::new(
        "INSERT INTO journal_snapshot (seq, version, bytes, digest) VALUES ($1, $2, $3, $4)",
        vec![seq(), (*version).into(), Value::Int(int(body.len() as u64)), Value::Bytes(digest)],
    ));
    for (part, bytes) in body.chunks(PART_BYTES).enumerate() {
        steps.push(Step::new(
            "INSERT INTO journal_snapshot_part (seq, part, body) VALUES ($1, $2, $3)",
            vec![seq(), Value::Int(int(part as u64)), bytes.into()],
        ));
    }
}

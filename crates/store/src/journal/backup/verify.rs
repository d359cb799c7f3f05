//! Whether a backup, or a journal in a database, is whole.

use std::io::BufRead;

use serde::Serialize;

use super::Summary;
use super::read::Reader;
use crate::journal::database::{Session, Step};
use crate::journal::entry::{Head, Header};
use crate::journal::error::JournalError;
use crate::journal::open::{Journal, read_header};
use crate::journal::read::{self, ENTRIES_MAX, first};
use crate::journal::snapshot::newest;
use crate::journal::standing::{STANDINGS, Standing, standing};

/// Reads a backup through and checks all of it: its chain, its counts, its seal.
///
/// # Errors
/// [`JournalError::Backup`] with the first line that is at fault.
pub fn verify(input: &mut dyn BufRead) -> Result<Summary, JournalError> {
    let mut reader = Reader::open(input)?;
    while reader.next()?.is_some() {}
    Ok(reader.summary())
}

/// What a journal in a database was found to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Its header.
    pub header: Header,
    /// Where it says that it ends.
    pub head: Head,
    /// The last entry up to which the chain holds.
    pub whole: Head,
    /// Items of the outbox.
    pub items: u64,
    /// Stored answers.
    pub answers: u64,
    /// The entry that the newest snapshot covers.
    pub snapshot: Option<u64>,
    /// Where the projections stand.
    pub projections: Vec<Standing>,
    /// What is wrong, in words; nothing where it is whole.
    pub faults: Vec<String>,
}

/// Reads the journal of a database through, as it is at this moment, and checks its chain, and that
/// nothing is about entries that are not there.
///
/// # Errors
/// [`JournalError::Empty`] where there is none; [`JournalError::Database`].
pub fn verify_database(journal: &Journal) -> Result<Found, JournalError> {
    journal.pool.with_session(|session| {
        session.hold()?;
        let found = check(session);
        session.release();
        found
    })
}

fn check(session: &mut dyn Session) -> Result<Found, JournalError> {
    let mut faults = Vec::new();
    let header = read_header(session)?.ok_or(JournalError::Empty)?;
    let head = read::head(session)?;
    let whole = chain(session, &header, &mut faults)?;
    if whole != head && faults.is_empty() {
        faults.push(format!(
            "the entries end with entry {}, {}, and the head is entry {}, {}",
            whole.seq, whole.hash, head.seq, head.hash
        ));
    }
    let snapshot = match newest(session, u64::MAX) {
        Ok(found) => found.map(|found| found.seq),
        Err(JournalError::Damaged(what)) => {
            faults.push(what);
            None
        }
        Err(error) => return Err(error),
    };
    let items = count(session, "journal_outbox", head, "items of the outbox", &mut faults)?;
    let answers = count(session, "journal_answer", head, "stored answers", &mut faults)?;
    let rows = session.ask(&Step::new(STANDINGS, vec![]))?;
    let projections: Vec<Standing> = rows.into_iter().map(standing).collect::<Result<_, _>>()?;
    let ahead = |name: &str, seq| (seq > head.seq).then(|| format!("{name} stands at entry {seq}"));
    let standings = projections.iter().map(|s| (format!("the projection `{}`", s.name), s.seq));
    for (name, seq) in standings.chain(snapshot.map(|seq| ("a snapshot".to_owned(), seq))) {
        faults.extend(ahead(&name, seq).map(|what| format!("{what}, after the head")));
    }
    Ok(Found { header, head, whole, items, answers, snapshot, projections, faults })
}

fn chain(
    session: &mut dyn Session,
    header: &Header,
    faults: &mut Vec<String>,
) -> Result<Head, JournalError> {
    let mut at = header.head();
    loop {
        let entries = read::entries(session, at.seq, ENTRIES_MAX)?;
        if entries.is_empty() {
            return Ok(at);
        }
        for entry in entries {
            match at.follow(&entry) {
                Ok(next) => at = next,
                Err(fault) => {
                    faults.push(fault.to_string());
                    return Ok(at);
                }
            }
        }
    }
}

/// How many rows a table has; those that are about entries after the head are a fault.
fn count(
    session: &mut dyn Session,
    table: &str,
    head: Head,
    what: &str,
    faults: &mut Vec<String>,
) -> Result<u64, JournalError> {
    let sql = format!("SELECT count(*), coalesce(max(seq), 0) FROM {table}");
    let mut cells = first(session.ask(&Step::new(sql, vec![]))?)?;
    let (count, last): (u64, u64) = (cells.next("count")?, cells.next("max")?);
    if last > head.seq {
        faults.push(format!("there are {what} of entry {last}, after the head"));
    }
    Ok(count)
}

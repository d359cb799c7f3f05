//! A journal, opened.

use std::fmt;
use std::sync::Arc;

use super::batch::within;
use super::cells;
use super::database::{self, Address, Session, Step, Value};
use super::entry::{FORMAT, Header, TEXT_MAX_BYTES};
use super::error::JournalError;
use super::pool::Pool;
use super::rows::Field;
use super::schema;

/// The journal in a database. It may be cloned and shared among threads; all clones share one pool
/// of at most [`READERS_MAX`](super::READERS_MAX) connections.
#[derive(Clone)]
pub struct Journal {
    pub(super) pool: Arc<Pool>,
}

impl Journal {
    /// Opens the database, makes it where it is a file that is not there, and brings its tables to
    /// this program's version. Any number of processes may do so at once.
    ///
    /// # Errors
    /// [`JournalError::Newer`] where a later program wrote it; [`JournalError::Database`].
    pub fn open(address: &Address) -> Result<Journal, JournalError> {
        let mut session = database::connect(address)?;
        schema::migrate(session.as_mut())?;
        Ok(Journal { pool: Arc::new(Pool::with(address.clone(), session)) })
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        self.pool.address()
    }

    /// Begins the journal, where there is none. Where there is one of the same owner and site, that
    /// one goes on, and its header is answered.
    ///
    /// # Errors
    /// [`JournalError::Occupied`] where the database holds another journal.
    pub fn begin(&self, header: &Header) -> Result<Header, JournalError> {
        within("the owner of a journal", header.owner.len(), TEXT_MAX_BYTES, "bytes")?;
        within("the site of a journal", header.site.len(), TEXT_MAX_BYTES, "bytes")?;
        let mut found = None;
        self.pool.with_session(|session| {
            session.exclusively(&mut |session| {
                found = read_header(session)?;
                if found.is_none() { write_header(session, header, 0) } else { Ok(()) }
            })
        })?;
        match found {
            None => Ok(header.clone()),
            Some(found) if found.owner == header.owner && found.site == header.site => Ok(found),
            Some(found) => Err(occupied(&found)),
        }
    }

    /// The journal's header.
    ///
    /// # Errors
    /// [`JournalError::Empty`] where none was begun; [`JournalError::Newer`] where its format is of
    /// a later program.
    pub fn header(&self) -> Result<Header, JournalError> {
        let header = self.pool.with_session(read_header)?.ok_or(JournalError::Empty)?;
        if header.format != FORMAT {
            let (found, known) = (header.format.into(), FORMAT.into());
            return Err(JournalError::Newer { what: "its format".to_owned(), found, known });
        }
        Ok(header)
    }
}

pub(super) fn occupied(found: &Header) -> JournalError {
    JournalError::Occupied {
        owner: found.owner.clone(),
        site: found.site.clone(),
        genesis: found.genesis().to_string(),
    }
}

pub(super) fn read_header(session: &mut dyn Session) -> Result<Option<Header>, JournalError> {
    let sql = "SELECT format, owner, site, created, genesis FROM journal_header";
    session.ask(&Step::new(sql, vec![]))?.pop().map(cells::header).transpose()
}

/// Writes the header and the head of a journal that begins; its leaders' tokens are above `token`.
pub(super) fn write_header(
    session: &mut dyn Session,
    header: &Header,
    token: i64,
) -> Result<(), JournalError> {
    let genesis = || Value::Bytes(header.genesis().as_bytes().to_vec());
    session.ask(&Step::new(
        "INSERT INTO journal_header (one, format, owner, site, created, genesis) \
         VALUES (1, $1, $2, $3, $4, $5)",
        vec![
            header.format.into(),
            header.owner.as_str().into(),
            header.site.as_str().into(),
            header.created.to_value(),
            genesis(),
        ],
    ))?;
    session.ask(&Step::new(
        "INSERT INTO journal_head (one, seq, at, hash, turn, writer, token, holder, until_ms) \
         VALUES (1, 0, $1, $2, 0, 0, $3, '', 0)",
        vec![header.created.to_value(), genesis(), Value::Int(token)],
    ))?;
    Ok(())
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Journal").field(self.address()).finish()
    }
}

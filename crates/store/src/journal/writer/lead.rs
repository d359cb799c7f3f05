//! Who leads: taking the place, keeping it, leaving it.

use std::time::Duration;

use super::Writer;
use crate::journal::cells;
use crate::journal::database::{self, Step, Value};
use crate::journal::error::JournalError;
use crate::journal::open::Journal;
use crate::journal::read::{first, leader};
use crate::journal::steps::int;

/// Who asked to lead, and what came of it.
#[derive(Debug)]
pub enum Lead {
    /// It leads.
    Won(Box<Writer>),
    /// Another one does.
    Held {
        /// Its name.
        holder: String,
        /// How much longer it does without renewing, in milliseconds.
        left_ms: i64,
    },
}

impl Journal {
    /// Makes this process the leader for `ttl`, where nobody leads, the leader's time is over, or
    /// the leader has the same name `holder`; every leader has a larger token than all before it.
    /// The name should say which process it is, so that one that was restarted leads again at once.
    ///
    /// # Errors
    /// [`JournalError::Empty`] where no journal was begun; [`JournalError::Database`].
    pub fn lead(&self, holder: &str, ttl: Duration) -> Result<Lead, JournalError> {
        let mut session = database::connect(self.address())?;
        let sql = session.dialect().render(
            "UPDATE journal_head SET token = token + 1, holder = $1, until_ms = {now_ms} + $2 \
             WHERE until_ms <= {now_ms} OR holder = $3 OR holder = '' \
             RETURNING token, turn, seq, at, hash",
        );
        let values = vec![holder.into(), Value::Int(milliseconds(ttl)), holder.into()];
        let rows = session.ask(&Step::new(sql, values))?;
        if rows.is_empty() {
            let found = leader(session.as_mut())?;
            return Ok(Lead::Held { holder: found.holder, left_ms: found.left_ms });
        }
        let mut cells = first(rows)?;
        let (token, turn) = (cells.next("token")?, cells.next("turn")?);
        let head = cells::head(&mut cells)?;
        let (projections, lost) = (Vec::new(), false);
        Ok(Lead::Won(Box::new(Writer { session, head, projections, token, turn, lost })))
    }
}

impl Writer {
    /// Leads for `ttl` from now on.
    ///
    /// # Errors
    /// [`JournalError::Deposed`] where another process leads; [`JournalError::Database`].
    pub fn renew(&mut self, ttl: Duration) -> Result<(), JournalError> {
        let sql = "UPDATE journal_head SET until_ms = {now_ms} + $1 WHERE token = $2";
        let sql = self.session.dialect().render(sql);
        let values = vec![Value::Int(milliseconds(ttl)), Value::Int(int(self.token))];
        match self.session.ask(&Step::new(sql, values))?.len() {
            1 => Ok(()),
            _ => Err(self.deposed()?),
        }
    }

    /// Leads no more; another process may at once.
    ///
    /// # Errors
    /// [`JournalError::Database`]; then the next one leads once the time is over.
    pub fn resign(mut self) -> Result<(), JournalError> {
        let sql = "UPDATE journal_head SET until_ms = 0, holder = '' WHERE token = $1";
        self.session.ask(&Step::new(sql, vec![Value::Int(int(self.token))]))?;
        Ok(())
    }
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2)
}

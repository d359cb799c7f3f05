//! Connections for reading, a bounded number of them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::database::{self, Address, Session};
use super::error::JournalError;

/// Most connections of one process that read at a time; who asks for more waits.
pub const READERS_MAX: usize = 16;

/// Connections that nobody uses just now, and how many there are in all.
pub(super) struct Pool {
    address: Address,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    idle: Vec<Box<dyn Session>>,
    open: usize,
}

impl Pool {
    pub(super) fn with(address: Address, first: Box<dyn Session>) -> Self {
        let state = Mutex::new(State { idle: vec![first], open: 1 });
        Pool { address, state, returned: Condvar::new() }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Does `work` with a connection, once one is free.
    pub(super) fn with_session<T>(
        &self,
        work: impl FnOnce(&mut dyn Session) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let mut taken = Taken { pool: self, session: self.take() };
        if taken.session.is_none() {
            taken.session = Some(database::connect(&self.address)?);
        }
        match &mut taken.session {
            Some(session) => work(session.as_mut()),
            None => Err(JournalError::Unexpected("there is no connection".to_owned())),
        }
    }

    /// A connection, or leave to open one.
    fn take(&self) -> Option<Box<dyn Session>> {
        let mut state = self.lock();
        loop {
            if let Some(session) = state.idle.pop() {
                return Some(session);
            }
            if state.open < READERS_MAX {
                state.open += 1;
                return None;
            }
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back, whatever happens to whom it was given.
struct Taken<'a> {
    pool: &'a Pool,
    session: Option<Box<dyn Session>>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        match self.session.take() {
            Some(session) => state.idle.push(session),
            None => state.open -= 1,
        }
        self.pool.returned.notify_one();
    }
}

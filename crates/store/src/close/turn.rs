//! Taking turns: parts are worked out on several threads, and number their documents one after the
//! other, in their order.

use std::sync::{Condvar, Mutex, PoisonError};

/// Hands a value on from part to part, in their order.
#[derive(Debug)]
pub(super) struct Turn<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    next: usize,
    value: T,
    stopped: bool,
}

/// No further part has its turn: one before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped;

impl<T: Clone> Turn<T> {
    pub(super) fn new(value: T) -> Self {
        let state = State { next: 0, value, stopped: false };
        Turn { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits until every part before `part` has passed its turn on; gives what it passed.
    pub(super) fn wait(&self, part: usize) -> Result<T, Stopped> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.next != part && !state.stopped {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.stopped { Err(Stopped) } else { Ok(state.value.clone()) }
    }

    /// Passes the turn on. Whoever calls this has waited for it.
    pub(super) fn pass(&self, value: T) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.next += 1;
        state.value = value;
        drop(state);
        self.changed.notify_all();
    }

    /// Lets nobody wait any longer.
    pub(super) fn stop(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
        self.changed.notify_all();
    }
}

//! A state, and the loop around it.

use std::sync::Arc;

use leasehold_planner::Fleet;
use leasehold_types::Instant;

use crate::{Command, Event, Foreign, Refusal, Settings, State, apply, decide};

/// A state, and the loop around it that keeps the clock's events in order.
///
/// Events are handed to a function as they are applied: to journal them, to count them, to ring
/// the bells of their effects.
#[derive(Debug, Clone)]
pub struct Desk {
    state: State,
}

/// Why a desk stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The command was refused; nothing has changed but what was due by the clock.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An event did not fit. This is a fault of the desk itself: report it with the journal.
    #[error(transparent)]
    Foreign(#[from] Foreign),
}

impl Desk {
    /// A desk with nothing on record.
    pub fn new(fleet: Arc<Fleet>, settings: Settings) -> Self {
        Desk { state: State::new(fleet, settings) }
    }

    /// A desk that goes on from `state`.
    pub const fn from_state(state: State) -> Self {
        Desk { state }
    }

    /// The state.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Does everything that is due up to and including `now`, in order, each at its own instant.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn advance(
        &mut self,
        now: Instant,
        on: &mut impl FnMut(&State, &Event),
    ) -> Result<(), Stopped> {
        while self.state.next_due().is_some_and(|due| due <= now) {
            self.step(&Command::tick(), now, on)?;
        }
        Ok(())
    }

    /// Does what is due, then `command`, then what is due because of it.
    ///
    /// # Errors
    /// [`Stopped::Refused`]: the state is as [`Desk::advance`] left it.
    pub fn handle(
        &mut self,
        command: &Command,
        now: Instant,
        on: &mut impl FnMut(&State, &Event),
    ) -> Result<(), Stopped> {
        self.advance(now, on)?;
        self.step(command, now, on)?;
        self.advance(now, on)
    }

    fn step(
        &mut self,
        command: &Command,
        now: Instant,
        on: &mut impl FnMut(&State, &Event),
    ) -> Result<(), Stopped> {
        for event in decide(&self.state, command, now)? {
            apply(&mut self.state, &event)?;
            on(&self.state, &event);
        }
        Ok(())
    }
}

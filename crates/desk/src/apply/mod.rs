//! What an event does to the state.

use crate::{Event, State};

/// An event that does not fit the state: from another journal, or out of order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} does not fit the state before it: {why}; replay the journal from its start")]
pub struct Foreign {
    /// Which event, by its number.
    pub seq: u64,
    /// What does not fit.
    pub why: String,
}

/// Makes `event` part of the state.
///
/// # Errors
/// [`Foreign`] where [`decide`](crate::decide) could not have produced it for this state. It never
/// happens to events that it produced for this very state.
pub fn apply(state: &mut State, event: &Event) -> Result<(), Foreign> {
    state.now = state.now.max(event.at);
    state.seq += 1;
    Ok(())
}

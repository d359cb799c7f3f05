//! What follows from a command.

use leasehold_types::Instant;

use crate::{Command, CommandKind, Event, Refusal, State};

/// What follows from `command` at `now`. The state does not change: [`apply`](crate::apply) the
/// events, in order, before the next command.
///
/// Whatever is due by the clock comes first: a command other than `Tick` is refused until nothing
/// is due any more. [`Desk`](crate::Desk) does that.
///
/// # Errors
/// [`Refusal`], with its reason and the next step.
pub fn decide(state: &State, command: &Command, now: Instant) -> Result<Vec<Event>, Refusal> {
    if now < state.now {
        return Err(Refusal::ClockWentBack { now, last: state.now });
    }
    let due = state.next_due().filter(|due| *due <= now);
    match (&command.kind, due) {
        (CommandKind::Tick, _) => Ok(Vec::new()),
        (_, Some(due)) => Err(Refusal::DueFirst { due }),
        _ => Ok(Vec::new()),
    }
}

//! The desk: the state machine over leases, capacity, jobs and recalls, and its journal.
//!
//! [`decide`] says what follows from a command, [`apply`] makes it so, [`effects`] names what must
//! follow outside. None of them does IO, reads a clock or draws a random number, so a replay of the
//! journal gives the same state, to the byte. The order in which to read it:
//!
//! 1. [`Command`], [`Event`], [`Refusal`], [`Effect`]: the words.
//! 2. [`State`]: what the events so far amount to; [`LeaseRecord`], [`Job`], [`Recall`] in it.
//! 3. `decide` and `apply`: a file for each kind of thing.
//! 4. [`Desk`]: a state, and the loop around it that keeps the clock's events in order.
//! 5. [`Feed`]: what the books are told.
//! 6. [`journal`]: events on lines, chained by their hashes.

mod actor;
mod apply;
mod command;
mod decide;
mod desk;
mod digest;
mod effect;
mod event;
mod feed;
mod job;
pub mod journal;
mod lease;
mod numbering;
mod recall;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use actor::Actor;
pub use apply::{Foreign, apply};
pub use command::{Command, CommandKind, Outcome, RecallRequest, TEXT_MAX_BYTES, Take};
pub use decide::decide;
pub use desk::{Desk, Stopped};
pub use digest::{BadDigest, Digest, fleet_digest};
pub use effect::{Effect, Notification, effects};
pub use event::{Event, EventKind, LeaseEnd, RecallOrdered};
pub use feed::Feed;
pub use job::{Job, JobStage};
pub use lease::{Amendment, Delivery, LeaseRecord, TrancheRecord, Version};
pub use recall::{Assent, Breach, DrillResult, Notice, Recall, Stage};
pub use refusal::{JobRefusal, LeaseRefusal, RecallRefusal, Refusal, TrancheRefusal};
pub use state::{
    BadSnapshot, JOBS_MAX, Kept, LEASES_MAX, Offering, RECALLS_IN_FORCE_MAX, ReleaseMode,
    ServiceMode, Settings, State, Timer,
};

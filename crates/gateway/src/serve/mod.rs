//! Connections: clients on one side, engines on the other, and what passes between.
//!
//! [`Gateway::handle`] is the way of one request: key, body, entitlement, replica, engine, answer,
//! record. A streamed answer is an [`Answer`] that reads itself as it is polled. Nothing in
//! here blocks: what is slow has a limit in [`Limits`].

mod answer;
mod ask;
mod body;
mod clock;
mod engine;
mod gateway;
mod handle;
mod headers;
mod listen;
mod looks;
mod open;
mod pulse;
mod record;
mod stream;
mod tls;
mod watch;

pub use answer::Answer;
pub use clock::Clock;
pub use gateway::{Drained, Gateway, Limits, Setup};
pub(crate) use listen::bind;
pub use listen::{Listening, listen};
pub(crate) use looks::Looks;
pub use record::{Ended, Entry, Keep, Kept, Room};
pub use tls::{BadTls, EngineTls, acceptor};

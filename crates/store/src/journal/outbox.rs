//! What must follow from an entry outside: webhooks, mail. It is written with the entry, or not at
//! all, and sent after; so it is sent at least once, and never for what did not happen.

use std::fmt;
use std::str::FromStr;

use leasehold_types::Instant;
use serde::{Deserialize, Serialize};

/// Largest body of an item, in bytes.
pub const ITEM_MAX_BYTES: usize = 1 << 20;

/// Longest words about a failure that are kept, in bytes.
pub const FAILURE_MAX_BYTES: usize = 1_000;

/// Which item: the entry that it follows from, and its number among those of that entry. Written
/// like `17-0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OutboxId {
    /// The entry.
    pub seq: u64,
    /// The number among its items, from 0.
    pub part: u32,
}

/// A text that names no item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no item of the outbox: write it like 17-0")]
pub struct BadOutboxId(pub String);

/// An item that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// How it is sent: `webhook`, `mail`.
    pub topic: String,
    /// To whom.
    pub target: String,
    /// What is sent.
    pub body: Vec<u8>,
    /// Not before this instant.
    pub due: Instant,
}

/// An item as it stands in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Which it is.
    pub id: OutboxId,
    /// How it is sent.
    pub topic: String,
    /// To whom.
    pub target: String,
    /// What is sent.
    pub body: Vec<u8>,
    /// Where it stands.
    pub state: OutboxState,
    /// Not before this instant; once it is settled, that instant.
    pub due: Instant,
    /// How often it was taken to be sent.
    pub attempts: u32,
    /// What went wrong last.
    pub failure: Option<String>,
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// To be sent.
    Waiting,
    /// Sent.
    Done,
    /// Given up; a person may have it sent again.
    Dead,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was sent, at this instant.
    Done(Instant),
    /// It failed, and is due again then.
    Retry {
        /// When.
        due: Instant,
        /// What went wrong.
        failure: String,
    },
    /// It failed, and is given up at this instant.
    Dead {
        /// When.
        at: Instant,
        /// What went wrong.
        failure: String,
    },
    /// It was given up, or done, and is to be sent again from this instant on.
    Again(Instant),
}

impl OutboxState {
    /// As the database has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            OutboxState::Waiting => "waiting",
            OutboxState::Done => "done",
            OutboxState::Dead => "dead",
        }
    }
}

impl FromStr for OutboxState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let all = [OutboxState::Waiting, OutboxState::Done, OutboxState::Dead];
        all.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

impl fmt::Display for OutboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.seq, self.part)
    }
}

impl FromStr for OutboxId {
    type Err = BadOutboxId;
    fn from_str(text: &str) -> Result<Self, BadOutboxId> {
        let parts = text.split_once('-').and_then(|(seq, part)| {
            Some(OutboxId { seq: seq.parse().ok()?, part: part.parse().ok()? })
        });
        parts
            .filter(|id| id.to_string() == text)
            .ok_or_else(|| BadOutboxId(text.chars().take(80).collect()))
    }
}

impl TryFrom<String> for OutboxId {
    type Error = BadOutboxId;
    fn try_from(text: String) -> Result<Self, BadOutboxId> {
        text.parse()
    }
}

impl From<OutboxId> for String {
    fn from(id: OutboxId) -> String {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_are_written() {
        let id = OutboxId { seq: 17, part: 0 };
        assert_eq!((id.to_string().as_str(), "17-0".parse()), ("17-0", Ok(id)));
        for bad in ["", "17", "17-", "-0", "017-0", "17-0-1", "+1-0"] {
            assert!(bad.parse::<OutboxId>().is_err(), "{bad}");
        }
    }
}

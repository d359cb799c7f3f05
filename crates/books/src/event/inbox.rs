//! Counting each event once, however often it is sent.

use std::collections::BTreeMap;

use leasehold_types::Instant;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Event, EventKey, to_line};

/// Every event that was ever taken in, by its key, with a digest of what it said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inbox {
    #[serde(with = "crate::pairs")]
    seen: BTreeMap<EventKey, [u8; 32]>,
    conflicts: Vec<Conflict>,
}

/// What became of an event that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// It is new: it counts.
    New,
    /// It was there with the same content: it counts once.
    Duplicate,
    /// Its key was there with another content: the first stays, this one is kept as a conflict.
    Conflict,
}

/// An event whose key came before with another content. The first stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The key that both have.
    pub key: EventKey,
    /// When the second was learnt of.
    pub at: Instant,
    /// The second, as its line, for whoever decides.
    pub second: String,
}

impl Inbox {
    /// Takes `event` in, unless its key was there before.
    ///
    /// When it was learnt of (`at`) is no part of its content: a record that is sent again later is
    /// the same record.
    ///
    /// # Errors
    /// As [`to_line`].
    pub fn offer(&mut self, event: &Event) -> Result<Offered, serde_json::Error> {
        let digest = content_digest(event)?;
        match self.seen.get(&event.key) {
            None => {
                self.seen.insert(event.key.clone(), digest);
                Ok(Offered::New)
            }
            Some(first) if *first == digest => Ok(Offered::Duplicate),
            Some(_) => {
                let second = to_line(event)?;
                self.conflicts.push(Conflict { key: event.key.clone(), at: event.at, second });
                Ok(Offered::Conflict)
            }
        }
    }

    /// What would become of `event`; nothing changes.
    ///
    /// # Errors
    /// As [`to_line`].
    pub fn look(&self, event: &Event) -> Result<Offered, serde_json::Error> {
        let digest = content_digest(event)?;
        Ok(match self.seen.get(&event.key) {
            None => Offered::New,
            Some(first) if *first == digest => Offered::Duplicate,
            Some(_) => Offered::Conflict,
        })
    }

    /// How many events were taken in.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Every conflict, in the order in which they came.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }
}

/// A digest of everything that an event says but for when it was learnt of.
fn content_digest(event: &Event) -> Result<[u8; 32], serde_json::Error> {
    let content = Event { at: Instant::EPOCH, ..event.clone() };
    Ok(Sha256::digest(to_line(&content)?.as_bytes()).into())
}

//! The lines of a backup.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leasehold_types::Instant;
use serde::{Deserialize, Serialize};

use super::super::batch::Answer;
use super::super::digest::Digest;
use super::super::entry::{Entry, Head, Header};
use super::super::outbox::{OutboxId, OutboxItem, OutboxState};

/// The format of backups that this program writes and reads.
pub const FORMAT_VERSION: u32 = 1;

/// Longest line, in bytes: a body of which every byte is written as six.
pub const LINE_MAX_BYTES: usize = 8 << 20;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Backup(Opening),
    Entry(EntryLine),
    Item(ItemLine),
    Answer(AnswerLine),
    Snapshot(SnapshotLine),
    Part(Bytes),
    End(Ending),
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Opening {
    /// Always `leasehold`.
    pub(super) of: String,
    pub(super) version: u32,
    pub(super) made: Instant,
    pub(super) header: Header,
    pub(super) head: Head,
    /// The token of the last leader; those after a restore are larger.
    pub(super) token: u64,
}

/// An entry; the hash before it is that of the line before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct EntryLine {
    pub(super) seq: u64,
    pub(super) at: Instant,
    pub(super) actor: String,
    pub(super) kind: String,
    pub(super) version: u32,
    pub(super) body: Bytes,
    pub(super) hash: Digest,
}

/// An item of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ItemLine {
    pub(super) id: OutboxId,
    pub(super) topic: String,
    pub(super) target: String,
    pub(super) body: Bytes,
    pub(super) state: OutboxState,
    pub(super) due: Instant,
    pub(super) attempts: u32,
    pub(super) failure: Option<String>,
}

/// A stored answer, and the last entry of the batch with which it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AnswerLine {
    pub(super) seq: u64,
    pub(super) scope: String,
    pub(super) key: String,
    pub(super) digest: Digest,
    pub(super) body: Bytes,
    pub(super) made: Instant,
    pub(super) expires: Instant,
}

/// A snapshot; its parts follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SnapshotLine {
    pub(super) seq: u64,
    pub(super) version: u32,
    pub(super) bytes: u64,
    pub(super) digest: Digest,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ending {
    pub(super) entries: u64,
    pub(super) items: u64,
    pub(super) answers: u64,
    pub(super) parts: u64,
    /// Of all bytes before this line.
    pub(super) sha256: Digest,
}

/// Bytes: a text where they are one, else `{"base64": "…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Bytes {
    Text(String),
    Base64 { base64: String },
}

impl Bytes {
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Bytes::Text(text),
            Err(other) => Bytes::base64(other.as_bytes()),
        }
    }

    pub(super) fn base64(bytes: &[u8]) -> Self {
        Bytes::Base64 { base64: STANDARD.encode(bytes) }
    }

    /// The bytes; nothing where the text is not base64.
    pub(super) fn read(self) -> Option<Vec<u8>> {
        match self {
            Bytes::Text(text) => Some(text.into_bytes()),
            Bytes::Base64 { base64 } => STANDARD.decode(base64).ok(),
        }
    }
}

impl From<Entry> for EntryLine {
    fn from(entry: Entry) -> Self {
        let Entry { seq, at, actor, kind, version, body, hash, .. } = entry;
        EntryLine { seq, at, actor, kind, version, body: Bytes::of(body), hash }
    }
}

impl EntryLine {
    /// The entry after `head`; nothing where its body cannot be read.
    pub(super) fn after(self, head: &Head) -> Option<Entry> {
        let EntryLine { seq, at, actor, kind, version, body, hash } = self;
        let (body, prev) = (body.read()?, head.hash);
        Some(Entry { seq, at, actor, kind, version, body, prev, hash })
    }
}

impl From<OutboxItem> for ItemLine {
    fn from(item: OutboxItem) -> Self {
        let OutboxItem { id, topic, target, body, state, due, attempts, failure } = item;
        ItemLine { id, topic, target, body: Bytes::of(body), state, due, attempts, failure }
    }
}

impl AnswerLine {
    pub(super) fn of(seq: u64, answer: Answer) -> Self {
        let Answer { scope, key, digest, body, made, expires } = answer;
        AnswerLine { seq, scope, key, digest, body: Bytes::of(body), made, expires }
    }
}

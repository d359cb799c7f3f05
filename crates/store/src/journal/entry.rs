//! Entries, and the chain that they make.
//!
//! Each entry has a number, one more than the entry before it, and the hash of the entry before it;
//! its own hash covers both and all that it says. So a hash stands for the whole journal up to it: a
//! changed, added, dropped or moved entry breaks the chain there. Entries that are missing at the
//! end show only against a head that was kept elsewhere.
//!
//! What is hashed is written down here and in docs/store.md, byte for byte, so that a third party
//! can check an export without this program.

use leasehold_types::Instant;
use serde::{Deserialize, Serialize};

use super::digest::{Digest, Hasher};

/// The format of the journal that this program writes and reads.
pub const FORMAT: u32 = 1;

/// Longest text of an actor, of a kind, of an owner's or a site's name, in bytes.
pub const TEXT_MAX_BYTES: usize = 256;

/// Largest body of an entry, in bytes.
pub const BODY_MAX_BYTES: usize = 1 << 20;

/// What a journal says of itself; its first hash covers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The format, see [`FORMAT`].
    pub format: u32,
    /// Whose journal it is.
    pub owner: String,
    /// Which site or desk of that owner it is about.
    pub site: String,
    /// When it was begun.
    pub created: Instant,
}

/// An entry that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// When it takes effect; never before the entry before it.
    pub at: Instant,
    /// Who brought it about.
    pub actor: String,
    /// What kind of entry it is.
    pub kind: String,
    /// The version of that kind's encoding.
    pub version: u32,
    /// What it says, in that encoding.
    pub body: Vec<u8>,
}

/// An entry as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// When it takes effect.
    pub at: Instant,
    /// Who brought it about.
    pub actor: String,
    /// What kind of entry it is.
    pub kind: String,
    /// The version of that kind's encoding.
    pub version: u32,
    /// What it says.
    pub body: Vec<u8>,
    /// The hash of the entry before it, or the header's.
    pub prev: Digest,
    /// Its own.
    pub hash: Digest,
}

/// Where a journal ends: its last entry, or its header where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last entry; 0 where there is none.
    pub seq: u64,
    /// The instant of the last entry; the header's where there is none.
    pub at: Instant,
    /// The hash of the last entry; the header's where there is none.
    pub hash: Digest,
}

/// Why an entry does not follow a head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A number is missing.
    #[error(
        "entry {expected} should be next, and there is entry {found}: one was added, dropped or moved"
    )]
    Number {
        /// The number that is next.
        expected: u64,
        /// The number that is there.
        found: u64,
    },
    /// It follows another entry.
    #[error("entry {seq} follows an entry with the hash {stated}, and the one before has {head}")]
    Previous {
        /// Its number.
        seq: u64,
        /// The hash that it states for the entry before it.
        stated: Digest,
        /// The hash of the entry before it.
        head: Digest,
    },
    /// It is not what was hashed.
    #[error("entry {seq} has the hash {found}, and it states {stated}: it was changed")]
    Hash {
        /// Its number.
        seq: u64,
        /// The hash of what it says.
        found: Digest,
        /// The hash that it states.
        stated: Digest,
    },
    /// It goes back in time.
    #[error("entry {seq} is at {at}, before the entry before it at {last}")]
    Order {
        /// Its number.
        seq: u64,
        /// Its instant.
        at: Instant,
        /// The last one's.
        last: Instant,
    },
}

impl Header {
    /// The header of a journal of this program's format.
    pub fn new(owner: &str, site: &str, created: Instant) -> Self {
        Header { format: FORMAT, owner: owner.to_owned(), site: site.to_owned(), created }
    }

    /// The first hash of the chain: SHA-256 of `leasehold journal header\n`, the format in 4 bytes,
    /// owner and site each with its length in 8 bytes before it, and the second at which it was
    /// begun in 8 bytes. Numbers are big-endian.
    pub fn genesis(&self) -> Digest {
        Hasher::of("leasehold journal header")
            .raw(&self.format.to_be_bytes())
            .bytes(self.owner.as_bytes())
            .bytes(self.site.as_bytes())
            .raw(&self.created.second().to_be_bytes())
            .digest()
    }

    /// The head of a journal that has no entry yet.
    pub fn head(&self) -> Head {
        Head { seq: 0, at: self.created, hash: self.genesis() }
    }
}

impl Entry {
    /// SHA-256 of `leasehold journal entry\n`, the hash before it, its number in 8 bytes, its second
    /// in 8 bytes, actor and kind each with its length in 8 bytes before it, the version in 4 bytes,
    /// and the body with its length in 8 bytes before it. Numbers are big-endian.
    pub fn hash_of_content(&self) -> Digest {
        Hasher::of("leasehold journal entry")
            .raw(self.prev.as_bytes())
            .raw(&self.seq.to_be_bytes())
            .raw(&self.at.second().to_be_bytes())
            .bytes(self.actor.as_bytes())
            .bytes(self.kind.as_bytes())
            .raw(&self.version.to_be_bytes())
            .bytes(&self.body)
            .digest()
    }

    /// The head of a journal that ends with it.
    pub fn head(&self) -> Head {
        Head { seq: self.seq, at: self.at, hash: self.hash }
    }
}

impl Head {
    /// The entry that `draft` becomes after this head.
    ///
    /// # Errors
    /// [`ChainFault::Order`] where it goes back in time.
    pub fn next(&self, draft: Draft) -> Result<Entry, ChainFault> {
        let Draft { at, actor, kind, version, body } = draft;
        let seq = self.seq.saturating_add(1);
        if at < self.at {
            return Err(ChainFault::Order { seq, at, last: self.at });
        }
        let mut entry =
            Entry { seq, at, actor, kind, version, body, prev: self.hash, hash: self.hash };
        entry.hash = entry.hash_of_content();
        Ok(entry)
    }

    /// The head after `entry`, where it follows this one.
    ///
    /// # Errors
    /// The first [`ChainFault`] that it shows.
    pub fn follow(&self, entry: &Entry) -> Result<Head, ChainFault> {
        let (seq, expected) = (entry.seq, self.seq.saturating_add(1));
        if seq != expected {
            return Err(ChainFault::Number { expected, found: seq });
        }
        if entry.prev != self.hash {
            return Err(ChainFault::Previous { seq, stated: entry.prev, head: self.hash });
        }
        let found = entry.hash_of_content();
        if found != entry.hash {
            return Err(ChainFault::Hash { seq, found, stated: entry.hash });
        }
        if entry.at < self.at {
            return Err(ChainFault::Order { seq, at: entry.at, last: self.at });
        }
        Ok(entry.head())
    }
}

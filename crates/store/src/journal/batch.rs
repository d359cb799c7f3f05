//! What is committed together: entries and all that must follow from them.

use std::collections::BTreeMap;

use leasehold_types::Instant;

use super::digest::Digest;
use super::entry::{BODY_MAX_BYTES, Draft, Entry, Head, TEXT_MAX_BYTES};
use super::error::JournalError;
use super::outbox::{FAILURE_MAX_BYTES, ITEM_MAX_BYTES, OutboxId, Outcome, Post};
use super::rows::{Changes, Row, ToCell};

/// Most entries, items, answers, and outcomes of a batch, each.
pub const BATCH_MAX_ITEMS: usize = 4_096;

/// Most rows of projections that a batch changes.
pub const BATCH_MAX_ROWS: usize = 65_536;

/// Most bytes of bodies in a batch, without its snapshot.
pub const BATCH_MAX_BYTES: usize = 64 << 20;

/// Largest snapshot, in bytes.
pub const SNAPSHOT_MAX_BYTES: usize = 1 << 30;

/// Longest idempotency key and scope, in bytes.
pub const KEY_MAX_BYTES: usize = 256;

/// The answer to a request that changed something, kept so that the same request, sent again, gets
/// the same answer and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whose keys they are: a user or an API key, and the kind of request.
    pub scope: String,
    /// The key that came with the request.
    pub key: String,
    /// Of the request, to tell the same request from another one under its key.
    pub digest: Digest,
    /// What was answered, in the server's encoding.
    pub body: Vec<u8>,
    /// When it was answered.
    pub made: Instant,
    /// From when on the key may be used anew.
    pub expires: Instant,
}

/// A state, so that not every entry has to be read to have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last entry that it covers.
    pub seq: u64,
    /// The version of its encoding.
    pub version: u32,
    /// The state, in that encoding.
    pub body: Vec<u8>,
}

/// What is committed together, or not at all.
///
/// It is made on the journal's head, and is refused where the journal ends elsewhere by then.
#[derive(Debug, Clone)]
pub struct Batch {
    pub(super) from: Head,
    pub(super) head: Head,
    pub(super) entries: Vec<Entry>,
    pub(super) posts: Vec<(OutboxId, Post)>,
    pub(super) outcomes: Vec<(OutboxId, Outcome)>,
    /// By scope and key.
    pub(super) answers: BTreeMap<(String, String), Answer>,
    pub(super) changes: Changes,
    pub(super) snapshot: Option<(u32, Vec<u8>)>,
    bytes: usize,
}

impl Batch {
    /// Nothing yet, to follow `head`.
    pub fn on(head: Head) -> Self {
        Batch {
            from: head,
            head,
            entries: Vec::new(),
            posts: Vec::new(),
            outcomes: Vec::new(),
            answers: BTreeMap::new(),
            changes: Changes::default(),
            snapshot: None,
            bytes: 0,
        }
    }

    /// The head that the journal will have.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Its entries, numbered and hashed.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
            && self.outcomes.is_empty()
            && self.answers.is_empty()
            && self.changes.is_empty()
            && self.snapshot.is_none()
    }

    /// Adds an entry and answers with its number.
    ///
    /// # Errors
    /// [`JournalError::Limit`]; [`JournalError::Chain`] where it goes back in time.
    pub fn append(&mut self, draft: Draft) -> Result<u64, JournalError> {
        within("the entries of a batch", self.entries.len() + 1, BATCH_MAX_ITEMS, "entries")?;
        within("the body of an entry", draft.body.len(), BODY_MAX_BYTES, "bytes")?;
        within("the actor of an entry", draft.actor.len(), TEXT_MAX_BYTES, "bytes")?;
        within("the kind of an entry", draft.kind.len(), TEXT_MAX_BYTES, "bytes")?;
        storable("the actor of an entry", &draft.actor)?;
        storable("the kind of an entry", &draft.kind)?;
        self.weigh(draft.body.len())?;
        let entry = self.head.next(draft)?;
        self.head = entry.head();
        self.entries.push(entry);
        Ok(self.head.seq)
    }

    /// Adds what must follow from the entry that was added last.
    ///
    /// # Errors
    /// [`JournalError::Limit`]; [`JournalError::Unexpected`] where there is no entry yet.
    pub fn post(&mut self, post: Post) -> Result<OutboxId, JournalError> {
        let Some(seq) = self.entries.last().map(|entry| entry.seq) else {
            return Err(JournalError::Unexpected(
                "an item of the outbox follows from an entry, and the batch has none".to_owned(),
            ));
        };
        within("the items of a batch", self.posts.len() + 1, BATCH_MAX_ITEMS, "items")?;
        within("the body of an item", post.body.len(), ITEM_MAX_BYTES, "bytes")?;
        within("the target of an item", post.target.len(), 8 * TEXT_MAX_BYTES, "bytes")?;
        storable("the target of an item", &post.target)?;
        storable("the topic of an item", &post.topic)?;
        self.weigh(post.body.len())?;
        let earlier = self.posts.last().filter(|(id, _)| id.seq == seq);
        let part = earlier.map_or(0, |(id, _)| id.part + 1);
        let id = OutboxId { seq, part };
        self.posts.push((id, post));
        Ok(id)
    }

    /// Says what became of an item of the outbox. It must be waiting; for [`Outcome::Again`] it must
    /// not be.
    ///
    /// # Errors
    /// [`JournalError::Limit`].
    pub fn settle(&mut self, id: OutboxId, mut outcome: Outcome) -> Result<(), JournalError> {
        within("the outcomes of a batch", self.outcomes.len() + 1, BATCH_MAX_ITEMS, "outcomes")?;
        if let Outcome::Retry { failure, .. } | Outcome::Dead { failure, .. } = &mut outcome {
            shorten(failure);
        }
        self.outcomes.push((id, outcome));
        Ok(())
    }

    /// Keeps the answer to a request.
    ///
    /// # Errors
    /// [`JournalError::Limit`]; [`JournalError::Answered`] where the batch has one for the key.
    pub fn answer(&mut self, answer: Answer) -> Result<(), JournalError> {
        within("the answers of a batch", self.answers.len() + 1, BATCH_MAX_ITEMS, "answers")?;
        within("an idempotency key", answer.key.len(), KEY_MAX_BYTES, "bytes")?;
        within("the scope of an idempotency key", answer.scope.len(), KEY_MAX_BYTES, "bytes")?;
        within("a stored answer", answer.body.len(), BODY_MAX_BYTES, "bytes")?;
        storable("an idempotency key", &answer.key)?;
        storable("the scope of an idempotency key", &answer.scope)?;
        self.weigh(answer.body.len())?;
        let by = (answer.scope.clone(), answer.key.clone());
        if self.answers.contains_key(&by) {
            return Err(JournalError::Answered { scope: by.0, key: by.1 });
        }
        self.answers.insert(by, answer);
        Ok(())
    }

    /// Puts a row of a projection where it is by its key.
    pub fn put<R: Row>(&mut self, row: &R) {
        self.changes.put(row);
    }

    /// Takes the row of a projection with this key away.
    pub fn delete<R: Row>(&mut self, key: &[&dyn ToCell]) {
        self.changes.delete::<R>(key);
    }

    /// Keeps the state after the batch's last entry.
    ///
    /// # Errors
    /// [`JournalError::Limit`].
    pub fn snapshot(&mut self, version: u32, body: Vec<u8>) -> Result<(), JournalError> {
        within("a snapshot", body.len(), SNAPSHOT_MAX_BYTES, "bytes")?;
        self.snapshot = Some((version, body));
        Ok(())
    }

    fn weigh(&mut self, bytes: usize) -> Result<(), JournalError> {
        within("the bodies of a batch", self.bytes + bytes, BATCH_MAX_BYTES, "bytes")?;
        self.bytes += bytes;
        Ok(())
    }
}

/// Refuses what is larger than its limit.
pub(super) fn within(
    what: &str,
    size: usize,
    limit: usize,
    unit: &'static str,
) -> Result<(), JournalError> {
    if size <= limit {
        return Ok(());
    }
    let (what, limit) = (what.to_owned(), limit as u64);
    Err(JournalError::Limit {
        what,
        limit,
        unit,
        remedy: "commit less at once, or make it smaller",
    })
}

/// Refuses a text that PostgreSQL cannot hold; so that both databases hold the same.
fn storable(what: &str, text: &str) -> Result<(), JournalError> {
    match text.contains('\0') {
        true => Err(JournalError::Refused(format!("{what} holds a NUL byte; leave it out"))),
        false => Ok(()),
    }
}

/// Cuts words about a failure to what is kept of them, and NUL bytes out of them.
fn shorten(failure: &mut String) {
    failure.retain(|c| c != '\0');
    let mut end = failure.len().min(FAILURE_MAX_BYTES);
    while !failure.is_char_boundary(end) {
        end -= 1;
    }
    failure.truncate(end);
}

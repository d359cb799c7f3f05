//! A batch in the making: the acts that are decided together and committed together.

use std::collections::BTreeMap;

use leasehold_store::journal::{
    Answer, BATCH_MAX_BYTES, BATCH_MAX_ITEMS, BODY_MAX_BYTES, Batch, Draft, Head, JournalError,
};
use leasehold_types::Instant;
use tokio::sync::oneshot;

use super::ask::{ANSWER_KEPT, Ask, Done, Idempotency, Reply, WriteError};
use super::log::Source;
use crate::live::{Act, Entry, Live, Refusal, Stopped};

/// Entries of a batch after which no further act is taken.
const ENTRIES_SOFT_MAX: usize = BATCH_MAX_ITEMS / 2;
/// Bytes of a batch after which no further act is taken.
const BYTES_SOFT_MAX: usize = BATCH_MAX_BYTES / 4;

/// An entry as the journal takes it.
pub(super) fn draft(entry: &Entry) -> Result<Draft, serde_json::Error> {
    let encoded = entry.body.encode()?;
    Ok(Draft {
        at: entry.at,
        actor: entry.by.to_string(),
        kind: encoded.kind,
        version: encoded.version,
        body: encoded.body,
    })
}

/// An answer that waits for its batch to be committed.
struct Waiting {
    reply: oneshot::Sender<Result<Done, WriteError>>,
    done: Done,
}

/// A batch in the making.
pub(super) struct Making {
    batch: Batch,
    entries: Vec<Entry>,
    waiting: Vec<Waiting>,
    keyed: BTreeMap<(String, String), (leasehold_store::journal::Digest, Reply)>,
    bytes: usize,
}

/// Why a batch cannot go on: the state must be made anew from what is committed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Spoilt {
    /// An entry did not fit, or cannot be written: a fault of this program.
    #[error("{0}")]
    Fault(String),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Making {
    /// Nothing yet, to follow `head`.
    pub(super) fn on(head: Head) -> Self {
        let batch = Batch::on(head);
        let (entries, waiting, keyed) = (Vec::new(), Vec::new(), BTreeMap::new());
        Making { batch, entries, waiting, keyed, bytes: 0 }
    }

    /// Whether no further act should be taken.
    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= ENTRIES_SOFT_MAX || self.bytes >= BYTES_SOFT_MAX
    }

    /// Whether there is nothing to commit.
    pub(super) fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// The batch.
    pub(super) fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Does what is due at `now`, as far as it goes into one batch. Gives whether all of it did.
    pub(super) fn advance(&mut self, live: &mut Live, now: Instant) -> Result<bool, Spoilt> {
        while live.next_due().is_some_and(|due| due <= now) {
            if self.is_full() {
                return Ok(false);
            }
            let due = live.decide_due(now).map_err(|e| Spoilt::Fault(e.to_string()))?;
            if due.is_empty() {
                return Err(Spoilt::Fault("what is due leads to nothing".to_owned()));
            }
            for entry in due {
                live.apply(&entry).map_err(|foreign| Spoilt::Fault(foreign.to_string()))?;
                self.push(entry)?;
            }
        }
        Ok(true)
    }

    /// Decides an act on `live`. A refusal is answered at once.
    pub(super) fn take(
        &mut self,
        live: &mut Live,
        ask: Ask,
        now: Instant,
        source: &dyn Source,
    ) -> Result<(), Spoilt> {
        let Ask { by, work, idempotency, reply } = ask;
        if let Some(key) = &idempotency {
            match self.known(key, now, source) {
                Ok(None) => {}
                Ok(Some(done)) => {
                    self.waiting.push(Waiting { reply, done });
                    return Ok(());
                }
                Err(KnownError::Write(error)) => {
                    let _ = reply.send(Err(error));
                    return Ok(());
                }
                Err(KnownError::Journal(error)) => {
                    let _ = reply.send(Err(WriteError::Unavailable));
                    return Err(error.into());
                }
            }
        }
        let mut made = Vec::new();
        match live.handle(&Act { by, kind: work.act }, now, &mut made) {
            Ok(()) => {}
            Err(Stopped::Refused(refusal)) => {
                for entry in made {
                    self.push(entry)?;
                }
                let _ = reply.send(Err(refusal.into()));
                return Ok(());
            }
            Err(Stopped::Foreign(foreign)) => {
                let _ = reply.send(Err(WriteError::Unavailable));
                return Err(Spoilt::Fault(foreign.to_string()));
            }
        }
        let rendered = (work.render)(live, &made);
        for entry in made {
            self.push(entry)?;
        }
        if let Some(key) = idempotency {
            self.keep(key, &rendered, now)?;
        }
        let done = Done { reply: rendered, repeated: false, seq: live.seq() };
        self.waiting.push(Waiting { reply, done });
        Ok(())
    }

    /// The answer to the same request, where it was answered: in this batch or before.
    fn known(
        &self,
        idempotency: &Idempotency,
        now: Instant,
        source: &dyn Source,
    ) -> Result<Option<Done>, KnownError> {
        let Idempotency { scope, key, digest } = idempotency;
        let stored;
        let (found, reply) =
            if let Some((found, reply)) = self.keyed.get(&(scope.clone(), key.clone())) {
                (*found, reply.clone())
            } else {
                stored = source.answer(scope, key)?.filter(|answer| now < answer.expires);
                let Some(answer) = stored else { return Ok(None) };
                let reply = serde_json::from_slice(&answer.body);
                let reply: Reply = reply.map_err(|_| KnownError::Write(WriteError::Unavailable))?;
                (answer.digest, reply)
            };
        if found != *digest {
            return Err(KnownError::Write(WriteError::KeyReused(key.clone())));
        }
        Ok(Some(Done { reply, repeated: true, seq: self.batch.head().seq }))
    }

    fn keep(&mut self, key: Idempotency, reply: &Reply, now: Instant) -> Result<(), Spoilt> {
        let body = serde_json::to_vec(reply).map_err(|e| Spoilt::Fault(e.to_string()))?;
        let Idempotency { scope, key, digest } = key;
        let expires = now.saturating_add(ANSWER_KEPT);
        self.bytes += body.len();
        let answer =
            Answer { scope: scope.clone(), key: key.clone(), digest, body, made: now, expires };
        self.batch.answer(answer)?;
        self.keyed.insert((scope, key), (digest, reply.clone()));
        Ok(())
    }

    fn push(&mut self, entry: Entry) -> Result<(), Spoilt> {
        let draft = draft(&entry).map_err(|error| Spoilt::Fault(error.to_string()))?;
        self.bytes += draft.body.len();
        self.batch.append(draft)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Adds a snapshot of the state after it.
    pub(super) fn snapshot(&mut self, version: u32, body: Vec<u8>) -> Result<(), Spoilt> {
        Ok(self.batch.snapshot(version, body)?)
    }

    /// It is committed: gives the entries for the readers, and the answers to send after that.
    pub(super) fn committed(self) -> (Vec<Entry>, Answers) {
        (self.entries, Answers(self.waiting))
    }

    /// It is not committed, as far as is known.
    pub(super) fn fail(self, error: &WriteError) {
        for waiting in self.waiting {
            let _ = waiting.reply.send(Err(error.clone()));
        }
    }
}

/// Answers of a batch that is committed.
pub(super) struct Answers(Vec<Waiting>);

impl Answers {
    /// Sends them. Whoever does not wait any more will ask again with its key.
    pub(super) fn send(self) {
        for waiting in self.0 {
            let _ = waiting.reply.send(Ok(waiting.done));
        }
    }
}

enum KnownError {
    Write(WriteError),
    Journal(JournalError),
}

impl From<JournalError> for KnownError {
    fn from(error: JournalError) -> Self {
        KnownError::Journal(error)
    }
}

/// Whether an act's entries are too large to be written: said before they are decided.
pub(super) fn check_size(act: &crate::live::ActKind) -> Result<(), Refusal> {
    use crate::live::{ActKind, Step};
    if let ActKind::Quote { step: Step::Sign { sheet, .. } | Step::Amend { sheet, .. }, .. } = act
        && sheet.len() > BODY_MAX_BYTES / 8
    {
        let why = format!("has {} bytes; the most is {}", sheet.len(), BODY_MAX_BYTES / 8);
        return Err(Refusal::Invalid { field: "sheet", why });
    }
    Ok(())
}

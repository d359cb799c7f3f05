//! What a handler asks of the writer, and what it gets.

use leasehold_store::journal::Digest;
use leasehold_types::Seconds;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::live::{ActKind, Entry, Live, Refusal, Who};

/// For how long the answer to a request is kept under its idempotency key.
pub const ANSWER_KEPT: Seconds = Seconds::from_days(7);

/// What is answered to a request that changed something: kept with its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The status of HTTP.
    pub status: u16,
    /// The path of what was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The body, as JSON; nothing where empty.
    pub body: String,
}

/// The key by which a request is known when it is sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Whose key it is, and for which route.
    pub scope: String,
    /// The key.
    pub key: String,
    /// Of the request, to tell it from another one under its key.
    pub digest: Digest,
}

/// Says what to answer, from the state just after the act and the entries that it led to.
pub type Render = Box<dyn FnOnce(&Live, &[Entry]) -> Reply + Send>;

/// What is to be done, and what to answer then.
pub struct Work {
    /// What is asked.
    pub act: ActKind,
    /// What to answer.
    pub render: Render,
}

/// An act on its way to the writer.
pub struct Ask {
    /// Who asks.
    pub by: Who,
    /// What, and what to answer.
    pub work: Work,
    /// By which key it is known when it is sent again.
    pub idempotency: Option<Idempotency>,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Result<Done, WriteError>>,
}

/// An act that is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What to answer.
    pub reply: Reply,
    /// Whether this is the answer of an earlier request with the same key.
    pub repeated: bool,
    /// The last entry of the journal that it may depend on.
    pub seq: u64,
}

/// Why an act is not on record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key was used for another request.
    #[error(
        "the idempotency key `{0}` was used for another request; use a new key for each request, \
         and the same one only to send a request again"
    )]
    KeyReused(String),
    /// This process does not lead.
    #[error("this process only reads; `{leader}` writes: send it there, or again later")]
    NotLeader {
        /// Who leads.
        leader: String,
    },
    /// Too much waits.
    #[error("too many requests wait to be written; send it again later")]
    Busy,
    /// The journal cannot be written.
    #[error("the journal cannot be written at present; nothing was changed, send it again later")]
    Unavailable,
    /// It is not known whether it was written.
    #[error(
        "it is not known whether this was written: send it again with the same idempotency key, \
         and it is done once"
    )]
    Unknown,
}

//! The state as bytes, and the way back. What is derived is derived anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use leasehold_books::Books;
use leasehold_desk::{Feed, Kept, State};
use leasehold_planner::Fleet;
use leasehold_types::{Date, Instant, LeaseId, TenantId};
use serde::{Deserialize, Serialize};

use super::{Access, Approval, Held, Live, Policy};
use crate::id::{ApprovalId, QuoteId};

/// The format of the snapshots that this program writes and reads. A snapshot of another format is
/// passed over: the journal has everything.
pub const SNAPSHOT_FORMAT: u32 = 1;

/// The state as it is written; `D` is the desk, owned or borrowed, and so on.
#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    seq: u64,
    now: Instant,
    fleet: &'a str,
    owner: &'a TenantId,
    desk: &'a State,
    feed: &'a Feed,
    books: &'a Books,
    closed: Option<Date>,
    sheets: &'a BTreeMap<LeaseId, BTreeMap<u32, Arc<str>>>,
    access: &'a Access,
    policy: &'a Policy,
    quotes: &'a BTreeMap<QuoteId, Held>,
    approvals: &'a BTreeMap<ApprovalId, Approval>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[allow(dead_code, reason = "it was looked at before the rest was read")]
    format: u32,
    seq: u64,
    now: Instant,
    fleet: Arc<str>,
    owner: TenantId,
    desk: Kept,
    feed: Feed,
    books: Books,
    closed: Option<Date>,
    sheets: BTreeMap<LeaseId, BTreeMap<u32, Arc<str>>>,
    access: Access,
    policy: Policy,
    quotes: BTreeMap<QuoteId, Held>,
    approvals: BTreeMap<ApprovalId, Approval>,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// A snapshot from which no state can be made. The journal has everything: replay it.
#[derive(Debug, thiserror::Error)]
pub enum BadSnapshot {
    /// Of another format.
    #[error("the snapshot is of format {0}, and this program reads format {SNAPSHOT_FORMAT}")]
    Format(u32),
    /// No snapshot at all.
    #[error("the snapshot cannot be read")]
    Json(#[from] serde_json::Error),
    /// Its fleet cannot be read.
    #[error("the snapshot's fleet is not sound: {0}")]
    Fleet(String),
    /// Its desk does not fit its fleet.
    #[error(transparent)]
    Desk(#[from] leasehold_desk::BadSnapshot),
}

impl Live {
    /// The state in its one canonical form: two states are equal exactly where these bytes are.
    ///
    /// # Errors
    /// As `serde_json`; in practice none, for every field can be written.
    pub fn to_snapshot(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Written {
            format: SNAPSHOT_FORMAT,
            seq: self.seq,
            now: self.now,
            fleet: &self.fleet_text,
            owner: &self.owner,
            desk: &self.desk,
            feed: &self.feed,
            books: &self.books,
            closed: self.closed,
            sheets: &self.sheets,
            access: &self.access,
            policy: &self.policy,
            quotes: &self.quotes,
            approvals: &self.approvals,
        })
    }

    /// The state that was written as `bytes`.
    ///
    /// # Errors
    /// [`BadSnapshot`].
    pub fn from_snapshot(bytes: &[u8]) -> Result<Self, BadSnapshot> {
        let Format { format } = serde_json::from_slice(bytes)?;
        if format != SNAPSHOT_FORMAT {
            return Err(BadSnapshot::Format(format));
        }
        let read: Read = serde_json::from_slice(bytes)?;
        let fleet = Fleet::parse(&read.fleet).map_err(|f| BadSnapshot::Fleet(f.to_string()))?;
        let mut live = Live {
            fleet_text: read.fleet,
            owner: read.owner,
            desk: State::restore(Arc::new(fleet), read.desk)?,
            feed: read.feed,
            books: read.books,
            closed: read.closed,
            next_close: None,
            sheets: read.sheets,
            access: read.access.indexed(),
            policy: read.policy,
            quotes: read.quotes,
            approvals: read.approvals,
            seq: read.seq,
            now: read.now,
        };
        live.next_close = live.find_next_close();
        Ok(live)
    }
}

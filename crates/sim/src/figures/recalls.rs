//! What was taken back.

use leasehold_types::{AcceleratorSeconds, Instant, Money};
use serde::{Deserialize, Serialize};

/// Recalls of one policy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecallFigures {
    /// Sums by lease and quarter, in order.
    pub totals: Vec<RecallTotals>,
    /// Each recall, in order; at most [`RECALL_ROWS_MAX`], the first ones.
    pub rows: Vec<RecallRow>,
    /// Units evicted in all, over units asked in all.
    pub evicted: u64,
    /// Units that waiting jobs lacked when recalls were ordered for them.
    pub asked: u64,
    /// Times a job waited and no lawful recall could help, by reason.
    pub refused: Vec<(String, u64)>,
}

/// Most recalls listed one by one in the figures; the totals hold all of them.
pub const RECALL_ROWS_MAX: usize = 10_000;

/// Recalls of one lease in one quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallTotals {
    /// The lease.
    pub lease: String,
    /// The quarter in which they were ordered.
    pub quarter: String,
    /// How many were ordered.
    pub ordered: u64,
    /// Of these, withdrawn before the release.
    pub withdrawn: u64,
    /// Of these, released with the whole notice of their class.
    pub notice_kept: u64,
    /// Of these, outside their clause or returned late.
    pub breaches: u64,
    /// Units released, over all of them.
    pub units: u64,
    /// Accelerator-time taken, release to return.
    pub taken: AcceleratorSeconds,
}

/// One recall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallRow {
    /// Its number.
    pub recall: u64,
    /// The lease.
    pub lease: String,
    /// The pool.
    pub pool: String,
    /// The notice class.
    pub class: String,
    /// Units.
    pub units: u64,
    /// When it was ordered and served.
    pub ordered: Instant,
    /// When the units were released.
    pub released: Option<Instant>,
    /// When they went back.
    pub returned: Option<Instant>,
    /// How it stands: `returned`, `withdrawn`, `released`, …
    pub state: String,
    /// The job it was for.
    pub job: Option<u64>,
    /// Compensation, where any is due.
    pub compensation: Option<Money>,
}

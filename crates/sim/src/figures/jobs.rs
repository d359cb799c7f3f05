//! How the owner's jobs fared.

use leasehold_types::AcceleratorSeconds;
use serde::{Deserialize, Serialize};

/// The owner's jobs under one policy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JobFigures {
    /// Submitted within the span.
    pub submitted: u64,
    /// Started.
    pub started: u64,
    /// Ended.
    pub ended: u64,
    /// Refused as too large for their pool.
    pub impossible: u64,
    /// Times a failed node interrupted a job.
    pub interrupted: u64,
    /// Started ahead of an earlier job, by backfill.
    pub backfilled: u64,
    /// Started with recalled units.
    pub on_recalled: u64,
    /// Waits of the jobs that started, in seconds.
    pub wait: Quantiles,
    /// Waits against the same jobs under `none`, where that ran too.
    pub delay: Option<Delay>,
    /// Accelerator-time asked for by all that was submitted.
    pub demand: AcceleratorSeconds,
    /// Jobs waiting at the end.
    pub waiting_at_end: u64,
}

/// Quantiles in seconds, by the nearest-rank rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quantiles {
    /// Half are at most this.
    pub p50: u64,
    /// 95 of 100 are at most this.
    pub p95: u64,
    /// 99 of 100 are at most this.
    pub p99: u64,
    /// The largest.
    pub max: u64,
    /// The mean, rounded down.
    pub mean: u64,
}

/// Waits against the same jobs under `none`; jobs that started under both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Delay {
    /// Jobs compared.
    pub jobs: u64,
    /// Of these, that started later than under `none`.
    pub later: u64,
    /// How much later those did, in seconds, over all compared jobs (none: 0).
    pub delay: Quantiles,
}

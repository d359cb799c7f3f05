//! Leases, tranches, jobs and recalls, as they stand.

use leasehold_types::{Date, Instant};

use crate::table;

table! {
    /// One row a lease, at the version that governs.
    pub struct LeaseRow in "lease", key [lease], indexes [[tenant, lease], [status, lease]] {
        /// The lease's id.
        lease: String,
        /// The tenant's id.
        tenant: String,
        /// What the term sheet calls it.
        title: String,
        /// `draft`, `signed`, `running`, `under_notice` or `ended`.
        status: String,
        /// The version of the term sheet that governs.
        version: u32,
        /// The currency of its fees.
        currency: String,
        /// The IANA zone of its dates.
        zone: String,
        /// When it was signed; nothing for a draft.
        signed: Option<Instant>,
        /// The first day that it is for.
        start_date: Date,
        /// The first day after its stated end.
        stated_end: Date,
        /// The first day after it, where a notice was served.
        ends: Option<Date>,
        /// Units that are committed in all tranches.
        units: i64,
        /// The entry that changed the row last.
        seq: u64,
    }
}

table! {
    /// One row a tranche of a lease.
    pub struct TrancheRow in "tranche", key [lease, tranche], indexes [[pool, lease, tranche]] {
        /// The lease's id.
        lease: String,
        /// The tranche's id within it.
        tranche: String,
        /// The pool's id.
        pool: String,
        /// Units that are committed.
        units: i64,
        /// Units of them that may be recalled.
        recallable: i64,
        /// Units that were delivered.
        delivered: i64,
        /// Units that are recalled just now.
        recalled: i64,
        /// The promised date.
        delivery_date: Date,
        /// The entry that changed the row last.
        seq: u64,
    }
}

table! {
    /// One row a job of the owner.
    pub struct JobRow in "job", key [job], indexes [[status, job], [pool, job]] {
        /// The job's id.
        job: String,
        /// The pool's id.
        pool: String,
        /// Units that it needs, all at once.
        units: i64,
        /// `waiting`, `running`, `ended` or `withdrawn`.
        status: String,
        /// When it was submitted.
        submitted: Instant,
        /// When it began.
        began: Option<Instant>,
        /// When it ended, or is expected to.
        ends: Option<Instant>,
        /// The entry that changed the row last.
        seq: u64,
    }
}

table! {
    /// One row a recall.
    pub struct RecallRow in "recall", key [recall], indexes [[lease, recall], [status, recall]] {
        /// The recall's id.
        recall: String,
        /// The lease's id.
        lease: String,
        /// The tranche's id.
        tranche: String,
        /// Units that are taken back.
        units: i64,
        /// `ordered`, `noticed`, `draining`, `released`, `returned`, `refused`, `withdrawn` or
        /// `overdue`.
        status: String,
        /// The event of the clause that allows it.
        trigger_event: String,
        /// Whether it is outside its clause.
        breach: bool,
        /// When it was ordered.
        ordered: Instant,
        /// When the notice was served.
        served: Option<Instant>,
        /// When the tenant acknowledged it, or was deemed to.
        acknowledged: Option<Instant>,
        /// When draining begins.
        drains: Instant,
        /// When what is left is cut.
        deadline: Instant,
        /// When the units were released.
        released: Option<Instant>,
        /// When they are to be back, or were.
        returns: Option<Instant>,
        /// The entry that changed the row last.
        seq: u64,
    }
}

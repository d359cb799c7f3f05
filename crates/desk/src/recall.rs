//! A recall and the stages that it goes through.
//!
//! ```text
//! ordered ──► noticed ──► draining ──► released ──► returned
//!    │           │           │  │          ▲
//!    ├► refused  │           │  └► overdue ┤
//!    └───────────┴───────────┴───────┴─► withdrawn
//! ```
//!
//! A drill goes through the same stages up to the end of its drain and takes nothing.

use leasehold_contract::lease::Trigger;
use leasehold_contract::recall::Violation;
use leasehold_planner::{LeaseIx, NodeSet};
use leasehold_types::{Instant, JobId, LeaseId, RecallId, Seconds, TrancheId, Units};
use serde::{Deserialize, Serialize};

use crate::Timer;

/// A recall or a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// Which.
    pub id: RecallId,
    /// From which lease, by its number in the occupancy.
    pub ix: LeaseIx,
    /// From which lease.
    pub lease: LeaseId,
    /// From which tranche.
    pub tranche: TrancheId,
    /// The notice class, by name.
    pub class: String,
    /// The event that allows it.
    pub trigger: Trigger,
    /// The nodes.
    pub nodes: NodeSet,
    /// Units of the entitlement on them.
    pub units: Units,
    /// The job that it is for.
    pub for_job: Option<JobId>,
    /// When it was ordered.
    pub ordered: Instant,
    /// When the units will be returned, as far as is known.
    pub expected_return: Instant,
    /// How the tenant answered the notice.
    pub assent: Assent,
    /// Whether it goes on even outside the clause.
    pub forced: bool,
    /// What was done outside the clause.
    pub breaches: Vec<Breach>,
    /// Since when the owner's need is over.
    pub need_ended: Option<Instant>,
    /// Until when the units have to be offered back, once the need is over.
    pub return_due: Option<Instant>,
    /// Until when the clause allows to keep them, once they are released.
    pub limit: Option<Instant>,
    /// Where it stands.
    pub stage: Stage,
    /// Its open taking, by its place in the facts of the version that governs.
    pub(crate) taking: Option<usize>,
    /// Its timers; derived.
    #[serde(skip)]
    pub(crate) armed: Vec<(Instant, Timer)>,
}

impl Recall {
    /// Whether it is a drill.
    pub const fn is_drill(&self) -> bool {
        matches!(self.trigger, Trigger::Drill)
    }

    /// Its open taking, by its place in the facts of the version that governs its lease.
    pub const fn open_taking(&self) -> Option<usize> {
        self.taking
    }

    /// Whether it still holds or will hold units.
    pub const fn in_force(&self) -> bool {
        matches!(
            self.stage,
            Stage::Ordered { .. }
                | Stage::Noticed(_)
                | Stage::Draining(_)
                | Stage::Overdue(_)
                | Stage::Released { .. }
        )
    }

    /// Whether its notice runs and its nodes are not released.
    pub const fn is_under_notice(&self) -> bool {
        matches!(self.stage, Stage::Noticed(_) | Stage::Draining(_) | Stage::Overdue(_))
    }

    /// Whether jobs of the owner's may run on its nodes: that of `job`, or any where it is for the
    /// owner's work and names no job.
    pub fn serves(&self, job: JobId) -> bool {
        let works = matches!(self.trigger, Trigger::OwnerTraining | Trigger::OwnerInference);
        self.for_job.map_or(works, |wanted| wanted == job)
    }

    /// Whether its nodes are the owner's now.
    pub const fn is_released(&self) -> bool {
        matches!(self.stage, Stage::Released { .. })
    }
}

impl Stage {
    /// One word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Stage::Ordered { .. } => "ordered",
            Stage::Noticed(_) => "noticed",
            Stage::Draining(_) => "draining",
            Stage::Overdue(_) => "overdue",
            Stage::Released { .. } => "released",
            Stage::Returned { .. } => "returned",
            Stage::Withdrawn { .. } => "withdrawn",
            Stage::Refused { .. } => "refused",
            Stage::Drilled { .. } => "drilled",
        }
    }
}

/// Where a recall stands, with what is known there and only there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The notice is on its way.
    Ordered {
        /// When the units must be released, where the order says so.
        release_at: Option<Instant>,
    },
    /// The notice was served; the clock runs.
    Noticed(Notice),
    /// Nothing new is admitted, streams finish.
    Draining(Notice),
    /// The deadline passed and the nodes are not released yet.
    Overdue(Notice),
    /// The nodes are the owner's.
    Released {
        /// The notice.
        notice: Notice,
        /// Since when.
        at: Instant,
    },
    /// The nodes went back, to the tenant or (as the lease ended) to the owner for good.
    Returned {
        /// The notice.
        notice: Notice,
        /// When they were released.
        released: Instant,
        /// When they were returned.
        at: Instant,
    },
    /// Given up before the release.
    Withdrawn {
        /// When.
        at: Instant,
    },
    /// Not within the clause any more as the notice was served.
    Refused {
        /// When.
        at: Instant,
    },
    /// A drill ran to its end.
    Drilled {
        /// How it went.
        result: DrillResult,
    },
}

/// A notice that was served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// When.
    pub served: Instant,
    /// When the drain begins.
    pub drain_from: Instant,
    /// When the units must be released.
    pub release_due: Instant,
    /// When what is left is cut and the release is final; after `release_due` where streams may
    /// finish.
    pub cut_at: Instant,
}

/// How the tenant answered a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assent {
    /// The notice has not been served.
    NotAsked,
    /// It may still answer.
    Awaited {
        /// Until then; silence is assent.
        until: Instant,
    },
    /// It acknowledged.
    Given {
        /// When.
        at: Instant,
    },
    /// It was silent.
    Deemed {
        /// Since when.
        at: Instant,
    },
}

/// How a drill went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillResult {
    /// When it was ordered.
    pub ordered: Instant,
    /// The notice.
    pub notice: Notice,
    /// How the tenant answered.
    pub assent: Assent,
    /// When the simulated drain was over.
    pub drained: Instant,
    /// How much later than the deadline that was; zero where it was kept.
    pub late: Seconds,
    /// Units that would have been released.
    pub units: Units,
}

/// How the owner broke a recall clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// It was ordered outside the clause.
    Ordered(Violation),
    /// The units were kept past the longest time of the clause.
    KeptTooLong {
        /// When they had to be back.
        limit: Instant,
    },
    /// The need was over and the units were not offered back in time.
    NotOfferedBack {
        /// When they had to be back.
        limit: Instant,
    },
}

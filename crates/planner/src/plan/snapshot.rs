//! What is known when a recall is planned, as data.
//!
//! What a clause allows is the contract's to say; a snapshot holds its answers, not its rules: for
//! each notice class how much may be taken, when it would be there, at what price, and what stands
//! against it. So a plan can be made, kept and repeated without the leases at hand.

use leasehold_types::{
    AcceleratorSeconds, Currency, Instant, JobId, LeaseId, PoolId, Ratio, Seconds, TrancheId, Units,
};
use serde::{Deserialize, Serialize};

use super::{Demand, Weights};
use crate::NodeSet;

/// The version of the format.
pub const SNAPSHOT_VERSION: u32 = 1;
/// Most leases in a snapshot.
pub const LEASES_MAX: usize = 4_096;
/// Most replicas of all leases in a snapshot.
pub const REPLICAS_MAX: usize = 1_000_000;

/// The fleet's state at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// [`SNAPSHOT_VERSION`].
    pub snapshot: u32,
    /// When it was taken; notices are served from then on.
    pub taken_at: Instant,
    /// The currency of every price in it.
    pub currency: Currency,
    /// The fleet file, as a path from where the snapshot lies. The planner is handed the fleet.
    pub fleet: String,
    /// What the leases hold, in the order by which ties are broken.
    #[serde(default)]
    pub leases: Vec<LeaseHolding>,
    /// Where the owner's jobs run, alone or beside others.
    #[serde(default)]
    pub jobs: Vec<JobHolding>,
    /// Nodes out of service, whoever has them.
    #[serde(default)]
    pub down: NodeSet,
    /// Idle nodes of the owner's that are spoken for: recalled for another job, or to be repaired.
    #[serde(default)]
    pub kept: NodeSet,
    /// What the judgements in a plan weigh.
    #[serde(default)]
    pub weights: Weights,
    /// What is wanted, where the snapshot was taken for one demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand: Option<Demand>,
}

/// One of the owner's jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobHolding {
    /// The job.
    pub job: JobId,
    /// The nodes on which it runs.
    pub nodes: NodeSet,
}

/// What one lease holds, and what may be taken of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseHolding {
    /// The lease.
    pub lease: LeaseId,
    /// What an accelerator-hour is worth to it, in minor units: what lost work is priced at.
    pub price: Ratio,
    /// Its tranches.
    pub tranches: Vec<TrancheHolding>,
    /// What runs on its nodes. Nodes without a replica are granted and idle.
    #[serde(default)]
    pub replicas: Vec<Replica>,
}

/// The nodes of one tranche.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrancheHolding {
    /// The tranche.
    pub tranche: TrancheId,
    /// Its pool.
    pub pool: PoolId,
    /// The nodes that are with the tenant now, up or down: what is recalled is not.
    pub nodes: NodeSet,
    /// So many units stay with the tenant, whatever is ordered.
    pub firm: Units,
    /// What its clause says, class by class; none where nothing is recallable.
    #[serde(default)]
    pub classes: Vec<ClassTerms>,
}

/// What one notice class allows now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassTerms {
    /// Its name.
    pub class: String,
    /// The least notice, in seconds.
    pub notice: Seconds,
    /// The earliest lawful release, if notice is served when the snapshot is taken.
    pub ready_at: Instant,
    /// The most units that may be taken by it.
    pub most: Units,
    /// The longest that a recall may last, in seconds; no limit where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest: Option<Seconds>,
    /// Accelerator-seconds that its yearly budget has left; no limit where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<AcceleratorSeconds>,
    /// The fee that abates for a unit and hour, in minor units, exact.
    pub abatement: Ratio,
    /// The compensation for a unit and hour, in minor units, exact.
    #[serde(default = "nothing")]
    pub compensation: Ratio,
    /// What stands against an order by it now; an order in spite of it is a breach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barred: Vec<Bar>,
    /// What a breach costs a unit and hour besides, in minor units, as the owner judges it.
    #[serde(default = "nothing")]
    pub breach: Ratio,
}

/// A rule of a clause that forbids a recall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bar {
    /// The rule, as the term sheet writes it: `most_events_per_day`, `blackout`.
    pub rule: String,
    /// Its numbers, for people.
    pub message: String,
}

/// One running copy of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replica {
    /// The model.
    pub model: String,
    /// Its nodes: without one of them it does not run.
    pub nodes: NodeSet,
    /// How long it loads until it serves again, in seconds.
    #[serde(default)]
    pub reload: Seconds,
    /// The streams under way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<Streams>,
}

/// Streams under way that are expected to end together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Streams {
    /// How many.
    pub count: u32,
    /// When they are expected to end.
    pub ends_at: Instant,
    /// What a cut would lose of all of them, in accelerator-seconds.
    pub spent: AcceleratorSeconds,
}

fn nothing() -> Ratio {
    Ratio::ZERO
}

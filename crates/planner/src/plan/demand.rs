//! What is wanted, how hard to look for it, and what the judgements in a plan weigh.

use leasehold_types::{Instant, PoolId, Ratio, Seconds, Units};
use serde::{Deserialize, Serialize};

/// A gang of units that start together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// Of which pool.
    pub pool: PoolId,
    /// How many units; whole nodes are given.
    pub units: Units,
    /// How near to each other.
    #[serde(default)]
    pub contiguity: Contiguity,
    /// When they must be there; `None`: whenever it is cheapest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Instant>,
    /// For how long, in seconds.
    pub length: Seconds,
    /// What a node draws more under this gang than its hall has counted for it, in watts.
    #[serde(default)]
    pub extra_watts: u32,
    /// Whether a recall may go beyond a clause. It is a breach then, and the plan says so.
    #[serde(default)]
    pub allow_breach: bool,
}

/// How near to each other the units of a gang must be; each holds what is above it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Contiguity {
    /// Anywhere in the pool.
    #[default]
    Any,
    /// Whole racks, which are NVLink domains, but for the last, of which the gang may have a part.
    Domain,
    /// As `Domain`, and all of them in one hall.
    Hall,
}

/// What the judgements in a plan weigh against money that is owed. None of them is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// Lost work, as a multiple of the lease's price of an accelerator-hour.
    pub lost_work: Ratio,
    /// Each hall that a gang of whole domains spreads over, in minor units.
    pub hall: u32,
    /// Each domain that the gang touches, in minor units.
    pub domain: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Weights { lost_work: Ratio::ONE, hall: 50_000, domain: 1_000 }
    }
}

/// How hard to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// The greedy plan by the bound's prices, with its gap to the bound.
    Fast,
    /// Branch and bound until the gap is proven or the nodes are used up.
    Exact {
        /// The gap at which to stop, in millionths of the cost.
        gap_millionths: u32,
        /// Most nodes of the search.
        nodes: u32,
    },
}

impl Effort {
    /// The exact mode as its limits state it: a proven gap of a thousandth, less
    /// what rounding may add.
    pub const EXACT: Effort = Effort::Exact { gap_millionths: 900, nodes: 20_000 };
}

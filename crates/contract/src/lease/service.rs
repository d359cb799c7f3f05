//! What was promised, and what use above the commitment costs.

use leasehold_types::{Ratio, Seconds};
use serde::{Deserialize, Serialize};

/// Promises and what breaking them costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevel {
    /// Availability and its credits.
    pub availability: Option<Availability>,
    /// A right to terminate if availability is poor for long.
    pub chronic: Option<Chronic>,
    /// Latency targets, by rising input length.
    pub latency: Vec<LatencyTarget>,
}

/// Availability: healthy granted accelerator-time over committed accelerator-time less excused,
/// capped per interval so that a surplus never hides a deficit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// The ladder, by falling `below`: the lowest step reached counts.
    pub ladder: Vec<LadderStep>,
    /// What credits are a share of.
    pub basis: AvailabilityBasis,
    /// Most credits in a month, as a share of that month's fee.
    pub cap: Option<Ratio>,
    /// The interval in which a surplus may not hide a deficit.
    pub interval: Seconds,
    /// What does not count against the owner.
    pub excused: Vec<Excuse>,
}

/// Below this availability, this credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LadderStep {
    /// Availability below this share…
    pub below: Ratio,
    /// …earns this share of the basis.
    pub credit: Ratio,
}

/// What a credit is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AvailabilityBasis {
    /// The fee of the month.
    #[default]
    MonthFee,
    /// The fee of the month for the pool that fell short, by its share of units.
    PoolFee,
}

/// What does not count against availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Excuse {
    /// A recall within its clause.
    Recall,
    /// Maintenance that was announced.
    Maintenance,
    /// What the tenant did.
    TenantFault,
    /// What nobody could help.
    ForceMajeure,
}

/// Availability that is poor for long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chronic {
    /// Availability below this share…
    pub below: Ratio,
    /// …in this many months…
    pub months: u16,
    /// …of this many in a row lets the tenant terminate.
    pub within_months: u16,
}

/// A latency target for inputs up to a length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencyTarget {
    /// For inputs of at most this many tokens.
    pub input_tokens_to: u64,
    /// The percentile that must keep it, as a share.
    pub percentile: Ratio,
    /// Most time to the first token, in milliseconds.
    pub first_token_ms: u64,
    /// Most time for each token after it, in milliseconds; exact.
    pub per_token_ms: Option<Ratio>,
}

/// Use above the commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overage {
    /// Minor units for each accelerator-hour above the entitlement; exact.
    pub minor_per_accelerator_hour: Option<Ratio>,
    /// Prices by token.
    pub tokens: Option<TokenPrices>,
    /// Most accelerators above the entitlement, as a share of it.
    pub up_to: Option<Ratio>,
}

/// Minor units for a million tokens of each sort; exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPrices {
    /// Input tokens that were not cached.
    pub input: Ratio,
    /// Input tokens that were cached.
    pub cached: Ratio,
    /// Output tokens.
    pub output: Ratio,
}

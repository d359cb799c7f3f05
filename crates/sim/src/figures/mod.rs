//! What a replay found: every figure of the report, as data.
//!
//! The terminal's tables, the HTML page, the CSV files and the JSON are four ways of showing these
//! values; none of them computes anything of its own. Quantities are accelerator-seconds and
//! exact; amounts are money; shares are exact fractions of the two numbers beside them. Quarters
//! and days are civil ones in the scenario's reporting zone; every period is half-open.

mod capacity;
mod jobs;
mod money;
mod recalls;
mod requests;

pub use capacity::{Capacity, CapacityRow, SeriesRow};
pub use jobs::{Delay, JobFigures, Quantiles};
pub use money::{Concentration, DocumentKind, DocumentRow, LeaseMoney, QuarterLines, QuarterMoney};
pub use recalls::{RECALL_ROWS_MAX, RecallFigures, RecallRow, RecallTotals};
pub use requests::{RequestFigures, RequestRow};

use leasehold_types::{Date, Instant, Seed, Zone};
use serde::{Deserialize, Serialize};

/// Everything that one replay found, for each policy that it compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Version of this shape; raised when a field changes its meaning.
    pub format: u32,
    /// The scenario's title.
    pub title: String,
    /// The seed from which everything random was drawn.
    pub seed: Seed,
    /// The zone of quarters and days.
    pub zone: Zone,
    /// The first instant replayed.
    pub from: Instant,
    /// The first instant after.
    pub until: Instant,
    /// Where the run was stopped, if it did not reach `until`; the figures hold up to there.
    pub stopped_at: Option<Instant>,
    /// The tables that decided dates and amounts.
    pub tables: Tables,
    /// The sites, pools and leases that the rows below speak of.
    pub cast: Cast,
    /// Everything that is assumed rather than known.
    pub assumptions: Vec<AssumptionRow>,
    /// What was read, generated, scaled, clipped or skipped to make the demand.
    pub inputs: Vec<InputRow>,
    /// One entry a policy, in the order in which they were asked for.
    pub policies: Vec<PolicyFigures>,
}

/// The version of [`Figures`] that this code writes.
pub const FIGURES_FORMAT: u32 = 2;

/// Versions of what decided dates and amounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tables {
    /// Leasehold's own version.
    pub leasehold: String,
    /// The IANA time-zone tables.
    pub time_zones: String,
    /// The ISO 4217 tables.
    pub currencies: String,
}

/// Names and sizes of what takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cast {
    /// The pools, in the fleet's order.
    pub pools: Vec<PoolEntry>,
    /// The leases, in the scenario's order.
    pub leases: Vec<LeaseEntry>,
}

/// A pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolEntry {
    /// `site/type`.
    pub pool: String,
    /// Its site.
    pub site: String,
    /// Its accelerator type.
    pub accelerator: String,
    /// Accelerators owned.
    pub units: u64,
}

/// A lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseEntry {
    /// Its id.
    pub lease: String,
    /// Its title.
    pub title: String,
    /// The tenant's name.
    pub tenant: String,
    /// Units committed once all are delivered.
    pub units: u64,
    /// Of these, units that may be recalled.
    pub recallable: u64,
    /// The first day after its stated end.
    pub end: Date,
}

/// Something assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssumptionRow {
    /// The file or part of the scenario that assumes it.
    pub source: String,
    /// What it is about.
    pub about: String,
    /// What is assumed, and why.
    pub text: String,
}

/// One input as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRow {
    /// The file's name, or the generator's.
    pub source: String,
    /// Facts about it, in order: ("rows", "5,778"), ("skipped: bad duration", "3").
    pub facts: Vec<(String, String)>,
}

/// A policy that a replay can run under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// No leases: what the owner would have alone.
    None,
    /// Firm units only: leases cut down to what is never recalled, fees in proportion.
    Static,
    /// The leases as they are, recalled when the owner's jobs wait.
    Recallable,
}

impl Policy {
    /// All of them, in the order of a comparison.
    pub const ALL: [Policy; 3] = [Policy::None, Policy::Static, Policy::Recallable];

    /// Its name in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Policy::None => "none",
            Policy::Static => "static",
            Policy::Recallable => "recallable",
        }
    }
}

/// What one policy gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFigures {
    /// The policy.
    pub policy: Policy,
    /// Capacity by quarter and pool; the parts add up to `owned`, exactly.
    pub capacity: Vec<CapacityRow>,
    /// The same by step of the series (a civil day unless the scenario says otherwise).
    pub series: Vec<SeriesRow>,
    /// Money by lease and quarter.
    pub money: Vec<LeaseMoney>,
    /// Every invoice and credit note, in the order of their days.
    pub documents: Vec<DocumentRow>,
    /// Tenants at or above a tenth of revenue, by quarter and over the whole span.
    pub concentration: Vec<Concentration>,
    /// Recalls.
    pub recalls: RecallFigures,
    /// The owner's jobs.
    pub jobs: JobFigures,
    /// The tenants' requests.
    pub requests: RequestFigures,
    /// Events that the desk recorded.
    pub events: u64,
    /// SHA-256 of the desk's last state; equal runs end in equal states.
    pub state_digest: String,
}

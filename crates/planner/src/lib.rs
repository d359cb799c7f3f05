//! The fleet, who holds which node, where jobs and leases go, and what to recall.
//!
//! Everything here is a function of its arguments: no IO, no clock, no randomness. The order in
//! which to read it:
//!
//! 1. [`Fleet`]: sites, halls with power caps, racks, nodes; read from a compact TOML file.
//! 2. [`NodeSet`] and [`Slots`]: which nodes, as runs, small enough for journal events.
//! 3. [`Occupancy`]: the holder of every node. Each change is checked first and refused as a
//!    whole: never two holders of one accelerator, never a hall above its cap.
//! 4. [`placement`]: where a job or a lease would go. It proposes; `Occupancy` disposes.
//! 5. [`recall`]: which leases to take how much from, at what cost.

mod bits;
pub mod fleet;
mod nodes;
mod occupancy;
pub mod placement;
pub mod plan;
pub mod recall;
mod slots;
#[cfg(test)]
mod testing;

pub use fleet::{Fleet, FleetFaults, Hall, Pool, Site};
pub use nodes::{BadRuns, NodeSet};
pub use occupancy::{
    BadState, Counts, HallPower, Holding, LeaseCount, LeaseIx, Occupancy, OccupancyState,
    PoolCount, Refused, Tenure,
};
pub use placement::{Startable, choose_recall, place_grant, place_job, place_shortfall, startable};
pub use slots::Slots;

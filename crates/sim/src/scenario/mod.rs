//! A scenario: which fleet, which leases, whose demand, for how long, under which policies.
//!
//! A scenario file is TOML; docs/scenario.md is its reference. Everything that the replay needs is
//! in the file or in files that it names, so a scenario, a seed and this program are the whole of
//! a result.

mod check;
mod error;
pub mod load;
mod spec;

pub use error::ScenarioError;
pub use load::Loaded;
pub use spec::{Failures, OwnerRules, RecallRules, Scenario, Series, Serving, Speed};

//! Recall at fleet scale: which nodes of which leases, by which notice class, for a gang that
//! needs them together; and the reverse, where to place what is offered.
//!
//! [`recall`](crate::recall) adds up units and knows no place. Here a gang wants whole NVLink
//! domains, or one hall; a domain is free only when every replica in it leaves; a hall has a power
//! cap; a lease gives no more than its clause allows, by one notice. `docs/planner.md` states the
//! model, the objective and its weights. The order in which to read it:
//!
//! 1. [`Snapshot`], [`Demand`]: what is known and what is wanted, as data.
//! 2. `scene`: the same, indexed by domain, with every lawful (or forced) way of each lease.
//! 3. `problem`: whole numbers only: items, charges, rows. `build` makes one from a scene.
//! 4. `dual`: a proven lower bound and its prices; `greedy`: a plan by those prices; `search`:
//!    branch and bound between the two; `ways`: which class of which lease.
//! 5. `answer`: the plan priced anew, exactly, with its reasons.
//! 6. [`plan_offer`]: which idle nodes to offer, so that they are cheap to take back.
//!
//! The bound holds for any prices, and is summed in integers: whatever the search does, what it
//! proves is exact to a thousandth of a minor unit an item.

mod answer;
mod build;
mod check;
mod demand;
mod dual;
mod evaluate;
mod greedy;
mod offer;
mod parts;
mod problem;
mod reason;
mod scene;
mod search;
mod snapshot;
#[cfg(test)]
mod tests;

mod ways;

pub use answer::{Cost, Draft, RecallPlan, RunnerUp, Step, plan_best, plan_recall, price_draft};
pub use check::{SnapshotFault, check};
pub use demand::{Contiguity, Demand, Effort, Weights};
pub use offer::{Move, OfferAdvice, OfferWish, Probe, plan_offer};
pub use reason::Impossible;
pub use snapshot::{
    Bar, ClassTerms, JobHolding, LEASES_MAX, LeaseHolding, REPLICAS_MAX, Replica, SNAPSHOT_VERSION,
    Snapshot, Streams, TrancheHolding,
};

//! What may be taken back, when, and at what price.
//!
//! A notice runs from when it is served to when the units must be released. The drain is the last
//! part of it: new requests stop as it begins, and what is left is cut at its end.

use leasehold_types::{Date, Money, Ratio, Seconds, Units};
use serde::{Deserialize, Serialize};

/// The recall clause. Which units it covers stands in each tranche.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallClause {
    /// The events that allow a recall.
    pub triggers: Vec<Trigger>,
    /// The notice classes, by falling notice; at least one.
    pub classes: Vec<NoticeClass>,
    /// How often, how long, how soon again.
    pub limits: RecallLimits,
    /// When nothing may be taken.
    pub blackouts: Vec<Blackout>,
    /// How streams drain.
    pub drain: Drain,
    /// What is taken off the fee.
    pub abatement: Abatement,
    /// What is paid besides.
    pub compensation: Compensation,
    /// The tenant's right if much is recalled.
    pub election: Option<RecallElection>,
    /// Once the owner's need is over, the units are offered back within this time.
    pub offer_back_within: Seconds,
    /// The notice asks for an acknowledgement within this time; silence is assent.
    pub acknowledge_within: Seconds,
}

/// An objective event that allows a recall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A training job of the owner's waits for the units.
    OwnerTraining,
    /// Inference of the owner's needs the units.
    OwnerInference,
    /// The grid operator orders less load.
    GridCurtailment,
    /// Power or cooling fails or is about to.
    PowerEmergency,
    /// Maintenance that was announced.
    Maintenance,
    /// A danger to people or equipment.
    Safety,
    /// An authority's order.
    LegalOrder,
    /// A rehearsal: the whole procedure without taking capacity.
    Drill,
}

/// One way of recalling: how long the notice, how much, at what price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeClass {
    /// Its name: `planned`, `short`, `emergency`.
    pub name: String,
    /// Least time from service to release.
    pub notice: Seconds,
    /// Most units that may be out by this class at once; no limit of its own where absent.
    pub most_units: Option<Units>,
    /// Multiplies the compensation of the clause; 0 where this class pays none.
    pub multiplier: Ratio,
    /// The triggers that may use it; all of the clause's where empty.
    pub triggers: Vec<Trigger>,
}

/// How often, how long, how soon again. A limit that is absent does not bind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecallLimits {
    /// Recalls ordered in one civil day.
    pub most_events_per_day: Option<u32>,
    /// Recalls ordered in one civil month.
    pub most_events_per_month: Option<u32>,
    /// Recalls ordered in one civil year.
    pub most_events_per_year: Option<u32>,
    /// From release to return.
    pub longest: Option<Seconds>,
    /// From one recall's release to the next one's.
    pub least_gap: Option<Seconds>,
    /// No units are released before this day.
    pub first_not_before: Option<Date>,
    /// After a return, the same units stay with the tenant for this long, and in any case until
    /// the next civil day begins.
    pub rest_after_return: Seconds,
    /// Accelerator-hours taken in one civil year.
    pub most_accelerator_hours_per_year: Option<u64>,
}

/// A span in which nothing may be taken: no recall may be in force in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blackout {
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// Whether it comes back each year on the same days.
    pub yearly: bool,
    /// Why.
    pub reason: String,
}

/// How streams under way end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drain {
    /// The last part of the notice, in which nothing new is admitted.
    pub length: Seconds,
    /// What happens at its end to what is left.
    pub cut: Cut,
}

/// What happens to streams that are left at the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// They are cut, and each cut is recorded.
    #[default]
    AtDeadline,
    /// They may finish within this much more; the release waits for them.
    After(Seconds),
}

/// What is taken off the fee while units are recalled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abatement {
    /// Times the fee of the accelerator-time taken; 1 is pro rata, 0 is none.
    pub multiple: Ratio,
    /// Most, as a share of the fee due in that month; no cap where absent.
    pub cap: Option<Ratio>,
}

/// What is paid besides the abatement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compensation {
    /// Minor units for each accelerator-hour taken, before the class's multiplier; exact.
    pub minor_per_accelerator_hour: Ratio,
    /// Most in one lease year (counted from the anchor); no limit where absent.
    pub stop_loss_per_year: Option<Money>,
}

/// What the tenant may do if much is recalled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallElection {
    /// More than this share of the committed accelerator-time…
    pub more_than: Ratio,
    /// …over this many civil days in a row.
    pub within_days: u16,
    /// What it may then do.
    pub right: RecallRight,
    /// Days within which it must say so; silence is to waive it.
    pub elect_within_days: u16,
}

/// What a tenant may elect if much is recalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecallRight {
    /// End the lease without a penalty.
    Terminate,
    /// Extend the term by the days recalled.
    Extend,
    /// Give up the units that were recalled; the fee falls in proportion.
    Reduce,
}

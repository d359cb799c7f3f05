//! Capacity with its own delivery date, grace and remedies.

use leasehold_types::{Date, PoolId, Ratio, TrancheId, Units};
use serde::{Deserialize, Serialize};

use crate::exact::add_days;

/// Units of one pool, to be delivered on one date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tranche {
    /// Its name within the lease.
    pub id: TrancheId,
    /// Where the units are.
    pub pool: PoolId,
    /// How many.
    pub units: Units,
    /// The first day on which they are due to the tenant.
    pub delivery: Date,
    /// The first day after; the lease's stated end where the sheet says nothing.
    pub until: Date,
    /// How many of the units the recall clause covers; the rest is firm.
    pub recallable: Units,
    /// What follows if they come late.
    pub late: Late,
}

impl Tranche {
    /// Units that can never be recalled.
    pub fn firm(&self) -> Units {
        self.units.saturating_sub(self.recallable)
    }

    /// The first day on which units that have not come are overdue, where a version of the lease
    /// has asked for them since the day `since`: they are due on the later of that day and the
    /// delivery date. What comes on that day itself is in time, so without a grace it is the day
    /// after.
    pub fn overdue_from(&self, since: Date) -> Date {
        days_after(self.delivery.max(since), self.late.grace_days.max(1))
    }

    /// The first day on which the tenant cannot elect a remedy any more: units that have not all
    /// come before it are left to what silence means.
    pub fn silence_from(&self, since: Date) -> Date {
        days_after(self.overdue_from(since), self.late.elect_within_days)
    }
}

/// `date` and `days` civil days; the last date that can be written where that is past it.
fn days_after(date: Date, days: u16) -> Date {
    add_days(date, i64::from(days)).unwrap_or(Date::MAX)
}

/// What follows if a tranche comes late. Undelivered units are never charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// Civil days after the delivery date within which lateness has no further consequence.
    pub grace_days: u16,
    /// For each day late after the grace: this share of the tranche's fee for one day, off the
    /// next invoice. Zero where there is none.
    pub discount_per_day: Ratio,
    /// What the tenant may elect once the grace is over; empty where it may elect nothing.
    pub remedies: Vec<Remedy>,
    /// Days after the grace within which it must elect.
    pub elect_within_days: u16,
    /// What its silence means.
    pub silence: Remedy,
}

/// What a tenant may elect when a tranche is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Go on waiting.
    Wait,
    /// Keep what was delivered; the fee falls in proportion.
    AcceptFewer,
    /// End the lease.
    Terminate,
}

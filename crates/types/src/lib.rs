//! Ids, money, quantities, instants, periods, and the clock and random handles.
//!
//! One type per meaning: an amount is not a rate, a date is not an instant, accelerator-seconds
//! are not tokens. Nothing here does IO, reads a clock, or uses floating point, and no operator
//! rounds, wraps or panics: what can fail says so in its type.

mod allocate;
mod calendar;
mod clock;
mod currency;
mod id;
mod instant;
mod money;
mod period;
mod quantity;
mod random;
mod ratio;
mod rounding;
mod zone;

pub use allocate::allocate;
pub use calendar::{add_months, days_after, days_between, months_boundary};
pub use clock::{Clock, VirtualClock};
pub use currency::{CURRENCY_TABLE, Currency, UnknownCurrency};
pub use id::{
    BadName, HallId, JobId, LeaseId, NodeId, PoolId, RecallId, SiteId, TenantId, TrancheId,
};
pub use instant::{BadInstant, BadSeconds, Instant, Seconds};
pub use jiff::civil::Date;
pub use money::{BadAmount, Money};
pub use period::{Period, union_of};
pub use quantity::{AcceleratorSeconds, Tokens, Units};
pub use random::{Random, Seed};
pub use ratio::{BadRatio, Ratio};
pub use rounding::Rounding;
pub use zone::{TZDB_VERSION, UnknownZone, Zone};

/// A sum, product or date went past what its type can hold.
///
/// Amounts are 128-bit, so in practice this means that an input is absurd; the caller says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the result of {operation} is too large to represent")]
pub struct Overflow {
    /// What was being computed, as a noun: "a sum of amounts".
    pub operation: &'static str,
}

impl Overflow {
    /// Names the operation that overflowed.
    pub const fn of(operation: &'static str) -> Self {
        Overflow { operation }
    }
}

//! Rating: what is owed, line by line, each with how it came about.
//!
//! Every amount is an exact fraction of minor units that is rounded once, at its line. Fees and
//! what is taken off them come from the contract's schedule; here are added overage, commitments,
//! service credits and tax.

mod availability;
mod charge;
mod commitment;
mod fees;
mod line;
mod service;
mod steps;
mod tax;
mod usage;

pub use availability::{Measured, TrancheHistory, measure};
pub use charge::{ChargeKind, Head};
pub use leasehold_contract::lease::{TaxCategory, TaxClass, TaxRule, Taxed};
pub use line::{Input, Quantity, QuantityUnit, RatedLine, Working};
pub use service::ladder_credit;
pub use tax::{class_on, tax_on};
pub use usage::{
    HourUse, USAGE_HOURS_MAX, UsageStore, UseChange, grain_of_day, usage_grain, usage_parts,
};

pub(crate) use availability::{Watched, measure_watched};
pub(crate) use commitment::CommitmentPeriod;
pub(crate) use fees::{BillingDays, fee_lines};
pub(crate) use steps::{Steps, steps_of};
pub(crate) use usage::{Above, above};

//! Rating: what is owed, line by line, each with how it came about.
//!
//! Every amount is an exact fraction of minor units that is rounded once, at its line. Fees and
//! what is taken off them come from the contract's schedule; here are added overage, commitments,
//! service credits and tax.

mod charge;
mod line;

pub use charge::{ChargeKind, Head};
pub use leasehold_contract::lease::{TaxCategory, TaxClass, TaxRule, Taxed};
pub use line::{Input, Quantity, QuantityUnit, RatedLine, Working, explain};

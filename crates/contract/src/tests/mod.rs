//! Tests of the evaluation as a whole: the worked cases, the three readings, and properties over
//! random leases against slow references.

pub(crate) mod build;
mod figures;
pub(crate) mod generate;
mod horizon;
mod properties;
mod readings;
mod recalls;
mod reference;
mod terms;
mod worked;

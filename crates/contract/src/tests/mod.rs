//! Tests of the evaluation as a whole: the worked cases, the three readings, and properties over
//! random leases against slow references.

pub(crate) mod build;
mod readings;
mod worked;

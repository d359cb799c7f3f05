//! Demand: what the owner's people and the tenants ask for, before anyone decides anything.
//!
//! A scenario lists sources. Each source is read from a trace or drawn from a generator that was
//! fitted to the traces, shaped (cut, tiled in time, scaled), moved to the scenario's calendar and
//! merged. Out come the owner's jobs in the order in which they are submitted, and each tenant's
//! requests by window. Files are touched in `read` alone; everything else is arithmetic on what
//! was read. Nothing is dropped in silence: each source has a [`ReadReport`].
//!
//! Memory: 40 bytes a job and 32 bytes a window, plus at most one source's base rows.

mod check;
pub mod error;
mod generate;
pub mod jobs;
mod load;
pub mod read;
pub mod report;
pub mod requests;
mod shape;
pub mod spec;

pub use error::DemandError;
pub use jobs::Job;
pub use load::{LoadedJobs, LoadedRequests, TenantDemand, load_jobs, load_requests};
pub use report::{Progress, ReadReport};
pub use requests::Window;
pub use spec::{JobSource, RequestSource};

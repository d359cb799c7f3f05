//! The table of routes: one file for each group.

mod access;
mod audit;
mod books;
mod fleet;
mod jobs;
mod leases;
mod meta;
mod quotes;
mod recalls;
mod session;
mod usage;

pub use access::{PASSWORD_MAX_BYTES, PASSWORD_MIN_CHARS, hash_password};

use super::endpoint::{Endpoint, Look};
use super::problem::Problem;
use crate::live::{Refusal, Thing};
use leasehold_desk::LeaseRecord;
use leasehold_types::LeaseId;

/// Every route.
pub fn all() -> Vec<Endpoint> {
    [
        meta::endpoints(),
        session::endpoints(),
        access::endpoints(),
        fleet::endpoints(),
        leases::endpoints(),
        quotes::endpoints(),
        recalls::endpoints(),
        jobs::endpoints(),
        books::endpoints(),
        usage::endpoints(),
        audit::endpoints(),
    ]
    .concat()
}

/// There is no such thing, as far as the caller may know.
fn missing(thing: Thing, id: impl ToString) -> Problem {
    Refusal::not_found(thing, id).into()
}

/// The lease of the path, where the caller may see it.
fn lease_of<'a>(look: &Look<'a>) -> Result<&'a LeaseRecord, Problem> {
    let text = look.path.get("lease").unwrap_or_default();
    let id = LeaseId::new(text).map_err(|_| missing(Thing::Lease, text))?;
    let record = look.live.desk().lease(&id);
    let seen = record.filter(|record| look.caller.sees(&record.lease().tenant.id));
    seen.ok_or_else(|| missing(Thing::Lease, text))
}

//! Stands in for two questions that the contract will answer.
use leasehold_contract::recall::RecallRecord;
use leasehold_contract::{EvalError, Facts, Lease};
use leasehold_types::{Instant, TrancheId};

pub(crate) fn latest_return(
    lease: &Lease,
    _facts: &Facts,
    _tranche: &TrancheId,
    release: Instant,
) -> Result<Instant, EvalError> {
    let longest = lease.recall.as_ref().and_then(|c| c.limits.longest);
    let end = lease.start_of(lease.term.end);
    Ok(longest.map_or(end, |longest| release.saturating_add(longest).min(end)))
}

pub(crate) trait Rests {
    fn rests_until(&self, lease: &Lease) -> Option<Instant>;
}
impl Rests for RecallRecord {
    fn rests_until(&self, lease: &Lease) -> Option<Instant> {
        let rest = lease.recall.as_ref()?.limits.rest_after_return;
        let next = lease.zone.date_of(self.returns).tomorrow().ok()?;
        self.returned.then(|| self.returns.saturating_add(rest).max(lease.start_of(next)))
    }
}

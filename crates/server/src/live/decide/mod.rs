//! What follows from an act.
//!
//! Whatever is due by the clock comes first, so that nothing is decided on a state that is already
//! past. Then who asks is looked up, and what that allows. What a tenant may not see does not exist
//! for it: a foreign id is refused in the same words as one that nobody has.

mod access;
mod desk;
mod quote;
mod record;

use leasehold_types::{Instant, LeaseId};

use super::{Act, ActKind, Body, Caller, Entry, Live, Refusal, Right, Thing};

/// Longest reason, in bytes.
pub const REASON_MAX_BYTES: usize = leasehold_desk::TEXT_MAX_BYTES;

/// What is asked, of which state, by whom, when.
#[derive(Clone, Copy)]
struct Asked<'a> {
    live: &'a Live,
    caller: &'a Caller,
    now: Instant,
}

type Decided = Result<Vec<Body>, Refusal>;

impl Live {
    /// What follows from `act` at `now`. The state does not change: apply the entries, in order,
    /// before the next act.
    ///
    /// # Errors
    /// [`Refusal`], with its reason and the next step.
    pub fn decide(&self, act: &Act, now: Instant) -> Result<Vec<Entry>, Refusal> {
        if now < self.now {
            return Err(Refusal::ClockWentBack { now, last: self.now });
        }
        if let Some(due) = self.next_due().filter(|due| *due <= now) {
            return Err(Refusal::DueFirst { due });
        }
        let caller = self.access.caller(&self.owner, &act.by, now)?;
        let bodies = Asked { live: self, caller: &caller, now }.decide(&act.kind)?;
        let entry = |body| Entry { at: now, by: act.by.clone(), body };
        Ok(bodies.into_iter().map(entry).collect())
    }
}

impl<'a> Asked<'a> {
    fn decide(self, kind: &ActKind) -> Decided {
        match kind {
            ActKind::Quote { id, step } => self.quote(id, step),
            ActKind::Confirm { quote, approval } => self.confirm(quote, approval),
            ActKind::Approve { approval } => self.approve(approval),
            ActKind::Decline { approval, reason } => self.decline(approval, reason),
            ActKind::Do(command) => self.command(command),
            ActKind::Record(events) => self.record(events),
            ActKind::SetPolicy(policy) => {
                self.caller.needs(Right::PolicyWrite)?;
                Ok(vec![Body::PolicySet(policy.clone())])
            }
            _ => self.access(kind),
        }
    }

    /// A lease that the caller may see.
    fn lease(self, id: &LeaseId) -> Result<&'a leasehold_desk::LeaseRecord, Refusal> {
        let record = self.live.desk.lease(id);
        let seen = record.filter(|record| self.caller.sees(&record.lease().tenant.id));
        seen.ok_or_else(|| Refusal::not_found(Thing::Lease, id))
    }

    /// Passes where the caller speaks for the owner.
    fn owners(self, what: &'static str) -> Result<(), Refusal> {
        match self.caller.side {
            leasehold_contract::lease::Side::Owner => Ok(()),
            leasehold_contract::lease::Side::Tenant => {
                Err(Refusal::NotTheirs { what, whose: "owner" })
            }
        }
    }
}

/// A reason or another text that goes on record.
fn check_text(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.len() > REASON_MAX_BYTES {
        let why = format!("has {} bytes; shorten it to {REASON_MAX_BYTES}", text.len());
        return Err(Refusal::Invalid { field, why });
    }
    Ok(())
}

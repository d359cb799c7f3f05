//! Notices to end a lease.

use leasehold_contract::lease::Side;
use leasehold_types::{Instant, LeaseId};

use super::{Asked, Decided};
use crate::{EventKind, LeaseRefusal, Refusal};

impl Asked<'_> {
    pub(super) fn serve_notice(
        self,
        id: &LeaseId,
        side: Side,
        received: Instant,
        reason: &str,
    ) -> Decided {
        let record = self.standing(id)?;
        let no = |why| Refusal::lease(id, why);
        if received > self.now {
            return Err(no(LeaseRefusal::NotReceived { received }));
        }
        let lease = record.lease();
        let notice = record.notices.serve(lease, side, received).map_err(|why| no(why.into()))?;
        let (ends, effective) = (notice.ends, lease.start_of(notice.ends));
        if effective < self.now {
            return Err(no(LeaseRefusal::NoticePast { received, ends }));
        }
        let (lease, reason) = (id.clone(), reason.to_owned());
        Ok(vec![EventKind::NoticeServed { lease, side, received, ends, effective, reason }])
    }

    pub(super) fn withdraw_notice(self, id: &LeaseId, side: Side, consent: &str) -> Decided {
        let record = self.standing(id)?;
        let withdrawn = record.notices.withdraw(record.lease(), side, self.now, consent);
        let withdrawal = withdrawn.map_err(|why| Refusal::lease(id, why))?;
        let (lease, consent) = (id.clone(), withdrawal.consent);
        Ok(vec![EventKind::NoticeWithdrawn { lease, side, consent }])
    }
}

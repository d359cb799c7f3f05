//! What the passing of time brings about: the desk's timers, and the close of each day's books.
//!
//! Whatever was due is done in order, each thing at the instant at which it was due, however late
//! the server was woken. A day is closed once it is over in the zone of every lease.

use leasehold_desk::{Command, decide};
use leasehold_types::{Date, Instant};

use super::{Body, Entry, Live, Refusal, Who};

impl Live {
    /// When something is due.
    pub fn next_due(&self) -> Option<Instant> {
        let close = self.next_close.map(|(_, over)| over);
        self.desk.next_due().into_iter().chain(close).min()
    }

    /// The entries of what is due first at `now`; none where nothing is.
    ///
    /// # Errors
    /// [`Refusal`] where the desk says no, which it does not for what is due.
    pub fn decide_due(&self, now: Instant) -> Result<Vec<Entry>, Refusal> {
        let desk = self.desk.next_due().filter(|due| *due <= now);
        let close = self.next_close.filter(|(_, over)| *over <= now);
        match (desk, close) {
            (Some(due), Some((_, over))) if due <= over => self.tick(now),
            (Some(_), None) => self.tick(now),
            (_, Some((through, over))) => {
                let body = Body::Closed { through };
                Ok(vec![Entry { at: over.max(self.now), by: Who::Clock, body }])
            }
            (None, None) => Ok(Vec::new()),
        }
    }

    fn tick(&self, now: Instant) -> Result<Vec<Entry>, Refusal> {
        let events = decide(&self.desk, &Command::tick(), now)?;
        let entry = |event: leasehold_desk::Event| Entry {
            at: event.at,
            by: Who::Clock,
            body: Body::Desk(event.by, event.kind),
        };
        Ok(events.into_iter().map(entry).collect())
    }

    /// The next day to close, and when it is over in the zone of every lease. The first is the day
    /// of the first signing.
    pub(super) fn find_next_close(&self) -> Option<(Date, Instant)> {
        let leases = || self.desk.leases().iter();
        let day = match self.closed {
            Some(closed) => closed.tomorrow().ok()?,
            None => leases().map(|record| record.lease().zone.date_of(record.signed)).min()?,
        };
        let after = day.tomorrow().ok()?;
        let over = leases().map(|record| record.lease().start_of(after)).max()?;
        Some((day, over))
    }
}

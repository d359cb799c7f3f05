//! On which days something is to be done for a lease.
//!
//! Everything here is a function of what the lease holds and of the day after which is asked, so a
//! close in steps goes through the same days as a close at once.

use leasehold_types::Date;

use crate::dates::{next_day, previous_day};

use super::lease_book::LeaseBook;

impl LeaseBook {
    /// The next day after `after` on which something is to be done; `None` where nothing is left.
    pub(crate) fn next_day(&self, after: Date) -> Option<Date> {
        self.next_but_month_end(after).into_iter().chain(self.next_month_end(after)).min()
    }

    /// The same, but for the end of a month, on which nothing is issued.
    pub(super) fn next_but_month_end(&self, after: Date) -> Option<Date> {
        let soonest = next_day(after);
        let boundary = {
            let next = self.boundaries.partition_point(|date| *date <= after);
            self.boundaries.get(next).copied()
        };
        let changes = self.known.as_ref().map(|known| known.valid_until.max(soonest));
        let days = [
            boundary,
            changes.filter(|date| *date < Date::MAX),
            self.next_bill_after_end(after),
            self.next_pending(after).map(|date| date.max(soonest)),
        ];
        days.into_iter().flatten().min()
    }

    /// The day of the first event that waits; once the lease is over no bill comes by itself, so
    /// then every event is for its own day.
    fn next_pending(&self, after: Date) -> Option<Date> {
        let over = self.end().is_some_and(|end| end <= after);
        let first = self.pending.keys().next().filter(|_| over);
        let event = first.or(self.waking.first()).map(|(at, _)| self.day_of(*at));
        let used = self.pending_use.keys().next().copied().filter(|_| over);
        event.into_iter().chain(used).min()
    }

    fn next_month_end(&self, after: Date) -> Option<Date> {
        let first = *self.boundaries.first()?;
        let next = next_day(after).max(first).last_of_month();
        let cut_off = self.policy.cut_off.filter(|date| *date > after && *date >= first);
        let next = cut_off.map_or(next, |date| date.min(next));
        (!self.is_finished(after)).then_some(next)
    }

    /// Once the lease is over, what changes is billed on the first of a month.
    fn next_bill_after_end(&self, after: Date) -> Option<Date> {
        let end = self.end().filter(|end| *end <= after)?;
        let next = next_day(after.max(end).last_of_month());
        self.is_dirty().then_some(next)
    }

    /// Whether the lease is over and nothing is left to be billed or recognised.
    fn is_finished(&self, after: Date) -> bool {
        self.finished && !self.is_dirty() && self.end().is_some_and(|end| end <= after)
    }

    /// Whether `date` is one on which invoices are issued.
    pub(crate) fn bills_on(&self, date: Date) -> bool {
        let boundary = self.boundaries.binary_search(&date).is_ok();
        let after = self.end().is_some_and(|end| end < date) && date == date.first_of_month();
        boundary || (after && self.is_dirty()) || self.is_behind(date)
    }

    /// Whether a day of issue before `date` was missed: the lease was parked then, or nobody knew
    /// that a period ended. It is made up for as soon as the lease can be computed.
    fn is_behind(&self, date: Date) -> bool {
        let before = self.boundaries.partition_point(|boundary| *boundary < date);
        let last = before.checked_sub(1).map(|i| self.boundaries[i]);
        last.is_some_and(|last| self.billed_at.is_none_or(|billed_at| billed_at < last))
    }

    /// The day before the first on which anything can happen.
    pub(crate) fn before_all(&self) -> Date {
        let first = self.boundaries.first().copied();
        let pending = self.pending.values().next().map(|event| self.day_of(event.at));
        let day = [first, pending].into_iter().flatten().min();
        previous_day(day.unwrap_or(self.first.effective))
    }
}

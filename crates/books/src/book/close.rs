//! Closing days: each lease on each of its days, in the order of the days, then of the leases.

use std::collections::BTreeSet;

use leasehold_types::{Date, LeaseId};

use crate::BooksError;
use crate::event::Event;

use super::lease_book::LeaseBook;
use super::plan::DayPlan;
use super::shared::Shared;
use super::{Books, Closed, Parked};

impl Books {
    /// Closes every day through `through`: issues what is due, books what ended.
    pub fn close(&mut self, through: Date) -> Closed {
        self.close_with(through, |jobs| jobs.iter().map(PlanJob::plan).collect())
    }

    /// As [`Books::close`], with the plans of a day worked out by `planner`, which may do so on
    /// several threads. It gives one plan for each job, in the order of the jobs.
    pub fn close_with(
        &mut self,
        through: Date,
        planner: impl Fn(&[PlanJob<'_>]) -> Vec<Result<DayPlan, BooksError>>,
    ) -> Closed {
        self.close_asking(through, &planner, &mut |_| ())
    }

    /// Closes; `issuing` is called each time before documents may be issued.
    pub(super) fn close_asking(
        &mut self,
        through: Date,
        planner: &impl Fn(&[PlanJob<'_>]) -> Vec<Result<DayPlan, BooksError>>,
        issuing: &mut dyn FnMut(&mut Shared),
    ) -> Closed {
        let mut closed = Closed::default();
        let before = self.shared.journal.entries().len();
        let mut agenda: BTreeSet<(Date, LeaseId)> = BTreeSet::new();
        for (id, book) in &mut self.leases {
            if let Some(day) = book.first_day(through) {
                agenda.insert((day, id.clone()));
            }
        }
        while let Some((date, _)) = agenda.first().filter(|(date, _)| *date <= through).cloned() {
            let due: Vec<LeaseId> = agenda
                .iter()
                .take_while(|(day, _)| *day == date)
                .map(|(_, id)| id.clone())
                .collect();
            self.close_day(date, &due, planner, issuing, &mut closed);
            for id in due {
                agenda.remove(&(date, id.clone()));
                let next = self.leases.get(&id).and_then(|book| book.next_day(date));
                agenda.extend(next.map(|next| (next, id)));
            }
        }
        for book in self.leases.values_mut() {
            book.closed = book.closed.max(Some(through));
        }
        let entries = self.shared.journal.entries().len() - before;
        closed.entries = u64::try_from(entries).unwrap_or(u64::MAX);
        closed.parked = self.parked().keys().map(|id| (*id).clone()).collect();
        closed
    }

    fn close_day(
        &mut self,
        date: Date,
        due: &[LeaseId],
        planner: &impl Fn(&[PlanJob<'_>]) -> Vec<Result<DayPlan, BooksError>>,
        issuing: &mut dyn FnMut(&mut Shared),
        closed: &mut Closed,
    ) {
        let mut later: Vec<(LeaseId, Vec<Event>)> = Vec::new();
        let mut planned: Vec<LeaseId> = Vec::new();
        for id in due {
            let Some(book) = self.leases.get_mut(id) else { continue };
            later.push((id.clone(), book.absorb(date)));
            match book.update(date) {
                Ok(()) => planned.push(id.clone()),
                Err(error) => book.park(date, error),
            }
        }
        let jobs: Vec<PlanJob<'_>> =
            planned.iter().filter_map(|id| self.leases.get(id)).map(|b| b.job(date)).collect();
        let plans = planner(&jobs);
        let issues = |plan: &DayPlan| plan.draft.is_some() || !plan.notes.is_empty();
        if plans.iter().flatten().any(issues) || later.iter().any(|(_, events)| !events.is_empty())
        {
            issuing(&mut self.shared);
        }
        for (id, plan) in planned.iter().zip(plans) {
            let Some(book) = self.leases.get_mut(id) else { continue };
            match plan.and_then(|plan| book.carry_out(plan, &mut self.shared, closed)) {
                Ok(()) => book.parked = None,
                Err(error) => book.park(date, error),
            }
        }
        for (id, events) in later {
            let Some(book) = self.leases.get_mut(&id) else { continue };
            for event in &events {
                if let Err(error) = book.move_money(event, date, &mut self.shared, closed) {
                    book.park(date, error);
                }
            }
        }
    }
}

/// The plan of one lease for one day, to be worked out.
#[derive(Debug, Clone, Copy)]
pub struct PlanJob<'a> {
    book: &'a LeaseBook,
    date: Date,
    bills: bool,
    month: bool,
}

impl PlanJob<'_> {
    /// Works it out.
    ///
    /// # Errors
    /// [`BooksError`] where the lease cannot be computed: it is then parked.
    pub fn plan(&self) -> Result<DayPlan, BooksError> {
        self.book.plan(self.date, self.bills, self.month)
    }
}

impl LeaseBook {
    /// The first day on which something is to be done, up to `through`.
    pub(super) fn first_day(&mut self, through: Date) -> Option<Date> {
        if self.closed.is_some_and(|closed| closed >= through) {
            return None;
        }
        if let Err(error) = self.begin() {
            let day = self.closed.map_or(self.first.effective, crate::dates::next_day);
            self.park(day, error);
            return Some(day);
        }
        let after = self.closed.unwrap_or_else(|| self.before_all());
        self.next_day(after)
    }

    pub(super) fn job(&self, date: Date) -> PlanJob<'_> {
        let month = date == date.last_of_month() || self.policy.cut_off == Some(date);
        PlanJob { book: self, date, bills: self.bills_on(date), month }
    }

    pub(super) fn park(&mut self, date: Date, because: BooksError) {
        let since = self.parked.as_ref().map_or(date, |parked| parked.since);
        self.parked = Some(Parked { since, because });
    }
}

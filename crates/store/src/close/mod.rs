//! The close of many leases, durably.
//!
//! A close goes in steps: to the next day on which some lease may issue a document, and so on to
//! the day asked for. In each step the leases that have something due are closed in parts of
//! [`PART_LEASES_MAX`], in the order of their ids, on one or several threads; memory holds a few
//! parts and never all leases. Documents are numbered part after part, so the numbers do not depend
//! on threads.
//!
//! A part commits as a whole: its entries go to the ledger first, each with an id that follows from
//! its lease and its place among that lease's entries, then one frame holds its documents and how
//! its leases stand. A run that is killed goes on at the first part that is not there, in the step
//! of the last one that is, whatever day the leases that are left would choose; entries that were
//! posted already are found by their ids and are the same. So it ends in the same bytes as a run
//! that was not killed.

mod output;
mod part;
mod run;
mod text;
mod turn;

use leasehold_types::{Date, LeaseId};

use crate::StoreError;
use crate::directory::Directory;
use crate::usage::LeaseNo;
use crate::usage::days::{date_of_day, day_number};

pub(crate) use output::{NO_DAY, Output, Record, Step};
pub(crate) use part::{give_use, read_state};
pub(crate) use text::unfold;

/// Leases that are closed together; what they hold and produce is in memory at once.
pub const PART_LEASES_MAX: usize = 512;

/// Most threads of a close.
pub const THREADS_MAX: usize = 64;

/// Parked leases that a report names.
pub const PARKED_NAMED_MAX: usize = 100;

/// What a close did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Leases that had something due; one counts once for each step in which it had.
    pub leases: u64,
    /// Invoices that were issued.
    pub invoices: u64,
    /// Credit notes that were issued.
    pub credit_notes: u64,
    /// Entries that were posted.
    pub entries: u64,
    /// Leases that could not be computed, by id, at most [`PARKED_NAMED_MAX`].
    pub parked: Vec<LeaseId>,
    /// How many there are.
    pub parked_count: u64,
    /// Whether it was stopped before its end; the same close goes on there.
    pub stopped: bool,
}

/// How a close goes about its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Threads that work parts out. What is written does not depend on them.
    pub threads: usize,
    /// Leases of a part, at most [`PART_LEASES_MAX`]. A close that was killed goes on with as many.
    pub part_leases: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { threads: 1, part_leases: PART_LEASES_MAX }
    }
}

/// How far a close is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The day that the step closes.
    pub day: Date,
    /// Leases of the step that are done.
    pub done: u64,
    /// Leases that have something due in the step.
    pub of: u64,
}

impl Directory {
    /// Closes every day through `through`; what is done already stays. After each part `progress` is
    /// told, and says whether to go on.
    ///
    /// # Errors
    /// [`StoreError`] where something cannot be read or written; what was closed by then is kept.
    pub fn close(
        &mut self,
        through: Date,
        pace: Pace,
        progress: &mut (dyn FnMut(Progress) -> bool + Send),
    ) -> Result<Report, StoreError> {
        let mut report = Report::default();
        self.usage.settle()?;
        loop {
            let day = self.next_step(through);
            let due = self.due(day);
            if !due.is_empty() && !run::step(self, day, &due, pace, progress, &mut report)? {
                report.stopped = true;
                return Ok(report);
            }
            if day >= through {
                break;
            }
            self.closed_step = Some(day);
        }
        self.closed_step = None;
        self.name_parked(&mut report);
        if self.output.closed() < Some(through) {
            self.output.end(through)?;
        }
        self.usage.closed_through(through);
        Ok(report)
    }

    /// The day to which the next step goes: the first on which some lease may issue a document. A
    /// step that was begun and did not come to its end comes first: the leases that are done may
    /// have been those for whose sake it went to its day.
    fn next_step(&self, through: Date) -> Date {
        if let Some(begun) = self.begun_step().filter(|step| step.day <= through) {
            return begun.day;
        }
        let last = day_number(through);
        let first = self.register.numbers().map(|lease| self.days(lease).1).min();
        let first = first.unwrap_or(NO_DAY).max(self.least_day());
        if first >= last { through } else { date_of_day(first).unwrap_or(through) }
    }

    /// The step that a close which was stopped or killed left, some of its leases or all of them
    /// being done.
    fn begun_step(&self) -> Option<&Step> {
        let closed = self.output.closed().max(self.closed_step);
        self.output.step.as_ref().filter(|step| Some(step.day) > closed)
    }

    /// Leases that have something due by `day`, in the order of their ids, without those that are
    /// done where that step was begun before.
    fn due(&self, day: Date) -> Vec<LeaseNo> {
        let begun = self.begun_step().filter(|step| step.day == day);
        let is_done = |lease: &LeaseNo| begun.is_some_and(|step| step.done.contains(lease));
        let day = day_number(day);
        let due = self.register.in_order().filter(|lease| self.days(*lease).0 <= day);
        due.filter(|lease| !is_done(lease)).collect()
    }

    /// The first day that is not closed: no step goes to an earlier one.
    fn least_day(&self) -> i32 {
        let closed = self.output.closed().max(self.closed_step);
        closed.map_or(i32::MIN, |closed| day_number(closed).saturating_add(1))
    }

    /// The next day on which a lease has something due, and on which it may issue a document.
    fn days(&self, lease: LeaseNo) -> (i32, i32) {
        let (mut due, mut issue, over) = match self.output.state(lease) {
            Some(state) => (state.standing.due, state.standing.issue, state.standing.over),
            None => {
                let (due, issue) = self.register.first_days(lease);
                (due, issue, false)
            }
        };
        let waking = self.events.unread(lease).iter().filter(|event| event.wakes || over);
        if let Some(first) = waking.map(|event| event.at).min() {
            let day = self
                .register
                .zone(lease)
                .map(|zone| day_number(zone.date_of(leasehold_types::Instant::from_second(first))));
            let day = day.unwrap_or(i32::MIN).max(self.least_day());
            (due, issue) = (due.min(day), issue.min(day));
        }
        let read = self.output.state(lease).map_or(0, |state| state.standing.usage_read);
        if over && self.usage.last_frame(lease) > read {
            let day = self.least_day();
            (due, issue) = (due.min(day), issue.min(day));
        }
        (due, issue)
    }

    fn name_parked(&self, report: &mut Report) {
        let parked =
            |lease: &LeaseNo| self.output.state(*lease).is_some_and(|state| state.standing.parked);
        for lease in self.register.in_order().filter(parked) {
            report.parked_count += 1;
            if report.parked.len() < PARKED_NAMED_MAX {
                report.parked.extend(self.register.id(lease).cloned());
            }
        }
    }
}

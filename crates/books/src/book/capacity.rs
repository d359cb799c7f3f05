//! What capacity stood at the tenant's disposal, day by day, and what was recalled: what documents
//! say besides money. As it is known now; what is learnt later changes it, unlike what was billed.

use std::borrow::Cow;

use leasehold_types::{AcceleratorSeconds, Date, Instant, Overflow, Period, TrancheId};

use crate::dates::next_day;
use crate::event::{Event, EventKey, EventKind};
use crate::rating::{Steps, steps_of};
use crate::{BooksError, Trouble};

use super::LeaseBook;

/// Most days for which capacity is told at once: a century.
pub const CAPACITY_DAYS_MAX: i64 = 36_525;

/// What capacity stood at the tenant's disposal on one civil day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCapacity {
    /// The day.
    pub day: Date,
    /// Its instants.
    pub period: Period,
    /// Tranche by tranche, in the order of the lease; those that commit something.
    pub tranches: Vec<TrancheTime>,
}

/// Accelerator-time of one tranche within a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrancheTime {
    /// Which tranche.
    pub tranche: TrancheId,
    /// Committed.
    pub committed: AcceleratorSeconds,
    /// Of it, not yet delivered.
    pub undelivered: AcceleratorSeconds,
    /// Of it, recalled; the union, no unit twice.
    pub recalled: AcceleratorSeconds,
}

/// A recall, from its release to its return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recall {
    /// The event that told of it.
    pub key: EventKey,
    /// From which tranche.
    pub tranche: TrancheId,
    /// From release to return.
    pub period: Period,
    /// The notice class by which it was taken.
    pub class: String,
    /// Whether the clause allowed it.
    pub within_clause: bool,
}

impl LeaseBook {
    /// The lease with what is known of it: itself, or where books were read back and not closed
    /// since, one in which it is found again.
    ///
    /// # Errors
    /// [`BooksError`] where the lease cannot be computed.
    pub fn with_known(&self) -> Result<Cow<'_, LeaseBook>, BooksError> {
        if self.known().is_some() {
            return Ok(Cow::Borrowed(self));
        }
        let mut begun = self.clone();
        begun.begin()?;
        Ok(Cow::Owned(begun))
    }

    /// The first instant of `date`, in the zone that governs then.
    pub fn start_of(&self, date: Date) -> Instant {
        self.known().map_or_else(|| self.first.start_of(date), |known| known.start_of(date))
    }

    /// What capacity stood at the tenant's disposal on each day of `from <= day < until`.
    ///
    /// # Errors
    /// [`BooksError`] where the lease cannot be computed, or these are more than
    /// [`CAPACITY_DAYS_MAX`] days.
    pub fn capacity(&self, from: Date, until: Date) -> Result<Vec<DayCapacity>, BooksError> {
        if leasehold_types::days_between(from, until) > CAPACITY_DAYS_MAX {
            let days = Trouble::Overflow(format!("capacity of more than {CAPACITY_DAYS_MAX} days"));
            return Err(days.at(&self.first.id, format!("capacity, {from} to {until}")));
        }
        self.with_rater(|rater| {
            let mut days = Vec::new();
            for (span, evaluation, first, end) in rater.versions(from, until) {
                let steps = steps_of(evaluation, &span.facts, rater.known.period(first, end))?;
                let mut day = first;
                while day < end {
                    let next = next_day(day);
                    let told = of_day(day, rater.known.period(day, next), &steps);
                    days.push(told.map_err(|overflow| {
                        Trouble::from(overflow).at(&self.first.id, format!("capacity on {day}"))
                    })?);
                    day = next;
                }
            }
            Ok(days)
        })
    }

    /// The recalls that count, in the order of their release.
    pub fn recalls(&self) -> Vec<Recall> {
        let counting: Vec<&Event> = self.history.counting().collect();
        let mut recalls: Vec<Recall> = counting.iter().filter_map(|event| recall(event)).collect();
        for event in counting {
            if let EventKind::RecallReturned(back) = &event.kind
                && let Some(recall) = recalls.iter_mut().find(|recall| recall.key == back.recall)
            {
                recall.period = Period::new(recall.period.start(), back.returned);
            }
        }
        recalls.sort_by(|a, b| (a.period.start(), &a.key).cmp(&(b.period.start(), &b.key)));
        recalls
    }
}

fn recall(event: &Event) -> Option<Recall> {
    let EventKind::Recalled(recall) = &event.kind else { return None };
    Some(Recall {
        key: event.key.clone(),
        tranche: recall.tranche.clone(),
        period: recall.period(),
        class: recall.class.clone(),
        within_clause: recall.within_clause,
    })
}

fn of_day(day: Date, period: Period, steps: &[Steps]) -> Result<DayCapacity, Overflow> {
    let mut tranches = Vec::new();
    for tranche in steps {
        let mut time = TrancheTime {
            tranche: tranche.tranche.clone(),
            committed: AcceleratorSeconds::ZERO,
            undelivered: AcceleratorSeconds::ZERO,
            recalled: AcceleratorSeconds::ZERO,
        };
        let mut at = period.start();
        let next = tranche.steps.partition_point(|(instant, _)| *instant <= at);
        let inner = tranche.steps[next..].iter().map(|(instant, _)| *instant);
        for cut in inner.take_while(|instant| *instant < period.end()).chain([period.end()]) {
            let (standing, length) = (tranche.at(at), cut.since(at));
            time.committed = time.committed.checked_add(standing.committed.over(length))?;
            time.undelivered = time.undelivered.checked_add(standing.undelivered.over(length))?;
            time.recalled = time.recalled.checked_add(standing.recalled.over(length))?;
            at = cut;
        }
        if !time.committed.is_zero() {
            tranches.push(time);
        }
    }
    Ok(DayCapacity { day, period, tranches })
}

//! Which heads have to be looked at, and what is owed under them.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_types::Date;

use crate::BooksError;
use crate::dates::next_day;
use crate::invoice::HeadState;
use crate::rating::{ChargeKind, Head, RatedLine};

use super::lease_book::LeaseBook;
use super::plan::{DayPlan, counts};
use super::rater::Rater;

impl LeaseBook {
    /// Everything that is owed and due by `date` under the heads that have to be looked at.
    pub(super) fn targets(
        &self,
        rater: &Rater<'_>,
        date: Date,
    ) -> Result<BTreeMap<Head, Vec<RatedLine>>, BooksError> {
        let mut targets: BTreeMap<Head, Vec<RatedLine>> = BTreeMap::new();
        let boundaries = self.boundaries();
        let mut looked_at: Vec<(Date, Date)> = Vec::new();
        for pair in boundaries.windows(2) {
            let (from, until) = (pair[0], pair[1]);
            let open = self.billed_at.is_none_or(|billed_at| until > billed_at);
            if from > date || !(open || self.is_dirty_in(from, until)) {
                continue;
            }
            looked_at.push((from, until));
            let lines =
                if until <= date { rater.period(from, until)? } else { rater.fees(from, until)? };
            for line in lines.into_iter().filter(|line| line.invoiced_on <= date && counts(line)) {
                targets.entry(line.head.clone()).or_default().push(line);
            }
        }
        self.true_ups(rater, date, &mut targets)?;
        self.others(boundaries, &looked_at, &mut targets);
        Ok(targets)
    }

    /// True-ups of the commitments whose periods have ended and have to be looked at.
    fn true_ups(
        &self,
        rater: &Rater<'_>,
        date: Date,
        targets: &mut BTreeMap<Head, Vec<RatedLine>>,
    ) -> Result<(), BooksError> {
        let Some(end) = self.end() else { return Ok(()) };
        for period in rater.commitment_periods(Date::MIN, date, end)? {
            let open = self.billed_at.is_none_or(|billed_at| period.until > billed_at);
            if !open && !self.is_dirty_in(period.from, period.until) {
                continue;
            }
            let head = period.head();
            let line = rater.true_up(&period, self.boundaries())?;
            if line.is_some() || self.heads.contains_key(&head) {
                targets.entry(head).or_default().extend(line);
            }
        }
        Ok(())
    }

    /// Heads that were billed before and are owed nothing any more.
    fn others(
        &self,
        boundaries: &[Date],
        looked_at: &[(Date, Date)],
        targets: &mut BTreeMap<Head, Vec<RatedLine>>,
    ) {
        let (first, last) = (boundaries.first(), boundaries.last());
        let seen: BTreeSet<&Head> = targets.keys().collect();
        let mut missing = Vec::new();
        for head in self.heads.keys().filter(|head| !seen.contains(head)) {
            let in_scope = match head.kind {
                ChargeKind::GrantedCredit => false,
                ChargeKind::CommitmentTrueUp => {
                    self.is_dirty_in(head.period, next_day(head.period))
                }
                _ => {
                    let gone = first.is_none_or(|first| head.period < *first)
                        || last.is_some_and(|last| head.period >= *last);
                    gone || looked_at.iter().any(|(f, u)| *f <= head.period && head.period < *u)
                }
            };
            if in_scope {
                missing.push(head.clone());
            }
        }
        for head in missing {
            targets.insert(head, Vec::new());
        }
    }

    /// Heads of periods that have ended by the close of `date`, rated for recognition where the
    /// bill did not just do so.
    pub(super) fn rated_by(
        &self,
        rater: &Rater<'_>,
        date: Date,
        plan: &DayPlan,
    ) -> Result<Vec<(Head, HeadState)>, BooksError> {
        let close = next_day(date);
        let mut rated: Vec<(Head, HeadState)> = Vec::new();
        if plan.bills && !self.boundaries().contains(&close) {
            return Ok(rated);
        }
        let billed_at = if plan.bills { Some(date) } else { self.billed_at };
        let mut lines: BTreeMap<Head, Vec<RatedLine>> = BTreeMap::new();
        let mut seen: BTreeSet<Head> = BTreeSet::new();
        for pair in self.boundaries().windows(2) {
            let (from, until) = (pair[0], pair[1]);
            let open = billed_at.is_none_or(|billed_at| until > billed_at);
            let dirty = !plan.bills && self.is_dirty_in(from, until);
            if until > close || !(open || dirty) {
                continue;
            }
            let of_it = self
                .heads
                .keys()
                .filter(|h| h.is_variable() && from <= h.period && h.period < until);
            seen.extend(of_it.cloned());
            for line in rater.variable(from, until)? {
                lines.entry(line.head.clone()).or_default().push(line);
            }
        }
        if let Some(end) = self.end() {
            for period in rater.commitment_periods(Date::MIN, close, end)? {
                let open = billed_at.is_none_or(|billed_at| period.until > billed_at);
                let dirty = !plan.bills && self.is_dirty_in(period.from, period.until);
                if open || dirty {
                    let line = rater.true_up(&period, self.boundaries())?;
                    seen.insert(period.head());
                    lines.entry(period.head()).or_default().extend(line);
                }
            }
        }
        seen.extend(lines.keys().cloned());
        for head in seen {
            let mut state = self.heads.get(&head).cloned().unwrap_or_default();
            let of_it = lines.remove(&head).unwrap_or_default();
            state.rate(&of_it).map_err(|e| e.at(&self.first.id, format!("{}", head.kind)))?;
            rated.push((head, state));
        }
        Ok(rated)
    }
}

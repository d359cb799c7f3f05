//! One pass over the events that count: from them the facts, the notices, the health.

use std::sync::Arc;

use leasehold_contract::facts::{
    Delivery, Reduction, ReductionCause, TakenUnits, Taking, UnitRange,
};
use leasehold_contract::lease::{RecallRight, Remedy, TaxRule, Tranche};
use leasehold_contract::{Facts, Lease};
use leasehold_types::{Date, Period, TrancheId, Units};

use crate::dates::previous_day;
use crate::event::{Event, EventKey, EventKind};
use crate::{BooksError, Trouble};

use super::known::{Excusal, Known};
use super::versions::Span;
use super::{Deliveries, Finding};

pub(super) struct Fold<'a> {
    pub(super) first: &'a Arc<Lease>,
    pub(super) today: Date,
    pub(super) known: Known,
    pub(super) deliveries: Vec<Delivery>,
    /// Units that went back for good.
    pub(super) removals: Vec<Delivery>,
    /// Tranches for which a remedy was elected, and when.
    pub(super) elected: Vec<(TrancheId, Date)>,
    /// Without deliveries and takings, which each version gets for itself.
    pub(super) facts: Facts,
}

impl Fold<'_> {
    pub(super) fn take(&mut self, event: &Event) -> Result<(), BooksError> {
        match &event.kind {
            EventKind::NoticeGiven(notice) => {
                let lease = self.known.lease_at(event.moment()).clone();
                match self.known.notices.serve(&lease, notice.side, event.moment()) {
                    Ok(served) => self.known.notices.record(served),
                    Err(refusal) => {
                        self.find(event, format!("the notice does not count: {refusal}"))
                    }
                }
            }
            EventKind::NoticeWithdrawn(back) => {
                let lease = self.known.lease_at(event.moment()).clone();
                let book = &self.known.notices;
                match book.withdraw(&lease, back.side, event.moment(), &back.consent) {
                    Ok(withdrawal) => self.known.notices.record_withdrawal(withdrawal),
                    Err(refusal) => {
                        self.find(event, format!("the withdrawal does not count: {refusal}"));
                    }
                }
            }
            EventKind::Termination(end) => self.end_on(end.ends),
            EventKind::Delivered(came) => {
                self.check_tranche(&came.tranche, event)?;
                let (tranche, on, units) = (came.tranche.clone(), came.on, came.units);
                self.deliveries.push(Delivery { tranche, on, units });
            }
            EventKind::Removed(gone) => {
                self.check_tranche(&gone.tranche, event)?;
                let (tranche, on, units) = (gone.tranche.clone(), gone.on, gone.units);
                self.removals.push(Delivery { tranche, on, units });
            }
            EventKind::LateElection(_) | EventKind::RecallElected(_) => self.elect(event)?,
            EventKind::TaxChange(tax) => {
                let (from, on, class) = (tax.from, tax.on, tax.class.clone());
                self.known.taxes.push(TaxRule { from, on, class });
            }
            EventKind::Outage(_) | EventKind::Spare(_) | EventKind::Excused(_) => {
                self.health(event)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn elect(&mut self, event: &Event) -> Result<(), BooksError> {
        match &event.kind {
            EventKind::LateElection(late) => {
                self.check_tranche(&late.tranche, event)?;
                let today = self.known.day_of(event.moment());
                self.elected.push((late.tranche.clone(), today));
                self.remedy(&late.tranche, late.remedy, late.from, late.keeps);
            }
            EventKind::RecallElected(much) => match (much.right, &much.tranche, much.keeps) {
                (RecallRight::Terminate, ..) => self.end_on(much.from),
                (RecallRight::Extend, ..) => {
                    let days = self.facts.extension_days.saturating_add(much.days.unwrap_or(0));
                    self.facts.extension_days = days;
                }
                (RecallRight::Reduce, Some(tranche), Some(keeps)) => {
                    self.check_tranche(tranche, event)?;
                    let (tranche, from) = (tranche.clone(), much.from);
                    let cause = ReductionCause::RecallElection;
                    self.facts.reductions.push(Reduction { tranche, from, keeps, cause });
                }
                (RecallRight::Reduce, ..) => {
                    self.find(
                        event,
                        "the election names no tranche or no units to keep".to_owned(),
                    );
                }
            },
            _ => {}
        }
        Ok(())
    }

    fn remedy(&mut self, tranche: &TrancheId, remedy: Remedy, from: Date, keeps: Option<Units>) {
        match remedy {
            Remedy::Wait => {}
            Remedy::Terminate => self.end_on(from),
            Remedy::AcceptFewer => {
                let came = self.deliveries.iter().filter(|d| d.tranche == *tranche && d.on <= from);
                let came = came.fold(0_u64, |sum, d| sum.saturating_add(d.units.0));
                let keeps = keeps.unwrap_or(Units(came));
                let (tranche, cause) = (tranche.clone(), ReductionCause::AcceptFewer);
                self.facts.reductions.push(Reduction { tranche, from, keeps, cause });
            }
        }
    }

    fn health(&mut self, event: &Event) -> Result<(), BooksError> {
        match &event.kind {
            EventKind::Outage(o) => {
                self.check_tranche(&o.tranche, event)?;
                let outage = (Period::new(o.from, o.until), o.units.0, o.node.clone());
                self.known.health_of(&o.tranche).outages.push(outage);
            }
            EventKind::Spare(s) => {
                self.check_tranche(&s.tranche, event)?;
                let spare = (Period::new(s.from, s.until), s.units.0);
                self.known.health_of(&s.tranche).spares.push(spare);
            }
            EventKind::Excused(e) => {
                if let Some(tranche) = &e.tranche {
                    self.check_tranche(tranche, event)?;
                }
                self.known.excusals.push(Excusal {
                    tranche: e.tranche.clone(),
                    period: Period::new(e.from, e.until),
                    units: e.units.map(|units| units.0),
                    because: e.because,
                });
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn finish(
        mut self,
        counting: &[&Event],
        policy: Deliveries,
    ) -> Result<Known, BooksError> {
        self.silence(policy);
        let later = self.known.spans.iter().map(|span| span.from).find(|from| *from > self.today);
        if let Some(from) = later {
            // What silence means is read in the version of the day.
            self.known.changes_on(from);
        }
        if let Some(notice) = self.known.notices.governing() {
            let ends = notice.ends;
            self.end_on(ends);
        }
        let takings = self.takings(counting)?;
        for i in 0..self.known.spans.len() {
            let span = &self.known.spans[i];
            let (lease, governs) = (span.lease.clone(), (span.from, span.until));
            let mut facts = self.facts_for(&lease, governs, policy);
            facts.takings = clipped(&takings, &self.known.spans[i]);
            self.known.spans[i].facts = facts;
        }
        Ok(self.known)
    }

    /// What silence means once the time to elect is over; see the tranche's `late`.
    fn silence(&mut self, policy: Deliveries) {
        let lease = self.known.lease_on(self.today).clone();
        for tranche in &lease.tranches {
            let asked = self.known.asked_since(self.today, &tranche.id);
            let elected = |(id, on): &(TrancheId, Date)| *id == tranche.id && *on >= asked;
            if self.elected.iter().any(elected) || tranche.late.remedies.is_empty() {
                continue;
            }
            let decided = tranche.silence_from(asked);
            let eve = previous_day(decided);
            if self.delivered_by(tranche, eve, policy) >= tranche.units {
                continue;
            }
            if decided <= self.today {
                self.remedy(&tranche.id.clone(), tranche.late.silence, decided, None);
            } else {
                self.known.changes_on(decided);
            }
        }
    }

    fn delivered_by(&self, tranche: &Tranche, date: Date, policy: Deliveries) -> Units {
        let came = self.deliveries.iter().any(|d| d.tranche == tranche.id);
        if !came && policy == Deliveries::AsPromised {
            return tranche.units;
        }
        let by_then = |of: &[Delivery]| {
            let of_it = of.iter().filter(|d| d.tranche == tranche.id && d.on <= date);
            Units(of_it.fold(0_u64, |sum, d| sum.saturating_add(d.units.0)))
        };
        by_then(&self.deliveries).saturating_sub(by_then(&self.removals))
    }

    /// Deliveries to a tranche of a version that governs from the first of two days to before the
    /// second. Where units went back, or the version commits fewer than came before it, what came
    /// before is one delivery: what is left of them. What comes under it is as it is recorded: more
    /// than the version commits is an error.
    fn deliveries_to(&self, tranche: &Tranche, (from, until): (Date, Date)) -> Vec<Delivery> {
        let of_it = |of: &[Delivery]| -> Vec<Delivery> {
            of.iter().filter(|d| d.tranche == tranche.id && d.on < until).cloned().collect()
        };
        let sum = |of: &[Delivery], counts: &dyn Fn(&Delivery) -> bool| {
            let before = of.iter().filter(|d| counts(d));
            Units(before.fold(0_u64, |sum, d| sum.saturating_add(d.units.0)))
        };
        let (came, gone) = (of_it(&self.deliveries), of_it(&self.removals));
        let (had, went) = (sum(&came, &|d| d.on < from), sum(&gone, &|d| d.on <= from));
        if went.is_zero() && (had <= tranche.units || from == Date::MIN) {
            return came;
        }
        let units = had.saturating_sub(went).min(tranche.units);
        let before = Delivery { tranche: tranche.id.clone(), on: from, units };
        std::iter::once(before).chain(came.into_iter().filter(|d| d.on >= from)).collect()
    }

    /// The facts as far as they are about the tranches of this version.
    fn facts_for(&mut self, lease: &Lease, governs: (Date, Date), policy: Deliveries) -> Facts {
        let has = |id: &TrancheId| lease.tranches.iter().any(|t| t.id == *id);
        let mut facts = self.facts.clone();
        // A version that asks for other units asks for all of them anew.
        let asked = |id: &TrancheId| self.known.asked_since(governs.0, id);
        facts
            .reductions
            .retain(|r| has(&r.tranche) && r.from >= asked(&r.tranche) && r.from < governs.1);
        for tranche in &lease.tranches {
            let recorded = self.deliveries.iter().any(|d| d.tranche == tranche.id);
            let of_it = self.deliveries_to(tranche, governs);
            if !recorded && policy == Deliveries::AsPromised {
                facts.deliveries.push(promised(tranche, tranche.units));
                continue;
            }
            let came = of_it.iter().fold(0_u64, |sum, d| sum.saturating_add(d.units.0));
            let missing = tranche.units.saturating_sub(Units(came));
            facts.deliveries.extend(of_it);
            // What is not due yet is expected on its day, so that a fee in advance is whole.
            if tranche.delivery > self.today && !missing.is_zero() {
                facts.deliveries.push(promised(tranche, missing));
                self.known.changes_on(tranche.delivery);
            }
        }
        facts
    }

    fn takings(&mut self, counting: &[&Event]) -> Result<Vec<Taking>, BooksError> {
        let mut takings: Vec<(EventKey, Taking)> = Vec::new();
        for event in counting {
            if let EventKind::Recalled(recall) = &event.kind {
                self.check_tranche(&recall.tranche, event)?;
                let units = match (&recall.units, &recall.numbered) {
                    (Some(units), _) => TakenUnits::Counted(*units),
                    (None, numbered) => TakenUnits::Numbered(numbered.clone().unwrap_or_default()),
                };
                let taking = Taking {
                    tranche: recall.tranche.clone(),
                    period: recall.period(),
                    units,
                    class: recall.class.clone(),
                    within_clause: recall.within_clause,
                };
                takings.push((event.key.clone(), taking));
            }
        }
        for event in counting {
            if let EventKind::RecallReturned(back) = &event.kind {
                match takings.iter_mut().find(|(key, _)| *key == back.recall) {
                    Some((_, taking)) => {
                        taking.period = Period::new(taking.period.start(), back.returned);
                    }
                    None => {
                        let about = &back.recall;
                        self.find(event, format!("there is no recall {about} to return from"));
                    }
                }
            }
        }
        Ok(takings.into_iter().map(|(_, taking)| taking).collect())
    }

    fn end_on(&mut self, ends: Date) {
        self.facts.ends = Some(self.facts.ends.map_or(ends, |other| other.min(ends)));
        self.known.ends = self.facts.ends;
    }

    fn check_tranche(&self, tranche: &TrancheId, event: &Event) -> Result<(), BooksError> {
        if self.known.spans.iter().any(|span| span.lease.tranches.iter().any(|t| t.id == *tranche))
        {
            return Ok(());
        }
        let line = format!("{} {}", event.kind.word(), event.key);
        Err(Trouble::UnknownTranche(tranche.to_string()).at(&self.first.id, line))
    }

    fn find(&mut self, event: &Event, message: String) {
        let (lease, event) = (self.first.id.clone(), Some(event.key.clone()));
        self.known.findings.push(Finding { lease, event, message });
    }
}

fn promised(tranche: &Tranche, units: Units) -> Delivery {
    Delivery { tranche: tranche.id.clone(), on: tranche.delivery, units }
}

/// Takings of the tranches of this version, as far as it governs. One that goes on from an earlier
/// version takes at most the units that this one has.
fn clipped(takings: &[Taking], span: &Span) -> Vec<Taking> {
    let clip = |taking: &Taking| {
        let tranche = span.lease.tranches.iter().find(|t| t.id == taking.tranche)?;
        let period = taking.period.intersection(Period::new(span.start, span.end));
        let mut clipped = Taking { period, ..taking.clone() };
        if taking.period.start() < span.start {
            clipped.units = at_most(&taking.units, tranche.units);
        }
        (!period.is_empty()).then_some(clipped)
    };
    takings.iter().filter_map(clip).collect()
}

/// Of these units, those that a tranche of `most` has.
fn at_most(taken: &TakenUnits, most: Units) -> TakenUnits {
    match taken {
        TakenUnits::Counted(units) => TakenUnits::Counted((*units).min(most)),
        TakenUnits::Numbered(ranges) => {
            let within = |range: &UnitRange| {
                let count = range.count.min(most.0.saturating_sub(range.first));
                (count > 0).then_some(UnitRange { first: range.first, count })
            };
            TakenUnits::Numbered(ranges.iter().filter_map(within).collect())
        }
    }
}

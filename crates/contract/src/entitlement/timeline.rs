//! How each tranche stands on each civil day: promised, committed, delivered, recallable.
//!
//! All of it changes only as civil days begin, so it is kept as steps; a question costs a binary
//! search.

use leasehold_types::{Date, Units};

use crate::exact::{Days, add_days};
use crate::facts::Facts;
use crate::lease::{Lease, Tranche};
use crate::{EvalError, Problem};

/// How a tranche stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Standing {
    /// Units that the lease promised for this day when it was signed.
    pub(crate) promised: u64,
    /// Of them, still committed after reductions.
    pub(crate) committed: u64,
    /// Of those, delivered.
    pub(crate) delivered: u64,
    /// Of those, recallable: firm units come first.
    pub(crate) recallable: u64,
    /// Whether some are undelivered after the grace.
    pub(crate) late: bool,
}

impl Standing {
    pub(crate) fn undelivered(self) -> u64 {
        self.committed - self.delivered
    }

    pub(crate) fn given_up(self) -> u64 {
        self.promised - self.committed
    }
}

/// The steps of one tranche, by date; before the first it has no units.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    pub(crate) span: Days,
    steps: Vec<(Date, Standing)>,
}

/// All tranches together, cut wherever one of them changes.
#[derive(Debug, Clone)]
pub(crate) struct Stages {
    cuts: Vec<Date>,
    standings: Vec<Vec<Standing>>,
    nothing: Vec<Standing>,
}

/// The day on which the lease ends: by notice or otherwise, at the latest at its stated end.
pub(crate) fn lease_end(lease: &Lease, facts: &Facts) -> Result<Date, EvalError> {
    let stated = stated_end(lease, facts)?;
    Ok(facts.ends.map_or(stated, |ends| ends.min(stated)))
}

/// The stated end, extended where an election extended it.
pub(crate) fn stated_end(lease: &Lease, facts: &Facts) -> Result<Date, EvalError> {
    add_days(lease.term.end, i64::from(facts.extension_days))
        .map_err(|e| Problem::from(e).at(&lease.id, "term, stated end"))
}

impl Lease {
    /// This lease with its stated end, and that of the tranches that run to it, `days` later: what
    /// an election to extend makes of it.
    ///
    /// # Errors
    /// [`EvalError`] where a date does not fit.
    pub fn extended_by(&self, days: u32) -> Result<Lease, EvalError> {
        let facts = Facts { extension_days: days, ..Facts::default() };
        let end = stated_end(self, &facts)?;
        let mut extended = self.clone();
        for tranche in &mut extended.tranches {
            if tranche.until == self.term.end {
                tranche.until = end;
            }
        }
        extended.term.end = end;
        Ok(extended)
    }
}

/// One timeline for each tranche, in the order of the lease.
pub(crate) fn timelines(lease: &Lease, facts: &Facts) -> Result<Vec<Timeline>, EvalError> {
    check_names(lease, facts)?;
    lease.tranches.iter().map(|tranche| Timeline::of(lease, facts, tranche)).collect()
}

fn check_names(lease: &Lease, facts: &Facts) -> Result<(), EvalError> {
    let deliveries = facts.deliveries.iter().map(|d| (&d.tranche, "delivery"));
    let reductions = facts.reductions.iter().map(|r| (&r.tranche, "reduction"));
    for (id, what) in deliveries.chain(reductions) {
        if !lease.tranches.iter().any(|t| t.id == *id) {
            return Err(Problem::UnknownTranche(id.clone()).at(&lease.id, format!("facts, {what}")));
        }
    }
    Ok(())
}

impl Timeline {
    fn of(lease: &Lease, facts: &Facts, tranche: &Tranche) -> Result<Self, EvalError> {
        let line = || format!("tranche `{}`", tranche.id);
        let end = lease_end(lease, facts)?;
        let own_end =
            if tranche.until == lease.term.end { stated_end(lease, facts)? } else { tranche.until };
        let span = Days::new(tranche.delivery, own_end.min(end));
        let delivered = delivered_steps(facts, tranche).map_err(|p| p.at(&lease.id, line()))?;
        let kept = kept_steps(facts, tranche).map_err(|p| p.at(&lease.id, line()))?;
        let grace_end = add_days(tranche.delivery, i64::from(tranche.late.grace_days))
            .map_err(|e| Problem::from(e).at(&lease.id, line()))?;
        let mut cuts = vec![span.from, grace_end];
        cuts.extend(delivered.iter().chain(&kept).map(|(date, _)| *date));
        cuts.retain(|date| span.contains(*date));
        cuts.sort();
        cuts.dedup();
        let standing = |date: Date| {
            let committed = step_at(&kept, date).unwrap_or(tranche.units.0);
            let came = step_at(&delivered, date).unwrap_or(0).min(committed);
            Standing {
                promised: tranche.units.0,
                committed,
                delivered: came,
                recallable: came.saturating_sub(tranche.firm().0).min(tranche.recallable.0),
                late: came < committed && date >= grace_end,
            }
        };
        let mut steps: Vec<_> = cuts.into_iter().map(|date| (date, standing(date))).collect();
        steps.push((span.until, Standing::default()));
        Ok(Timeline { span, steps })
    }

    /// How the tranche stands on `date`.
    pub(crate) fn at(&self, date: Date) -> Standing {
        step_at(&self.steps, date).unwrap_or_default()
    }

    /// The days on which something changes.
    pub(crate) fn changes(&self) -> impl Iterator<Item = Date> + '_ {
        self.steps.iter().map(|(date, _)| *date)
    }
}

/// Units delivered to date, as steps.
fn delivered_steps(facts: &Facts, tranche: &Tranche) -> Result<Vec<(Date, u64)>, Problem> {
    let mut of_it: Vec<_> = facts.deliveries.iter().filter(|d| d.tranche == tranche.id).collect();
    of_it.sort_by_key(|d| d.on);
    let mut steps = Vec::with_capacity(of_it.len());
    let mut sum = Units::ZERO;
    for delivery in of_it {
        sum = sum.checked_add(delivery.units)?;
        if sum > tranche.units {
            return Err(Problem::DeliveredTooMany { delivered: sum, promised: tranche.units });
        }
        steps.push((delivery.on, sum.0));
    }
    Ok(steps)
}

/// Units still committed, as steps.
fn kept_steps(facts: &Facts, tranche: &Tranche) -> Result<Vec<(Date, u64)>, Problem> {
    let mut of_it: Vec<_> = facts.reductions.iter().filter(|r| r.tranche == tranche.id).collect();
    of_it.sort_by_key(|r| (r.from, std::cmp::Reverse(r.keeps)));
    let mut committed = tranche.units;
    let mut steps = Vec::with_capacity(of_it.len());
    for reduction in of_it {
        if reduction.keeps > committed {
            return Err(Problem::ReducedUpwards { keeps: reduction.keeps, committed });
        }
        committed = reduction.keeps;
        steps.push((reduction.from, committed.0));
    }
    Ok(steps)
}

/// The value of the last step at or before `date`.
fn step_at<T: Copy>(steps: &[(Date, T)], date: Date) -> Option<T> {
    let after = steps.partition_point(|(from, _)| *from <= date);
    after.checked_sub(1).map(|i| steps[i].1)
}

impl Stages {
    /// Puts `timelines` together.
    pub(crate) fn of(timelines: &[Timeline]) -> Self {
        let mut cuts: Vec<Date> = timelines.iter().flat_map(Timeline::changes).collect();
        cuts.sort();
        cuts.dedup();
        let at = |date: &Date| timelines.iter().map(|t| t.at(*date)).collect();
        let standings = cuts.iter().map(at).collect();
        Stages { cuts, standings, nothing: vec![Standing::default(); timelines.len()] }
    }

    /// How the tranches stand on `date`, in the order of the lease.
    pub(crate) fn at(&self, date: Date) -> &[Standing] {
        let after = self.cuts.partition_point(|cut| *cut <= date);
        after.checked_sub(1).map_or(&self.nothing, |i| &self.standings[i])
    }

    /// `span` cut wherever a tranche changes, with how the tranches stand in each part.
    pub(crate) fn within(&self, span: Days) -> impl Iterator<Item = (Days, &[Standing])> + '_ {
        let mut from = span.from;
        std::iter::from_fn(move || {
            if from >= span.until {
                return None;
            }
            let next = self.cuts.partition_point(|cut| *cut <= from);
            let until = self.cuts.get(next).map_or(span.until, |cut| (*cut).min(span.until));
            let part = (Days::new(from, until), self.at(from));
            from = until;
            Some(part)
        })
    }
}

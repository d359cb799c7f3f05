//! What lies ahead of a lease from a reporting date on: the version in force, and those that are
//! known to follow it.

use std::borrow::Cow;

use leasehold_types::{Date, Instant, Money, Ratio};

use crate::exact::{Days, day_of, smaller};
use crate::facts::{Reduction, ReductionCause};
use crate::lease::{Side, Tranche};
use crate::notice::{Notice, NoticeBook};
use crate::schedule::{Evaluation, Undisclosed};
use crate::term::{EndsBecause, Enforceable, RecallableWindow};
use crate::{EvalError, Facts, Lease, Problem};

/// A version of a lease and the days that it governs.
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    /// What it says.
    pub lease: &'a Lease,
    /// What is known, as far as it is about this version.
    pub facts: &'a Facts,
    /// The first day.
    pub from: Date,
    /// The first day after; [`Date::MAX`] for the last version.
    pub until: Date,
}

/// What lies ahead of a lease from a reporting date on.
#[derive(Debug, Clone)]
pub struct Horizon<'a> {
    /// In order; the first governs `today`.
    pub(super) versions: Vec<Governing<'a>>,
    pub(super) book: Cow<'a, NoticeBook>,
    pub(super) as_of: Instant,
    /// The first day after the reporting date.
    pub(super) today: Date,
    /// What was delivered less what was recognised of it, where it is known better than by the
    /// version in force.
    pub(super) behind: Option<Ratio>,
}

/// A version, extended where an election extended it.
#[derive(Debug, Clone)]
pub(super) struct Governing<'a> {
    pub(super) lease: Cow<'a, Lease>,
    facts: Cow<'a, Facts>,
    days: Days,
}

/// All versions, priced under certain facts.
pub(super) struct Priced<'h> {
    pub(super) parts: Vec<(Evaluation<'h>, Days)>,
}

/// Fees of recallable units after their windows, under one version.
struct Taken<'h> {
    full: Evaluation<'h>,
    firm: Evaluation<'h>,
    days: Days,
}

/// The enforceable term, priced.
pub(super) struct Committed<'h> {
    pub(super) enforceable: Enforceable,
    pub(super) ending: Priced<'h>,
    taken: Vec<Taken<'h>>,
}

impl<'a> Horizon<'a> {
    /// What lies ahead at the close of the day before `today`, under the version that then governs
    /// and those that follow it.
    ///
    /// # Errors
    /// [`EvalError`] where a date does not fit.
    pub fn new(
        now: Version<'a>,
        later: &[Version<'a>],
        book: &'a NoticeBook,
        today: Date,
    ) -> Result<Self, EvalError> {
        let all = std::iter::once(&now).chain(later);
        let versions: Vec<_> =
            all.map(|version| Governing::of(*version)).collect::<Result<_, _>>()?;
        let (as_of, book) = (now.lease.start_of(today), Cow::Borrowed(book));
        Ok(Horizon { versions, book, as_of, today, behind: None })
    }

    /// What lies ahead of a lease of one version, seen from `as_of`.
    pub(super) fn of(
        lease: &'a Lease,
        facts: &'a Facts,
        book: &'a NoticeBook,
        as_of: Instant,
    ) -> Result<Self, EvalError> {
        let now = Version { lease, facts, from: Date::MIN, until: Date::MAX };
        let today = day_of(&lease.zone, as_of);
        Ok(Horizon { as_of, ..Horizon::new(now, &[], book, today)? })
    }

    /// With what was delivered so far less what was recognised of it, exact minor units, as the
    /// books have it.
    #[must_use]
    pub fn recognised_behind(mut self, behind: Ratio) -> Self {
        self.behind = Some(behind);
        self
    }

    /// The same if a notice of `side` to end it on `ends` stood.
    #[must_use]
    pub fn under_notice(&self, side: Side, ends: Date) -> Self {
        let mut under = self.clone();
        let received = self.as_of.saturating_add(leasehold_types::Seconds(-1));
        under.book.to_mut().record(Notice { side, received, ends, withdrawn: None });
        for version in &mut under.versions {
            let facts = version.facts.to_mut();
            facts.ends = Some(facts.ends.map_or(ends, |other| other.min(ends)));
        }
        under
    }

    /// Fees from the reporting date on, if the lease ends on `ends` and its units stay.
    ///
    /// # Errors
    /// [`EvalError`] where the facts contradict the lease or a number does not fit.
    pub fn value_to(&self, ends: Date) -> Result<Money, EvalError> {
        self.priced(|facts| facts.ends = Some(ends))?.before(self.today, Date::MAX)
    }

    /// The first day after the lease's last, by its stated end and what has ended it so far.
    pub fn ends(&self) -> Date {
        let stated = self.versions.last().map_or(self.today, |version| version.lease.term.end);
        self.now().facts.ends.map_or(stated, |ends| ends.min(stated))
    }

    /// The version in force as the reporting date has closed.
    pub(super) fn now(&self) -> &Governing<'a> {
        &self.versions[0]
    }

    /// Whether the lease is over.
    pub(super) fn is_over(&self) -> bool {
        self.now().facts.ends.is_some_and(|ends| ends <= self.today)
    }

    pub(super) fn priced(&self, change: impl Fn(&mut Facts)) -> Result<Priced<'_>, EvalError> {
        let parts = self.versions.iter().map(|version| {
            let mut facts = version.facts.clone().into_owned();
            change(&mut facts);
            Ok((version.lease.evaluate(&facts)?, version.days))
        });
        Ok(Priced { parts: parts.collect::<Result<_, EvalError>>()? })
    }

    /// The enforceable term, priced.
    pub(super) fn committed(&self) -> Result<Committed<'_>, EvalError> {
        let (enforceable, windows) = self.enforceable()?;
        let term_end = enforceable.term_end;
        let ending = self.priced(|facts| facts.ends = Some(term_end))?;
        let mut taken = Vec::new();
        for (version, windows) in self.versions.iter().zip(&windows) {
            if version.lease.recall.is_some() && !windows.is_empty() {
                taken.push(version.taken(windows, term_end)?);
            }
        }
        Ok(Committed { enforceable, ending, taken })
    }

    /// The enforceable term over all versions, and the windows of recallable units by version.
    ///
    /// A later version counts where nobody could have left before it governs. Who could leave
    /// under it is seen from its first day.
    fn enforceable(&self) -> Result<(Enforceable, Vec<Vec<RecallableWindow>>), EvalError> {
        let mut found = self.now().enforceable(&self.book, self.as_of)?;
        let mut windows = vec![found.recallable.clone()];
        for version in &self.versions[1..] {
            let stays = found.because == EndsBecause::StatedEnd;
            let from = version.days.from;
            if found.term_end < from || (found.term_end == from && !stays) {
                break;
            }
            let seen_from = version.lease.start_of(from).max(self.as_of);
            let next = version.enforceable(&self.book, seen_from)?;
            let exits = [found.earliest_exit, next.earliest_exit];
            windows.push(next.recallable.clone());
            if stays || next.term_end < found.term_end {
                (found.term_end, found.because) = (next.term_end, next.because);
            }
            found.stated_end = next.stated_end;
            found.earliest_exit = exits.into_iter().flatten().min();
            found.recallable.extend(next.recallable);
        }
        found.stated_end = self.versions.last().map_or(found.stated_end, |v| v.lease.term.end);
        Ok((found, windows))
    }
}

impl<'a> Governing<'a> {
    fn of(version: Version<'a>) -> Result<Self, EvalError> {
        let Version { lease, facts, from, until } = version;
        let days = Days::new(from, until);
        if facts.extension_days == 0 {
            return Ok(Governing {
                lease: Cow::Borrowed(lease),
                facts: Cow::Borrowed(facts),
                days,
            });
        }
        let extended = lease.extended_by(facts.extension_days)?;
        let facts = Facts { extension_days: 0, ..facts.clone() };
        Ok(Governing { lease: Cow::Owned(extended), facts: Cow::Owned(facts), days })
    }

    /// The enforceable term, no longer than the facts let the lease last.
    fn enforceable(&self, book: &NoticeBook, as_of: Instant) -> Result<Enforceable, EvalError> {
        let mut enforceable = self.lease.term_end(book, as_of)?;
        if let Some(ends) = self.facts.ends.filter(|ends| *ends < enforceable.term_end) {
            enforceable.term_end = ends;
            enforceable.recallable.retain(|window| window.until < ends);
        }
        Ok(enforceable)
    }

    /// What recallable units whose window is shorter than the term are worth after it.
    fn taken(&self, windows: &[RecallableWindow], ends: Date) -> Result<Taken<'_>, EvalError> {
        let mut base = Facts { ends: Some(ends), ..self.facts.clone().into_owned() };
        base.takings.clear();
        let full = self.lease.evaluate(&base)?;
        for window in windows {
            let tranche = self.lease.tranches.iter().find(|tranche| tranche.id == window.tranche);
            let firm = tranche.map_or(leasehold_types::Units::ZERO, Tranche::firm);
            let (from, cause) = (window.until, ReductionCause::RecallElection);
            let reductions = base.reductions.iter().filter(|r| r.tranche == window.tranche);
            let before = reductions.filter(|r| r.from <= from).map(|r| r.keeps).min();
            let keeps = before.map_or(firm, |before| before.min(firm));
            base.reductions.retain(|r| r.tranche != window.tranche || r.from <= from);
            base.reductions.push(Reduction { tranche: window.tranche.clone(), from, keeps, cause });
        }
        Ok(Taken { full, firm: self.lease.evaluate(&base)?, days: self.days })
    }
}

impl Priced<'_> {
    /// Fees from `today` to before `cut`: the sum of the schedule's lines.
    pub(super) fn before(&self, today: Date, cut: Date) -> Result<Money, EvalError> {
        self.sum(today, cut).map(|(total, _)| total)
    }

    /// The same, and what is not disclosed in it.
    pub(super) fn sum(
        &self,
        today: Date,
        cut: Date,
    ) -> Result<(Money, Vec<Undisclosed>), EvalError> {
        let mut total = Money::zero(self.parts[0].0.lease.currency);
        let mut undisclosed = Vec::new();
        for (evaluation, days) in &self.parts {
            let days = days.within(Days::new(today, cut));
            if !days.is_empty() {
                let schedule = evaluation.schedule_as_earned(days.from, days.until)?;
                total = evaluation.ok("disclosures", total.checked_add(schedule.total))?;
                undisclosed.extend(schedule.undisclosed);
            }
        }
        Ok((total, undisclosed))
    }

    /// All fees, on the days on which they are invoiced.
    pub(super) fn scheduled(&self) -> Result<Money, EvalError> {
        let mut total = Money::zero(self.parts[0].0.lease.currency);
        for (evaluation, days) in &self.parts {
            let all = evaluation.schedule(days.from, days.until)?.total;
            total = evaluation.ok("disclosures", total.checked_add(all))?;
        }
        Ok(total)
    }
}

impl Committed<'_> {
    /// Fees of recallable units after their windows, from `today` to before `cut`, as far as the
    /// fee abates when they are taken.
    pub(super) fn recallable(&self, today: Date, cut: Date) -> Result<Money, EvalError> {
        let mut sum = Ratio::ZERO;
        for taken in &self.taken {
            let days = taken.days.within(Days::new(today, cut));
            let lease = taken.full.lease;
            let multiple = lease.recall.as_ref().map_or(Ratio::ZERO, |c| c.abatement.multiple);
            let total = |e: &Evaluation<'_>| e.schedule_as_earned(days.from, days.until);
            let (full, firm) = (total(&taken.full)?.total, total(&taken.firm)?.total);
            let more = || -> Result<Ratio, Problem> {
                let difference = full.checked_sub(firm)?.exact()?;
                let value = difference.checked_mul(smaller(multiple, Ratio::ONE))?;
                Ok(sum.checked_add(value)?)
            };
            sum = more().map_err(|p| p.at(&lease.id, "disclosures, recallable units"))?;
        }
        let lease = self.ending.parts[0].0.lease;
        Ok(Money::from_exact(sum, lease.currency, lease.rules.rounding))
    }
}

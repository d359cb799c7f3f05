//! Who may end the lease and when, and until when it is enforceable.
//!
//! All arithmetic is on civil dates in the lease's zone. An `as_of` is the close of a reporting
//! date, that is the first instant of the next civil day: [`Lease::close_of`].

use std::fmt;

use leasehold_types::{Date, Instant, Overflow, Seconds, TrancheId, add_months};
use serde::{Deserialize, Serialize};

use crate::exact::{add_days, day_of, days, next_day};
use crate::lease::{
    Effect, ExitRight, NoticeClass, NoticeLength, NoticeTo, RecallClause, Side, Trigger,
};
use crate::notice::NoticeBook;
use crate::{EvalError, Lease};

/// What a notice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeEffect {
    /// The first day after the lease's last.
    pub ends: Date,
    /// Whether that is no earlier than the stated end, so that the notice changes nothing.
    pub at_stated_end: bool,
}

/// A notice that does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServeRefusal {
    /// It may be served only from a later day on.
    #[error("notice may be served from {earliest} on; serve it then")]
    NotYet {
        /// The first day on which it may be received.
        earliest: Date,
    },
    /// The side has no right to end the lease early.
    #[error("the {0} has no right to end this lease early; it needs a cause or an agreement")]
    NoRight(Side),
    /// The lease is over.
    #[error("the lease ended on {0}; there is nothing left to end")]
    Over(Date),
    /// The side has a notice standing.
    #[error("the {side} has already given notice to end it on {ends}; withdraw that one first")]
    AlreadyServed {
        /// Whose notice.
        side: Side,
        /// What it does.
        ends: Date,
    },
    /// The date does not fit.
    #[error("the notice ends past the last date that can be written")]
    PastTheCalendar,
}

/// Until when a lease is enforceable, seen from an instant. Source: DESIGN, section 8.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enforceable {
    /// The close of the reporting date.
    pub as_of: Instant,
    /// The stated end: the first day after the last.
    pub stated_end: Date,
    /// The first day after the last enforceable one.
    pub term_end: Date,
    /// The earliest end that either side could bring about now; `None` where neither can.
    pub earliest_exit: Option<Date>,
    /// What decides `term_end`.
    pub because: EndsBecause,
    /// Recallable units of each tranche whose window is shorter than the lease's; see
    /// [`Lease::term_end`].
    pub recallable: Vec<RecallableWindow>,
}

/// What decides the enforceable term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndsBecause {
    /// Nobody can leave before the stated end without a substantive penalty.
    StatedEnd,
    /// A notice was served.
    Served(Side),
    /// This side could leave.
    CouldLeave(Side),
    /// Either side could leave on that day.
    EitherCouldLeave,
}

/// Until when the recallable units of a tranche are enforceable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallableWindow {
    /// Which tranche.
    pub tranche: TrancheId,
    /// The first day on which the owner could take them for good.
    pub until: Date,
}

impl Side {
    /// Both sides, the owner first.
    pub const BOTH: [Side; 2] = [Side::Owner, Side::Tenant];

    /// The other side.
    #[must_use]
    pub const fn other(self) -> Side {
        match self {
            Side::Owner => Side::Tenant,
            Side::Tenant => Side::Owner,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Side::Owner => "owner",
            Side::Tenant => "tenant",
        })
    }
}

impl fmt::Display for EndsBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EndsBecause::StatedEnd => {
                f.write_str("nobody can end it earlier without a substantive penalty")
            }
            EndsBecause::Served(side) => write!(f, "the {side} gave notice"),
            EndsBecause::CouldLeave(side) => write!(f, "the {side} could end it then"),
            EndsBecause::EitherCouldLeave => f.write_str("either side could end it then"),
        }
    }
}

impl Lease {
    /// The close of a reporting date: the first instant of the next civil day.
    pub fn close_of(&self, date: Date) -> Instant {
        self.start_of(date.tomorrow().unwrap_or(Date::MAX))
    }

    /// The civil day of this lease that holds `instant`: the one whose first instant is the last
    /// at or before it.
    pub fn day_of(&self, instant: Instant) -> Date {
        day_of(&self.zone, instant)
    }

    /// What a notice of `side` received at `received` does. The day of receipt, in the lease's
    /// zone, is not counted; a later receipt never ends the lease earlier. Of a lease that an
    /// election extended, ask [`Lease::extended_by`].
    ///
    /// # Errors
    /// [`ServeRefusal`] where the side may not serve, or not yet.
    pub fn serve(&self, side: Side, received: Instant) -> Result<NoticeEffect, ServeRefusal> {
        let received = self.zone.date_of(received);
        if received >= self.term.end {
            return Err(ServeRefusal::Over(self.term.end));
        }
        let right = self.term.exit(side).ok_or(ServeRefusal::NoRight(side))?;
        if let Some(earliest) = right.earliest_notice_served.filter(|first| received < *first) {
            return Err(ServeRefusal::NotYet { earliest });
        }
        let ends = self.notice_ends(right, received).map_err(|_| ServeRefusal::PastTheCalendar)?;
        Ok(NoticeEffect { ends: ends.min(self.term.end), at_stated_end: ends >= self.term.end })
    }

    /// The earliest end that `side` could bring about by a notice received at `as_of` or later;
    /// `None` where it has no right, or none that ends the lease before its stated end.
    pub fn earliest_exit(&self, side: Side, as_of: Instant) -> Option<Date> {
        let right = self.term.exit(side)?;
        let first = self.zone.date_of(as_of).max(right.earliest_notice_served.unwrap_or(Date::MIN));
        self.notice_ends(right, first).ok().filter(|ends| *ends < self.term.end)
    }

    /// The last day on which `side`'s notice must be received to end the lease on `ends` or
    /// before; `None` where none does.
    pub fn serve_by(&self, side: Side, ends: Date) -> Option<Date> {
        let right = self.term.exit(side)?;
        let first = right.earliest_notice_served.unwrap_or(self.signed);
        let early_enough = |date: Date| self.notice_ends(right, date).is_ok_and(|e| e <= ends);
        if !early_enough(first) {
            return None;
        }
        // A later receipt never ends it earlier, so halving finds the last day.
        let (mut last, mut too_late) = (first, next_day(ends).max(next_day(first)));
        while days(last, too_late) > 1 {
            let middle = add_days(last, days(last, too_late) / 2).ok()?;
            if early_enough(middle) { last = middle } else { too_late = middle }
        }
        Some(last)
    }

    /// The end that a notice received on `received` brings about, were there no stated end.
    /// Source: DESIGN, section 5 ("Notice").
    fn notice_ends(&self, right: &ExitRight, received: Date) -> Result<Date, Overflow> {
        let date = match right.notice {
            NoticeLength::Days(days) => add_days(received, i64::from(days))?,
            NoticeLength::Months(months) => add_months(received, i32::from(months))?,
        };
        let ends = match right.effective_at {
            Effect::Start => date,
            Effect::End => add_days(date, 1)?,
        };
        let floors = [self.term.initial_period_end, right.earliest_effective];
        let ends = floors.into_iter().flatten().fold(ends, Date::max);
        match right.to {
            NoticeTo::MonthEnd if ends.day() > 1 => add_days(ends.last_of_month(), 1),
            NoticeTo::Exact | NoticeTo::MonthEnd => Ok(ends),
        }
    }

    /// Until when the lease is enforceable, seen from `as_of`, with the notices of `book` received
    /// before it.
    ///
    /// A side shortens the term if it can leave without a substantive penalty; the owner only
    /// where the lease says that an exit of the owner's alone shortens it. A notice served ends
    /// it on its date; the other side may still be able to leave earlier.
    ///
    /// Recallable units run apart from firm ones. While the clause bounds how long a recall may
    /// last (`longest`, or accelerator-hours a year), the units come back: a recall interrupts
    /// the commitment but does not end it, and they are enforceable as long as firm ones. Without
    /// a bound the owner may take them for the rest of the term at its own discretion (for its
    /// training or its inference), which is an exit of the owner's alone for those units, as far
    /// as the fee then abates: they are enforceable until the earliest lawful release. Recalls
    /// for events that the owner does not control never shorten anything, like force majeure.
    /// Source: DESIGN, section 8.
    ///
    /// # Errors
    /// [`EvalError`] where a date does not fit.
    pub fn term_end(&self, book: &NoticeBook, as_of: Instant) -> Result<Enforceable, EvalError> {
        let book = book.as_of(as_of);
        let stated_end = self.term.end;
        let (mut term_end, mut because) = (stated_end, EndsBecause::StatedEnd);
        if let Some(notice) = book.governing().filter(|notice| notice.ends < term_end) {
            (term_end, because) = (notice.ends, EndsBecause::Served(notice.side));
        }
        let exits = Side::BOTH.map(|side| (side, self.earliest_exit(side, as_of)));
        for (side, exit) in exits {
            let open = book.standing(side).is_none() && self.shortens(side);
            match exit.filter(|_| open) {
                Some(exit) if exit < term_end => {
                    (term_end, because) = (exit, EndsBecause::CouldLeave(side));
                }
                Some(exit)
                    if exit == term_end && because == EndsBecause::CouldLeave(side.other()) =>
                {
                    because = EndsBecause::EitherCouldLeave;
                }
                _ => {}
            }
        }
        let earliest_exit = exits.into_iter().filter_map(|(_, exit)| exit).min();
        let recallable = self.recallable_windows(as_of, term_end)?;
        Ok(Enforceable { as_of, stated_end, term_end, earliest_exit, because, recallable })
    }

    /// Whether an exit of `side` counts against the enforceable term.
    fn shortens(&self, side: Side) -> bool {
        let substantive =
            |right: &ExitRight| right.penalty.as_ref().is_some_and(|penalty| penalty.substantive);
        let free = self.term.exit(side).is_some_and(|right| !substantive(right));
        free && (side == Side::Tenant || self.accounting.owner_exit_shortens)
    }

    fn recallable_windows(
        &self,
        as_of: Instant,
        term_end: Date,
    ) -> Result<Vec<RecallableWindow>, EvalError> {
        let Some(clause) = self.recall.as_ref().filter(|_| self.accounting.owner_exit_shortens)
        else {
            return Ok(Vec::new());
        };
        let limits = &clause.limits;
        let bounded = limits.longest.is_some() || limits.most_accelerator_hours_per_year.is_some();
        let Some(notice) = discretionary_notice(clause).filter(|_| !bounded) else {
            return Ok(Vec::new());
        };
        if clause.abatement.multiple.is_zero() {
            return Ok(Vec::new());
        }
        let earliest = as_of.saturating_add(notice);
        let until = crate::recall::earliest_release(self, clause, earliest, None)
            .map_or(term_end, |release| self.zone.date_of(release));
        let recallable = self.tranches.iter().filter(|tranche| !tranche.recallable.is_zero());
        let windows = recallable.map(|tranche| RecallableWindow {
            tranche: tranche.id.clone(),
            until: until.max(tranche.delivery),
        });
        Ok(windows.filter(|window| window.until < term_end).collect())
    }
}

/// The shortest notice of a class that the owner may use for ends of its own.
fn discretionary_notice(clause: &RecallClause) -> Option<Seconds> {
    let own = [Trigger::OwnerTraining, Trigger::OwnerInference];
    let usable = |class: &&NoticeClass| {
        own.iter().any(|trigger| {
            clause.triggers.contains(trigger)
                && (class.triggers.is_empty() || class.triggers.contains(trigger))
        })
    };
    clause.classes.iter().filter(usable).map(|class| class.notice).min()
}

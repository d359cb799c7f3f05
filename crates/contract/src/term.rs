//! Who may end the lease and when, and until when it is enforceable.
//!
//! All arithmetic is on civil dates in the lease's zone. An `as_of` is the close of a reporting
//! date, that is the first instant of the next civil day: [`Lease::close_of`].

use std::fmt;

use leasehold_types::{Date, Instant, TrancheId};
use serde::{Deserialize, Serialize};

use crate::lease::Side;
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

impl Lease {
    /// The close of a reporting date: the first instant of the next civil day.
    pub fn close_of(&self, date: Date) -> Instant {
        self.start_of(date.tomorrow().unwrap_or(Date::MAX))
    }

    /// What a notice of `side` received at `received` does.
    ///
    /// # Errors
    /// [`ServeRefusal`] where the side may not serve, or not yet.
    pub fn serve(&self, side: Side, received: Instant) -> Result<NoticeEffect, ServeRefusal> {
        let _ = received;
        Err(ServeRefusal::NoRight(side))
    }

    /// The earliest end that `side` could bring about by a notice received at `as_of` or later;
    /// `None` where it has no right, or none that is before the stated end.
    pub fn earliest_exit(&self, side: Side, as_of: Instant) -> Option<Date> {
        let _ = (side, as_of);
        None
    }

    /// The last day on which `side`'s notice must be received to end the lease on `ends`; `None`
    /// where no notice does.
    pub fn serve_by(&self, side: Side, ends: Date) -> Option<Date> {
        let _ = (side, ends);
        None
    }

    /// Until when the lease is enforceable, seen from `as_of`.
    ///
    /// # Errors
    /// [`EvalError`] where a date does not fit.
    pub fn term_end(&self, book: &NoticeBook, as_of: Instant) -> Result<Enforceable, EvalError> {
        let _ = book;
        Ok(Enforceable {
            as_of,
            stated_end: self.term.end,
            term_end: self.term.end,
            earliest_exit: None,
            because: EndsBecause::StatedEnd,
            recallable: Vec::new(),
        })
    }
}

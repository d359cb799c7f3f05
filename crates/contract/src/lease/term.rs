//! When a lease ends and who may end it.

use std::fmt;

use leasehold_types::{Date, Money, Ratio};
use serde::{Deserialize, Serialize};

use super::Judgement;
use crate::schedule::words::percent;

/// The term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The stated end: the first day after the last.
    pub end: Date,
    /// No notice ends the lease before this day.
    pub initial_period_end: Option<Date>,
    /// The owner's right to end it early.
    pub owner_exit: Option<ExitRight>,
    /// The tenant's right to end it early.
    pub tenant_exit: Option<ExitRight>,
}

impl Term {
    /// The exit right of one side.
    pub fn exit(&self, side: Side) -> Option<&ExitRight> {
        match side {
            Side::Owner => self.owner_exit.as_ref(),
            Side::Tenant => self.tenant_exit.as_ref(),
        }
    }

    /// The exit right of one side, to be changed.
    pub fn exit_mut(&mut self, side: Side) -> Option<&mut ExitRight> {
        match side {
            Side::Owner => self.owner_exit.as_mut(),
            Side::Tenant => self.tenant_exit.as_mut(),
        }
    }
}

/// A side of the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The lessor.
    Owner,
    /// The lessee.
    Tenant,
}

/// The right of one side to end the lease before its stated end, without a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitRight {
    /// The first day on which notice may be served.
    pub earliest_notice_served: Option<Date>,
    /// The first day on which the end may take effect.
    pub earliest_effective: Option<Date>,
    /// How long the notice is; the day of receipt is not counted.
    pub notice: NoticeLength,
    /// Whether the end takes effect as the notice's last date begins or as it ends.
    pub effective_at: Effect,
    /// Whether the end moves to a month's end.
    pub to: NoticeTo,
    /// What leaving costs.
    pub penalty: Option<Penalty>,
}

/// How long a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLength {
    /// Civil days.
    Days(u16),
    /// Civil months: the corresponding date, clamped.
    Months(u16),
}

/// When on its date an end takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// As the date begins.
    #[default]
    Start,
    /// As it ends, which is as the next begins.
    End,
}

/// Where the end of a notice falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeTo {
    /// Where it falls.
    #[default]
    Exact,
    /// At the first month's end at or after: the end takes effect on the first of a month.
    MonthEnd,
}

/// What leaving early costs the side that leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Penalty {
    /// How much.
    pub amount: PenaltyAmount,
    /// Whether people judged it substantive (then it keeps the stated end enforceable).
    pub substantive: bool,
    /// Who judged so, and where that is written.
    pub judgement: Judgement,
}

/// How a penalty is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PenaltyAmount {
    /// A fixed amount.
    Fixed(Money),
    /// This many months of the fee in force as the end takes effect.
    MonthsOfFee(Ratio),
    /// This share of the fees from the effective end to the stated end.
    ShareOfRemaining(Ratio),
}

impl fmt::Display for Penalty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.amount {
            PenaltyAmount::Fixed(amount) => write!(f, "{amount}")?,
            PenaltyAmount::MonthsOfFee(months) => {
                write!(f, "{months} months of the fee in force at the end")?;
            }
            PenaltyAmount::ShareOfRemaining(share) => {
                write!(f, "{} of the fees from the end to the stated end", percent(share))?;
            }
        }
        f.write_str(if self.substantive { ", judged substantive" } else { "" })
    }
}

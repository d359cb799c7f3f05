//! Quotes that are held, and requests that a second person approves.
//!
//! A quote holds the step, what it costs both sides, the entry after which it was computed, and
//! until when it holds. It is spent by carrying its step out, once.

use leasehold_contract::quote::Quote;
use leasehold_types::{Instant, Seconds, TenantId};
use serde::{Deserialize, Serialize};

use super::{Step, Who};
use crate::id::{ApprovalId, QuoteId};

/// For how long a quote holds at most: a day. The contract may say less.
pub const QUOTE_HOLDS: Seconds = Seconds::from_days(1);
/// For how long a quote is kept in memory after it held; it stays in the journal for good.
pub const QUOTE_KEPT: Seconds = Seconds::from_days(30);
/// Most quotes of one organisation that still hold and are not settled.
pub const QUOTES_OPEN_MAX: usize = 1_000;

/// A quote as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// Which.
    pub id: QuoteId,
    /// Of which organisation it was asked.
    pub organisation: TenantId,
    /// What it is about.
    pub step: Step,
    /// What it costs both sides.
    pub cost: Quote,
    /// The number of the last entry of the state that it was computed on.
    pub computed_on: u64,
    /// From when on it does not hold any more.
    pub expires: Instant,
}

/// A quote on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// As it was made.
    pub made: Made,
    /// By whom.
    pub by: Who,
    /// When.
    pub at: Instant,
    /// What became of it.
    pub state: QuoteState,
}

/// What became of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteState {
    /// Nothing yet.
    Open,
    /// It waits for a second person.
    Awaiting {
        /// The request.
        approval: ApprovalId,
    },
    /// Its step was carried out.
    Confirmed {
        /// When.
        at: Instant,
    },
    /// A second person declined.
    Declined {
        /// When.
        at: Instant,
    },
}

impl QuoteState {
    /// One word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            QuoteState::Open => "open",
            QuoteState::Awaiting { .. } => "awaiting approval",
            QuoteState::Confirmed { .. } => "confirmed",
            QuoteState::Declined { .. } => "declined",
        }
    }
}

/// A request that a second person approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Which.
    pub id: ApprovalId,
    /// The quote whose step waits.
    pub quote: QuoteId,
    /// Who asked.
    pub by: Who,
    /// When.
    pub at: Instant,
    /// What became of it.
    pub state: ApprovalState,
}

/// What became of a request for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Nothing yet.
    Open,
    /// Approved.
    Given {
        /// By whom.
        by: Who,
        /// When.
        at: Instant,
    },
    /// Declined.
    Declined {
        /// By whom.
        by: Who,
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
}

impl ApprovalState {
    /// One word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            ApprovalState::Open => "open",
            ApprovalState::Given { .. } => "given",
            ApprovalState::Declined { .. } => "declined",
        }
    }
}

//! What a quote holds: a step that costs one side or the other, what it costs, and what it does.

mod carry;
mod cost;

use std::fmt;
use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::Side;
use leasehold_desk::RecallRequest;
use leasehold_planner::NodeSet;
use leasehold_types::{Instant, LeaseId, RecallId, TrancheId};
use serde::{Deserialize, Serialize};

use super::{Live, Right};
use leasehold_books::event::LineCredit;

pub(in crate::live) use carry::QUOTE_SOURCE;
pub use cost::dearer;

/// A step that costs one side or the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Sign a lease.
    Sign {
        /// As compiled.
        lease: Arc<Lease>,
        /// The text that it was compiled from.
        sheet: Arc<str>,
    },
    /// Agree on the next version of a lease.
    Amend {
        /// As compiled.
        lease: Arc<Lease>,
        /// The text that it was compiled from.
        sheet: Arc<str>,
        /// Nodes that go back to the owner as it takes effect, by tranche.
        release: Vec<(TrancheId, NodeSet)>,
        /// Why.
        reason: String,
    },
    /// Give notice to end a lease.
    Notice {
        /// Which lease.
        lease: LeaseId,
        /// Whose notice.
        side: Side,
        /// When the other side received it, where that was before it is recorded.
        received: Option<Instant>,
        /// Why.
        reason: String,
    },
    /// Recall units.
    Recall(RecallRequest),
    /// Keep the units of a recall for longer.
    Extend {
        /// Which recall.
        recall: RecallId,
        /// When they will now be returned.
        expected_return: Instant,
        /// Whether to do so even outside the clause, as a breach on record.
        force: bool,
        /// Why.
        reason: String,
    },
    /// Void an invoice: what is left of it is credited and billed again by the next one.
    Void {
        /// Of which lease.
        lease: LeaseId,
        /// Its number.
        invoice: String,
        /// Why.
        reason: String,
    },
    /// Credit part of an invoice.
    Credit {
        /// Of which lease.
        lease: LeaseId,
        /// Its number.
        invoice: String,
        /// Which of its lines, how much of each before tax; all that is left where empty.
        lines: Vec<LineCredit>,
        /// Why.
        reason: String,
    },
}

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Sign a lease.
    Sign,
    /// Agree on the next version of a lease.
    Amend,
    /// Give notice to end a lease.
    Notice,
    /// Recall units.
    Recall,
    /// Keep the units of a recall for longer.
    Extend,
    /// Void an invoice.
    Void,
    /// Credit part of an invoice.
    Credit,
}

impl StepKind {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            StepKind::Sign => "sign",
            StepKind::Amend => "amend",
            StepKind::Notice => "notice",
            StepKind::Recall => "recall",
            StepKind::Extend => "extend",
            StepKind::Void => "void",
            StepKind::Credit => "credit",
        }
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Step {
    /// What kind of step it is.
    pub const fn kind(&self) -> StepKind {
        match self {
            Step::Sign { .. } => StepKind::Sign,
            Step::Amend { .. } => StepKind::Amend,
            Step::Notice { .. } => StepKind::Notice,
            Step::Recall(_) => StepKind::Recall,
            Step::Extend { .. } => StepKind::Extend,
            Step::Void { .. } => StepKind::Void,
            Step::Credit { .. } => StepKind::Credit,
        }
    }

    /// What it takes to ask for it, and to confirm it.
    pub const fn right(&self) -> Right {
        match self {
            Step::Sign { .. } | Step::Amend { .. } | Step::Notice { .. } => Right::LeasesWrite,
            Step::Recall(_) | Step::Extend { .. } => Right::RecallsWrite,
            Step::Void { .. } | Step::Credit { .. } => Right::BooksWrite,
        }
    }

    /// Which lease it is about, where that can be told.
    pub fn lease<'a>(&'a self, live: &'a Live) -> Option<&'a LeaseId> {
        match self {
            Step::Sign { lease, .. } | Step::Amend { lease, .. } => Some(&lease.id),
            Step::Notice { lease, .. } | Step::Void { lease, .. } | Step::Credit { lease, .. } => {
                Some(lease)
            }
            Step::Recall(request) => Some(&request.lease),
            Step::Extend { recall, .. } => live.desk.recall(*recall).map(|recall| &recall.lease),
        }
    }

    /// Whether a tenant may ask for it, of its own lease.
    pub const fn is_tenants(&self) -> bool {
        matches!(self, Step::Notice { side: Side::Tenant, .. })
    }
}

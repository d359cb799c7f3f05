//! What the clock brings about.

use leasehold_planner::LeaseIx;
use leasehold_types::RecallId;
use serde::Serialize;

/// Something that the clock brings about. At one instant they come in this order: first what
/// changes the terms, then what ends, then what goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// A new version governs.
    Amendment(LeaseIx),
    /// A lease ends.
    LeaseEnd(LeaseIx),
    /// A tranche ends before its lease.
    TrancheEnd(LeaseIx, u16),
    /// A tranche is to be delivered.
    DeliveryDue(LeaseIx, u16),
    /// The grace of a tranche is over.
    GraceOver(LeaseIx, u16),
    /// The tenant may not elect any more: silence decides.
    ElectionOver(LeaseIx, u16),
    /// Silence becomes assent.
    Assent(RecallId),
    /// A drain begins.
    Drain(RecallId),
    /// The deadline of a recall or a drill.
    Release(RecallId),
    /// The return is expected.
    ReturnExpected(RecallId),
    /// The need was over and the return is due.
    ReturnDue(RecallId),
    /// The units were kept for as long as the clause allows.
    Longest(RecallId),
}

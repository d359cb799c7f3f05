//! What can be charged or taken off, and the head under which it is billed.

use std::fmt;

use leasehold_contract::LineKind;
use leasehold_contract::lease::Taxed;
use leasehold_types::{Date, TrancheId};
use serde::{Deserialize, Serialize};

use crate::ledger::RevenueKind;

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// The fee of a phase.
    Fee,
    /// A fee that is owed but whose amount is not disclosed; its amount is nothing.
    FeeUndisclosed,
    /// Off: units that are no longer committed.
    CommitmentReduction,
    /// Off: units that are not delivered.
    UndeliveredReduction,
    /// Off: the discount for each day of late delivery.
    LateDiscount,
    /// Off: units recalled.
    RecallAbatement,
    /// Off: compensation for units recalled.
    RecallCompensation,
    /// Accelerator-hours above the entitlement.
    AcceleratorOverage,
    /// Input tokens that were not cached.
    TokensInput,
    /// Input tokens that were cached.
    TokensCached,
    /// Output tokens.
    TokensOutput,
    /// What a minimum commitment adds to what was used.
    CommitmentTrueUp,
    /// Off: poor availability.
    ServiceCredit,
    /// Off: a credit by a decision.
    GrantedCredit,
}

/// Under what something is billed: the unit of rounding. What is owed under a head, rounded once,
/// less what was billed under it, is billed next: so however often it is corrected, and whenever
/// what changes it is learnt, its bills add up to the rounded total.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Head {
    /// The first day of the period that it belongs to: of billing, of a commitment, or a month of
    /// availability.
    pub period: Date,
    /// What it is for.
    pub kind: ChargeKind,
    /// The tranche that it is about, where it is about one.
    pub tranche: Option<TrancheId>,
    /// The fee phase that prices it, where one does: phases are rounded apart.
    pub phase: Option<String>,
    /// The commitment or the pool that it is about, where it is about one.
    pub name: Option<String>,
}

impl ChargeKind {
    /// The word for it in files: as it is serialised.
    pub const fn word(self) -> &'static str {
        match self {
            ChargeKind::Fee => "fee",
            ChargeKind::FeeUndisclosed => "fee_undisclosed",
            ChargeKind::CommitmentReduction => "commitment_reduction",
            ChargeKind::UndeliveredReduction => "undelivered_reduction",
            ChargeKind::LateDiscount => "late_discount",
            ChargeKind::RecallAbatement => "recall_abatement",
            ChargeKind::RecallCompensation => "recall_compensation",
            ChargeKind::AcceleratorOverage => "accelerator_overage",
            ChargeKind::TokensInput => "tokens_input",
            ChargeKind::TokensCached => "tokens_cached",
            ChargeKind::TokensOutput => "tokens_output",
            ChargeKind::CommitmentTrueUp => "commitment_true_up",
            ChargeKind::ServiceCredit => "service_credit",
            ChargeKind::GrantedCredit => "granted_credit",
        }
    }

    /// Of which revenue it is part.
    pub const fn revenue(self) -> RevenueKind {
        match self {
            ChargeKind::Fee
            | ChargeKind::FeeUndisclosed
            | ChargeKind::CommitmentReduction
            | ChargeKind::UndeliveredReduction => RevenueKind::Fees,
            ChargeKind::LateDiscount => RevenueKind::LateCredits,
            ChargeKind::RecallAbatement | ChargeKind::RecallCompensation => {
                RevenueKind::RecallCredits
            }
            ChargeKind::AcceleratorOverage
            | ChargeKind::TokensInput
            | ChargeKind::TokensCached
            | ChargeKind::TokensOutput => RevenueKind::Usage,
            ChargeKind::CommitmentTrueUp => RevenueKind::Commitment,
            ChargeKind::ServiceCredit => RevenueKind::ServiceCredits,
            ChargeKind::GrantedCredit => RevenueKind::OtherCredits,
        }
    }

    /// Whether it is use, which counts towards every commitment.
    pub const fn is_usage(self) -> bool {
        matches!(self.revenue(), RevenueKind::Usage)
    }

    /// Which tax rules are about it.
    pub const fn taxed(self) -> Taxed {
        match self.revenue() {
            RevenueKind::Usage | RevenueKind::Commitment => Taxed::Usage,
            _ => Taxed::Fees,
        }
    }
}

impl Head {
    /// Whether it is about something that the contract's schedule does not hold and that a period
    /// of billing brings: use and availability.
    pub(crate) fn is_variable(&self) -> bool {
        self.kind.is_usage() || self.kind == ChargeKind::ServiceCredit
    }
}

impl From<LineKind> for ChargeKind {
    fn from(kind: LineKind) -> Self {
        match kind {
            LineKind::Fee => ChargeKind::Fee,
            LineKind::FeeUndisclosed => ChargeKind::FeeUndisclosed,
            LineKind::CommitmentReduction => ChargeKind::CommitmentReduction,
            LineKind::UndeliveredReduction => ChargeKind::UndeliveredReduction,
            LineKind::LateDiscount => ChargeKind::LateDiscount,
            LineKind::RecallAbatement => ChargeKind::RecallAbatement,
            LineKind::RecallCompensation => ChargeKind::RecallCompensation,
        }
    }
}

impl fmt::Display for ChargeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ChargeKind::Fee => "fee",
            ChargeKind::FeeUndisclosed => "fee, not disclosed",
            ChargeKind::CommitmentReduction => "units no longer committed",
            ChargeKind::UndeliveredReduction => "units not delivered",
            ChargeKind::LateDiscount => "discount for late delivery",
            ChargeKind::RecallAbatement => "fee abated for units recalled",
            ChargeKind::RecallCompensation => "compensation for units recalled",
            ChargeKind::AcceleratorOverage => "accelerator-hours above the entitlement",
            ChargeKind::TokensInput => "input tokens",
            ChargeKind::TokensCached => "cached input tokens",
            ChargeKind::TokensOutput => "output tokens",
            ChargeKind::CommitmentTrueUp => "true-up to the minimum commitment",
            ChargeKind::ServiceCredit => "credit for availability",
            ChargeKind::GrantedCredit => "credit granted",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_what_is_serialised() {
        let json = |kind: ChargeKind| serde_json::to_value(kind).unwrap();
        let kinds: Vec<ChargeKind> = serde_json::from_value(serde_json::json!([
            "fee",
            "fee_undisclosed",
            "commitment_reduction",
            "undelivered_reduction",
            "late_discount",
            "recall_abatement",
            "recall_compensation",
            "accelerator_overage",
            "tokens_input",
            "tokens_cached",
            "tokens_output",
            "commitment_true_up",
            "service_credit",
            "granted_credit",
        ]))
        .unwrap();
        assert_eq!(kinds.len(), 14);
        for kind in kinds {
            assert_eq!(json(kind), kind.word());
        }
    }
}

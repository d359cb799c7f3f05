//! Faults of tranches, fees and payments.

use super::{Code, Severity, codes};

codes! { CAPACITY_CODES:
    DUPLICATE_TRANCHE = Error "duplicate-tranche"
        "each tranche has a name of its own (docs/term-sheet.md#tranche)";
    UNITS_DO_NOT_ADD_UP = Error "units-do-not-add-up"
        "a unit is firm or recallable, never both or neither (docs/term-sheet.md#tranche)";
    RECALLABLE_EXCEEDS_UNITS = Error "recallable-exceeds-units"
        "at most the units of a tranche are recallable, or firm (docs/term-sheet.md#tranche)";
    RECALLABLE_WITHOUT_CLAUSE = Error "recallable-without-clause"
        "units are recallable only by a recall clause; without one a lease is firm throughout \
         (docs/term-sheet.md#recall)";
    TRANCHE_INVERTED = Error "tranche-inverted"
        "a tranche ends after it is delivered; `until` is the first day after it \
         (docs/term-sheet.md#tranche)";
    TRANCHE_AFTER_END = Error "tranche-after-end"
        "a tranche is delivered before the lease ends and ends with it at the latest \
         (docs/term-sheet.md#tranche)";
    DELIVERY_BEFORE_SIGNED = Warning "delivery-before-signed"
        "capacity is usually delivered after the lease is signed (docs/term-sheet.md#tranche)";
    SILENCE_NOT_OFFERED = Error "silence-not-offered"
        "silence means one of the remedies that the tenant may elect \
         (docs/term-sheet.md#tranchelate)";
    ELECTION_WITHOUT_REMEDIES = Error "election-without-remedies"
        "a time to elect, or what silence means, needs something to elect \
         (docs/term-sheet.md#tranchelate)";
    GRACE_AFTER_END = Warning "grace-after-end"
        "a grace that ends after its tranche never ends in a remedy \
         (docs/term-sheet.md#tranchelate)";
    UNKNOWN_TRANCHE = Error "unknown-tranche"
        "a phase covers the whole lease or one of its tranches (docs/term-sheet.md#fee)";
    SHARE_WITHOUT_MONTHLY = Error "share-without-monthly"
        "`share` is the part of `monthly` that a ramp step charges (docs/term-sheet.md#fee)";
    PHASES_OVERLAP = Error "phases-overlap"
        "a phase applies from its first day until the next phase of the same cover begins, so no \
         two begin on one day (docs/term-sheet.md#fee)";
    COVERS_OVERLAP = Error "covers-overlap"
        "on each day a tranche is charged by the whole lease's phase or by its own, not by both \
         (docs/term-sheet.md#fee)";
    PHASE_OUTSIDE_TERM = Error "phase-outside-term"
        "a phase begins within the lease (docs/term-sheet.md#fee)";
    PHASE_BEFORE_DELIVERY = Warning "phase-before-delivery"
        "units that were not delivered are never charged (docs/term-sheet.md#fee)";
    PHASE_NAMES_REPEAT = Warning "phase-names-repeat"
        "invoices, schedules and assumptions tell phases apart by name (docs/term-sheet.md#fee)";
    FEE_GAP = Warning "fee-gap"
        "days before the first phase are free of charge (docs/term-sheet.md#fee)";
    DRAW_BEFORE_DUE = Error "draw-before-due"
        "a prepayment pays for days from its due date on (docs/term-sheet.md#prepayment)";
    PAYMENT_AFTER_END = Error "payment-after-end"
        "deposits and prepayments are due, and prepayments drawn, before the lease ends \
         (docs/term-sheet.md#prepayment)";
    PREPAYMENT_OUTLASTS_TERM = Warning "prepayment-outlasts-term"
        "what is left of a prepayment at the end is a credit balance \
         (docs/term-sheet.md#prepayment)";
    DRAW_DOWN_ZERO = Error "draw-down-zero"
        "a prepayment is used up by something each period (docs/term-sheet.md#prepayment)";
    OVERAGE_WITHOUT_PRICE = Error "overage-without-price"
        "use above the commitment is allowed at a price by the hour or by the token \
         (docs/term-sheet.md#overage)";
}

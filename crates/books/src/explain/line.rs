//! One line: its rule in words, and what it kept of how it was rated.

use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_contract::lease::Price;
use leasehold_types::Date;

use crate::invoice::{BilledLine, CreditReason, LineNature};
use crate::rating::ChargeKind;

use super::words::{exact, rounding};
use super::{Before, Exact, ExplainedLine, clause};

/// What a line's document says of all its lines.
pub(super) struct Context<'a> {
    /// The terms by which the line is read.
    pub(super) terms: Arc<Lease>,
    /// Why the credit note was issued, where it is on one.
    pub(super) reason: Option<&'a CreditReason>,
    /// What was billed under the line's head before.
    pub(super) before: Vec<Before>,
}

pub(super) fn explain(line: &BilledLine, context: Context<'_>) -> ExplainedLine {
    let lease = &*context.terms;
    let currency = line.amount.currency();
    let by_decision =
        matches!(context.reason, Some(CreditReason::Granted(_) | CreditReason::Voided(_)));
    let corrects = match &line.nature {
        LineNature::Correction(invoices) => invoices.clone(),
        _ => Vec::new(),
    };
    ExplainedLine {
        number: line.number,
        label: line.label.clone(),
        kind: line.head.as_ref().map(|head| head.kind),
        tranche: line.head.as_ref().and_then(|head| head.tranche.clone()),
        phase: line.phase.clone(),
        from: line.from,
        to: last_day(line.from, line.until),
        rule: rule(line, lease, context.reason),
        clauses: if by_decision { Vec::new() } else { clause::of_line(line, lease) },
        inputs: line.working.inputs.clone(),
        working: line.working.text.clone(),
        exact: Exact { minor: line.exact, text: exact(currency, line.exact) },
        rounding: format!("{} (`rules.rounding`)", rounding(lease.rules.rounding, currency)),
        corrects,
        before: context.before,
        disclosed: line.disclosed,
        amount: line.amount,
    }
}

/// The last day of a half-open span; the first where the span is empty.
pub(super) fn last_day(from: Date, until: Date) -> Date {
    until.yesterday().unwrap_or(until).max(from)
}

/// The rule of a line in a sentence or two.
fn rule(line: &BilledLine, lease: &Lease, reason: Option<&CreditReason>) -> String {
    let own = match (&line.head, &line.nature) {
        (_, LineNature::CreditCarried) => return CARRIED.to_owned(),
        (_, LineNature::CreditApplied) => return APPLIED.to_owned(),
        (None, _) => return String::new(),
        (Some(head), _) => of_kind(head.kind, line, lease),
    };
    match (reason, &line.nature) {
        (Some(CreditReason::Voided(_)), _) => VOIDED.to_owned(),
        (Some(CreditReason::Granted(_)), _) => GRANTED.to_owned(),
        (Some(CreditReason::Correction), _) => format!("{own} {CORRECTED} {CREDITED}"),
        (None, LineNature::Correction(_)) => format!("{own} {CORRECTED}"),
        (None, _) => own.to_owned(),
    }
}

const CARRIED: &str = "The credits of this tax class exceed its charges. No invoice is below zero: \
    what is left moves to the credit balance, which the next invoices use.";
const APPLIED: &str = "Credits that earlier invoices could not use are used here, as far as the \
    charges of their tax class go.";
const VOIDED: &str = "The invoice is void: what is left of this line is credited. The number \
    stays, and what is owed is billed again by the next invoice.";
const GRANTED: &str = "A decision of the owner, beside the clauses of the lease: its reason stands \
    on the credit note.";
const CORRECTED: &str = "This corrects what was billed before: what is owed to date is rounded \
    once, and what was billed to date is taken off, so all bills together come to the rounded \
    total.";
const CREDITED: &str =
    "On a credit note what is above zero is credited, and what is below zero is charged.";

fn of_kind(kind: ChargeKind, line: &BilledLine, lease: &Lease) -> &'static str {
    match kind {
        ChargeKind::Fee => of_fee(line, lease),
        ChargeKind::FeeUndisclosed => {
            "A fee is owed for these days, but the parties did not disclose its amount. The line \
             stands here so that nobody reads its absence as a fee of nothing; it is in no total."
        }
        ChargeKind::CommitmentReduction => {
            "Units that the tenant gave up are no longer charged: the fee falls in proportion."
        }
        ChargeKind::UndeliveredReduction => "Units that were not delivered are never charged.",
        ChargeKind::LateDiscount => {
            "Each day late after the grace takes a share of the late units' fee for that day off \
             the next invoice."
        }
        ChargeKind::RecallAbatement => {
            "The fee abates for the accelerator-time that was recalled: each civil day at that \
             day's fee, part of a day by its share of the day's seconds, and a unit that several \
             recalls cover once."
        }
        ChargeKind::RecallCompensation => {
            "Besides the abatement, each accelerator-hour that was recalled is compensated at a \
             fixed rate, times the multiplier of the notice class."
        }
        ChargeKind::AcceleratorOverage => {
            "Use above the entitlement is charged hour by hour: a quiet hour never pays for a \
             busy one."
        }
        ChargeKind::TokensInput => "Input tokens that were not cached are charged by the million.",
        ChargeKind::TokensCached => "Input tokens that were cached are charged by the million.",
        ChargeKind::TokensOutput => "Output tokens are charged by the million.",
        ChargeKind::CommitmentTrueUp => {
            "Less was charged in this period than the tenant committed to: the difference is \
             charged."
        }
        ChargeKind::ServiceCredit => {
            "Availability is healthy granted accelerator-time over committed accelerator-time \
             less what is excused; within each interval a surplus counts for nothing. The lowest \
             step of the ladder that was reached earns its share of the month's fee."
        }
        ChargeKind::GrantedCredit => GRANTED,
    }
}

fn of_fee(line: &BilledLine, lease: &Lease) -> &'static str {
    let phase = lease.fees.iter().find(|phase| Some(&phase.name) == line.phase.as_ref());
    match phase.map(|phase| &phase.price) {
        Some(Price::PerAcceleratorHour { .. }) => {
            "A price for each committed and delivered accelerator-hour, by real hours: 25 of them \
             on the day on which clocks go back."
        }
        _ => "A fixed amount a month. Part of a month counts by its share of that month's days.",
    }
}

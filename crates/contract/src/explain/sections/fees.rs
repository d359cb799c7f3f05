//! What it costs and how amounts are computed.

use crate::explain::{Section, billing, words};
use crate::lease::{Commitment, Covers, FeePhase, Lease, Price};

pub(in crate::explain) fn section(lease: &Lease) -> Section {
    let mut section = Section::new("Fee");
    for fee in &lease.fees {
        section.item(phase(lease, fee));
    }
    let rules = &lease.rules;
    section.text(format!(
        "It is billed {}. Parts of a month are prorated by {}. Each line is rounded once, {}; a \
         total is the sum of its lines.",
        words::billing(rules.billing),
        words::day_count(rules.proration),
        words::rounding(rules.rounding)
    ));
    for deposit in &lease.deposits {
        section.item(format!(
            "A deposit of {} is due on {} and given back within {} of the end.",
            deposit.amount,
            deposit.due,
            words::count(deposit.returned_within_days.into(), "day")
        ));
    }
    for prepayment in &lease.prepayments {
        section.item(format!(
            "A prepayment of {} is due on {}; from {} on it pays {}.",
            prepayment.amount,
            prepayment.due,
            prepayment.draw_from,
            words::draw_down(&prepayment.draw_down)
        ));
    }
    for commitment in &lease.commitments {
        section.item(self::commitment(lease, commitment));
    }
    section.assumed(lease, &["fee", "deposit", "prepayment", "commitment", "rules"])
}

fn commitment(lease: &Lease, commitment: &Commitment) -> String {
    let last = words::last_day(commitment.until.unwrap_or(lease.term.end));
    format!(
        "{}: from {} through {last} at least {} {} is charged before tax; {} count towards it, and \
         what falls short is charged after each period.",
        commitment.name,
        commitment.from,
        commitment.amount,
        billing::every(commitment.every_months),
        billing::counts(commitment.counts)
    )
}

fn phase(lease: &Lease, fee: &FeePhase) -> String {
    let cover = match &fee.covers {
        Covers::Whole => String::new(),
        Covers::Tranche(id) => format!(" for tranche {id}"),
    };
    let how = match &fee.price {
        Price::Undisclosed => " It is in no sum below.".to_owned(),
        Price::PerAcceleratorHour { .. } => {
            " It counts real hours of delivered units: 25 in a day on which clocks go back.".into()
        }
        Price::Monthly { .. } => String::new(),
    };
    format!(
        "{}: from {} on {}{cover}, invoiced {}, to be paid within {}.{how}",
        fee.name,
        fee.from,
        words::price(lease, &fee.price),
        words::timing(fee.timing),
        words::count(fee.days_to_pay.into(), "day")
    )
}

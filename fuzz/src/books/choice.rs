//! A lease: one of the examples, with some of its terms changed.

use std::sync::OnceLock;

use leasehold_contract::Lease;
use leasehold_contract::lease::{
    Alignment, AvailabilityBasis, CommitmentCounts, DayCount, DrawDown, FeeTiming, Prepayment,
    Price, Recognition, Remedy, Standard, TaxCategory, TaxClass, TaxRule, Taxed,
};
use leasehold_contract::sheet::compile;
use leasehold_types::{Ratio, Rounding, Zone};

use crate::bytes::Bytes;

/// Sheets to begin with: short terms and all clauses.
const SHEETS: [&str; 6] = [
    include_str!("../../../examples/leases/minimal.toml"),
    include_str!("../../../examples/leases/books.toml"),
    include_str!("../../../examples/leases/full.toml"),
    include_str!("../../../examples/leases/lab-chat.toml"),
    include_str!("../../../examples/leases/reading-a.toml"),
    include_str!("../../../examples/leases/google.toml"),
];
/// Zones whose days are odd, besides one whose are not.
const ZONES: [&str; 6] = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];
/// Most changes of a lease.
const CHANGES_MAX: usize = 8;

fn sheets() -> &'static [Lease] {
    static LEASES: OnceLock<Vec<Lease>> = OnceLock::new();
    LEASES.get_or_init(|| {
        let lease = |text| compile(text).expect("the examples are sound").lease;
        SHEETS.into_iter().map(lease).collect()
    })
}

/// The lease that the bytes choose.
pub(super) fn lease(bytes: &mut Bytes<'_>) -> Lease {
    let mut lease = bytes.pick(sheets());
    for _ in 0..bytes.below(CHANGES_MAX + 1) {
        change(&mut lease, bytes);
    }
    lease
}

pub(super) fn change(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    match bytes.below(12) {
        0 => rules(lease, bytes),
        1 => lease.zone = Zone::named(bytes.pick(&ZONES)).expect("a zone"),
        2 => fee(lease, bytes),
        3 => late(lease, bytes),
        4 => tax(lease, bytes),
        5 => commitment(lease, bytes),
        6 => prepayment(lease, bytes),
        7 => recall(lease, bytes),
        8 => service(lease, bytes),
        9 => accounting(lease, bytes),
        10 => overage(lease, bytes),
        _ => tranche(lease, bytes),
    }
}

fn rules(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let counts =
        [DayCount::ActualActual, DayCount::ThirtyE360, DayCount::Actual365Fixed, DayCount::None];
    lease.rules.proration = bytes.pick(&counts);
    lease.rules.rounding = bytes.pick(&[Rounding::HalfAway, Rounding::HalfEven]);
    lease.rules.billing.every_months = bytes.pick(&[1, 2, 3, 4, 6, 12, 24, 120]);
    lease.rules.billing.align = bytes.pick(&[Alignment::Calendar, Alignment::Anchor]);
}

fn fee(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let (i, currency) = (bytes.below(lease.fees.len()), lease.currency);
    let fee = &mut lease.fees[i];
    fee.timing = bytes.pick(&[FeeTiming::InAdvance, FeeTiming::InArrears]);
    fee.days_to_pay = bytes.pick(&[0, 1, 30, 3_660]);
    fee.price = match bytes.below(4) {
        0 => Price::Undisclosed,
        1 => Price::PerAcceleratorHour { minor: hourly(bytes) },
        _ => Price::Monthly { amount: bytes.money(currency), share: bytes.share() },
    };
}

fn hourly(bytes: &mut Bytes<'_>) -> Ratio {
    Ratio::new(i128::from(bytes.word()), bytes.pick(&[1, 7, 100, 1_000_000_000]))
        .unwrap_or(Ratio::ONE)
}

fn late(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let i = bytes.below(lease.tranches.len());
    let late = &mut lease.tranches[i].late;
    let all = [Remedy::Wait, Remedy::AcceptFewer, Remedy::Terminate];
    late.grace_days = bytes.pick(&[0, 1, 14, 3_660]);
    late.discount_per_day = bytes.share();
    late.remedies = if bytes.flag() { all.to_vec() } else { Vec::new() };
    late.elect_within_days = bytes.pick(&[1, 10, 3_660]);
    late.silence = if late.remedies.is_empty() { Remedy::Wait } else { bytes.pick(&all) };
}

/// A rule as the term sheet takes it: a rate or a reason, never both.
pub(super) fn class(bytes: &mut Bytes<'_>) -> TaxClass {
    let without = |category| TaxClass {
        category,
        rate: Ratio::ZERO,
        exemption: Some("for a reason".to_owned()),
        exemption_code: None,
    };
    match bytes.below(4) {
        0 => without(TaxCategory::ReverseCharge),
        1 => TaxClass { exemption: None, ..without(TaxCategory::Zero) },
        2 => without(TaxCategory::OutOfScope),
        _ => match bytes.share() {
            rate if rate.is_zero() => without(TaxCategory::Exempt),
            rate => TaxClass::standard(rate),
        },
    }
}

pub(super) fn taxed(bytes: &mut Bytes<'_>) -> Taxed {
    bytes.pick(&[Taxed::All, Taxed::Fees, Taxed::Usage])
}

fn tax(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let from = super::later(lease.signed, i64::from(bytes.word() % 400));
    lease.taxes.push(TaxRule { from, on: taxed(bytes), class: class(bytes) });
}

fn commitment(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    if lease.commitments.is_empty() || bytes.flag() {
        let from = super::later(lease.signed, i64::from(bytes.word() % 400));
        let name = format!("c{}", lease.commitments.len());
        let currency = lease.currency;
        lease.commitments.push(leasehold_contract::lease::Commitment {
            name,
            from,
            until: bytes.flag().then(|| super::later(from, i64::from(bytes.byte()) + 1)),
            amount: bytes.money(currency),
            every_months: bytes.pick(&[1, 3, 12]),
            counts: bytes.pick(&[CommitmentCounts::Usage, CommitmentCounts::Everything]),
        });
    } else {
        lease.commitments.clear();
    }
}

fn prepayment(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let (due, currency) = (super::later(lease.signed, i64::from(bytes.byte())), lease.currency);
    lease.prepayments.push(Prepayment {
        amount: bytes.money(currency),
        due,
        draw_from: super::later(due, i64::from(bytes.byte() % 90)),
        draw_down: match bytes.below(3) {
            0 => DrawDown::InFull,
            1 => DrawDown::Share(bytes.share()),
            _ => DrawDown::UpTo(bytes.money(currency)),
        },
    });
}

fn recall(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let currency = lease.currency;
    let Some(clause) = &mut lease.recall else { return };
    clause.abatement.multiple =
        bytes.pick(&[Ratio::ZERO, Ratio::ONE, Ratio::whole(2), Ratio::whole(1_000)]);
    clause.abatement.cap = bytes.flag().then(|| bytes.share());
    clause.compensation.minor_per_accelerator_hour = hourly(bytes);
    clause.compensation.stop_loss_per_year = bytes.flag().then(|| bytes.money(currency));
}

fn service(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let availability = lease.service.as_mut().and_then(|service| service.availability.as_mut());
    let Some(availability) = availability else { return };
    availability.basis = bytes.pick(&[AvailabilityBasis::MonthFee, AvailabilityBasis::PoolFee]);
    availability.cap = bytes.flag().then(|| bytes.share());
    availability.excused.truncate(bytes.below(5));
    availability.ladder.truncate(bytes.below(3) + 1);
}

fn accounting(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let modes = [Recognition::AsDelivered, Recognition::StraightLine, Recognition::AsInvoiced];
    lease.accounting.recognition = bytes.pick(&modes);
    lease.accounting.standard = bytes.pick(&[Standard::Service, Standard::Lease]);
    lease.accounting.owner_exit_shortens = bytes.flag();
}

fn overage(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let Some(overage) = &mut lease.overage else { return };
    overage.minor_per_accelerator_hour = bytes.flag().then(|| hourly(bytes));
    overage.up_to = bytes.flag().then(|| bytes.share());
    if bytes.flag() {
        overage.tokens = None;
    }
}

fn tranche(lease: &mut Lease, bytes: &mut Bytes<'_>) {
    let (i, end) = (bytes.below(lease.tranches.len()), lease.term.end);
    let tranche = &mut lease.tranches[i];
    tranche.units.0 = bytes.count().clamp(1, 100_000_000);
    tranche.recallable = tranche.recallable.min(tranche.units);
    let delivery = super::later(tranche.delivery, i64::from(bytes.byte() % 90));
    if delivery < tranche.until.min(end) {
        tranche.delivery = delivery;
    }
}

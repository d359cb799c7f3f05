//! Leases for tests: a plain one, to be changed where a test needs it otherwise.

use leasehold_types::{
    Currency, Date, LeaseId, Money, PoolId, Ratio, Seconds, TenantId, TrancheId,
};
use leasehold_types::{Units, Zone};

use crate::facts::{Facts, TakenUnits, Taking, UnitRange};
use crate::lease::*;

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn usd(text: &str) -> Money {
    Money::parse(text, currency("USD")).unwrap()
}

pub(crate) fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

pub(crate) fn ratio(text: &str) -> Ratio {
    text.parse().unwrap()
}

pub(crate) fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

pub(crate) fn tranche_id(name: &str) -> TrancheId {
    TrancheId::new(name).unwrap()
}

pub(crate) fn tranche(name: &str, units: u64, from: &str, until: &str) -> Tranche {
    Tranche {
        id: tranche_id(name),
        pool: PoolId::new("north/h100").unwrap(),
        units: Units(units),
        delivery: day(from),
        until: day(until),
        recallable: Units(units),
        late: Late {
            grace_days: 0,
            discount_per_day: Ratio::ZERO,
            remedies: Vec::new(),
            elect_within_days: 0,
            silence: Remedy::Wait,
        },
    }
}

pub(crate) fn monthly(name: &str, from: &str, amount: &str) -> FeePhase {
    phase(name, from, Price::Monthly { amount: usd(amount), share: Ratio::ONE })
}

pub(crate) fn phase(name: &str, from: &str, price: Price) -> FeePhase {
    FeePhase {
        name: name.to_owned(),
        from: day(from),
        covers: Covers::Whole,
        price,
        timing: FeeTiming::InArrears,
        days_to_pay: 30,
    }
}

/// 100 units and 100,000.00 USD a month from `from` to before `until`, in UTC, by calendar months.
pub(crate) fn lease(from: &str, until: &str) -> Lease {
    let party = |id: &str, name: &str| Party {
        id: TenantId::new(id).unwrap(),
        name: name.to_owned(),
        notices: vec![format!("mailto:notices@{id}.example")],
        details: PartyDetails::default(),
    };
    Lease {
        id: LeaseId::new("test").unwrap(),
        title: "A lease for tests".to_owned(),
        version: 1,
        effective: day(from),
        owner: party("owner", "Owner Inc."),
        tenant: party("tenant", "Tenant Inc."),
        related: Vec::new(),
        currency: currency("USD"),
        zone: Zone::UTC,
        signed: day(from),
        anchor: day(from),
        rules: Rules::default(),
        tranches: vec![tranche("main", 100, from, until)],
        fees: vec![monthly("full", from, "100000.00")],
        deposits: Vec::new(),
        prepayments: Vec::new(),
        term: Term {
            end: day(until),
            initial_period_end: None,
            owner_exit: None,
            tenant_exit: None,
        },
        recall: None,
        service: None,
        overage: None,
        commitments: Vec::new(),
        taxes: Vec::new(),
        invoicing: Invoicing::default(),
        accounting: Accounting {
            standard: Standard::Service,
            recognition: Recognition::AsDelivered,
            owner_exit_shortens: true,
            expedients: Vec::new(),
            judgement: Judgement::default(),
        },
        assumptions: Vec::new(),
    }
}

/// A clause that forbids little: two classes, pro-rata abatement, nothing paid besides.
pub(crate) fn recall_clause() -> RecallClause {
    let class = |name: &str, notice: Seconds, multiplier: &str| NoticeClass {
        name: name.to_owned(),
        notice,
        most_units: None,
        multiplier: ratio(multiplier),
        triggers: Vec::new(),
    };
    RecallClause {
        triggers: vec![Trigger::OwnerTraining, Trigger::GridCurtailment, Trigger::Drill],
        classes: vec![
            class("planned", Seconds::from_hours(72), "1"),
            class("short", Seconds::from_hours(4), "3"),
        ],
        limits: RecallLimits::default(),
        blackouts: Vec::new(),
        drain: Drain { length: Seconds::from_minutes(30), cut: Cut::AtDeadline },
        abatement: Abatement { multiple: Ratio::ONE, cap: None },
        compensation: Compensation {
            minor_per_accelerator_hour: Ratio::ZERO,
            stop_loss_per_year: None,
        },
        election: None,
        offer_back_within: Seconds::from_days(1),
        acknowledge_within: Seconds::from_hours(4),
    }
}

pub(crate) fn exit_right(notice: NoticeLength) -> ExitRight {
    ExitRight {
        earliest_notice_served: None,
        earliest_effective: None,
        notice,
        effective_at: Effect::Start,
        to: NoticeTo::Exact,
        penalty: None,
    }
}

/// Units `first..first + count` of `main`, from the first instant of one date to that of another.
pub(crate) fn taking(lease: &Lease, from: &str, until: &str, first: u64, count: u64) -> Taking {
    Taking {
        tranche: lease.tranches[0].id.clone(),
        period: leasehold_types::Period::new(lease.start_of(day(from)), lease.start_of(day(until))),
        units: TakenUnits::Numbered(vec![UnitRange { first, count }]),
        class: "planned".to_owned(),
        within_clause: true,
    }
}

/// The totals of the billing periods of the whole lease, as decimals.
pub(crate) fn totals(lease: &Lease, facts: &Facts) -> Vec<String> {
    let schedule = lease.schedule(facts, Date::MIN, Date::MAX).unwrap();
    schedule.periods.iter().map(|period| period.total.to_decimal()).collect()
}

/// The amounts of the lines of each billing period.
pub(crate) fn amounts(lease: &Lease, facts: &Facts) -> Vec<Vec<String>> {
    let schedule = lease.schedule(facts, Date::MIN, Date::MAX).unwrap();
    let lines = |lines: &[crate::Line]| lines.iter().map(|l| l.amount.to_decimal()).collect();
    schedule.periods.iter().map(|period| lines(&period.lines)).collect()
}

//! Leases and events for tests: a plain lease, changed where a test needs it otherwise.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    reason = "test helpers: what cannot go on says where, and not every binary uses all"
)]

pub mod story;

use leasehold_books::event::{Event, EventKey, EventKind};
use leasehold_books::invoice::Invoice;
use leasehold_books::{Books, Policy, run};
use leasehold_contract::Lease;
use leasehold_contract::lease::*;
use leasehold_types::{
    Currency, Date, Instant, LeaseId, Money, PoolId, Ratio, Seconds, TenantId, TrancheId, Units,
    Zone,
};

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

pub fn usd(text: &str) -> Money {
    Money::parse(text, currency("USD")).unwrap()
}

pub fn ratio(text: &str) -> Ratio {
    text.parse().unwrap()
}

pub fn id(text: &str) -> LeaseId {
    LeaseId::new(text).unwrap()
}

pub fn tranche_id(text: &str) -> TrancheId {
    TrancheId::new(text).unwrap()
}

pub fn tranche(id: &str, units: u64, from: &str, until: &str) -> Tranche {
    Tranche {
        id: tranche_id(id),
        pool: PoolId::new("site/h100").unwrap(),
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

pub fn monthly(name: &str, from: &str, amount: &str) -> FeePhase {
    let price = Price::Monthly { amount: usd(amount), share: Ratio::ONE };
    FeePhase {
        name: name.to_owned(),
        from: day(from),
        covers: Covers::Whole,
        price,
        timing: FeeTiming::InArrears,
        days_to_pay: 30,
    }
}

pub fn step(name: &str, from: &str, amount: &str, share: &str) -> FeePhase {
    let price = Price::Monthly { amount: usd(amount), share: ratio(share) };
    FeePhase { price, ..monthly(name, from, amount) }
}

/// 100 units, `amount` a month from `from` to before `until`, in UTC, by calendar months.
pub fn lease(from: &str, until: &str, amount: &str) -> Lease {
    let party = |id: &str, name: &str| Party {
        id: TenantId::new(id).unwrap(),
        name: name.to_owned(),
        notices: vec![format!("mailto:notices@{id}.example")],
        details: PartyDetails::default(),
    };
    Lease {
        id: id("test"),
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
        fees: vec![monthly("full", from, amount)],
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

/// A clause that forbids little: one class, abatement by `multiple`, nothing paid besides.
pub fn recall_clause(multiple: &str, cap: Option<&str>) -> RecallClause {
    RecallClause {
        triggers: vec![Trigger::OwnerTraining],
        classes: vec![NoticeClass {
            name: "standard".to_owned(),
            notice: Seconds::from_hours(24),
            most_units: None,
            multiplier: Ratio::ONE,
            triggers: Vec::new(),
        }],
        limits: RecallLimits::default(),
        blackouts: Vec::new(),
        drain: Drain { length: Seconds::from_minutes(30), cut: Cut::AtDeadline },
        abatement: Abatement { multiple: ratio(multiple), cap: cap.map(ratio) },
        compensation: Compensation {
            minor_per_accelerator_hour: Ratio::ZERO,
            stop_loss_per_year: None,
        },
        election: None,
        offer_back_within: Seconds::from_hours(24),
        acknowledge_within: Seconds::from_hours(4),
    }
}

pub fn notice(months: Option<u16>, days: Option<u16>) -> ExitRight {
    ExitRight {
        earliest_notice_served: None,
        earliest_effective: None,
        notice: match (months, days) {
            (Some(months), _) => NoticeLength::Months(months),
            (None, days) => NoticeLength::Days(days.unwrap_or(0)),
        },
        effective_at: Effect::Start,
        to: NoticeTo::Exact,
        penalty: None,
    }
}

pub fn event(source: &str, id: &str, at_: &str, kind: impl Into<EventKind>) -> Event {
    Event {
        key: EventKey::new(source, id),
        at: at(at_),
        effective: None,
        lease: crate::support::id("test"),
        kind: kind.into(),
    }
}

pub fn books(lease: Lease, events: Vec<Event>, through: &str) -> Books {
    run(vec![lease], events, day(through), Policy::default()).unwrap()
}

/// The invoices' days of issue and totals.
pub fn totals(books: &Books) -> Vec<(String, String)> {
    let shown = |i: &Invoice| (i.issued.to_string(), i.total.to_decimal());
    books.invoices().iter().map(shown).collect()
}

pub fn lines(invoice: &Invoice) -> Vec<(String, String)> {
    invoice.lines.iter().map(|l| (l.label.clone(), l.amount.to_decimal())).collect()
}

pub fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

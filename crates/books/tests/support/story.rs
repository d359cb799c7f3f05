//! Random leases and what happens to them: small numbers, odd zones, every kind of event.
//!
//! The time is the winter of 2011, in which Samoa skips a day and the clocks of half the world
//! change. A story is drawn as numbers and built from them, so that a failure shrinks.

use leasehold_books::event::*;
use leasehold_books::rating::TaxClass;
use leasehold_contract::Lease;
use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::*;
use leasehold_types::{
    AcceleratorSeconds, Currency, Date, Instant, Money, PoolId, Ratio, Rounding, Seconds, Tokens,
    Units, Zone,
};
use proptest::prelude::*;

use super::{currency, day, id, lease as plain, notice, ratio, recall_clause, tranche, tranche_id};

const ZONES: [&str; 7] = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kolkata",
];
const CURRENCIES: [&str; 3] = ["USD", "JPY", "KWD"];

/// What a lease is made of.
#[derive(Debug, Clone)]
pub struct LeasePlan {
    place: (usize, usize),
    /// The first day and the number of days.
    days: (u16, u16),
    /// Day count, half even, months of a billing period, by the anchor.
    rules: (u8, bool, u16, bool),
    tranches: Vec<TranchePlan>,
    phases: Vec<PhasePlan>,
    /// Multiple in halves, cap in hundredths, compensation, stop-loss.
    recall: (u8, Option<u8>, u16, Option<u32>),
    /// Amount, months, everything counts.
    commitments: Vec<(u32, u16, bool)>,
    /// From which day, which lines, which rate in thousandths.
    taxes: Vec<(u16, u8, u16)>,
    availability: Option<(bool, Option<u8>)>,
    /// Amount, how it is drawn, from which day.
    prepayments: Vec<(u32, u8, u16)>,
    recognition: u8,
}

#[derive(Debug, Clone)]
struct TranchePlan {
    units: u64,
    delivery: u16,
    /// Grace, discount in hundredths, days to elect, what silence means; no remedies where odd.
    late: (u16, u8, u16, u8),
}

#[derive(Debug, Clone)]
struct PhasePlan {
    from: u16,
    /// 0 is undisclosed, 1 by the hour, the others a month.
    kind: u8,
    amount: u32,
    share: u8,
    in_advance: bool,
    /// For one tranche instead of the whole.
    tranche: Option<usize>,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub struct EventPlan {
    kind: u8,
    /// The day on which it takes effect, from the first of the lease.
    day: u16,
    /// Hours into that day.
    hour: u8,
    /// Days after which the books learn of it.
    pub delay: u16,
    a: u16,
    b: u16,
    /// What is sent again.
    again: u8,
}

/// A lease and what happens to it.
#[derive(Debug, Clone)]
pub struct Plan {
    pub lease: LeasePlan,
    pub events: Vec<EventPlan>,
}

/// A lease with its events, in the order in which they were drawn.
#[derive(Debug, Clone)]
pub struct Story {
    pub lease: Lease,
    pub events: Vec<Event>,
    /// A day by which all of it is over and booked.
    pub through: Date,
}

/// Which events may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// All of them.
    All,
    /// Those that say what is owed: no money, no credits by a decision, no voids.
    Facts,
}

fn tranches() -> impl Strategy<Value = Vec<TranchePlan>> {
    let late = (0..8_u16, prop_oneof![Just(0), 1..40_u8], 0..15_u16, 0..6_u8);
    let one = (2..20_u64, 0..25_u16, late);
    let one = one.prop_map(|(units, delivery, late)| TranchePlan { units, delivery, late });
    prop::collection::vec(one, 1..4)
}

fn phases() -> impl Strategy<Value = Vec<PhasePlan>> {
    let kind = prop_oneof![1 => Just(0), 2 => Just(1), 12 => Just(2)];
    let tranche = prop::option::weighted(0.25, 0..3_usize);
    let one = (0..90_u16, kind, 1..9_000_000_u32, 1..=100_u8, any::<bool>(), tranche);
    let one = one.prop_map(|(from, kind, amount, share, in_advance, tranche)| PhasePlan {
        from,
        kind,
        amount,
        share,
        in_advance,
        tranche,
    });
    prop::collection::vec(one, 1..4)
}

fn leases() -> impl Strategy<Value = LeasePlan> {
    let terms = (
        (0..ZONES.len(), 0..CURRENCIES.len()),
        (0..60_u16, 3..150_u16),
        (0..4_u8, any::<bool>(), 1..4_u16, any::<bool>()),
        0..3_u8,
    );
    let money = (
        (0..4_u8, prop::option::of(1..100_u8), 0..500_u16, prop::option::of(0..400_000_u32)),
        prop::collection::vec((0..5_000_000_u32, 1..4_u16, any::<bool>()), 0..2),
        prop::collection::vec((0..120_u16, 0..3_u8, 0..250_u16), 0..3),
        prop::option::of((any::<bool>(), prop::option::of(1..60_u8))),
        prop::collection::vec((1..3_000_000_u32, 0..3_u8, 0..60_u16), 0..2),
    );
    (terms, tranches(), phases(), money).prop_map(|(terms, tranches, phases, money)| {
        let (place, days, rules, recognition) = terms;
        let (recall, commitments, taxes, availability, prepayments) = money;
        LeasePlan {
            place,
            days,
            rules,
            tranches,
            phases,
            recall,
            commitments,
            taxes,
            availability,
            prepayments,
            recognition,
        }
    })
}

fn events(most: usize) -> impl Strategy<Value = Vec<EventPlan>> {
    let delay = prop_oneof![2 => Just(0), 1 => 1..120_u16];
    let again = prop_oneof![8 => Just(0), 1 => Just(1), 1 => Just(2)];
    let one = (0..40_u8, 0..150_u16, 0..24_u8, delay, any::<u16>(), any::<u16>(), again);
    let one = one.prop_map(|(kind, day, hour, delay, a, b, again)| EventPlan {
        kind,
        day,
        hour,
        delay,
        a,
        b,
        again,
    });
    prop::collection::vec(one, 0..=most)
}

/// Leases with at most `most` events.
pub fn plans(most: usize) -> impl Strategy<Value = Plan> {
    (leases(), events(most)).prop_map(|(lease, events)| Plan { lease, events })
}

impl LeasePlan {
    fn first(&self) -> Date {
        later(day("2011-10-15"), self.days.0)
    }

    fn on(&self, days: u16) -> Date {
        later(self.first(), days)
    }

    fn end(&self) -> Date {
        self.on(self.days.1)
    }

    fn currency(&self) -> Currency {
        currency(CURRENCIES[self.place.1])
    }

    fn money(&self, minor: u32) -> Money {
        Money::new(minor.into(), self.currency())
    }

    /// The lease under the id `name`.
    pub fn build(&self, name: &str) -> Lease {
        let (first, end) = (self.first().to_string(), self.end().to_string());
        let mut lease = plain(&first, &end, "0.00");
        lease.id = id(name);
        lease.currency = self.currency();
        lease.zone = Zone::named(ZONES[self.place.0]).unwrap();
        let (count, even, every_months, by_anchor) = self.rules;
        let counts = [
            DayCount::ActualActual,
            DayCount::ThirtyE360,
            DayCount::Actual365Fixed,
            DayCount::None,
        ];
        lease.rules = Rules {
            proration: counts[usize::from(count)],
            rounding: if even { Rounding::HalfEven } else { Rounding::HalfAway },
            billing: Billing {
                every_months,
                align: if by_anchor { Alignment::Anchor } else { Alignment::Calendar },
            },
        };
        lease.tranches = (0..self.tranches.len()).map(|i| self.tranche(i)).collect();
        lease.fees = self.fees();
        self.clauses(&mut lease);
        self.amounts(&mut lease);
        lease
    }

    fn tranche(&self, i: usize) -> Tranche {
        let plan = &self.tranches[i];
        let delivery = self.on(plan.delivery.min(self.days.1 - 1)).to_string();
        let mut made = tranche(&format!("t{i}"), plan.units, &delivery, &self.end().to_string());
        made.pool = PoolId::new(["site/h100", "site/h200"][i % 2]).unwrap();
        let (grace_days, discount, elect_within_days, silence) = plan.late;
        let remedies = [Remedy::Wait, Remedy::AcceptFewer, Remedy::Terminate];
        made.late = Late {
            grace_days,
            discount_per_day: Ratio::new(discount.into(), 100).unwrap(),
            remedies: if silence % 2 == 1 { Vec::new() } else { remedies.to_vec() },
            elect_within_days,
            silence: remedies[usize::from(silence / 2)],
        };
        made
    }

    fn fees(&self) -> Vec<FeePhase> {
        let mut fees: Vec<FeePhase> = Vec::new();
        for (i, plan) in self.phases.iter().enumerate() {
            let tranche = plan.tranche.map(|t| t % self.tranches.len());
            let covers =
                tranche.map_or(Covers::Whole, |t| Covers::Tranche(tranche_id(&format!("t{t}"))));
            let from = self.on(if i == 0 { 0 } else { plan.from });
            if fees.iter().any(|fee| fee.covers == covers && fee.from == from) {
                continue;
            }
            fees.push(FeePhase {
                name: format!("p{i}"),
                from,
                covers,
                price: self.price(plan),
                timing: if plan.in_advance { FeeTiming::InAdvance } else { FeeTiming::InArrears },
                days_to_pay: plan.share.into(),
            });
        }
        fees.sort_by(|a, b| (&a.covers, a.from).cmp(&(&b.covers, b.from)));
        fees
    }

    fn price(&self, plan: &PhasePlan) -> Price {
        match plan.kind {
            0 => Price::Undisclosed,
            1 => Price::PerAcceleratorHour {
                minor: Ratio::new(i128::from(plan.amount % 1_000), 7).unwrap(),
            },
            _ => Price::Monthly {
                amount: self.money(plan.amount),
                share: Ratio::new(plan.share.into(), 100).unwrap(),
            },
        }
    }

    fn clauses(&self, lease: &mut Lease) {
        lease.term.tenant_exit = Some(notice(None, Some(20)));
        lease.term.owner_exit = Some(notice(Some(1), None));
        let (multiple, cap, compensation, stop) = self.recall;
        let mut clause = recall_clause("1", None);
        clause.abatement = Abatement {
            multiple: Ratio::new(multiple.into(), 2).unwrap(),
            cap: cap.map(|cap| Ratio::new(cap.into(), 100).unwrap()),
        };
        clause.compensation = Compensation {
            minor_per_accelerator_hour: Ratio::new(compensation.into(), 3).unwrap(),
            stop_loss_per_year: stop.map(|stop| self.money(stop)),
        };
        lease.recall = Some(clause);
        let third = Ratio::new(100, 3).unwrap();
        lease.overage = Some(Overage {
            minor_per_accelerator_hour: Some(third),
            tokens: Some(TokenPrices { input: third, cached: ratio("2.5"), output: ratio("700") }),
            up_to: None,
        });
        lease.service = self.availability.map(|(by_pool, cap)| ServiceLevel {
            availability: Some(Availability {
                ladder: vec![
                    LadderStep { below: ratio("99%"), credit: ratio("10%") },
                    LadderStep { below: ratio("90%"), credit: ratio("1/3") },
                ],
                basis: if by_pool {
                    AvailabilityBasis::PoolFee
                } else {
                    AvailabilityBasis::MonthFee
                },
                cap: cap.map(|cap| Ratio::new(cap.into(), 100).unwrap()),
                interval: Seconds(300),
                excused: vec![Excuse::Recall, Excuse::Maintenance],
            }),
            chronic: None,
            latency: Vec::new(),
        });
    }

    fn amounts(&self, lease: &mut Lease) {
        lease.commitments = (0_u16..)
            .zip(&self.commitments)
            .map(|(i, (amount, every_months, everything))| Commitment {
                name: format!("c{i}"),
                from: self.on(i * 9),
                until: None,
                amount: self.money(*amount),
                every_months: *every_months,
                counts: if *everything {
                    CommitmentCounts::Everything
                } else {
                    CommitmentCounts::Usage
                },
            })
            .collect();
        let taxes = self.taxes.iter();
        lease.taxes = taxes.map(|(from, on, rate)| tax(self.on(*from), *on, *rate)).collect();
        lease.prepayments = self
            .prepayments
            .iter()
            .map(|(amount, draw, from)| Prepayment {
                amount: self.money(*amount),
                due: self.first(),
                draw_from: self.on(*from),
                draw_down: match draw {
                    0 => DrawDown::InFull,
                    1 => DrawDown::Share(ratio("1/3")),
                    _ => DrawDown::UpTo(self.money(amount / 4)),
                },
            })
            .collect();
        let modes = [Recognition::AsDelivered, Recognition::StraightLine, Recognition::AsInvoiced];
        lease.accounting.recognition = modes[usize::from(self.recognition)];
        if self.recognition == 1 {
            lease.accounting.standard = Standard::Lease;
        }
    }
}

fn tax(from: Date, on: u8, thousandths: u16) -> TaxRule {
    let on = [Taxed::All, Taxed::Fees, Taxed::Usage][usize::from(on)];
    let rate = Ratio::new(thousandths.into(), 1_000).unwrap();
    let class = if thousandths == 0 { TaxClass::none() } else { TaxClass::standard(rate) };
    TaxRule { from, on, class }
}

fn later(date: Date, days: u16) -> Date {
    date.checked_add(jiff::Span::new().days(i64::from(days))).unwrap()
}

impl Plan {
    /// The lease under the id `name` with its events.
    pub fn build(&self, name: &str, kinds: Kinds) -> Story {
        let lease = self.lease.build(name);
        let mut made = Making { plan: &self.lease, lease: &lease, kinds, events: Vec::new() };
        for (i, event) in self.events.iter().enumerate() {
            made.add(i, event);
        }
        let events = made.events;
        let through = day("2013-12-31");
        Story { lease, events, through }
    }
}

impl Story {
    /// The same, with everything known as soon as it took effect.
    pub fn known_at_once(&self) -> Story {
        let at_once = |event: &Event| Event { at: event.moment(), ..event.clone() };
        Story { events: self.first_of_each_key().iter().map(at_once).collect(), ..self.clone() }
    }

    /// Without what is sent again: of each key the event that was learnt of first.
    pub fn first_of_each_key(&self) -> Vec<Event> {
        let mut events = self.events.clone();
        events.sort_by(|a, b| (&a.key, a.at).cmp(&(&b.key, b.at)));
        events.dedup_by(|next, first| next.key == first.key);
        events
    }
}

/// Builds events one after the other; some are about earlier ones.
struct Making<'a> {
    plan: &'a LeasePlan,
    lease: &'a Lease,
    kinds: Kinds,
    events: Vec<Event>,
}

impl Making<'_> {
    /// The instant of a plan; no two are the same.
    fn moment(&self, i: usize, plan: &EventPlan) -> Instant {
        let begins = self.lease.start_of(self.plan.on(plan.day));
        let seconds = i64::from(plan.hour) * 3_600 + i64::try_from(i).unwrap() * 7 + 1;
        begins.saturating_add(Seconds(seconds))
    }

    fn add(&mut self, i: usize, plan: &EventPlan) {
        let moment = self.moment(i, plan);
        let Some(kind) = self.kind(plan, moment) else { return };
        let at = moment.saturating_add(Seconds::from_days(plan.delay.into()));
        // What is about an earlier event is learnt of after it.
        let at = at.max(self.not_before(&kind));
        let event = Event {
            key: EventKey::new(["desk", "meter"][i % 2], &format!("{}-{i}", self.lease.id)),
            at,
            effective: Some(moment),
            lease: self.lease.id.clone(),
            kind,
        };
        if plan.again > 0 {
            let at = at.saturating_add(Seconds::from_days(i64::from(plan.again) * 20));
            let mut second = Event { at, ..event.clone() };
            if plan.again == 2 {
                second.effective = Some(moment.saturating_add(Seconds(-1)));
            }
            self.events.push(second);
        }
        self.events.push(event);
    }

    fn not_before(&self, kind: &EventKind) -> Instant {
        let about = match kind {
            EventKind::Correction(correction) => Some(&correction.event),
            EventKind::RecallReturned(back) => Some(&back.recall),
            _ => None,
        };
        let of_it = self.events.iter().filter(|event| Some(&event.key) == about);
        of_it.map(|event| event.at.saturating_add(Seconds(1))).min().unwrap_or(Instant::MIN)
    }

    fn kind(&self, plan: &EventPlan, moment: Instant) -> Option<EventKind> {
        if plan.kind < 26 {
            return self.fact(plan, moment);
        }
        if self.kinds == Kinds::Facts { None } else { self.money_event(plan) }
    }

    fn fact(&self, plan: &EventPlan, moment: Instant) -> Option<EventKind> {
        let date = self.plan.on(plan.day);
        Some(match plan.kind {
            0..=6 => self.usage(plan, moment).into(),
            7 => NoticeGiven { side: side(plan.a) }.into(),
            8 => NoticeWithdrawn { side: side(plan.a), consent: "letter".to_owned() }.into(),
            9 if plan.a.is_multiple_of(4) => {
                let ends = later(date, plan.b % 40);
                Termination { ends, reason: "agreed".to_owned() }.into()
            }
            9 | 10 => self.delivery(plan, date)?.into(),
            11 if plan.b.is_multiple_of(3) => self.recall_election(plan, date).into(),
            11 => self.late_election(plan, date)?.into(),
            12..=15 => self.recall(plan, moment).into(),
            16 => {
                let recalls = self.earlier(|kind| matches!(kind, EventKind::Recalled(_)));
                let recall = pick(&recalls, plan.a)?;
                RecallReturned { recall: recall.key.clone(), returned: moment }.into()
            }
            17 | 18 => self.outage(plan, moment).into(),
            19 => {
                let until = moment.saturating_add(Seconds::from_hours(i64::from(plan.a % 50) + 1));
                let (tranche, units) = (self.some_tranche(plan.b), Units(3));
                Spare { tranche, from: moment, until, units }.into()
            }
            20 => {
                let until = moment.saturating_add(Seconds::from_hours(i64::from(plan.a % 50) + 1));
                let because = [ExcusedBecause::Maintenance, ExcusedBecause::TenantFault]
                    [usize::from(plan.b % 2)];
                Excused { tranche: None, from: moment, until, units: None, because }.into()
            }
            21 => {
                Amendment { sheet: None, version: Some(Box::new(self.amended(plan, date))) }.into()
            }
            22 => self.rate(plan, date).into(),
            23 => {
                let rule = tax(date, (plan.a % 3) as u8, plan.b % 300);
                TaxChange { from: rule.from, on: rule.on, class: rule.class }.into()
            }
            _ => {
                let facts = self.earlier(|kind| !matches!(kind, EventKind::Correction(_)));
                let event = pick(&facts, plan.a)?.key.clone();
                Correction { event, reason: "a mistake".to_owned() }.into()
            }
        })
    }

    fn money_event(&self, plan: &EventPlan) -> Option<EventKind> {
        let money = self.plan.money(u32::from(plan.a) * u32::from(plan.b % 97 + 1) + 1);
        let invoice = format!("INV-{:06}", plan.b % 6 + 1);
        let from = [PaidFrom::OnAccount, PaidFrom::Deposit, PaidFrom::Prepayment];
        let out_of = from[usize::from(plan.a % 3)];
        let reason = "agreed".to_owned();
        Some(match plan.kind {
            26..=29 => {
                let toward = [
                    PaidToward::Invoices,
                    PaidToward::Invoices,
                    PaidToward::Deposit,
                    PaidToward::Prepayment,
                ][usize::from(plan.a % 4)];
                let invoices = (plan.b.is_multiple_of(3)).then(|| vec![invoice]);
                Payment { money, toward, invoices, reference: "R1".to_owned() }.into()
            }
            30 | 31 => Allocation { money, invoice, out_of }.into(),
            32 => Refund { money, out_of, reference: String::new() }.into(),
            33..=35 => {
                let line = u32::from(plan.a % 4) + 1;
                let money = (plan.a % 5 > 1).then_some(money);
                let lines = if plan.a.is_multiple_of(7) {
                    Vec::new()
                } else {
                    vec![LineCredit { line, money }]
                };
                CreditGranted { invoice, lines, reason }.into()
            }
            36 | 37 => InvoiceVoided { invoice, reason }.into(),
            _ => {
                let all = self.earlier(|kind| !matches!(kind, EventKind::Correction(_)));
                let event = pick(&all, plan.a)?.key.clone();
                Correction { event, reason }.into()
            }
        })
    }

    fn earlier(&self, which: impl Fn(&EventKind) -> bool) -> Vec<&Event> {
        self.events.iter().filter(|event| which(&event.kind)).collect()
    }

    fn some_tranche(&self, n: u16) -> leasehold_types::TrancheId {
        self.lease.tranches[usize::from(n) % self.lease.tranches.len()].id.clone()
    }

    fn usage(&self, plan: &EventPlan, moment: Instant) -> Usage {
        let seconds = i64::from(plan.a % 20_000) + 1;
        let busy = u128::from(self.lease.units().0) * u128::from(plan.b % 300) / 100;
        let tokens = TokenUse {
            input: Tokens(u64::from(plan.a) * 1_000 + 1),
            cached: Tokens(u64::from(plan.b) * 700),
            output: Tokens(u64::from(plan.a % 50) * 333),
        };
        Usage {
            from: moment,
            until: moment.saturating_add(Seconds(seconds)),
            accelerator_seconds: AcceleratorSeconds(busy * seconds.unsigned_abs() as u128),
            tokens,
            model: None,
        }
    }

    /// Deliveries of any tranche but the first, never more than promised.
    fn delivery(&self, plan: &EventPlan, date: Date) -> Option<Delivered> {
        let others = &self.lease.tranches[1..];
        let tranche = others.get(usize::from(plan.a) % others.len().max(1))?;
        let came: u64 = self
            .events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Delivered(came) if came.tranche == tranche.id => Some(came.units.0),
                _ => None,
            })
            .sum();
        let most = tranche.units.0.saturating_sub(came);
        let units = Units((tranche.units.0 * u64::from(plan.b % 101)).div_ceil(100).min(most));
        Some(Delivered { tranche: tranche.id.clone(), on: date, units })
    }

    fn late_election(&self, plan: &EventPlan, date: Date) -> Option<LateElection> {
        let others = &self.lease.tranches[1..];
        let tranche = others.get(usize::from(plan.a) % others.len().max(1))?;
        let remedy = [Remedy::Wait, Remedy::AcceptFewer, Remedy::AcceptFewer, Remedy::Terminate]
            [usize::from(plan.b % 4)];
        Some(LateElection { tranche: tranche.id.clone(), remedy, from: date, keeps: None })
    }

    fn recall_election(&self, plan: &EventPlan, date: Date) -> RecallElected {
        let extend = plan.a.is_multiple_of(2);
        let last = &self.lease.tranches[self.lease.tranches.len() - 1];
        RecallElected {
            right: if extend { RecallRight::Extend } else { RecallRight::Reduce },
            from: date,
            tranche: Some(last.id.clone()),
            keeps: Some(Units(last.units.0 / 2)),
            days: Some(u32::from(plan.a % 20)),
        }
    }

    /// Recalls of the first half of the first tranche, numbered, so that they overlap.
    fn recall(&self, plan: &EventPlan, moment: Instant) -> Recalled {
        let half = (self.lease.tranches[0].units.0 / 2).max(1);
        let first = u64::from(plan.a) % half;
        let count = (u64::from(plan.b) % half + 1).min(half - first);
        let minutes = i64::from(plan.a % 6_000) + 1;
        let starts = self.lease.start_of(self.lease.tranches[0].delivery).max(moment);
        Recalled {
            tranche: self.lease.tranches[0].id.clone(),
            from: starts,
            until: starts.saturating_add(Seconds::from_minutes(minutes)),
            class: "standard".to_owned(),
            units: None,
            numbered: Some(vec![UnitRange { first, count }]),
            within_clause: !plan.b.is_multiple_of(5),
        }
    }

    fn outage(&self, plan: &EventPlan, moment: Instant) -> Outage {
        Outage {
            tranche: self.some_tranche(plan.a),
            from: moment,
            until: moment.saturating_add(Seconds::from_hours(i64::from(plan.b % 200) + 1)),
            units: Units(u64::from(plan.b % 9) + 1),
            node: (plan.a.is_multiple_of(2)).then(|| "n1".to_owned()),
        }
    }

    /// The lease with other prices, from a day on; or with another end or rhythm.
    fn amended(&self, plan: &EventPlan, date: Date) -> Lease {
        let version = u32::from(plan.a % 3) + 2;
        let mut lease = Lease { version, effective: date, ..self.lease.clone() };
        for fee in &mut lease.fees {
            if let Price::Monthly { amount, .. } = &mut fee.price {
                *amount = Money::new(amount.minor() + i128::from(plan.b), amount.currency());
            }
        }
        match plan.a % 5 {
            0 => lease.rules.billing.align = Alignment::Anchor,
            1 => lease.zone = Zone::named(ZONES[usize::from(plan.b) % ZONES.len()]).unwrap(),
            2 => lease.commitments.clear(),
            _ => {}
        }
        lease
    }

    fn rate(&self, plan: &EventPlan, date: Date) -> RateChange {
        let reason = "index".to_owned();
        let phase = &self.lease.fees[usize::from(plan.a) % self.lease.fees.len()];
        if plan.b.is_multiple_of(4) || !matches!(phase.price, Price::Monthly { .. }) {
            let mut overage = self.lease.overage.clone().unwrap();
            overage.minor_per_accelerator_hour = Some(Ratio::new(plan.b.into(), 11).unwrap());
            let overage = Some(Box::new(overage));
            return RateChange { from: date, phase: None, price: None, overage, reason };
        }
        let amount = self.plan.money(u32::from(plan.b) * 31);
        let price = Some(Price::Monthly { amount, share: Ratio::ONE });
        RateChange { from: date, phase: Some(phase.name.clone()), price, overage: None, reason }
    }
}

fn side(n: u16) -> Side {
    if n.is_multiple_of(2) { Side::Tenant } else { Side::Owner }
}

fn pick<'e>(events: &[&'e Event], n: u16) -> Option<&'e Event> {
    events.get(usize::from(n) % events.len().max(1)).copied()
}

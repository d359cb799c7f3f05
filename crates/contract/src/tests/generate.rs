//! Random leases and facts, in zones with odd days.
//!
//! The span is 2011 and 2012, in which Samoa skips a day, Newfoundland's clocks go back a minute
//! after midnight, Lord Howe's by half an hour and Beirut's go forward at midnight.

use leasehold_types::{Date, Money, Period, Ratio, Rounding, Seconds, Units, Zone};
use proptest::prelude::*;

use super::build::*;
use crate::exact::add_days;
use crate::facts::{Delivery, Facts, Reduction, ReductionCause, TakenUnits, Taking, UnitRange};
use crate::lease::*;

pub(crate) const ZONES: [&str; 7] = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Europe/Berlin",
];

/// What a random lease is made of; days are counted from the lease's first.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    zone: usize,
    first: u16,
    length: u16,
    anchor: i16,
    rules: (u8, bool, u16, bool),
    tranches: Vec<TranchePlan>,
    whole: Vec<PhasePlan>,
    by_tranche: Vec<(usize, PhasePlan)>,
    recall: (u8, Option<u8>, u16, Option<u32>),
    ends: Option<u16>,
    takings: Vec<TakingPlan>,
}

#[derive(Debug, Clone)]
struct TranchePlan {
    units: u64,
    delivery: u16,
    /// Days by which it ends before the lease does.
    short: u16,
    late: (u16, u8),
    /// Units and days after the delivery date; the rest never comes.
    delivered: Vec<(u64, u16)>,
    /// Units given up, and when.
    given_up: Option<(u64, u16)>,
}

#[derive(Debug, Clone)]
struct PhasePlan {
    from: u16,
    kind: u8,
    amount: i64,
    share: u8,
    in_advance: bool,
}

#[derive(Debug, Clone)]
struct TakingPlan {
    tranche: usize,
    /// Minutes after the lease's first instant, and how many it lasts.
    from: u32,
    minutes: u32,
    /// Thousandths of the units that may be numbered.
    units: (u16, u16),
    counted: bool,
    short: bool,
}

fn tranche_plan() -> impl Strategy<Value = TranchePlan> {
    (
        1..40_u64,
        0..30_u16,
        prop_oneof![3 => Just(0), 1 => 1..30_u16],
        (0..10_u16, prop_oneof![Just(0), 1..50_u8]),
        prop_oneof![
            2 => Just(vec![(1000, 0)]),
            1 => prop::collection::vec((0..700_u64, 0..50_u16), 0..3),
        ],
        prop::option::weighted(0.2, (0..1000_u64, 1..90_u16)),
    )
        .prop_map(|(units, delivery, short, late, delivered, given_up)| TranchePlan {
            units,
            delivery,
            short,
            late,
            delivered,
            given_up,
        })
}

fn phase_plan() -> impl Strategy<Value = PhasePlan> {
    (0..120_u16, 0..8_u8, 0..50_000_000_i64, 1..=100_u8, any::<bool>()).prop_map(
        |(from, kind, amount, share, in_advance)| PhasePlan {
            from,
            kind,
            amount,
            share,
            in_advance,
        },
    )
}

fn taking_plan(minutes: u32) -> impl Strategy<Value = TakingPlan> {
    (0..3_usize, 0..minutes, 1..8_000_u32, (0..1000_u16, 1..1000_u16), any::<bool>(), any::<bool>())
        .prop_map(|(tranche, from, minutes, units, counted, short)| TakingPlan {
            tranche,
            from,
            minutes,
            units,
            counted,
            short,
        })
}

/// Leases of at most `days` days with at most `takings` takings.
pub(crate) fn plans(days: u16, takings: usize) -> impl Strategy<Value = Plan> {
    let terms = (
        0..ZONES.len(),
        0..500_u16,
        5..days,
        -40..40_i16,
        (0..4_u8, any::<bool>(), 1..5_u16, any::<bool>()),
        prop::option::weighted(0.3, 1..days),
    );
    let parts = (
        prop::collection::vec(tranche_plan(), 1..4),
        prop::collection::vec(phase_plan(), 0..4),
        prop::collection::vec((0..3_usize, phase_plan()), 0..3),
        (0..4_u8, prop::option::of(1..120_u8), 0..500_u16, prop::option::of(0..4_000_000_u32)),
        prop::collection::vec(taking_plan(u32::from(days) * 1_440), 0..=takings),
    );
    (terms, parts).prop_map(|(terms, parts)| {
        let (zone, first, length, anchor, rules, ends) = terms;
        let (tranches, whole, by_tranche, recall, takings) = parts;
        Plan {
            zone,
            first,
            length,
            anchor,
            rules,
            tranches,
            whole,
            by_tranche,
            recall,
            ends,
            takings,
        }
    })
}

impl Plan {
    fn start(&self) -> Date {
        add_days(day("2011-01-01"), self.first.into()).unwrap()
    }

    fn date(&self, days: u16) -> Date {
        add_days(self.start(), days.into()).unwrap()
    }

    fn end(&self) -> Date {
        self.date(self.length)
    }

    /// The lease and what has happened to it; the facts never contradict the lease.
    pub(crate) fn build(&self) -> (Lease, Facts) {
        let lease = self.lease();
        let facts = self.facts(&lease);
        (lease, facts)
    }

    fn lease(&self) -> Lease {
        let (start, end) = (self.start().to_string(), self.end().to_string());
        let mut lease = lease(&start, &end);
        lease.zone = Zone::named(ZONES[self.zone]).unwrap();
        lease.anchor = add_days(self.start(), self.anchor.into()).unwrap();
        let (count, even, every_months, by_anchor) = self.rules;
        let counts = [
            DayCount::ActualActual,
            DayCount::ThirtyE360,
            DayCount::Actual365Fixed,
            DayCount::None,
        ];
        let align = if by_anchor { Alignment::Anchor } else { Alignment::Calendar };
        lease.rules = Rules {
            proration: counts[usize::from(count)],
            rounding: if even { Rounding::HalfEven } else { Rounding::HalfAway },
            billing: Billing { every_months, align },
        };
        lease.tranches = (0..self.tranches.len()).map(|i| self.tranche(i)).collect();
        lease.fees = self.fees();
        lease.recall = Some(self.clause());
        lease
    }

    fn tranche(&self, i: usize) -> Tranche {
        let plan = &self.tranches[i];
        let delivery = self.date(plan.delivery.min(self.length - 1));
        let until = add_days(self.end(), -i64::from(plan.short)).unwrap();
        let until = until.max(add_days(delivery, 1).unwrap());
        let mut made =
            tranche(&format!("t{i}"), plan.units, &delivery.to_string(), &until.to_string());
        made.recallable = Units(plan.units / 2);
        made.late.grace_days = plan.late.0;
        made.late.discount_per_day = Ratio::new(plan.late.1.into(), 100).unwrap();
        made
    }

    fn fees(&self) -> Vec<FeePhase> {
        let mut fees = Vec::new();
        let mut seen = Vec::new();
        let whole = self.whole.iter().map(|plan| (Covers::Whole, plan));
        let of_tranche = self.by_tranche.iter().map(|(i, plan)| {
            let i = i % self.tranches.len();
            (Covers::Tranche(tranche_id(&format!("t{i}"))), plan)
        });
        for (covers, plan) in whole.chain(of_tranche) {
            if seen.contains(&(covers.clone(), plan.from)) {
                continue;
            }
            seen.push((covers.clone(), plan.from));
            let price = match plan.kind {
                0 => Price::Undisclosed,
                1 | 2 => Price::PerAcceleratorHour {
                    minor: Ratio::new((plan.amount % 1_000).into(), 7).unwrap(),
                },
                _ => Price::Monthly {
                    amount: Money::new(plan.amount.into(), currency("USD")),
                    share: Ratio::new(plan.share.into(), 100).unwrap(),
                },
            };
            let name = format!("p{}", fees.len());
            let mut made = phase(&name, &self.date(plan.from).to_string(), price);
            made.covers = covers;
            if plan.in_advance {
                made.timing = FeeTiming::InAdvance;
            }
            fees.push(made);
        }
        fees.sort_by(|a, b| (&a.covers, a.from).cmp(&(&b.covers, b.from)));
        fees
    }

    fn clause(&self) -> RecallClause {
        let (multiple, cap, compensation, stop) = self.recall;
        let mut clause = recall_clause();
        clause.abatement = Abatement {
            multiple: Ratio::new(multiple.into(), 2).unwrap(),
            cap: cap.map(|cap| Ratio::new(cap.into(), 100).unwrap()),
        };
        clause.compensation = Compensation {
            minor_per_accelerator_hour: Ratio::new(compensation.into(), 3).unwrap(),
            stop_loss_per_year: stop.map(|stop| Money::new(stop.into(), currency("USD"))),
        };
        clause
    }

    fn facts(&self, lease: &Lease) -> Facts {
        let mut facts = Facts { ends: self.ends.map(|ends| self.date(ends)), ..Facts::default() };
        for (plan, tranche) in self.tranches.iter().zip(&lease.tranches) {
            let mut left = plan.units;
            for (part, after) in &plan.delivered {
                let units = (plan.units * part / 1000).min(left);
                left -= units;
                let on = add_days(tranche.delivery, i64::from(*after)).unwrap();
                let tranche = tranche.id.clone();
                facts.deliveries.push(Delivery { tranche, on, units: Units(units) });
            }
            if let Some((part, after)) = plan.given_up {
                facts.reductions.push(Reduction {
                    tranche: tranche.id.clone(),
                    from: add_days(tranche.delivery, after.into()).unwrap(),
                    keeps: Units(plan.units * part / 1000),
                    cause: ReductionCause::AcceptFewer,
                });
            }
        }
        self.takings(lease, &mut facts);
        facts
    }

    /// Takings that the tenant can bear: numbered ones among the first half of what it always
    /// has, counted ones among the other half.
    fn takings(&self, lease: &Lease, facts: &mut Facts) {
        let mut counted: Vec<u64> = vec![0; lease.tranches.len()];
        for plan in &self.takings {
            let i = plan.tranche % lease.tranches.len();
            let tranche = &lease.tranches[i];
            let (always, since) = always_has(facts, tranche);
            let half = always / 2;
            let from = lease.start_of(self.start());
            let from = from.saturating_add(Seconds::from_minutes(plan.from.into()));
            let period = Period::new(
                from.max(lease.start_of(since)),
                from.max(lease.start_of(since))
                    .saturating_add(Seconds::from_minutes(plan.minutes.into())),
            );
            let units = if plan.counted {
                let units = (always - half) / 3;
                if counted[i] + units > always - half {
                    continue;
                }
                counted[i] += units;
                TakenUnits::Counted(Units(units))
            } else {
                let first = half * u64::from(plan.units.0) / 1000;
                let count = (half * u64::from(plan.units.1) / 1000).min(half - first);
                TakenUnits::Numbered(vec![UnitRange { first, count }])
            };
            facts.takings.push(Taking {
                tranche: tranche.id.clone(),
                period,
                units,
                class: if plan.short { "short" } else { "planned" }.to_owned(),
                within_clause: true,
            });
        }
    }
}

/// Units of `tranche` that the tenant has from a day on until its end.
fn always_has(facts: &Facts, tranche: &Tranche) -> (u64, Date) {
    let deliveries = facts.deliveries.iter().filter(|d| d.tranche == tranche.id);
    let came: u64 = deliveries.clone().map(|d| d.units.0).sum();
    let since = deliveries.map(|d| d.on).max().unwrap_or(tranche.delivery);
    let kept = facts.reductions.iter().filter(|r| r.tranche == tranche.id);
    let kept = kept.map(|r| r.keeps.0).min().unwrap_or(u64::MAX);
    (came.min(kept), since.max(tranche.delivery))
}

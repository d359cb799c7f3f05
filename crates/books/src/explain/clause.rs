//! Where a line's rule stands in the term sheet, and what it says there.

use leasehold_contract::Lease;
use leasehold_contract::lease::{
    AvailabilityBasis, Commitment, CommitmentCounts, Covers, DayCount, FeePhase, FeeTiming,
    Overage, Price, RecallClause, Remedy, Tranche,
};
use leasehold_types::{Currency, Ratio};

use crate::invoice::BilledLine;
use crate::rating::ChargeKind;

use super::Clause;
use super::words::{count, day, exact, number, share};

/// The clauses of `lease` that `line` follows, the most particular first.
pub(super) fn of_line(line: &BilledLine, lease: &Lease) -> Vec<Clause> {
    let mut clauses = Clauses { lease, found: Vec::new() };
    let Some(head) = &line.head else { return Vec::new() };
    let tranche = head.tranche.as_ref().and_then(|id| lease.tranches.iter().find(|t| t.id == *id));
    let named = line.phase.as_deref();
    let phase = named.and_then(|name| lease.fees.iter().find(|phase| phase.name == name));
    match head.kind {
        ChargeKind::Fee | ChargeKind::FeeUndisclosed => clauses.fee(phase),
        ChargeKind::CommitmentReduction => clauses.given_up(tranche, phase),
        ChargeKind::UndeliveredReduction => clauses.undelivered(tranche, phase),
        ChargeKind::LateDiscount => clauses.late(tranche, phase),
        ChargeKind::RecallAbatement => clauses.abatement(line),
        ChargeKind::RecallCompensation => clauses.compensation(),
        ChargeKind::AcceleratorOverage
        | ChargeKind::TokensInput
        | ChargeKind::TokensCached
        | ChargeKind::TokensOutput => clauses.usage(head.kind),
        ChargeKind::CommitmentTrueUp => clauses.commitment(head.name.as_deref()),
        ChargeKind::ServiceCredit => clauses.availability(),
        ChargeKind::GrantedCredit => return Vec::new(),
    }
    clauses.found
}

struct Clauses<'a> {
    lease: &'a Lease,
    found: Vec<Clause>,
}

impl Clauses<'_> {
    fn add(&mut self, path: impl Into<String>, says: impl Into<String>) {
        let version = self.lease.version;
        self.found.push(Clause { path: path.into(), says: says.into(), version });
    }

    fn currency(&self) -> Currency {
        self.lease.currency
    }

    fn fee(&mut self, phase: Option<&FeePhase>) {
        let Some(phase) = phase else { return };
        self.price(phase);
        self.add(
            format!("fee.{}.invoiced", phase.name),
            match phase.timing {
                FeeTiming::InAdvance => "in advance, as the billing period begins",
                FeeTiming::InArrears => "in arrears, as the billing period ends",
            },
        );
    }

    /// What the phase charges, without when.
    fn price(&mut self, phase: &FeePhase) {
        let path = format!("fee.{}", phase.name);
        match &phase.price {
            Price::Monthly { amount, share: part } => {
                self.add(format!("{path}.monthly"), amount.to_string());
                if *part != Ratio::ONE {
                    self.add(format!("{path}.share"), share(*part));
                }
                self.add("rules.proration", proration(self.lease.rules.proration));
            }
            Price::PerAcceleratorHour { minor } => {
                let says = exact(self.currency(), *minor);
                self.add(format!("{path}.per_accelerator_hour"), says);
            }
            Price::Undisclosed => {
                self.add(format!("{path}.undisclosed"), "a fee is owed, its amount is not known");
            }
        }
    }

    fn given_up(&mut self, tranche: Option<&Tranche>, phase: Option<&FeePhase>) {
        if let Some(tranche) = tranche.filter(|t| t.late.remedies.contains(&Remedy::AcceptFewer)) {
            let says = "the tenant may keep what was delivered, at a fee reduced in proportion";
            self.add(format!("tranche.{}.late.remedies", tranche.id), says);
        }
        let election = self.lease.recall.as_ref().and_then(|clause| clause.election.as_ref());
        if let Some(election) = election {
            let says = format!(
                "where more than {} was recalled over {} days, the tenant may give units up",
                share(election.more_than),
                election.within_days
            );
            self.add("recall.election", says);
        }
        self.part_of(phase);
    }

    fn undelivered(&mut self, tranche: Option<&Tranche>, phase: Option<&FeePhase>) {
        if let Some(tranche) = tranche {
            self.add(
                format!("tranche.{}.delivery", tranche.id),
                format!("{} units by {}", count(tranche.units.0.into()), day(tranche.delivery)),
            );
        }
        self.part_of(phase);
    }

    fn late(&mut self, tranche: Option<&Tranche>, phase: Option<&FeePhase>) {
        if let Some(tranche) = tranche {
            let path = format!("tranche.{}.late", tranche.id);
            self.add(format!("{path}.discount_per_day"), share(tranche.late.discount_per_day));
            let grace = format!("{} days from {}", tranche.late.grace_days, day(tranche.delivery));
            self.add(format!("{path}.grace_days"), grace);
        }
        self.part_of(phase);
    }

    /// The fee of which something is taken off.
    fn part_of(&mut self, phase: Option<&FeePhase>) {
        if let Some(phase) = phase {
            self.price(phase);
            self.shared(phase);
        }
    }

    /// What a day's fee is shared by, where it is one fee for all.
    fn shared(&mut self, phase: &FeePhase) {
        if phase.covers == Covers::Whole && matches!(phase.price, Price::Monthly { .. }) {
            let units = count(self.lease.units().0.into());
            self.add("tranche.units", format!("{units} units in all share each day's fee"));
        }
    }

    /// The phases that charge the tranche on the days of a line.
    fn phases(&mut self, line: &BilledLine) {
        let tranche = line.head.as_ref().and_then(|head| head.tranche.as_ref());
        let covers = |phase: &&FeePhase| match &phase.covers {
            Covers::Whole => true,
            Covers::Tranche(id) => Some(id) == tranche,
        };
        let phases = self.lease.fees.iter().filter(covers).filter(|p| p.from < line.until);
        let phases: Vec<&FeePhase> = phases.collect();
        let is_over = |i: usize| {
            let next = phases[i + 1..].iter().find(|next| next.covers == phases[i].covers);
            next.is_some_and(|next| next.from <= line.from)
        };
        for i in (0..phases.len()).filter(|i| !is_over(*i)) {
            self.part_of(Some(phases[i]));
        }
    }

    fn abatement(&mut self, line: &BilledLine) {
        let Some(abatement) = self.recall().map(|clause| clause.abatement.clone()) else { return };
        let says = format!("{} times the fee of what was taken", number(abatement.multiple));
        self.add("recall.abatement.multiple", says);
        if let Some(cap) = abatement.cap {
            let says = format!("at most {} of the fee due in the month", share(cap));
            self.add("recall.abatement.cap", says);
        }
        self.phases(line);
    }

    fn compensation(&mut self) {
        let Some(clause) = self.recall().cloned() else { return };
        let says = exact(self.currency(), clause.compensation.minor_per_accelerator_hour);
        self.add("recall.compensation.per_accelerator_hour", says);
        for class in &clause.classes {
            let says = format!("times {}", number(class.multiplier));
            self.add(format!("recall.class.{}.multiplier", class.name), says);
        }
        if let Some(most) = clause.compensation.stop_loss_per_year {
            let says = format!("at most {most} in a lease year");
            self.add("recall.compensation.stop_loss_per_year", says);
        }
    }

    fn recall(&self) -> Option<&RecallClause> {
        self.lease.recall.as_ref()
    }

    fn usage(&mut self, kind: ChargeKind) {
        let Some(overage) = &self.lease.overage else { return };
        let Some((path, minor)) = price_of(overage, kind) else { return };
        let per = match kind {
            ChargeKind::AcceleratorOverage => "an accelerator-hour",
            _ => "a million tokens",
        };
        let says = format!("{} {per}", exact(self.currency(), minor));
        self.add(path, says);
    }

    fn commitment(&mut self, name: Option<&str>) {
        let of_it = |c: &&Commitment| Some(c.name.as_str()) == name;
        let Some(commitment) = self.lease.commitments.iter().find(of_it).cloned() else { return };
        let path = format!("commitment.{}", commitment.name);
        let every = match commitment.every_months {
            1 => "month".to_owned(),
            n => format!("{n} months"),
        };
        self.add(format!("{path}.amount"), format!("{} every {every}", commitment.amount));
        self.add(
            format!("{path}.counts"),
            match commitment.counts {
                CommitmentCounts::Usage => "use counts: accelerator-hours above, and tokens",
                CommitmentCounts::Everything => "use and fees count",
            },
        );
    }

    fn availability(&mut self) {
        let service = self.lease.service.as_ref().and_then(|s| s.availability.clone());
        let Some(rule) = service else { return };
        for (step, n) in rule.ladder.iter().zip(1_u32..) {
            let says = format!("below {} earns {}", share(step.below), share(step.credit));
            self.add(format!("service.availability.ladder.{n}"), says);
        }
        self.add(
            "service.availability.basis",
            match rule.basis {
                AvailabilityBasis::MonthFee => "the fee of the month",
                AvailabilityBasis::PoolFee => "the fee of the month, by the pool's share of units",
            },
        );
        if let Some(cap) = rule.cap {
            let says = format!("at most {} of the month's fee", share(cap));
            self.add("service.availability.cap", says);
        }
        self.add("service.availability.interval", rule.interval.to_string());
    }
}

/// The key and the price of a sort of use, in minor units.
fn price_of(overage: &Overage, kind: ChargeKind) -> Option<(&'static str, Ratio)> {
    let tokens = overage.tokens.as_ref();
    match kind {
        ChargeKind::AcceleratorOverage => {
            overage.minor_per_accelerator_hour.map(|p| ("overage.per_accelerator_hour", p))
        }
        ChargeKind::TokensInput => tokens.map(|t| ("overage.tokens.input", t.input)),
        ChargeKind::TokensCached => tokens.map(|t| ("overage.tokens.cached", t.cached)),
        ChargeKind::TokensOutput => tokens.map(|t| ("overage.tokens.output", t.output)),
        _ => None,
    }
}

/// How part of a month is counted.
const fn proration(count: DayCount) -> &'static str {
    match count {
        DayCount::ActualActual => "actual/actual: civil days over those of the whole month",
        DayCount::ThirtyE360 => "30E/360: months of 30 days, by the European rule",
        DayCount::Actual365Fixed => "actual/365F: civil days times twelve over 365",
        DayCount::None => "none: part of a month is charged like the whole",
    }
}

//! What happens to a lease: every kind of event, in time and late, sound and not.

use leasehold_books::event::*;
use leasehold_contract::Lease;
use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::{Price, RecallRight, Remedy, Side};
use leasehold_types::{
    AcceleratorSeconds, Date, Instant, Ratio, Seconds, Tokens, TrancheId, Units,
};

use super::choice;
use crate::bytes::Bytes;

/// Most events of a story.
const EVENTS_MAX: usize = 20;
/// Days from the signing on which something may happen.
const DAYS: u16 = 450;

/// The events that the rest of the bytes choose; each can be, and has a key of its own.
pub(super) fn events(lease: &Lease, bytes: &mut Bytes<'_>) -> Vec<Event> {
    let mut teller = Teller { lease, bytes, events: Vec::new() };
    while !teller.bytes.is_empty() && teller.events.len() < EVENTS_MAX {
        teller.tell();
    }
    teller.events
}

struct Teller<'a, 'b> {
    lease: &'a Lease,
    bytes: &'a mut Bytes<'b>,
    events: Vec<Event>,
}

impl Teller<'_, '_> {
    fn tell(&mut self) {
        let kind = self.bytes.byte();
        let day = self.bytes.word() % DAYS;
        let hour = self.bytes.byte() % 25;
        let delay = self.bytes.byte() / 2;
        let date = super::later(self.lease.signed, day.into());
        let moment = self.lease.start_of(date).saturating_add(Seconds::from_hours(hour.into()));
        let Some(kind) = self.kind(kind, date, moment) else { return };
        let at = moment.saturating_add(Seconds::from_days(delay.into()));
        let event = Event {
            key: EventKey::new("fuzz", &self.events.len().to_string()),
            at,
            effective: (delay > 0).then_some(moment),
            lease: self.lease.id.clone(),
            kind,
        };
        if event.check().is_ok() {
            self.events.push(event);
        }
    }

    fn kind(&mut self, kind: u8, date: Date, moment: Instant) -> Option<EventKind> {
        Some(match kind % 24 {
            0 => NoticeGiven { side: self.side() }.into(),
            1 => NoticeWithdrawn { side: self.side(), consent: "letter".to_owned() }.into(),
            2 => {
                let ends = super::later(date, i64::from(self.bytes.byte()) - 64);
                Termination { ends, reason: "agreed".to_owned() }.into()
            }
            3 => Delivered { tranche: self.tranche(), on: self.day(date), units: self.units() }
                .into(),
            4 => {
                Removed { tranche: self.tranche(), on: self.day(date), units: self.units() }.into()
            }
            5 => self.late_election(date).into(),
            6 => self.recall_election(date).into(),
            7 | 8 => self.recall(moment).into(),
            9 => {
                let returned = self.until(moment);
                RecallReturned { recall: self.earlier()?, returned }.into()
            }
            10 => {
                let (tranche, units) = (self.tranche(), self.units());
                let node = self.bytes.flag().then(|| "n1".to_owned());
                Outage { tranche, from: moment, until: self.until(moment), units, node }.into()
            }
            11 => {
                let (tranche, units) = (self.tranche(), self.units());
                Spare { tranche, from: moment, until: self.until(moment), units }.into()
            }
            12 => self.excuse(moment).into(),
            13 | 14 => self.usage(moment).into(),
            15 => self.amendment(date).into(),
            16 => self.rate(date).into(),
            17 => {
                let (on, class) = (choice::taxed(self.bytes), choice::class(self.bytes));
                TaxChange { from: self.day(date), on, class }.into()
            }
            18 => self.payment().into(),
            19 => {
                let (money, invoice) = (self.money(), self.invoice());
                Allocation { money, invoice, out_of: self.out_of() }.into()
            }
            20 => {
                let (money, out_of) = (self.money(), self.out_of());
                Refund { money, out_of, reference: String::new() }.into()
            }
            21 => self.credit().into(),
            22 => InvoiceVoided { invoice: self.invoice(), reason: "void".to_owned() }.into(),
            _ => Correction { event: self.earlier()?, reason: "a slip".to_owned() }.into(),
        })
    }

    fn side(&mut self) -> Side {
        self.bytes.pick(&[Side::Owner, Side::Tenant])
    }

    /// A tranche of the lease, or, seldom, another.
    fn tranche(&mut self) -> TrancheId {
        let i = usize::from(self.bytes.byte());
        match self.lease.tranches.get(i % self.lease.tranches.len()) {
            Some(tranche) if i < 250 => tranche.id.clone(),
            _ => TrancheId::new("nowhere").expect("a name"),
        }
    }

    fn units(&mut self) -> Units {
        let all = self.lease.tranches.first().map_or(0, |tranche| tranche.units.0);
        match self.bytes.byte() {
            0..=49 => Units(all),
            50..=99 => Units(all / 2),
            100..=149 => Units(1),
            150 => Units(0),
            _ => Units(self.bytes.count()),
        }
    }

    /// That day, or one around it.
    fn day(&mut self, date: Date) -> Date {
        super::later(date, i64::from(self.bytes.byte()) - 128)
    }

    /// Hours or days after an instant; seldom before it, or at the end of time.
    fn until(&mut self, moment: Instant) -> Instant {
        let (kind, n) = (self.bytes.byte(), i64::from(self.bytes.word()));
        match kind {
            0..=149 => moment.saturating_add(Seconds(n * 60 + 1)),
            150..=229 => moment.saturating_add(Seconds::from_days(n % 60)),
            230..=239 => moment.saturating_add(Seconds(-n)),
            240 => Instant::MAX,
            _ => moment.saturating_add(Seconds::from_days(n)),
        }
    }

    /// The key of an event that was told before.
    fn earlier(&mut self) -> Option<EventKey> {
        let i = usize::from(self.bytes.byte());
        let event = self.events.get(i % self.events.len().max(1))?;
        Some(event.key.clone())
    }

    fn money(&mut self) -> leasehold_types::Money {
        self.bytes.money(self.lease.currency)
    }

    fn invoice(&mut self) -> String {
        let prefix = &self.lease.invoicing.invoice_prefix;
        format!("{prefix}{:06}", self.bytes.below(8) + 1)
    }

    fn out_of(&mut self) -> PaidFrom {
        self.bytes.pick(&[
            PaidFrom::OnAccount,
            PaidFrom::CreditBalance,
            PaidFrom::Deposit,
            PaidFrom::Prepayment,
        ])
    }

    fn late_election(&mut self, date: Date) -> LateElection {
        let remedy = self.bytes.pick(&[Remedy::Wait, Remedy::AcceptFewer, Remedy::Terminate]);
        let keeps = self.bytes.flag().then(|| self.units());
        LateElection { tranche: self.tranche(), remedy, from: self.day(date), keeps }
    }

    fn recall_election(&mut self, date: Date) -> RecallElected {
        let rights = [RecallRight::Terminate, RecallRight::Extend, RecallRight::Reduce];
        RecallElected {
            right: self.bytes.pick(&rights),
            from: self.day(date),
            tranche: self.bytes.flag().then(|| self.tranche()),
            keeps: self.bytes.flag().then(|| self.units()),
            days: self.bytes.flag().then(|| u32::from(self.bytes.byte())),
        }
    }

    fn recall(&mut self, moment: Instant) -> Recalled {
        let classes = self.lease.recall.as_ref().map(|clause| clause.classes.as_slice());
        let names: Vec<String> =
            classes.unwrap_or_default().iter().map(|class| class.name.clone()).collect();
        let class = if names.is_empty() { "none".to_owned() } else { self.bytes.pick(&names) };
        let tranche = self.tranche();
        let until = self.until(moment);
        let numbered = self.bytes.flag().then(|| {
            let ranges = self.bytes.below(3) + 1;
            (0..ranges).map(|_| self.range()).collect()
        });
        let units = numbered.is_none().then(|| self.units());
        let within_clause = self.bytes.flag();
        Recalled { tranche, from: moment, until, class, units, numbered, within_clause }
    }

    fn range(&mut self) -> UnitRange {
        UnitRange { first: u64::from(self.bytes.byte()), count: self.bytes.count() }
    }

    fn excuse(&mut self, moment: Instant) -> Excused {
        let because = self.bytes.pick(&[
            ExcusedBecause::Maintenance,
            ExcusedBecause::TenantFault,
            ExcusedBecause::ForceMajeure,
        ]);
        let tranche = self.bytes.flag().then(|| self.tranche());
        let units = self.bytes.flag().then(|| self.units());
        Excused { tranche, from: moment, until: self.until(moment), units, because }
    }

    fn usage(&mut self, moment: Instant) -> Usage {
        let units = u128::from(self.lease.units().0);
        let seconds = i64::from(self.bytes.word()) + 1;
        let percent = u128::from(self.bytes.word() % 1_000);
        let busy = match self.bytes.byte() {
            250..=255 => u128::MAX,
            _ => units * percent * u128::from(seconds.unsigned_abs()) / 100,
        };
        Usage {
            from: moment,
            until: moment.saturating_add(Seconds(seconds)),
            accelerator_seconds: AcceleratorSeconds(busy),
            tokens: TokenUse {
                input: Tokens(self.bytes.count()),
                cached: Tokens(self.bytes.count()),
                output: Tokens(self.bytes.count()),
            },
            model: None,
        }
    }

    /// The lease with some of its terms changed, from a day on.
    fn amendment(&mut self, date: Date) -> Amendment {
        let mut lease = self.lease.clone();
        lease.version = u32::from(self.bytes.byte() % 5) + 1;
        lease.effective = self.day(date);
        for _ in 0..self.bytes.below(3) {
            choice::change(&mut lease, self.bytes);
        }
        match self.bytes.below(6) {
            0 => lease.term.end = self.day(lease.term.end),
            1 => drop(lease.tranches.pop().filter(|_| lease.tranches.len() > 1)),
            _ => {}
        }
        if lease.tranches.is_empty() {
            lease.tranches = self.lease.tranches.clone();
        }
        Amendment { sheet: None, version: Some(Box::new(lease)) }
    }

    fn rate(&mut self, date: Date) -> RateChange {
        let fee = self.bytes.below(self.lease.fees.len());
        let phase = self.bytes.flag().then(|| self.lease.fees[fee].name.clone());
        let price = phase.is_some().then(|| match self.bytes.below(3) {
            0 => Price::PerAcceleratorHour { minor: Ratio::whole(i64::from(self.bytes.word())) },
            1 => Price::Undisclosed,
            _ => Price::Monthly { amount: self.money(), share: self.bytes.share() },
        });
        let overage = match &self.lease.overage {
            Some(overage) if self.bytes.flag() => {
                let mut overage = overage.clone();
                overage.minor_per_accelerator_hour = Some(self.bytes.share());
                Some(Box::new(overage))
            }
            _ => None,
        };
        RateChange { from: self.day(date), phase, price, overage, reason: "index".to_owned() }
    }

    fn payment(&mut self) -> Payment {
        let toward = [PaidToward::Invoices, PaidToward::Deposit, PaidToward::Prepayment];
        let toward = self.bytes.pick(&toward);
        let invoices = self.bytes.flag().then(|| {
            let named = self.bytes.below(3);
            (0..named).map(|_| self.invoice()).collect()
        });
        Payment { money: self.money(), toward, invoices, reference: "R1".to_owned() }
    }

    fn credit(&mut self) -> CreditGranted {
        let invoice = self.invoice();
        let lines = self.bytes.below(3);
        let lines = (0..lines)
            .map(|_| LineCredit {
                line: u32::from(self.bytes.byte() % 8),
                money: self.bytes.flag().then(|| self.money()),
            })
            .collect();
        CreditGranted { invoice, lines, reason: "agreed".to_owned() }
    }
}

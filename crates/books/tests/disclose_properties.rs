//! What must hold of disclosures whatever the leases and whatever happens to them: everything adds
//! up, and what lies behind is the ledger's.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use std::collections::BTreeSet;

use leasehold_books::disclose::*;
use leasehold_books::ledger::{Account, AccountClass, Balance, RevenueKind};
use leasehold_books::recognise::POSITIONS;
use leasehold_books::{Books, Policy, run};
use leasehold_contract::lease::{Expedient, Recognition, Standard};
use leasehold_types::{Currency, Date, Money, PoolId, Ratio, TenantId};
use proptest::prelude::*;
use support::story::{Kinds, Plan, plans};
use support::*;

const CASES: u32 = 256;

/// What varies besides the stories.
#[derive(Debug, Clone)]
struct Frame {
    plans: Vec<Plan>,
    /// Days after the beginning of the stories.
    at: u16,
    bands: BTreeSet<u16>,
    year_starts: i8,
    modes: Vec<(u8, u8, bool, bool)>,
}

fn frames() -> impl Strategy<Value = Frame> {
    let mode = (0..3_u8, 0..24_u8, any::<bool>(), any::<bool>());
    (
        prop::collection::vec(plans(8), 1..4),
        0..150_u16,
        prop::collection::btree_set(1..30_u16, 0..4),
        1..=12_i8,
        prop::collection::vec(mode, 3),
    )
        .prop_map(|(plans, at, bands, year_starts, modes)| Frame {
            plans,
            at,
            bands,
            year_starts,
            modes,
        })
}

impl Frame {
    fn at(&self) -> Date {
        day("2011-10-10").checked_add(jiff::Span::new().days(i64::from(self.at))).unwrap()
    }

    fn options(&self) -> DisclosureOptions {
        DisclosureOptions {
            bands_months: self.bands.iter().copied().collect(),
            threshold: Ratio::new(1, 10).unwrap(),
            year_starts: self.year_starts,
        }
    }

    fn books(&self) -> Books {
        let (mut leases, mut events) = (Vec::new(), Vec::new());
        for (i, (plan, mode)) in self.plans.iter().zip(&self.modes).enumerate() {
            let story = plan.build(&format!("lease-{i}"), Kinds::All);
            let mut lease = story.lease;
            lease.accounting.recognition =
                [Recognition::AsDelivered, Recognition::StraightLine, Recognition::AsInvoiced]
                    [usize::from(mode.0)];
            let all =
                [Expedient::OneYearOrLess, Expedient::RightToInvoice, Expedient::VariableUsage];
            lease.accounting.expedients = (0..3)
                .filter(|bit| mode.1 < 8 && mode.1 & (1 << bit) > 0)
                .map(|bit| all[bit])
                .collect();
            if mode.2 {
                lease.accounting.standard = Standard::Lease;
            }
            if mode.3 {
                lease.term.tenant_exit = Some(notice(None, Some(20)));
            }
            if let Some(tranche) = lease.tranches.get_mut(1) {
                tranche.pool = PoolId::new("elsewhere/h200").unwrap();
            }
            // The first two leases have one tenant.
            let tenant = format!("tenant-{}", i.max(1));
            lease.tenant.id = TenantId::new(&tenant).unwrap();
            lease.tenant.name = format!("The {tenant}");
            leases.push(lease);
            events.extend(story.events);
        }
        let policy = Policy { cut_off: Some(self.at()), ..Policy::default() };
        run(leases, events, self.at(), policy).unwrap()
    }
}

fn sum(currency: Currency, amounts: impl IntoIterator<Item = Money>) -> Money {
    Money::sum(currency, amounts).unwrap()
}

fn adds_up(steps: &[Step]) -> Result<Vec<Money>, TestCaseError> {
    let mut running = Money::zero(steps[0].amount.currency());
    let mut sums = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        if step.is_sum {
            prop_assert!(i == 0 || step.amount == running, "{:?}", steps);
            running = step.amount;
            sums.push(step.amount);
        } else {
            running = running.checked_add(step.amount).unwrap();
        }
    }
    Ok(sums)
}

fn lines_add_up(
    figures: &Figures,
    steps: &[Step],
    bridge: &[Step],
    bands: &[BandLine],
) -> Result<(), TestCaseError> {
    let currency = figures.rpo.currency();
    let wanted = vec![figures.headline_value, figures.non_cancellable_value, figures.rpo];
    prop_assert_eq!(adds_up(steps)?, wanted);
    prop_assert_eq!(adds_up(bridge)?, vec![figures.non_cancellable_value]);
    let value = sum(currency, bands.iter().map(|band| band.non_cancellable_value));
    prop_assert_eq!(value, figures.non_cancellable_value);
    prop_assert_eq!(sum(currency, bands.iter().map(|band| band.rpo)), figures.rpo);
    Ok(())
}

/// Balances at the close of a day, and before it.
fn balances(books: &Books, at: Date) -> Balance {
    books.journal().balances(at, |_| true).unwrap()
}

fn held(balances: &Balance, account: Account, currency: Currency) -> Money {
    let held = balances.get(&(account, currency)).copied().unwrap_or(Money::zero(currency));
    match account.class() {
        AccountClass::Asset => held,
        _ => Money::zero(currency).checked_sub(held).unwrap(),
    }
}

fn day_before(date: Date) -> Date {
    date.yesterday().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn lines_and_bands_add_up(frame in frames()) {
        let found = disclose(&frame.books(), frame.at(), &frame.options()).unwrap();
        for all in &found.currencies {
            let lines = &all.lines;
            for row in &lines.leases {
                lines_add_up(
                    &row.figures, &row.reconciliation, &row.run_rate_reconciliation, &row.bands,
                )?;
            }
            let sums = lines.tenants.iter().map(|row| &row.sum).chain([&lines.total]);
            for sum in sums.filter(|sum| sum.leases > 0) {
                lines_add_up(
                    &sum.figures, &sum.reconciliation, &sum.run_rate_reconciliation, &sum.bands,
                )?;
            }
            let of: [fn(&Figures) -> Money; 4] = [
                |f| f.headline_value, |f| f.non_cancellable_value, |f| f.rpo, |f| f.run_rate_month,
            ];
            for figure in of {
                let total = figure(&lines.total.figures);
                let leases = lines.leases.iter().map(|row| figure(&row.figures));
                let tenants = lines.tenants.iter().map(|row| figure(&row.sum.figures));
                prop_assert_eq!(sum(all.currency, leases), total);
                prop_assert_eq!(sum(all.currency, tenants), total);
            }
        }
        // Each lease is in the lines or left out.
        let shown = found.currencies.iter().map(|all| all.lines.total.leases).sum::<usize>();
        prop_assert_eq!(shown + found.left_out.len(), frame.plans.len());
    }

    #[test]
    fn quarters_add_up_to_the_ledger(frame in frames()) {
        let books = frame.books();
        let found = disclose(&books, frame.at(), &frame.options()).unwrap();
        let ledger = balances(&books, frame.at());
        for all in &found.currencies {
            let (currency, revenue) = (all.currency, &all.revenue);
            for kind in RevenueKind::ALL {
                let rows = revenue.quarters.iter().flat_map(|quarter| &quarter.kinds);
                let of_kind = rows.filter(|row| row.kind == kind).map(|row| row.amount);
                let booked = held(&ledger, Account::Revenue(kind), currency);
                prop_assert_eq!(sum(currency, of_kind), booked);
            }
            for quarter in &revenue.quarters {
                let of = quarter.recognised;
                prop_assert_eq!(sum(currency, quarter.kinds.iter().map(|row| row.amount)), of);
                prop_assert_eq!(sum(currency, quarter.tenants.iter().map(|row| row.amount)), of);
                prop_assert_eq!(sum(currency, quarter.sites.iter().map(|row| row.amount)), of);
            }
            // What was billed and not recognised is what the positions hold.
            let net = POSITIONS.iter().fold(Money::zero(currency), |net, account| {
                let held = held(&ledger, *account, currency);
                match account.class() {
                    AccountClass::Asset => net.checked_sub(held).unwrap(),
                    _ => net.checked_add(held).unwrap(),
                }
            });
            prop_assert_eq!(revenue.billed.checked_sub(revenue.recognised).unwrap(), net);
            for period in &all.concentration {
                let tenants = period.tenants.iter().map(|row| row.revenue);
                let rows = tenants.chain([period.others.revenue]);
                prop_assert_eq!(sum(currency, rows), period.revenue);
                let shares = period.tenants.iter().filter_map(|row| row.share);
                prop_assert!(shares.into_iter().all(|share| share >= frame.options().threshold));
            }
        }
    }

    #[test]
    fn roll_forwards_close_with_the_ledger(frame in frames()) {
        let books = frame.books();
        let found = disclose(&books, frame.at(), &frame.options()).unwrap();
        for all in &found.currencies {
            let mut accounts = BTreeSet::new();
            for row in &all.positions {
                accounts.insert(row.account);
                let (before, after) =
                    (balances(&books, day_before(row.from)), balances(&books, row.through));
                prop_assert_eq!(row.opening, held(&before, row.account, all.currency));
                prop_assert_eq!(row.closing, held(&after, row.account, all.currency));
                let moved =
                    [row.opening, row.invoices, row.credit_notes, row.recognised, row.other];
                prop_assert_eq!(sum(all.currency, moved), row.closing);
                prop_assert!(!row.recognised_from_opening.is_negative());
                prop_assert!(row.recognised_from_opening.minor() <= row.opening.minor().max(0));
            }
            for account in POSITIONS {
                let used = balances(&books, frame.at()).contains_key(&(account, all.currency));
                prop_assert_eq!(used, accounts.contains(&account));
            }
        }
    }

    #[test]
    fn exposure_adds_up_and_outsiders_see_no_name(frame in frames()) {
        let found = disclose(&frame.books(), frame.at(), &frame.options()).unwrap();
        for all in &found.currencies {
            for row in &all.exposure.leases {
                let lost =
                    row.before.headline_value.checked_sub(row.after.headline_value).unwrap();
                prop_assert_eq!(lost, row.fees_lost);
                prop_assert!(row.ends.is_none_or(|ends| ends <= row.ends_now));
            }
            for side in &all.exposure.all {
                let own = all.exposure.leases.iter().filter(|row| row.side == side.side);
                prop_assert_eq!(sum(all.currency, own.map(|row| row.fees_lost)), side.fees_lost);
            }
            if let Some(last) = all.exposure.run_rate.last() {
                prop_assert!(last.left.is_zero());
            }
        }
        let read: Disclosures =
            serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
        prop_assert_eq!(&read, &found);
        let outside = serde_json::to_string(&found.anonymous()).unwrap();
        prop_assert!(!outside.contains("tenant-") && !outside.contains("lease-"));
    }
}

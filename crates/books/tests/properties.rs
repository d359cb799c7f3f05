//! What must hold whatever the lease and whatever happens to it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use std::collections::BTreeMap;

use leasehold_books::book::Closed;
use leasehold_books::event::{Event, EventKind, Offered};
use leasehold_books::invoice::{CreditNote, Invoice, SettledBy};
use leasehold_books::ledger::{Account, Balance, RevenueKind};
use leasehold_books::rating::{ChargeKind, Head, TaxClass};
use leasehold_books::{Books, Policy, run};
use leasehold_contract::Lease;
use leasehold_types::{Date, Money, Ratio};
use proptest::prelude::*;
use support::story::{Kinds, Plan, Story, plans};
use support::*;

fn books_of(story: &Story) -> Books {
    run(vec![story.lease.clone()], story.events.clone(), story.through, Policy::default()).unwrap()
}

/// Everything that the books hold, as text.
fn written(books: &Books) -> String {
    serde_json::to_string_pretty(books).unwrap()
}

/// What was billed under each head, over all documents of a lease; what came to nothing is left
/// out. Credits by a decision are left out: their heads carry the numbers of documents.
fn billed(books: &Books) -> BTreeMap<Head, i128> {
    let mut sums: BTreeMap<Head, i128> = BTreeMap::new();
    let invoiced = books.invoices().iter().flat_map(|invoice| &invoice.draft.lines);
    let credited = books.credit_notes().iter().flat_map(|note| &note.lines);
    let all = invoiced.map(|l| (l, 1)).chain(credited.map(|l| (l, -1)));
    for (line, sign) in all {
        if let Some(head) = line.head.as_ref().filter(|h| h.kind != ChargeKind::GrantedCredit) {
            *sums.entry(head.clone()).or_default() += sign * line.amount.minor();
        }
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 4_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(256))]

    /// Knowing everything at once and learning it late end in the same sum billed per head.
    #[test]
    fn late_knowledge_ends_in_the_same_bill(plan in plans(10)) {
        let story = plan.build("test", Kinds::Facts);
        let (late, at_once) = (books_of(&story), books_of(&story.known_at_once()));
        prop_assert_eq!(late.parked().is_empty(), at_once.parked().is_empty());
        if late.parked().is_empty() {
            prop_assert_eq!(billed(&late), billed(&at_once));
        }
    }

    /// Closing again changes nothing, and closing in steps gives the same books as closing at once,
    /// saved and read back between the steps or not.
    #[test]
    fn closing_in_steps_gives_the_same_books(
        plan in plans(10),
        steps in prop::collection::vec(1..400_u16, 1..12),
        saves in any::<bool>(),
    ) {
        let story = plan.build("test", Kinds::All);
        let at_once = books_of(&story);
        let mut books = run(
            vec![story.lease.clone()], story.events.clone(), day("2011-10-01"), Policy::default(),
        ).unwrap();
        let mut date = day("2011-10-01");
        for step in steps {
            date = date.checked_add(jiff::Span::new().days(i64::from(step))).unwrap();
            books.close(date.min(story.through));
            if saves {
                books = serde_json::from_str(&serde_json::to_string(&books).unwrap()).unwrap();
            }
        }
        books.close(story.through);
        prop_assert_eq!(written(&books), written(&at_once));
    }

    /// Under each head the documents bill what it comes to, rounded once; fees and what is taken off
    /// them come to what the days accrued.
    #[test]
    fn bills_telescope_to_the_rounded_total(plan in plans(12)) {
        let story = plan.build("test", Kinds::All);
        let books = books_of(&story);
        if !books.parked().is_empty() {
            return Ok(());
        }
        let owed = books.owed(&story.lease.id, story.through).unwrap();
        let mut sums: BTreeMap<(Head, TaxClass), Ratio> = BTreeMap::new();
        let mut kinds: BTreeMap<RevenueKind, Ratio> = BTreeMap::new();
        for (line, class) in owed {
            let kind = kinds.entry(line.head.kind.revenue()).or_insert(Ratio::ZERO);
            *kind = kind.checked_add(line.exact).unwrap();
            let sum = sums.entry((line.head, class)).or_insert(Ratio::ZERO);
            *sum = sum.checked_add(line.exact).unwrap();
        }
        let mut rounded: BTreeMap<Head, i128> = BTreeMap::new();
        for ((head, _), sum) in sums {
            *rounded.entry(head).or_default() += sum.round(story.lease.rules.rounding);
        }
        rounded.retain(|_, sum| *sum != 0);
        prop_assert_eq!(billed(&books), rounded);
        for (kind, accrued) in books.accrued(&story.lease.id, story.through).unwrap() {
            prop_assert_eq!(kinds.get(&kind).copied().unwrap_or(Ratio::ZERO), accrued, "{:?}", kind);
        }
    }

    /// In which order events are handed over does not matter.
    #[test]
    fn the_order_of_events_does_not_matter(
        (plan, order) in plans(10).prop_flat_map(|plan| {
            let places: Vec<usize> = (0..plan.events.len() * 2).collect();
            (Just(plan), Just(places).prop_shuffle())
        }),
    ) {
        let story = plan.build("test", Kinds::All);
        let events = story.first_of_each_key();
        let mut shuffled: Vec<(usize, Event)> = order.into_iter().zip(events.clone()).collect();
        shuffled.sort_by_key(|(place, _)| *place);
        let mut books = [Books::new(Policy::default()), Books::new(Policy::default())];
        let orders = [events, shuffled.into_iter().map(|(_, event)| event).collect()];
        for (books, events) in books.iter_mut().zip(orders) {
            books.add_lease(story.lease.clone()).unwrap();
            for event in events {
                prop_assert_eq!(books.record(event).unwrap(), Offered::New);
            }
            books.close(story.through);
        }
        prop_assert_eq!(written(&books[0]), written(&books[1]));
    }

    /// Closing a day again does nothing, and events that are sent again count for nothing.
    #[test]
    fn closing_again_changes_nothing(plan in plans(10)) {
        let story = plan.build("test", Kinds::All);
        let mut books = books_of(&story);
        let before = written(&books);
        let parked = books.parked().keys().map(|id| (*id).clone()).collect();
        prop_assert_eq!(books.close(story.through), Closed { parked, ..Closed::default() });
        prop_assert_eq!(written(&books), before);
        for event in story.first_of_each_key() {
            prop_assert_eq!(books.record(event).unwrap(), Offered::Duplicate);
        }
        books.close(day("2014-06-30"));
        let once = run(
            vec![story.lease.clone()], story.events.clone(), day("2014-06-30"), Policy::default(),
        ).unwrap();
        prop_assert_eq!(written(&books), written(&once));
    }

    /// On every day: debits are credits, the receivable is what invoices leave open, and what is held
    /// is what the lease says it holds. Once it is over it has earned what it billed.
    #[test]
    fn nothing_is_lost_between_the_accounts(plan in plans(12)) {
        let story = plan.build("test", Kinds::All);
        let books = books_of(&story);
        let mut days: Vec<Date> = books.journal().entries().iter().map(|e| e.date()).collect();
        days.push(story.through);
        days.dedup();
        for day in &days {
            check_day(&books, *day)?;
        }
        check_holdings(&books, &story)?;
        if books.parked().is_empty() {
            check_earned(&books, &story)?;
        }
    }

    /// Lines and tax add up to the total of each document, none is below zero, numbers have no gaps,
    /// and no note credits more than is left.
    #[test]
    fn documents_add_up(plan in plans(12)) {
        let story = plan.build("test", Kinds::All);
        let books = books_of(&story);
        for (invoice, number) in books.invoices().iter().zip(1_u64..) {
            prop_assert_eq!(invoice.sequence, number);
            prop_assert_eq!(&invoice.number, &format!("INV-{number:06}"));
            check_invoice(invoice)?;
        }
        for (note, number) in books.credit_notes().iter().zip(1_u64..) {
            prop_assert_eq!(note.sequence, number);
            prop_assert_eq!(&note.number, &format!("CN-{number:06}"));
            check_note(note)?;
        }
        for invoice in books.invoices() {
            let notes = || books.credit_notes().iter().filter(|n| n.invoice == invoice.number);
            for total in &invoice.taxes {
                let of_it = || notes().flat_map(|n| &n.taxes).filter(|t| t.class == total.class);
                let net: i128 = of_it().map(|t| t.net.minor()).sum();
                let tax: i128 = of_it().map(|t| t.tax.minor()).sum();
                prop_assert!(net <= total.net.minor() && tax <= total.tax.minor());
                prop_assert!(net < total.net.minor() || tax == total.tax.minor());
            }
        }
    }

    /// Each usage record counts once, however often it came.
    #[test]
    fn each_usage_record_counts_once(plan in plans(16), again in 0..4_usize) {
        let mut story = plan.build("test", Kinds::Facts);
        let once = Story { events: story.first_of_each_key(), ..story.clone() };
        for _ in 0..again {
            let used = once.events.iter().filter(|e| matches!(e.kind, EventKind::Usage(_)));
            let later = |e: &Event| Event {
                at: e.at.saturating_add(leasehold_types::Seconds::from_days(3)),
                ..e.clone()
            };
            story.events.extend(used.map(later));
        }
        let (many, once) = (books_of(&story), books_of(&once));
        prop_assert_eq!(billed(&many), billed(&once));
        prop_assert_eq!(totals(&many), totals(&once));
    }

    /// A lease that cannot be computed is parked; its neighbours bill what they would alone, and it
    /// catches up once it is corrected.
    #[test]
    fn a_parked_lease_stops_no_other_and_catches_up(
        broken in plans(6), sound in plans(6), day_of_fault in 0..200_u16, days_broken in 1..200_u16,
    ) {
        check_parking(&broken, &sound, day_of_fault, days_broken)?;
    }

    /// Adjacent statements continue each other, and together say what one statement says.
    #[test]
    fn statements_add_up_over_adjacent_spans(plan in plans(12), cut in 0..500_u16) {
        let story = plan.build("test", Kinds::All);
        let books = books_of(&story);
        let (first, last) = (day("2011-10-01"), story.through);
        let cut = first.checked_add(jiff::Span::new().days(i64::from(cut))).unwrap();
        let next = cut.tomorrow().unwrap();
        let (lease, currency) = (&story.lease.id, story.lease.currency);
        for account in [Account::Receivable, Account::OnAccount, Account::ContractLiability] {
            let of = |from, through| {
                books.journal().statement(lease, account, currency, from, through).unwrap()
            };
            let (a, b, whole) = (of(first, cut), of(next, last), of(first, last));
            prop_assert_eq!(a.closing, b.opening);
            prop_assert_eq!((whole.opening, whole.closing), (a.opening, b.closing));
            let rows: Vec<_> = a.rows.into_iter().chain(b.rows).collect();
            prop_assert_eq!(rows, whole.rows);
        }
    }
}

fn check_day(books: &Books, day: Date) -> Result<(), TestCaseError> {
    let trial = books.journal().trial_balance(day).unwrap();
    for total in &trial.totals {
        let of_it = trial.rows.iter().filter(|row| row.debit.currency() == total.currency());
        let (debit, credit) = of_it.fold((0, 0), |(debit, credit), row| {
            (debit + row.debit.minor(), credit + row.credit.minor())
        });
        prop_assert_eq!((debit, credit), (total.minor(), total.minor()));
    }
    let balances = books.journal().balances(day, |_| true).unwrap();
    let mut open = 0;
    for invoice in books.invoices().iter().filter(|invoice| invoice.issued <= day) {
        let standing = invoice.standing(books.settled(invoice), day).unwrap();
        prop_assert!(!standing.open.is_negative(), "{} {:?}", day, standing);
        open += standing.open.minor();
    }
    prop_assert_eq!(sum_of(&balances, |account| account == Account::Receivable), open);
    Ok(())
}

fn sum_of(balances: &Balance, which: impl Fn(Account) -> bool) -> i128 {
    balances.iter().filter(|((account, _), _)| which(*account)).map(|(_, held)| held.minor()).sum()
}

fn check_holdings(books: &Books, story: &Story) -> Result<(), TestCaseError> {
    let lease = books.lease(&story.lease.id).unwrap();
    let balances = books.journal().balances(story.through, |_| true).unwrap();
    let held = |account| -sum_of(&balances, |other| other == account);
    prop_assert_eq!(held(Account::OnAccount), lease.on_account().minor());
    prop_assert_eq!(held(Account::DepositsHeld), lease.deposit().minor());
    prop_assert_eq!(held(Account::Prepayments), lease.prepaid().minor());
    let credits: i128 = lease.credit_balance().map(|(_, money)| money.minor()).sum();
    prop_assert_eq!(held(Account::CustomerCredit), credits);
    let tax = |taxes: &[leasehold_books::invoice::TaxTotal]| -> i128 {
        taxes.iter().map(|total| total.tax.minor()).sum()
    };
    let charged: i128 = books.invoices().iter().map(|invoice| tax(&invoice.taxes)).sum();
    let credited: i128 = books.credit_notes().iter().map(|note| tax(&note.taxes)).sum();
    prop_assert_eq!(held(Account::TaxPayable), charged - credited);
    // The contract's position is what was billed less what was earned.
    let net = |lines: &[leasehold_books::invoice::BilledLine]| -> i128 {
        lines.iter().filter(|l| l.head.is_some()).map(|l| l.amount.minor()).sum()
    };
    let invoiced: i128 = books.invoices().iter().map(|invoice| net(&invoice.lines)).sum();
    let credited: i128 = books.credit_notes().iter().map(|note| net(&note.lines)).sum();
    let earned = -sum_of(&balances, |account| matches!(account, Account::Revenue(_)));
    let position = [
        Account::ContractAsset,
        Account::AccruedRent,
        Account::ContractLiability,
        Account::DeferredRevenue,
    ];
    let position: i128 = position.map(held).into_iter().sum();
    prop_assert_eq!(position, invoiced - credited - earned);
    let settled = |by: fn(&SettledBy) -> bool| -> i128 {
        let all = books.invoices().iter().flat_map(|invoice| books.settled(invoice));
        all.filter(|s| by(&s.by)).map(|s| s.amount.minor()).sum()
    };
    let noted = settled(|by| matches!(by, SettledBy::CreditNote(_)));
    let notes: i128 = books.credit_notes().iter().map(|note| note.total.minor()).sum();
    prop_assert!(noted <= notes);
    Ok(())
}

/// Over its life a lease earns what it bills, kind by kind.
fn check_earned(books: &Books, story: &Story) -> Result<(), TestCaseError> {
    let balances = books.journal().balances(story.through, |_| true).unwrap();
    let mut billed: BTreeMap<RevenueKind, i128> = BTreeMap::new();
    let invoiced = books.invoices().iter().flat_map(|i| &i.draft.lines).map(|l| (l, 1));
    let credited = books.credit_notes().iter().flat_map(|n| &n.lines).map(|l| (l, -1));
    for (line, sign) in invoiced.chain(credited) {
        if let Some(head) = &line.head {
            *billed.entry(head.kind.revenue()).or_default() += sign * line.amount.minor();
        }
    }
    for kind in RevenueKind::ALL {
        let earned = -sum_of(&balances, |account| account == Account::Revenue(kind));
        prop_assert_eq!(earned, billed.get(&kind).copied().unwrap_or(0), "{:?}", kind);
    }
    Ok(())
}

fn check_invoice(invoice: &Invoice) -> Result<(), TestCaseError> {
    let lines: i128 = invoice.lines.iter().map(|line| line.amount.minor()).sum();
    let nets: i128 = invoice.taxes.iter().map(|total| total.net.minor()).sum();
    let tax: i128 = invoice.taxes.iter().map(|total| total.tax.minor()).sum();
    prop_assert_eq!((lines, nets), (invoice.net.minor(), invoice.net.minor()));
    prop_assert_eq!((tax, lines + tax), (invoice.tax.minor(), invoice.total.minor()));
    let mut numbers = invoice.lines.iter().map(|line| line.number).zip(1_u32..);
    prop_assert!(numbers.all(|(number, place)| number == place));
    for total in &invoice.taxes {
        let of_it = invoice.lines.iter().filter(|line| line.tax == total.class);
        prop_assert_eq!(of_it.map(|line| line.amount.minor()).sum::<i128>(), total.net.minor());
        prop_assert!(total.net.minor() >= 0);
        let exact = total.net.exact().unwrap().checked_mul(total.class.rate).unwrap();
        prop_assert_eq!(exact.round(invoice.terms.rules.rounding), total.tax.minor());
    }
    Ok(())
}

fn check_note(note: &CreditNote) -> Result<(), TestCaseError> {
    let lines: i128 = note.lines.iter().map(|line| line.amount.minor()).sum();
    let nets: i128 = note.taxes.iter().map(|total| total.net.minor()).sum();
    let tax: i128 = note.taxes.iter().map(|total| total.tax.minor()).sum();
    prop_assert_eq!((lines, nets), (note.net.minor(), note.net.minor()));
    prop_assert_eq!((tax, lines + tax), (note.tax.minor(), note.total.minor()));
    prop_assert!(!note.lines.is_empty() && note.total.minor() >= 0);
    Ok(())
}

/// A fault from a day on, corrected days later.
fn fault(lease: &Lease, day_of_fault: u16, days: u16) -> [Event; 2] {
    use leasehold_books::event::{Correction, Delivered, EventKey};
    let begins = lease.start_of(lease.effective);
    let after = |days: u16| begins.saturating_add(leasehold_types::Seconds::from_days(days.into()));
    let wrong = Delivered {
        tranche: lease.tranches[0].id.clone(),
        on: lease.effective,
        units: leasehold_types::Units(1_000),
    };
    let key = EventKey::new("fault", "1");
    let correction = Correction { event: key.clone(), reason: "a slip".to_owned() };
    let event = |key, at, kind| Event { key, at, effective: None, lease: lease.id.clone(), kind };
    [
        event(key, after(day_of_fault), wrong.into()),
        event(EventKey::new("fault", "2"), after(day_of_fault + days), correction.into()),
    ]
}

fn check_parking(broken: &Plan, sound: &Plan, from: u16, days: u16) -> Result<(), TestCaseError> {
    let (broken, sound) = (broken.build("a", Kinds::Facts), sound.build("b", Kinds::Facts));
    let (alone, well) = (books_of(&sound), books_of(&broken));
    let faults = fault(&broken.lease, from, days);
    let leases = || vec![broken.lease.clone(), sound.lease.clone()];
    let all = || [broken.events.clone(), sound.events.clone(), faults.to_vec()].concat();
    let corrected = run(leases(), all(), broken.through, Policy::default()).unwrap();
    let mut events = all();
    events.retain(|event| event.key != faults[1].key);
    let left = run(leases(), events, broken.through, Policy::default()).unwrap();
    for books in [&corrected, &left] {
        let of_it = |i: &&Invoice| i.lease == sound.lease.id;
        let documents: Vec<(Date, Money)> =
            books.invoices().iter().filter(of_it).map(|i| (i.issued, i.total)).collect();
        let expected: Vec<(Date, Money)> =
            alone.invoices().iter().map(|i| (i.issued, i.total)).collect();
        prop_assert_eq!(documents, expected);
    }
    let parked = left.lease(&broken.lease.id).unwrap().parked().unwrap();
    if well.parked().is_empty() {
        prop_assert!(parked.because.to_string().starts_with("lease `a`, tranche `t0`"));
        prop_assert!(!corrected.parked().contains_key(&broken.lease.id));
        let of_it = |books: &Books| {
            let mut only = billed(books);
            let heads = billed(&alone);
            if books.leases().count() > 1 {
                for (head, sum) in heads {
                    *only.entry(head).or_default() -= sum;
                }
            }
            only.retain(|_, sum| *sum != 0);
            only
        };
        prop_assert_eq!(of_it(&corrected), of_it(&well));
    }
    Ok(())
}

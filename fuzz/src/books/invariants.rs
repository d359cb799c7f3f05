//! What must hold of any books.

use std::collections::BTreeMap;

use leasehold_books::Books;
use leasehold_books::invoice::{BilledLine, CreditNote, Invoice, TaxTotal};
use leasehold_books::ledger::{Account, Balance, RevenueKind};
use leasehold_contract::Lease;
use leasehold_types::Date;

/// Everything that the books hold, as text.
pub(super) fn written(books: &Books) -> String {
    serde_json::to_string(books).expect("books can be written")
}

/// Lines and tax add up to the total of each document, none is below zero, numbers have no gaps, and
/// no class of an invoice is credited more than it was billed.
pub(super) fn documents(books: &Books, lease: &Lease) {
    let series = |prefix: &str, n: u64| format!("{prefix}{n:06}");
    let invoicing = &lease.invoicing;
    for (invoice, n) in books.invoices().iter().zip(1_u64..) {
        assert_eq!(invoice.number, series(&invoicing.invoice_prefix, n));
        check_invoice(invoice);
    }
    for (note, n) in books.credit_notes().iter().zip(1_u64..) {
        assert_eq!(note.number, series(&invoicing.credit_note_prefix, n));
        check_note(note);
    }
    for invoice in books.invoices() {
        check_credited(books, invoice);
    }
}

fn sums(lines: &[BilledLine], taxes: &[TaxTotal]) -> (i128, i128, i128) {
    (
        lines.iter().map(|line| line.amount.minor()).sum(),
        taxes.iter().map(|total| total.net.minor()).sum(),
        taxes.iter().map(|total| total.tax.minor()).sum(),
    )
}

fn check_invoice(invoice: &Invoice) {
    let draft = &invoice.draft;
    let (lines, nets, tax) = sums(&draft.lines, &draft.taxes);
    assert_eq!((lines, nets), (draft.net.minor(), draft.net.minor()), "{}", invoice.number);
    assert_eq!((tax, lines + tax), (draft.tax.minor(), draft.total.minor()), "{}", invoice.number);
    assert!(draft.net.minor() >= 0 && draft.total.minor() >= 0, "{}", invoice.number);
    assert!(draft.issued <= draft.due && !draft.lines.is_empty(), "{}", invoice.number);
    for total in &draft.taxes {
        let of_it = draft.lines.iter().filter(|line| line.tax == total.class);
        assert_eq!(of_it.map(|line| line.amount.minor()).sum::<i128>(), total.net.minor());
        let exact = total.net.exact().and_then(|net| net.checked_mul(total.class.rate));
        let exact = exact.expect("a tax that was computed");
        assert_eq!(exact.round(draft.terms.rules.rounding), total.tax.minor());
    }
}

fn check_note(note: &CreditNote) {
    let (lines, nets, tax) = sums(&note.lines, &note.taxes);
    assert_eq!((lines, nets), (note.net.minor(), note.net.minor()), "{}", note.number);
    assert_eq!((tax, lines + tax), (note.tax.minor(), note.total.minor()), "{}", note.number);
    assert!(!note.lines.is_empty() && note.total.minor() >= 0, "{}", note.number);
}

fn check_credited(books: &Books, invoice: &Invoice) {
    let notes = || books.credit_notes().iter().filter(|note| note.invoice == invoice.number);
    for total in &invoice.draft.taxes {
        let of_it = || notes().flat_map(|n| &n.taxes).filter(|t| t.class == total.class);
        let net: i128 = of_it().map(|t| t.net.minor()).sum();
        let tax: i128 = of_it().map(|t| t.tax.minor()).sum();
        assert!(net <= total.net.minor() && tax <= total.tax.minor(), "{}", invoice.number);
        let whole = net == total.net.minor();
        assert!(!whole || tax == total.tax.minor(), "{}", invoice.number);
    }
}

/// Every entry and the trial balance come to zero, the receivable is what invoices leave open, and
/// what is held is what the lease says it holds.
pub(super) fn accounts(books: &Books, lease: &Lease, at: Date) {
    for entry in books.journal().entries() {
        let mut sums = BTreeMap::new();
        for posting in entry.postings() {
            *sums.entry(posting.amount.currency()).or_insert(0_i128) += posting.amount.minor();
        }
        assert!(sums.values().all(|sum| *sum == 0), "{entry:?}");
    }
    let trial = books.journal().trial_balance(at).expect("a trial balance");
    for total in &trial.totals {
        let rows = || trial.rows.iter().filter(|row| row.debit.currency() == total.currency());
        let debit: i128 = rows().map(|row| row.debit.minor()).sum();
        let credit: i128 = rows().map(|row| row.credit.minor()).sum();
        assert_eq!((debit, credit), (total.minor(), total.minor()));
    }
    let balances = books.journal().balances(at, |_| true).expect("balances");
    let held = |account| -sum_of(&balances, |other| other == account);
    let mut open = 0;
    for invoice in books.invoices() {
        let standing = invoice.standing(books.settled(invoice), at).expect("a standing");
        assert!(!standing.open.is_negative(), "{}: {standing:?}", invoice.number);
        open += standing.open.minor();
    }
    assert_eq!(-held(Account::Receivable), open);
    let book = books.lease(&lease.id).expect("the lease");
    assert_eq!(held(Account::OnAccount), book.on_account().minor());
    assert_eq!(held(Account::DepositsHeld), book.deposit().minor());
    assert_eq!(held(Account::Prepayments), book.prepaid().minor());
    let credits: i128 = book.credit_balance().map(|(_, money)| money.minor()).sum();
    assert_eq!(held(Account::CustomerCredit), credits);
    let charged: i128 = books.invoices().iter().map(|i| i.draft.tax.minor()).sum();
    let credited: i128 = books.credit_notes().iter().map(|note| note.tax.minor()).sum();
    assert_eq!(held(Account::TaxPayable), charged - credited);
}

fn sum_of(balances: &Balance, which: impl Fn(Account) -> bool) -> i128 {
    balances.iter().filter(|((account, _), _)| which(*account)).map(|(_, held)| held.minor()).sum()
}

/// Over its life a lease earns what it bills, kind by kind.
pub(super) fn earned(books: &Books, at: Date) {
    let balances = books.journal().balances(at, |_| true).expect("balances");
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
        assert_eq!(earned, billed.get(&kind).copied().unwrap_or(0), "{kind:?}");
    }
}

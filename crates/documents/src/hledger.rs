//! The journal as plain-text accounting: what `hledger` reads.
//!
//! Accounts are declared with their types, commodities with their decimals, tenants as payees, so
//! that hledger's strict checks hold. Every entry stands there with its number as the code, the day
//! to which it belongs as the secondary date, and tags for its lease, tenant and cause. At the end
//! of each month, zero amounts assert what every account holds: a file that was cut or changed does
//! not pass.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use leasehold_books::ledger::{Account, AccountClass, Cause, Entry, Journal};
use leasehold_types::{BadAmount, Currency, Date, Money};

/// Columns of an account's name before its amount; longer names push it to the right.
const ACCOUNT_COLUMNS: usize = 36;

/// The payee of what only asserts balances.
const BOOKS: &str = "the books";

/// The entries booked through `through` as a journal of hledger's, in the order of their dates.
///
/// # Errors
/// [`BadAmount`] where a balance does not fit.
pub fn journal(journal: &Journal, through: Date) -> Result<String, BadAmount> {
    let mut entries: Vec<&Entry> =
        journal.entries().iter().filter(|entry| entry.date() <= through).collect();
    entries.sort_by_key(|entry| (entry.date(), entry.id()));
    let mut text = declarations(&entries, through);
    let mut held: BTreeMap<(Account, Currency), Money> = BTreeMap::new();
    let mut rest = entries.iter().peekable();
    while let Some(entry) = rest.next() {
        write_entry(&mut text, entry);
        for posting in entry.postings() {
            let key = (posting.account, posting.amount.currency());
            let sum = held.entry(key).or_insert(Money::zero(key.1));
            *sum = sum.checked_add(posting.amount)?;
        }
        let month = entry.date().last_of_month().min(through);
        if rest.peek().is_none_or(|next| next.date() > month) {
            assert_balances(&mut text, month, &held);
        }
    }
    Ok(text)
}

fn declarations(entries: &[&Entry], through: Date) -> String {
    let mut text = format!(
        "; The books through {through}. Debits are above zero. An entry's code is its number; its\n\
         ; secondary date is the day to which it belongs.\n\ndecimal-mark .\n"
    );
    let postings = || entries.iter().flat_map(|entry| entry.postings());
    let currencies: BTreeSet<Currency> = postings().map(|p| p.amount.currency()).collect();
    for currency in currencies {
        let one = Money::new(i128::from(currency.minor_per_major()) * 1_000, currency).to_decimal();
        // Without decimals, the mark alone says so.
        let mark = if currency.decimals() == 0 { "." } else { "" };
        let _ = writeln!(text, "commodity {} {one}{mark}", currency.code());
    }
    let accounts: BTreeSet<Account> = postings().map(|p| p.account).collect();
    for account in accounts {
        let _ = writeln!(text, "account {account}  ; type:{}", type_of(account));
    }
    let tenants: BTreeSet<&str> = entries.iter().map(|entry| entry.tenant().as_str()).collect();
    for tenant in tenants {
        let _ = writeln!(text, "payee {tenant}");
    }
    let _ = writeln!(text, "payee {BOOKS}");
    text
}

/// The letter by which hledger knows on which side of the statements an account stands.
const fn type_of(account: Account) -> char {
    match (account, account.class()) {
        (Account::Cash, _) => 'C',
        (_, AccountClass::Asset) => 'A',
        (_, AccountClass::Liability) => 'L',
        (_, AccountClass::Revenue | AccountClass::ContraRevenue) => 'R',
    }
}

fn write_entry(text: &mut String, entry: &Entry) {
    let (date, effective) = (entry.date(), entry.effective());
    let belongs = if effective == date { String::new() } else { format!("={effective}") };
    let tenant = entry.tenant();
    let head = format!("\n{date}{belongs} * ({}) {tenant} | {}", entry.id().0, plain(entry.memo()));
    let _ = writeln!(text, "{}", head.trim_end());
    let _ = writeln!(text, "    ; lease:{}, tenant:{tenant}", entry.lease());
    for (name, value) in cause(entry.cause()) {
        let _ = writeln!(text, "    ; {name}:{}", plain(&value));
    }
    for posting in entry.postings() {
        write_posting(text, posting.account, posting.amount, None);
    }
}

/// The tags that say what caused an entry.
fn cause(cause: &Cause) -> Vec<(&'static str, String)> {
    match cause {
        Cause::Event(key) => vec![
            ("cause", "event".to_owned()),
            ("source", key.source.to_string()),
            ("event", key.id.to_string()),
        ],
        Cause::Invoice(number) => {
            vec![("cause", "invoice".to_owned()), ("document", number.clone())]
        }
        Cause::CreditNote(number) => {
            vec![("cause", "credit note".to_owned()), ("document", number.clone())]
        }
        Cause::Settlement(number) => {
            vec![("cause", "settlement".to_owned()), ("document", number.clone())]
        }
        Cause::MonthClosed(day) => {
            vec![("cause", "month closed".to_owned()), ("month", day.to_string())]
        }
    }
}

fn assert_balances(text: &mut String, date: Date, held: &BTreeMap<(Account, Currency), Money>) {
    let _ = writeln!(text, "\n{date} * {BOOKS} | balances at the close of the day");
    for ((account, currency), balance) in held {
        write_posting(text, *account, Money::zero(*currency), Some(*balance));
    }
}

fn write_posting(text: &mut String, account: Account, amount: Money, asserted: Option<Money>) {
    let amount = amount_of(amount);
    let asserted = asserted.map_or_else(String::new, |sum| format!(" = {}", amount_of(sum)));
    let _ = writeln!(text, "    {account:<ACCOUNT_COLUMNS$}  {amount:>24}{asserted}");
}

fn amount_of(money: Money) -> String {
    format!("{} {}", money.currency().code(), money.to_decimal())
}

/// A text of the user's that cannot end a line, begin a comment or end a tag.
fn plain(text: &str) -> String {
    let safe = |c: char| match c {
        ';' | ',' => ' ',
        '|' => '/',
        c if c.is_control() || c.is_whitespace() => ' ',
        c => c,
    };
    let text: String = text.chars().map(safe).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

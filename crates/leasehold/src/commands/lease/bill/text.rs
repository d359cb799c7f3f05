//! A billed lease for people: tables, corrections marked, what to look at first.

use leasehold_books::book::LeaseBook;
use leasehold_books::ledger::{Cause, Entry};
use leasehold_types::{BadAmount, Money};

use crate::commands::books::{Run, Told, sides};
use crate::commands::invoice::{Document, list_in_words};
use crate::commands::{count, figure, figure_or_blank};
use crate::terminal::{Look, plain, table, wrap};

/// Most entries that are printed for people; the JSON and the files have all.
const ENTRIES_SHOWN_MAX: usize = 200;

/// Most findings, and most conflicts, that are printed for people.
const FINDINGS_SHOWN_MAX: usize = 50;

pub(super) fn in_words(look: Look, run: &Run, lease: &LeaseBook) -> Result<String, BadAmount> {
    let mut words = head(look, lease, run);
    words += &attention(look, run);
    words += &title(look, "Invoices and credit notes");
    words += &list_in_words(run, false)?;
    for document in Document::all(&run.books) {
        words += &format!("\n{}", document.in_words(look, &run.books, run.through)?);
    }
    words += &payments(look, run);
    words += &held(look, lease)?;
    words += &postings(look, run);
    words += &balances(look, run)?;
    Ok(words)
}

fn title(look: Look, text: &str) -> String {
    format!("\n{}\n", look.bold(text))
}

fn head(look: Look, lease: &LeaseBook, run: &Run) -> String {
    let terms = lease.version_on(run.through);
    let said = format!(
        "lease `{}`, version {}: {} to {}; billed through {} in {}; {}",
        terms.id,
        terms.version,
        terms.owner.name,
        terms.tenant.name,
        run.through,
        terms.currency,
        told(run.told)
    );
    format!("{}\n{}", look.bold(&plain(&terms.title)), wrap("", &said, look.columns))
}

fn told(told: Told) -> String {
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let mut words = count(number(told.taken), "event");
    for (some, what) in [
        (told.repeated, "sent again"),
        (told.conflicts, "in conflict with one before"),
        (told.later, "learnt of later"),
        (told.about_others, "about other leases left out"),
    ] {
        if some > 0 {
            words += &format!(", {some} {what}");
        }
    }
    words
}

/// Why a lease is parked; findings; conflicts.
fn attention(look: Look, run: &Run) -> String {
    let mut words = String::new();
    for (lease, parked) in run.books.parked() {
        words += &title(look, "Parked");
        let said = format!(
            "lease `{lease}` is parked since {}: from that day on nothing is billed or booked. \
             {}: {}",
            parked.since, parked.because.line, parked.because.trouble
        );
        words += &wrap("", &said, look.columns);
    }
    let findings = run.books.findings();
    if !findings.is_empty() {
        words += &title(look, "Findings");
    }
    for finding in findings.iter().take(FINDINGS_SHOWN_MAX) {
        let about = finding.event.as_ref().map_or_else(String::new, |key| format!("event {key}: "));
        words += &wrap("- ", &format!("{about}{}", finding.message), look.columns);
    }
    words += &more(findings.len(), FINDINGS_SHOWN_MAX, "finding");
    let conflicts = run.conflicts();
    if !conflicts.is_empty() {
        words += &title(look, "Conflicts: the first of each counts");
    }
    for conflict in conflicts.iter().take(FINDINGS_SHOWN_MAX) {
        let said = format!(
            "event {}, learnt of at {}, says something else than the one before it: {}",
            conflict.key, conflict.at, conflict.second
        );
        words += &wrap("- ", &said, look.columns);
    }
    words + &more(conflicts.len(), FINDINGS_SHOWN_MAX, "conflict")
}

fn more(all: usize, shown: usize, what: &str) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        rest => format!("and {}; --format json lists all\n", count(rest, what)),
    }
}

/// Entries in the order of their dates.
pub(super) fn entries(run: &Run) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = run.books.journal().entries().iter().collect();
    entries.sort_by_key(|entry| (entry.date(), entry.id()));
    entries
}

/// Money that came and went.
fn payments(look: Look, run: &Run) -> String {
    let moved = entries(run).into_iter().filter_map(|entry| {
        let cash = leasehold_books::ledger::Account::Cash;
        let amount = entry.postings().iter().find(|posting| posting.account == cash)?.amount;
        let Cause::Event(key) = entry.cause() else { return None };
        let (date, memo) = (entry.date().to_string(), entry.memo().to_owned());
        Some([date, key.to_string(), memo, amount.to_string()])
    });
    let rows: Vec<[String; 4]> = moved.collect();
    if rows.is_empty() {
        return String::new();
    }
    let drawn = table::draw_words(3, ["booked", "event", "what", "received"], rows);
    format!("{}{drawn}", title(look, "Payments"))
}

/// What the owner holds for the tenant.
fn held(look: Look, lease: &LeaseBook) -> Result<String, BadAmount> {
    let zero = Money::zero(lease.signed().currency);
    let credits = lease.credit_balance().map(|(_, money)| money);
    let credits = Money::sum(zero.currency(), credits)?;
    let rows: Vec<[String; 2]> = [
        ("paid in excess, or credited once paid", lease.on_account()),
        ("deposit", lease.deposit()),
        ("prepayments", lease.prepaid()),
        ("credits that no invoice could use yet, before tax", credits),
    ]
    .into_iter()
    .filter(|(_, money)| !money.is_zero())
    .map(|(name, money)| [name.to_owned(), money.to_string()])
    .collect();
    if rows.is_empty() {
        return Ok(String::new());
    }
    Ok(format!("{}{}", title(look, "Held for the tenant"), table::draw(["what", "amount"], rows)))
}

fn postings(look: Look, run: &Run) -> String {
    let entries = entries(run);
    if entries.is_empty() {
        return String::new();
    }
    let rows = entries.iter().take(ENTRIES_SHOWN_MAX).flat_map(|entry| rows_of(entry));
    let head = ["entry", "date", "belongs to", "what", "debit", "credit"];
    let drawn = table::draw_words(4, head, rows);
    let rest = more(entries.len(), ENTRIES_SHOWN_MAX, "entry");
    format!("{}{drawn}{}", title(look, "Postings"), rest.replace("entrys", "entries"))
}

/// An entry as a row of its own, then one a posting.
fn rows_of(entry: &Entry) -> Vec<[String; 6]> {
    let belongs = match entry.effective() {
        effective if effective == entry.date() => String::new(),
        effective => effective.to_string(),
    };
    let head = [
        entry.id().0.to_string(),
        entry.date().to_string(),
        belongs,
        entry.memo().to_owned(),
        String::new(),
        String::new(),
    ];
    let postings = entry.postings().iter().map(|posting| {
        let (debit, credit) = sides(posting.amount);
        let account = format!("  {}", posting.account);
        [String::new(), String::new(), String::new(), account, debit, credit]
    });
    std::iter::once(head).chain(postings).collect()
}

fn balances(look: Look, run: &Run) -> Result<String, BadAmount> {
    let balance = run.books.journal().trial_balance(run.through)?;
    if balance.rows.is_empty() {
        return Ok(String::new());
    }
    let rows = balance.rows.iter().map(|row| {
        [row.account.to_string(), figure_or_blank(row.debit), figure_or_blank(row.credit)]
    });
    let sums = balance.totals.iter().map(|total| {
        let figure = figure(*total);
        [format!("all accounts, {}", total.currency()), figure.clone(), figure]
    });
    let drawn = table::draw(["account", "debit", "credit"], rows.chain(sums));
    Ok(format!("{}{drawn}", title(look, &format!("Balances at the close of {}", run.through))))
}

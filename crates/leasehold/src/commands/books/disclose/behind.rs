//! Whose revenue it was, how positions moved, revenue by quarter.

use std::collections::BTreeSet;

use leasehold_books::disclose::{
    Concentration, Disclosures, InCurrency, QuarterRevenue, TenantShare,
};
use leasehold_books::ledger::{Account, RevenueKind};
use leasehold_books::recognise::RollForward;
use leasehold_types::{Currency, Money};

use super::page::{Page, QUARTERS_SHOWN, figure, list, marked};
use crate::commands::format::count;
use crate::terminal::table;

pub(super) fn sections(page: &mut Page, found: &Disclosures, all: &InCurrency) {
    revenue(page, all);
    concentration(page, found, all);
    positions(page, all);
}

fn concentration(page: &mut Page, found: &Disclosures, all: &InCurrency) {
    let percent = found.options.threshold.checked_mul(leasehold_types::Ratio::whole(100));
    let percent = percent.unwrap_or(found.options.threshold);
    page.heading(&format!("Tenants with {percent} % of revenue or more, {}", all.currency));
    let mut rows = Vec::new();
    for period in &all.concentration {
        rows.extend(of_period(period));
    }
    page.table(&table::draw(["", "revenue", "% of revenue"], rows));
    let whose: BTreeSet<String> = all
        .concentration
        .iter()
        .flat_map(|p| &p.undisclosed)
        .map(|fee| fee.lease.to_string())
        .collect();
    if !whose.is_empty() {
        let whose: Vec<String> = whose.into_iter().collect();
        page.item(&format!(
            "* In no sum and no share: fees of {} that are not disclosed.",
            list(&whose)
        ));
    }
}

fn of_period(period: &Concentration) -> Vec<[String; 3]> {
    let span = &period.period;
    let name = format!("{}, {} through {}", span.label, span.from, span.through);
    let name = marked(name, !period.undisclosed.is_empty());
    let mut rows = vec![[name, figure(period.revenue), String::new()]];
    let share = |row: &TenantShare| {
        let related = if row.is_related { ", related party" } else { "" };
        let percent = row.percent.clone().unwrap_or_default();
        [format!("  {}{related}", row.tenant), figure(row.revenue), percent]
    };
    rows.extend(period.tenants.iter().map(share));
    let others = &period.others;
    if others.tenants > 0 {
        let percent = others.percent.clone().unwrap_or_default();
        let name = format!("  {}", count(others.tenants, "other"));
        rows.push([name, figure(others.revenue), percent]);
    }
    rows.extend(period.related_others.iter().map(|row| {
        let [name, revenue, percent] = share(row);
        [format!("    of them,{}", &name[1..]), revenue, percent]
    }));
    rows
}

fn positions(page: &mut Page, all: &InCurrency) {
    let accounts: BTreeSet<Account> = all.positions.iter().map(|row| row.account).collect();
    if accounts.is_empty() {
        page.heading("Contract assets and liabilities");
        page.say(
            "Nothing was billed before it was earned, and nothing earned before it was billed.",
        );
    }
    for account in accounts {
        let rows: Vec<&RollForward> =
            all.positions.iter().filter(|row| row.account == account).collect();
        let shown = &rows[rows.len().saturating_sub(QUARTERS_SHOWN)..];
        page.heading(&format!("{}, {}", name(account), all.currency));
        let labels = all.revenue.quarters.iter().map(label);
        let labels: Vec<String> = labels.skip(rows.len() - shown.len()).collect();
        page.table(&roll_forward(shown, labels, account));
        not_all(page, rows.len());
    }
}

fn roll_forward(rows: &[&RollForward], labels: Vec<String>, account: Account) -> String {
    type Part = fn(&RollForward) -> Money;
    let mut parts: Vec<(&str, Part)> = vec![
        ("opening", |row| row.opening),
        ("invoices", |row| row.invoices),
        ("credit notes", |row| row.credit_notes),
        ("revenue recognised", |row| row.recognised),
    ];
    if matches!(account, Account::ContractLiability | Account::DeferredRevenue) {
        parts.push(("  of it, from the opening", |row| row.recognised_from_opening));
    }
    parts.push(("other", |row| row.other));
    parts.push(("closing", |row| row.closing));
    let head = std::iter::once(String::new()).chain(labels);
    table::draw_any(
        head,
        parts.into_iter().map(|(label, of)| {
            let figures = rows.iter().map(move |row| figure(of(row)));
            std::iter::once(label.to_owned()).chain(figures)
        }),
    )
}

fn name(account: Account) -> &'static str {
    match account {
        Account::ContractAsset => "Contract assets",
        Account::ContractLiability => "Contract liabilities",
        Account::AccruedRent => "Accrued rent",
        _ => "Deferred rent",
    }
}

fn label(quarter: &QuarterRevenue) -> String {
    let span = &quarter.quarter;
    if span.is_partial { format!("{} to date", span.label) } else { span.label.clone() }
}

fn not_all(page: &mut Page, quarters: usize) {
    if quarters > QUARTERS_SHOWN {
        page.say(&format!(
            "The last {QUARTERS_SHOWN} of {quarters} quarters; `--format json` has all."
        ));
    }
}

fn revenue(page: &mut Page, all: &InCurrency) {
    let quarters = &all.revenue.quarters;
    let shown = &quarters[quarters.len().saturating_sub(QUARTERS_SHOWN)..];
    page.heading(&format!("Revenue by quarter, {}", all.currency));
    let labels = shown.iter().map(|q| marked(label(q), !q.undisclosed.is_empty()));
    page.table(&by_quarter(shown, labels.collect(), all.currency));
    not_all(page, quarters.len());
    let sites: BTreeSet<&Option<String>> =
        shown.iter().flat_map(|quarter| &quarter.sites).map(|row| &row.site).collect();
    if sites.len() > 1 {
        page.say(&all.revenue.site_rule);
    }
    for quarter in shown {
        page.undisclosed(&quarter.undisclosed);
    }
}

fn by_quarter(shown: &[QuarterRevenue], labels: Vec<String>, currency: Currency) -> String {
    let zero = Money::zero(currency);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut add = |label: String, of: &dyn Fn(&QuarterRevenue) -> Money| {
        let figures = shown.iter().map(|quarter| figure(of(quarter)));
        rows.push(std::iter::once(label).chain(figures).collect());
    };
    for kind in RevenueKind::ALL {
        let of = |quarter: &QuarterRevenue| {
            quarter.kinds.iter().find(|row| row.kind == kind).map_or(zero, |row| row.amount)
        };
        if shown.iter().any(|quarter| !of(quarter).is_zero()) {
            add(kind_words(kind).to_owned(), &of);
        }
    }
    add("recognised".to_owned(), &|quarter| quarter.recognised);
    let names = shown.iter().flat_map(|q| &q.tenants).map(|row| &row.tenant);
    let mut tenants: Vec<_> = names.collect();
    tenants.sort_by_key(|named| (named.label.len(), named.label.clone()));
    tenants.dedup();
    for tenant in tenants {
        add(format!("of it, {tenant}"), &|quarter| {
            let found = quarter.tenants.iter().find(|row| row.tenant == *tenant);
            found.map_or(zero, |row| row.amount)
        });
    }
    let sites: BTreeSet<_> = shown.iter().flat_map(|q| &q.sites).map(|row| &row.site).collect();
    for site in sites {
        let label = site
            .as_ref()
            .map_or("of it, at no known site".to_owned(), |site| format!("of it, at {site}"));
        add(label, &|quarter| {
            let found = quarter.sites.iter().find(|row| row.site == *site);
            found.map_or(zero, |row| row.amount)
        });
    }
    add("billed, before tax".to_owned(), &|quarter| quarter.billed);
    table::draw_any(std::iter::once(String::new()).chain(labels), rows)
}

fn kind_words(kind: RevenueKind) -> &'static str {
    match kind {
        RevenueKind::Fees => "fees",
        RevenueKind::Usage => "use",
        RevenueKind::Commitment => "minimum commitments",
        RevenueKind::LateCredits => "credits for late delivery",
        RevenueKind::RecallCredits => "credits for recalls",
        RevenueKind::ServiceCredits => "credits for availability",
        RevenueKind::OtherCredits => "credits granted",
    }
}

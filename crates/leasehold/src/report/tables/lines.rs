//! Headline value, non-cancellable value, RPO and run rate: four numbers, never one.

use std::collections::BTreeMap;

use leasehold_sim::figures::{PolicyFigures, QuarterLines};
use leasehold_types::{Currency, Date, Money};

use super::money::{one_currency, scale_note, scale_of, tenants_share_names, titled};
use crate::report::files::LINES;
use crate::report::shown::Scale;
use crate::report::sums::Amounts;
use crate::report::table::{Column, Place, Row, Table, cell};

/// One of the four: its name and where it stands.
pub type FourLine = (&'static str, fn(&QuarterLines) -> Money);

/// The four, in the order in which they are always shown.
pub const FOUR: [FourLine; 4] = [
    ("headline value", |lines| lines.headline_value),
    ("non-cancellable value", |lines| lines.non_cancellable_value),
    ("RPO", |lines| lines.rpo),
    ("run rate a month", |lines| lines.run_rate_month),
];

/// The four lines of all leases of a currency together, at one quarter's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `2026-Q3`.
    pub quarter: String,
    /// The latest closing day among its leases.
    pub as_of: Date,
    /// The currency.
    pub currency: Currency,
    /// The sums, in the order of [`FOUR`].
    pub sums: [Money; 4],
}

/// The four lines summed over leases, by quarter and then currency.
pub fn standings(policy: &PolicyFigures) -> Vec<Standing> {
    let mut by: BTreeMap<(&str, Currency), Vec<&QuarterLines>> = BTreeMap::new();
    for lines in policy.money.iter().flat_map(|lease| &lease.lines) {
        by.entry((&lines.quarter, lines.headline_value.currency())).or_default().push(lines);
    }
    let standing = |((quarter, currency), rows): ((&str, Currency), Vec<&QuarterLines>)| {
        let sum = |take: fn(&QuarterLines) -> Money| {
            let sums = Amounts::of(rows.iter().map(|lines| take(lines)));
            sums.get(currency).unwrap_or(Money::zero(currency))
        };
        let as_of = rows.iter().map(|lines| lines.as_of).max()?;
        let sums = FOUR.map(|(_, take)| sum(take));
        Some(Standing { quarter: quarter.to_owned(), as_of, currency, sums })
    };
    by.into_iter().filter_map(standing).collect()
}

/// All leases together.
pub fn lines_of_all(policy: &PolicyFigures, place: Place) -> Table {
    let (standings, currency) = (standings(policy), one_currency(policy));
    let scale =
        scale_of(standings.iter().flat_map(|standing| standing.sums), place, place.room(4, 24, 0));
    let row = |standing: &Standing| {
        let as_of = standing.as_of.to_string();
        let names = [cell(&standing.quarter), cell(as_of), cell(standing.currency.code())];
        let sums = standing.sums.map(|sum| cell(scale.amount(sum)));
        Row::Cells(names.into_iter().chain(sums).collect())
    };
    let names = [
        Column::whole("quarter"),
        Column::whole("at the close of"),
        Column::whole("currency").page_only_if(currency.is_some()),
    ];
    table(
        &titled("The four lines at each quarter's end, all leases", currency),
        names.into_iter().chain(four_columns()).collect(),
        standings.iter().map(row).collect(),
        scale,
    )
}

/// Each lease by itself, with the end of its enforceable term.
pub fn lines_by_lease(policy: &PolicyFigures, place: Place) -> Table {
    let currency = one_currency(policy);
    let each = || policy.money.iter().flat_map(|l| l.lines.iter().map(move |lines| (l, lines)));
    let amounts = each().flat_map(|(_, lines)| FOUR.map(|(_, take)| take(lines)));
    let scale = scale_of(amounts, place, place.room(4, 44, 0));
    let rows = each().map(|(lease, lines)| {
        let amounts = FOUR.map(|(_, take)| cell(scale.amount(take(lines))));
        let names = [
            cell(&lease.tenant),
            cell(&lease.lease),
            cell(&lines.quarter),
            cell(lines.as_of.to_string()),
            cell(lines.headline_value.currency().code()),
        ];
        let end = cell(lines.term_end.to_string());
        Row::Cells(names.into_iter().chain(amounts).chain([end]).collect())
    });
    let names = [
        Column::key("tenant"),
        Column::key("lease").page_only_if(!tenants_share_names(policy)),
        Column::whole("quarter"),
        Column::whole("at the close of").page_only_if(true),
        Column::whole("currency").page_only_if(currency.is_some()),
    ];
    let end = Column::whole("first day after the enforceable term");
    let columns = names.into_iter().chain(four_columns()).chain([end]).collect();
    let title = titled("The four lines at each quarter's end, by lease", currency);
    table(&title, columns, rows.collect(), scale)
}

fn four_columns() -> impl Iterator<Item = Column> {
    FOUR.into_iter().map(|(name, _)| Column::number(name))
}

fn table(title: &str, columns: Vec<Column>, rows: Vec<Row>, scale: Scale) -> Table {
    let mut notes = vec![
        "Headline value runs to the stated end, non-cancellable value to the end of the \
         enforceable term; none of the four stands for another."
            .to_owned(),
    ];
    notes.extend(scale_note(scale, LINES));
    Table {
        title: title.to_owned(),
        notes,
        columns,
        rows,
        totals: Vec::new(),
        checks: Vec::new(),
        file: LINES,
        empty: "No lease was in force under this policy.",
    }
}

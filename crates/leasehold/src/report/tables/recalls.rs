//! What was taken back.

use leasehold_sim::figures::{PolicyFigures, QuarterMoney, RecallRow, RecallTotals};
use leasehold_types::{Instant, Money};

use super::ALL;
use super::money::{one_currency, scale_note, scale_of, titled};
use crate::report::files::{MONEY, RECALL_REFUSALS, RECALL_TOTALS, RECALLS};
use crate::report::shown::{Scale, count, part_of};
use crate::report::sums;
use crate::report::table::{Column, Place, Row, Table, cell};

/// Most recalls that the page lists one by one; recalls.csv has more.
pub const LISTED_MAX: usize = 100;

/// By lease and quarter.
pub fn recall_totals(policy: &PolicyFigures, place: Place) -> Table {
    let totals = &policy.recalls.totals;
    let all = sums::recalls(totals);
    let currency = one_currency(policy);
    let hours = Scale::of_hours([all.taken.0], if place.is_narrow() { 6 } else { 8 });
    let paid: Vec<Money> = sums::money(policy, |quarter| quarter.compensation).iter().collect();
    let scale = scale_of(paid.iter().copied(), place, 12);
    let rows = totals.iter().map(|row| {
        let money = quarter_money(policy, row);
        row_of(row, [&row.lease, &row.quarter], money.map(|q| q.compensation), hours, scale)
    });
    // One row a currency; the counts stand in the first only, or they would be read twice.
    let first = row_of(&all, [ALL, ALL], paid.first().copied(), hours, scale);
    let more = paid.iter().skip(1).map(|money| money_only(*money, scale));
    let sums = std::iter::once(first).chain(more).collect();
    let mut notes = vec![
        "Recalls count in the quarter in which they were ordered. Notice is kept where the units \
         were released only after the whole notice of their class; a breach is a recall outside \
         its clause, or one returned late. Amounts are those of the quarter in which they fell due."
            .to_owned(),
    ];
    let unit = hours.name;
    notes.push(format!("Hours taken are {unit}accelerator-hours, from release to return."));
    notes.extend(scale_note(scale, MONEY));
    Table {
        title: titled("Recalls by lease and quarter", currency),
        notes,
        columns: totals_columns(matches!(place, Place::Terminal(..WIDE)), currency.is_some()),
        rows: rows.collect(),
        totals: if totals.len() > 1 { sums } else { Vec::new() },
        checks: Vec::new(),
        file: RECALL_TOTALS,
        empty: "Nothing was recalled under this policy.",
    }
}

fn quarter_money<'a>(policy: &'a PolicyFigures, row: &RecallTotals) -> Option<&'a QuarterMoney> {
    let lease = policy.money.iter().find(|lease| lease.lease == row.lease)?;
    lease.quarters.iter().find(|quarter| quarter.quarter == row.quarter)
}

/// Columns of a terminal that has room for the amounts too.
const WIDE: u16 = 100;

fn totals_columns(narrow: bool, one_currency: bool) -> Vec<Column> {
    vec![
        Column::key("lease"),
        Column::whole("quarter"),
        Column::number("ordered"),
        Column::number("withdrawn"),
        Column::number("notice kept"),
        Column::number("breaches"),
        Column::number("units released"),
        Column::number("hours taken"),
        Column::whole("currency").page_only_if(narrow || one_currency),
        Column::number("paid for recalls").page_only_if(narrow),
    ]
}

fn row_of(
    row: &RecallTotals,
    names: [&str; 2],
    paid: Option<Money>,
    hours: Scale,
    scale: Scale,
) -> Row {
    let numbers = [
        count(row.ordered),
        count(row.withdrawn),
        part_of(row.notice_kept, row.ordered),
        count(row.breaches),
        count(row.units),
        hours.hours(row.taken.0),
    ];
    let money = [paid.map(|m| m.currency().code().to_owned()), paid.map(|m| scale.amount(m))];
    Row::Cells(names.map(cell).into_iter().chain(numbers.map(cell)).chain(money).collect())
}

fn money_only(paid: Money, scale: Scale) -> Row {
    let names = [cell(ALL), cell(ALL)];
    let money = [cell(paid.currency().code()), cell(scale.amount(paid))];
    Row::Cells(names.into_iter().chain(std::iter::repeat_n(None, 6)).chain(money).collect())
}

/// Why waiting jobs could not be helped by a recall.
pub fn refusals(policy: &PolicyFigures) -> Table {
    let rows = policy.recalls.refused.iter();
    let rows = rows.map(|(reason, times)| Row::Cells(vec![cell(reason), cell(count(*times))]));
    Table {
        title: "Times that a job waited and no lawful recall could help".to_owned(),
        notes: Vec::new(),
        columns: vec![Column::key("reason"), Column::number("times")],
        rows: rows.collect(),
        totals: Vec::new(),
        checks: Vec::new(),
        file: RECALL_REFUSALS,
        empty: "No waiting job was refused a recall.",
    }
}

/// The first recalls, one by one.
pub fn recall_list(policy: &PolicyFigures) -> Table {
    let rows = policy.recalls.rows.iter().take(LISTED_MAX).map(list_row);
    let ordered = sums::recalls(&policy.recalls.totals).ordered;
    let listed = policy.recalls.rows.len().min(LISTED_MAX);
    let title = match u64::try_from(listed) {
        Ok(listed) if listed < ordered => {
            format!("The first {} of {} recalls", count(listed), count(ordered))
        }
        _ => "Every recall".to_owned(),
    };
    Table {
        title,
        notes: vec!["Instants are UTC.".to_owned()],
        columns: list_columns(),
        rows: rows.collect(),
        totals: Vec::new(),
        checks: Vec::new(),
        file: RECALLS,
        empty: "Nothing was recalled under this policy.",
    }
}

fn list_columns() -> Vec<Column> {
    vec![
        Column::key("recall"),
        Column::text("lease"),
        Column::text("pool"),
        Column::text("class"),
        Column::number("units"),
        Column::text("ordered"),
        Column::text("released"),
        Column::text("returned"),
        Column::text("state"),
        Column::number("for job"),
        Column::number("compensation"),
    ]
}

fn list_row(row: &RecallRow) -> Row {
    Row::Cells(vec![
        cell(row.recall.to_string()),
        cell(&row.lease),
        cell(&row.pool),
        cell(&row.class),
        cell(count(row.units)),
        cell(clock(row.ordered)),
        row.released.map(clock),
        row.returned.map(clock),
        cell(&row.state),
        row.job.map(|job| job.to_string()),
        row.compensation.map(|money| money.to_string()),
    ])
}

/// `2026-07-01 05:12:33`, in UTC.
fn clock(instant: Instant) -> String {
    instant.to_string().trim_end_matches('Z').replace('T', " ")
}

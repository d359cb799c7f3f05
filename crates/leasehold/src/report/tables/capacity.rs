//! Where the accelerator-time went.

use leasehold_sim::figures::{Capacity, CapacityRow, PolicyFigures};

use super::ALL;
use crate::report::files::CAPACITY;
use crate::report::shown::{Scale, share};
use crate::report::sums;
use crate::report::table::{Check, Column, Place, Row, Table, cell, digits_in};

/// By quarter, all pools together.
pub fn by_quarter(policy: &PolicyFigures, place: Place) -> Table {
    let quarters = sums::capacity_by(&policy.capacity, |row| row.quarter.clone());
    let rows = quarters.into_iter().map(|(quarter, sum)| (vec![quarter], sum));
    Table {
        notes: vec![
            "Jobs are the owner's, on capacity that is not recalled; recalled is taken back from \
             tenants, with a job on it or in waiting for one; sold is busy (serving requests) and \
             quiet (waiting for them). Hours are rounded so that each row adds up."
                .to_owned(),
        ],
        checks: vec![adds_up(policy)],
        ..table(policy, place, "by quarter, all pools", &["quarter"], rows.collect())
    }
}

/// By pool, the whole span.
pub fn by_pool(policy: &PolicyFigures, place: Place) -> Table {
    let pools = sums::capacity_by(&policy.capacity, |row| row.pool.clone());
    let rows = pools.into_iter().map(|(pool, sum)| (vec![pool], sum));
    table(policy, place, "by pool, whole span", &["pool"], rows.collect())
}

/// By quarter, site and pool: every row of the figures.
pub fn by_quarter_and_pool(policy: &PolicyFigures, place: Place) -> Table {
    // A pool's name begins with its site, which a terminal need not say twice.
    let heads: &[&str] =
        if place.is_narrow() { &["quarter", "pool"] } else { &["quarter", "site", "pool"] };
    let keys = |row: &CapacityRow| match place {
        Place::Terminal(_) => vec![row.quarter.clone(), row.pool.clone()],
        Place::Page => vec![row.quarter.clone(), row.site.clone(), row.pool.clone()],
    };
    let rows = policy.capacity.iter().map(|row| (keys(row), row.capacity)).collect();
    Table {
        checks: vec![adds_up(policy)],
        ..table(policy, place, "by quarter and pool", heads, rows)
    }
}

fn table(
    policy: &PolicyFigures,
    place: Place,
    by: &str,
    heads: &[&str],
    rows: Vec<(Vec<String>, Capacity)>,
) -> Table {
    let whole = sums::policy_capacity(policy);
    let owned = rows.iter().map(|(_, capacity)| capacity.owned.0);
    let total = (heads.len() == 1 && rows.len() > 1).then_some(whole);
    let keys = rows.iter().map(|(keys, _)| keys.iter().map(|key| key.len() + 1).sum());
    let others = keys.max().unwrap_or(0).max(12) + if heads.len() == 1 { 9 } else { 0 };
    let digits = digits_in(place.room(7, others, 11));
    let scale = Scale::of_hours(owned.chain(total.map(|sum| sum.owned.0)), digits);
    let line =
        |(keys, capacity): (Vec<String>, Capacity)| Row::Cells(cells(keys, &capacity, scale));
    let all = |sum| line((vec![ALL.to_owned()], sum));
    Table {
        title: format!("Accelerator-time {by}, {}accelerator-hours", scale.name),
        notes: Vec::new(),
        columns: columns(heads, place),
        rows: rows.into_iter().map(line).collect(),
        totals: total.map(all).into_iter().collect(),
        checks: Vec::new(),
        file: CAPACITY,
        empty: "No capacity was replayed.",
    }
}

fn columns(heads: &[&str], place: Place) -> Vec<Column> {
    let keys = heads.iter().map(|head| match *head {
        "quarter" => Column::whole(*head),
        _ => Column::key(*head),
    });
    let parts = ["owned", "down", "jobs", "busy", "quiet", "recalled", "idle"];
    let narrow = place.is_narrow() && heads.len() > 1;
    keys.chain(parts.map(Column::number))
        .chain([Column::number("sold, of owned").page_only_if(narrow)])
        .collect()
}

fn cells(keys: Vec<String>, capacity: &Capacity, scale: Scale) -> Vec<Option<String>> {
    let sold = share(capacity.sold().0, capacity.owned.0);
    keys.into_iter().chain(scale.capacity(capacity)).map(cell).chain([sold]).collect()
}

fn adds_up(policy: &PolicyFigures) -> Check {
    let broken = policy.capacity.iter().filter(|row| !row.capacity.adds_up()).count();
    let rule = "down + jobs + busy + quiet + recalled + idle adds up to owned";
    Check::of_rows(rule, policy.capacity.len(), broken)
}

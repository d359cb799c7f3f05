//! How the tenants' requests fared.

use std::collections::BTreeMap;

use leasehold_sim::figures::{PolicyFigures, RequestRow};

use super::ALL;
use crate::report::files::REQUESTS;
use crate::report::shown::{Scale, share};
use crate::report::sums::RequestSums;
use crate::report::table::{Check, Column, Place, Row, Table, cell, digits_in};

/// By lease and quarter.
pub fn requests(policy: &PolicyFigures, place: Place) -> Table {
    let rows = &policy.requests.rows;
    let all = RequestSums::of(rows);
    let digits = digits_in(place.room(5, 33, 11));
    let scales = Scales {
        requests: Scale::fitting(all.arrived.max(all.served), digits),
        tokens: Scale::fitting(all.input.max(all.output), 9),
        hours: Scale::of_hours([all.granted], 8),
    };
    let lines =
        rows.iter().map(|row| row_of([&row.lease, &row.quarter], &RequestSums::of([row]), &scales));
    let total = row_of([ALL, ALL], &all, &scales);
    Table {
        title: match scales.requests {
            Scale::ONE => "Requests by lease and quarter".to_owned(),
            scale => format!("Requests by lease and quarter, {}requests", scale.name),
        },
        notes: vec![
            "Queued requests are among those served: they waited for capacity first. Requests \
             are turned away where the wait would have been too long."
                .to_owned(),
        ],
        columns: columns(&scales),
        rows: lines.collect(),
        totals: if rows.len() > 1 { vec![total] } else { Vec::new() },
        checks: vec![adds_up(rows)],
        file: REQUESTS,
        empty: "No tenant sent requests under this policy.",
    }
}

struct Scales {
    requests: Scale,
    tokens: Scale,
    hours: Scale,
}

fn columns(scales: &Scales) -> Vec<Column> {
    let page_only = |head: String| Column::number(head).page_only_if(true);
    vec![
        Column::key("lease"),
        Column::whole("quarter"),
        Column::number("arrived"),
        Column::number("served"),
        Column::number("of these queued"),
        Column::number("turned away"),
        Column::number("waiting at the end"),
        page_only(format!("input, {}tokens", scales.tokens.name)),
        page_only(format!("output, {}tokens", scales.tokens.name)),
        page_only(format!("granted, {}accelerator-hours", scales.hours.name)),
        page_only(format!("busy, {}accelerator-hours", scales.hours.name)),
        Column::number("busy, of granted"),
    ]
}

fn row_of(names: [&str; 2], sums: &RequestSums, scales: &Scales) -> Row {
    let counts = [sums.arrived, sums.served, sums.queued, sums.turned_away, sums.waiting];
    let counts = counts.map(|requests| cell(scales.requests.number(requests)));
    let tokens = [sums.input, sums.output].map(|tokens| cell(scales.tokens.number(tokens)));
    let hours = [sums.granted, sums.busy].map(|seconds| cell(scales.hours.hours(seconds)));
    let cells = names.map(cell).into_iter().chain(counts).chain(tokens).chain(hours);
    Row::Cells(cells.chain([share(sums.busy, sums.granted)]).collect())
}

/// Whether no request was lost: what waited before and what came is served, turned away or waits.
fn adds_up(rows: &[RequestRow]) -> Check {
    let mut before: BTreeMap<&str, u128> = BTreeMap::new();
    let mut broken = 0;
    for row in rows {
        let waited = before.insert(&row.lease, row.waiting.into()).unwrap_or(0);
        let gone = u128::from(row.served) + u128::from(row.turned_away) + u128::from(row.waiting);
        broken += usize::from(waited + u128::from(row.arrived) != gone);
    }
    let rule = "waiting before + arrived adds up to served + turned away + waiting";
    Check::of_rows(rule, rows.len(), broken)
}

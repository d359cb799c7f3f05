//! What the figures rest on: what is assumed, and what went in.

use leasehold_sim::figures::{Figures, InputRow};
use maud::{Markup, html};

use super::draw;
use crate::report::files::JSON;
use crate::report::shown::count;
use crate::report::table::{Column, Row, Table, cell};

pub const ASSUMPTIONS: &str = "What is assumed";
pub const INPUTS: &str = "What went in";

/// Everything that is assumed, so that no figure passes for more than it is.
pub fn assumptions(figures: &Figures) -> Markup {
    html! {
        @if figures.assumptions.is_empty() {
            p.nothing { "The scenario states no assumption." }
        } @else {
            p { "Every figure on this page rests on these. What is not known is assumed, and marked so." }
            dl.assumptions {
                @for row in &figures.assumptions {
                    div {
                        dt { (row.about) " " span.source { (row.source) } }
                        dd { (row.text) }
                    }
                }
            }
        }
    }
}

/// The pools, the leases and the demand.
pub fn inputs(figures: &Figures) -> Markup {
    html! {
        (draw::table("table-pools", &pools(figures)))
        (draw::table("table-leases", &leases(figures)))
        @for input in &figures.inputs { (facts(input)) }
    }
}

fn facts(input: &InputRow) -> Markup {
    html! {
        div.facts {
            h4 { (input.source) }
            dl {
                @for (what, value) in &input.facts { div { dt { (what) } dd { (value) } } }
            }
        }
    }
}

fn pools(figures: &Figures) -> Table {
    let row = |entry: &leasehold_sim::figures::PoolEntry| {
        Row::Cells(vec![
            cell(&entry.pool),
            cell(&entry.site),
            cell(&entry.accelerator),
            cell(count(entry.units)),
        ])
    };
    let columns = vec![
        Column::key("pool"),
        Column::text("site"),
        Column::text("accelerator"),
        Column::number("accelerators owned"),
    ];
    plain("Pools", columns, figures.cast.pools.iter().map(row).collect(), "The fleet has no pool.")
}

fn leases(figures: &Figures) -> Table {
    let row = |entry: &leasehold_sim::figures::LeaseEntry| {
        Row::Cells(vec![
            cell(&entry.lease),
            cell(&entry.title),
            cell(&entry.tenant),
            cell(count(entry.units)),
            cell(count(entry.recallable)),
            cell(entry.end.to_string()),
        ])
    };
    let columns = vec![
        Column::key("lease"),
        Column::text("title"),
        Column::text("tenant"),
        Column::number("units committed"),
        Column::number("of these recallable"),
        Column::whole("first day after its end"),
    ];
    let rows = figures.cast.leases.iter().map(row).collect();
    plain("Leases", columns, rows, "The scenario has no lease.")
}

fn plain(title: &str, columns: Vec<Column>, rows: Vec<Row>, empty: &'static str) -> Table {
    Table {
        title: title.to_owned(),
        notes: Vec::new(),
        columns,
        rows,
        totals: Vec::new(),
        checks: Vec::new(),
        file: JSON,
        empty,
    }
}

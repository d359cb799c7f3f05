//! The pieces of which sections are made: tables, charts beside each other, legends.

use leasehold_sim::figures::{Figures, PolicyFigures};
use maud::{Markup, html};

use crate::report::chart::{self, Fill};
use crate::report::notes;
use crate::report::table::{Check, Kind, Row, Table};

/// What stands where there is nothing to say.
const NOTHING: &str = "\u{2013}";

/// Columns from which a table is set smaller on paper.
const WIDE: usize = 10;

/// A table, open.
pub fn table(id: &str, table: &Table) -> Markup {
    html! {
        div.tabled {
            h4 id=(id) { (table.title) }
            (body(id, table))
        }
    }
}

/// Most rows of a table that is open from the start.
const OPEN_MAX: usize = 20;

/// A table that may have many rows, and then is closed until asked for; on paper it is open.
pub fn long_table(id: &str, table: &Table) -> Markup {
    let rows = table.rows.iter().filter(|row| matches!(row, Row::Cells(_))).count();
    html! {
        details.tabled open[rows <= OPEN_MAX] {
            summary { span id=(id) { (table.title) } " " span.rows { "(" (rows) " rows)" } }
            (body(id, table))
        }
    }
}

fn body(id: &str, table: &Table) -> Markup {
    if table.rows.is_empty() {
        return html! { p.nothing { (table.empty) } };
    }
    html! {
        div.scroll role="region" aria-labelledby=(id) tabindex="0" {
            table.wide[table.columns.len() >= WIDE] aria-labelledby=(id) {
                thead { tr { @for column in &table.columns {
                    th scope="col" class=[class(column.kind)] { (column.head) }
                } } }
                (groups(table))
                @if !table.totals.is_empty() {
                    tfoot { @for row in &table.totals { (line(table, row, None)) } }
                }
            }
        }
        @for check in &table.checks { (check_line(check)) }
        p.note {
            @for note in &table.notes { (note) " " }
            "Unrounded: " a href=(table.file) { (table.file) } ". "
            "Rests on the " a href="#assumptions" { "assumptions" } "."
        }
    }
}

fn check_line(check: &Check) -> Markup {
    html! {
        p.check.broken[!check.holds] {
            span aria-hidden="true" { @if check.holds { "\u{2713} " } @else { "\u{2717} " } }
            (check.finding)
        }
    }
}

/// The rows, with a group of its own for each heading among them.
fn groups(table: &Table) -> Markup {
    let mut groups: Vec<(Option<&str>, Vec<&Row>)> = vec![(None, Vec::new())];
    for row in &table.rows {
        match (row, groups.last_mut()) {
            (Row::Heading(heading), _) => groups.push((Some(heading), Vec::new())),
            (Row::Cells(_), Some((_, rows))) => rows.push(row),
            (Row::Cells(_), None) => {}
        }
    }
    groups.retain(|(heading, rows)| heading.is_some() || !rows.is_empty());
    html! {
        @for (heading, rows) in groups {
            tbody {
                @if let Some(heading) = heading {
                    tr.group { th scope="rowgroup" colspan=(table.columns.len()) { (heading) } }
                }
                @for (nth, row) in rows.iter().enumerate() {
                    (line(table, row, nth.checked_sub(1).and_then(|before| rows.get(before)).copied()))
                }
            }
        }
    }
}

/// One row. A first cell that says the same as in the row `before` is set back.
fn line(table: &Table, row: &Row, before: Option<&Row>) -> Markup {
    let Row::Cells(cells) = row else { return html! {} };
    let first = |row: Option<&Row>| match row {
        Some(Row::Cells(cells)) => cells.first().cloned().flatten(),
        _ => None,
    };
    let again = before.is_some() && first(before) == first(Some(row));
    html! {
        tr.again[again] {
            @for (nth, (column, cell)) in table.columns.iter().zip(cells).enumerate() {
                @let text = cell.as_deref().unwrap_or(NOTHING);
                @if nth == 0 {
                    th scope="row" class=[class(column.kind)] { (text) }
                } @else {
                    td class=[class(column.kind)] { (text) }
                }
            }
        }
    }
}

fn class(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Number => Some("number"),
        Kind::Whole => Some("whole"),
        Kind::Key | Kind::Text => None,
    }
}

/// A chart with its caption.
pub fn figure(name: &str, drawing: &Markup, caption: &str) -> Markup {
    html! {
        figure {
            p.name { (name) }
            (drawing)
            @if !caption.is_empty() { figcaption { (joined(caption)) } }
        }
    }
}

/// Words in which no line ends between a number and its per cent.
pub fn joined(words: &str) -> String {
    words.replace(" %", "\u{a0}%")
}

/// Charts beside each other, one a policy where there is room.
pub fn beside(figures: &[Markup]) -> Markup {
    let columns = figures.len().clamp(1, 3);
    html! {
        div class=(format!("charts of-{columns}")) { @for figure in figures { (figure) } }
    }
}

/// What the fills of the charts below mean.
pub fn legend<'a>(entries: impl IntoIterator<Item = (Fill, &'a str)>) -> Markup {
    html! {
        ul.legend aria-label="Legend" {
            @for (fill, name) in entries { li { (chart::swatch(fill)) " " (name) } }
        }
    }
}

/// The heading of what is of one policy.
pub fn policy_heading(policy: &PolicyFigures) -> Markup {
    html! {
        h3.policy {
            "Policy " (policy.policy.name())
            span { " \u{2013} " (notes::policy(policy.policy)) }
        }
    }
}

/// The policies that have leases.
pub fn leasing(figures: &Figures) -> Vec<&PolicyFigures> {
    figures.policies.iter().filter(|policy| !policy.money.is_empty()).collect()
}

/// What a section says where no policy has leases.
pub fn no_leases() -> Markup {
    html! { p.nothing { "No policy of this replay has leases." } }
}

/// Fills for the names of `largest_first`: the first ones each its own, all others together.
pub fn fill_of(nth: usize) -> Fill {
    Fill::SERIES.get(nth).copied().unwrap_or(Fill::OTHERS)
}

/// The legend of names that are filled by [`fill_of`].
pub fn legend_of(names: &[String]) -> Markup {
    let own = names.iter().take(Fill::SERIES.len()).enumerate();
    let own = own.map(|(nth, name)| (fill_of(nth), name.as_str()));
    let others = match names.len().saturating_sub(Fill::SERIES.len()) {
        0 => None,
        1 => Some("one other".to_owned()),
        more => Some(format!("{more} others")),
    };
    legend(own.chain(others.iter().map(|others| (Fill::OTHERS, others.as_str()))))
}

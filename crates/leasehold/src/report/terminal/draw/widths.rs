//! How wide each column of a table is.
//!
//! Numbers, dates and quarters are never broken; headings break between words, and names give way
//! first where the terminal is too narrow.

use comfy_table::{ColumnConstraint, Width};

use super::cell_text;
use crate::report::table::{Kind, Row, Table};

/// Narrowest that a column of names or words is made.
const WORDS_MIN: u16 = 8;

/// Sets the width of every drawn column so that together they fit `width` if they can.
pub fn set(drawn: &mut comfy_table::Table, table: &Table, columns: &[usize], width: u16) {
    let gaps = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let wanted: Vec<Wanted> = columns.iter().map(|column| Wanted::of(table, *column)).collect();
    let full = wanted.iter().fold(0_u16, |sum, column| sum.saturating_add(column.full));
    let gap = if full.saturating_add(gaps.saturating_mul(2)) <= width { 2 } else { 1 };
    let room = width.saturating_sub(gaps.saturating_mul(gap));
    for (at, width) in fitted(&wanted, room).into_iter().enumerate() {
        let Some(column) = drawn.column_mut(at) else { continue };
        // One of the gap's characters stands for the line between columns, which is not drawn.
        let padding = if at > 0 { gap - 1 } else { 0 };
        column.set_padding((padding, 0));
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + padding)));
    }
}

/// What a column would take, and the least that it can do with.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    full: u16,
    least: u16,
}

impl Wanted {
    fn of(table: &Table, column: usize) -> Self {
        let Some(spec) = table.columns.get(column) else { return Wanted { full: 1, least: 1 } };
        let cells = table.rows.iter().chain(&table.totals).map(|row| match row {
            Row::Cells(cells) => length(&cell_text(cells.get(column), spec.kind)),
            Row::Heading(heading) => {
                if column == 0 {
                    length(heading)
                } else {
                    0
                }
            }
        });
        let longest = cells.max().unwrap_or(1);
        let word = spec.head.split_whitespace().map(length).max().unwrap_or(1);
        match spec.kind {
            Kind::Number | Kind::Whole => {
                let least = longest.max(word);
                Wanted { full: least.max(length(&spec.head).div_ceil(2)), least }
            }
            Kind::Key | Kind::Text => {
                Wanted { full: longest.max(word), least: longest.max(word).min(WORDS_MIN) }
            }
        }
    }
}

/// Takes from the widest column that can spare it, until all fit or none can.
fn fitted(wanted: &[Wanted], room: u16) -> Vec<u16> {
    let mut widths: Vec<u16> = wanted.iter().map(|column| column.full).collect();
    let total = |widths: &[u16]| widths.iter().map(|width| u64::from(*width)).sum::<u64>();
    while total(&widths) > u64::from(room) {
        let spare = (0..widths.len()).filter(|i| widths[*i] > wanted[*i].least);
        let Some(widest) = spare.max_by_key(|i| widths[*i]) else { break };
        widths[widest] -= 1;
    }
    widths
}

fn length(text: &str) -> u16 {
    u16::try_from(text.chars().count()).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_way_and_numbers_do_not() {
        let name = Wanted { full: 30, least: 8 };
        let number = Wanted { full: 12, least: 12 };
        assert_eq!(fitted(&[name, number], 50), [30, 12]);
        assert_eq!(fitted(&[name, number], 30), [18, 12]);
        assert_eq!(fitted(&[name, number, number], 30), [8, 12, 12]);
    }
}

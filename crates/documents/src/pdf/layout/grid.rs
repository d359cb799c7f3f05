//! Plain tables: columns as wide as what they hold, one that takes the rest, a head that repeats.

use super::flow::{BODY, BODY_LEADING, Flow, SMALL};
use crate::pdf::draw::{ACCENT, Mp, Role, Scope, Style, TINT, Tag, pt};
use crate::pdf::sheet::{Column, Table, TableRow};

const GAP: Mp = pt(10);
const ROW_SPACE: Mp = pt(4);
const HEAD_HEIGHT: Mp = pt(17);

/// Where each column begins and ends.
type Edges = Vec<(Mp, Mp)>;

pub(super) fn write(flow: &mut Flow, table: &Table) {
    let tag = flow.canvas.tree.add(flow.root(), Role::Table);
    let edges = edges(flow, table);
    let head_row = flow.canvas.tree.add(tag, Role::Row);
    head(flow, table, &edges, head_row);
    for row in &table.rows {
        let lines = words(flow, table, row, &edges);
        let count = lines.iter().map(Vec::len).max().unwrap_or(1);
        let height = BODY_LEADING * i64::try_from(count).unwrap_or(1) + ROW_SPACE * 2;
        if flow.need(height) {
            head(flow, table, &edges, Tag::Artifact);
        }
        if row.strong {
            flow.canvas.rect(flow.left, flow.y, flow.width(), height, TINT);
        }
        let style = if row.strong { Style::bold(BODY) } else { Style::plain(BODY) };
        let row_tag = flow.canvas.tree.add(tag, Role::Row);
        for ((lines, column), edge) in lines.iter().zip(&table.columns).zip(&edges) {
            let cell = flow.canvas.tree.add(row_tag, Role::Cell);
            let mut y = flow.y + ROW_SPACE + BODY;
            for line in lines {
                place(flow, cell, *column, *edge, y, style, line);
                y += BODY_LEADING;
            }
        }
        flow.skip(height);
        flow.rule(flow.y);
    }
}

/// The head; where it repeats it is no content.
fn head(flow: &mut Flow, table: &Table, edges: &Edges, row: Tag) {
    let style = Style::bold(SMALL).in_colour(ACCENT);
    for (column, edge) in table.columns.iter().zip(edges) {
        let tag = flow.canvas.tree.add(row, Role::Header(Scope::Column));
        place(flow, tag, *column, *edge, flow.y + pt(9), style, column.name());
    }
    flow.canvas.rect(flow.left, flow.y + HEAD_HEIGHT - 1_000, flow.width(), 900, ACCENT);
    flow.skip(HEAD_HEIGHT);
}

fn place(
    flow: &mut Flow,
    tag: Tag,
    column: Column,
    (left, right): (Mp, Mp),
    y: Mp,
    style: Style,
    text: &str,
) {
    match column {
        Column::Words(_) | Column::Rest(_) => flow.canvas.text(tag, left, y, style, text),
        Column::Amounts(_) => flow.canvas.text_to(tag, right, y, style, text),
    }
}

/// The lines of each cell.
fn words(flow: &mut Flow, table: &Table, row: &TableRow, edges: &Edges) -> Vec<Vec<String>> {
    let style = if row.strong { Style::bold(BODY) } else { Style::plain(BODY) };
    let cells = row.cells.iter().zip(&table.columns).zip(edges);
    cells
        .map(|((text, column), (left, right))| match column {
            Column::Rest(_) => flow.canvas.type_.wrap(text, style, right - left),
            Column::Words(_) | Column::Amounts(_) => vec![text.clone()],
        })
        .collect()
}

fn edges(flow: &mut Flow, table: &Table) -> Edges {
    let mut widths: Vec<Mp> = Vec::with_capacity(table.columns.len());
    for (i, column) in table.columns.iter().enumerate() {
        let head = flow.canvas.type_.width(column.name(), Style::bold(SMALL));
        let cells = table.rows.iter().map(|row| {
            let style = if row.strong { Style::bold(BODY) } else { Style::plain(BODY) };
            flow.canvas.type_.width(&row.cells[i], style)
        });
        widths.push(cells.max().unwrap_or(0).max(head));
    }
    let gaps = GAP * i64::try_from(table.columns.len().saturating_sub(1)).unwrap_or(0);
    let others = table.columns.iter().zip(&widths).filter(|(c, _)| !matches!(c, Column::Rest(_)));
    let rest = flow.width() - gaps - others.map(|(_, width)| width).sum::<Mp>();
    let mut left = flow.left;
    let mut edges = Edges::with_capacity(widths.len());
    for (column, width) in table.columns.iter().zip(widths) {
        let width = if matches!(column, Column::Rest(_)) { rest } else { width };
        edges.push((left, left + width));
        left += width + GAP;
    }
    edges
}

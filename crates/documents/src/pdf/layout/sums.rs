//! What the lines come to: taxes by class and where to pay on the left, from the net amount to what
//! is due on the right. Both stay on one page where they fit on one.

use super::facts;
use super::flow::{BODY, Flow, SMALL};
use crate::pdf::draw::{ACCENT, HAIRLINE, Mp, Role, Scope, Style, TINT, pt};
use crate::pdf::sheet::{Rank, Sheet, TaxRow};

const ROW_HEIGHT: Mp = pt(15);
const HEADING_HEIGHT: Mp = pt(34);
const FACT_HEIGHT: Mp = pt(14);
/// From line to line of a tax's name, and the space between rows.
const TAX_LEADING: Mp = pt(10);
const TAX_SPACE: Mp = pt(5);
const TAX_STYLE: Style = Style::plain(SMALL + 500);
const TAX_HEAD: Style = Style::bold(SMALL).in_colour(ACCENT);
const GAP: Mp = pt(10);
const DUE_HEIGHT: Mp = pt(24);
/// Where the sums begin, as a share of the width in hundredths.
const COLUMN_HUNDREDTHS: Mp = 52;

pub(super) fn write(flow: &mut Flow, sheet: &Sheet) {
    let column = flow.left + flow.width() * COLUMN_HUNDREDTHS / 100;
    let taxes = Taxes::of(flow, sheet, column - pt(24));
    let sums = sheet.sums.iter().map(|sum| height(sum.rank)).sum::<Mp>();
    let payment = match i64::try_from(sheet.payment.len()).unwrap_or(0) {
        0 => 0,
        count => HEADING_HEIGHT + FACT_HEIGHT * count,
    };
    flow.skip(pt(12));
    flow.need(sums.max(taxes.height(sheet.taxes.len()) + payment));
    let (page, top) = (flow.canvas.page(), flow.y);
    write_sums(flow, sheet, column);
    let under_sums = flow.y;
    flow.y = top;
    taxes.write(flow, sheet);
    write_payment(flow, sheet, taxes.right);
    if flow.canvas.page() == page {
        flow.y = flow.y.max(under_sums);
    }
    flow.skip(pt(4));
}

/// Where and how to pay, below the taxes.
fn write_payment(flow: &mut Flow, sheet: &Sheet, right: Mp) {
    if !sheet.payment.is_empty() {
        flow.heading("Payment", Role::Heading2);
        facts::write_in(flow, &sheet.payment, flow.left, right, pt(76));
    }
}

const fn height(rank: Rank) -> Mp {
    match rank {
        Rank::Due => DUE_HEIGHT,
        Rank::Part | Rank::Total => ROW_HEIGHT,
    }
}

/// The table of taxes: where its columns end, and the lines of each row's name.
struct Taxes {
    right: Mp,
    net_right: Mp,
    names: Vec<Vec<String>>,
}

impl Taxes {
    fn of(flow: &mut Flow, sheet: &Sheet, right: Mp) -> Taxes {
        let mut widest = |head: String, texts: &mut dyn Iterator<Item = &str>| {
            let widths = texts.map(|text| flow.canvas.type_.width(text, TAX_STYLE));
            let widest = widths.max().unwrap_or(0);
            widest.max(flow.canvas.type_.width(&head, TAX_HEAD))
        };
        let rows = &sheet.taxes;
        let tax = widest(head("Tax", sheet), &mut rows.iter().map(|row| row.tax.as_str()));
        let net = widest(head("Net", sheet), &mut rows.iter().map(|row| row.net.as_str()));
        let net_right = right - tax - GAP;
        let width = net_right - net - GAP - flow.left;
        let name = |row: &TaxRow| {
            let name = format!("{}, {}", row.class, row.name);
            flow.canvas.type_.wrap(&name, TAX_STYLE, width)
        };
        Taxes { right, net_right, names: rows.iter().map(name).collect() }
    }

    fn height(&self, rows: usize) -> Mp {
        let lines = self.names.iter().map(Vec::len).sum::<usize>();
        let count = |count: usize| i64::try_from(count).unwrap_or(0);
        ROW_HEIGHT + TAX_LEADING * count(lines) + TAX_SPACE * count(rows)
    }

    fn write(&self, flow: &mut Flow, sheet: &Sheet) {
        let table = flow.canvas.tree.add(flow.root(), Role::Table);
        let row = flow.canvas.tree.add(table, Role::Row);
        let y = flow.y + pt(10);
        let tag = flow.canvas.tree.add(row, Role::Header(Scope::Column));
        flow.canvas.text(tag, flow.left, y, TAX_HEAD, "Tax");
        for (edge, text) in [(self.net_right, "Net"), (self.right, "Tax")] {
            let tag = flow.canvas.tree.add(row, Role::Header(Scope::Column));
            flow.canvas.text_to(tag, edge, y, TAX_HEAD, &head(text, sheet));
        }
        flow.skip(ROW_HEIGHT);
        for (tax, name) in sheet.taxes.iter().zip(&self.names) {
            let row = flow.canvas.tree.add(table, Role::Row);
            flow.canvas.rect(flow.left, flow.y - 200, self.right - flow.left, 400, HAIRLINE);
            let y = flow.y + pt(10);
            let tag = flow.canvas.tree.add(row, Role::Header(Scope::Row));
            for (line, below) in name.iter().zip(0_i64..) {
                flow.canvas.text(tag, flow.left, y + below * TAX_LEADING, TAX_STYLE, line);
            }
            for (edge, text) in [(self.net_right, &tax.net), (self.right, &tax.tax)] {
                let tag = flow.canvas.tree.add(row, Role::Cell);
                flow.canvas.text_to(tag, edge, y, TAX_STYLE, text);
            }
            flow.skip(TAX_LEADING * i64::try_from(name.len()).unwrap_or(1) + TAX_SPACE);
        }
    }
}

/// The head of a column of amounts.
fn head(text: &str, sheet: &Sheet) -> String {
    format!("{text} ({})", sheet.currency)
}

fn write_sums(flow: &mut Flow, sheet: &Sheet, left: Mp) {
    let table = flow.canvas.tree.add(flow.root(), Role::Table);
    let inset = pt(8);
    for sum in &sheet.sums {
        let row = flow.canvas.tree.add(table, Role::Row);
        let tall = height(sum.rank);
        let style = match sum.rank {
            Rank::Part => Style::plain(BODY),
            Rank::Total => Style::bold(BODY),
            Rank::Due => Style::bold(10_400).in_colour(ACCENT),
        };
        let y = flow.y + (tall + style.size) / 2 - pt(1);
        match sum.rank {
            Rank::Due => flow.canvas.rect(left, flow.y, flow.right - left, tall, TINT),
            Rank::Total => {
                let width = flow.right - left;
                flow.canvas.rect(left, flow.y, width, 400, HAIRLINE);
            }
            Rank::Part => {}
        }
        let tag = flow.canvas.tree.add(row, Role::Header(Scope::Row));
        flow.canvas.text(tag, left + inset, y, style, &sum.label);
        let tag = flow.canvas.tree.add(row, Role::Cell);
        flow.canvas.text_to(tag, flow.right, y, style, &sum.amount);
        flow.skip(tall);
    }
}

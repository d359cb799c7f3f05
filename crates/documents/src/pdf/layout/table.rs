//! The lines: a table over as many pages as it needs, with its head repeated and the sum carried
//! over from page to page.

use leasehold_types::Money;

use super::flow::{BODY, BODY_LEADING, Flow, SMALL, SMALL_LEADING};
use crate::pdf::draw::{ACCENT, Mp, Role, Scope, Style, Tag, pt};
use crate::pdf::sheet::{Row, Sheet, amount};

/// Space above and below the words of a row.
const ROW_SPACE: Mp = pt(5);
/// Space between columns.
const GAP: Mp = pt(9);
/// The height of the head, and of a row that carries a sum.
const HEAD_HEIGHT: Mp = pt(19);
const CARRY_HEIGHT: Mp = pt(17);

/// Where columns begin and end. Quantities and prices are aligned at their decimal points.
struct Columns {
    number: Mp,
    text: Mp,
    text_width: Mp,
    quantity_point: Mp,
    quantity_right: Mp,
    price_point: Mp,
    price_right: Mp,
    tax_right: Mp,
    amount_right: Mp,
}

pub(super) fn write(flow: &mut Flow, sheet: &Sheet) {
    let columns = Columns::of(flow, sheet);
    let mut table = Table {
        columns,
        tag: flow.canvas.tree.add(flow.root(), Role::Table),
        sum: Money::zero(sheet.currency),
        head: format!("Amount ({})", sheet.currency),
    };
    flow.need(HEAD_HEIGHT + pt(60));
    table.head(flow, true);
    for (i, row) in sheet.rows.iter().enumerate() {
        table.row(flow, row, i > 0);
    }
}

struct Table {
    columns: Columns,
    tag: Tag,
    /// The sum of the rows so far.
    sum: Money,
    head: String,
}

impl Table {
    /// The head; where it repeats it is no content.
    fn head(&mut self, flow: &mut Flow, first: bool) {
        let row = if first { flow.canvas.tree.add(self.tag, Role::Row) } else { Tag::Artifact };
        let y = flow.y + pt(11);
        let style = Style::bold(SMALL).in_colour(ACCENT);
        let c = &self.columns;
        let cell = |flow: &mut Flow| flow.canvas.tree.add(row, Role::Header(Scope::Column));
        let (tag, x) = (cell(flow), c.number);
        flow.canvas.text(tag, x, y, style, "#");
        let (tag, x) = (cell(flow), c.text);
        flow.canvas.text(tag, x, y, style, "Description");
        let ends = [
            (c.quantity_right, "Quantity"),
            (c.price_right, "Unit price"),
            (c.tax_right, "Tax"),
            (c.amount_right, self.head.as_str()),
        ];
        for (right, text) in ends {
            let tag = cell(flow);
            flow.canvas.text_to(tag, right, y, style, text);
        }
        flow.canvas.rect(flow.left, flow.y + HEAD_HEIGHT - 1_000, flow.width(), 900, ACCENT);
        flow.skip(HEAD_HEIGHT);
    }

    fn row(&mut self, flow: &mut Flow, row: &Row, may_carry: bool) {
        let words = self.words(flow, row);
        let height = words.iter().map(|w| w.leading).sum::<Mp>() + ROW_SPACE * 2;
        if flow.room() < height + CARRY_HEIGHT {
            self.carry(flow, may_carry);
        }
        let tag = flow.canvas.tree.add(self.tag, Role::Row);
        let top = flow.y;
        let y = top + ROW_SPACE + BODY;
        let c = &self.columns;
        let cell = flow.canvas.tree.add(tag, Role::Cell);
        flow.canvas.text(cell, c.number, y, Style::muted(BODY), &row.number);
        let cell = flow.canvas.tree.add(tag, Role::Cell);
        let mut line_y = top + ROW_SPACE;
        for word in words {
            let baseline = line_y + word.style.size;
            flow.canvas.text(cell, c.text, baseline, word.style, &word.text);
            line_y += word.leading;
        }
        let cell = flow.canvas.tree.add(tag, Role::Cell);
        at_point(flow, cell, c.quantity_point, y, Style::plain(BODY), &row.quantity);
        let unit = Style::muted(6_600);
        flow.canvas.text_to(cell, c.quantity_right, y + SMALL_LEADING, unit, row.unit);
        let cell = flow.canvas.tree.add(tag, Role::Cell);
        at_point(flow, cell, c.price_point, y, Style::plain(BODY), &row.price);
        let cell = flow.canvas.tree.add(tag, Role::Cell);
        flow.canvas.text_to(cell, c.tax_right, y, Style::muted(BODY), &row.tax);
        let cell = flow.canvas.tree.add(tag, Role::Cell);
        flow.canvas.text_to(cell, c.amount_right, y, Style::plain(BODY), &row.shown);
        flow.y = top + height;
        flow.rule(flow.y);
        // A sum that does not fit would have been refused with the document's own.
        self.sum = self.sum.checked_add(row.amount).unwrap_or(self.sum);
    }

    /// The words of a row, line by line.
    fn words(&self, flow: &mut Flow, row: &Row) -> Vec<Word> {
        let width = self.columns.text_width;
        let mut words = Vec::new();
        let mut add = |text: &str, style: Style, leading: Mp| {
            if !text.is_empty() {
                let lines = flow.canvas.type_.wrap(text, style, width);
                words.extend(lines.into_iter().map(|text| Word { text, style, leading }));
            }
        };
        add(&row.label, Style::plain(BODY), BODY_LEADING);
        if let Some(mark) = &row.mark {
            add(mark, Style::bold(SMALL).in_colour(ACCENT), SMALL_LEADING);
        }
        add(&row.period, Style::muted(SMALL), SMALL_LEADING);
        add(&row.detail, Style::muted(SMALL), SMALL_LEADING);
        if words.len() == 1 && !row.unit.is_empty() {
            words.push(Word {
                text: String::new(),
                style: Style::muted(SMALL),
                leading: SMALL_LEADING,
            });
        }
        words
    }

    /// Ends the page with the sum so far, and begins the next one with it.
    fn carry(&mut self, flow: &mut Flow, with_sum: bool) {
        let page = flow.canvas.page() + 1;
        if with_sum {
            self.carry_row(flow, "Carried forward");
        }
        flow.break_page();
        self.head(flow, false);
        if with_sum {
            self.carry_row(flow, &format!("Brought forward from page {page}"));
            flow.rule(flow.y);
        }
    }

    fn carry_row(&mut self, flow: &mut Flow, text: &str) {
        let y = flow.y + pt(11);
        let style = Style::bold(SMALL + 500);
        flow.canvas.text(Tag::Artifact, self.columns.text, y, style, text);
        let sum = amount(self.sum);
        flow.canvas.text_to(Tag::Artifact, self.columns.amount_right, y, style, &sum);
        flow.skip(CARRY_HEIGHT);
    }
}

/// A line of the words of a row.
struct Word {
    text: String,
    style: Style,
    leading: Mp,
}

impl Columns {
    fn of(flow: &mut Flow, sheet: &Sheet) -> Columns {
        let body = Style::plain(BODY);
        let head = Style::bold(SMALL);
        let rows = &sheet.rows;
        let amounts = rows.iter().map(|row| row.shown.clone());
        let sums = sheet.sums.iter().map(|sum| sum.amount.clone());
        let amount = widest(flow, amounts.chain(sums), body)
            .max(flow.canvas.type_.width(&format!("Amount ({})", sheet.currency), head));
        let tax = widest(flow, rows.iter().map(|row| row.tax.clone()), body);
        let price = Split::of(flow, rows.iter().map(|row| row.price.clone()), "Unit price");
        let quantity = Split::of(flow, rows.iter().map(|row| row.quantity.clone()), "Quantity");
        let units = widest(flow, rows.iter().map(|row| row.unit.to_owned()), Style::muted(6_600));
        let number = widest(flow, rows.iter().map(|row| row.number.clone()), body);
        let amount_right = flow.right;
        let tax_right = amount_right - amount - GAP;
        let price_right = tax_right - tax - GAP;
        let quantity_right = price_right - price.whole - price.part - GAP;
        let quantity_width = (quantity.whole + quantity.part).max(units);
        let text = flow.left + number + GAP;
        Columns {
            number: flow.left,
            text,
            text_width: quantity_right - quantity_width - GAP - text,
            quantity_point: quantity_right - quantity.part,
            quantity_right,
            price_point: price_right - price.part,
            price_right,
            tax_right,
            amount_right,
        }
    }
}

/// How wide the numbers of a column are before and after their decimal points.
struct Split {
    whole: Mp,
    part: Mp,
}

impl Split {
    fn of(flow: &mut Flow, texts: impl Iterator<Item = String>, head: &str) -> Split {
        let style = Style::plain(BODY);
        let (mut whole, mut part) = (0, 0);
        for text in texts {
            let (before, after) = text.split_at(point(&text));
            whole = whole.max(flow.canvas.type_.width(before, style));
            part = part.max(flow.canvas.type_.width(after, style));
        }
        let head = flow.canvas.type_.width(head, Style::bold(SMALL));
        Split { whole: whole.max(head - part), part }
    }
}

/// Where a number's decimal point is, or its end.
fn point(text: &str) -> usize {
    let is_number = text.chars().any(|c| c.is_ascii_digit()) && !text.contains('/');
    if is_number { text.find('.').unwrap_or(text.len()) } else { text.len() }
}

/// A number whose decimal point is at `x`; words end there.
fn at_point(flow: &mut Flow, tag: Tag, x: Mp, y: Mp, style: Style, text: &str) {
    let before = flow.canvas.type_.width(&text[..point(text)], style);
    flow.canvas.text(tag, x - before, y, style, text);
}

fn widest(flow: &mut Flow, texts: impl Iterator<Item = String>, style: Style) -> Mp {
    let widths = texts.map(|text| flow.canvas.type_.width(&text, style));
    widths.max().unwrap_or(0)
}

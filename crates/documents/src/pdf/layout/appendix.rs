//! The pages behind the document: how each line and each tax was computed.

use super::flow::{BODY, Flow, SMALL};
use crate::pdf::draw::{Mp, Role, Style, pt};
use crate::pdf::sheet::{Entry, Sheet};

/// The column of the names of facts.
const NAME_WIDTH: Mp = pt(74);

const INTRODUCTION: &str = "For each line: the rule, the clauses of the term sheet that it \
    follows, what went in, and the exact amount before it was rounded, once. Taxes are computed \
    for each class on the sum of its lines.";

pub(super) fn write(flow: &mut Flow, sheet: &Sheet) {
    flow.break_page();
    let tag = flow.canvas.tree.add(flow.root(), Role::Heading2);
    let y = flow.y + pt(12);
    let style = Style::bold(pt(14)).in_colour(crate::pdf::draw::ACCENT);
    flow.canvas.text(tag, flow.left, y, style, "How each line was computed");
    flow.skip(pt(22));
    flow.note(INTRODUCTION);
    flow.skip(pt(6));
    for entry in &sheet.appendix {
        write_entry(flow, entry);
    }
    flow.skip(pt(6));
    flow.need(pt(40));
    flow.rule(flow.y);
    flow.skip(pt(6));
    let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
    flow.paragraph(tag, flow.left, flow.width(), Style::muted(SMALL), &sheet.basis);
}

fn write_entry(flow: &mut Flow, entry: &Entry) {
    flow.need(pt(58));
    flow.rule(flow.y);
    flow.skip(pt(5));
    let tag = flow.canvas.tree.add(flow.root(), Role::Heading3);
    let style = Style::bold(BODY);
    let amount = flow.canvas.type_.width(&entry.amount, style);
    let y = flow.y + BODY;
    flow.canvas.text(tag, flow.right - amount, y, style, &entry.amount);
    flow.paragraph(tag, flow.left, flow.width() - amount - pt(12), style, &entry.title);
    flow.skip(pt(2));
    for (name, said) in &entry.facts {
        for (i, text) in said.iter().enumerate() {
            let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
            let name = if i == 0 { *name } else { "" };
            fact(flow, tag, name, text);
        }
    }
    flow.skip(pt(7));
}

fn fact(flow: &mut Flow, tag: crate::pdf::draw::Tag, name: &str, text: &str) {
    flow.need(SMALL * 2);
    let y = flow.y + SMALL + 300;
    flow.canvas.text(tag, flow.left, y, Style::muted(SMALL), name);
    let (x, width) = (flow.left + NAME_WIDTH, flow.width() - NAME_WIDTH);
    flow.paragraph(tag, x, width, Style::plain(SMALL + 300), text);
}

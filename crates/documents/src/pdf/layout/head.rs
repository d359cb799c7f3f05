//! The first page's head: who issues the document to whom, what it is, and what it comes to.

use super::facts;
use super::flow::{BODY, Flow, SMALL};
use crate::pdf::draw::{ACCENT, Mp, Role, Style, TINT, mm, pt};
use crate::pdf::sheet::{Party, Sheet};

/// Where the right column begins, as a share of the width in hundredths.
const COLUMN_HUNDREDTHS: Mp = 56;

pub(super) fn write(flow: &mut Flow, sheet: &Sheet) {
    let accent_height = pt(5);
    flow.canvas.rect(0, 0, flow.canvas.size.width, accent_height, ACCENT);
    flow.skip(pt(10));
    let column = flow.left + flow.width() * COLUMN_HUNDREDTHS / 100;
    let top = flow.y;
    title(flow, sheet, column);
    let under_title = flow.y;
    flow.y = top;
    seller(flow, &sheet.seller, column - flow.left - pt(16));
    flow.y = (flow.y + pt(16)).max(top + mm(30));
    buyer(flow, &sheet.buyer, column - flow.left - pt(16));
    let under_buyer = flow.y;
    flow.y = under_title;
    facts::write_in(flow, &sheet.facts, column, flow.right, pt(86));
    flow.y = flow.y.max(under_buyer) + pt(12);
    headline(flow, sheet);
    if let Some(remark) = &sheet.remark {
        let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
        flow.skip(pt(10));
        flow.paragraph(tag, flow.left, flow.width(), Style::bold(BODY), remark);
    }
    flow.skip(pt(14));
}

fn title(flow: &mut Flow, sheet: &Sheet, column: Mp) {
    let tag = flow.canvas.tree.add(flow.root(), Role::Heading1);
    let y = flow.y + pt(19);
    let style = Style::bold(pt(22)).in_colour(ACCENT);
    flow.canvas.text(tag, column, y, style, sheet.title);
    let style = Style::plain(pt(11)).in_colour(ACCENT);
    flow.canvas.text(tag, column, y + pt(16), style, &sheet.number);
    flow.y = y + pt(24);
}

fn seller(flow: &mut Flow, party: &Party, width: Mp) {
    flow.skip(pt(5));
    let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
    flow.paragraph(tag, flow.left, width, Style::bold(pt(13)), &party.name);
    flow.skip(pt(2));
    for line in &party.lines {
        let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
        flow.paragraph(tag, flow.left, width, Style::muted(7_800), line);
    }
}

fn buyer(flow: &mut Flow, party: &Party, width: Mp) {
    let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
    flow.paragraph(tag, flow.left, width, Style::muted(SMALL), "Billed to");
    flow.skip(pt(3));
    flow.paragraph(tag, flow.left, width, Style::bold(pt(10)), &party.name);
    flow.skip(pt(1));
    for line in &party.lines {
        let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
        flow.paragraph(tag, flow.left, width, Style::plain(BODY), line);
    }
}

/// The amount on a tinted band.
fn headline(flow: &mut Flow, sheet: &Sheet) {
    let height = pt(44);
    flow.need(height);
    flow.canvas.rect(flow.left, flow.y, flow.width(), height, TINT);
    flow.canvas.rect(flow.left, flow.y, pt(3), height, ACCENT);
    let headline = &sheet.headline;
    let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
    let inset = pt(14);
    let (label, amount) = (Style::muted(BODY), Style::bold(pt(16)).in_colour(ACCENT));
    flow.canvas.text(tag, flow.left + inset, flow.y + pt(15), label, &headline.label);
    flow.canvas.text(tag, flow.left + inset, flow.y + pt(34), amount, &headline.amount);
    let beside = Style::bold(pt(10));
    flow.canvas.text_to(tag, flow.right - inset, flow.y + pt(34), beside, &headline.beside);
    flow.skip(height);
}

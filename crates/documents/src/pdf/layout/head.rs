//! The first page's head: who issues the document to whom, what it is, and what it comes to.

use super::facts;
use super::flow::{BODY, Flow, SMALL};
use crate::pdf::draw::{ACCENT, Mp, Role, Style, TINT, mm, pt};
use crate::pdf::sheet::{Head, Party};

/// Where the right column begins, as a share of the width in hundredths.
const COLUMN_HUNDREDTHS: Mp = 56;

/// The title's size, and the least where it is too long for its column.
const TITLE_SIZE: Mp = pt(22);
const TITLE_SIZE_MIN: Mp = pt(12);

pub(super) fn write(flow: &mut Flow, head: &Head) {
    let accent_height = pt(5);
    flow.canvas.rect(0, 0, flow.canvas.size.width, accent_height, ACCENT);
    flow.skip(pt(10));
    let column = flow.left + flow.width() * COLUMN_HUNDREDTHS / 100;
    let top = flow.y;
    title(flow, head, column);
    let under_title = flow.y;
    flow.y = top;
    seller(flow, &head.seller, column - flow.left - pt(16));
    flow.y = (flow.y + pt(16)).max(top + mm(30));
    buyer(flow, head, column - flow.left - pt(16));
    let under_buyer = flow.y;
    flow.y = under_title;
    facts::write_in(flow, &head.facts, column, flow.right, pt(86));
    flow.y = flow.y.max(under_buyer) + pt(12);
    headline(flow, head);
    if let Some(remark) = &head.remark {
        let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
        flow.skip(pt(10));
        flow.paragraph(tag, flow.left, flow.width(), Style::bold(BODY), remark);
    }
    flow.skip(pt(14));
}

fn title(flow: &mut Flow, head: &Head, column: Mp) {
    let tag = flow.canvas.tree.add(flow.root(), Role::Heading1);
    let y = flow.y + pt(19);
    let mut style = Style::bold(TITLE_SIZE).in_colour(ACCENT);
    while flow.canvas.type_.width(head.title, style) > flow.right - column
        && style.size > TITLE_SIZE_MIN
    {
        style.size -= pt(1);
    }
    flow.canvas.text(tag, column, y, style, head.title);
    let style = Style::plain(pt(11)).in_colour(ACCENT);
    flow.canvas.text(tag, column, y + pt(16), style, &head.number);
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

fn buyer(flow: &mut Flow, head: &Head, width: Mp) {
    let party = &head.buyer;
    let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
    flow.paragraph(tag, flow.left, width, Style::muted(SMALL), head.addressed);
    flow.skip(pt(3));
    flow.paragraph(tag, flow.left, width, Style::bold(pt(10)), &party.name);
    flow.skip(pt(1));
    for line in &party.lines {
        let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
        flow.paragraph(tag, flow.left, width, Style::plain(BODY), line);
    }
}

/// The amount on a tinted band.
fn headline(flow: &mut Flow, head: &Head) {
    let height = pt(44);
    flow.need(height);
    flow.canvas.rect(flow.left, flow.y, flow.width(), height, TINT);
    flow.canvas.rect(flow.left, flow.y, pt(3), height, ACCENT);
    let headline = &head.headline;
    let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
    let inset = pt(14);
    let (label, amount) = (Style::muted(BODY), Style::bold(pt(16)).in_colour(ACCENT));
    flow.canvas.text(tag, flow.left + inset, flow.y + pt(15), label, &headline.label);
    flow.canvas.text(tag, flow.left + inset, flow.y + pt(34), amount, &headline.amount);
    let beside = Style::bold(pt(10));
    flow.canvas.text_to(tag, flow.right - inset, flow.y + pt(34), beside, &headline.beside);
    flow.skip(height);
}

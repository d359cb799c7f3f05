//! A document on its pages: letterhead, facts, lines, sums, payment, notes, and the working behind.

mod appendix;
mod facts;
mod flow;
mod grid;
mod head;
mod sums;
mod table;

use super::PdfError;
use super::draw::{Canvas, Fonts, Paper, Role, Typesetter, pt};
use super::sheet::{Head, Sheet, Statement};

use flow::{Flow, Running};

/// Lays a document out on `paper`.
pub(super) fn lay_out(sheet: &Sheet, paper: Paper) -> Result<Canvas, PdfError> {
    let mut flow = begin(&sheet.head, paper)?;
    table::write(&mut flow, sheet);
    sums::write(&mut flow, sheet);
    notes(&mut flow, sheet);
    appendix::write(&mut flow, sheet);
    Ok(flow.finish())
}

/// Lays a statement of account out on `paper`.
pub(super) fn lay_out_statement(statement: &Statement, paper: Paper) -> Result<Canvas, PdfError> {
    let mut flow = begin(&statement.head, paper)?;
    for table in &statement.tables {
        flow.heading(&table.title, Role::Heading2);
        grid::write(&mut flow, table);
        flow.skip(pt(6));
    }
    say_what_lacks(&mut flow);
    Ok(flow.finish())
}

/// The first page with its head, and what stands on every page.
fn begin(head: &Head, paper: Paper) -> Result<Flow, PdfError> {
    let canvas = Canvas::new(paper.size(), Typesetter::new(Fonts::load()?));
    let running = Running {
        left: format!("{} \u{00B7} {} {}", head.seller.name, head.title, head.number),
        right: head.issued.clone(),
        foot: head.seller.short.clone(),
        number: head.foot.clone(),
    };
    let mut flow = Flow::new(canvas, running);
    head::write(&mut flow, head);
    Ok(flow)
}

fn notes(flow: &mut Flow, sheet: &Sheet) {
    let mut notes: Vec<&str> = sheet.tax_notes.iter().map(String::as_str).collect();
    notes.extend(sheet.notes.iter().map(String::as_str));
    if !notes.is_empty() {
        flow.heading("Notes", Role::Heading2);
        notes.into_iter().for_each(|note| flow.note(note));
    }
    say_what_lacks(flow);
}

/// Says so where codes stand for characters.
fn say_what_lacks(flow: &mut Flow) {
    if flow.canvas.type_.lacking {
        flow.note(
            "Characters that the typeface of this document lacks are shown by their codes; \
             copied text has the characters themselves.",
        );
    }
}

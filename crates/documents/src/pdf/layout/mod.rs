//! A document on its pages: letterhead, facts, lines, sums, payment, notes, and the working behind.

mod appendix;
mod facts;
mod flow;
mod head;
mod sums;
mod table;

use super::PdfError;
use super::draw::{Canvas, Fonts, Paper, Role, Typesetter};
use super::sheet::Sheet;

use flow::{Flow, Running};

/// Lays a document out on `paper`.
pub(super) fn lay_out(sheet: &Sheet, paper: Paper) -> Result<Canvas, PdfError> {
    let canvas = Canvas::new(paper.size(), Typesetter::new(Fonts::load()?));
    let running = Running {
        left: format!("{} \u{00B7} {} {}", sheet.seller.name, sheet.title, sheet.number),
        right: sheet.issued.clone(),
        foot: sheet.seller.short.clone(),
        number: format!("{} \u{00B7} {}", sheet.number, sheet.issued),
    };
    let mut flow = Flow::new(canvas, running);
    head::write(&mut flow, sheet);
    table::write(&mut flow, sheet);
    sums::write(&mut flow, sheet);
    notes(&mut flow, sheet);
    appendix::write(&mut flow, sheet);
    Ok(flow.finish())
}

fn notes(flow: &mut Flow, sheet: &Sheet) {
    let mut notes: Vec<&str> = sheet.tax_notes.iter().map(String::as_str).collect();
    notes.extend(sheet.notes.iter().map(String::as_str));
    if flow.canvas.type_.lacking {
        notes.push(
            "Characters that the typeface of this document lacks are shown by their codes; \
             copied text has the characters themselves.",
        );
    }
    if !notes.is_empty() {
        flow.heading("Notes", Role::Heading2);
        notes.into_iter().for_each(|note| flow.note(note));
    }
}

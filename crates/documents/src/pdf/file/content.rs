//! The content stream of a page.

use pdf_writer::types::ArtifactType;
use pdf_writer::{Content, Name, Str, TextStr};

use super::fonts::Subsets;
use super::points;
use crate::pdf::draw::{Colour, Op, Page, PageSize, Placed, Role, Weight};

/// The name of a typeface in the resources of a page.
pub(super) const fn font_name(weight: Weight) -> Name<'static> {
    match weight {
        Weight::Regular => Name(b"R"),
        Weight::Bold => Name(b"B"),
    }
}

pub(super) fn of_page(page: &Page, size: PageSize, fonts: &Subsets) -> Vec<u8> {
    let mut content = Content::new();
    for op in &page.ops {
        match op {
            Op::Rect { x, y, width, height, colour } => {
                begin_artifact(&mut content, ArtifactType::Layout);
                fill(&mut content, *colour);
                let bottom = points(size.height - y - height);
                content.rect(points(*x), bottom, points(*width), points(*height));
                content.fill_nonzero();
                content.end_marked_content();
            }
            Op::Text(text) => show(&mut content, text, size, fonts),
        }
    }
    content.finish().into_vec()
}

fn begin_artifact(content: &mut Content, kind: ArtifactType) {
    let mut marked = content.begin_marked_content_with_properties(Name(b"Artifact"));
    marked.properties().artifact().kind(kind);
}

fn fill(content: &mut Content, Colour(red, green, blue): Colour) {
    let part = |value: u8| f32::from(value) / 255.0;
    content.set_fill_rgb(part(red), part(green), part(blue));
}

fn show(content: &mut Content, text: &Placed, size: PageSize, fonts: &Subsets) {
    match text.marked {
        None => begin_artifact(content, ArtifactType::Pagination),
        Some((number, role)) => {
            let mut marked = content.begin_marked_content_with_properties(role_name(role));
            marked.properties().identify(number);
        }
    }
    fill(content, text.style.colour);
    content.begin_text();
    content.set_font(font_name(text.style.weight), points(text.style.size));
    content.next_line(points(text.x), points(size.height - text.y));
    for piece in &text.line.pieces {
        if let Some(stands_for) = &piece.stands_for {
            let mut span = content.begin_marked_content_with_properties(Name(b"Span"));
            span.properties().actual_text(TextStr(stands_for));
        }
        show_glyphs(content, &piece.glyphs, text.style.weight, fonts);
        if piece.stands_for.is_some() {
            content.end_marked_content();
        }
    }
    content.end_text();
    content.end_marked_content();
}

/// Shows glyphs, with the space between pairs where it differs from their advance.
fn show_glyphs(content: &mut Content, glyphs: &[(u16, i64)], weight: Weight, fonts: &Subsets) {
    let mut positioned = content.show_positioned();
    let mut items = positioned.items();
    let mut run: Vec<u8> = Vec::new();
    for (glyph, kern) in glyphs {
        run.extend(fonts.get(weight).code(*glyph).to_be_bytes());
        if *kern != 0 {
            items.show(Str(&run));
            run.clear();
            // Positive numbers move to the left.
            items.adjust(points(-kern * 1_000));
        }
    }
    if !run.is_empty() {
        items.show(Str(&run));
    }
}

/// The tag of an element's content.
pub(super) const fn role_name(role: Role) -> Name<'static> {
    match role {
        Role::Document => Name(b"Document"),
        Role::Heading1 => Name(b"H1"),
        Role::Heading2 => Name(b"H2"),
        Role::Heading3 => Name(b"H3"),
        Role::Paragraph => Name(b"P"),
        Role::Table => Name(b"Table"),
        Role::Row => Name(b"TR"),
        Role::Header(_) => Name(b"TH"),
        Role::Cell => Name(b"TD"),
    }
}

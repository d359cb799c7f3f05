//! The tree of tags, and the way back from the content of each page to it.

use pdf_writer::types::{StructRole, TableHeaderScope};
use pdf_writer::writers::StructTreeRoot;
use pdf_writer::{Finish, Name, Pdf, Ref};

use super::Refs;
use crate::pdf::draw::{Canvas, Kid, Role, Scope};

pub(super) fn write(pdf: &mut Pdf, canvas: &Canvas, refs: &Refs, pages: &[Ref], elements: &[Ref]) {
    for (element, id) in canvas.tree.elements.iter().zip(elements) {
        let mut writer = pdf.struct_element(*id);
        writer.kind(kind(element.role));
        let is_root = *id == elements[0];
        writer.parent(if is_root { refs.root } else { elements[element.parent] });
        if let Role::Header(scope) = element.role {
            let mut attributes = writer.attributes();
            attributes.push().table().scope(match scope {
                Scope::Column => TableHeaderScope::Column,
                Scope::Row => TableHeaderScope::Row,
            });
        }
        let mut kids = writer.children();
        for kid in &element.kids {
            match kid {
                Kid::Element(index) => {
                    kids.struct_element(elements[*index]);
                }
                Kid::Content(content) => {
                    let mut marked = kids.marked_content_ref();
                    marked.page(pages[content.page]).marked_content_id(content.number);
                }
            }
        }
    }
    let mut root: StructTreeRoot<'_> = pdf.indirect(refs.root).start();
    root.children().items(elements.first().copied());
    root.pair(Name(b"ParentTree"), refs.parents);
    root.parent_tree_next_key(i32::try_from(pages.len()).unwrap_or(i32::MAX));
    root.finish();
    write_parents(pdf, canvas, refs, elements);
}

/// For each page, the element of each of its contents.
fn write_parents(pdf: &mut Pdf, canvas: &Canvas, refs: &Refs, elements: &[Ref]) {
    let mut tree = pdf.indirect(refs.parents).dict();
    let mut numbers = tree.insert(Name(b"Nums")).array();
    for (page, key) in canvas.pages.iter().zip(0_i32..) {
        numbers.item(key);
        let of_page = page.contents.iter().map(|element| elements[*element]);
        numbers.push().array().items(of_page);
    }
}

const fn kind(role: Role) -> StructRole {
    match role {
        Role::Document => StructRole::Document,
        Role::Heading1 => StructRole::H1,
        Role::Heading2 => StructRole::H2,
        Role::Heading3 => StructRole::H3,
        Role::Paragraph => StructRole::P,
        Role::Table => StructRole::Table,
        Role::Row => StructRole::TR,
        Role::Header(_) => StructRole::TH,
        Role::Cell => StructRole::TD,
    }
}

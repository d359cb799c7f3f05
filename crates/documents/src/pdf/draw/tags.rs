//! The structure of a document, so that programs that read it aloud know what is what.

/// What an element is, by the standard structure types of PDF 1.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) enum Role {
    Document,
    Heading1,
    Heading2,
    Heading3,
    Paragraph,
    Table,
    Row,
    Header(Scope),
    Cell,
}

/// Of what a header cell is the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) enum Scope {
    Column,
    Row,
}

/// An element of a [`Tree`], or what is no content: rules, page numbers, headings that repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) enum Tag {
    Artifact,
    Element(usize),
}

/// Something drawn: on which page, and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) struct Content {
    pub(in crate::pdf) page: usize,
    pub(in crate::pdf) number: i32,
}

/// What an element holds, in order of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) enum Kid {
    Element(usize),
    Content(Content),
}

/// An element.
#[derive(Debug, Clone)]
pub(in crate::pdf) struct Element {
    pub(in crate::pdf) role: Role,
    pub(in crate::pdf) parent: usize,
    pub(in crate::pdf) kids: Vec<Kid>,
}

/// All elements; the first is the document.
#[derive(Debug, Clone)]
pub(in crate::pdf) struct Tree {
    pub(in crate::pdf) elements: Vec<Element>,
}

impl Tree {
    pub(in crate::pdf) fn new() -> Self {
        let root = Element { role: Role::Document, parent: 0, kids: Vec::new() };
        Tree { elements: vec![root] }
    }

    /// The document itself.
    pub(in crate::pdf) const fn root(&self) -> Tag {
        Tag::Element(0)
    }

    /// A new element at the end of `parent`; none below an artifact.
    pub(in crate::pdf) fn add(&mut self, parent: Tag, role: Role) -> Tag {
        let Tag::Element(parent) = parent else { return Tag::Artifact };
        let index = self.elements.len();
        self.elements.push(Element { role, parent, kids: Vec::new() });
        self.elements[parent].kids.push(Kid::Element(index));
        Tag::Element(index)
    }

    /// Notes that `content` belongs to `tag`.
    pub(in crate::pdf) fn note(&mut self, tag: Tag, content: Content) {
        if let Tag::Element(index) = tag {
            self.elements[index].kids.push(Kid::Content(content));
        }
    }
}

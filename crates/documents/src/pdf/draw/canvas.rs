//! Pages, and what is drawn on them.

use super::{Colour, Content, Line, Mp, PageSize, Role, Style, Tag, Tree, Typesetter};

/// Something drawn.
#[derive(Debug, Clone)]
pub(in crate::pdf) enum Op {
    Text(Placed),
    Rect { x: Mp, y: Mp, width: Mp, height: Mp, colour: Colour },
}

/// A text in its place: the left end of its baseline.
#[derive(Debug, Clone)]
pub(in crate::pdf) struct Placed {
    pub(in crate::pdf) x: Mp,
    pub(in crate::pdf) y: Mp,
    pub(in crate::pdf) style: Style,
    pub(in crate::pdf) line: Line,
    /// Its number on the page, and the role of its element; absent for what is no content.
    pub(in crate::pdf) marked: Option<(i32, Role)>,
}

/// A page.
#[derive(Debug, Clone, Default)]
pub(in crate::pdf) struct Page {
    pub(in crate::pdf) ops: Vec<Op>,
    /// The element of each numbered content, in the order of their numbers.
    pub(in crate::pdf) contents: Vec<usize>,
}

/// All pages.
pub(in crate::pdf) struct Canvas {
    pub(in crate::pdf) size: PageSize,
    pub(in crate::pdf) pages: Vec<Page>,
    pub(in crate::pdf) tree: Tree,
    pub(in crate::pdf) type_: Typesetter,
}

impl Canvas {
    pub(in crate::pdf) fn new(size: PageSize, type_: Typesetter) -> Self {
        Canvas { size, pages: vec![Page::default()], tree: Tree::new(), type_ }
    }

    /// The last page, on which everything is drawn.
    pub(in crate::pdf) fn page(&self) -> usize {
        self.pages.len() - 1
    }

    pub(in crate::pdf) fn new_page(&mut self) {
        self.pages.push(Page::default());
    }

    /// A text whose baseline begins at `x`, `y`, on the last page.
    pub(in crate::pdf) fn text(&mut self, tag: Tag, x: Mp, y: Mp, style: Style, text: &str) {
        let page = self.page();
        self.text_on(page, tag, x, y, style, text);
    }

    /// A text that ends at `right`.
    pub(in crate::pdf) fn text_to(&mut self, tag: Tag, right: Mp, y: Mp, style: Style, text: &str) {
        let x = right - self.type_.width(text, style);
        self.text(tag, x, y, style, text);
    }

    /// As [`Canvas::text`], on any page.
    pub(in crate::pdf) fn text_on(
        &mut self,
        page: usize,
        tag: Tag,
        x: Mp,
        y: Mp,
        style: Style,
        text: &str,
    ) {
        if text.trim().is_empty() {
            return;
        }
        let line = self.type_.set(text, style);
        let marked = match tag {
            Tag::Artifact => None,
            Tag::Element(element) => {
                let of_page = &mut self.pages[page];
                let number = i32::try_from(of_page.contents.len()).unwrap_or(i32::MAX);
                of_page.contents.push(element);
                self.tree.note(tag, Content { page, number });
                Some((number, self.tree.elements[element].role))
            }
        };
        self.pages[page].ops.push(Op::Text(Placed { x, y, style, line, marked }));
    }

    /// A filled rectangle whose upper left corner is at `x`, `y`.
    pub(in crate::pdf) fn rect(&mut self, x: Mp, y: Mp, width: Mp, height: Mp, colour: Colour) {
        let page = self.page();
        self.pages[page].ops.push(Op::Rect { x, y, width, height, colour });
    }
}

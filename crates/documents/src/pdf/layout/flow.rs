//! The flow of a document down its pages, with what stands at the head and foot of each.

use crate::pdf::draw::{ACCENT, Canvas, HAIRLINE, Mp, Role, Style, Tag, mm, pt};

/// The size of what is read first.
pub(super) const BODY: Mp = 8_600;
/// The size of what helps.
pub(super) const SMALL: Mp = 7_300;
/// From line to line, at these sizes.
pub(super) const BODY_LEADING: Mp = 12_000;
pub(super) const SMALL_LEADING: Mp = 10_000;

/// Where the text of a page begins and ends.
const MARGIN_SIDE: Mp = mm(18);
const MARGIN_TOP: Mp = mm(16);
const MARGIN_BOTTOM: Mp = mm(22);
/// Where the text of a page after the first begins.
const MARGIN_TOP_LATER: Mp = mm(25);

/// What stands on every page.
pub(super) struct Running {
    /// At the head of every page but the first.
    pub(super) left: String,
    pub(super) right: String,
    /// At the foot of every page.
    pub(super) foot: String,
    pub(super) number: String,
}

/// A document while it is laid out.
pub(super) struct Flow {
    pub(super) canvas: Canvas,
    running: Running,
    pub(super) left: Mp,
    pub(super) right: Mp,
    bottom: Mp,
    /// The upper edge of what comes next.
    pub(super) y: Mp,
}

impl Flow {
    pub(super) fn new(canvas: Canvas, running: Running) -> Self {
        let size = canvas.size;
        Flow {
            running,
            left: MARGIN_SIDE,
            right: size.width - MARGIN_SIDE,
            bottom: size.height - MARGIN_BOTTOM,
            y: MARGIN_TOP,
            canvas,
        }
    }

    pub(super) const fn width(&self) -> Mp {
        self.right - self.left
    }

    pub(super) const fn root(&self) -> Tag {
        self.canvas.tree.root()
    }

    /// What is left of the page.
    pub(super) const fn room(&self) -> Mp {
        self.bottom - self.y
    }

    pub(super) const fn skip(&mut self, height: Mp) {
        self.y += height;
    }

    /// Goes on to a new page where `height` does not fit; says whether it did.
    pub(super) fn need(&mut self, height: Mp) -> bool {
        let breaks = self.room() < height;
        if breaks {
            self.break_page();
        }
        breaks
    }

    pub(super) fn break_page(&mut self) {
        self.canvas.new_page();
        let (left, right) = (self.running.left.clone(), self.running.right.clone());
        let y = mm(15);
        let style = Style::muted(SMALL);
        self.canvas.text(Tag::Artifact, self.left, y, style, &left);
        self.canvas.text_to(Tag::Artifact, self.right, y, style, &right);
        self.rule(y + pt(5));
        self.y = MARGIN_TOP_LATER;
    }

    /// A thin rule over the whole width.
    pub(super) fn rule(&mut self, y: Mp) {
        self.canvas.rect(self.left, y, self.width(), 500, HAIRLINE);
    }

    /// A heading, kept together with what follows it.
    pub(super) fn heading(&mut self, text: &str, role: Role) {
        self.need(pt(48));
        self.skip(pt(16));
        let tag = self.canvas.tree.add(self.root(), role);
        let style = Style::bold(9_600).in_colour(ACCENT);
        self.canvas.text(tag, self.left, self.y, style, text);
        self.skip(pt(8));
    }

    /// A paragraph of what helps, over the whole width.
    pub(super) fn note(&mut self, text: &str) {
        let tag = self.canvas.tree.add(self.root(), Role::Paragraph);
        self.paragraph(tag, self.left, self.width(), Style::plain(SMALL + 500), text);
        self.skip(pt(3));
    }

    /// Lines of text at `x`, page by page; `y` is then below the last.
    pub(super) fn paragraph(&mut self, tag: Tag, x: Mp, width: Mp, style: Style, text: &str) {
        let leading = style.size * 138 / 100;
        let lines = self.canvas.type_.wrap(text, style, width);
        let last = lines.len() - 1;
        for (i, line) in lines.into_iter().enumerate() {
            self.need(leading);
            let y = self.y + style.size;
            // What is read aloud needs the space at which the line was broken.
            let line = if i < last { line + " " } else { line };
            self.canvas.text(tag, x, y, style, &line);
            self.skip(leading);
        }
    }

    /// Numbers the pages.
    pub(super) fn finish(mut self) -> Canvas {
        let pages = self.canvas.pages.len();
        let y = self.canvas.size.height - mm(12);
        let style = Style::muted(SMALL);
        for page in 0..pages {
            let number = format!("{} \u{00B7} page {} of {pages}", self.running.number, page + 1);
            let number_x = self.right - self.canvas.type_.width(&number, style);
            let foot =
                self.fitting(&self.running.foot.clone(), style, number_x - self.left - pt(12));
            self.canvas.text_on(page, Tag::Artifact, self.left, y, style, &foot);
            self.canvas.text_on(page, Tag::Artifact, number_x, y, style, &number);
        }
        self.canvas
    }

    /// The first line of a text where it has several; it stands in full elsewhere.
    fn fitting(&mut self, text: &str, style: Style, width: Mp) -> String {
        let mut lines = self.canvas.type_.wrap(text, style, width);
        let first = lines.swap_remove(0);
        if first.len() == text.len() { first } else { first + " \u{2026}" }
    }
}

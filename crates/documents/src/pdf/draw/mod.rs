//! What is drawn where: text, rules and tints on pages, and the tags that say what each text is.
//!
//! Positions are thousandths of a point, whole numbers, counted from the page's upper left corner.
//! Only when a page is written do they become the floating point numbers of PDF.

mod canvas;
mod colour;
mod font;
mod geometry;
mod kerning;
mod tags;
mod text;

pub(super) use canvas::{Canvas, Op, Page, Placed};
pub(super) use colour::{ACCENT, Colour, HAIRLINE, INK, MUTED, TINT};
pub(super) use font::{Font, Fonts, Weight};
pub use geometry::Paper;
pub(super) use geometry::{Mp, PageSize, mm, pt};
pub(super) use tags::{Content, Kid, Role, Scope, Tag, Tree};
pub(super) use text::{Line, Style, Typesetter};

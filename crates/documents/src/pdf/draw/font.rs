//! The typefaces inside the binary: which glyph a character has, how wide it is.
//!
//! Noto Sans, regular and bold, covers Latin, Greek and Cyrillic. Only the glyphs that a document
//! uses are embedded in it.

use std::collections::BTreeMap;

use ttf_parser::opentype_layout::Lookup;
use ttf_parser::{Face, GlyphId};

use super::{Mp, kerning};
use crate::pdf::PdfError;

/// The sign of a negative amount. Whoever copies it out of the document gets a hyphen, which every
/// program reads as a sign.
const MINUS: char = '\u{2212}';

/// Regular or bold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::pdf) enum Weight {
    Regular,
    Bold,
}

/// Both typefaces, and what was used of them.
pub(in crate::pdf) struct Fonts {
    pub(in crate::pdf) regular: Font,
    pub(in crate::pdf) bold: Font,
}

/// A typeface, and what was used of it.
pub(in crate::pdf) struct Font {
    pub(in crate::pdf) data: &'static [u8],
    pub(in crate::pdf) name: &'static str,
    pub(in crate::pdf) face: Face<'static>,
    kerning: Vec<Lookup<'static>>,
    /// Each glyph that was used, and the character that it stands for.
    pub(in crate::pdf) used: BTreeMap<u16, char>,
}

impl Fonts {
    pub(in crate::pdf) fn load() -> Result<Self, PdfError> {
        Ok(Fonts {
            regular: Font::load(notosans::REGULAR_TTF, "NotoSans-Regular")?,
            bold: Font::load(notosans::BOLD_TTF, "NotoSans-Bold")?,
        })
    }

    pub(in crate::pdf) fn get(&self, weight: Weight) -> &Font {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    pub(in crate::pdf) fn get_mut(&mut self, weight: Weight) -> &mut Font {
        match weight {
            Weight::Regular => &mut self.regular,
            Weight::Bold => &mut self.bold,
        }
    }
}

impl Font {
    fn load(data: &'static [u8], name: &'static str) -> Result<Self, PdfError> {
        let face = Face::parse(data, 0).map_err(|error| PdfError::Typeface(error.to_string()))?;
        let kerning = kerning::lookups(&face);
        Ok(Font { data, name, face, kerning, used: BTreeMap::new() })
    }

    /// The glyph of a character; `None` where the typeface has none.
    pub(in crate::pdf) fn glyph(&self, character: char) -> Option<u16> {
        self.face.glyph_index(character).map(|glyph| glyph.0).filter(|glyph| *glyph != 0)
    }

    /// Notes that a character is shown by a glyph.
    pub(in crate::pdf) fn note(&mut self, glyph: u16, character: char) {
        let character = if character == MINUS { '-' } else { character };
        self.used.entry(glyph).or_insert(character);
    }

    /// The advance of a glyph at a size.
    pub(in crate::pdf) fn advance(&self, glyph: u16, size: Mp) -> Mp {
        let advance = self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0);
        self.scaled(i64::from(advance), size)
    }

    /// How much closer two glyphs stand, in thousandths of the size; below zero where closer.
    pub(in crate::pdf) fn kern(&self, left: u16, right: u16) -> i64 {
        let units = kerning::between(&self.kerning, GlyphId(left), GlyphId(right));
        self.scaled(units, 1_000)
    }

    /// Units of the typeface at a size.
    pub(in crate::pdf) fn scaled(&self, units: i64, size: Mp) -> Mp {
        units * size / i64::from(self.face.units_per_em())
    }
}

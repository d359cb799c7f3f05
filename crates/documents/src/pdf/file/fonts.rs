//! The typefaces, cut to the glyphs that a document uses.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Name, Pdf, Rect, Ref, Str};
use sha2::{Digest, Sha256};
use subsetter::GlyphRemapper;

use super::{deflate, points};
use crate::pdf::PdfError;
use crate::pdf::draw::{Font, Fonts, Weight};

const IDENTITY: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Which glyphs each typeface keeps, and by which code.
pub(super) struct Subsets {
    regular: Subset,
    bold: Subset,
}

/// The glyphs that a typeface keeps.
pub(super) struct Subset(GlyphRemapper);

impl Subset {
    fn of(font: &Font) -> Self {
        let mut glyphs = GlyphRemapper::new();
        for glyph in font.used.keys() {
            glyphs.remap(*glyph);
        }
        Subset(glyphs)
    }

    /// The code of a glyph in the file.
    pub(super) fn code(&self, glyph: u16) -> u16 {
        self.0.get(glyph).unwrap_or(0)
    }
}

impl Subsets {
    pub(super) fn of(fonts: &Fonts) -> Self {
        Subsets { regular: Subset::of(&fonts.regular), bold: Subset::of(&fonts.bold) }
    }

    pub(super) fn get(&self, weight: Weight) -> &Subset {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Writes the typefaces that are used; gives the object of each.
    pub(super) fn write(
        &self,
        pdf: &mut Pdf,
        next: &mut Ref,
        fonts: &Fonts,
    ) -> Result<Vec<(Weight, Ref)>, PdfError> {
        let mut written = Vec::new();
        for weight in [Weight::Regular, Weight::Bold] {
            let font = fonts.get(weight);
            if !font.used.is_empty() {
                written.push((weight, write_font(pdf, next, font, self.get(weight))?));
            }
        }
        Ok(written)
    }
}

fn write_font(
    pdf: &mut Pdf,
    next: &mut Ref,
    font: &Font,
    subset: &Subset,
) -> Result<Ref, PdfError> {
    let cut = subsetter::subset(font.data, 0, &subset.0)
        .map_err(|error| PdfError::Typeface(error.to_string()))?;
    let name = format!("{}+{}", prefix(&cut), font.name);
    let (type0, cid) = (next.bump(), next.bump());
    let (descriptor, file, unicode) = (next.bump(), next.bump(), next.bump());
    pdf.type0_font(type0)
        .base_font(Name(name.as_bytes()))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(unicode);
    write_cid_font(pdf, cid, descriptor, font, subset, &name);
    write_descriptor(pdf, descriptor, file, font, &name);
    let length = i32::try_from(cut.len()).unwrap_or(i32::MAX);
    let packed = deflate(&cut);
    pdf.stream(file, &packed).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
    let mut cmap = UnicodeCmap::<u16>::new(Name(b"LeaseholdUnicode"), IDENTITY);
    for (glyph, character) in &font.used {
        cmap.pair(subset.code(*glyph), *character);
    }
    let cmap = deflate(cmap.finish().as_slice());
    pdf.cmap(unicode, &cmap).filter(Filter::FlateDecode);
    Ok(type0)
}

fn write_cid_font(
    pdf: &mut Pdf,
    cid: Ref,
    descriptor: Ref,
    font: &Font,
    subset: &Subset,
    name: &str,
) {
    let mut writer = pdf.cid_font(cid);
    writer
        .subtype(CidFontType::Type2)
        .base_font(Name(name.as_bytes()))
        .system_info(IDENTITY)
        .font_descriptor(descriptor)
        .default_width(0.0)
        .cid_to_gid_map_predefined(Name(b"Identity"));
    // The subset's glyphs are numbered from 0, the mark of a missing glyph, in order.
    let widths = subset.0.remapped_gids().map(|glyph| points(font.advance(glyph, 1_000_000)));
    writer.widths().consecutive(0, widths);
}

fn write_descriptor(pdf: &mut Pdf, descriptor: Ref, file: Ref, font: &Font, name: &str) {
    let em = |units: i16| points(font.scaled(i64::from(units), 1_000_000));
    let bounds = font.face.global_bounding_box();
    let bounds = Rect::new(em(bounds.x_min), em(bounds.y_min), em(bounds.x_max), em(bounds.y_max));
    let cap_height = font.face.capital_height().unwrap_or_else(|| font.face.ascender());
    let stem = if font.face.is_bold() { 140.0 } else { 88.0 };
    pdf.font_descriptor(descriptor)
        .name(Name(name.as_bytes()))
        .flags(FontFlags::NON_SYMBOLIC)
        .bbox(bounds)
        .italic_angle(0.0)
        .ascent(em(font.face.ascender()))
        .descent(em(font.face.descender()))
        .cap_height(em(cap_height))
        .stem_v(stem)
        .font_file2(file);
}

/// Six capital letters by which subsets are told apart: a digest of the subset.
fn prefix(subset: &[u8]) -> String {
    let digest = Sha256::digest(subset);
    digest[..6].iter().map(|byte| char::from(b'A' + byte % 26)).collect()
}

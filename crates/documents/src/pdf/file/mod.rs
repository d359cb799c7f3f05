//! From pages to a PDF 1.7 file that follows PDF/A-2a and PDF/UA-1: tagged, with its typefaces, its
//! colour space and its metadata inside, the same bytes for the same document.
#![allow(clippy::float_arithmetic, reason = "positions on a page: PDF has floating point numbers")]

mod colours;
mod content;
mod fonts;
mod metadata;
mod structure;

use leasehold_types::Date;
use pdf_writer::{Filter, Name, Pdf, Rect, Ref, TextStr};
use sha2::{Digest, Sha256};

use super::PdfError;
use super::draw::{Canvas, Mp, Weight};

pub(super) use metadata::Metadata;

/// Bytes of the two identifiers of a file.
const FILE_ID_BYTES: usize = 16;

/// A length in points.
pub(super) fn points(length: Mp) -> f32 {
    #[allow(clippy::cast_precision_loss, reason = "a page is some hundred thousand units long")]
    let length = length as f32;
    length / 1_000.0
}

/// Object numbers of what other objects name.
struct Refs {
    catalog: Ref,
    pages: Ref,
    info: Ref,
    xmp: Ref,
    profile: Ref,
    root: Ref,
    parents: Ref,
    next: Ref,
}

impl Refs {
    fn new() -> Self {
        let mut next = Ref::new(1);
        let (catalog, pages, info) = (next.bump(), next.bump(), next.bump());
        let (xmp, profile, root) = (next.bump(), next.bump(), next.bump());
        let parents = next.bump();
        Refs { catalog, pages, info, xmp, profile, root, parents, next }
    }

    fn many(&mut self, count: usize) -> Vec<Ref> {
        (0..count).map(|_| self.next.bump()).collect()
    }
}

/// Writes a document.
pub(super) fn write(canvas: &Canvas, metadata: &Metadata) -> Result<Vec<u8>, PdfError> {
    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    let mut refs = Refs::new();
    let page_refs = refs.many(canvas.pages.len());
    let stream_refs = refs.many(canvas.pages.len());
    let element_refs = refs.many(canvas.tree.elements.len());
    let fonts = fonts::Subsets::of(&canvas.type_.fonts);
    let font_refs = fonts.write(&mut pdf, &mut refs.next, &canvas.type_.fonts)?;
    let mut hash = Sha256::new();
    for (i, page) in canvas.pages.iter().enumerate() {
        let content = content::of_page(page, canvas.size, &fonts);
        hash.update(&content);
        let packed = deflate(&content);
        pdf.stream(stream_refs[i], &packed).filter(Filter::FlateDecode);
        write_page(&mut pdf, canvas, i, (page_refs[i], stream_refs[i]), &refs, &font_refs);
    }
    let count = i32::try_from(page_refs.len()).unwrap_or(i32::MAX);
    pdf.pages(refs.pages).kids(page_refs.iter().copied()).count(count);
    structure::write(&mut pdf, canvas, &refs, &page_refs, &element_refs);
    let xmp = metadata.xmp();
    hash.update(xmp.as_bytes());
    metadata.write_info(&mut pdf, refs.info);
    let xmp = xmp.into_bytes();
    pdf.stream(refs.xmp, &xmp)
        .pair(Name(b"Type"), Name(b"Metadata"))
        .pair(Name(b"Subtype"), Name(b"XML"));
    write_catalog(&mut pdf, &refs);
    let id = hash.finalize()[..FILE_ID_BYTES].to_vec();
    pdf.set_file_id((id.clone(), id));
    Ok(pdf.finish())
}

fn write_page(
    pdf: &mut Pdf,
    canvas: &Canvas,
    index: usize,
    (page, stream): (Ref, Ref),
    refs: &Refs,
    fonts: &[(Weight, Ref)],
) {
    let mut writer = pdf.page(page);
    writer.parent(refs.pages);
    let (width, height) = (points(canvas.size.width), points(canvas.size.height));
    writer.media_box(Rect::new(0.0, 0.0, width, height));
    writer.contents(stream);
    writer.struct_parents(i32::try_from(index).unwrap_or(i32::MAX));
    writer.tab_order(pdf_writer::types::TabOrder::StructureOrder);
    let mut resources = writer.resources();
    let mut named = resources.fonts();
    for (weight, font) in fonts {
        named.pair(content::font_name(*weight), *font);
    }
}

fn write_catalog(pdf: &mut Pdf, refs: &Refs) {
    let profile = colours::srgb();
    let packed = deflate(&profile);
    pdf.icc_profile(refs.profile, &packed).n(3).filter(Filter::FlateDecode);
    let mut catalog = pdf.catalog(refs.catalog);
    catalog.pages(refs.pages);
    catalog.metadata(refs.xmp);
    catalog.lang(TextStr("en"));
    catalog.mark_info().marked(true);
    catalog.viewer_preferences().display_doc_title(true);
    catalog.pair(Name(b"StructTreeRoot"), refs.root);
    colours::write_intent(&mut catalog, refs.profile);
}

/// Deflated, by one fixed setting.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
    // Writing to memory cannot fail; what could not be packed would be an empty stream, which
    // every reader of the file would refuse.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// The day of issue as the file's dates have it: its first second in UTC.
fn created(date: Date) -> pdf_writer::Date {
    let small = |part: i8| u8::try_from(part).unwrap_or(1);
    pdf_writer::Date::new(u16::try_from(date.year()).unwrap_or(0))
        .month(small(date.month()))
        .day(small(date.day()))
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

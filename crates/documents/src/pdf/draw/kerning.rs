//! Pair kerning, as the typeface's GPOS table has it.

use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::opentype_layout::Lookup;
use ttf_parser::{Face, GlyphId, Tag};

/// The lookups of the feature `kern`, those of the first script that has it.
pub(super) fn lookups<'f>(face: &Face<'f>) -> Vec<Lookup<'f>> {
    let Some(table) = face.tables().gpos else { return Vec::new() };
    let kern = table.features.into_iter().find(|feature| feature.tag == Tag::from_bytes(b"kern"));
    let Some(kern) = kern else { return Vec::new() };
    kern.lookup_indices.into_iter().filter_map(|index| table.lookups.get(index)).collect()
}

/// How much closer `right` stands to `left` than by its advance, in units of the typeface; below
/// zero where it is closer.
pub(super) fn between(lookups: &[Lookup<'_>], left: GlyphId, right: GlyphId) -> i64 {
    for lookup in lookups {
        for subtable in lookup.subtables.into_iter::<PositioningSubtable<'_>>() {
            if let PositioningSubtable::Pair(pair) = subtable
                && let Some(advance) = adjusted(&pair, left, right)
            {
                return advance;
            }
        }
    }
    0
}

fn adjusted(pair: &PairAdjustment<'_>, left: GlyphId, right: GlyphId) -> Option<i64> {
    let index = pair.coverage().get(left)?;
    let (first, _) = match pair {
        PairAdjustment::Format1 { sets, .. } => sets.get(index)?.get(right)?,
        PairAdjustment::Format2 { classes, matrix, .. } => {
            matrix.get((classes.0.get(left), classes.1.get(right)))?
        }
    };
    Some(i64::from(first.x_advance))
}

//! The few colours of a document: ink, one accent, greys.

/// Red, green and blue, 0 to 255, in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) struct Colour(
    pub(in crate::pdf) u8,
    pub(in crate::pdf) u8,
    pub(in crate::pdf) u8,
);

/// Text.
pub(in crate::pdf) const INK: Colour = Colour(0x1B, 0x1F, 0x24);

/// Text that only helps: 5.9 to 1 on white.
pub(in crate::pdf) const MUTED: Colour = Colour(0x5A, 0x63, 0x6E);

/// The one accent: 8.3 to 1 on white.
pub(in crate::pdf) const ACCENT: Colour = Colour(0x0F, 0x4C, 0x75);

/// Thin rules.
pub(in crate::pdf) const HAIRLINE: Colour = Colour(0xD3, 0xD9, 0xE0);

/// The ground of what stands out.
pub(in crate::pdf) const TINT: Colour = Colour(0xEF, 0xF4, 0xF8);

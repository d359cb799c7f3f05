//! Setting text: glyphs, widths, lines.
//!
//! A character that the typeface lacks is never dropped: its code stands for it (`[U+682A]`), and
//! whoever copies or searches the text gets the character itself.

use super::{Colour, Fonts, INK, MUTED, Mp, Weight};

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) struct Style {
    pub(in crate::pdf) weight: Weight,
    pub(in crate::pdf) size: Mp,
    pub(in crate::pdf) colour: Colour,
}

impl Style {
    /// Ink, regular.
    pub(in crate::pdf) const fn plain(size: Mp) -> Style {
        Style { weight: Weight::Regular, size, colour: INK }
    }

    /// What only helps.
    pub(in crate::pdf) const fn muted(size: Mp) -> Style {
        Style { weight: Weight::Regular, size, colour: MUTED }
    }

    /// Ink, bold.
    pub(in crate::pdf) const fn bold(size: Mp) -> Style {
        Style { weight: Weight::Bold, size, colour: INK }
    }

    /// In another colour.
    pub(in crate::pdf) const fn in_colour(self, colour: Colour) -> Style {
        Style { colour, ..self }
    }
}

/// A text on one line, set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::pdf) struct Line {
    pub(in crate::pdf) pieces: Vec<Piece>,
    pub(in crate::pdf) width: Mp,
}

/// Glyphs that stand for themselves, or codes that stand for characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::pdf) struct Piece {
    /// Each glyph, and how much closer the next one stands, in thousandths of the size.
    pub(in crate::pdf) glyphs: Vec<(u16, i64)>,
    /// What the glyphs stand for, where that is not what they show.
    pub(in crate::pdf) stands_for: Option<String>,
}

/// Sets text, and remembers what no typeface has.
pub(in crate::pdf) struct Typesetter {
    pub(in crate::pdf) fonts: Fonts,
    /// Whether a code had to stand for a character.
    pub(in crate::pdf) lacking: bool,
}

impl Typesetter {
    pub(in crate::pdf) fn new(fonts: Fonts) -> Self {
        Typesetter { fonts, lacking: false }
    }

    /// How wide a text is on one line.
    pub(in crate::pdf) fn width(&mut self, text: &str, style: Style) -> Mp {
        self.set(text, style).width
    }

    /// Sets a text on one line. Controls, such as ends of lines, count as spaces.
    pub(in crate::pdf) fn set(&mut self, text: &str, style: Style) -> Line {
        let mut line = Line::default();
        let (mut plain, mut lacking) = (String::new(), String::new());
        for character in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
            let known = self.fonts.get(style.weight).glyph(character).is_some();
            if known && !lacking.is_empty() {
                self.codes(&mut line, &std::mem::take(&mut lacking), style);
            } else if !known && !plain.is_empty() {
                self.glyphs(&mut line, &std::mem::take(&mut plain), style, None);
            }
            if known { plain.push(character) } else { lacking.push(character) }
        }
        if !lacking.is_empty() {
            self.codes(&mut line, &lacking, style);
        }
        if !plain.is_empty() {
            self.glyphs(&mut line, &plain, style, None);
        }
        line
    }

    fn codes(&mut self, line: &mut Line, lacking: &str, style: Style) {
        self.lacking = true;
        let codes: Vec<String> =
            lacking.chars().map(|c| format!("U+{:04X}", u32::from(c))).collect();
        let shown = format!("[{}]", codes.join(" "));
        self.glyphs(line, &shown, style, Some(lacking.to_owned()));
    }

    fn glyphs(&mut self, line: &mut Line, text: &str, style: Style, stands_for: Option<String>) {
        let font = self.fonts.get_mut(style.weight);
        let found: Vec<(u16, char)> =
            text.chars().filter_map(|c| Some((font.glyph(c)?, c))).collect();
        let mut glyphs = Vec::with_capacity(found.len());
        for (i, (glyph, character)) in found.iter().enumerate() {
            font.note(*glyph, *character);
            let kern = found.get(i + 1).map_or(0, |(next, _)| font.kern(*glyph, *next));
            line.width += font.advance(*glyph, style.size) + kern * style.size / 1_000;
            glyphs.push((*glyph, kern));
        }
        line.pieces.push(Piece { glyphs, stands_for });
    }

    /// Breaks a text into lines no wider than `width`: between words, and inside a word only where
    /// it is wider than a line. At least one line.
    pub(in crate::pdf) fn wrap(&mut self, text: &str, style: Style, width: Mp) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer, style) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = self.cut(word, style, width, &mut lines);
        }
        lines.push(line);
        lines
    }

    /// Breaks a word that may be wider than a line; gives what is left for the next one.
    fn cut(&mut self, word: &str, style: Style, width: Mp, lines: &mut Vec<String>) -> String {
        let mut part = String::new();
        for character in word.chars() {
            part.push(character);
            if self.width(&part, style) > width && part.chars().count() > 1 {
                part.pop();
                lines.push(std::mem::take(&mut part));
                part.push(character);
            }
        }
        part
    }
}

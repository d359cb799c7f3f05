//! From bytes to lines and columns.

use serde::Serialize;

/// A place as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

/// Where the lines of a text begin; one pass over the text, then each look-up is a search.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds the lines of `text`.
    pub fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Lines { text, starts }
    }

    /// The line (from 1) of byte `offset`; cheaper than [`Lines::position`], which counts
    /// characters.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Line and column of byte `offset`; the end of the text where it is past it.
    pub fn position(&self, offset: usize) -> Position {
        let offset = super::boundary_at_or_before(self.text, offset);
        let line = self.line_of(offset);
        let start = self.start_of(line);
        Position { line, column: self.text[start..offset].chars().count() + 1 }
    }

    /// The text of line `line` (from 1) without its line break; empty where there is no such line.
    pub fn line(&self, line: usize) -> &'a str {
        let (start, end) = (self.start_of(line), self.start_of(line.saturating_add(1)));
        let text = &self.text[start..end];
        let text = text.strip_suffix('\n').unwrap_or(text);
        text.strip_suffix('\r').unwrap_or(text)
    }

    /// The byte at which line `line` (from 1) begins; the end of the text where there is none.
    pub fn start_of(&self, line: usize) -> usize {
        let index = line.saturating_sub(1);
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let lines = Lines::new("a = 1\r\n\u{e9}\u{e9} = 2\nlast");
        let at = |offset| {
            let p = lines.position(offset);
            (p.line, p.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(4), (1, 5));
        assert_eq!(at(7), (2, 1));
        assert_eq!(at(11), (2, 3), "two characters of two bytes each");
        assert_eq!(at(8), (2, 1), "inside a character counts as its beginning");
        assert_eq!(at(usize::MAX), (3, 5));
    }

    #[test]
    fn lines_come_without_their_breaks() {
        let lines = Lines::new("a\r\nb\n\nc");
        let found: Vec<&str> = (0..=6).map(|n| lines.line(n)).collect();
        assert_eq!(found, ["", "a", "b", "", "c", "", ""]);
    }
}

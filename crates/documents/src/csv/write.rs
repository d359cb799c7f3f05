//! Cells and rows.

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// A number, a date or a word of ours.
    Own(String),
    /// A text that people or other systems wrote.
    Text(String),
    /// Nothing.
    Empty,
}

impl Cell {
    /// A number, a date or a word of ours.
    pub(super) fn own(value: impl ToString) -> Self {
        Cell::Own(value.to_string())
    }

    /// A text that people or other systems wrote.
    pub(super) fn text(value: impl ToString) -> Self {
        Cell::Text(value.to_string())
    }

    /// The cell of a value that may be absent.
    pub(super) fn maybe<T>(value: Option<T>, cell: impl Fn(T) -> Self) -> Self {
        value.map_or(Cell::Empty, cell)
    }
}

/// A sheet with a head.
pub(super) struct Sheet {
    out: String,
}

impl Sheet {
    /// An empty sheet with this head.
    pub(super) fn new<'h>(head: impl IntoIterator<Item = &'h &'h str>) -> Self {
        let mut sheet = Sheet { out: String::new() };
        sheet.row(head.into_iter().map(Cell::own));
        sheet
    }

    /// Adds a row, which has as many cells as the head.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        for (cell, i) in cells.into_iter().zip(0..) {
            if i > 0 {
                self.out.push(',');
            }
            match cell {
                Cell::Own(value) => self.cell(&value),
                Cell::Text(text) if is_formula(&text) => self.cell(&format!("'{text}")),
                Cell::Text(text) => self.cell(&text),
                Cell::Empty => {}
            }
        }
        self.out.push('\n');
    }

    fn cell(&mut self, value: &str) {
        let special = |c: char| matches!(c, '"' | ',' | '\n' | '\r');
        if value.contains(special) || value.starts_with(' ') || value.ends_with(' ') {
            self.out.push('"');
            self.out.push_str(&value.replace('"', "\"\""));
            self.out.push('"');
        } else {
            self.out.push_str(value);
        }
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// Whether a spreadsheet may run the text as a formula, at once or after taking off white space.
fn is_formula(text: &str) -> bool {
    let starts = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    starts.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
        || text.starts_with(['\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_would_run_is_made_a_text() {
        let mut sheet = Sheet::new(&["own", "text"]);
        sheet.row([Cell::own("-5.00"), Cell::text("=HYPERLINK(\"https://x.example\")")]);
        sheet.row([Cell::own("+1"), Cell::text("-5 units, sorry")]);
        sheet.row([Cell::Empty, Cell::text(" @x")]);
        sheet.row([Cell::own("a"), Cell::text("\tTab")]);
        sheet.row([Cell::own("a"), Cell::text("plain = plain")]);
        assert_eq!(
            sheet.finish(),
            "own,text\n-5.00,\"'=HYPERLINK(\"\"https://x.example\"\")\"\n+1,\"'-5 units, sorry\"\n\
             ,' @x\na,'\tTab\na,plain = plain\n"
        );
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut sheet = Sheet::new(&["a", "b"]);
        sheet.row([Cell::text("a\nb"), Cell::text("c\"d")]);
        sheet.row([Cell::text(""), Cell::text(" e")]);
        assert_eq!(sheet.finish(), "a,b\n\"a\nb\",\"c\"\"d\"\n,\" e\"\n");
    }
}

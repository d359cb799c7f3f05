//! A table before it is drawn: the same one goes to the terminal and to the page.

/// Where a table is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A terminal with so many columns: fewer columns, larger units.
    Terminal(u16),
    /// The HTML page, which scrolls: every column, amounts to the last minor unit.
    Page,
}

impl Place {
    /// Whether there is no room for columns that can be spared.
    pub fn is_narrow(self) -> bool {
        matches!(self, Place::Terminal(_))
    }

    /// Most characters for each of `columns` numbers beside `others` characters of other columns
    /// and gaps; `page` on the page.
    pub fn room(self, columns: usize, others: usize, page: usize) -> usize {
        match self {
            Place::Page => page,
            Place::Terminal(width) => {
                (usize::from(width).saturating_sub(others) / columns.max(1)).saturating_sub(1)
            }
        }
    }
}

/// How many digits fit in `characters` with thousands grouped; at least four, or nothing is said.
pub fn digits_in(characters: usize) -> u32 {
    let digits = (characters + 1) * 3 / 4;
    u32::try_from(digits).unwrap_or(4).clamp(4, 18)
}

/// A table with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it shows, and in which unit.
    pub title: String,
    /// What a reader must know to read it rightly, as whole sentences.
    pub notes: Vec<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, which may be many.
    pub rows: Vec<Row>,
    /// Sums below the rows; never shortened away.
    pub totals: Vec<Row>,
    /// What was checked over the rows.
    pub checks: Vec<Check>,
    /// The file of the report that has every row, unrounded.
    pub file: &'static str,
    /// What to say where there are no rows.
    pub empty: &'static str,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub head: String,
    /// What stands in it.
    pub kind: Kind,
    /// Whether the terminal leaves it out.
    pub page_only: bool,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What the row is about.
    Key,
    /// Words.
    Text,
    /// A quarter, a date, a code: what is never broken over lines.
    Whole,
    /// Numbers, to the right.
    Number,
}

/// A line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A heading over the rows that follow.
    Heading(String),
    /// One cell a column; `None` where there is nothing to say.
    Cells(Vec<Option<String>>),
}

/// Something that must hold over the rows, and whether it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Whether it holds.
    pub holds: bool,
    /// The finding, as a sentence.
    pub finding: String,
}

impl Column {
    /// A column of kind `kind`.
    pub fn new(kind: Kind, head: impl Into<String>) -> Self {
        Column { head: head.into(), kind, page_only: false }
    }

    /// What the rows are about.
    pub fn key(head: impl Into<String>) -> Self {
        Column::new(Kind::Key, head)
    }

    /// Numbers.
    pub fn number(head: impl Into<String>) -> Self {
        Column::new(Kind::Number, head)
    }

    /// Words.
    pub fn text(head: impl Into<String>) -> Self {
        Column::new(Kind::Text, head)
    }

    /// Quarters, dates or codes.
    pub fn whole(head: impl Into<String>) -> Self {
        Column::new(Kind::Whole, head)
    }

    /// The same, but left out on the terminal where `narrow`.
    pub fn page_only_if(self, narrow: bool) -> Self {
        Column { page_only: narrow, ..self }
    }
}

impl Check {
    /// `rule: yes, exactly, in all 65 rows`, or `rule: NO, not in 3 of 65 rows`.
    pub fn of_rows(rule: &str, rows: usize, broken: usize) -> Self {
        let finding = match broken {
            0 if rows == 1 => format!("{rule}: yes, exactly, in its one row."),
            0 => format!("{rule}: yes, exactly, in all {rows} rows."),
            _ => format!(
                "{rule}: NO, not in {broken} of {rows} rows. These figures are wrong; please \
                 report it with the scenario."
            ),
        };
        Check { holds: broken == 0, finding }
    }
}

/// A cell with something in it.
pub fn cell(text: impl Into<String>) -> Option<String> {
    Some(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_their_commas() {
        for (characters, digits) in [(0, 4), (5, 4), (6, 5), (7, 6), (8, 6), (9, 7), (10, 8)] {
            assert_eq!(digits_in(characters), digits, "{characters}");
        }
    }
}

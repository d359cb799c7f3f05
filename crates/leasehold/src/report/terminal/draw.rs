//! Drawing a table in characters that every terminal has.

mod widths;

use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, TableStyle};

use crate::report::shown::{count, printable};
use crate::report::table::{Column, Kind, Row, Table};

/// Most rows of a table that a terminal shows; longer tables name the file that has the others.
pub const ROWS_MAX: usize = 16;
/// Narrowest terminal that is drawn for; a narrower one wraps by itself.
pub const WIDTH_MIN: u16 = 40;

/// Most characters of a name in a table; of a longer one the middle is left out.
const NAME_MAX: usize = 43;

const NOTHING: &str = "-";
const LEFT_OUT: &str = "...";

/// The table's lines, and below them what was left out.
pub fn table(table: &Table, width: u16) -> Vec<String> {
    if table.rows.is_empty() {
        return wrapped(table.empty, width);
    }
    let columns: Vec<usize> =
        (0..table.columns.len()).filter(|i| !table.columns[*i].page_only).collect();
    let (first, left_out, last) = shortened(&table.rows);
    let mut drawn = comfy_table::Table::new();
    drawn.load_style(style()).set_content_arrangement(ContentArrangement::Dynamic);
    drawn.set_width(width.max(WIDTH_MIN));
    drawn.set_header(columns.iter().map(|i| head(&table.columns[*i])));
    let add = |drawn: &mut comfy_table::Table, rows: &[Row]| {
        for row in rows {
            drawn.add_row(cells(row, table, &columns));
        }
    };
    add(&mut drawn, first);
    if left_out > 0 {
        drawn.add_row([LEFT_OUT]);
    }
    add(&mut drawn, last);
    if !table.totals.is_empty() {
        drawn.add_row([""]);
    }
    add(&mut drawn, &table.totals);
    widths::set(&mut drawn, table, &columns, width.max(WIDTH_MIN));
    let mut lines: Vec<String> = drawn.lines().map(|line| line.trim_end().to_owned()).collect();
    if left_out > 0 {
        lines.extend(wrapped(&pointer(left_out, table), width));
    }
    lines
}

fn pointer(left_out: usize, table: &Table) -> String {
    let all = table.rows.iter().filter(|row| matches!(row, Row::Cells(_))).count();
    let (left_out, all) = (count(left_out as u64), count(all as u64));
    format!("{LEFT_OUT} {left_out} rows are left out here; all {all} are in {}.", table.file)
}

/// The first rows, how many are left out, and the last.
fn shortened(rows: &[Row]) -> (&[Row], usize, &[Row]) {
    let grouped = rows.iter().any(|row| matches!(row, Row::Heading(_)));
    if rows.len() <= ROWS_MAX || grouped {
        return (rows, 0, &[]);
    }
    let half = ROWS_MAX / 2;
    (&rows[..half], rows.len() - 2 * half, &rows[rows.len() - half..])
}

/// Rules above and below the headings and at the end, and nothing between columns.
fn style() -> TableStyle {
    let rule = LineStyle::none().fill('-').junction('-');
    TableStyle::new().top_border(rule).header_separator(rule).bottom_border(rule)
}

fn head(column: &Column) -> Cell {
    Cell::new(clean(&column.head)).set_alignment(alignment(column.kind))
}

fn alignment(kind: Kind) -> CellAlignment {
    match kind {
        Kind::Number => CellAlignment::Right,
        Kind::Key | Kind::Text | Kind::Whole => CellAlignment::Left,
    }
}

fn cells(row: &Row, table: &Table, columns: &[usize]) -> Vec<Cell> {
    match row {
        Row::Heading(heading) => vec![Cell::new(format!("\n{}", clean(heading)))],
        Row::Cells(cells) => {
            let cell = |i: &usize| {
                let kind = table.columns[*i].kind;
                Cell::new(cell_text(cells.get(*i), kind)).set_alignment(alignment(kind))
            };
            columns.iter().map(cell).collect()
        }
    }
}

/// What stands in a cell: a very long name only by its ends.
fn cell_text(cell: Option<&Option<String>>, kind: Kind) -> String {
    let text = clean(cell.and_then(Option::as_deref).unwrap_or(NOTHING));
    let length = text.chars().count();
    if kind != Kind::Key || length <= NAME_MAX {
        return text;
    }
    let half = (NAME_MAX - LEFT_OUT.len()) / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(length - half).collect();
    format!("{start}{LEFT_OUT}{end}")
}

/// Text on one line, without characters that would steer a terminal.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { ' ' } else { printable(c) }).collect()
}

/// Text in lines of at most `width` characters, broken between words.
pub fn wrapped(text: &str, width: u16) -> Vec<String> {
    let width = usize::from(width.max(WIDTH_MIN));
    let mut lines = vec![String::new()];
    for word in clean(text).split_whitespace() {
        let Some(line) = lines.last_mut() else { continue };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_and_cleaned() {
        let text = "a \u{1b}[31mred\u{7} \u{202e}name and then more words than fit in one line";
        assert_eq!(
            wrapped(text, 40),
            ["a [31mred name and then more words than", "fit in one line"]
        );
    }

    #[test]
    fn long_names_keep_their_ends() {
        let name = Some(format!("{}, Anthropic", "Company ".repeat(20)));
        assert_eq!(
            cell_text(Some(&name), Kind::Key),
            "Company Company Comp... Company , Anthropic"
        );
    }

    #[test]
    fn long_tables_point_to_their_file() {
        let rows = (0..40).map(|i| Row::Cells(vec![Some(format!("row {i}"))])).collect();
        let long = Table {
            title: String::new(),
            notes: Vec::new(),
            columns: vec![Column::key("name")],
            rows,
            totals: Vec::new(),
            checks: Vec::new(),
            file: "long.csv",
            empty: "",
        };
        let lines = table(&long, 80);
        assert_eq!(lines.len(), 2 + 1 + ROWS_MAX + 1 + 1 + 1, "{lines:#?}");
        assert_eq!(lines.last().unwrap(), "... 24 rows are left out here; all 40 are in long.csv.");
    }
}

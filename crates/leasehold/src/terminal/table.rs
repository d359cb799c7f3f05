//! A small table: a head, a rule under it, rows; words to the left, figures to the right. What the
//! cells say may come from anywhere: characters that steer a terminal become blanks.

use super::plain;
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

/// Draws a table with words in its first column and figures in the others.
pub(crate) fn draw<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    draw_words(1, head, rows)
}

/// Draws a table with words in its first `words` columns and figures in the others.
pub(crate) fn draw_words<const COLUMNS: usize>(
    words: usize,
    head: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    draw_columns(words, head, rows)
}

/// As [`draw`], for as many columns as there are at run time; each row has as many as the head.
pub(crate) fn draw_any<Cell: Into<comfy_table::Cell>>(
    head: impl IntoIterator<Item = Cell>,
    rows: impl IntoIterator<Item = impl IntoIterator<Item = String>>,
) -> String {
    draw_columns(1, head, rows)
}

fn draw_columns<Cell: Into<comfy_table::Cell>>(
    words: usize,
    head: impl IntoIterator<Item = Cell>,
    rows: impl IntoIterator<Item = impl IntoIterator<Item = String>>,
) -> String {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('-').junction('-');
    table.load_style(TableStyle::new().header_separator(rule)).set_header(head);
    for row in rows {
        table.add_row(row.into_iter().map(|cell| plain(&cell)));
    }
    for column in table.column_iter_mut().skip(words) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_table() {
        let rows = [["run rate".to_owned(), "USD 1.00".to_owned()], ["RPO".into(), "".into()]];
        insta::assert_snapshot!(super::draw(["", "before"], rows), @r"
                      before
        ---------------------
         run rate   USD 1.00
         RPO
        ");
    }
}

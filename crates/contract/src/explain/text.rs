//! An explanation as plain text.

use crate::explain::{Block, Explanation};

/// Fewest columns that text is wrapped to.
const WIDTH_MIN: usize = 40;

impl Explanation {
    /// As plain text of at most `width` columns; tables and long words may be wider.
    pub fn to_text(&self, width: usize) -> String {
        let width = width.max(WIDTH_MIN);
        let mut text = underlined(&self.title, '=');
        for section in &self.sections {
            text.push('\n');
            text.push_str(&underlined(&section.heading, '-'));
            let mut last_was_item = false;
            for (i, block) in section.blocks.iter().enumerate() {
                let is_item = matches!(block, Block::Item(_) | Block::Assumption(_));
                if i > 0 && !(is_item && last_was_item) {
                    text.push('\n');
                }
                last_was_item = is_item;
                match block {
                    Block::Text(said) => wrap(&mut text, "", "", said, width),
                    Block::Item(said) => wrap(&mut text, "- ", "  ", said, width),
                    Block::Assumption(said) => wrap(&mut text, "- ASSUMED ", "  ", said, width),
                    Block::Table { head, rows } => table(&mut text, head, rows),
                }
            }
        }
        text
    }
}

fn underlined(text: &str, with: char) -> String {
    let line: String = std::iter::repeat_n(with, text.chars().count()).collect();
    format!("{text}\n{line}\n")
}

/// Adds `said` in lines of at most `width` columns, the first after `first`, the others after
/// `then`.
fn wrap(text: &mut String, first: &str, then: &str, said: &str, width: usize) {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in said.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            text.push_str(&line);
            text.push('\n');
            line = then.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    text.push_str(&line);
    text.push('\n');
}

/// Adds a table; columns that are mostly numbers stand to the right.
fn table(text: &mut String, head: &[String], rows: &[Vec<String>]) {
    let cell = |row: &[String], i: usize| row.get(i).cloned().unwrap_or_default();
    let columns = 0..head.len();
    let is_number = |cell: &str| cell.chars().all(|c| c.is_ascii_digit() || ",.-".contains(c));
    let right: Vec<bool> = columns
        .clone()
        .map(|i| {
            let filled = rows.iter().map(|row| cell(row, i)).filter(|cell| !cell.is_empty());
            let (numbers, others): (Vec<_>, Vec<_>) =
                filled.partition(|cell| is_number(cell) && !is_date(cell));
            numbers.len() > others.len()
        })
        .collect();
    let widths: Vec<usize> = columns
        .clone()
        .map(|i| {
            let cells = rows.iter().map(|row| cell(row, i).chars().count());
            cells.chain([head[i].chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let lines = std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    for line in lines {
        let mut said = String::new();
        for i in columns.clone() {
            let (cell, width) = (cell(line, i), widths[i]);
            let padding = " ".repeat(width - cell.chars().count());
            let padded = if right[i] { padding + &cell } else { cell + &padding };
            said.push_str("  ");
            said.push_str(&padded);
        }
        text.push_str(said.trim_end());
        text.push('\n');
    }
}

fn is_date(cell: &str) -> bool {
    cell.len() == 10 && cell.as_bytes().get(4) == Some(&b'-')
}

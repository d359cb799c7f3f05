//! The report as tables for a terminal.

mod draw;

use std::fmt::Write;

use leasehold_sim::figures::{Figures, PolicyFigures};

use super::shown::count;
use super::table::{Place, Table};
use super::{files, notes, tables};

/// How a terminal wants its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Columns.
    pub width: u16,
    /// Whether each policy's own tables follow the comparison.
    pub detail: bool,
    /// Whether headings may be set in bold: only where the output is a terminal that wants it.
    pub colour: bool,
}

impl Screen {
    /// The report as text, ending with a newline.
    pub fn show(&self, figures: &Figures) -> String {
        let mut text = String::new();
        self.head(&mut text, figures);
        self.table(&mut text, &tables::summary(figures, self.place()));
        if self.detail {
            self.table(&mut text, &tables::jobs(figures));
            for policy in &figures.policies {
                self.policy(&mut text, policy);
            }
            self.assumptions(&mut text, figures);
        }
        self.foot(&mut text, figures);
        text
    }

    fn place(&self) -> Place {
        Place::Terminal(self.width)
    }

    fn head(&self, text: &mut String, figures: &Figures) {
        if let Some(partial) = notes::partial(figures) {
            self.heading(text, &partial);
            text.push('\n');
        }
        self.heading(text, &figures.title);
        self.paragraph(text, &notes::span(figures));
        self.paragraph(text, &notes::headline(figures));
        text.push('\n');
    }

    fn policy(&self, text: &mut String, policy: &PolicyFigures) {
        let name = format!("Policy {}: {}", policy.policy.name(), notes::policy(policy.policy));
        let line = "=".repeat(usize::from(self.width).min(name.chars().count()));
        self.heading(text, &name);
        let _ = writeln!(text, "{line}\n");
        for table in policy_tables(policy, self.place()) {
            self.table(text, &table);
        }
    }

    fn table(&self, text: &mut String, table: &Table) {
        self.heading(text, &table.title);
        for line in draw::table(table, self.width) {
            let _ = writeln!(text, "{line}");
        }
        for check in &table.checks {
            if !table.rows.is_empty() {
                self.paragraph(text, &check.finding);
            }
        }
        for note in &table.notes {
            if !table.rows.is_empty() {
                self.paragraph(text, note);
            }
        }
        text.push('\n');
    }

    fn assumptions(&self, text: &mut String, figures: &Figures) {
        if figures.assumptions.is_empty() {
            return;
        }
        self.heading(text, "Assumptions on which all of this rests");
        for row in &figures.assumptions {
            self.paragraph(text, &format!("- {} ({}): {}", row.about, row.source, row.text));
        }
        text.push('\n');
    }

    fn foot(&self, text: &mut String, figures: &Figures) {
        if !self.detail && !figures.assumptions.is_empty() {
            let number = count(figures.assumptions.len() as u64);
            self.paragraph(text, &format!("Assumptions: {number}, listed in {}.", files::PAGE));
        }
        let tables = &figures.tables;
        self.paragraph(
            text,
            &format!(
                "Seed {}. Leasehold {}; time zones {}; currencies {}.",
                figures.seed, tables.leasehold, tables.time_zones, tables.currencies
            ),
        );
    }

    fn heading(&self, text: &mut String, heading: &str) {
        for line in draw::wrapped(heading, self.width) {
            let _ = match self.colour {
                true => writeln!(text, "\u{1b}[1m{line}\u{1b}[0m"),
                false => writeln!(text, "{line}"),
            };
        }
    }

    fn paragraph(&self, text: &mut String, paragraph: &str) {
        for line in draw::wrapped(paragraph, self.width) {
            let _ = writeln!(text, "{line}");
        }
    }
}

fn policy_tables(policy: &PolicyFigures, here: Place) -> Vec<Table> {
    let mut all = vec![
        tables::by_quarter(policy, here),
        tables::by_pool(policy, here),
        tables::by_quarter_and_pool(policy, here),
    ];
    if !policy.money.is_empty() {
        all.extend([
            tables::money(policy, here),
            tables::concentration(policy, here),
            tables::lines_of_all(policy, here),
            tables::lines_by_lease(policy, here),
            tables::recall_totals(policy, here),
            tables::refusals(policy),
            tables::requests(policy, here),
        ]);
    }
    all
}

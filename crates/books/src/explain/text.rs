//! An explanation as text: one entry a line of the document, under it what is known of it.

use std::fmt::Write as _;

use leasehold_types::Money;

use super::words::{day, share};
use super::{DocumentKind, ExplainedLine, ExplainedTax, Explanation};

/// Columns of the names on the left.
const NAME_COLUMNS: usize = 14;

/// Least columns of the words beside them.
const WORDS_COLUMNS_MIN: usize = 24;

pub(super) fn write(explanation: &Explanation, width: usize) -> String {
    let mut page = Page { out: String::new(), width };
    page.head(explanation);
    for line in &explanation.lines {
        page.line(line);
    }
    for tax in &explanation.taxes {
        page.tax(tax);
    }
    if let Some(total) = &explanation.total {
        page.title("Total", &total.total);
        page.entry("Net", &total.net.to_string());
        page.entry("Tax", &total.tax.to_string());
        page.entry("Rule", &total.rule);
    }
    let tables = &explanation.tables;
    let said = format!("time zones {}, currencies {}", tables.time_zones, tables.currencies);
    page.out.push('\n');
    page.words(&format!("Computed by these tables: {said}."), 0);
    page.out
}

struct Page {
    out: String,
    width: usize,
}

impl Page {
    fn head(&mut self, explanation: &Explanation) {
        let document = &explanation.document;
        let name = match document.kind {
            DocumentKind::Invoice => "Invoice",
            DocumentKind::CreditNote => "Credit note",
        };
        self.title_now(&format!("{name} {}", document.number), &document.total);
        self.words(&document.because, 2);
        let mut said = format!(
            "Lease {}, version {}; issued {}",
            document.lease,
            document.version,
            day(document.issued)
        );
        if let Some(due) = document.due {
            let _ = write!(said, ", due {}", day(due));
        }
        self.words(&format!("{said}."), 2);
    }

    fn line(&mut self, line: &ExplainedLine) {
        self.title(&format!("{}. {}", line.number, line.label), &line.amount);
        if line.from == line.to {
            self.entry("Day", &day(line.from));
        } else {
            self.entry("Days", &format!("{} to {}", day(line.from), day(line.to)));
        }
        self.entry("Rule", &line.rule);
        if !line.corrects.is_empty() {
            self.entry("Corrects", &line.corrects.join(", "));
        }
        for (clause, first) in line.clauses.iter().zip(firsts()) {
            let name = if first { "Clauses" } else { "" };
            self.entry(name, &format!("`{}`: {}", clause.path, clause.says));
        }
        for (input, first) in line.inputs.iter().zip(firsts()) {
            let name = if first { "Inputs" } else { "" };
            self.entry(name, &format!("{}: {}", input.name, input.value));
        }
        if !line.working.is_empty() {
            self.entry("Working", &line.working);
        }
        if !line.disclosed && line.exact.minor.is_zero() {
            self.entry("Amount", "not disclosed");
            return;
        }
        self.entry("Exact", &line.exact.text);
        for (before, first) in line.before.iter().zip(firsts()) {
            let name = if first { "Billed before" } else { "" };
            let (document, number) = (&before.document, before.line);
            let issued = day(before.issued);
            let said = format!("{} by {document}, line {number}, of {issued}", before.amount);
            self.entry(name, &said);
        }
        if line.exact.minor.denominator() == 1 {
            self.entry("Amount", &line.amount.to_string());
        } else {
            self.entry("Amount", &format!("{}, rounded {}", line.amount, line.rounding));
        }
    }

    fn tax(&mut self, tax: &ExplainedTax) {
        let title =
            format!("Tax of category {} at {}", tax.class.category.code(), share(tax.class.rate));
        self.title(&title, &tax.tax);
        self.entry("Rule", &tax.rule);
        self.entry("Working", &tax.working);
        self.entry("Exact", &tax.exact.text);
    }

    fn title(&mut self, text: &str, amount: &Money) {
        self.out.push('\n');
        self.title_now(text, amount);
    }

    /// A title with its amount at the edge, which follows on its last line.
    fn title_now(&mut self, text: &str, amount: &Money) {
        let amount = amount.to_string();
        let columns = self.width.saturating_sub(amount.chars().count() + 2).max(WORDS_COLUMNS_MIN);
        let lines = wrapped(text, columns);
        for (i, line) in lines.iter().enumerate() {
            if i + 1 < lines.len() {
                let _ = writeln!(self.out, "{line}");
                continue;
            }
            let used = line.chars().count() + amount.chars().count();
            let gap = self.width.saturating_sub(used).max(2);
            let _ = writeln!(self.out, "{line}{}{amount}", " ".repeat(gap));
        }
    }

    /// A name, and words beside it.
    fn entry(&mut self, name: &str, text: &str) {
        let _ = write!(self.out, "  {name:<NAME_COLUMNS$}");
        let indent = NAME_COLUMNS + 2;
        let columns = self.width.saturating_sub(indent).max(WORDS_COLUMNS_MIN);
        for (i, line) in wrapped(text, columns).iter().enumerate() {
            if i > 0 {
                self.out.push_str(&" ".repeat(indent));
            }
            let _ = writeln!(self.out, "{line}");
        }
    }

    /// Words from an indent to the edge.
    fn words(&mut self, text: &str, indent: usize) {
        let columns = self.width.saturating_sub(indent).max(WORDS_COLUMNS_MIN);
        for line in wrapped(text, columns) {
            let _ = writeln!(self.out, "{}{line}", " ".repeat(indent));
        }
    }
}

/// True once, then false.
fn firsts() -> impl Iterator<Item = bool> {
    std::iter::once(true).chain(std::iter::repeat(false))
}

/// `text` in lines of at most `columns`; a longer word stands by itself. At least one line.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        let used = line.chars().count();
        if used == 0 {
            line.push_str(word);
        } else if used + 1 + word.chars().count() <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

//! How each line was computed, for the pages behind the document.

use leasehold_books::explain::{ExplainedLine, ExplainedTax, Explanation};
use leasehold_contract::Lease;

use super::words::{MINUS, amount, percent, period, title};

/// What is known of a line or a tax: its name, its amount, and facts of one or more paragraphs.
pub(in crate::pdf) struct Entry {
    pub(in crate::pdf) title: String,
    pub(in crate::pdf) amount: String,
    pub(in crate::pdf) facts: Vec<(&'static str, Vec<String>)>,
}

/// All lines and taxes of a document.
pub(in crate::pdf) fn entries(explanation: &Explanation) -> Vec<Entry> {
    let lines = explanation.lines.iter().map(of_line);
    lines.chain(explanation.taxes.iter().map(of_tax)).collect()
}

/// By which tables and terms a document was computed.
pub(super) fn basis(terms: &Lease, explanation: &Explanation) -> String {
    let tables = &explanation.tables;
    format!(
        "Computed from version {} of lease {}, in force on the day of issue (dates in {}), with \
         time-zone tables {} and currency tables {}. Every amount is an exact fraction until it \
         is rounded, once; the same terms, events and tables give the same document.",
        terms.version, terms.id, terms.zone, tables.time_zones, tables.currencies
    )
}

fn of_line(line: &ExplainedLine) -> Entry {
    let until = line.to.tomorrow().unwrap_or(line.to);
    let mut facts =
        vec![("Period", vec![period(line.from, until)]), ("Rule", vec![line.rule.clone()])];
    let clauses = line.clauses.iter().map(|c| format!("{}: {}", c.path, signed(&c.says)));
    facts.push(("Term sheet", clauses.collect()));
    let inputs = line.inputs.iter().map(|i| format!("{}: {}", title(&i.name), signed(&i.value)));
    facts.push(("Inputs", inputs.collect()));
    if !line.working.is_empty() {
        facts.push(("Working", vec![title(&signed(&line.working))]));
    }
    if line.disclosed || !line.exact.minor.is_zero() {
        let exact = signed(&line.exact.text);
        facts.push(("Before rounding", vec![exact]));
        if line.exact.minor.denominator() != 1 {
            let rounded = signed(&line.amount.to_string());
            facts.push(("Rounded", vec![format!("{rounded}, {}", line.rounding.replace('`', ""))]));
        }
    }
    let before = line.before.iter().map(|b| {
        let issued = super::day(b.issued);
        let sum = signed(&b.amount.to_string());
        format!("{sum} by {}, line {}, of {issued}", b.document, b.line)
    });
    facts.push(("Billed before", before.collect()));
    facts.retain(|(_, said)| !said.is_empty());
    let hidden = !line.disclosed && line.amount.is_zero();
    Entry {
        title: format!("{}. {}", line.number, title(&line.label)),
        amount: if hidden { "not disclosed".to_owned() } else { amount(line.amount) },
        facts,
    }
}

fn of_tax(tax: &ExplainedTax) -> Entry {
    let code = tax.class.category.code();
    Entry {
        title: format!("Tax of category {code} at {}", percent(tax.class.rate)),
        amount: amount(tax.tax),
        facts: vec![
            ("Rule", vec![tax.rule.clone()]),
            ("Working", vec![title(&signed(&tax.working))]),
            ("Before rounding", vec![signed(&tax.exact.text)]),
        ],
    }
}

/// Amounts below zero with the sign of amounts: ` -1,500.00` becomes ` −1,500.00`.
fn signed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let before_digit = characters.peek().is_some_and(char::is_ascii_digit);
        if character == '-' && previous == ' ' && before_digit {
            out.push_str(MINUS);
        } else {
            out.push(character);
        }
        previous = character;
    }
    out
}

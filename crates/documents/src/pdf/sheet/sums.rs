//! From the lines to the amount due, and the taxes by class.

use leasehold_books::invoice::{CreditNote, Invoice, LineNature, SettledBy, Settlement, TaxTotal};
use leasehold_types::{BadAmount, Money};

use super::words::{amount, class, day, percent};
use super::zero;

/// A sum as the pages show it.
pub(in crate::pdf) struct Sum {
    pub(in crate::pdf) label: String,
    pub(in crate::pdf) amount: String,
    /// How much it stands out.
    pub(in crate::pdf) rank: Rank,
}

/// How much a sum stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pdf) enum Rank {
    /// A part of another.
    Part,
    /// A sum of what stands above it.
    Total,
    /// What it all comes to.
    Due,
}

/// The tax of one class.
pub(in crate::pdf) struct TaxRow {
    pub(in crate::pdf) class: String,
    pub(in crate::pdf) name: String,
    pub(in crate::pdf) net: String,
    pub(in crate::pdf) tax: String,
}

/// The sums of an invoice, and what is due of it.
pub(super) fn of_invoice(
    invoice: &Invoice,
    settled: &[Settlement],
) -> Result<(Vec<Sum>, Money), BadAmount> {
    let mut sums = Vec::new();
    let mut parts: [(&str, Money); 5] = [
        ("Charges", zero(invoice.currency)),
        ("Credits", zero(invoice.currency)),
        ("Corrections of earlier invoices", zero(invoice.currency)),
        ("Credits brought forward", zero(invoice.currency)),
        ("Credits carried forward", zero(invoice.currency)),
    ];
    for line in &invoice.lines {
        let part = match line.nature {
            LineNature::Correction(_) => 2,
            LineNature::CreditApplied => 3,
            LineNature::CreditCarried => 4,
            LineNature::Regular => usize::from(line.amount.is_negative()),
        };
        parts[part].1 = parts[part].1.checked_add(line.amount)?;
    }
    let several = parts.iter().filter(|(_, sum)| !sum.is_zero()).count() > 1;
    let shown = parts.into_iter().filter(|(_, sum)| several && !sum.is_zero());
    sums.extend(shown.map(|(label, sum)| part(label, sum)));
    sums.push(total("Net amount", invoice.net));
    sums.extend(taxes(&invoice.taxes));
    sums.push(total("Total with tax", invoice.total));
    let mut due = invoice.total;
    for settlement in settled.iter().filter(|s| is_before(s, invoice)) {
        due = due.checked_sub(settlement.amount)?;
        let label = match settlement.by {
            SettledBy::Prepayment => "Prepayment drawn",
            _ => "Paid on account",
        };
        let label = format!("{label}, {}", day(settlement.date));
        sums.push(part(&label, zero(invoice.currency).checked_sub(settlement.amount)?));
    }
    sums.push(Sum { rank: Rank::Due, ..part(&format!("Amount due in {}", invoice.currency), due) });
    Ok((sums, due))
}

/// The sums of a credit note.
pub(super) fn of_credit_note(note: &CreditNote) -> Vec<Sum> {
    let mut sums = vec![total("Net amount", note.net)];
    sums.extend(taxes(&note.taxes));
    let label = format!("Amount credited in {}", note.currency);
    sums.push(Sum { rank: Rank::Due, ..part(&label, note.total) });
    sums
}

/// Whether money was there before the invoice: drawn from a prepayment, or held on account. What
/// is paid later is not of the document, which never changes.
fn is_before(settlement: &Settlement, invoice: &Invoice) -> bool {
    settlement.date <= invoice.issued
        && matches!(settlement.by, SettledBy::Prepayment | SettledBy::OnAccount)
}

fn taxes(taxes: &[TaxTotal]) -> impl Iterator<Item = Sum> {
    taxes.iter().map(|total| {
        let label = format!("Tax {} on {}", percent(total.class.rate), amount(total.net));
        part(&label, total.tax)
    })
}

fn part(label: &str, sum: Money) -> Sum {
    Sum { label: label.to_owned(), amount: amount(sum), rank: Rank::Part }
}

fn total(label: &str, sum: Money) -> Sum {
    Sum { rank: Rank::Total, ..part(label, sum) }
}

pub(super) fn tax_rows(taxes: &[TaxTotal]) -> Vec<TaxRow> {
    let row = |total: &TaxTotal| TaxRow {
        class: class(&total.class),
        name: name(total).to_owned(),
        net: amount(total.net),
        tax: amount(total.tax),
    };
    taxes.iter().map(row).collect()
}

fn name(total: &TaxTotal) -> &'static str {
    use leasehold_contract::lease::TaxCategory;
    match total.class.category {
        TaxCategory::Standard => "standard rate",
        TaxCategory::Zero => "rate of zero",
        TaxCategory::Exempt => "exempt",
        TaxCategory::ReverseCharge => "reverse charge",
        TaxCategory::IntraCommunity => "intra-Community supply",
        TaxCategory::Export => "export",
        TaxCategory::OutOfScope => "outside the scope of tax",
    }
}

/// Why nothing is charged, class by class.
pub(super) fn tax_notes(taxes: &[TaxTotal]) -> Vec<String> {
    let said = |total: &TaxTotal| {
        let why = total.class.exemption.as_ref()?;
        let code = total.class.exemption_code.as_ref();
        let code = code.map_or(String::new(), |code| format!(" ({code})"));
        Some(format!(
            "Tax category {}: {}{code}.",
            total.class.category.code(),
            why.trim_end_matches('.')
        ))
    };
    taxes.iter().filter_map(said).collect()
}

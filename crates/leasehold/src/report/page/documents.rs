//! Invoices and credit notes, each with a link to the document itself where it was written.

use leasehold_sim::figures::{DocumentKind, DocumentRow, Figures, PolicyFigures};
use maud::{Markup, html};

use super::draw;
use crate::report::files::{DOCUMENTS, File};
use crate::report::shown::Scale;

pub const HEADING: &str = "Invoices and credit notes";

/// Most rows of a policy that are open from the start.
const OPEN_MAX: usize = 20;

/// The directory of a policy's documents within the report.
pub fn paper_name(policy: &str, number: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    format!("invoices/{policy}/{}.pdf", number.chars().map(plain).collect::<String>())
}

pub fn render(figures: &Figures, papers: &[File]) -> Markup {
    let leasing = draw::leasing(figures);
    if leasing.is_empty() {
        return draw::no_leases();
    }
    html! {
        p {
            "What the books issued while the leases ran: the revenue above is posted by these same \
             books. An invoice whose fee is not disclosed shows the rest of it."
        }
        @for policy in leasing {
            (draw::policy_heading(policy))
            (table(policy, papers))
        }
    }
}

fn table(policy: &PolicyFigures, papers: &[File]) -> Markup {
    let id = format!("table-documents-{}", policy.policy.name());
    let rows = policy.documents.len();
    if rows == 0 {
        return html! { p.nothing { "Nothing was issued under this policy." } };
    }
    html! {
        details.tabled open[rows <= OPEN_MAX] {
            summary { span id=(id) { "Documents issued" } " " span.rows { "(" (rows) " rows)" } }
            div.scroll role="region" aria-labelledby=(id) tabindex="0" {
                table aria-labelledby=(id) {
                    thead { tr {
                        th scope="col" class="whole" { "number" }
                        th scope="col" { "kind" }
                        th scope="col" { "tenant" }
                        th scope="col" { "lease" }
                        th scope="col" class="whole" { "issued" }
                        th scope="col" class="whole" { "due" }
                        th scope="col" class="number" { "net" }
                        th scope="col" class="number" { "tax" }
                        th scope="col" class="number" { "total" }
                    } }
                    tbody { @for document in &policy.documents { (row(policy, document, papers)) } }
                }
            }
            p.note {
                "Amounts of a credit note are above zero where they are credited. Unrounded: "
                a href=(DOCUMENTS) { (DOCUMENTS) } ". "
                "Rests on the " a href="#assumptions" { "assumptions" } "."
            }
        }
    }
}

fn row(policy: &PolicyFigures, document: &DocumentRow, papers: &[File]) -> Markup {
    let name = paper_name(policy.policy.name(), &document.number);
    let written = papers.iter().any(|(paper, _)| *paper == name);
    let kind = match (document.kind, &document.credits) {
        (DocumentKind::Invoice, _) if document.undisclosed => {
            "invoice, a fee not disclosed".to_owned()
        }
        (DocumentKind::Invoice, _) => "invoice".to_owned(),
        (DocumentKind::CreditNote, Some(of)) => format!("credit note on {of}"),
        (DocumentKind::CreditNote, None) => "credit note".to_owned(),
    };
    html! {
        tr {
            th scope="row" class="whole" {
                @if written { a href=(name) { (document.number) } } @else { (document.number) }
            }
            td { (kind) }
            td { (document.tenant) }
            td { (document.lease) }
            td.whole { (document.issued) }
            td.whole { @if let Some(due) = document.due { (due) } @else { "\u{2013}" } }
            td.number { (Scale::ONE.amount(document.net)) }
            td.number { (Scale::ONE.amount(document.tax)) }
            td.number { (document.net.currency()) " " (Scale::ONE.amount(document.total)) }
        }
    }
}

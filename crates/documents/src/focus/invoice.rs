//! Invoice Detail: a row for each line and each tax of a document. They add up to its total.

use std::borrow::Cow;
use std::sync::Arc;

use leasehold_books::Books;
use leasehold_books::invoice::{BilledLine, TaxTotal};
use leasehold_types::{Instant, LeaseId, days_between};

use super::Range;
use super::cell::{Cell, Decimal};
use super::column::{COST, Column, Kind, always, maybe};
use super::cost::{ChargeCategory, DocumentRow, category, document_row, quoted};
use super::document::{Document, documents};
use super::error::{FocusError, FocusProblem};
use super::table::{Row, Rows};

/// A row of Invoice Detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    /// What all rows of the document share.
    pub document: Arc<DocumentRow>,
    /// When and how it is to be paid.
    pub payment: Arc<Payment>,
    /// The line: its number, or `tax/` and a number.
    pub line: String,
    /// What sort of charge it is.
    pub category: ChargeCategory,
    /// What it is, in words.
    pub description: String,
    /// What is billed.
    pub billed: Decimal,
    /// Major units before rounding, exact; none for a tax.
    pub exact: Option<String>,
    /// The tax category, by the code of EN 16931.
    pub tax_category: &'static str,
    /// The tax rate, as a fraction.
    pub tax_rate: String,
    /// Which charges of Cost and Usage the line sums up, as JSON.
    pub grain: String,
}

/// When and how a document is to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// When it was issued.
    pub issued: Instant,
    /// When it was voided, where it was.
    pub voided: Option<Instant>,
    /// The beginning of the day by which it is to be paid; none for a credit note.
    pub due: Option<Instant>,
    /// The terms, in words.
    pub terms: String,
    /// The tenant's purchase order.
    pub purchase_order: Option<String>,
}

/// The rows of the documents issued within `range`.
pub(super) fn rows(books: &Books, range: Range) -> Rows<'_, InvoiceRow> {
    Box::new(documents(books, range).flat_map(|document| {
        match document.and_then(|document| of_document(&document)) {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
    }))
}

fn of_document(document: &Document<'_>) -> Result<Vec<InvoiceRow>, FocusError> {
    let shared = Arc::new(document_row(document));
    let payment = Arc::new(payment(document));
    let source = document.source;
    let mut rows = Vec::with_capacity(source.lines().len() + source.taxes().len());
    for line in source.lines() {
        rows.push(of_line(document, &shared, &payment, line)?);
    }
    for (number, tax) in (1_u32..).zip(source.taxes()) {
        if !tax.tax.is_zero() {
            rows.push(of_tax(document, &shared, &payment, number, tax)?);
        }
    }
    Ok(rows)
}

fn payment(document: &Document<'_>) -> Payment {
    let (source, book) = (document.source, &document.book);
    let invoicing = &source.terms().invoicing;
    let terms = invoicing.payment_terms.clone().unwrap_or_else(|| match source.due() {
        Some(due) => format!("{} days net", days_between(source.issued(), due)),
        None => "credited to the account".to_owned(),
    });
    Payment {
        issued: book.start_of(source.issued()),
        voided: document.voided.map(|date| book.start_of(date)),
        due: source.due().map(|date| book.start_of(date)),
        terms,
        purchase_order: invoicing.purchase_order.clone(),
    }
}

fn of_line(
    document: &Document<'_>,
    shared: &Arc<DocumentRow>,
    payment: &Arc<Payment>,
    line: &BilledLine,
) -> Result<InvoiceRow, FocusError> {
    let source = document.source;
    let fits = |column| {
        move |_| FocusError::new(source.lease(), source.place(), column, FocusProblem::TooLarge)
    };
    let billed = source.signed(line.amount).map_err(fits("BilledCost"))?;
    let major = leasehold_types::Ratio::whole(shared.currency.minor_per_major());
    let exact = source.signed_exact(line.exact).and_then(|exact| exact.checked_div(major));
    let row = InvoiceRow {
        document: shared.clone(),
        payment: payment.clone(),
        line: line.number.to_string(),
        category: category(source, line),
        description: line.label.clone(),
        billed: Decimal::money(billed),
        exact: Some(exact.map_err(fits("x_ExactCost"))?.to_string()),
        tax_category: line.tax.category.code(),
        tax_rate: line.tax.rate.to_string(),
        grain: grain(shared, line.phase.as_deref()),
    };
    Ok(row)
}

fn of_tax(
    document: &Document<'_>,
    shared: &Arc<DocumentRow>,
    payment: &Arc<Payment>,
    number: u32,
    tax: &TaxTotal,
) -> Result<InvoiceRow, FocusError> {
    let source = document.source;
    let billed = source.signed(tax.tax).map_err(|_| {
        FocusError::new(source.lease(), source.place(), "BilledCost", FocusProblem::TooLarge)
    })?;
    Ok(InvoiceRow {
        document: shared.clone(),
        payment: payment.clone(),
        line: format!("tax/{number}"),
        category: ChargeCategory::Tax,
        description: format!("tax, category {}", tax.class.category.code()),
        billed: Decimal::money(billed),
        exact: None,
        tax_category: tax.class.category.code(),
        tax_rate: tax.class.rate.to_string(),
        grain: grain(shared, None),
    })
}

fn grain(shared: &DocumentRow, phase: Option<&str>) -> String {
    let lease = quoted(shared.lease.as_str());
    let phase = phase.map(|phase| format!(",\"x_FeePhase\":{}", quoted(phase)));
    let phase = phase.unwrap_or_default();
    format!("{{\"ContractId\":{lease},\"SubAccountId\":{lease}{phase}}}")
}

impl Row for InvoiceRow {
    fn columns() -> &'static [Column<Self>] {
        COLUMNS
    }

    fn place(&self) -> (LeaseId, String) {
        (self.document.lease.clone(), self.document.place())
    }
}

fn say(text: &str) -> Cell<'_> {
    Cell::Text(Cow::Borrowed(text))
}

const TEXT: Kind = Kind::Text;
const INSTANT: Kind = Kind::Instant;

static COLUMNS: &[Column<InvoiceRow>] = &[
    always("BilledCost", COST, |r| Cell::Decimal(r.billed)),
    always("BillingAccountId", TEXT, |r| say(&r.document.tenant_id)),
    always("BillingCurrency", TEXT, |r| say(r.document.currency.code())),
    always("BillingPeriodEnd", INSTANT, |r| Cell::Instant(r.document.billing.end())),
    always("BillingPeriodStart", INSTANT, |r| Cell::Instant(r.document.billing.start())),
    always("ChargeCategory", TEXT, |r| say(r.category.word())),
    always("InvoiceDetailCreated", INSTANT, |r| Cell::Instant(r.payment.issued)),
    always("InvoiceDetailDescription", TEXT, |r| say(&r.description)),
    always("InvoiceDetailGrain", TEXT, |r| say(&r.grain)),
    always("InvoiceDetailId", TEXT, |r| Cell::Text(Cow::Owned(r.document.detail_id(&r.line)))),
    always("InvoiceDetailLastUpdated", INSTANT, |r| {
        Cell::Instant(r.payment.voided.unwrap_or(r.payment.issued))
    }),
    always("InvoiceId", TEXT, |r| say(&r.document.number)),
    always("InvoiceIssueDate", INSTANT, |r| Cell::Instant(r.payment.issued)),
    always("InvoiceIssueStatus", TEXT, |r| {
        say(if r.payment.voided.is_some() { "Voided" } else { "Issued" })
    }),
    always("InvoiceIssuerName", TEXT, |r| say(&r.document.issuer)),
    maybe("PaymentDueDate", INSTANT, |r| Cell::instant(r.payment.due)),
    always("PaymentTerms", TEXT, |r| say(&r.payment.terms)),
    maybe("PurchaseOrderNumber", TEXT, |r| Cell::text(r.payment.purchase_order.as_deref())),
    always("ReferenceInvoiceId", TEXT, |r| {
        say(r.document.credits.as_ref().unwrap_or(&r.document.number))
    }),
    always("x_DocumentType", TEXT, |r| say(r.document.kind.word())),
    maybe("x_ExactCost", TEXT, |r| Cell::text(r.exact.as_deref())),
    always("x_LeaseId", TEXT, |r| say(r.document.lease.as_str())),
    always("x_LeaseVersion", Kind::Whole, |r| Cell::Whole(i64::from(r.document.version))),
    always("x_Line", TEXT, |r| say(&r.line)),
    always("x_TaxCategory", TEXT, |r| say(r.tax_category)),
    always("x_TaxRate", TEXT, |r| say(&r.tax_rate)),
];

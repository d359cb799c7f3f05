//! Invoices and credit notes.

use leasehold_books::Books;
use leasehold_books::invoice::{
    BilledLine, CreditNote, CreditReason, Invoice, LineNature, Standing, TaxTotal,
};
use leasehold_books::rating::{Quantity, QuantityUnit};
use leasehold_contract::Lease;
use leasehold_types::{BadAmount, Date, Money, Ratio};

use super::write::{Cell, Sheet};

/// The columns that all rows of a document begin with.
const PAPER: [&str; 6] = ["document", "number", "credits", "lease", "tenant", "issued"];

/// An invoice or a credit note.
struct Paper<'a> {
    kind: &'static str,
    number: &'a str,
    terms: &'a Lease,
    issued: Date,
    /// One of the two.
    invoice: Option<&'a Invoice>,
    note: Option<&'a CreditNote>,
    lines: &'a [BilledLine],
    taxes: &'a [TaxTotal],
}

impl<'a> Paper<'a> {
    fn invoice(invoice: &'a Invoice) -> Self {
        Paper {
            kind: "invoice",
            number: &invoice.number,
            terms: &invoice.terms,
            issued: invoice.issued,
            invoice: Some(invoice),
            note: None,
            lines: &invoice.lines,
            taxes: &invoice.taxes,
        }
    }

    fn note(note: &'a CreditNote) -> Self {
        Paper {
            kind: "credit_note",
            number: &note.number,
            terms: &note.terms,
            issued: note.issued,
            invoice: None,
            note: Some(note),
            lines: &note.lines,
            taxes: &note.taxes,
        }
    }

    /// In the order of issue; on one day corrections first, what people decided last.
    fn all(books: &'a Books) -> Vec<Self> {
        let notes = |early: bool| {
            let of_it =
                move |note: &&CreditNote| (note.reason == CreditReason::Correction) == early;
            books.credit_notes().iter().filter(of_it).map(Paper::note)
        };
        let invoices = books.invoices().iter().map(Paper::invoice);
        let mut all: Vec<Self> = notes(true).chain(invoices).chain(notes(false)).collect();
        all.sort_by_key(|paper| paper.issued);
        all
    }

    fn head(&self) -> [Cell; 6] {
        [
            Cell::own(self.kind),
            Cell::text(self.number),
            Cell::maybe(self.note, |note| Cell::text(&note.invoice)),
            Cell::own(&self.terms.id),
            Cell::own(&self.terms.tenant.id),
            Cell::own(self.issued),
        ]
    }

    /// What an amount of the document adds to what was billed: a credit note takes off.
    fn billed(&self, amount: Money) -> Result<Money, BadAmount> {
        match self.note {
            Some(_) => Money::zero(amount.currency()).checked_sub(amount),
            None => Ok(amount),
        }
    }
}

pub(super) fn documents(books: &Books, at: Date) -> Result<String, BadAmount> {
    let own = [
        "due",
        "period_start",
        "period_end",
        "net",
        "tax",
        "total",
        "currency",
        "open",
        "standing",
        "overdue_days",
        "reason",
    ];
    let mut sheet = Sheet::new(["kind"].iter().chain(&PAPER[1..]).chain(&own));
    for paper in Paper::all(books) {
        let (invoice, note) = (paper.invoice, paper.note);
        let of_invoice = |cell: &dyn Fn(&Invoice) -> Cell| Cell::maybe(invoice, cell);
        let sums = invoice.map(|i| [i.net, i.tax, i.total]);
        let sums = sums.or(note.map(|n| [n.net, n.tax, n.total]));
        let sum = |i: usize| Cell::maybe(sums, |sums| Cell::own(sums[i].to_decimal()));
        let [open, word, days] = standing_cells(books, invoice, at)?;
        let cells = [
            of_invoice(&|invoice| Cell::own(invoice.due)),
            of_invoice(&|invoice| Cell::own(invoice.from)),
            of_invoice(&|invoice| Cell::own(invoice.until)),
            sum(0),
            sum(1),
            sum(2),
            Cell::own(paper.terms.currency),
            open,
            word,
            days,
            Cell::maybe(note.and_then(|note| reason(&note.reason)), Cell::text),
        ];
        sheet.row(paper.head().into_iter().chain(cells));
    }
    Ok(sheet.finish())
}

/// What is open of an invoice at the close of `at`, in which standing, and for how many days late.
fn standing_cells(
    books: &Books,
    invoice: Option<&Invoice>,
    at: Date,
) -> Result<[Cell; 3], BadAmount> {
    let Some(invoice) = invoice else { return Ok([Cell::Empty, Cell::Empty, Cell::Empty]) };
    let standing = invoice.standing(books.settled(invoice), at)?;
    let (word, days) = standing_of(standing.standing);
    Ok([Cell::own(standing.open.to_decimal()), Cell::own(word), Cell::maybe(days, Cell::own)])
}

pub(super) fn lines(books: &Books) -> Result<String, BadAmount> {
    let own = [
        "line",
        "nature",
        "corrects",
        "kind",
        "label",
        "tranche",
        "phase",
        "period_start",
        "period_end",
        "quantity",
        "unit",
        "exact_numerator",
        "exact_denominator",
        "amount",
        "billed",
        "currency",
        "tax_category",
        "tax_rate",
        "disclosed",
    ];
    let mut sheet = Sheet::new(PAPER.iter().chain(&own));
    for paper in Paper::all(books) {
        for line in paper.lines {
            sheet.row(paper.head().into_iter().chain(line_cells(&paper, line)?));
        }
    }
    Ok(sheet.finish())
}

fn line_cells(paper: &Paper<'_>, line: &BilledLine) -> Result<[Cell; 19], BadAmount> {
    let head = line.head.as_ref();
    let (nature, corrects) = nature(&line.nature);
    let (quantity, unit) = counted(line.quantity)?;
    Ok([
        Cell::own(line.number),
        Cell::own(nature),
        corrects,
        Cell::maybe(head, |head| Cell::own(head.kind.word())),
        Cell::text(&line.label),
        Cell::maybe(head.and_then(|head| head.tranche.as_ref()), Cell::own),
        Cell::maybe(line.phase.as_deref(), Cell::text),
        Cell::own(line.from),
        Cell::own(line.until),
        quantity,
        Cell::own(unit),
        Cell::own(line.exact.numerator()),
        Cell::own(line.exact.denominator()),
        Cell::own(line.amount.to_decimal()),
        Cell::own(paper.billed(line.amount)?.to_decimal()),
        Cell::own(line.amount.currency()),
        Cell::own(line.tax.category.code()),
        Cell::own(line.tax.rate),
        Cell::own(line.disclosed),
    ])
}

pub(super) fn taxes(books: &Books) -> String {
    let own = ["category", "rate", "exemption", "net", "tax", "currency"];
    let mut sheet = Sheet::new(PAPER.iter().chain(&own));
    for paper in Paper::all(books) {
        for total in paper.taxes {
            let cells = [
                Cell::own(total.class.category.code()),
                Cell::own(total.class.rate),
                Cell::maybe(total.class.exemption.as_deref(), Cell::text),
                Cell::own(total.net.to_decimal()),
                Cell::own(total.tax.to_decimal()),
                Cell::own(total.net.currency()),
            ];
            sheet.row(paper.head().into_iter().chain(cells));
        }
    }
    sheet.finish()
}

fn reason(reason: &CreditReason) -> Option<&str> {
    match reason {
        CreditReason::Correction => None,
        CreditReason::Granted(why) | CreditReason::Voided(why) => Some(why),
    }
}

fn nature(nature: &LineNature) -> (&'static str, Cell) {
    match nature {
        LineNature::Regular => ("regular", Cell::Empty),
        LineNature::Correction(of) if of.is_empty() => ("correction", Cell::Empty),
        LineNature::Correction(of) => ("correction", Cell::text(of.join(" "))),
        LineNature::CreditCarried => ("credit_carried", Cell::Empty),
        LineNature::CreditApplied => ("credit_applied", Cell::Empty),
    }
}

/// How much of what, as a whole number: spreadsheets take a fraction for a date.
fn counted(quantity: Quantity) -> Result<(Cell, &'static str), BadAmount> {
    let (each, unit) = match quantity.unit {
        QuantityUnit::One => (1, "one"),
        QuantityUnit::AcceleratorHour => (3_600, "accelerator_second"),
        QuantityUnit::MillionTokens => (1_000_000, "token"),
    };
    Ok((Cell::own(quantity.value.checked_mul(Ratio::whole(each))?), unit))
}

const fn standing_of(standing: Standing) -> (&'static str, Option<u32>) {
    match standing {
        Standing::Open => ("open", None),
        Standing::PartlySettled => ("partly_settled", None),
        Standing::Overdue(days) => ("overdue", Some(days)),
        Standing::Settled => ("settled", None),
    }
}

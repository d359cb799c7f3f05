//! Invoices and credit notes alike: in the order of issue, as words and as data.

use leasehold_books::Books;
use leasehold_books::invoice::{
    BilledLine, CreditNote, CreditReason, Invoice, LineNature, SettledBy, Settlement, Standing,
    StandingAt, TaxTotal,
};
use leasehold_contract::Lease;
use leasehold_types::{BadAmount, Date, LeaseId, Money, Ratio};

use crate::commands::{figure, span};
use crate::terminal::{Look, plain, table, wrap};

/// An invoice or a credit note.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Document<'a> {
    Invoice(&'a Invoice),
    CreditNote(&'a CreditNote),
}

impl<'a> Document<'a> {
    /// The document of that number.
    pub(crate) fn find(books: &'a Books, number: &str) -> Option<Self> {
        let note = || books.credit_notes().iter().find(|note| note.number == number);
        books.invoice(number).map(Document::Invoice).or_else(|| note().map(Document::CreditNote))
    }

    /// Every document, in the order of issue: on one day corrections first, what people decided
    /// last.
    pub(crate) fn all(books: &'a Books) -> Vec<Self> {
        let invoices = books.invoices().iter().map(Document::Invoice);
        let notes = books.credit_notes().iter().map(Document::CreditNote);
        let mut all: Vec<Self> = invoices.chain(notes).collect();
        all.sort_by_key(|document| (document.issued(), document.turn()));
        all
    }

    fn turn(self) -> u8 {
        match self {
            Document::CreditNote(note) if note.reason == CreditReason::Correction => 0,
            Document::Invoice(_) => 1,
            Document::CreditNote(_) => 2,
        }
    }

    /// Its number.
    pub(crate) fn number(self) -> &'a str {
        match self {
            Document::Invoice(invoice) => &invoice.number,
            Document::CreditNote(note) => &note.number,
        }
    }

    /// Its lease.
    pub(crate) fn lease(self) -> &'a LeaseId {
        match self {
            Document::Invoice(invoice) => &invoice.lease,
            Document::CreditNote(note) => &note.lease,
        }
    }

    /// The version of the lease in force on the day of issue.
    pub(crate) fn terms(self) -> &'a Lease {
        match self {
            Document::Invoice(invoice) => &invoice.terms,
            Document::CreditNote(note) => &note.terms,
        }
    }

    /// The day of issue.
    pub(crate) fn issued(self) -> Date {
        match self {
            Document::Invoice(invoice) => invoice.issued,
            Document::CreditNote(note) => note.issued,
        }
    }

    /// The day by which it is to be paid, where it is an invoice.
    pub(crate) fn due(self) -> Option<Date> {
        match self {
            Document::Invoice(invoice) => Some(invoice.due),
            Document::CreditNote(_) => None,
        }
    }

    /// Its lines.
    pub(crate) fn lines(self) -> &'a [BilledLine] {
        match self {
            Document::Invoice(invoice) => &invoice.lines,
            Document::CreditNote(note) => &note.lines,
        }
    }

    /// Its taxes.
    pub(crate) fn taxes(self) -> &'a [TaxTotal] {
        match self {
            Document::Invoice(invoice) => &invoice.taxes,
            Document::CreditNote(note) => &note.taxes,
        }
    }

    /// Net, tax, total; above zero on a credit note, too.
    pub(crate) fn sums(self) -> [Money; 3] {
        match self {
            Document::Invoice(invoice) => [invoice.net, invoice.tax, invoice.total],
            Document::CreditNote(note) => [note.net, note.tax, note.total],
        }
    }

    /// What settled it by the close of `at`, where it is an invoice.
    pub(crate) fn settled(self, books: &'a Books, at: Date) -> Vec<&'a Settlement> {
        match self {
            Document::Invoice(invoice) => {
                books.settled(invoice).iter().filter(|settled| settled.date <= at).collect()
            }
            Document::CreditNote(_) => Vec::new(),
        }
    }

    /// Where it stands at the close of `at`, where it is an invoice.
    pub(crate) fn standing(self, books: &Books, at: Date) -> Result<Option<StandingAt>, BadAmount> {
        match self {
            Document::Invoice(invoice) => invoice.standing(books.settled(invoice), at).map(Some),
            Document::CreditNote(_) => Ok(None),
        }
    }

    /// What it is about, in a few words.
    pub(crate) fn about(self) -> String {
        match self {
            Document::Invoice(invoice) => span(invoice.from, invoice.until),
            Document::CreditNote(note) => match &note.reason {
                CreditReason::Correction => format!("corrects {}", note.invoice),
                CreditReason::Granted(_) => format!("credits part of {}", note.invoice),
                CreditReason::Voided(_) => format!("voids {}", note.invoice),
            },
        }
    }

    /// Why a person wanted it, where one did.
    pub(crate) fn reason(self) -> Option<&'a str> {
        match self {
            Document::CreditNote(note) => match &note.reason {
                CreditReason::Granted(why) | CreditReason::Voided(why) => Some(why),
                CreditReason::Correction => None,
            },
            Document::Invoice(_) => None,
        }
    }

    /// The whole document for people, as it stands at the close of `at`.
    pub(crate) fn in_words(self, look: Look, books: &Books, at: Date) -> Result<String, BadAmount> {
        let [net, _, total] = self.sums();
        let mut words = self.head(look);
        let lines = self.lines().iter().map(|line| {
            let marked =
                if line.disclosed { figure(line.amount) } else { "not disclosed".to_owned() };
            [line.number.to_string(), label(line), span(line.from, line.until), marked]
        });
        let sum = |name: String, money: Money| [String::new(), name, String::new(), figure(money)];
        let taxes = self.taxes().iter().map(|tax| sum(tax_words(tax), tax.tax));
        let sums = std::iter::once(sum("net".to_owned(), net)).chain(taxes);
        let sums = sums.chain([sum("total".to_owned(), total)]);
        let currency = net.currency();
        let head = ["line", "what", "days", currency.code()];
        words += &table::draw_words(3, head, lines.chain(sums));
        for settled in self.settled(books, at) {
            let (date, by) = (settled.date, settled_by(&settled.by));
            words += &format!(" {date}  {} by {}\n", settled.amount, plain(&by));
        }
        if let Some(standing) = self.standing(books, at)? {
            words += &format!(" at the close of {at}: {}\n", standing_words(&standing));
        }
        Ok(words)
    }

    fn head(self, look: Look) -> String {
        let title = match self {
            Document::Invoice(invoice) => format!("Invoice {}", invoice.number),
            Document::CreditNote(note) => {
                format!("Credit note {} on invoice {}", note.number, note.invoice)
            }
        };
        let terms = self.terms();
        let mut said = format!(
            "{} to {}; lease `{}`, version {}; issued {}",
            terms.owner.name,
            terms.tenant.name,
            self.lease(),
            terms.version,
            self.issued()
        );
        if let Some(due) = self.due() {
            said += &format!(", due {due}");
        }
        said += &match self {
            Document::Invoice(_) => format!("; for {}", self.about()),
            Document::CreditNote(_) => format!("; {}", self.about()),
        };
        if let Some(reason) = self.reason() {
            said += &format!(": {reason}");
        }
        format!("{}\n{}", look.bold(&plain(&title)), wrap("", &said, look.columns))
    }
}

/// What a line is, with the invoices that it corrects.
pub(crate) fn label(line: &BilledLine) -> String {
    match &line.nature {
        LineNature::Correction(of) if !of.is_empty() => {
            let of = of.join(", ");
            match line.label.strip_prefix("correction: ") {
                Some(what) => format!("correction of {of}: {what}"),
                None => line.label.clone(),
            }
        }
        _ => line.label.clone(),
    }
}

/// `S 19 % of 1,000.00`, or why nothing is charged.
fn tax_words(tax: &TaxTotal) -> String {
    let code = tax.class.category.code();
    let net = figure(tax.net);
    match &tax.class.exemption {
        Some(why) => format!("tax {code}, {why}: nothing of {net}"),
        None => format!("tax {code}, {} of {net}", percent(tax.class.rate)),
    }
}

/// A share in percent: `19 %`.
pub(crate) fn percent(share: Ratio) -> String {
    let hundredfold = share.checked_mul(Ratio::whole(100));
    hundredfold.map_or_else(|_| share.to_string(), |percent| format!("{percent} %"))
}

/// By what part of an invoice was settled.
pub(crate) fn settled_by(by: &SettledBy) -> String {
    match by {
        SettledBy::Payment(key) => format!("payment {key}"),
        SettledBy::OnAccount => "money on account".to_owned(),
        SettledBy::Prepayment => "prepayment".to_owned(),
        SettledBy::Deposit(key) => format!("the deposit, {key}"),
        SettledBy::CreditNote(number) => format!("credit note {number}"),
    }
}

/// Where an invoice stands, in words.
pub(crate) fn standing_words(standing: &StandingAt) -> String {
    match standing.standing {
        Standing::Open => format!("{} open", standing.open),
        Standing::PartlySettled => format!("{} still open", standing.open),
        Standing::Overdue(1) => format!("{} open, overdue by a day", standing.open),
        Standing::Overdue(days) => format!("{} open, overdue by {days} days", standing.open),
        Standing::Settled => "settled".to_owned(),
    }
}

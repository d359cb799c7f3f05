//! Invoices, credit notes, payments, refunds, statements and disclosures.

use leasehold_books::book::AccountItem;
use leasehold_books::disclose::{DisclosureOptions, disclose};
use leasehold_books::event::{Event, EventKey, EventKind, PaidFrom, PaidToward, Payment, Refund};
use leasehold_books::invoice::{BilledLine, CreditNote, CreditReason, Invoice};
use leasehold_types::{Currency, Date, Instant, LeaseId, TenantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{lease_of, missing};
use crate::http::endpoint::{Asking, Endpoint, Look, Needs, PAGE, Param, Shown, work};
use crate::http::page::{Page, page};
use crate::http::problem::Problem;
use crate::http::views::Amount;
use crate::live::{ActKind, Live, Right, Thing};
use crate::writer::Work;

/// By what the books know payments and refunds that come by the API.
const SOURCE: &str = "api";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let read = Needs::Right(Right::BooksRead);
    let write = Needs::Right(Right::BooksWrite);
    let needed = |name, about| Param { name, about, required: true, number: false };
    vec![
        Endpoint::get("/v1/invoices", "invoice_list", read)
            .about("Invoices in the order of issue: the owner sees all, a tenant its own")
            .query(PAGE)
            .gives::<Page<InvoiceView>>(200)
            .read(invoices),
        Endpoint::get("/v1/leases/{lease}/invoices/{invoice}", "invoice_show", read)
            .about("An invoice with its lines")
            .gives::<InvoiceDetail>(200)
            .read(invoice),
        Endpoint::get("/v1/credit-notes", "credit_note_list", read)
            .about("Credit notes in the order of issue: the owner sees all, a tenant its own")
            .query(PAGE)
            .gives::<Page<NoteView>>(200)
            .read(notes),
        Endpoint::get("/v1/leases/{lease}/credit-notes/{note}", "credit_note_show", read)
            .about("A credit note with its lines")
            .gives::<NoteDetail>(200)
            .read(note),
        Endpoint::post("/v1/payments", "payment_record", write)
            .about("Record that a tenant paid; the same id counts once")
            .takes::<PaymentToRecord>(&[
                r#"{"id":"wire-1","lease":"acme","money":{"amount":"60000.00","currency":"USD"},"reference":"INV-1"}"#,
            ])
            .gives::<Recorded>(200)
            .write(pay),
        Endpoint::post("/v1/refunds", "refund_record", write)
            .about("Record that money was paid back; the same id counts once")
            .takes::<RefundToRecord>(&[
                r#"{"id":"wire-2","lease":"acme","money":{"amount":"1.00","currency":"USD"}}"#,
            ])
            .gives::<Recorded>(200)
            .write(refund),
        Endpoint::get("/v1/statements/{tenant}", "statement_show", read)
            .about("What moved a tenant's account between two days, and what it owes")
            .query(&[
                needed("currency", "The currency, like `USD`"),
                needed("from", "The first day"),
                needed("through", "The last day"),
            ])
            .gives::<StatementView>(200)
            .read(statement),
        Endpoint::get("/v1/disclosures", "disclosure_show", Needs::Right(Right::DisclosuresRead))
            .about("The disclosures at the last day that the books have closed")
            .gives::<DisclosureView>(200)
            .read(disclosures),
    ]
}

/// An invoice.
#[derive(Serialize, JsonSchema)]
struct InvoiceView {
    /// Its number.
    number: String,
    /// Its lease.
    #[schemars(with = "String")]
    lease: LeaseId,
    /// Who owes it.
    #[schemars(with = "String")]
    tenant: TenantId,
    /// The day of issue.
    #[schemars(with = "String")]
    issued: Date,
    /// The day by which it is to be paid.
    #[schemars(with = "String")]
    due: Date,
    /// The first day that a line covers.
    #[schemars(with = "String")]
    from: Date,
    /// The first day after the last that a line covers.
    #[schemars(with = "String")]
    until: Date,
    /// The sum of its lines.
    net: Amount,
    /// The sum of its taxes.
    tax: Amount,
    /// Net and tax.
    total: Amount,
}

/// An invoice with its lines.
#[derive(Serialize, JsonSchema)]
struct InvoiceDetail {
    /// The invoice.
    invoice: InvoiceView,
    /// Its lines.
    lines: Vec<BilledLineView>,
    /// The version of the time-zone tables that it was computed by.
    time_zones: String,
}

/// A credit note.
#[derive(Serialize, JsonSchema)]
struct NoteView {
    /// Its number.
    number: String,
    /// The invoice that it credits.
    invoice: String,
    /// Its lease.
    #[schemars(with = "String")]
    lease: LeaseId,
    /// Why.
    reason: String,
    /// The day of issue.
    #[schemars(with = "String")]
    issued: Date,
    /// The sum of its lines.
    net: Amount,
    /// The sum of its taxes.
    tax: Amount,
    /// Net and tax.
    total: Amount,
}

/// A credit note with its lines.
#[derive(Serialize, JsonSchema)]
struct NoteDetail {
    /// The credit note.
    note: NoteView,
    /// Its lines.
    lines: Vec<BilledLineView>,
}

/// A line of an invoice or a credit note.
#[derive(Serialize, JsonSchema)]
struct BilledLineView {
    /// Its number on the document.
    number: u32,
    /// What it is.
    label: String,
    /// The first day that it covers.
    #[schemars(with = "String")]
    from: Date,
    /// The first day after.
    #[schemars(with = "String")]
    until: Date,
    /// Before tax.
    money: Amount,
}

/// A payment.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PaymentToRecord {
    /// Its id at the bank: the same id counts once.
    id: String,
    /// The lease.
    #[schemars(with = "String")]
    lease: LeaseId,
    /// How much.
    money: Amount,
    /// Towards what: `invoices` where absent, `deposit` or `prepayment`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    toward: PaidToward,
    /// The invoices that it names, in the order in which it pays them; the one that falls due
    /// first is paid first where absent.
    #[serde(default)]
    invoices: Option<Vec<String>>,
    /// The reference on the transfer.
    #[serde(default)]
    reference: String,
    /// When the money came, where that was before now.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    received: Option<Instant>,
}

/// A refund.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RefundToRecord {
    /// Its id at the bank: the same id counts once.
    id: String,
    /// The lease.
    #[schemars(with = "String")]
    lease: LeaseId,
    /// How much.
    money: Amount,
    /// Out of which money: `on_account` where absent, `credit_balance`, `deposit` or `prepayment`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    out_of: PaidFrom,
    /// The reference on the transfer.
    #[serde(default)]
    reference: String,
}

/// That something is on record.
#[derive(Serialize, JsonSchema)]
pub(super) struct Recorded {
    /// How many of what was handed in is new.
    pub(super) new: usize,
    /// How many were there already, with the same contents.
    pub(super) known: usize,
}

/// The account of a tenant.
#[derive(Serialize, JsonSchema)]
struct StatementView {
    /// The tenant.
    #[schemars(with = "String")]
    tenant: TenantId,
    /// The first day.
    #[schemars(with = "String")]
    from: Date,
    /// The last day.
    #[schemars(with = "String")]
    through: Date,
    /// What it owed before the first day.
    opening: Amount,
    /// What moved it.
    rows: Vec<StatementRowView>,
    /// What it owes at the close of the last day.
    closing: Amount,
    /// Security held.
    deposits: Amount,
    /// What is left of prepayments.
    prepayments: Amount,
    /// Credits, before tax, that no invoice could use yet.
    credits: Amount,
}

/// A movement.
#[derive(Serialize, JsonSchema)]
struct StatementRowView {
    /// When it was booked.
    #[schemars(with = "String")]
    date: Date,
    /// The lease.
    #[schemars(with = "String")]
    lease: LeaseId,
    /// What it is: `invoice`, `credit_note`, `settlement` or `money`.
    kind: &'static str,
    /// Its number, or the payment's id.
    number: String,
    /// What it adds to what the tenant owes.
    amount: Amount,
    /// What the tenant owes after it.
    balance: Amount,
}

/// The disclosures, in the form that `leasehold books disclose --format json` writes.
#[derive(Serialize, JsonSchema)]
struct DisclosureView(
    #[schemars(with = "serde_json::Value")] leasehold_books::disclose::Disclosures,
);

fn sees(look: &Look<'_>, lease: &LeaseId) -> bool {
    look.live.tenant_of(lease).is_some_and(|tenant| look.caller.sees(tenant))
}

fn invoice_view(of: &Invoice) -> InvoiceView {
    InvoiceView {
        number: of.number.clone(),
        lease: of.lease.clone(),
        tenant: of.terms.tenant.id.clone(),
        issued: of.issued,
        due: of.due,
        from: of.from,
        until: of.until,
        net: of.net.into(),
        tax: of.tax.into(),
        total: of.total.into(),
    }
}

fn line_view(line: &BilledLine) -> BilledLineView {
    BilledLineView {
        number: line.number,
        label: line.label.clone(),
        from: line.from,
        until: line.until,
        money: line.amount.into(),
    }
}

fn invoices(look: &Look<'_>) -> Result<Shown, Problem> {
    let seen = look.live.books().invoices().iter().filter(|of| sees(look, &of.lease));
    page(look.query, seen.map(|of| (format!("{}:{}", of.lease, of.number), invoice_view(of))))
}

fn invoice(look: &Look<'_>) -> Result<Shown, Problem> {
    let lease = lease_of(look)?;
    let number = look.path.get("invoice").unwrap_or_default();
    let found = look.live.books().invoice_of(&lease.id, number);
    let found = found.ok_or_else(|| missing(Thing::Invoice, number))?;
    Shown::json(&InvoiceDetail {
        invoice: invoice_view(found),
        lines: found.lines.iter().map(line_view).collect(),
        time_zones: found.tables.time_zones.clone(),
    })
}

fn note_view(of: &CreditNote) -> NoteView {
    NoteView {
        number: of.number.clone(),
        invoice: of.invoice.clone(),
        lease: of.lease.clone(),
        reason: match &of.reason {
            CreditReason::Correction => "correction".to_owned(),
            CreditReason::Granted(why) => format!("granted: {why}"),
            CreditReason::Voided(why) => format!("voided: {why}"),
        },
        issued: of.issued,
        net: of.net.into(),
        tax: of.tax.into(),
        total: of.total.into(),
    }
}

fn notes(look: &Look<'_>) -> Result<Shown, Problem> {
    let seen = look.live.books().credit_notes().iter().filter(|of| sees(look, &of.lease));
    page(look.query, seen.map(|of| (format!("{}:{}", of.lease, of.number), note_view(of))))
}

fn note(look: &Look<'_>) -> Result<Shown, Problem> {
    let lease = lease_of(look)?;
    let number = look.path.get("note").unwrap_or_default();
    let mut notes = look.live.books().credit_notes().iter();
    let found = notes.find(|of| of.lease == lease.id && of.number == number);
    let found = found.ok_or_else(|| missing(Thing::CreditNote, number))?;
    let lines = found.lines.iter().map(line_view).collect();
    Shown::json(&NoteDetail { note: note_view(found), lines })
}

fn event(id: &str, lease: LeaseId, effective: Option<Instant>, kind: EventKind) -> Event {
    Event { key: EventKey::new(SOURCE, id), at: Instant::EPOCH, effective, lease, kind }
}

/// Events for the books, and how many of them were new.
pub(super) fn recorded(events: Vec<Event>) -> Work {
    let given = events.len();
    work(ActKind::Record(events), 200, move |_: &Live, entries| {
        let new = entries.iter().map(|entry| match &entry.body {
            crate::live::Body::Books(events) => events.len(),
            _ => 0,
        });
        let new = new.sum();
        Recorded { new, known: given.saturating_sub(new) }
    })
}

fn money(amount: &Amount) -> Result<leasehold_types::Money, Problem> {
    amount.money().map_err(|why| Problem::invalid(format!("`money`: {why}")))
}

fn pay(asking: &Asking<'_>) -> Result<Work, Problem> {
    let asked: PaymentToRecord = asking.body()?;
    let kind = Payment {
        money: money(&asked.money)?,
        toward: asked.toward,
        invoices: asked.invoices,
        reference: asked.reference,
    };
    Ok(recorded(vec![event(&asked.id, asked.lease, asked.received, kind.into())]))
}

fn refund(asking: &Asking<'_>) -> Result<Work, Problem> {
    let asked: RefundToRecord = asking.body()?;
    let (out_of, reference) = (asked.out_of, asked.reference);
    let kind = Refund { money: money(&asked.money)?, out_of, reference };
    Ok(recorded(vec![event(&asked.id, asked.lease, None, kind.into())]))
}

fn statement(look: &Look<'_>) -> Result<Shown, Problem> {
    let text = look.path.get("tenant").unwrap_or_default();
    let tenant = TenantId::new(text)
        .ok()
        .filter(|id| look.live.access().organisation(id).is_some() && look.caller.sees(id));
    let tenant = tenant.ok_or_else(|| missing(Thing::Organisation, text))?;
    let currency: Currency = look.query.read("currency")?;
    let (from, through) = (look.query.read("from")?, look.query.read("through")?);
    let account = look.live.books().tenant_account(&tenant, currency, from, through);
    let account = account.map_err(|error| Problem::invalid(error.to_string()))?;
    let row = |row: &leasehold_books::book::AccountRow| {
        let (kind, number) = match &row.item {
            AccountItem::Invoice(number) => ("invoice", number.clone()),
            AccountItem::CreditNote(number) => ("credit_note", number.clone()),
            AccountItem::Settlement(number) => ("settlement", number.clone()),
            AccountItem::Money(key) => ("money", key.id.to_string()),
        };
        StatementRowView {
            date: row.date,
            lease: row.lease.clone(),
            kind,
            number,
            amount: row.amount.into(),
            balance: row.balance.into(),
        }
    };
    Shown::json(&StatementView {
        tenant,
        from,
        through,
        opening: account.opening.into(),
        rows: account.rows.iter().map(row).collect(),
        closing: account.closing.into(),
        deposits: account.deposits.into(),
        prepayments: account.prepayments.into(),
        credits: account.credits.into(),
    })
}

fn disclosures(look: &Look<'_>) -> Result<Shown, Problem> {
    let closed = look.live.closed().ok_or_else(|| {
        Problem::new(
            409,
            "not_closed",
            "No day is closed yet",
            "the books close the first day as it ends; ask again then",
        )
    })?;
    let found = disclose(look.live.books(), closed, &DisclosureOptions::default());
    match found {
        Ok(found) => Shown::json(&DisclosureView(found)),
        Err(error) => Err(Problem::new(
            409,
            "disclosures",
            "The disclosures cannot be made",
            error.to_string(),
        )),
    }
}

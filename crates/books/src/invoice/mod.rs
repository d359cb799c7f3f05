//! Invoices and credit notes: drafted, issued under gapless numbers, settled, never changed.
//!
//! A bill is what is owed to date, rounded, less what was billed to date. What corrects an earlier
//! bill upwards is a line of the next invoice, marked as a correction; what corrects it downwards
//! is a credit note on that invoice. No invoice is below zero: what is left over is a credit
//! balance, which the next invoices use.

mod bill;
mod document;
mod heads;
mod settlement;
mod state;

pub use document::{
    BilledLine, CreditNote, CreditReason, Invoice, InvoiceDraft, LineNature, Tables, TaxTotal,
};
pub use settlement::{SettledBy, Settlement, Standing, StandingAt};

pub(crate) use bill::{Bill, Issued, bill, renumber};
pub(crate) use heads::{Delta, HeadState};
pub(crate) use state::{InvoiceState, LineState};

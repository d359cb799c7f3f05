//! Documents, postings and payments.

use leasehold_types::{Date, Instant};

use crate::table;

table! {
    /// One row an invoice or a credit note.
    pub struct DocumentRow in "document", key [number],
    indexes [[lease, issued, number], [tenant, issued, number], [standing, due, number]] {
        /// Its number.
        number: String,
        /// `invoice` or `credit_note`.
        kind: String,
        /// The lease's id.
        lease: String,
        /// The tenant's id.
        tenant: String,
        /// The invoice that a credit note credits.
        credits: Option<String>,
        /// The day of issue.
        issued: Date,
        /// The last day to pay; of a credit note the day of issue.
        due: Date,
        /// The first day of the period.
        period_start: Date,
        /// The first day after it.
        period_end: Date,
        /// The currency.
        currency: String,
        /// Before tax, in minor units.
        net: i64,
        /// Tax, in minor units.
        tax: i64,
        /// The total, in minor units.
        total: i64,
        /// What is not settled of it, in minor units.
        open: i64,
        /// `open`, `partly_paid`, `settled` or `void`.
        standing: String,
        /// The entry that changed the row last.
        seq: u64,
    }
}

table! {
    /// One row a posting; those of one entry of the ledger sum to zero.
    pub struct PostingRow in "posting", key [ledger_entry, line],
    indexes [[lease, date, ledger_entry, line], [account, date, ledger_entry, line]] {
        /// The number of the ledger's entry.
        ledger_entry: u64,
        /// The posting's number in it, from 1.
        line: u32,
        /// The day to which it belongs.
        date: Date,
        /// The account.
        account: String,
        /// The lease's id.
        lease: String,
        /// The tenant's id.
        tenant: String,
        /// The currency.
        currency: String,
        /// In minor units; debits are above zero.
        amount: i64,
        /// The document that it is about.
        document: Option<String>,
        /// What it is for.
        memo: String,
        /// The entry of the journal that posted it.
        seq: u64,
    }
}

table! {
    /// One row a payment.
    pub struct PaymentRow in "payment", key [payment], indexes [[tenant, received, payment]] {
        /// The payment's id.
        payment: String,
        /// The tenant's id.
        tenant: String,
        /// The lease's id, where it names one.
        lease: Option<String>,
        /// When it was received.
        received: Instant,
        /// The currency.
        currency: String,
        /// In minor units; below zero where it was paid back.
        amount: i64,
        /// What the bank says about it.
        reference: String,
        /// What of it settles no document yet, in minor units.
        unapplied: i64,
        /// The entry that changed the row last.
        seq: u64,
    }
}

//! What remains of an issued invoice: how much is open, and how much can still be credited.

use leasehold_types::{Date, Money, Rounding};
use serde::{Deserialize, Serialize};

use crate::Trouble;
use crate::rating::{Head, TaxClass, tax_on};

use super::{BilledLine, Invoice, TaxTotal};

/// An issued invoice as its lease remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InvoiceState {
    pub(crate) number: String,
    pub(crate) due: Date,
    /// What is still to be paid.
    pub(crate) open: Money,
    /// Its lines, in their order.
    pub(crate) lines: Vec<LineState>,
    /// What was credited on it under heads that it did not bill.
    pub(crate) beyond: Vec<LineState>,
    classes: Vec<ClassState>,
    pub(crate) rounding: Rounding,
    /// Its place among the invoices of all leases.
    pub(crate) place: usize,
}

/// A line, and how much of it was credited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LineState {
    pub(crate) head: Option<Head>,
    pub(crate) class: TaxClass,
    pub(crate) amount: Money,
    pub(crate) credited: Money,
}

/// The lines of one tax class together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ClassState {
    class: TaxClass,
    net: Money,
    credited_net: Money,
    credited_tax: Money,
}

impl InvoiceState {
    pub(crate) fn of(invoice: &Invoice, place: usize, rounding: Rounding) -> Self {
        let zero = Money::zero(invoice.currency);
        let lines = invoice.lines.iter().map(|line| LineState {
            head: line.head.clone(),
            class: line.tax.clone(),
            amount: line.amount,
            credited: zero,
        });
        let classes = invoice.taxes.iter().map(|total| ClassState {
            class: total.class.clone(),
            net: total.net,
            credited_net: zero,
            credited_tax: zero,
        });
        InvoiceState {
            number: invoice.number.clone(),
            due: invoice.due,
            open: invoice.total,
            lines: lines.collect(),
            beyond: Vec::new(),
            classes: classes.collect(),
            rounding,
            place,
        }
    }

    /// What of `class` can still be credited, before tax.
    pub(crate) fn creditable(&self, class: &TaxClass) -> Result<Option<Money>, Trouble> {
        let of_it = self.classes.iter().find(|state| state.class == *class);
        of_it.map(|state| Ok(state.net.checked_sub(state.credited_net)?)).transpose()
    }

    /// Credits `net` of `class`; gives the tax that goes with it. The tax is that on all that was
    /// credited so far, rounded, less what was credited of it before: so in any order the notes on
    /// an invoice add up to its tax.
    pub(crate) fn credit(&mut self, class: &TaxClass, net: Money) -> Result<TaxTotal, Trouble> {
        let rounding = self.rounding;
        let number = self.number.clone();
        let Some(state) = self.classes.iter_mut().find(|state| state.class == *class) else {
            return Err(Trouble::UnknownInvoice(number));
        };
        let left = state.net.checked_sub(state.credited_net)?;
        if net.minor() > left.minor().max(0) {
            return Err(Trouble::CreditTooMuch { asked: net.to_string(), left: left.to_string() });
        }
        state.credited_net = state.credited_net.checked_add(net)?;
        let tax_to_date = tax_on(state.credited_net, class, rounding)?;
        let tax = tax_to_date.checked_sub(state.credited_tax)?;
        state.credited_tax = tax_to_date;
        Ok(TaxTotal { class: class.clone(), net, tax })
    }

    /// Remembers which lines a note credits: those of the same head and class, each as far as
    /// something is left of it. What exceeds them is remembered apart, so that what is left of all
    /// of them together is always what is left of the invoice.
    pub(crate) fn credit_lines(&mut self, lines: &[BilledLine]) -> Result<(), Trouble> {
        for credited in lines {
            let mut rest = credited.amount;
            let (head, class) = (&credited.head, &credited.tax);
            let of_it = |line: &&mut LineState| line.head == *head && line.class == *class;
            for line in self.lines.iter_mut().filter(of_it) {
                let left = line.left()?;
                let same_sign = left.is_negative() == rest.is_negative();
                if !same_sign || left.is_zero() || rest.is_zero() {
                    continue;
                }
                let part = if left.minor().abs() < rest.minor().abs() { left } else { rest };
                line.credited = line.credited.checked_add(part)?;
                rest = rest.checked_sub(part)?;
            }
            if rest.is_zero() {
                continue;
            }
            match self.beyond.iter_mut().find(of_it) {
                Some(line) => line.credited = line.credited.checked_add(rest)?,
                None => self.beyond.push(LineState {
                    head: head.clone(),
                    class: class.clone(),
                    amount: Money::zero(rest.currency()),
                    credited: rest,
                }),
            }
        }
        Ok(())
    }
}

impl LineState {
    /// What is left of it once what was credited is taken off.
    pub(crate) fn left(&self) -> Result<Money, Trouble> {
        Ok(self.amount.checked_sub(self.credited)?)
    }
}

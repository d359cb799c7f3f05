//! Credits by a decision, and voids.
//!
//! A void takes back what is left of an invoice, line by line, with what later notes credited on it,
//! so that the notes on it add up to it exactly; what is owed is billed again by the next bill. The
//! number stays. An invoice that came to nothing is voided in the same way: its note comes to
//! nothing too, credits that it moved to the balance are taken out of the balance, those that it used
//! are put back, and its lines are billed again. Where nothing is left of any line there is nothing
//! to take back: that is told as a finding.

use leasehold_types::{Date, Money};

use crate::Trouble;
use crate::book::Closed;
use crate::book::lease_book::LeaseBook;
use crate::book::plan::NoteDraft;
use crate::book::shared::Shared;
use crate::dates::next_day;
use crate::event::{CreditGranted, InvoiceVoided, LineCredit};
use crate::invoice::{
    BilledLine, CreditReason, HeadState, InvoiceState, LineNature, LineState, renumber,
};
use crate::rating::{ChargeKind, Head, Quantity, Working};

use super::moved::Failed;

impl LeaseBook {
    pub(super) fn grant(
        &mut self,
        credit: &CreditGranted,
        date: Date,
        shared: &mut Shared,
        closed: &mut Closed,
    ) -> Result<(), Failed> {
        let place = self.place_of(&credit.invoice)?;
        let head = |name: String| Head {
            period: date,
            kind: ChargeKind::GrantedCredit,
            tranche: None,
            phase: None,
            name: Some(name),
        };
        let mut taken = Taken::of(&self.invoices[place], Some(head(credit.invoice.clone())), date);
        if credit.lines.is_empty() {
            taken.take_all()?;
        }
        for line in &credit.lines {
            if let Some(money) = line.money {
                self.check_amount(money)?;
            }
            taken.take_part(*line)?;
        }
        let note = taken.note(place, CreditReason::Granted(credit.reason.clone()))?;
        let mut states = Vec::with_capacity(note.taxes.len());
        for total in &note.taxes {
            let off = self.zero().checked_sub(total.net)?;
            states.push(HeadState::granted(&total.class, off, date)?);
        }
        let number = self.issue_note(note, shared, date)?;
        for (state, part) in states.into_iter().zip(1_u32..) {
            self.heads.insert(head(format!("{number}, part {part}")), state);
        }
        self.finished = false;
        closed.credit_notes.push(number);
        Ok(())
    }

    pub(super) fn void_invoice(
        &mut self,
        void: &InvoiceVoided,
        date: Date,
        shared: &mut Shared,
        closed: &mut Closed,
    ) -> Result<(), Failed> {
        let place = self.place_of(&void.invoice)?;
        let mut taken = Taken::of(&self.invoices[place], None, date);
        taken.take_all()?;
        let note = taken.note(place, CreditReason::Voided(void.reason.clone()))?;
        for line in &note.lines {
            let Some(head) = &line.head else { continue };
            if let Some(state) = self.heads.get_mut(head) {
                state.unbill(&line.tax, line.amount)?;
                let until = state.until.unwrap_or(line.until);
                self.mark_dirty(head.period, until.max(next_day(head.period)));
            }
        }
        let number = self.issue_note(note, shared, date)?;
        closed.credit_notes.push(number);
        Ok(())
    }
}

/// What a credit note takes of an invoice, line by line.
struct Taken<'a> {
    before: &'a InvoiceState,
    after: InvoiceState,
    /// Under which head it is credited; under that of each line where absent.
    head: Option<Head>,
    date: Date,
    lines: Vec<BilledLine>,
}

impl<'a> Taken<'a> {
    fn of(invoice: &'a InvoiceState, head: Option<Head>, date: Date) -> Self {
        Taken { before: invoice, after: invoice.clone(), head, date, lines: Vec::new() }
    }

    /// Takes all that is left, of lines below zero too, and of what was credited beyond any line.
    fn take_all(&mut self) -> Result<(), Trouble> {
        for (i, line) in self.before.lines.iter().enumerate() {
            let left = line.left()?;
            self.line(format!("line {}", i + 1), line, left)?;
            self.after.lines[i].credited = line.amount;
        }
        for (i, line) in self.before.beyond.iter().enumerate() {
            self.line("what was credited".to_owned(), line, line.left()?)?;
            self.after.beyond[i].credited = line.amount;
        }
        Ok(())
    }

    /// Takes part of a line, at most what is left of it.
    fn take_part(&mut self, credit: LineCredit) -> Result<(), Trouble> {
        let at = usize::try_from(credit.line).unwrap_or(0).wrapping_sub(1);
        let what = format!("line {}", credit.line);
        let Some(line) = self.after.lines.get_mut(at) else {
            let number = &self.before.number;
            let message = format!("there is no {what} of invoice {number}; name one of its lines");
            return Err(Trouble::Impossible(message));
        };
        let left = line.left()?;
        let amount = credit.money.unwrap_or(left);
        if amount.minor() <= 0 || amount.minor() > left.minor() {
            let (asked, left) = (amount.to_string(), left.to_string());
            return Err(Trouble::CreditTooMuch { asked, left });
        }
        line.credited = line.credited.checked_add(amount)?;
        self.line(what, &self.before.lines[at], amount)
    }

    fn line(&mut self, what: String, of: &LineState, amount: Money) -> Result<(), Trouble> {
        if amount.is_zero() {
            return Ok(());
        }
        let number = &self.before.number;
        self.lines.push(BilledLine {
            number: 0,
            nature: LineNature::Correction(vec![number.clone()]),
            head: self.head.clone().or_else(|| of.head.clone()),
            label: format!("credit of {what} of invoice {number}"),
            phase: None,
            from: self.date,
            until: self.date,
            quantity: Quantity::ONE,
            price: None,
            exact: amount.exact()?,
            amount,
            tax: of.class.clone(),
            disclosed: true,
            working: Working::by("credit by a decision").with("left before", of.left()?),
        });
        Ok(())
    }

    /// The credit note.
    fn note(mut self, place: usize, reason: CreditReason) -> Result<NoteDraft, Trouble> {
        if self.lines.is_empty() {
            let number = &self.before.number;
            let message = format!("nothing of invoice {number} is left to credit");
            return Err(Trouble::Impossible(message));
        }
        renumber(&mut self.lines);
        NoteDraft::of(place, self.after, self.lines, reason)
    }
}

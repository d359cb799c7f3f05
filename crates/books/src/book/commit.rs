//! Carrying out a plan: numbers, entries, settlement by money that is there.

use leasehold_contract::lease::{DrawDown, Prepayment};
use leasehold_types::{Date, Money, Rounding};

use crate::dates::previous_day;
use crate::invoice::{Invoice, InvoiceDraft, InvoiceState, LineNature, SettledBy};
use crate::ledger::{Account, Cause, Posting};
use crate::recognise::{Recognition, position_postings};
use crate::{BooksError, Trouble};

use super::lease_book::LeaseBook;
use super::plan::{DayPlan, NoteDraft};
use super::shared::Shared;
use super::{Closed, Finding};

impl LeaseBook {
    /// Carries out `plan`.
    pub(crate) fn carry_out(
        &mut self,
        plan: DayPlan,
        shared: &mut Shared,
        closed: &mut Closed,
    ) -> Result<(), BooksError> {
        let date = plan.date;
        let at = |book: &LeaseBook, trouble: Trouble| {
            trouble.at(&book.first.id, format!("the close of {date}"))
        };
        for (head, state) in plan.heads {
            self.heads.insert(head, state);
        }
        for note in plan.notes {
            let number = self.issue_note(note, shared, date)?;
            closed.credit_notes.push(number);
        }
        if let Some(draft) = plan.draft {
            let number = self.issue(draft, shared).map_err(|trouble| at(self, trouble))??;
            closed.invoices.push(number);
        }
        if let Some(message) = plan.outside {
            let found = Finding { lease: self.first.id.clone(), event: None, message };
            if !self.findings.contains(&found) {
                self.findings.push(found);
            }
        }
        self.counted = plan.counted;
        if plan.bills {
            self.was_billed(date);
        }
        if let Some(recognition) = plan.recognition {
            self.recognise(recognition, shared, date)?;
        }
        Ok(())
    }

    fn issue(
        &mut self,
        draft: InvoiceDraft,
        shared: &mut Shared,
    ) -> Result<Result<String, BooksError>, Trouble> {
        let date = draft.issued;
        let rounding = draft.terms.rules.rounding;
        let (mut net, mut carried) = (self.zero(), self.zero());
        for line in &draft.lines {
            match line.nature {
                LineNature::CreditCarried | LineNature::CreditApplied => {
                    carried = carried.checked_add(line.amount)?;
                    self.move_balance(&line.tax.clone(), line.amount)?;
                }
                _ => net = net.checked_add(line.amount)?,
            }
        }
        let minus = |money: Money| self.zero().checked_sub(money);
        let after = self.position.checked_add(net)?;
        let mut postings = vec![
            Posting { account: Account::Receivable, amount: draft.total },
            Posting { account: Account::TaxPayable, amount: minus(draft.tax)? },
            Posting { account: Account::CustomerCredit, amount: minus(carried)? },
        ];
        postings.extend(self.position_to(after)?);
        let (place, invoice) = shared.issue(draft);
        let cause = Cause::Invoice(invoice.number.clone());
        let last = previous_day(invoice.until).max(invoice.from);
        let memo = format!("invoice {}, {} to {last}", invoice.number, invoice.from);
        if let Err(error) = shared.post(self, (date, date), cause, memo, postings) {
            return Ok(Err(error));
        }
        self.position = after;
        self.invoices.push(InvoiceState::of(&invoice, place, rounding));
        let place = self.invoices.len() - 1;
        Ok(self.settle_at_issue(place, &invoice, shared).map(|()| invoice.number.clone()))
    }

    fn move_balance(
        &mut self,
        class: &crate::rating::TaxClass,
        amount: Money,
    ) -> Result<(), Trouble> {
        let zero = self.zero();
        let held = self.credit_balance.entry(class.clone()).or_insert(zero);
        *held = held.checked_add(amount)?;
        if held.is_zero() {
            self.credit_balance.remove(class);
        }
        Ok(())
    }

    fn position_to(&self, after: Money) -> Result<Vec<Posting>, Trouble> {
        Ok(position_postings(self.first.accounting.standard, self.position, after)?)
    }

    /// Puts prepayments, then money on account, against a new invoice.
    fn settle_at_issue(
        &mut self,
        place: usize,
        invoice: &Invoice,
        shared: &mut Shared,
    ) -> Result<(), BooksError> {
        let date = invoice.issued;
        let at =
            |trouble: Trouble| trouble.at(&invoice.lease, format!("invoice {}", invoice.number));
        let rounding = invoice.terms.rules.rounding;
        for prepayment in &invoice.terms.prepayments {
            if invoice.until <= prepayment.draw_from {
                continue;
            }
            let most = draw(prepayment, invoice.total, rounding).map_err(at)?;
            let open = self.invoices[place].open;
            let drawn = least(&[most, open, self.prepaid]);
            self.prepaid = self.prepaid.checked_sub(drawn).map_err(|e| at(e.into()))?;
            self.apply(place, drawn, Account::Prepayments, SettledBy::Prepayment, date, shared)?;
        }
        let used = least(&[self.invoices[place].open, self.on_account]);
        self.on_account = self.on_account.checked_sub(used).map_err(|e| at(e.into()))?;
        self.apply(place, used, Account::OnAccount, SettledBy::OnAccount, date, shared)
    }

    /// Settles `amount` of an invoice out of `account`.
    fn apply(
        &mut self,
        place: usize,
        amount: Money,
        account: Account,
        by: SettledBy,
        date: Date,
        shared: &mut Shared,
    ) -> Result<(), BooksError> {
        if amount.minor() <= 0 {
            return Ok(());
        }
        let number = self.invoices[place].number.clone();
        let at = |trouble: Trouble| trouble.at(&self.first.id, format!("invoice {number}"));
        let credit = self.zero().checked_sub(amount).map_err(|e| at(e.into()))?;
        let postings = vec![
            Posting { account, amount },
            Posting { account: Account::Receivable, amount: credit },
        ];
        let open = self.invoices[place].open.checked_sub(amount).map_err(|e| at(e.into()))?;
        let memo = format!("{account} against invoice {number}");
        shared.post(self, (date, date), Cause::Settlement(number.clone()), memo, postings)?;
        self.invoices[place].open = open;
        shared.settle(self.invoices[place].place, date, amount, by);
        Ok(())
    }

    /// Issues a credit note: it lowers what is open, and what was paid already stands on account.
    pub(crate) fn issue_note(
        &mut self,
        note: NoteDraft,
        shared: &mut Shared,
        date: Date,
    ) -> Result<String, BooksError> {
        let id = self.first.id.clone();
        let place = note.place;
        let after = note.after.clone();
        let at = |trouble: Trouble| trouble.at(&id, format!("credit note on {}", after.number));
        let mut carried = self.zero();
        for line in note.lines.iter().filter(|line| line.head.is_none()) {
            carried = carried.checked_add(line.amount).map_err(|e| at(e.into()))?;
            let back = self.zero().checked_sub(line.amount).map_err(|e| at(e.into()))?;
            self.move_balance(&line.tax.clone(), back).map_err(at)?;
        }
        let issued = shared.issue_note(note, self, date).map_err(at)?.clone();
        let postings = || -> Result<(Vec<Posting>, Money, Money, Money), Trouble> {
            let minus = |money: Money| self.zero().checked_sub(money);
            let open = self.invoices[place].open;
            let off = least(&[open, issued.total]);
            let on_account = issued.total.checked_sub(off)?;
            let position = self.position.checked_sub(issued.net.checked_sub(carried)?)?;
            let mut postings = vec![
                Posting { account: Account::Receivable, amount: minus(off)? },
                Posting { account: Account::OnAccount, amount: minus(on_account)? },
                Posting { account: Account::TaxPayable, amount: issued.tax },
                Posting { account: Account::CustomerCredit, amount: carried },
            ];
            postings.extend(self.position_to(position)?);
            Ok((postings, off, on_account, position))
        };
        let (postings, off, on_account, position) = postings().map_err(at)?;
        let cause = Cause::CreditNote(issued.number.clone());
        let memo = format!("credit note {} on invoice {}", issued.number, issued.invoice);
        shared.post(self, (date, date), cause, memo, postings)?;
        let open = self.invoices[place].open.checked_sub(off).map_err(|e| at(e.into()))?;
        self.invoices[place] = after.clone();
        self.invoices[place].open = open;
        self.on_account = self.on_account.checked_add(on_account).map_err(|e| at(e.into()))?;
        self.position = position;
        let by = SettledBy::CreditNote(issued.number.clone());
        if !off.is_zero() {
            shared.settle(self.invoices[place].place, date, off, by);
        }
        Ok(issued.number)
    }

    fn recognise(
        &mut self,
        recognition: Recognition,
        shared: &mut Shared,
        date: Date,
    ) -> Result<(), BooksError> {
        let id = self.first.id.clone();
        let at = |trouble: Trouble| trouble.at(&id, format!("revenue to the end of {date}"));
        let work = || -> Result<(Vec<Posting>, Money), Trouble> {
            let mut postings = Vec::new();
            let mut position = self.position;
            for (kind, to_date) in &recognition.to_date {
                let before = self.recognised.get(kind).copied().unwrap_or(self.zero());
                let earned = to_date.checked_sub(before)?;
                position = position.checked_sub(earned)?;
                let amount = self.zero().checked_sub(earned)?;
                postings.push(Posting { account: Account::Revenue(*kind), amount });
            }
            postings.extend(self.position_to(position)?);
            Ok((postings, position))
        };
        let (postings, position) = work().map_err(at)?;
        let memo = format!("revenue to the end of {date}");
        shared.post(self, (date, date), Cause::MonthClosed(date), memo, postings)?;
        self.position = position;
        self.recognised.extend(recognition.to_date);
        self.heads.extend(recognition.heads);
        self.finished = recognition.finished;
        Ok(())
    }
}

/// How much of an invoice a prepayment pays at most.
fn draw(prepayment: &Prepayment, total: Money, rounding: Rounding) -> Result<Money, Trouble> {
    Ok(match &prepayment.draw_down {
        DrawDown::InFull => total,
        DrawDown::Share(share) => {
            Money::from_exact(total.exact()?.checked_mul(*share)?, total.currency(), rounding)
        }
        DrawDown::UpTo(most) => *most,
    })
}

/// The least of amounts of one currency, not below zero.
pub(crate) fn least(amounts: &[Money]) -> Money {
    let least = amounts.iter().copied().min_by_key(|money| money.minor());
    let least = least.unwrap_or(amounts[0]);
    if least.is_negative() { Money::zero(least.currency()) } else { least }
}

//! Payments, allocations, refunds, credits by a decision, voids.
//!
//! None of them can make a lease impossible: one that does not fit is kept as a finding, and money
//! that came is held on account.

mod credit;
mod moved;

use leasehold_types::{Date, Money};

use crate::event::{Allocation, Event, EventKey, EventKind, PaidFrom, PaidToward, Payment, Refund};
use crate::invoice::SettledBy;
use crate::ledger::{Account, Cause, Posting};
use crate::rating::tax_on;
use crate::{BooksError, Trouble};

use moved::{Failed, Moved};

pub(crate) use moved::MoneyMoved;

use super::commit::least;
use super::lease_book::LeaseBook;
use super::shared::Shared;
use super::{Closed, Finding};

/// The day on which something is booked, and the day to which it belongs.
type Dates = (Date, Date);

impl LeaseBook {
    /// Carries out an event that moves money or credits something, on `date`.
    pub(crate) fn move_money(
        &mut self,
        event: &Event,
        date: Date,
        shared: &mut Shared,
        closed: &mut Closed,
    ) -> Result<(), BooksError> {
        if self.is_void(&event.key) && !matches!(event.kind, EventKind::Correction(_)) {
            return Ok(());
        }
        let dates = (date, self.day_of(event.moment()).min(date));
        let done = match &event.kind {
            EventKind::Payment(payment) => self.pay(&event.key, payment, dates, shared),
            EventKind::Allocation(it) => self.allocate(&event.key, it, dates, shared),
            EventKind::Refund(refund) => self.refund(&event.key, refund, dates, shared),
            EventKind::CreditGranted(credit) => self.grant(credit, date, shared, closed),
            EventKind::InvoiceVoided(void) => self.void_invoice(void, date, shared, closed),
            EventKind::Correction(it) => self.take_back(&event.key, &it.event, dates, shared),
            _ => Ok(()),
        };
        match done {
            Ok(()) => Ok(()),
            Err(Failed::Books(error)) => Err(error),
            Err(Failed::Trouble(trouble)) => {
                let line = format!("{} {}", event.kind.word(), event.key);
                let message = trouble.at(&self.first.id, line).to_string();
                self.find(&event.key, message);
                Ok(())
            }
        }
    }

    fn find(&mut self, key: &EventKey, message: String) {
        let (lease, event) = (self.first.id.clone(), Some(key.clone()));
        self.findings.push(Finding { lease, event, message });
    }

    /// Refuses an amount of another currency, or one that no sum could hold.
    fn check_amount(&self, money: Money) -> Result<(), Trouble> {
        let (expected, found) = (self.first.currency, money.currency());
        if expected != found {
            return Err(Trouble::OtherCurrency { expected, found });
        }
        crate::limits::check_amount(money)
    }

    fn place_of(&self, invoice: &str) -> Result<usize, Trouble> {
        let found = self.invoices.iter().position(|state| state.number == invoice);
        found.ok_or_else(|| Trouble::UnknownInvoice(invoice.to_owned()))
    }

    fn pay(
        &mut self,
        key: &EventKey,
        payment: &Payment,
        dates: Dates,
        shared: &mut Shared,
    ) -> Result<(), Failed> {
        self.check_amount(payment.money)?;
        let mut moved = Moved::new(self, Account::Cash, payment.money);
        match payment.toward {
            PaidToward::Deposit => moved.credit(Account::DepositsHeld, payment.money)?,
            PaidToward::Prepayment => moved.credit(Account::Prepayments, payment.money)?,
            PaidToward::Invoices => {
                let (places, unknown) = self.places_paid(payment.invoices.as_deref());
                let mut left = payment.money;
                for place in places {
                    let part = least(&[left, self.invoices[place].open]);
                    left = left.checked_sub(part)?;
                    moved.settle(place, part)?;
                }
                moved.credit(Account::OnAccount, left)?;
                for number in unknown {
                    let message = format!(
                        "payment {key} names invoice `{number}`, which this lease does not have; \
                         what it pays is held on account: allocate it"
                    );
                    self.find(key, message);
                }
            }
        }
        let memo = format!("payment {}", payment.reference);
        self.book(key, moved.done, dates, memo.trim_end().to_owned(), shared)
    }

    /// The invoices that a payment pays, in order, and the numbers that nobody knows.
    fn places_paid(&self, named: Option<&[String]>) -> (Vec<usize>, Vec<String>) {
        let Some(named) = named else {
            let mut open: Vec<usize> =
                (0..self.invoices.len()).filter(|i| self.invoices[*i].open.minor() > 0).collect();
            open.sort_by_key(|i| (self.invoices[*i].due, *i));
            return (open, Vec::new());
        };
        let (mut places, mut unknown) = (Vec::new(), Vec::new());
        for number in named {
            match self.place_of(number) {
                Ok(place) if !places.contains(&place) => places.push(place),
                Ok(_) => {}
                Err(_) => unknown.push(number.clone()),
            }
        }
        (places, unknown)
    }

    fn allocate(
        &mut self,
        key: &EventKey,
        allocation: &Allocation,
        dates: Dates,
        shared: &mut Shared,
    ) -> Result<(), Failed> {
        self.check_amount(allocation.money)?;
        let account = self.account_of(allocation.out_of, allocation.money)?;
        let place = self.place_of(&allocation.invoice)?;
        let open = self.invoices[place].open;
        if allocation.money.minor() > open.minor() {
            let (asked, left) = (allocation.money.to_string(), open.to_string());
            let account = format!("what is open of invoice {}", allocation.invoice);
            return Err(Trouble::TooLittle { account, asked, left }.into());
        }
        let mut moved = Moved::new(self, account, allocation.money);
        moved.settle(place, allocation.money)?;
        let memo = format!("{account} against invoice {}", allocation.invoice);
        self.book(key, moved.done, dates, memo, shared)
    }

    fn refund(
        &mut self,
        key: &EventKey,
        refund: &Refund,
        dates: Dates,
        shared: &mut Shared,
    ) -> Result<(), Failed> {
        self.check_amount(refund.money)?;
        let memo = format!("refund {}", refund.reference).trim_end().to_owned();
        if refund.out_of == PaidFrom::CreditBalance {
            return self.refund_balance(key, refund.money, dates, memo, shared);
        }
        let account = self.account_of(refund.out_of, refund.money)?;
        let mut moved = Moved::new(self, account, refund.money);
        moved.credit(Account::Cash, refund.money)?;
        self.book(key, moved.done, dates, memo, shared)
    }

    /// Pays out the whole credit balance, with the tax that its credits would have lowered.
    fn refund_balance(
        &mut self,
        key: &EventKey,
        money: Money,
        dates: Dates,
        memo: String,
        shared: &mut Shared,
    ) -> Result<(), Failed> {
        let rounding = self.first.rules.rounding;
        let (mut net, mut tax) = (self.zero(), self.zero());
        for (class, held) in &self.credit_balance {
            net = net.checked_add(*held)?;
            tax = tax.checked_add(tax_on(*held, class, rounding)?)?;
        }
        let all = net.checked_add(tax)?;
        if money != all || all.minor() <= 0 {
            let (asked, left) = (money.to_string(), all.to_string());
            let account =
                "the credit balance, which is paid out as a whole with its tax".to_owned();
            return Err(Trouble::TooLittle { account, asked, left }.into());
        }
        let minus = self.zero().checked_sub(all)?;
        let postings = vec![
            Posting { account: Account::CustomerCredit, amount: net },
            Posting { account: Account::TaxPayable, amount: tax },
            Posting { account: Account::Cash, amount: minus },
        ];
        shared.post(self, dates, Cause::Event(key.clone()), memo, postings)?;
        self.credit_balance.clear();
        Ok(())
    }

    /// The account that money comes out of, if it holds enough.
    fn account_of(&self, from: PaidFrom, asked: Money) -> Result<Account, Trouble> {
        let (account, left) = match from {
            PaidFrom::OnAccount => (Account::OnAccount, self.on_account),
            PaidFrom::Deposit => (Account::DepositsHeld, self.deposit),
            PaidFrom::Prepayment => (Account::Prepayments, self.prepaid),
            PaidFrom::CreditBalance => {
                let message = "the credit balance is used by the next invoice by itself, or paid \
                               out by a refund";
                return Err(Trouble::Impossible(message.to_owned()));
            }
        };
        if asked.minor() > left.minor() {
            let (asked, left) = (asked.to_string(), left.to_string());
            return Err(Trouble::TooLittle { account: account.to_string(), asked, left });
        }
        Ok(account)
    }

    /// Posts what was moved, and moves it.
    fn book(
        &mut self,
        key: &EventKey,
        moved: MoneyMoved,
        dates: Dates,
        memo: String,
        shared: &mut Shared,
    ) -> Result<(), Failed> {
        self.shift(&moved)?;
        let cause = Cause::Event(key.clone());
        shared.post(self, dates, cause, memo, moved.postings.clone())?;
        for (place, amount) in &moved.settled {
            let out_of_deposit =
                moved.postings.iter().any(|posting| posting.account == Account::DepositsHeld);
            let by = if out_of_deposit {
                SettledBy::Deposit(key.clone())
            } else {
                SettledBy::Payment(key.clone())
            };
            shared.settle(self.invoices[*place].place, dates.0, *amount, by);
        }
        self.moved.insert(key.clone(), moved);
        Ok(())
    }

    /// Changes what is held and what is open, all of it or nothing.
    fn shift(&mut self, moved: &MoneyMoved) -> Result<(), Trouble> {
        let (mut on_account, mut deposit, mut prepaid) =
            (self.on_account, self.deposit, self.prepaid);
        for posting in &moved.postings {
            let held = match posting.account {
                Account::OnAccount => &mut on_account,
                Account::DepositsHeld => &mut deposit,
                Account::Prepayments => &mut prepaid,
                _ => continue,
            };
            *held = held.checked_sub(posting.amount)?;
            if held.is_negative() {
                let left = held.checked_add(posting.amount)?.to_string();
                let (account, asked) = (posting.account.to_string(), posting.amount.to_string());
                return Err(Trouble::TooLittle { account, asked, left });
            }
        }
        let mut opens = Vec::with_capacity(moved.settled.len());
        for (place, amount) in &moved.settled {
            opens.push((*place, self.invoices[*place].open.checked_sub(*amount)?));
        }
        (self.on_account, self.deposit, self.prepaid) = (on_account, deposit, prepaid);
        for (place, open) in opens {
            self.invoices[place].open = open;
        }
        Ok(())
    }

    /// Takes back what an event moved: a transfer that bounced, a payment of another's.
    fn take_back(
        &mut self,
        by: &EventKey,
        event: &EventKey,
        dates: Dates,
        shared: &mut Shared,
    ) -> Result<(), Failed> {
        let Some(moved) = self.moved.get(event).cloned() else { return Ok(()) };
        let minus = |money: Money| self.zero().checked_sub(money);
        let back = MoneyMoved {
            postings: moved
                .postings
                .iter()
                .map(|p| Ok(Posting { account: p.account, amount: minus(p.amount)? }))
                .collect::<Result<_, Trouble>>()?,
            settled: moved
                .settled
                .iter()
                .map(|(place, amount)| Ok((*place, minus(*amount)?)))
                .collect::<Result<_, Trouble>>()?,
        };
        let memo = format!("taken back: {event}");
        self.book(by, back, dates, memo, shared)?;
        self.moved.remove(event);
        Ok(())
    }
}

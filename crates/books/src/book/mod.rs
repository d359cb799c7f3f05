//! The books of many leases: record what happened, close days, read what follows.
//!
//! `record` takes events in any order; `close` issues what is due and books what has ended, through
//! a day. Closing a day twice changes nothing. A lease that cannot be computed is parked with its
//! reason and tried again at the next close; the others go on.

mod capacity;
mod commit;
mod commitments;
mod history;
mod known;
mod lease_book;
mod money;
mod owed;
mod part;
mod plan;
mod rater;
mod shared;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_types::{Date, Instant, LeaseId, Money};
use serde::{Deserialize, Serialize};

use crate::event::{Conflict, Event, EventKey, Inbox, Offered};
use crate::invoice::{CreditNote, Invoice, Settlement};
use crate::ledger::Journal;
use crate::rating::{HourUse, TaxClass};
use crate::{BooksError, Trouble};

pub use capacity::{CAPACITY_DAYS_MAX, DayCapacity, Recall, TrancheTime};
pub use commitments::CommitmentTotal;
pub use lease_book::LeaseBook;
pub use part::{Drained, Numbering, wakes_lease};
pub use plan::{DAYS_TO_PAY_DEFAULT, DayPlan, NoteDraft};

pub(crate) use plan::{ACCRUED, rounding_on};
pub(crate) use rater::Rater;

use shared::Shared;

/// What the books assume and how they name things.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// What a tranche without any delivery event means.
    pub deliveries: Deliveries,
    /// A day that closes a month for revenue though the month goes on: the last day of a report.
    pub cut_off: Option<Date>,
}

/// What a tranche without any delivery event means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deliveries {
    /// It came in full on its day. A tranche with a delivery event is as its events say.
    #[default]
    AsPromised,
    /// It has not come: every delivery is recorded.
    Recorded,
}

/// The books.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Books {
    policy: Policy,
    #[serde(with = "crate::pairs")]
    leases: BTreeMap<LeaseId, LeaseBook>,
    inbox: Inbox,
    shared: Shared,
}

/// Something that a person should see: an event that does not count, or counts otherwise than its
/// sender may think. The lease goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which lease.
    pub lease: LeaseId,
    /// Which event.
    pub event: Option<EventKey>,
    /// What, and what to do.
    pub message: String,
}

/// A lease that cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// The first day that could not be closed.
    pub since: Date,
    /// Why.
    pub because: BooksError,
}

/// What a close did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Closed {
    /// Numbers of the invoices that it issued.
    pub invoices: Vec<String>,
    /// Numbers of the credit notes that it issued.
    pub credit_notes: Vec<String>,
    /// Entries that it posted.
    pub entries: u64,
    /// Leases that it left parked.
    pub parked: Vec<LeaseId>,
}

/// Runs leases with their history through the close of `through`.
///
/// Events may come in any order; those learnt of after `through` are not read. One that comes twice
/// counts once; of two with one key and different contents the one that was learnt of first counts,
/// the one that stands first where both were learnt of at once. Events that were learnt of at once
/// are taken in the order of their keys.
///
/// # Errors
/// [`BooksError`] where two leases have one id, or an event is about a lease that is not here.
pub fn run(
    leases: Vec<Lease>,
    mut events: Vec<Event>,
    through: Date,
    policy: Policy,
) -> Result<Books, BooksError> {
    let mut books = Books::new(policy);
    for lease in leases {
        books.add_lease(lease)?;
    }
    events.sort_by_key(|event| event.at);
    for event in events {
        books.record(event)?;
    }
    books.close(through);
    Ok(books)
}

impl Books {
    /// Empty books.
    pub fn new(policy: Policy) -> Self {
        Books { policy, ..Books::default() }
    }

    /// Takes in a lease as signed. Later versions come as events.
    ///
    /// # Errors
    /// [`BooksError`] where the lease is there already.
    pub fn add_lease(&mut self, lease: Lease) -> Result<(), BooksError> {
        let id = lease.id.clone();
        if self.leases.contains_key(&id) {
            let message = "the lease is in the books already; a new version is an amendment";
            return Err(Trouble::Impossible(message.to_owned()).at(&id, "lease"));
        }
        self.leases.insert(id, LeaseBook::new(lease, self.policy.clone()));
        Ok(())
    }

    /// Takes in an event. It counts from the next close on that reaches the day on which it was
    /// learnt of; what is learnt of for a day that is closed is booked on the next one.
    ///
    /// # Errors
    /// [`BooksError`] where it is about a lease that is not here, or says what no event may say; it
    /// is then not taken in.
    pub fn record(&mut self, event: Event) -> Result<Offered, BooksError> {
        let line = || format!("{} {}", event.kind.word(), event.key);
        let Some(book) = self.leases.get_mut(&event.lease) else {
            let message =
                "there is no such lease in the books; add its term sheet or correct the id";
            return Err(Trouble::Impossible(message.to_owned()).at(&event.lease, line()));
        };
        event.check().map_err(|message| Trouble::Impossible(message).at(&event.lease, line()))?;
        let offered = self
            .inbox
            .offer(&event)
            .map_err(|error| Trouble::Impossible(error.to_string()).at(&event.lease, line()))?;
        if offered == Offered::New {
            book.record(event);
        }
        Ok(offered)
    }

    /// Adds use that was counted elsewhere, each record once: what was used in the hour (or the
    /// part of one) that begins at `at`. For feeds too large to pass record by record.
    ///
    /// # Errors
    /// [`BooksError`] where the lease is not here or a count does not fit.
    pub fn add_hour(
        &mut self,
        lease: &LeaseId,
        at: Instant,
        used: HourUse,
    ) -> Result<(), BooksError> {
        match self.leases.get_mut(lease) {
            Some(book) => book.add_hour(at, used),
            None => Err(Trouble::Impossible("there is no such lease in the books".to_owned())
                .at(lease, format!("use in the hour from {at}"))),
        }
    }

    /// Makes `date` a day on which revenue is closed as at a month's end; for a report that ends
    /// within a month. It must come before that day is closed.
    pub fn cut_off(&mut self, date: Date) {
        self.policy.cut_off = Some(date);
        for book in self.leases.values_mut() {
            book.policy.cut_off = Some(date);
        }
    }

    /// Closes every day through `through`: issues what is due, books what ended.
    pub fn close(&mut self, through: Date) -> Closed {
        self.close_with(through, |jobs| jobs.iter().map(PlanJob::plan).collect())
    }

    /// As [`Books::close`], with the plans of a day worked out by `planner`, which may do so on
    /// several threads. It gives one plan for each job, in the order of the jobs.
    pub fn close_with(
        &mut self,
        through: Date,
        planner: impl Fn(&[PlanJob<'_>]) -> Vec<Result<DayPlan, BooksError>>,
    ) -> Closed {
        self.close_asking(through, &planner, &mut |_| ())
    }

    /// Closes; `issuing` is called each time before documents may be issued.
    fn close_asking(
        &mut self,
        through: Date,
        planner: &impl Fn(&[PlanJob<'_>]) -> Vec<Result<DayPlan, BooksError>>,
        issuing: &mut dyn FnMut(&mut Shared),
    ) -> Closed {
        let mut closed = Closed::default();
        let before = self.shared.journal.entries().len();
        let mut agenda: BTreeSet<(Date, LeaseId)> = BTreeSet::new();
        for (id, book) in &mut self.leases {
            if let Some(day) = book.first_day(through) {
                agenda.insert((day, id.clone()));
            }
        }
        while let Some((date, _)) = agenda.first().filter(|(date, _)| *date <= through).cloned() {
            let due: Vec<LeaseId> = agenda
                .iter()
                .take_while(|(day, _)| *day == date)
                .map(|(_, id)| id.clone())
                .collect();
            self.close_day(date, &due, planner, issuing, &mut closed);
            for id in due {
                agenda.remove(&(date, id.clone()));
                let next = self.leases.get(&id).and_then(|book| book.next_day(date));
                agenda.extend(next.map(|next| (next, id)));
            }
        }
        for book in self.leases.values_mut() {
            book.closed = book.closed.max(Some(through));
        }
        let entries = self.shared.journal.entries().len() - before;
        closed.entries = u64::try_from(entries).unwrap_or(u64::MAX);
        closed.parked = self.parked().keys().map(|id| (*id).clone()).collect();
        closed
    }

    fn close_day(
        &mut self,
        date: Date,
        due: &[LeaseId],
        planner: &impl Fn(&[PlanJob<'_>]) -> Vec<Result<DayPlan, BooksError>>,
        issuing: &mut dyn FnMut(&mut Shared),
        closed: &mut Closed,
    ) {
        let mut later: Vec<(LeaseId, Vec<Event>)> = Vec::new();
        let mut planned: Vec<LeaseId> = Vec::new();
        for id in due {
            let Some(book) = self.leases.get_mut(id) else { continue };
            later.push((id.clone(), book.absorb(date)));
            match book.update(date) {
                Ok(()) => planned.push(id.clone()),
                Err(error) => book.park(date, error),
            }
        }
        let jobs: Vec<PlanJob<'_>> =
            planned.iter().filter_map(|id| self.leases.get(id)).map(|b| b.job(date)).collect();
        let plans = planner(&jobs);
        let issues = |plan: &DayPlan| plan.draft.is_some() || !plan.notes.is_empty();
        if plans.iter().flatten().any(issues) || later.iter().any(|(_, events)| !events.is_empty())
        {
            issuing(&mut self.shared);
        }
        for (id, plan) in planned.iter().zip(plans) {
            let Some(book) = self.leases.get_mut(id) else { continue };
            match plan.and_then(|plan| book.carry_out(plan, &mut self.shared, closed)) {
                Ok(()) => book.parked = None,
                Err(error) => book.park(date, error),
            }
        }
        for (id, events) in later {
            let Some(book) = self.leases.get_mut(&id) else { continue };
            for event in &events {
                if let Err(error) = book.move_money(event, date, &mut self.shared, closed) {
                    book.park(date, error);
                }
            }
        }
    }

    /// What a bill on `date` would hold, as things stand, without issuing it.
    ///
    /// # Errors
    /// [`BooksError`] where the lease is not here or cannot be computed.
    pub fn draft(&self, lease: &LeaseId, date: Date) -> Result<DayPlan, BooksError> {
        let Some(book) = self.leases.get(lease) else {
            let message = "there is no such lease in the books".to_owned();
            return Err(Trouble::Impossible(message).at(lease, "draft"));
        };
        let mut book = book.clone();
        book.begin()?;
        book.absorb(date);
        book.update(date)?;
        book.plan(date, true, false)
    }

    /// Every invoice, in the order of issue.
    pub fn invoices(&self) -> &[Invoice] {
        &self.shared.invoices
    }

    /// The invoice of that number; where several issuers use it, the one that was issued first.
    pub fn invoice(&self, number: &str) -> Option<&Invoice> {
        self.shared.invoice(number)
    }

    /// Every credit note, in the order of issue.
    pub fn credit_notes(&self) -> &[CreditNote] {
        &self.shared.credit_notes
    }

    /// What settled the invoice of that number so far, in order; as [`Books::invoice`] finds it.
    pub fn settlements(&self, invoice: &str) -> &[Settlement] {
        self.invoice(invoice).map_or(&[], |invoice| self.settled(invoice))
    }

    /// What settled an invoice of these books so far, in order.
    pub fn settled(&self, invoice: &Invoice) -> &[Settlement] {
        self.shared.settled(invoice)
    }

    /// Every entry.
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// Events that came again with another content.
    pub fn conflicts(&self) -> &[Conflict] {
        self.inbox.conflicts()
    }

    /// What people should see, by lease.
    pub fn findings(&self) -> Vec<&Finding> {
        self.leases.values().flat_map(LeaseBook::findings).collect()
    }

    /// Leases that could not be computed at the last close, and why.
    pub fn parked(&self) -> BTreeMap<&LeaseId, &Parked> {
        let parked = self.leases.iter();
        parked.filter_map(|(id, book)| book.parked.as_ref().map(|why| (id, why))).collect()
    }

    /// Every lease.
    pub fn leases(&self) -> impl Iterator<Item = &LeaseBook> {
        self.leases.values()
    }

    /// The lease of that id.
    pub fn lease(&self, id: &LeaseId) -> Option<&LeaseBook> {
        self.leases.get(id)
    }

    /// What the books assume.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// The plan of one lease for one day, to be worked out.
#[derive(Debug, Clone, Copy)]
pub struct PlanJob<'a> {
    book: &'a LeaseBook,
    date: Date,
    bills: bool,
    month: bool,
}

impl PlanJob<'_> {
    /// Works it out.
    ///
    /// # Errors
    /// [`BooksError`] where the lease cannot be computed: it is then parked.
    pub fn plan(&self) -> Result<DayPlan, BooksError> {
        self.book.plan(self.date, self.bills, self.month)
    }
}

impl LeaseBook {
    /// The first day on which something is to be done, up to `through`.
    fn first_day(&mut self, through: Date) -> Option<Date> {
        if self.closed.is_some_and(|closed| closed >= through) {
            return None;
        }
        if let Err(error) = self.begin() {
            let day = self.closed.map_or(self.first.effective, crate::dates::next_day);
            self.park(day, error);
            return Some(day);
        }
        let after = self.closed.unwrap_or_else(|| self.before_all());
        self.next_day(after)
    }

    fn job(&self, date: Date) -> PlanJob<'_> {
        let month = date == date.last_of_month() || self.policy.cut_off == Some(date);
        PlanJob { book: self, date, bills: self.bills_on(date), month }
    }

    fn park(&mut self, date: Date, because: BooksError) {
        let since = self.parked.as_ref().map_or(date, |parked| parked.since);
        self.parked = Some(Parked { since, because });
    }

    /// The lease as signed.
    pub fn signed(&self) -> &Arc<Lease> {
        &self.first
    }

    /// The version in force on `date`, as far as it is known.
    pub fn version_on(&self, date: Date) -> Arc<Lease> {
        self.known().map_or_else(|| self.first.clone(), |known| known.lease_on(date).clone())
    }

    /// Credits that no invoice has used yet, before tax, by the class of what they credit.
    pub fn credit_balance(&self) -> impl Iterator<Item = (&TaxClass, Money)> {
        self.credit_balance.iter().map(|(class, money)| (class, *money))
    }

    /// Money of the tenant's that no invoice has used yet.
    pub fn on_account(&self) -> Money {
        self.on_account
    }

    /// Money held as security.
    pub fn deposit(&self) -> Money {
        self.deposit
    }

    /// What is left of prepayments.
    pub fn prepaid(&self) -> Money {
        self.prepaid
    }

    /// How many events wait for a close that reaches the day on which they were learnt of.
    pub fn waiting(&self) -> usize {
        self.pending_events()
    }

    /// Why it is parked, where it is.
    pub fn parked(&self) -> Option<&Parked> {
        self.parked.as_ref()
    }

    /// What people should see.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let known = self.known().map_or(&[][..], |known| &known.findings);
        known.iter().chain(&self.findings)
    }
}

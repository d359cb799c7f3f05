//! One lease in the books: what is known of it, what was billed, what it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leasehold_contract::Lease;
use leasehold_types::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

use crate::BooksError;
use crate::dates::{add_days, next_day, previous_day};
use crate::event::{Event, EventKey, Usage};
use crate::invoice::{HeadState, InvoiceState};
use crate::ledger::RevenueKind;
use crate::rating::{Head, TaxClass, UsageStore, UseChange};

use super::history::History;
use super::known::Known;
use super::money::MoneyMoved;
use super::rater::{Counted, Rater};
use super::versions::chain;
use super::{Finding, Parked, Policy};

/// Days of the longest month.
const MONTH_DAYS_MAX: i64 = 31;

/// One lease in the books.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeaseBook {
    pub(crate) first: Arc<Lease>,
    pub(super) policy: Policy,
    /// Events that no close has reached, in the order in which they were learnt of; of two that
    /// were learnt of at once, by their keys.
    #[serde(with = "pending")]
    pub(super) pending: BTreeMap<(Instant, EventKey), Event>,
    /// Those of them that may change the calendar or move money; what was used or taken waits for
    /// the next bill.
    pub(super) waking: BTreeSet<(Instant, EventKey)>,
    /// Whether what is known has to be folded anew.
    pub(super) unfolded: bool,
    pub(super) history: History,
    #[serde(skip)]
    pub(super) known: Option<Box<Known>>,
    /// The day as of which it was folded.
    folded_on: Option<Date>,
    /// What was known last, where what was learnt since could not be folded: it cannot be found
    /// again from the events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<Box<Known>>,
    #[serde(skip)]
    pub(super) boundaries: Vec<Date>,
    pub(crate) usage: UsageStore,
    /// Use that was counted elsewhere and is learnt of on a day that no close has reached. Whoever
    /// counts it brings it again after a restart.
    #[serde(skip)]
    pub(super) pending_use: BTreeMap<Date, Vec<UseChange>>,
    #[serde(with = "crate::pairs")]
    pub(super) usage_records: BTreeMap<EventKey, Usage>,
    /// Records that could not be counted; until they are corrected the lease is parked.
    #[serde(with = "crate::pairs")]
    pub(super) broken: BTreeMap<EventKey, BooksError>,
    #[serde(with = "crate::pairs")]
    pub(crate) heads: BTreeMap<Head, HeadState>,
    /// Use that was counted since the last bill and has not changed since.
    #[serde(skip)]
    pub(super) counted: Counted,
    /// Spans of days whose bill may have changed since the last one; disjoint.
    dirty: BTreeSet<(Date, Date)>,
    pub(crate) billed_at: Option<Date>,
    pub(crate) closed: Option<Date>,
    /// Whether it is over, and all that was billed is recognised.
    pub(crate) finished: bool,
    #[serde(with = "crate::pairs")]
    pub(crate) credit_balance: BTreeMap<TaxClass, Money>,
    #[serde(with = "crate::pairs")]
    pub(crate) recognised: BTreeMap<RevenueKind, Money>,
    /// Billed less recognised: a contract liability where above zero, an asset where below.
    pub(crate) position: Money,
    pub(crate) on_account: Money,
    pub(crate) deposit: Money,
    pub(crate) prepaid: Money,
    pub(crate) invoices: Vec<InvoiceState>,
    #[serde(with = "crate::pairs")]
    pub(crate) moved: BTreeMap<EventKey, MoneyMoved>,
    pub(crate) parked: Option<Parked>,
    pub(crate) findings: Vec<Finding>,
}

mod pending {
    //! Events that wait, as their lines.
    use std::collections::BTreeMap;

    use leasehold_types::Instant;
    use serde::{Deserialize, Deserializer, Serializer, de, ser};

    use crate::event::{Event, EventKey, reread, to_line};

    pub(super) fn serialize<S: Serializer>(
        events: &BTreeMap<(Instant, EventKey), Event>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let lines: Result<Vec<String>, serde_json::Error> = events.values().map(to_line).collect();
        to.collect_seq(lines.map_err(ser::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<(Instant, EventKey), Event>, D::Error> {
        let lines = Vec::<String>::deserialize(from)?;
        let read = |line: String| {
            let event = reread(&line).map_err(de::Error::custom)?;
            Ok(((event.at, event.key.clone()), event))
        };
        lines.into_iter().map(read).collect()
    }
}

impl LeaseBook {
    pub(crate) fn new(lease: Lease, policy: Policy) -> Self {
        let zero = Money::zero(lease.currency);
        LeaseBook {
            first: Arc::new(lease),
            policy,
            pending: BTreeMap::new(),
            waking: BTreeSet::new(),
            unfolded: true,
            history: History::default(),
            known: None,
            folded_on: None,
            kept: None,
            boundaries: Vec::new(),
            usage: UsageStore::default(),
            pending_use: BTreeMap::new(),
            usage_records: BTreeMap::new(),
            broken: BTreeMap::new(),
            heads: BTreeMap::new(),
            counted: Counted::new(),
            dirty: BTreeSet::new(),
            billed_at: None,
            closed: None,
            finished: false,
            credit_balance: BTreeMap::new(),
            recognised: BTreeMap::new(),
            position: zero,
            on_account: zero,
            deposit: zero,
            prepaid: zero,
            invoices: Vec::new(),
            moved: BTreeMap::new(),
            parked: None,
            findings: Vec::new(),
        }
    }

    /// Nothing, in the lease's currency.
    pub(crate) fn zero(&self) -> Money {
        Money::zero(self.first.currency)
    }

    /// What is known, as it was folded last.
    pub(crate) fn known(&self) -> Option<&Known> {
        self.known.as_deref()
    }

    /// The boundaries of the billing periods, as they were worked out last.
    pub(crate) fn boundaries(&self) -> &[Date] {
        &self.boundaries
    }

    pub(crate) fn day_of(&self, at: Instant) -> Date {
        self.known.as_ref().map_or_else(|| self.first.day_of(at), |known| known.day_of(at))
    }

    pub(super) fn close_of(&self, date: Date) -> Instant {
        let next = next_day(date);
        self.known.as_ref().map_or_else(|| self.first.start_of(next), |known| known.start_of(next))
    }

    /// The first day after the lease's last, as far as it is known.
    pub(crate) fn end(&self) -> Option<Date> {
        self.boundaries.last().copied()
    }

    /// Why the lease cannot be computed, where a record could not be counted.
    pub(crate) fn check_records(&self) -> Result<(), BooksError> {
        self.broken.values().next().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// The days from `from` to before `until` have to be rated anew.
    pub(crate) fn mark_dirty(&mut self, from: Date, until: Date) {
        self.finished = false;
        self.counted.retain(|((first, end), _)| *end <= from || until <= *first);
        if self.dirty.iter().next_back().is_some_and(|(f, u)| *f <= from && until <= *u) {
            return;
        }
        let (mut from, mut until) = (from, until);
        self.dirty.retain(|(first, end)| {
            let apart = *end < from || until < *first;
            if !apart {
                (from, until) = (from.min(*first), until.max(*end));
            }
            apart
        });
        self.dirty.insert((from, until));
    }

    pub(crate) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Whether some day from `from` to before `until` has to be rated anew.
    pub(crate) fn is_dirty_in(&self, from: Date, until: Date) -> bool {
        self.dirty.iter().any(|(first, end)| *first < until && from < *end)
    }

    pub(crate) fn was_billed(&mut self, date: Date) {
        self.dirty.clear();
        self.counted.clear();
        self.billed_at = Some(date);
    }

    /// Brings what is known of the lease up to `date`.
    ///
    /// # Errors
    /// [`BooksError`] where its events contradict it: what was known before stays.
    pub(crate) fn update(&mut self, date: Date) -> Result<(), BooksError> {
        let changes = self.known.as_ref().is_none_or(|known| known.valid_until <= date);
        let done = self
            .check_records()
            .and_then(|()| if self.unfolded || changes { self.fold(date) } else { Ok(()) });
        if done.is_err() && self.unfolded && self.kept.is_none() {
            self.kept = self.known.clone();
        }
        done
    }

    /// Folds what is known anew, and marks what that changes.
    fn fold(&mut self, today: Date) -> Result<(), BooksError> {
        let known = self.history.fold(&self.first, today, self.policy.deliveries)?;
        let since = self.known.as_ref().map(|last| last.differs_from(&known));
        let boundaries = Rater::new(&known, &self.usage)?.boundaries()?;
        if let Some(Some(day)) = since {
            let from = reaches_back(day);
            let begins = |boundaries: &[Date]| {
                let next = boundaries.partition_point(|date| *date <= from);
                next.checked_sub(1).map_or(from, |i| boundaries[i])
            };
            self.mark_dirty(begins(&self.boundaries).min(begins(&boundaries)), Date::MAX);
        }
        self.known = Some(Box::new(known));
        self.folded_on = Some(today);
        self.kept = None;
        self.unfolded = false;
        self.boundaries = boundaries;
        Ok(())
    }

    /// Works out what is known of the lease before its first day, so that its calendar is known; and
    /// again what was known last, where the books were saved and read back.
    pub(crate) fn begin(&mut self) -> Result<(), BooksError> {
        if self.known.is_some() {
            return Ok(());
        }
        if let Some(mut kept) = self.kept.clone() {
            chain(&mut kept.spans);
            self.boundaries = Rater::new(&kept, &self.usage)?.boundaries()?;
            self.known = Some(kept);
            return Ok(());
        }
        let today = self.folded_on.or(self.closed);
        self.fold(today.unwrap_or(previous_day(self.first.effective)))
    }

    /// Whether an event counts for nothing.
    pub(crate) fn is_void(&self, key: &EventKey) -> bool {
        self.history.is_void(key)
    }
}

/// The first day whose fee what changes on `day` may change: a period that now ends on that day
/// ended later before, and where parts of a month are charged like the whole, the day's fee depends
/// on where the month is cut.
fn reaches_back(day: Date) -> Date {
    add_days(previous_day(day), -MONTH_DAYS_MAX).unwrap_or(Date::MIN)
}

//! A lease as it is known at the close of the reporting date, prepared for its disclosures.

use leasehold_contract::disclose::{Horizon, Version};
use leasehold_contract::lease::Price;
use leasehold_contract::schedule::Undisclosed;
use leasehold_contract::{Facts, Lease, NoticeBook};
use leasehold_types::{Date, Instant};

use crate::BooksError;
use crate::book::{LeaseBook, Rater};
use crate::dates::next_day;
use crate::recognise::behind;

use super::quarters::Span;

/// A lease as it is known at the close of the reporting date.
pub(super) struct View {
    pub(super) book: LeaseBook,
    /// The day after the reporting date.
    pub(super) today: Date,
    /// The version that then governs and those that follow it.
    versions: Vec<Seen>,
    notices: NoticeBook,
}

/// A version, extended where an election extended it; its units that are still due are expected.
struct Seen {
    lease: Lease,
    facts: Facts,
    from: Date,
    until: Date,
}

impl View {
    /// The lease as it is known at the close of `at`.
    pub(super) fn of(book: &LeaseBook, at: Date) -> Result<Self, BooksError> {
        let mut book = book.clone();
        // What was learnt of since the last bill counts, though no bill has reached it.
        book.begin()?;
        book.absorb(at);
        book.update(at)?;
        let today = next_day(at);
        let mut versions = Vec::new();
        let mut notices = NoticeBook::default();
        if let Some(known) = book.known() {
            for span in known.spans.iter().filter(|span| span.until > today) {
                versions.push(Seen::of(&span.lease, &span.facts, (span.from, span.until), today)?);
            }
            notices = known.notices.clone();
        }
        Ok(View { book, today, versions, notices })
    }

    /// The lease as signed. The books keep its tenant under that version's id.
    pub(super) fn signed(&self) -> &Lease {
        &self.book.first
    }

    /// The version in force as the reporting date has closed.
    pub(super) fn lease(&self) -> &Lease {
        self.versions.first().map_or(&self.book.first, |seen| &seen.lease)
    }

    /// What is known under that version.
    pub(super) fn facts(&self) -> Facts {
        self.versions.first().map(|seen| seen.facts.clone()).unwrap_or_default()
    }

    /// The notices that were received by the close of the reporting date.
    pub(super) fn notices(&self) -> &NoticeBook {
        &self.notices
    }

    /// The close of the reporting date.
    pub(super) fn as_of(&self) -> Instant {
        self.lease().start_of(self.today)
    }

    /// What lies ahead of it.
    pub(super) fn horizon(&self) -> Result<Option<Horizon<'_>>, BooksError> {
        let Some((now, later)) = self.versions.split_first() else { return Ok(None) };
        let later: Vec<Version<'_>> = later.iter().map(Seen::version).collect();
        let ahead = Horizon::new(now.version(), &later, &self.notices, self.today)?;
        let Some(known) = self.book.known() else { return Ok(Some(ahead)) };
        let rater = Rater::new(known, &self.book.usage)?;
        Ok(Some(ahead.recognised_behind(behind(&self.book, &rater, self.today)?)))
    }

    /// The spans within `quarter` whose fee is not disclosed.
    pub(super) fn undisclosed_in(&self, quarter: &Span) -> Result<Vec<Undisclosed>, BooksError> {
        let Some(known) = self.book.known() else { return Ok(Vec::new()) };
        let hides = |lease: &Lease| lease.fees.iter().any(|fee| fee.price == Price::Undisclosed);
        let mut found = Vec::new();
        for span in known.spans.iter().filter(|span| hides(&span.lease)) {
            let (from, until) = (quarter.from.max(span.from), quarter.until().min(span.until));
            if from < until {
                let schedule = span.lease.evaluate(&span.facts)?.schedule(from, until)?;
                found.extend(schedule.undisclosed);
            }
        }
        Ok(found)
    }

    /// With everything known of the lease, whichever version governed.
    pub(super) fn rater(&self) -> Result<Option<Rater<'_>>, BooksError> {
        self.book.known().map(|known| Rater::new(known, &self.book.usage)).transpose()
    }
}

impl Seen {
    fn of(
        lease: &Lease,
        facts: &Facts,
        days: (Date, Date),
        today: Date,
    ) -> Result<Self, BooksError> {
        let lease = match facts.extension_days {
            0 => lease.clone(),
            days => lease.extended_by(days)?,
        };
        let mut facts = facts.expecting_deliveries(&lease, today);
        facts.extension_days = 0;
        Ok(Seen { lease, facts, from: days.0, until: days.1 })
    }

    fn version(&self) -> Version<'_> {
        let Seen { lease, facts, from, until } = self;
        Version { lease, facts, from: *from, until: *until }
    }
}

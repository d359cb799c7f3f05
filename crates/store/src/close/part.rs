//! One part of a close: some leases are read, closed, and written with what that produced.

use leasehold_books::book::{Drained, LeaseBook, Numbering, PlanJob};
use leasehold_books::ledger::Entry;
use leasehold_books::{Books, Policy};
use leasehold_contract::Lease;
use leasehold_types::{Date, Instant};

use crate::StoreError;
use crate::directory::{Events, Register};
use crate::usage::days::{date_of_day, day_number};
use crate::usage::{LeaseNo, LeaseUse, UseOf};

use super::output::{
    INVOICE, NO_DAY, NOTE, Output, PART, SETTLED, Standing, begin_frame, put_record, put_state,
};
use super::text::{fold, unfold};
use super::turn::{Stopped, Turn};

/// Room for the JSON of a lease after a few months, or of an invoice with its lines, in bytes.
const LARGE_BYTES: usize = 16 << 10;

/// Room for what settled an invoice, or says why an entry was posted, in bytes.
pub(super) const SMALL_BYTES: usize = 256;

/// What all parts read.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) policy: &'a Policy,
    pub(super) register: &'a Register,
    pub(super) events: &'a Events,
    pub(super) output: &'a Output,
    pub(super) used: &'a UseOf,
    /// Frames of the usage log that are in it.
    pub(super) usage_frames: u64,
    /// Invoices that were issued before this step of the close.
    pub(super) before: &'a Numbering,
    pub(super) through: Date,
}

/// What a part produced.
#[derive(Debug)]
pub(super) struct Made {
    /// What goes into the frame.
    pub(super) frame: Vec<u8>,
    /// Each lease, how it stands, where in the frame its state begins and its length.
    pub(super) states: Vec<(LeaseNo, Standing, u32, u32)>,
    /// Entries of each lease, with the number of the first among those of the lease.
    pub(super) entries: Vec<(LeaseNo, u64, Entry)>,
    /// How far the numbers of documents have come with it.
    pub(super) numbering: Numbering,
    pub(super) invoices: u64,
    pub(super) notes: u64,
}

/// Why a part came to no end.
pub(super) enum Failed {
    /// Another part failed before.
    Stopped,
    /// This one did.
    Error(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Failed::Error(error)
    }
}

impl From<Stopped> for Failed {
    fn from(Stopped: Stopped) -> Self {
        Failed::Stopped
    }
}

impl View<'_> {
    /// Closes the leases of part number `part`, which come in the order of their ids.
    pub(super) fn close(
        &self,
        part: usize,
        leases: &[LeaseNo],
        turn: &Turn<Numbering>,
    ) -> Result<Made, Failed> {
        let mut taken = self.take_in(leases)?;
        let states = std::mem::take(&mut taken.books);
        let mut books =
            Books::part(self.policy.clone(), states, self.before).map_err(StoreError::from)?;
        let mut stopped = false;
        let mut had_turn = false;
        let planner = |jobs: &[PlanJob<'_>]| jobs.iter().map(PlanJob::plan).collect();
        books.close_in_turn(self.through, planner, |numbering| match turn.wait(part) {
            Ok(last) => {
                *numbering = last;
                had_turn = true;
            }
            Err(Stopped) => stopped = true,
        });
        if stopped {
            return Err(Failed::Stopped);
        }
        let numbering = if had_turn { books.numbering() } else { turn.wait(part)? };
        turn.pass(numbering.clone());
        Ok(self.write(leases, &taken, books.drain(), &numbering)?)
    }

    fn take_in(&self, leases: &[LeaseNo]) -> Result<TakenIn, StoreError> {
        let mut by_number: Vec<(LeaseNo, usize)> = leases.iter().copied().zip(0..).collect();
        by_number.sort_unstable();
        let numbers: Vec<LeaseNo> = by_number.iter().map(|(lease, _)| *lease).collect();
        let mut used: Vec<LeaseUse> = vec![LeaseUse::default(); leases.len()];
        for ((_, place), of_it) in by_number.iter().zip(self.used.read(&numbers)?) {
            used[*place] = of_it;
        }
        let mut taken = TakenIn::default();
        for (lease, used) in leases.iter().zip(used) {
            let signed = self.register.json(*lease)?;
            let (book, read) = self.book(*lease, &signed, &used)?;
            taken.books.push(book);
            taken.signed.push(signed);
            taken.read.push(read);
        }
        Ok(taken)
    }

    /// A lease as it stands, with what it has not been given; and the number of its last event.
    fn book(
        &self,
        lease: LeaseNo,
        signed: &[u8],
        used: &LeaseUse,
    ) -> Result<(LeaseBook, u64), StoreError> {
        let mut read = self.output.events_read(lease);
        let mut book = read_state(self.output, self.policy, lease, signed)?;
        if let (Some(closed), true) = (self.output.closed(), book.closed().is_some()) {
            book.close_idle(closed);
        }
        for unread in self.events.unread(lease) {
            book.learn(self.events.read(unread)?);
            read = unread.number;
        }
        give_use(&mut book, used, self.register, lease, self.through)?;
        Ok((book, read))
    }

    fn write(
        &self,
        leases: &[LeaseNo],
        taken: &TakenIn,
        drained: Drained,
        numbering: &Numbering,
    ) -> Result<Made, StoreError> {
        let mut frame = Vec::with_capacity(1 << 20);
        begin_frame(&mut frame, PART, self.through, numbering)?;
        let (invoices, notes) = (drained.invoices.len() as u64, drained.credit_notes.len() as u64);
        let place =
            |id: &leasehold_types::LeaseId| self.register.number(id).unwrap_or(LeaseNo(u32::MAX));
        let signed = |lease: LeaseNo| {
            let at = leases.iter().position(|other| *other == lease);
            at.map_or(&[][..], |at| taken.signed[at].as_slice())
        };
        // Documents come in the order of issue, lease after lease, so the last place is near.
        for invoice in &drained.invoices {
            let lease = place(&invoice.lease);
            put_record(
                &mut frame,
                INVOICE,
                lease,
                None,
                &fold(&json(invoice, LARGE_BYTES)?, signed(lease)),
            );
        }
        for note in &drained.credit_notes {
            let lease = place(&note.lease);
            put_record(
                &mut frame,
                NOTE,
                lease,
                None,
                &fold(&json(note, LARGE_BYTES)?, signed(lease)),
            );
        }
        for (at, settlement) in &drained.settlements {
            let at = Some(u64::try_from(*at).unwrap_or(u64::MAX));
            put_record(&mut frame, SETTLED, LeaseNo(u32::MAX), at, &json(settlement, SMALL_BYTES)?);
        }
        let mut made = Made {
            frame,
            states: Vec::with_capacity(leases.len()),
            entries: Vec::with_capacity(drained.entries.len()),
            numbering: numbering.clone(),
            invoices,
            notes,
        };
        let mut posted: Vec<u64> = leases
            .iter()
            .map(|lease| self.output.state(*lease).map_or(0, |state| state.standing.entries))
            .collect();
        let order: std::collections::BTreeMap<LeaseNo, usize> =
            leases.iter().copied().zip(0..).collect();
        for entry in drained.entries {
            let lease = place(entry.lease());
            let count = order.get(&lease).and_then(|at| posted.get_mut(*at));
            let count = count.ok_or_else(|| {
                StoreError::Refused(format!("an entry of {}, which is not here", entry.lease()))
            })?;
            *count += 1;
            made.entries.push((lease, *count, entry));
        }
        for (at, mut book) in drained.leases.into_iter().enumerate() {
            self.write_state(
                leases[at],
                &taken.signed[at],
                taken.read[at],
                posted[at],
                &mut book,
                &mut made,
            )?;
        }
        Ok(made)
    }

    fn write_state(
        &self,
        lease: LeaseNo,
        signed: &[u8],
        events_read: u64,
        entries: u64,
        book: &mut LeaseBook,
        made: &mut Made,
    ) -> Result<(), StoreError> {
        let parked = book.parked().is_some();
        let (due, issue) = match (book.due_days(), parked) {
            (Ok((due, issue)), false) => {
                (due.map_or(NO_DAY, day_number), issue.map_or(NO_DAY, day_number))
            }
            // It is tried again at the next close, whenever that is.
            _ => (i32::MIN, NO_DAY),
        };
        let over = book.is_over(self.through);
        book.shed_use();
        let standing = Standing {
            due,
            issue,
            over,
            parked,
            events_read,
            usage_read: self.usage_frames,
            entries,
        };
        let body = fold(&json(book, LARGE_BYTES)?, signed);
        let at = put_state(&mut made.frame, lease, &standing, &body);
        let narrow = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        made.states.push((lease, standing, narrow(at), narrow(body.len())));
        Ok(())
    }
}

#[derive(Default)]
struct TakenIn {
    books: Vec<LeaseBook>,
    signed: Vec<Vec<u8>>,
    read: Vec<u64>,
}

/// The lease as it was written last, or as signed.
pub(crate) fn read_state(
    output: &Output,
    policy: &Policy,
    lease: LeaseNo,
    signed: &[u8],
) -> Result<LeaseBook, StoreError> {
    let unreadable = |error: serde_json::Error| {
        StoreError::Refused(format!(
            "lease number {} cannot be read back: {error}; this is a fault of leasehold, please \
             report it",
            lease.0
        ))
    };
    let Some(state) = output.state(lease) else {
        let first: Lease = serde_json::from_slice(signed).map_err(unreadable)?;
        return Ok(LeaseBook::signed_now(first, policy.clone()));
    };
    let mut body = vec![0; usize::try_from(state.bytes).unwrap_or(0)];
    output.segments.read(state.place, &mut body)?;
    serde_json::from_slice(&unfold(&body, signed)).map_err(unreadable)
}

/// Gives a lease its use: what it was given before, and what it has not come to.
pub(crate) fn give_use(
    book: &mut LeaseBook,
    used: &LeaseUse,
    register: &Register,
    lease: LeaseNo,
    through: Date,
) -> Result<(), StoreError> {
    if used.is_empty() {
        return Ok(());
    }
    let closed = book.closed().map_or(i32::MIN, day_number);
    let over = book.closed().is_some_and(|closed| book.is_over(closed));
    let zone = register.zone(lease);
    let next = through.tomorrow().unwrap_or(Date::MAX);
    let until = zone.map_or(Instant::MAX, |zone| zone.start_of(next));
    if over {
        // Once a lease is over nothing is billed by itself: use after that is learnt of, each day's
        // on its day.
        let first_open = date_of_day(closed).and_then(|date| date.tomorrow().ok());
        let from = match (zone, first_open) {
            (Some(zone), Some(date)) => zone.start_of(date),
            _ => Instant::MAX,
        };
        book.bring_use(used.prompt(from))?;
        for (at, add) in used.prompt(until).filter(|(at, _)| *at >= from) {
            let on = zone.map_or(through, |zone| zone.date_of(at));
            let take = leasehold_books::rating::HourUse::default();
            book.learn_use(on, leasehold_books::rating::UseChange { at, add, take });
        }
    } else {
        book.bring_use(used.prompt(until))?;
    }
    let learnt_late = zone.filter(|_| !over && book.due_days().is_ok());
    let mut day = LastDay::default();
    for (on, change) in used.learnt() {
        let counted = on <= closed
            || learnt_late
                .is_some_and(|zone| day.is_seen_only_from(on, change.at, closed, book, zone));
        if counted {
            book.change_use(change)?;
        } else if let Some(on) = date_of_day(on) {
            book.learn_use(on, change);
        }
    }
    Ok(())
}

/// The civil day of the last use that was asked about, and the first one on which something is due
/// then: most use of a day comes together.
#[derive(Debug, Default)]
struct LastDay {
    start: i64,
    end: i64,
    number: i32,
    due: i32,
}

impl LastDay {
    /// Whether nothing is due from the day of the use at `at` until the day `on`, on which it was
    /// learnt of: it makes no difference then that it was learnt of later. A day that is closed was
    /// billed without it, which makes a difference.
    fn is_seen_only_from(
        &mut self,
        on: i32,
        at: Instant,
        closed: i32,
        book: &LeaseBook,
        zone: &leasehold_types::Zone,
    ) -> bool {
        if !(self.start..self.end).contains(&at.second()) {
            let date = zone.date_of(at);
            let day = zone.day(date);
            (self.start, self.end) = (day.start().second(), day.end().second());
            self.number = day_number(date);
            let due = date.yesterday().ok().and_then(|before| book.next_due(before));
            self.due = due.map_or(NO_DAY, day_number);
        }
        self.number > closed && on <= self.due
    }
}

/// `value` as JSON; `room` is how many bytes it most often has.
pub(super) fn json<T: serde::Serialize>(value: &T, room: usize) -> Result<Vec<u8>, StoreError> {
    let mut text = Vec::with_capacity(room);
    serde_json::to_writer(&mut text, value).map_err(|error| {
        StoreError::Refused(format!("cannot be put into JSON: {error}; please report this fault"))
    })?;
    Ok(text)
}

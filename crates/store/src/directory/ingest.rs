//! Taking events in: use goes one way, everything else another, and a key is one key for both.

use leasehold_books::event::{Event, EventKind};
use leasehold_contract::Lease;

use crate::StoreError;
use crate::usage::{Counted, LeaseNo, UsageRecord, UsageVoid};

use super::{Directory, Registered};

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is new.
    New,
    /// It is new, and about use on a day that is closed: the next bill corrects that.
    Late,
    /// It is new and counts for nothing: it was corrected before it came.
    Voided,
    /// It was there, the same: it counts once.
    Duplicate,
    /// Its key was there with another content: the first stays, this one is kept beside it.
    Conflict,
    /// It breaks a rule and is not kept; says which.
    Refused(String),
}

/// How many of each there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Events that are new and count, those that are late among them.
    pub new: u64,
    /// Use of days that are closed.
    pub late: u64,
    /// Events that count for nothing: they were corrected before they came.
    pub voided: u64,
    /// Events that were there.
    pub duplicates: u64,
    /// Events whose key was there with another content.
    pub conflicts: u64,
    /// Events that break a rule.
    pub refused: u64,
}

impl Tally {
    /// Counts one.
    pub fn add(&mut self, taken: &Taken) {
        let counter = match taken {
            Taken::New => &mut self.new,
            Taken::Late => {
                self.new += 1;
                &mut self.late
            }
            Taken::Voided => &mut self.voided,
            Taken::Duplicate => &mut self.duplicates,
            Taken::Conflict => &mut self.conflicts,
            Taken::Refused(_) => &mut self.refused,
        };
        *counter += 1;
    }

    /// All that came.
    pub const fn all(&self) -> u64 {
        self.new + self.voided + self.duplicates + self.conflicts + self.refused
    }
}

impl Directory {
    /// Registers leases as signed; those that are there already are compared.
    ///
    /// # Errors
    /// [`StoreError`] where they cannot be written.
    pub fn register(&mut self, leases: &[Lease]) -> Result<Vec<Registered>, StoreError> {
        let registered = self.register.add(leases)?;
        for (lease, outcome) in leases.iter().zip(&registered) {
            if matches!(outcome, Registered::New(_)) {
                self.usage.add_lease(&lease.zone);
            }
        }
        self.output.make_room(self.register.len());
        Ok(registered)
    }

    /// Takes a batch of events in: when it returns, everything new in it is on the disk. Amendments
    /// carry their version: whoever reads files has read their term sheets.
    ///
    /// # Errors
    /// [`StoreError`] where the batch is too large or cannot be written. Use may then be kept and
    /// the rest not: sending the batch again counts nothing twice.
    pub fn take(&mut self, events: &[Event]) -> Result<Vec<Taken>, StoreError> {
        let mut taken: Vec<Option<Taken>> = vec![None; events.len()];
        let (mut used, mut others) = (Vec::new(), Vec::new());
        for (i, event) in events.iter().enumerate() {
            let refused = match self.register.number(&event.lease) {
                None => Some(no_lease()),
                Some(_) => match &event.kind {
                    EventKind::Amendment(a) if a.version.is_none() => Some(unread_sheet()),
                    _ => None,
                },
            };
            match (refused, &event.kind) {
                (Some(told), _) => taken[i] = Some(Taken::Refused(told)),
                (None, EventKind::Usage(_)) => used.push(i),
                (None, _) => others.push(i),
            }
        }
        self.take_others(events, &others, &mut taken)?;
        self.take_used(events, &used, &mut taken)?;
        Ok(taken.into_iter().map(|taken| taken.unwrap_or(Taken::Duplicate)).collect())
    }

    fn take_used(
        &mut self,
        events: &[Event],
        places: &[usize],
        taken: &mut [Option<Taken>],
    ) -> Result<(), StoreError> {
        let (mut records, mut of) = (Vec::with_capacity(places.len()), Vec::new());
        for i in places {
            let event = &events[*i];
            if self.events.has(&event.key.source, &event.key.id)? {
                taken[*i] = Some(Taken::Conflict);
                continue;
            }
            let number = self.register.number(&event.lease).unwrap_or(LeaseNo(u32::MAX));
            let EventKind::Usage(usage) = &event.kind else { continue };
            of.push(*i);
            records.push(UsageRecord {
                source: &event.key.source,
                id: &event.key.id,
                lease: number,
                learnt: event.at,
                effective: event.effective,
                from: usage.from,
                until: usage.until,
                accelerator_seconds: usage.accelerator_seconds,
                tokens: usage.tokens,
                model: usage.model.as_deref(),
            });
        }
        for (i, counted) in of.into_iter().zip(self.usage.ingest(&records)?) {
            taken[i] = Some(match counted {
                Counted::New => Taken::New,
                Counted::Late => Taken::Late,
                Counted::Voided => Taken::Voided,
                Counted::Duplicate => Taken::Duplicate,
                Counted::Conflict => Taken::Conflict,
                Counted::Refused(refusal) => Taken::Refused(refusal.to_string()),
            });
        }
        Ok(())
    }

    fn take_others(
        &mut self,
        events: &[Event],
        places: &[usize],
        taken: &mut [Option<Taken>],
    ) -> Result<(), StoreError> {
        let (mut batch, mut of, mut voids) = (Vec::new(), Vec::new(), Vec::new());
        for i in places {
            let event = &events[*i];
            if self.usage.has(&event.key.source, &event.key.id)? {
                taken[*i] = Some(Taken::Conflict);
                continue;
            }
            let number = self.register.number(&event.lease).unwrap_or(LeaseNo(u32::MAX));
            of.push(*i);
            batch.push((number, event.clone()));
        }
        // A correction is taken first as an event: if the rest then fails, it is taken again.
        let outcomes = self.events.take(&batch)?;
        for (i, outcome) in of.iter().zip(outcomes) {
            if let EventKind::Correction(correction) = &events[*i].kind
                && outcome != Taken::Conflict
            {
                let (key, learnt) = (&correction.event, events[*i].at);
                let lease = self.register.number(&events[*i].lease).unwrap_or(LeaseNo(u32::MAX));
                voids.push(UsageVoid { source: &key.source, id: &key.id, lease, learnt });
            }
            taken[*i] = Some(outcome);
        }
        if !voids.is_empty() {
            self.usage.void(&voids)?;
        }
        Ok(())
    }
}

fn no_lease() -> String {
    "there is no such lease in the books; add its term sheet or correct the id".to_owned()
}

fn unread_sheet() -> String {
    "the term sheet of the amendment was not read; resolve amendments before".to_owned()
}

//! The leases of a directory, numbered as they were first seen, each as signed.
//!
//! A record: the lease's id and zone (texts), the first day on which anything is due and the first
//! on which a document may be issued (i32 each, days since 1970-01-01), the compiled lease as JSON
//! (blob).

use std::collections::BTreeMap;
use std::path::Path;

use leasehold_contract::Lease;
use leasehold_contract::lease::{Alignment, FeeTiming};
use leasehold_types::{Date, LeaseId, Zone, months_boundary};

use crate::StoreError;
use crate::codec::{Bytes, Short, put_blob, put_text};
use crate::log::{Log, Opened, Place, Segments};
use crate::usage::LeaseNo;
use crate::usage::days::day_number;

/// Most leases of one directory.
pub const LEASES_MAX: usize = 10_000_000;

/// Bytes of leases after which a batch is written.
const BATCH_BYTES: usize = 16 << 20;

const LOG: &str = "register";

/// What became of a lease that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// It is new.
    New(LeaseNo),
    /// It was there, the same.
    Known(LeaseNo),
    /// Its id was there with another content. The first stays: a lease that was signed changes by
    /// an amendment, which is an event.
    Different(LeaseNo),
}

#[derive(Debug)]
pub(crate) struct Register {
    log: Log,
    segments: Segments,
    leases: Vec<Entry>,
    zones: Vec<Zone>,
    by_id: BTreeMap<LeaseId, LeaseNo>,
}

#[derive(Debug, Clone)]
struct Entry {
    id: LeaseId,
    place: Place,
    bytes: u32,
    due: i32,
    issue: i32,
}

impl Register {
    pub(crate) fn open(dir: &Path) -> Result<(Self, Opened), StoreError> {
        let (mut leases, mut zones, mut by_id) = (Vec::new(), Vec::<Zone>::new(), BTreeMap::new());
        let (log, opened) = Log::open(dir, LOG, &mut |place, number, frame| {
            let mut read = Bytes(frame);
            while !read.0.is_empty() {
                let (id, zone, mut entry) =
                    read_entry(&mut read, frame.len()).map_err(|Short| {
                        let what = format!("what frame {number} holds cannot be read");
                        StoreError::damaged(&dir.join(LOG), place.number() & 0xffff_ffff, what)
                    })?;
                entry.place = place.inside().plus(entry.place.number() as u32);
                by_id.insert(id, LeaseNo(u32::try_from(leases.len()).unwrap_or(u32::MAX)));
                leases.push(entry);
                match zones.last() {
                    Some(last) if *last == zone => zones.push(zones[zones.len() - 1].clone()),
                    _ => zones.push(zone),
                }
            }
            Ok(())
        })?;
        let segments = log.segments();
        Ok((Register { log, segments, leases, zones, by_id }, opened))
    }

    pub(crate) fn len(&self) -> usize {
        self.leases.len()
    }

    pub(crate) fn zones(&self) -> &[Zone] {
        &self.zones
    }

    pub(crate) fn zone(&self, lease: LeaseNo) -> Option<&Zone> {
        self.zones.get(index(lease))
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &LeaseId> {
        self.by_id.keys()
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = LeaseNo> + use<> {
        (0..u32::try_from(self.leases.len()).unwrap_or(u32::MAX)).map(LeaseNo)
    }

    /// Every lease in the order of the ids.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = LeaseNo> + '_ {
        self.by_id.values().copied()
    }

    pub(crate) fn number(&self, lease: &LeaseId) -> Option<LeaseNo> {
        self.by_id.get(lease).copied()
    }

    pub(crate) fn id(&self, lease: LeaseNo) -> Option<&LeaseId> {
        self.leases.get(index(lease)).map(|entry| &entry.id)
    }

    /// Bounds from below of the first day on which something is due and on which a document may
    /// be issued.
    pub(crate) fn first_days(&self, lease: LeaseNo) -> (i32, i32) {
        self.leases.get(index(lease)).map_or((i32::MIN, i32::MIN), |e| (e.due, e.issue))
    }

    /// The lease as signed, as JSON.
    pub(crate) fn json(&self, lease: LeaseNo) -> Result<Vec<u8>, StoreError> {
        let Some(entry) = self.leases.get(index(lease)) else {
            return Err(StoreError::Refused(format!("there is no lease number {}", lease.0)));
        };
        let mut bytes = vec![0; usize::try_from(entry.bytes).unwrap_or(0)];
        self.segments.read(entry.place, &mut bytes)?;
        Ok(bytes)
    }

    /// Takes leases in; when it returns, the new ones are on the disk.
    pub(crate) fn add(&mut self, leases: &[Lease]) -> Result<Vec<Registered>, StoreError> {
        let mut registered = Vec::with_capacity(leases.len());
        let mut new: Vec<Entry> = Vec::new();
        let mut fresh: BTreeMap<LeaseId, LeaseNo> = BTreeMap::new();
        self.log.abandon();
        for lease in leases {
            let json = serde_json::to_vec(lease);
            let json = json.map_err(|error| StoreError::Refused(error.to_string()))?;
            let known = self.number(&lease.id);
            if let Some(known) = known {
                let same = self.json(known)? == json;
                registered.push(if same {
                    Registered::Known(known)
                } else {
                    Registered::Different(known)
                });
                continue;
            }
            if let Some(twice) = fresh.get(&lease.id) {
                registered.push(Registered::Different(*twice));
                continue;
            }
            let count = self.leases.len() + new.len();
            if count >= LEASES_MAX {
                return Err(StoreError::Limit {
                    what: format!("lease `{}`", lease.id),
                    limit: LEASES_MAX as u64,
                    unit: "leases in one directory of books",
                    remedy: "begin a new directory",
                });
            }
            let number = LeaseNo(u32::try_from(count).unwrap_or(u32::MAX));
            new.push(self.stage(lease, &json)?);
            fresh.insert(lease.id.clone(), number);
            registered.push(Registered::New(number));
            if self.log.batch_bytes() >= BATCH_BYTES {
                self.keep(&mut new, leases)?;
                fresh.clear();
            }
        }
        self.keep(&mut new, leases)?;
        Ok(registered)
    }

    fn stage(&mut self, lease: &Lease, json: &[u8]) -> Result<Entry, StoreError> {
        let place = self.log.next_place()?.inside();
        let (due, issue) = bounds(lease);
        let batch = self.log.batch();
        put_text(batch, lease.id.as_str());
        put_text(batch, lease.zone.name());
        batch.extend_from_slice(&due.to_le_bytes());
        batch.extend_from_slice(&issue.to_le_bytes());
        put_blob(batch, json);
        let bytes = u32::try_from(json.len()).unwrap_or(u32::MAX);
        let end = u32::try_from(self.log.batch_bytes()).unwrap_or(u32::MAX);
        Ok(Entry { id: lease.id.clone(), place: place.plus(end - bytes), bytes, due, issue })
    }

    fn keep(&mut self, new: &mut Vec<Entry>, leases: &[Lease]) -> Result<(), StoreError> {
        if new.is_empty() {
            return Ok(());
        }
        self.log.commit()?;
        let mut from = 0;
        for entry in new.drain(..) {
            let at = leases[from..].iter().position(|lease| lease.id == entry.id).unwrap_or(0);
            self.zones.push(leases[from + at].zone.clone());
            from += at;
            let number = LeaseNo(u32::try_from(self.leases.len()).unwrap_or(u32::MAX));
            self.by_id.insert(entry.id.clone(), number);
            self.leases.push(entry);
        }
        Ok(())
    }
}

fn read_entry(read: &mut Bytes<'_>, all: usize) -> Result<(LeaseId, Zone, Entry), Short> {
    let id = LeaseId::new(read.text()?).map_err(|_| Short)?;
    let zone = Zone::named(read.text()?).map_err(|_| Short)?;
    let (due, issue) = (read.i32()?, read.i32()?);
    let bytes = u32::try_from(read.blob()?.len()).map_err(|_| Short)?;
    let end = u32::try_from(all - read.0.len()).map_err(|_| Short)?;
    let place = Place::of_number(u64::from(end - bytes));
    Ok((id.clone(), zone, Entry { id, place, bytes, due, issue }))
}

/// The first day on which anything of a lease can be due, and the first on which a document of it
/// can be issued: with the first delivery where something is invoiced in advance, else with the
/// billing period after it. No earlier day can be; that a later one is does no harm.
fn bounds(lease: &Lease) -> (i32, i32) {
    let first = lease.tranches.iter().map(|tranche| tranche.delivery).min();
    let first = first.unwrap_or(lease.effective).min(lease.anchor);
    let advance = lease.fees.iter().any(|fee| fee.timing == FeeTiming::InAdvance);
    let next = match lease.rules.billing.align {
        _ if advance => first,
        Alignment::Calendar => first.last_of_month().tomorrow().unwrap_or(first),
        Alignment::Anchor => next_boundary(lease.anchor, first),
    };
    (day_number(first), day_number(next.min(lease.term.end)))
}

/// The first monthly boundary after `date`.
fn next_boundary(anchor: Date, date: Date) -> Date {
    let boundaries = (1..).map_while(|n| months_boundary(anchor, n).ok());
    boundaries.take(12_000).find(|boundary| *boundary > date).unwrap_or(date)
}

fn index(lease: LeaseNo) -> usize {
    usize::try_from(lease.0).unwrap_or(usize::MAX)
}

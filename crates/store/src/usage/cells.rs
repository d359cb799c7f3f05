//! Sums of use in memory: for each lease, the day on which it was learnt of, and the hour.
//!
//! The day stands apart only where it is later than the day of the use: what is learnt of on its
//! own day counts in every bill that covers it, so there one sum serves.

use hashbrown::HashTable;
use std::hash::{BuildHasher, RandomState};

use leasehold_books::rating::usage_parts;

use crate::StoreError;

use super::LeaseNo;
use super::days::Calendar;
use super::record::{self, Flags, Row, Sources};
use super::runs::block;

/// Seconds of the finest part that use is kept by.
pub(super) const SLOT_S: i64 = 900;

/// Which sum. In the order in which files hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellKey {
    pub(super) lease: LeaseNo,
    /// The day from which it counts, `i32::MIN` where from the beginning.
    pub(super) counted_on: i32,
    /// The beginning of the hour or of the part of it, in quarters of an hour since 1970.
    pub(super) slot: i32,
}

/// Accelerator-seconds, then tokens: input, cached, output. Below zero where more was taken back.
pub(super) type Sums = [i64; 4];

/// The sums that are in memory.
#[derive(Debug, Default)]
pub(super) struct Cells {
    table: HashTable<(CellKey, Sums)>,
    hash: Hash,
}

/// Hashes the numbers of a key. They come from outside, so a seed that nobody knows goes in.
#[derive(Debug, Clone, Copy)]
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Hash(RandomState::new().hash_one(0_u8) | 1)
    }
}

impl Hash {
    #[inline]
    fn of(self, key: CellKey) -> u64 {
        let high = u64::from(key.lease.0) << 32 | u64::from(key.slot.cast_unsigned());
        let low = u64::from(key.counted_on.cast_unsigned()) ^ self.0.rotate_left(32);
        let fold = |a: u64, b: u64| {
            let product = u128::from(a) * u128::from(b);
            (product >> 64) as u64 ^ product as u64
        };
        fold(fold(high ^ self.0, 0x9e37_79b9_7f4a_7c15) ^ low, self.0)
    }
}

impl Cells {
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.table.allocation_size()
    }

    /// Counts what a row says, if it counts.
    pub(super) fn count(
        &mut self,
        calendar: &mut Calendar,
        row: &Row<'_>,
    ) -> Result<(), leasehold_types::Overflow> {
        if row.flags.has(Flags::CONFLICT) || row.flags.has(Flags::SILENT) {
            return Ok(());
        }
        let sign = if row.flags.has(Flags::VOID) { -1 } else { 1 };
        if row.flags.has(Flags::HOURS) {
            let counted_on = row.counted_on.unwrap_or(i32::MIN);
            let mut cells = Vec::new();
            let read = block::read(row.block, &mut cells);
            for (_, slot, sums) in cells {
                let key = CellKey { lease: row.lease, counted_on, slot };
                self.add(key, sums.map(i64::cast_unsigned), sign);
            }
            return read.map_err(|_| leasehold_types::Overflow::of("sums by the hour"));
        }
        let day = calendar.day(row.lease, row.from);
        let grain = day.map_or(SLOT_S, |day| day.grain);
        let counted_on = row.counted_on.unwrap_or(i32::MIN);
        let last = row.from + i64::from(row.span) - 1;
        if row.from.div_euclid(grain) == last.div_euclid(grain) {
            let slot = slot(row.from.div_euclid(grain) * grain);
            self.add(CellKey { lease: row.lease, counted_on, slot }, row.counts, sign);
            return Ok(());
        }
        for (at, part) in usage_parts(&row.usage(), grain)? {
            let time = u64::try_from(part.accelerator_seconds.0).unwrap_or(u64::MAX);
            let counts = [time, part.tokens.input.0, part.tokens.cached.0, part.tokens.output.0];
            let slot = slot(at.second());
            self.add(CellKey { lease: row.lease, counted_on, slot }, counts, sign);
        }
        Ok(())
    }

    /// Counts a frame that was written; `sources` of it are known already.
    pub(super) fn count_frame(
        &mut self,
        calendar: &mut Calendar,
        frame: &[u8],
    ) -> Result<(), StoreError> {
        let mut wrong = None;
        let read = record::read_frame(frame, &mut Sources::default(), &mut |_, row| {
            wrong = wrong.take().or(self.count(calendar, row).err());
            Ok(())
        });
        match (read, wrong) {
            (Ok(()), None) => Ok(()),
            _ => Err(StoreError::Refused(
                "what was just written cannot be counted; this is a fault of leasehold, please \
                 report it"
                    .to_owned(),
            )),
        }
    }

    #[inline]
    fn add(&mut self, key: CellKey, counts: [u64; 4], sign: i64) {
        let hash = self.hash;
        let entry = self.table.entry(hash.of(key), |cell| cell.0 == key, |cell| hash.of(cell.0));
        let cell = &mut entry.or_insert((key, [0; 4])).into_mut().1;
        for (sum, count) in cell.iter_mut().zip(counts) {
            // As many records as there may be, each with the most there may be, fit 63 bits.
            *sum += sign * count.cast_signed();
        }
    }

    /// Every sum, in order.
    pub(super) fn sorted(&self) -> Vec<(CellKey, Sums)> {
        let mut all: Vec<(CellKey, Sums)> = self.table.iter().copied().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }

    pub(super) fn clear(&mut self) {
        *self = Cells::default();
    }
}

pub(super) fn slot(second: i64) -> i32 {
    // Instants lie between the years 1 and 9999.
    i32::try_from(second.div_euclid(SLOT_S)).unwrap_or(i32::MAX)
}

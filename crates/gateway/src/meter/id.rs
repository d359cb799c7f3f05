//! Ids of records and logs, made from a time and random bits that are given.

use std::fmt;

use super::Micros;

/// The id of a record: a UUID of version 7 (RFC 9562), so that ids sort by the time they were made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(u128);

/// The id of a log: random, given as the log begins. A directory that was emptied begins another
/// log, so that nobody takes its records for those that were there before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(pub u128);

impl RecordId {
    /// An id for what happens at `at`. Of `random` 62 bits are used; the 12 bits after the
    /// millisecond hold its fraction (method 3 of the RFC), so that ids of one gateway sort to a
    /// quarter of a microsecond.
    pub const fn new(at: Micros, random: u64) -> Self {
        let (millis, rest) = ((at.0 / 1_000) as u128, at.0 % 1_000);
        let fraction = (rest * 4_096 / 1_000) as u128;
        let random = (random & (u64::MAX >> 2)) as u128;
        RecordId((millis & 0xffff_ffff_ffff) << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random)
    }

    /// Its 128 bits.
    pub const fn to_bits(self) -> u128 {
        self.0
    }

    /// From 128 bits; `None` where they are no UUID of version 7.
    pub const fn from_bits(bits: u128) -> Option<Self> {
        let right = bits >> 76 & 0xf == 7 && bits >> 62 & 3 == 2;
        if right { Some(RecordId(bits)) } else { None }
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0;
        let group = |shift: u32, digits: u32| bits >> shift & ((1 << (digits * 4)) - 1);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            group(96, 8),
            group(80, 4),
            group(64, 4),
            group(48, 4),
            group(0, 12)
        )
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_7() {
        // The example of RFC 9562, A.6: 2022-02-22T14:22:22-05:00, here with our own lower bits.
        let id = RecordId::new(Micros(1_645_557_742_000_500), 0x18c4_dc0c_0c07_398f);
        assert_eq!(id.to_string(), "017f22e2-79b0-7800-98c4-dc0c0c07398f");
        assert_eq!(RecordId::from_bits(id.to_bits()), Some(id));
        assert_eq!(RecordId::from_bits(0), None);
    }

    #[test]
    fn ids_sort_by_time() {
        let at = |micros| RecordId::new(Micros(micros), u64::MAX - micros);
        let ids: Vec<RecordId> = (1_777_784_400_000_000..).take(3_000).map(at).collect();
        assert!(ids.is_sorted());
    }
}

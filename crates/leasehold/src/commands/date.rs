//! Civil dates on the command line, and today's.

use leasehold_contract::Lease;
use leasehold_types::{Clock, Date};

use crate::clock::WallClock;

/// Reads `2026-06-30` and nothing looser.
pub(crate) fn parse(text: &str) -> Result<Date, String> {
    let shape = text.len() == 10 && text.is_ascii();
    let date = text.parse::<Date>().ok().filter(|date| shape && date.to_string() == text);
    date.ok_or_else(|| "it is not a civil date that exists; write it like 2026-06-30".to_owned())
}

/// Today in the lease's zone, but not before it was signed.
pub(crate) fn today(lease: &Lease) -> Date {
    lease.zone.date_of(WallClock.now()).max(lease.signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_strict() {
        assert!(parse("2028-02-29").is_ok());
        for bad in ["2027-02-29", "2027-2-28", "20270228", "2027-02-28T00:00", "today", ""] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}

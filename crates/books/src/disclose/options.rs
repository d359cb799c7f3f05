//! What a reader of the disclosures chooses: bands, threshold, the beginning of the year.

use leasehold_types::{Date, Overflow, Ratio, months_boundary};
use serde::{Deserialize, Serialize};

use super::DisclosureError;

/// Most boundaries of maturity bands.
pub const BANDS_MAX: usize = 24;
/// The farthest boundary of a maturity band, in months: a hundred years.
pub const BAND_MONTHS_MAX: u16 = 1_200;

/// What a reader chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DisclosureOptions {
    /// Boundaries of the maturity bands, in months after the reporting date; they rise.
    pub bands_months: Vec<u16>,
    /// The share of revenue from which on a tenant is named.
    pub threshold: Ratio,
    /// The month in which a fiscal year begins, from 1.
    pub year_starts: i8,
}

impl Default for DisclosureOptions {
    /// Bands to 12 and 36 months, tenants from a tenth of revenue on, calendar years.
    fn default() -> Self {
        let threshold = Ratio::new(1, 10).unwrap_or(Ratio::ONE);
        DisclosureOptions { bands_months: vec![12, 36], threshold, year_starts: 1 }
    }
}

impl DisclosureOptions {
    /// Checks them.
    ///
    /// # Errors
    /// [`DisclosureError::Option`], which names the option, the rule and what to write.
    pub fn check(&self) -> Result<(), DisclosureError> {
        let bad = |message: String| Err(DisclosureError::Option(message));
        let rise = self.bands_months.windows(2).all(|pair| pair[0] < pair[1]);
        let first = self.bands_months.first().is_none_or(|months| *months > 0);
        let last = self.bands_months.last().is_none_or(|months| *months <= BAND_MONTHS_MAX);
        if !rise || !first || !last || self.bands_months.len() > BANDS_MAX {
            return bad(format!(
                "the boundaries of the maturity bands are at most {BANDS_MAX} numbers of months \
                 that rise, from 1 to {BAND_MONTHS_MAX}; write them like 12,36"
            ));
        }
        if self.threshold <= Ratio::ZERO || self.threshold > Ratio::ONE {
            let found = self.threshold;
            return bad(format!(
                "the threshold is a share above 0 and up to 1, and {found} is none; write it like \
                 10%"
            ));
        }
        if !(1..=12).contains(&self.year_starts) {
            let found = self.year_starts;
            return bad(format!(
                "a year starts in a month from 1 to 12, and {found} is none; write it like 7"
            ));
        }
        Ok(())
    }

    /// The boundaries of the maturity bands, counted from `today`, the day after the reporting
    /// date.
    pub(super) fn cuts(&self, today: Date) -> Result<Vec<Date>, Overflow> {
        let months = self.bands_months.iter();
        months.map(|months| months_boundary(today, i32::from(*months))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked() {
        let said = |change: fn(&mut DisclosureOptions)| {
            let mut options = DisclosureOptions::default();
            change(&mut options);
            options.check().map_err(|error| error.to_string())
        };
        assert_eq!(said(|_| ()), Ok(()));
        assert_eq!(said(|o| o.bands_months = vec![]), Ok(()));
        let bad: [fn(&mut DisclosureOptions); 6] = [
            |o| o.bands_months = vec![36, 12],
            |o| o.bands_months = vec![0],
            |o| o.bands_months = vec![BAND_MONTHS_MAX + 1],
            |o| o.threshold = Ratio::ZERO,
            |o| o.threshold = Ratio::whole(2),
            |o| o.year_starts = 13,
        ];
        for change in bad {
            assert!(said(change).unwrap_err().contains("write"));
        }
    }
}

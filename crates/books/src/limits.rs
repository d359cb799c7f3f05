//! How large an amount may be.

use leasehold_types::{Money, Ratio};

use crate::Trouble;

/// Most minor units of one line, one payment, one document. Sums of a hundred thousand million of
/// them still fit, so that what was checked as it came in can be added up without a failure halfway.
pub const AMOUNT_MINOR_MAX: i128 = 1_000_000_000_000_000_000_000_000_000;

/// Refuses an amount beyond [`AMOUNT_MINOR_MAX`].
pub(crate) fn check_amount(money: Money) -> Result<(), Trouble> {
    if money.minor().unsigned_abs() > AMOUNT_MINOR_MAX.unsigned_abs() {
        return Err(Trouble::Overflow(format!(
            "an amount of more than {AMOUNT_MINOR_MAX} minor units"
        )));
    }
    Ok(())
}

/// As [`check_amount`], before rounding.
pub(crate) fn check_exact(exact: Ratio) -> Result<(), Trouble> {
    if exact.floor().unsigned_abs() > AMOUNT_MINOR_MAX.unsigned_abs() {
        return Err(Trouble::Overflow(format!(
            "an amount of more than {AMOUNT_MINOR_MAX} minor units"
        )));
    }
    Ok(())
}

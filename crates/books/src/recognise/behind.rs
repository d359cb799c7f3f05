//! How far recognition is behind delivery.

use leasehold_contract::lease::Recognition as Mode;
use leasehold_types::{Date, Ratio};

use crate::book::{ACCRUED, LeaseBook, Rater};
use crate::{BooksError, Trouble};

/// Fees delivered before `close`, less discounts and recall credits, less what is recognised of
/// them by the lease's mode. Exact minor units; below zero where recognition is ahead.
pub(crate) fn behind(
    book: &LeaseBook,
    rater: &Rater<'_>,
    close: Date,
) -> Result<Ratio, BooksError> {
    let at = |trouble: Trouble| trouble.at(&book.first.id, format!("delivered before {close}"));
    let mode = rater.known.lease_on(close).accounting.recognition;
    if mode == Mode::AsDelivered {
        return Ok(Ratio::ZERO);
    }
    let accrued = rater.accrued(close)?;
    if mode == Mode::StraightLine {
        let recognised = super::straight_line(rater, rater.known.spans.len() - 1, close)?;
        return accrued.fees.checked_sub(recognised).map_err(|e| at(e.into()));
    }
    let work = || -> Result<Ratio, Trouble> {
        let mut billed = Ratio::ZERO;
        for (head, state) in &book.heads {
            if ACCRUED.contains(&head.kind.revenue()) {
                billed = billed.checked_add(state.billed(book.zero())?.exact()?)?;
            }
        }
        let delivered = accrued.fees.checked_add(accrued.late)?.checked_add(accrued.recalled)?;
        Ok(delivered.checked_sub(billed)?)
    };
    work().map_err(at)
}

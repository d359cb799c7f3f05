//! When the non-cancellable value and the RPO fall due.
//!
//! What falls due before a day is worked out for each boundary and rounded there; a band is the
//! difference of two neighbours. So the bands add up to their line, whatever is rounded.

use leasehold_types::{BadAmount, Date, Money, Ratio};

use super::horizon::{Committed, Horizon};
use super::{Band, FourLines};
use crate::exact::{Days, fraction};
use crate::lease::{Expedient, Recognition};
use crate::{EvalError, Problem};

/// What falls due before a day.
#[derive(Clone, Copy)]
struct Before {
    non_cancellable: Money,
    rpo: Money,
}

impl Horizon<'_> {
    pub(super) fn bands(
        &self,
        committed: &Committed<'_>,
        four: &FourLines,
        cuts: &[Date],
    ) -> Result<Vec<Band>, EvalError> {
        let zero = Money::zero(four.rpo.currency());
        let mut bands = Vec::with_capacity(cuts.len() + 1);
        let mut last = Before { non_cancellable: zero, rpo: zero };
        let mut from = self.today;
        for until in cuts.iter().map(|cut| Some(*cut)).chain([None]) {
            let next = match until {
                Some(cut) => self.due_before(committed, four, cut)?,
                None => Before { non_cancellable: four.non_cancellable_value, rpo: four.rpo },
            };
            let band = || -> Result<Band, BadAmount> {
                Ok(Band {
                    from,
                    until,
                    non_cancellable_value: next
                        .non_cancellable
                        .checked_sub(last.non_cancellable)?,
                    rpo: next.rpo.checked_sub(last.rpo)?,
                })
            };
            bands.push(committed.ending.parts[0].0.ok("disclosures, maturity", band())?);
            (last, from) = (next, until.unwrap_or(from));
        }
        Ok(bands)
    }

    fn due_before(
        &self,
        committed: &Committed<'_>,
        four: &FourLines,
        cut: Date,
    ) -> Result<Before, EvalError> {
        let fees = committed.ending.before(self.today, cut)?;
        let recallable = committed.recallable(self.today, cut)?;
        let usage = self.usage_before(committed, cut)?;
        let work = || -> Result<Before, Problem> {
            let non_cancellable = fees.checked_sub(recallable)?;
            let all = four.non_cancellable_value.checked_add(four.timing()?)?;
            let rpo = match self.now().lease.accounting.recognition {
                Recognition::StraightLine => self.evenly(all, four, cut)?,
                Recognition::AsDelivered | Recognition::AsInvoiced => {
                    non_cancellable.checked_add(four.timing()?)?
                }
            };
            let rpo = without_expedients(four, all, rpo, usage)?;
            Ok(Before { non_cancellable, rpo })
        };
        committed.ending.parts[0].0.ok("disclosures, maturity", work())
    }

    /// What of `all` falls before `cut`, evenly by day to the end of the enforceable term.
    fn evenly(&self, all: Money, four: &FourLines, cut: Date) -> Result<Money, Problem> {
        let term = Days::new(self.today, four.term_end());
        let passed = term.within(Days::new(self.today, cut));
        let share = match term.count() {
            0 => Ratio::ONE,
            days => fraction(passed.count().into(), days.into())?,
        };
        let rounding = self.now().lease.rules.rounding;
        Ok(Money::from_exact(all.exact()?.checked_mul(share)?, all.currency(), rounding))
    }
}

/// What the expedients leave of `due`, which is part of `all`.
fn without_expedients(
    four: &FourLines,
    all: Money,
    due: Money,
    usage: Money,
) -> Result<Money, BadAmount> {
    let (mut all, mut due) = (all, due);
    for used in &four.expedients {
        let left_out = match used.expedient {
            Expedient::VariableUsage if usage.minor() < used.left_out.minor() => usage,
            Expedient::VariableUsage => used.left_out,
            // Each leaves out all or nothing.
            _ if used.left_out == all => due,
            _ => Money::zero(due.currency()),
        };
        all = all.checked_sub(used.left_out)?;
        due = due.checked_sub(left_out)?;
    }
    Ok(due)
}

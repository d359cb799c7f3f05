//! The tenant's right once much was recalled.

use leasehold_types::{Date, Overflow, Ratio};

use crate::exact::{Days, add_days, count, next_day};
use crate::facts::Facts;
use crate::lease::RecallElection;
use crate::recall::ElectionRight;
use crate::schedule::Evaluation;
use crate::{EvalError, Lease, Problem};

/// Each time that the threshold of the clause's election was passed by a window of civil days
/// that ends on or before `until`, from the takings in `facts`.
///
/// A window counts what was taken over what was committed, in accelerator-seconds. Windows one
/// after another that all pass the threshold give one right, from the first of them: a new one
/// arises once a window has kept it.
///
/// # Errors
/// [`EvalError`] where the facts contradict the lease or a number does not fit.
pub fn elections(
    lease: &Lease,
    facts: &Facts,
    until: Date,
) -> Result<Vec<ElectionRight>, EvalError> {
    let Some(election) = lease.recall.as_ref().and_then(|clause| clause.election.as_ref()) else {
        return Ok(Vec::new());
    };
    let evaluation = Evaluation::of(lease, facts)?;
    let passed = windows(&evaluation, election, until);
    passed.map_err(|e| Problem::from(e).at(&lease.id, "recall election"))
}

fn windows(
    evaluation: &Evaluation<'_>,
    election: &RecallElection,
    until: Date,
) -> Result<Vec<ElectionRight>, Overflow> {
    let life = evaluation.life();
    let length = usize::from(election.within_days.max(1));
    let mut days: Vec<(u128, u128)> = Vec::new();
    let (mut taken, mut committed) = (0_u128, 0_u128);
    let mut rights = Vec::new();
    let mut stands = false;
    let mut date = life.from;
    while date < life.until.min(until) {
        let day = evaluation.taken_and_committed(date);
        days.push(day);
        (taken, committed) = (taken + day.0, committed + day.1);
        if days.len() > length {
            let gone = days[days.len() - 1 - length];
            (taken, committed) = (taken - gone.0, committed - gone.1);
        }
        let passes = days.len() >= length && passes(taken, committed, election.more_than)?;
        if passes && !stands {
            let window_until = next_day(date);
            rights.push(ElectionRight {
                window_from: add_days(window_until, -i64::from(election.within_days.max(1)))?,
                window_until,
                share: count(taken)?.checked_div(count(committed)?)?,
                right: election.right,
                elect_by: add_days(date, i64::from(election.elect_within_days))?,
            });
        }
        stands = passes;
        date = next_day(date);
    }
    Ok(rights)
}

fn passes(taken: u128, committed: u128, more_than: Ratio) -> Result<bool, Overflow> {
    if committed == 0 {
        return Ok(false);
    }
    Ok(count(taken)? > more_than.checked_mul(count(committed)?)?)
}

impl Evaluation<'_> {
    /// Accelerator-seconds taken and committed on `date`, over all tranches.
    fn taken_and_committed(&self, date: Date) -> (u128, u128) {
        let day = Days::new(date, next_day(date));
        let seconds = self.seconds(day);
        let pieces = self.pieces_of(day).iter();
        let taken = pieces.map(|piece| {
            u128::from(piece.units) * u128::from(piece.period.length().0.max(0).unsigned_abs())
        });
        let committed: u128 =
            self.stages.at(date).iter().map(|standing| u128::from(standing.committed)).sum();
        (taken.sum(), committed * seconds)
    }
}

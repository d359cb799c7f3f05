//! The four lines of several leases together.

use std::collections::BTreeMap;

use leasehold_contract::disclose::{Band, FourLines, ReconciliationStep};
use leasehold_contract::lease::Standard;
use leasehold_types::{BadAmount, Currency, Money};

use super::error::DisclosureError;
use super::leases::{Leases, Prepared, UndisclosedFee};
use super::lines::{BandLine, Figures, LinesSum, Step, band_line, bridge};
use super::options::DisclosureOptions;

/// The lines of `own` together. Leases that are left out are in none of them, and are listed.
pub(super) fn sum(
    leases: &Leases,
    own: &[&Prepared],
    options: &DisclosureOptions,
    currency: Currency,
) -> Result<LinesSum, DisclosureError> {
    let ahead: Vec<(&Prepared, &FourLines, &[Band])> = own
        .iter()
        .filter_map(|l| l.ahead.as_ref().map(|(four, bands)| (*l, four, bands.as_slice())))
        .collect();
    let all = |of: fn(&FourLines) -> Money| {
        Money::sum(currency, ahead.iter().map(|(_, four, _)| of(four)))
    };
    let mut undisclosed = Vec::new();
    for (lease, four, _) in &ahead {
        let named = leases.names.lease(&lease.id);
        let fee = |found: &_| UndisclosedFee::of(named.clone(), Clone::clone(found));
        undisclosed.extend(four.undisclosed.iter().map(fee));
    }
    Ok(LinesSum {
        leases: ahead.len(),
        figures: Figures {
            headline_value: all(|four| four.headline_value)?,
            non_cancellable_value: all(|four| four.non_cancellable_value)?,
            rpo: all(|four| four.rpo)?,
            run_rate_month: all(|four| four.run_rate_month)?,
        },
        rpo_of_leases: {
            let leases = ahead.iter().filter(|(lease, ..)| lease.standard() == Standard::Lease);
            Money::sum(currency, leases.map(|(_, four, _)| four.rpo))?
        },
        reconciliation: steps(&ahead, currency)?,
        run_rate_reconciliation: bridge(
            "run rate of each lease for its months",
            all(|four| four.bridge.at_run_rate)?,
            all(|four| four.bridge.difference)?,
        )?,
        bands: bands(&ahead, options, currency)?,
        undisclosed,
        left_out: leases.left_out(own.iter().copied()),
    })
}

/// Step by step, over all leases; a step says of how many leases it tells.
fn steps(
    ahead: &[(&Prepared, &FourLines, &[Band])],
    currency: Currency,
) -> Result<Vec<Step>, BadAmount> {
    use ReconciliationStep as Known;
    let zero = Money::zero(currency);
    let sums = [Known::HeadlineValue, Known::NonCancellableValue, Known::Rpo];
    let mut found: BTreeMap<Known, (Money, usize)> = sums.map(|step| (step, (zero, 0))).into();
    for line in ahead.iter().flat_map(|(_, four, _)| &four.reconciliation) {
        let (sum, leases) = found.entry(line.step).or_insert((zero, 0));
        (*sum, *leases) = (sum.checked_add(line.amount)?, *leases + 1);
    }
    let step = |(step, (amount, leases)): (Known, (Money, usize))| {
        let is_sum = sums.contains(&step);
        let label = match (is_sum, leases) {
            (true, _) => step_words(step),
            (false, 1) => format!("{} (1 lease)", step_words(step)),
            (false, leases) => format!("{} ({leases} leases)", step_words(step)),
        };
        Step { label, amount, is_sum }
    };
    Ok(found.into_iter().map(step).collect())
}

fn step_words(step: ReconciliationStep) -> String {
    match step {
        ReconciliationStep::HeadlineValue => "headline value: fees to the stated end".to_owned(),
        ReconciliationStep::AfterTerm => {
            "fees after the enforceable term, which notice could end or ends".to_owned()
        }
        ReconciliationStep::Recallable => {
            "fees of recallable units that the owner could take for good".to_owned()
        }
        ReconciliationStep::NonCancellableValue => {
            "non-cancellable value: fees to the end of the enforceable term".to_owned()
        }
        ReconciliationStep::Timing => {
            "delivered but recognised later, less recognised before".to_owned()
        }
        ReconciliationStep::Expedient(expedient) => format!("left out: {expedient}"),
        ReconciliationStep::Rpo => "remaining performance obligations".to_owned(),
    }
}

fn bands(
    ahead: &[(&Prepared, &FourLines, &[Band])],
    options: &DisclosureOptions,
    currency: Currency,
) -> Result<Vec<BandLine>, BadAmount> {
    let zero = Money::zero(currency);
    let mut sums: Vec<BandLine> = Vec::new();
    for (_, _, own) in ahead {
        for (i, band) in own.iter().enumerate() {
            if sums.len() == i {
                let empty = Band { non_cancellable_value: zero, rpo: zero, ..band.clone() };
                sums.push(band_line(i, &empty, options));
            }
            let sum = &mut sums[i];
            let value = sum.non_cancellable_value.checked_add(band.non_cancellable_value)?;
            (sum.non_cancellable_value, sum.rpo) = (value, sum.rpo.checked_add(band.rpo)?);
        }
    }
    Ok(sums)
}

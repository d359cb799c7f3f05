//! Credits for poor availability: the lowest step of the ladder that was reached, a share of the
//! month's fee, at most the cap.

use leasehold_contract::lease::{Availability, AvailabilityBasis};
use leasehold_types::{Currency, Overflow, Ratio};

use crate::explain::words;

use super::{Measured, Working};

/// What a month's availability earns: exact minor units, not below zero, and how that came about.
///
/// `fee` is the month's fee, `share` the part of it that the credit's basis is of (1 for the whole
/// fee, the pool's share of units for a pool). Nothing promised earns nothing.
///
/// # Errors
/// [`Overflow`] where a product does not fit.
pub fn ladder_credit(
    rule: &Availability,
    measured: Measured,
    fee: Ratio,
    share: Ratio,
    currency: Currency,
) -> Result<(Ratio, Working), Overflow> {
    let mut working = Working::by("availability, `service.availability`")
        .with("committed", words::count(measured.committed) + " accelerator-seconds")
        .with("excused", words::count(measured.excused) + " accelerator-seconds")
        .with("healthy", words::count(measured.healthy) + " accelerator-seconds");
    let Some(availability) = measured.availability() else {
        return Ok((Ratio::ZERO, working.saying("nothing was promised in this month")));
    };
    working = working
        .with("availability", words::share(availability))
        .with("fee of the month", words::exact(currency, fee));
    let Some(step) = rule.ladder.iter().rev().find(|step| availability < step.below) else {
        return Ok((Ratio::ZERO, working.saying("no step of the ladder was reached")));
    };
    let basis = fee.checked_mul(share)?;
    let credit = basis.checked_mul(step.credit)?;
    let (below, earns) = (words::share(step.below), words::share(step.credit));
    working = working.with("step reached", format!("below {below} earns {earns}"));
    if rule.basis == AvailabilityBasis::PoolFee {
        working = working.with("the pool's share of units", words::share(share));
    }
    let most = match rule.cap {
        Some(cap) => Some(fee.checked_mul(cap)?),
        None => None,
    };
    let text = format!("{earns} of {}", words::exact(currency, basis));
    match most.filter(|most| *most < credit) {
        Some(most) => {
            let said = format!("{text}, at most {}", words::exact(currency, most));
            Ok((most, working.saying(said)))
        }
        None => Ok((credit, working.saying(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leasehold_contract::lease::LadderStep;
    use leasehold_types::Seconds;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    fn rule(cap: Option<&str>) -> Availability {
        let step =
            |below: &str, credit: &str| LadderStep { below: ratio(below), credit: ratio(credit) };
        Availability {
            ladder: vec![step("99.5%", "5%"), step("99%", "10%"), step("95%", "25%")],
            basis: AvailabilityBasis::MonthFee,
            cap: cap.map(ratio),
            interval: Seconds(300),
            excused: Vec::new(),
        }
    }

    fn credit(healthy: u128, cap: Option<&str>) -> String {
        let measured = Measured { committed: 1_000, excused: 0, healthy };
        let (fee, usd) = (ratio("10000000"), "USD".parse().unwrap());
        ladder_credit(&rule(cap), measured, fee, Ratio::ONE, usd).unwrap().0.to_string()
    }

    #[test]
    fn the_lowest_step_reached_counts() {
        assert_eq!(credit(995, None), "0");
        assert_eq!(credit(994, None), "500000");
        assert_eq!(credit(990, None), "500000");
        assert_eq!(credit(989, None), "1000000");
        assert_eq!(credit(0, None), "2500000");
    }

    #[test]
    fn the_cap_is_a_share_of_the_fee() {
        assert_eq!(credit(0, Some("20%")), "2000000");
        assert_eq!(credit(994, Some("20%")), "500000");
    }
}

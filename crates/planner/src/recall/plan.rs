//! From offers to a plan: sort out what cannot be used, search, and say why.

use leasehold_types::{Ratio, Units};

use super::search::{Lot, Pick, STEPS_MAX, search};
use super::{Need, Offer, Plan, Reason, Take};

/// Most offers that a plan looks at.
pub const OFFERS_MAX: usize = 128;
/// Largest multiple in which an offer may be taken, in units.
pub const GRANULARITY_MAX: u64 = STEPS_MAX;
/// Highest cost of a unit and hour, in minor units.
pub const UNIT_HOUR_COST_MAX: i64 = 1 << 32;

/// Costs are compared as whole numbers of parts, this many to a minor unit or fewer. Costs whose
/// common denominator is larger are rounded down to these before they are compared; what a plan
/// says that they are is exact all the same. With the limits above, sums fit in 127 bits.
const PARTS_MAX: i128 = 1 << 56;

/// The cheapest lawful combination of offers that is ready in time.
///
/// Each lease gives at most what one of its offers allows, in whole multiples. The plan covers
/// the need, or takes all there is where that does not suffice (the job cannot start then, and
/// the caller may well refuse to recall at all). Of such plans it is one that costs least; of
/// those one that asks fewest leases; of those one that takes least. It never takes so much that
/// a multiple could be left out. Offers may come in any order; the plan is the same.
pub fn plan_recall(need: &Need, offers: &[Offer]) -> Plan {
    let mut why = Vec::new();
    let leases = sort_out(need, offers, &mut why);
    let step = leases.iter().flatten().fold(0, |step, offer| gcd(step, offer.granularity.0));
    let asked = need.units.0.min(STEPS_MAX.saturating_mul(step));
    let picks = if step > 0 { pick(asked, step, &leases) } else { Vec::new() };
    let mut takes = Vec::new();
    for (offers, pick) in leases.iter().zip(picks) {
        for (index, offer) in offers.iter().enumerate() {
            let steps = pick.filter(|pick| pick.0 == index).map(|pick| pick.1 as u64);
            match steps.and_then(|steps| take(need, offer, Units(steps * step))) {
                Some(take) => takes.push(take),
                None => why.push(Reason::NotChosen { lease: offer.lease, class: offer.class }),
            }
        }
    }
    if asked < need.units.0 && step > 0 {
        why.push(Reason::TooLarge { planned: Units(asked) });
    }
    finish(need, takes, why)
}

fn finish(need: &Need, takes: Vec<Take>, mut why: Vec<Reason>) -> Plan {
    let taken = Units(takes.iter().map(|take| take.units.0).sum());
    let (over, short) = (taken.saturating_sub(need.units), need.units.saturating_sub(taken));
    if !over.is_zero() {
        why.push(Reason::RoundedUp { over });
    }
    if !short.is_zero() {
        why.push(Reason::Short { units: short });
    }
    let share = Ratio::new(taken.0.into(), need.units.0.into());
    Plan { takes, short, evicted_over_asked: share.unwrap_or(Ratio::ZERO), why }
}

/// The offers that can be used, by lease, the earliest ready first; the others are told why not.
fn sort_out<'a>(need: &Need, offers: &'a [Offer], why: &mut Vec<Reason>) -> Vec<Vec<&'a Offer>> {
    let mut sorted: Vec<&Offer> = offers.iter().collect();
    sorted.sort_by_key(|o| {
        (o.lease, o.ready_at, o.class, o.cost_per_unit_hour, o.most, o.granularity)
    });
    let mut leases: Vec<Vec<&Offer>> = Vec::new();
    let mut count = 0;
    for offer in sorted {
        if let Some(reason) = objection(need, offer) {
            why.push(reason);
            continue;
        }
        count += 1;
        match leases.last_mut() {
            _ if count > OFFERS_MAX => {}
            Some(of) if of.iter().all(|known| known.lease == offer.lease) => of.push(offer),
            _ => leases.push(vec![offer]),
        }
    }
    if count > OFFERS_MAX {
        why.push(Reason::TooManyOffers { left_out: (count - OFFERS_MAX) as u64 });
    }
    leases
}

/// Why an offer cannot be used at all.
fn objection(need: &Need, offer: &Offer) -> Option<Reason> {
    let Offer { lease, class, most, ready_at, cost_per_unit_hour: cost, granularity } = *offer;
    if let Some(needed_by) = need.needed_by.filter(|needed_by| ready_at > *needed_by) {
        return Some(Reason::TooLate { lease, class, ready_at, needed_by });
    }
    let sensible = (Ratio::ZERO..=Ratio::whole(UNIT_HOUR_COST_MAX)).contains(&cost)
        && (1..=GRANULARITY_MAX).contains(&granularity.0)
        && take(need, offer, most).is_some();
    if !sensible {
        return Some(Reason::Unusable { lease, class });
    }
    (most < granularity).then_some(Reason::TooSmall { lease, class, most, granularity })
}

/// What to take of each lease to reach `asked` units.
fn pick(asked: u64, step: u64, leases: &[Vec<&Offer>]) -> Vec<Pick> {
    // All of these are at most twice STEPS_MAX.
    let steps = |units: u64| usize::try_from(units / step).unwrap_or(0);
    let parts = leases.iter().flatten().fold(1, common_parts);
    let lot = |offer: &&Offer| {
        let multiple = offer.granularity.0;
        // More than covers all that is asked is never taken.
        let most = offer.most.0.min(asked.div_ceil(multiple) * multiple);
        let cost = offer.cost_per_unit_hour;
        let scaled = match parts / cost.denominator() {
            exact if exact * cost.denominator() == parts => exact * cost.numerator(),
            _ => scale(cost, parts),
        };
        Lot {
            multiple: steps(multiple),
            most: steps(most - most % multiple),
            cost: scaled * i128::from(step),
        }
    };
    let lots: Vec<Vec<Lot>> =
        leases.iter().map(|offers| offers.iter().map(lot).collect()).collect();
    search(steps(asked.div_ceil(step) * step), &lots)
}

/// The parts of a minor unit in which the costs so far and this one are whole, as far as there
/// are no more than [`PARTS_MAX`].
fn common_parts(parts: i128, offer: &&Offer) -> i128 {
    let denominator = offer.cost_per_unit_hour.denominator();
    let shared = gcd_wide(parts, denominator);
    parts.checked_mul(denominator / shared).filter(|p| *p <= PARTS_MAX).unwrap_or(PARTS_MAX)
}

/// `cost` in `parts` of a minor unit, rounded down.
fn scale(cost: Ratio, parts: i128) -> i128 {
    let whole = cost.floor();
    let rest = (cost.numerator() - whole * cost.denominator(), cost.denominator());
    // Halve both until the product fits: what is lost is far below one part.
    let mut fraction = rest;
    while fraction.0.checked_mul(parts).is_none() {
        fraction = (fraction.0 / 2, (fraction.1 / 2).max(1));
    }
    whole * parts + fraction.0 * parts / fraction.1
}

/// The offer taken to that amount; `None` where its cost is beyond 128 bits.
fn take(need: &Need, offer: &Offer, units: Units) -> Option<Take> {
    let hours = Ratio::new(need.length.0.max(0).into(), 3_600).ok()?;
    let units_exact = Ratio::new(units.0.into(), 1).ok()?;
    let cost = offer.cost_per_unit_hour.checked_mul(units_exact).ok()?.checked_mul(hours).ok()?;
    let Offer { lease, class, ready_at, .. } = *offer;
    Some(Take { lease, class, units, ready_at, cost })
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn gcd_wide(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd_wide(b, a % b) }
}

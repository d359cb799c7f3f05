//! The lease that policy `static` signs: firm units only, fees in proportion.

use leasehold_contract::Lease;
use leasehold_contract::lease::{Assumption, Covers, Price};
use leasehold_types::{Overflow, Ratio, Units};

/// Cuts a lease down to its firm units; `None` where it has none.
///
/// Each fee is multiplied by firm over committed units of what it covers, exactly. The recall
/// clause falls away. That the tenant would agree to this is an assumption, and listed as one.
///
/// # Errors
/// [`Overflow`] where a share does not fit.
pub fn firm_only(lease: &Lease) -> Result<Option<Lease>, Overflow> {
    let mut firm = lease.clone();
    let kept = |units: Units, of: Units| {
        Ratio::new(i128::from(units.0), i128::from(of.0.max(1))).unwrap_or(Ratio::ZERO)
    };
    let all_firm = Units(lease.tranches.iter().map(|t| t.firm().0).sum());
    if all_firm.is_zero() {
        return Ok(None);
    }
    for fee in &mut firm.fees {
        let share = match &fee.covers {
            Covers::Whole => kept(all_firm, lease.units()),
            Covers::Tranche(id) => lease
                .tranches
                .iter()
                .find(|t| t.id == *id)
                .map_or(Ratio::ONE, |t| kept(t.firm(), t.units)),
        };
        if let Price::Monthly { share: charged, .. } = &mut fee.price {
            *charged = charged.checked_mul(share)?;
        }
    }
    for tranche in &mut firm.tranches {
        tranche.units = tranche.firm();
        tranche.recallable = Units::ZERO;
    }
    let left: Vec<_> =
        firm.tranches.iter().filter(|t| t.units.is_zero()).map(|t| t.id.clone()).collect();
    firm.tranches.retain(|t| !t.units.is_zero());
    firm.fees.retain(|fee| !matches!(&fee.covers, Covers::Tranche(id) if left.contains(id)));
    firm.recall = None;
    firm.assumptions.push(Assumption {
        about: "policy static".into(),
        text: format!(
            "the tenant takes only the {all_firm} firm of {} units, at a fee in proportion",
            lease.units()
        ),
    });
    Ok(Some(firm))
}

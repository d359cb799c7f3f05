//! Revenue by quarter, as the journal has it: by kind, tenant and site, and what was billed beside.
//!
//! Revenue belongs to the quarter in which it was booked. Credits are below zero, in the quarter in
//! which they were earned, or learnt of where that came later. What was billed is charges less
//! credits on invoices and credit notes, before tax; what moves a credit balance is not billed anew.

use std::collections::BTreeMap;

use leasehold_types::{BadAmount, Currency, LeaseId, Money, TenantId};
use serde::{Deserialize, Serialize};

use crate::ledger::RevenueKind;

use super::booked::{self, Booked};
use super::error::DisclosureError;
use super::leases::{Leases, UndisclosedFee};
use super::names::Named;
use super::quarters::Span;
use super::sites::split;

/// Revenue of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revenue {
    /// In order; adjacent.
    pub quarters: Vec<QuarterRevenue>,
    /// All quarters together, which is what the revenue accounts hold.
    pub recognised: Money,
    /// All that was billed.
    pub billed: Money,
    /// How revenue was split over sites.
    pub site_rule: String,
}

/// Revenue of one quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarterRevenue {
    /// Which quarter.
    pub quarter: Span,
    /// What was recognised: the sum of the kinds, that of the tenants and that of the sites.
    pub recognised: Money,
    /// By kind; those of nothing are left out.
    pub kinds: Vec<KindAmount>,
    /// By tenant; those of nothing are left out.
    pub tenants: Vec<TenantAmount>,
    /// By site; those of nothing are left out.
    pub sites: Vec<SiteAmount>,
    /// What was billed.
    pub billed: Money,
    /// Fees of the quarter that are in no sum because they are not disclosed.
    pub undisclosed: Vec<UndisclosedFee>,
}

/// Revenue of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindAmount {
    /// Which kind.
    pub kind: RevenueKind,
    /// How much; credits are below zero.
    pub amount: Money,
}

/// Revenue of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantAmount {
    /// Which tenant.
    pub tenant: Named,
    /// How much.
    pub amount: Money,
}

/// Revenue at one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteAmount {
    /// Which site; absent for leases that cannot be computed.
    pub site: Option<String>,
    /// How much.
    pub amount: Money,
}

/// Words on how revenue is split over sites.
const SITE_RULE: &str = "Revenue of a lease with tranches at several sites is split by largest \
    remainder: by each site's fees of the quarter, fees of all tranches together by the units \
    delivered there; credits for lateness and recalls by the tranches that they are about.";

/// What one quarter sums up.
#[derive(Default)]
struct Sums {
    kinds: BTreeMap<RevenueKind, Money>,
    tenants: BTreeMap<TenantId, Money>,
    sites: BTreeMap<Option<String>, Money>,
    recognised: Option<Money>,
    billed: Option<Money>,
}

/// Revenue of `currency` over `quarters`.
pub(super) fn revenue(
    leases: &Leases,
    booked: &Booked,
    quarters: &[Span],
    currency: Currency,
) -> Result<Revenue, DisclosureError> {
    let zero = Money::zero(currency);
    let mut rows = Vec::with_capacity(quarters.len());
    for (i, quarter) in quarters.iter().enumerate() {
        let mut sums = Sums::default();
        for (lease, booked) in booked.quarters.get(&i).into_iter().flatten() {
            sums.add(leases, lease, quarter, booked, zero)?;
        }
        rows.push(sums.row(leases, quarter.clone(), zero)?);
    }
    let recognised = Money::sum(currency, rows.iter().map(|row| row.recognised))?;
    let billed = Money::sum(currency, rows.iter().map(|row| row.billed))?;
    Ok(Revenue { quarters: rows, recognised, billed, site_rule: SITE_RULE.to_owned() })
}

fn add(sum: &mut Money, amount: Money) -> Result<(), BadAmount> {
    *sum = sum.checked_add(amount)?;
    Ok(())
}

impl Sums {
    fn add(
        &mut self,
        leases: &Leases,
        lease: &LeaseId,
        quarter: &Span,
        booked: &booked::Quarter,
        zero: Money,
    ) -> Result<(), DisclosureError> {
        let prepared = leases.get(lease);
        for (kind, amount) in &booked.revenue {
            add(self.kinds.entry(*kind).or_insert(zero), *amount)?;
            add(self.recognised.get_or_insert(zero), *amount)?;
            if let Some(prepared) = prepared {
                add(self.tenants.entry(prepared.tenant.clone()).or_insert(zero), *amount)?;
            }
        }
        if let Some(billed) = booked.billed {
            add(self.billed.get_or_insert(zero), billed)?;
        }
        let Some(view) = prepared.and_then(|prepared| prepared.view.as_ref()) else {
            for amount in booked.revenue.values() {
                add(self.sites.entry(None).or_insert(zero), *amount)?;
            }
            return Ok(());
        };
        for (site, amount) in split(view, quarter, &booked.revenue)? {
            add(self.sites.entry(Some(site)).or_insert(zero), amount)?;
        }
        Ok(())
    }

    fn row(
        self,
        leases: &Leases,
        quarter: Span,
        zero: Money,
    ) -> Result<QuarterRevenue, DisclosureError> {
        let kinds = self.kinds.into_iter().filter(|(_, amount)| !amount.is_zero());
        let tenants = self.tenants.into_iter().filter(|(_, amount)| !amount.is_zero());
        let sites = self.sites.into_iter().filter(|(_, amount)| !amount.is_zero());
        let named = |(id, amount)| TenantAmount { tenant: leases.names.tenant(&id), amount };
        let mut tenants: Vec<TenantAmount> = tenants.map(named).collect();
        // In the order of the labels, which says no more than they do.
        tenants.sort_by_key(|row| (row.tenant.label.len(), row.tenant.label.clone()));
        Ok(QuarterRevenue {
            recognised: self.recognised.unwrap_or(zero),
            kinds: kinds.map(|(kind, amount)| KindAmount { kind, amount }).collect(),
            tenants,
            sites: sites.map(|(site, amount)| SiteAmount { site, amount }).collect(),
            billed: self.billed.unwrap_or(zero),
            undisclosed: leases.undisclosed_in(zero.currency(), &quarter)?,
            quarter,
        })
    }
}

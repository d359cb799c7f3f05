//! Who is named how: by name inside, by a letter outside.
//!
//! Tenants are lettered in the order of their share of revenue, the largest first: the largest that
//! a tenant has in any of the periods and currencies of the disclosures. Those with equal shares,
//! none included, go by the SHA-256 of their ids, an order that says nothing of the names. A lease
//! is lettered by its tenant and numbered in the order of the SHA-256 of its id.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use leasehold_types::{LeaseId, Ratio, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Somebody or something that has a name inside and a label outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// Its id; absent where it is anonymous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name, or its label where it is anonymous.
    pub name: String,
    /// What it is called where it is anonymous: `Customer A`, `Lease A1`.
    pub label: String,
}

/// How every tenant and lease is named.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    tenants: BTreeMap<TenantId, Named>,
    leases: BTreeMap<LeaseId, (Named, TenantId)>,
}

impl Named {
    /// Leaves the label alone.
    pub(super) fn hide(&mut self) {
        self.id = None;
        self.name = self.label.clone();
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl Names {
    /// Names `tenants` (id and name) and `leases` (id, title, tenant) by the tenants' largest
    /// shares of revenue.
    pub(super) fn of(
        tenants: &BTreeMap<TenantId, String>,
        leases: &BTreeMap<LeaseId, TenantId>,
        shares: &BTreeMap<TenantId, Ratio>,
    ) -> Self {
        let share = |id: &TenantId| shares.get(id).copied().unwrap_or(Ratio::ZERO);
        let mut order: Vec<&TenantId> = tenants.keys().collect();
        order.sort_by_cached_key(|id| (Reverse(share(id)), digest(id.as_str())));
        let mut by_tenant: BTreeMap<&TenantId, Vec<&LeaseId>> = BTreeMap::new();
        for (lease, tenant) in leases {
            by_tenant.entry(tenant).or_default().push(lease);
        }
        let mut names = Names::default();
        for (place, id) in order.into_iter().enumerate() {
            let letter = letter(place);
            let label = format!("Customer {letter}");
            let name = tenants.get(id).cloned().unwrap_or_default();
            names.tenants.insert(id.clone(), Named { id: Some(id.to_string()), name, label });
            let mut own = by_tenant.remove(id).unwrap_or_default();
            own.sort_by_cached_key(|lease| digest(lease.as_str()));
            for (number, lease) in own.into_iter().enumerate() {
                let (name, label) = (lease.to_string(), format!("Lease {letter}{}", number + 1));
                let named = Named { id: Some(lease.to_string()), name, label };
                names.leases.insert(lease.clone(), (named, id.clone()));
            }
        }
        names
    }

    /// How a tenant is named.
    pub(super) fn tenant(&self, id: &TenantId) -> Named {
        self.tenants.get(id).cloned().unwrap_or_else(|| unknown(id.as_str(), "Customer"))
    }

    /// How a lease is named.
    pub(super) fn lease(&self, id: &LeaseId) -> Named {
        let found = self.leases.get(id).map(|(named, _)| named.clone());
        found.unwrap_or_else(|| unknown(id.as_str(), "Lease"))
    }
}

/// Something that is in the journal though no lease in the books has it.
fn unknown(id: &str, word: &str) -> Named {
    Named { id: Some(id.to_owned()), name: id.to_owned(), label: format!("{word} (other)") }
}

fn digest(id: &str) -> Vec<u8> {
    Sha256::digest(id.as_bytes()).to_vec()
}

/// A, B, … Z, AA, AB, ….
fn letter(place: usize) -> String {
    let mut letters = Vec::new();
    let mut left = place + 1;
    while left > 0 {
        let last = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + last));
        left = (left - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters() {
        let found: Vec<String> = [0, 1, 25, 26, 27, 701, 702].map(letter).to_vec();
        assert_eq!(found, ["A", "B", "Z", "AA", "AB", "ZZ", "AAA"]);
    }

    #[test]
    fn labels_go_by_share_then_by_nothing_that_tells() {
        let tenant = |id: &str| TenantId::new(id).unwrap();
        let names = ["acme", "beta", "zeta", "yota"];
        let tenants = names.map(|id| (tenant(id), id.to_uppercase())).into();
        let leases = [("zeta-1", "zeta"), ("zeta-2", "zeta"), ("acme", "acme")]
            .map(|(lease, of)| (LeaseId::new(lease).unwrap(), tenant(of)))
            .into();
        let shares = [(tenant("zeta"), Ratio::new(3, 5).unwrap())].into();
        let found = Names::of(&tenants, &leases, &shares);
        assert_eq!(found.tenant(&tenant("zeta")).label, "Customer A");
        let rest: Vec<String> = names.iter().map(|id| found.tenant(&tenant(id)).label).collect();
        assert_eq!(rest, ["Customer C", "Customer D", "Customer A", "Customer B"]);
        let mut own =
            ["zeta-1", "zeta-2"].map(|lease| found.lease(&LeaseId::new(lease).unwrap()).label);
        own.sort();
        assert_eq!(own, ["Lease A1", "Lease A2"]);
    }
}

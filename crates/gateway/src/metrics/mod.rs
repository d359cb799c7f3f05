//! What a gateway counts of itself, for Prometheus.
//!
//! Numbers are atomics that the way of a request adds to; gauges are read as somebody asks. Labels
//! are bounded: what goes beyond [`SERIES_MAX`] is counted under `other`, and lost in no sum.

mod histogram;
mod page;
mod series;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

use leasehold_types::TenantId;

use crate::api::Refused;
use crate::serve::Entry;

pub use histogram::Histogram;
pub use page::page;
pub use series::Series;

/// Most pairs of tenant and model, and most leases and replicas, that have numbers of their own.
pub const SERIES_MAX: usize = 2_000;

/// What a gateway counted.
#[derive(Debug, Default)]
pub struct Metrics {
    by_tenant: RwLock<BTreeMap<TenantId, ByModel>>,
    /// Those beyond the bound.
    other: Arc<Series>,
    refused: [AtomicU64; REASONS.len()],
}

/// What is counted of one tenant's requests, by model.
type ByModel = BTreeMap<Arc<str>, Arc<Series>>;

/// Why requests are refused before they are admitted, as labels say it.
const REASONS: [&str; 9] =
    ["key", "model", "path", "request", "too_large", "slow", "entitlement", "overloaded", "meter"];

impl Metrics {
    /// A request ended. `queued` is how long it waited for its place and its replica.
    pub(crate) fn ended(&self, entry: &Entry, queued: Option<u64>) {
        self.series(&entry.holder.tenant, &entry.model).ended(entry, queued);
    }

    /// A request was refused.
    pub(crate) fn refused(&self, why: &Refused) {
        let reason = match why {
            Refused::Key => 0,
            Refused::Model(_) => 1,
            Refused::Path => 2,
            Refused::Ask(_) => 3,
            Refused::TooLarge(_) => 4,
            Refused::Slow => 5,
            Refused::Entitlement { .. } => 6,
            Refused::Overloaded { .. } => 7,
            Refused::Meter { .. } => 8,
            // These end requests that were admitted: they are counted there.
            _ => return,
        };
        if let Some(count) = self.refused.get(reason) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Every pair of tenant and model, in order, and what is beyond the bound.
    pub fn all(&self) -> Vec<(String, String, Arc<Series>)> {
        let by_tenant = self.by_tenant.read().unwrap_or_else(PoisonError::into_inner);
        let of = |(tenant, models): (&TenantId, &ByModel)| {
            let tenant = tenant.to_string();
            let row = |(model, series): (&Arc<str>, &Arc<Series>)| {
                (tenant.clone(), model.to_string(), series.clone())
            };
            models.iter().map(row).collect::<Vec<_>>()
        };
        let mut all: Vec<_> = by_tenant.iter().flat_map(of).collect();
        if self.other.requests() > 0 {
            all.push((OTHER.to_owned(), OTHER.to_owned(), self.other.clone()));
        }
        all
    }

    fn series(&self, tenant: &TenantId, model: &Arc<str>) -> Arc<Series> {
        {
            let known = self.by_tenant.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(series) = known.get(tenant).and_then(|models| models.get(model)) {
                return series.clone();
            }
        }
        let mut known = self.by_tenant.write().unwrap_or_else(PoisonError::into_inner);
        let count: usize = known.values().map(BTreeMap::len).sum();
        let models = known.get(tenant);
        if count >= SERIES_MAX && models.is_none_or(|models| !models.contains_key(model)) {
            return self.other.clone();
        }
        known.entry(tenant.clone()).or_default().entry(model.clone()).or_default().clone()
    }
}

/// The label of what is beyond the bound.
const OTHER: &str = "other";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_bounded() {
        let metrics = Metrics::default();
        let model: Arc<str> = "tiny".into();
        for n in 0..SERIES_MAX + 5 {
            let tenant = TenantId::new(&format!("t{n}")).unwrap();
            let series = metrics.series(&tenant, &model);
            assert_eq!(Arc::ptr_eq(&series, &metrics.other), n >= SERIES_MAX);
            assert!(Arc::ptr_eq(&series, &metrics.series(&tenant, &model)));
        }
        assert_eq!(metrics.all().len(), SERIES_MAX, "nothing was counted under `other`");
    }
}

//! What cannot be had, and by which rule, in words.

use std::fmt;

use leasehold_types::{HallId, LeaseId, TrancheId, Units};
use serde::{Deserialize, Serialize};

use super::scene::Scene;
use super::{Bar, ClassTerms, LeaseHolding, TrancheHolding};

/// A rule that keeps units from a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Impossible {
    /// Firm units are never recalled.
    Firm {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// So many stay with the tenant.
        units: Units,
    },
    /// A clause forbids a recall by this class.
    Clause {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// The notice class.
        class: String,
        /// What stands against it.
        bar: Bar,
    },
    /// A class gives no more than this, though the tranche has more that is not firm.
    Most {
        /// The lease.
        lease: LeaseId,
        /// The tranche.
        tranche: TrancheId,
        /// The notice class.
        class: String,
        /// The most, in whole nodes.
        units: Units,
    },
    /// A hall cannot power all of its idle nodes.
    Power {
        /// The hall.
        hall: HallId,
        /// What it has left, in watts.
        left: u64,
        /// What its idle nodes would draw more, in watts.
        asked: u64,
    },
    /// Domains that cannot be emptied: the owner's jobs, nodes out of service, or units that
    /// nothing recalls are in them.
    Domains {
        /// The hall.
        hall: HallId,
        /// How many of its domains.
        held: u32,
        /// Of how many.
        of: u32,
    },
    /// The fleet has no such pool.
    Pool,
    /// More than the pool has.
    Size {
        /// All its units.
        units: Units,
    },
    /// Fewer could be had by the same rules.
    Fewer {
        /// For so many there is a plan; none was found for a node more.
        units: Units,
    },
}

impl Impossible {
    pub(super) fn firm(lease: &LeaseHolding, tranche: &TrancheHolding) -> Self {
        let (lease, units) = (lease.lease.clone(), tranche.firm);
        Impossible::Firm { lease, tranche: tranche.tranche.clone(), units }
    }

    /// What a class does not give.
    pub(super) fn of_class(
        lease: &LeaseHolding,
        tranche: &TrancheHolding,
        terms: &ClassTerms,
        breaks: &[Bar],
        most: (u64, u64),
    ) -> Vec<Self> {
        let names = || (lease.lease.clone(), tranche.tranche.clone(), terms.class.clone());
        let mut found: Vec<Impossible> = breaks
            .iter()
            .map(|bar| {
                let (lease, tranche, class) = names();
                Impossible::Clause { lease, tranche, class, bar: bar.clone() }
            })
            .collect();
        let (lawful, free) = most;
        if breaks.is_empty() && lawful < free {
            let (lease, tranche, class) = names();
            found.push(Impossible::Most { lease, tranche, class, units: Units(lawful) });
        }
        found
    }

    /// What halls do not give.
    pub(super) fn of_halls(scene: &Scene<'_>) -> Vec<Self> {
        let mut found = Vec::new();
        for (index, hall) in scene.fleet.halls().iter().enumerate() {
            let of: Vec<usize> =
                (0..scene.domains.len()).filter(|d| scene.domains[*d].hall == index).collect();
            let idle = |domain: &usize| {
                let at = &scene.domains[*domain];
                i64::from(at.idle) * (at.rise + i64::from(scene.demand.extra_watts))
            };
            let (asked, left) = (of.iter().map(idle).sum::<i64>(), scene.headroom[index]);
            if asked > left {
                let (left, asked) = (left.max(0).unsigned_abs(), asked.unsigned_abs());
                found.push(Impossible::Power { hall: hall.id.clone(), left, asked });
            }
            let held = of.iter().filter(|domain| scene.whole(**domain).is_none()).count();
            if held > 0 && scene.demand.contiguity != super::Contiguity::Any {
                let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
                let (held, of) = (count(held), count(of.len()));
                found.push(Impossible::Domains { hall: hall.id.clone(), held, of });
            }
        }
        found
    }
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Impossible::Firm { lease, tranche, units } => {
                write!(f, "lease {lease}, tranche {tranche}: {units} units are firm and stay")
            }
            Impossible::Clause { lease, tranche, class, bar } => write!(
                f,
                "lease {lease}, tranche {tranche}, class {class}: `{}` forbids it: {}",
                bar.rule, bar.message
            ),
            Impossible::Most { lease, tranche, class, units } => write!(
                f,
                "lease {lease}, tranche {tranche}, class {class}: at most {units} units may be taken"
            ),
            Impossible::Power { hall, left, asked } => write!(
                f,
                "hall {hall}: {left} W of its cap are left, its idle nodes would draw {asked} W more"
            ),
            Impossible::Domains { hall, held, of } => write!(
                f,
                "hall {hall}: {held} of {of} domains cannot be emptied: jobs of the owner's, nodes out of service or units that nothing recalls are in them"
            ),
            Impossible::Pool => write!(f, "the fleet has no such pool"),
            Impossible::Size { units } => write!(f, "the pool has {units} units in all"),
            Impossible::Fewer { units } => {
                write!(f, "{units} units could be had by the same rules")
            }
        }
    }
}

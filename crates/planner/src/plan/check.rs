//! Whether a snapshot is one of this fleet: each node has one holder, each name one meaning.

use leasehold_types::{LeaseId, NodeId, Ratio, Seconds};

use super::scene::PRICE_MAX;
use super::snapshot::{LEASES_MAX, REPLICAS_MAX, SNAPSHOT_VERSION};
use super::{LeaseHolding, Snapshot, TrancheHolding};
use crate::{Fleet, NodeSet};

/// Longest demand, in seconds: ten years.
pub const LENGTH_MAX: Seconds = Seconds(10 * 366 * 86_400);

/// What is wrong with a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotFault {
    /// Of another version.
    #[error("`snapshot` is {found}, and {SNAPSHOT_VERSION} is read; write the snapshot anew")]
    Version {
        /// Its version.
        found: u32,
    },
    /// Larger than is planned for.
    #[error("the snapshot has {found} {what}, and at most {most} are planned for")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        found: usize,
        /// How many may be.
        most: usize,
    },
    /// A node that the fleet, or the pool, does not have.
    #[error("{who} names node {node}, which is not in {place}; take the snapshot of this fleet")]
    Elsewhere {
        /// Who names it.
        who: String,
        /// The node.
        node: NodeId,
        /// Where it is not.
        place: String,
    },
    /// A node with two holders.
    #[error("node {node} is held by {first} and by {second}; a node has one holder")]
    TwoHolders {
        /// The node.
        node: NodeId,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// A replica on nodes that its lease does not hold.
    #[error(
        "a replica of lease {lease} is on node {node}, which the lease does not hold, or which another replica has"
    )]
    Replica {
        /// The lease.
        lease: LeaseId,
        /// The node.
        node: NodeId,
    },
    /// A price that cannot be one.
    #[error(
        "{who}: `{what}` is {found}; write at least 0 minor units, and at most {most} an accelerator-hour"
    )]
    Price {
        /// Whose.
        who: String,
        /// Which.
        what: &'static str,
        /// What it is.
        found: Ratio,
        /// The most.
        most: i64,
    },
    /// A length that cannot be one.
    #[error("the demand's length is {0}; write at least 1 s and at most {LENGTH_MAX}")]
    Length(Seconds),
}

/// Highest price of an accelerator-hour, in minor units.
const UNIT_HOUR_MAX: i64 = 1 << 32;

/// Checks a snapshot against its fleet.
///
/// # Errors
/// The first [`SnapshotFault`] found.
pub fn check(fleet: &Fleet, snapshot: &Snapshot) -> Result<(), SnapshotFault> {
    if snapshot.snapshot != SNAPSHOT_VERSION {
        return Err(SnapshotFault::Version { found: snapshot.snapshot });
    }
    let replicas = snapshot.leases.iter().map(|lease| lease.replicas.len()).sum();
    let within = |what, found, most| {
        if found > most { Err(SnapshotFault::TooMany { what, found, most }) } else { Ok(()) }
    };
    within("leases", snapshot.leases.len(), LEASES_MAX)?;
    within("replicas", replicas, REPLICAS_MAX)?;
    within("jobs", snapshot.jobs.len(), REPLICAS_MAX)?;
    let mut holders: Vec<(NodeSet, String)> = vec![(snapshot.kept.clone(), "`kept`".to_owned())];
    in_fleet(fleet, &snapshot.kept, "`kept`")?;
    in_fleet(fleet, &snapshot.down, "`down`")?;
    let mut busy = Vec::new();
    for job in &snapshot.jobs {
        in_fleet(fleet, &job.nodes, &format!("job {}", job.job))?;
        busy.extend(job.nodes.runs().iter().copied());
    }
    holders.push((NodeSet::from_runs(busy), "a job".to_owned()));
    for lease in &snapshot.leases {
        check_lease(fleet, lease, &mut holders)?;
    }
    one_holder(&holders)?;
    if let Some(demand) = snapshot.demand.as_ref() {
        check_length(demand.length)?;
    }
    Ok(())
}

pub(super) fn check_length(length: Seconds) -> Result<(), SnapshotFault> {
    let sound = length >= Seconds(1) && length <= LENGTH_MAX;
    if sound { Ok(()) } else { Err(SnapshotFault::Length(length)) }
}

fn check_lease(
    fleet: &Fleet,
    lease: &LeaseHolding,
    holders: &mut Vec<(NodeSet, String)>,
) -> Result<(), SnapshotFault> {
    let who = format!("lease {}", lease.lease);
    check_price(&who, "price", lease.price)?;
    let mut all = Vec::new();
    for tranche in &lease.tranches {
        let who = format!("{who}, tranche {}", tranche.tranche);
        check_tranche(fleet, tranche, &who)?;
        all.extend(tranche.nodes.runs().iter().copied());
        holders.push((tranche.nodes.clone(), who));
    }
    let all = NodeSet::from_runs(all);
    let mut seen: Vec<(u32, u32)> = Vec::new();
    for replica in &lease.replicas {
        let strange = replica.nodes.difference(&all);
        if let Some(node) = strange.iter().next() {
            return Err(SnapshotFault::Replica { lease: lease.lease.clone(), node });
        }
        seen.extend(replica.nodes.runs().iter().copied());
    }
    seen.sort_unstable();
    let twice = seen.windows(2).find(|pair| pair[0].0 + pair[0].1 > pair[1].0);
    match twice {
        Some(pair) => {
            Err(SnapshotFault::Replica { lease: lease.lease.clone(), node: NodeId(pair[1].0) })
        }
        None => Ok(()),
    }
}

fn check_tranche(fleet: &Fleet, tranche: &TrancheHolding, who: &str) -> Result<(), SnapshotFault> {
    let pool = fleet.pools().iter().find(|pool| pool.id == tranche.pool);
    let range = pool.map_or(0..0, |pool| pool.nodes.clone());
    let strange = tranche.nodes.difference(&NodeSet::from_range(range));
    if let Some(node) = strange.iter().next() {
        let place = format!("pool {}", tranche.pool);
        return Err(SnapshotFault::Elsewhere { who: who.to_owned(), node, place });
    }
    for terms in &tranche.classes {
        let who = format!("{who}, class {}", terms.class);
        check_price(&who, "abatement", terms.abatement)?;
        check_price(&who, "compensation", terms.compensation)?;
        check_price(&who, "breach", terms.breach)?;
    }
    Ok(())
}

fn check_price(who: &str, what: &'static str, price: Ratio) -> Result<(), SnapshotFault> {
    const { assert!(UNIT_HOUR_MAX < PRICE_MAX) };
    if (Ratio::ZERO..=Ratio::whole(UNIT_HOUR_MAX)).contains(&price) {
        return Ok(());
    }
    let who = who.to_owned();
    Err(SnapshotFault::Price { who, what, found: price, most: UNIT_HOUR_MAX })
}

fn in_fleet(fleet: &Fleet, nodes: &NodeSet, who: &str) -> Result<(), SnapshotFault> {
    let strange = nodes.difference(&NodeSet::from_range(0..fleet.node_count()));
    match strange.iter().next() {
        Some(node) => {
            let place = "the fleet".to_owned();
            Err(SnapshotFault::Elsewhere { who: who.to_owned(), node, place })
        }
        None => Ok(()),
    }
}

fn one_holder(holders: &[(NodeSet, String)]) -> Result<(), SnapshotFault> {
    let mut runs: Vec<(u32, u32, usize)> = Vec::new();
    for (index, (nodes, _)) in holders.iter().enumerate() {
        runs.extend(nodes.runs().iter().map(|run| (run.0, run.1, index)));
    }
    runs.sort_unstable();
    match runs.windows(2).find(|pair| pair[0].0 + pair[0].1 > pair[1].0) {
        Some(pair) => Err(SnapshotFault::TwoHolders {
            node: NodeId(pair[1].0),
            first: holders[pair[0].2].1.clone(),
            second: holders[pair[1].2].1.clone(),
        }),
        None => Ok(()),
    }
}

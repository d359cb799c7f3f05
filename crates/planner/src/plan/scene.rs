//! A snapshot and a demand, indexed: who holds what of each domain, and every way to take it.

use leasehold_types::{Instant, NodeId, Ratio, Seconds, Units};

use super::{Bar, ClassTerms, Demand, Impossible, LeaseHolding, Snapshot, TrancheHolding};
use crate::Fleet;

/// Costs are compared as whole thousandths of a minor unit.
pub(super) const PARTS: i128 = 1_000;

/// No replica.
pub(super) const NONE: u32 = u32::MAX;

/// Everything that a search needs to know.
pub(super) struct Scene<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) snapshot: &'a Snapshot,
    pub(super) demand: &'a Demand,
    /// Accelerators of a node of the pool.
    pub(super) size: u64,
    /// Nodes wanted.
    pub(super) need: u32,
    /// Tranches in the pool, with the lease of each.
    pub(super) tranches: Vec<(usize, &'a TrancheHolding)>,
    pub(super) ways: Vec<Way>,
    /// For each lease, its ways, none of which another one of its tranche makes useless.
    pub(super) of_lease: Vec<Vec<usize>>,
    pub(super) domains: Vec<Domain>,
    /// The first node of the pool; the next two begin there.
    pub(super) first: u32,
    pub(super) holders: Vec<Holder>,
    /// The replica on each node, by its place in [`Scene::replicas`].
    pub(super) replica_at: Vec<u32>,
    pub(super) bundles: Vec<Bundle>,
    /// All replicas, with the lease of each.
    pub(super) replicas: Vec<(usize, usize)>,
    /// For each way, what a unit of lost work costs: parts for an accelerator-second, as a fraction.
    lost_rate: Vec<(i128, i128)>,
    /// What each of the fleet's halls has left of its cap, in watts.
    pub(super) headroom: Vec<i64>,
    /// What cannot be taken, and by which rule.
    pub(super) impossible: Vec<Impossible>,
}

/// One notice class of one tranche, lawful or forced.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) lease: usize,
    /// Its place in [`Scene::tranches`].
    pub(super) tranche: usize,
    /// Its place in the tranche's classes.
    pub(super) class: usize,
    pub(super) ready_at: Instant,
    /// The most nodes.
    pub(super) most: u32,
    /// What a node costs for the demand's length, in parts, rounded down.
    pub(super) price: i64,
    /// What it breaks; empty where it is lawful.
    pub(super) breaks: Vec<Bar>,
}

/// A rack of the pool.
#[derive(Debug, Clone, Default)]
pub(super) struct Domain {
    pub(super) rack: u32,
    pub(super) hall: usize,
    /// What an idle node draws more when it is put to use, in watts.
    pub(super) rise: i64,
    /// Idle nodes of the owner's.
    pub(super) idle: u32,
    /// Nodes that are up and cannot be had.
    pub(super) blocked: u32,
    /// Its part of [`Scene::bundles`].
    pub(super) bundles: std::ops::Range<usize>,
}

/// Nodes of one domain that one replica holds, or that a tranche holds without one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bundle {
    pub(super) tranche: usize,
    /// Its place in [`Scene::replicas`], or [`NONE`].
    pub(super) replica: u32,
    pub(super) nodes: u32,
}

/// Who has a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Idle,
    Blocked,
    Down,
    Tranche(u32),
}

impl<'a> Scene<'a> {
    /// `None` where the fleet has no such pool.
    pub(super) fn of(
        fleet: &'a Fleet,
        snapshot: &'a Snapshot,
        demand: &'a Demand,
        without: &[usize],
    ) -> Option<Self> {
        let pool = fleet.pool_index(&demand.pool)?;
        let size = u64::from(fleet.pools()[pool].accelerators_per_node);
        let mut scene = Scene {
            fleet,
            snapshot,
            demand,
            size,
            need: u32::try_from(demand.units.0.div_ceil(size)).unwrap_or(u32::MAX),
            tranches: Vec::new(),
            ways: Vec::new(),
            of_lease: vec![Vec::new(); snapshot.leases.len()],
            domains: Vec::new(),
            first: fleet.pools()[pool].nodes.start,
            holders: Vec::new(),
            replica_at: Vec::new(),
            bundles: Vec::new(),
            replicas: Vec::new(),
            lost_rate: Vec::new(),
            headroom: headroom(fleet, snapshot),
            impossible: Vec::new(),
        };
        for (index, lease) in snapshot.leases.iter().enumerate() {
            scene.replicas.extend((0..lease.replicas.len()).map(|replica| (index, replica)));
            for tranche in lease.tranches.iter().filter(|tranche| tranche.pool == demand.pool) {
                scene.tranches.push((index, tranche));
                if !without.contains(&index) {
                    scene.add_ways(index, lease, tranche);
                }
            }
        }
        scene.drop_useless();
        scene.add_domains(pool);
        Some(scene)
    }

    /// The lease of a way or a replica.
    pub(super) fn lease(&self, index: usize) -> &'a LeaseHolding {
        &self.snapshot.leases[index]
    }

    /// The clause's terms of a way.
    pub(super) fn terms(&self, way: &Way) -> &'a ClassTerms {
        &self.tranches[way.tranche].1.classes[way.class]
    }

    fn add_ways(&mut self, lease: usize, holding: &LeaseHolding, tranche: &TrancheHolding) {
        let units = tranche.nodes.len() as u64 * self.size;
        let free = Units(units).saturating_sub(tranche.firm);
        if !tranche.firm.is_zero() {
            self.impossible.push(Impossible::firm(holding, tranche));
        }
        let lost = self.lost_rate(holding.price);
        for (class, terms) in tranche.classes.iter().enumerate() {
            let (breaks, ready_at) = self.breaks(terms);
            let left = terms.left.and_then(|left| {
                u64::try_from(left.0 / u128::from(self.demand.length.0.max(1).unsigned_abs())).ok()
            });
            let lawful = terms.most.0.min(free.0).min(left.unwrap_or(u64::MAX)) / self.size;
            let lawful = u32::try_from(lawful).unwrap_or(u32::MAX);
            let most = if breaks.is_empty() { lawful } else { 0 };
            let most_units = (u64::from(lawful) * self.size, free.0 / self.size * self.size);
            self.impossible
                .extend(Impossible::of_class(holding, tranche, terms, &breaks, most_units));
            self.add_way(lease, class, terms, (terms.ready_at, most, Vec::new()), lost);
            let all = u32::try_from(free.0 / self.size).unwrap_or(u32::MAX);
            if self.demand.allow_breach && all > most {
                let forced = if breaks.is_empty() { vec![beyond(terms)] } else { breaks };
                self.add_way(lease, class, terms, (ready_at, all, forced), lost);
            }
        }
    }

    fn add_way(
        &mut self,
        lease: usize,
        class: usize,
        terms: &ClassTerms,
        (ready_at, most, breaks): (Instant, u32, Vec<Bar>),
        lost: (i128, i128),
    ) {
        let forced = if breaks.is_empty() { Ratio::ZERO } else { terms.breach };
        let Some(price) = self.node_price(terms, forced).filter(|_| most > 0) else { return };
        let tranche = self.tranches.len() - 1;
        self.of_lease[lease].push(self.ways.len());
        self.ways.push(Way { lease, tranche, class, ready_at, most, price, breaks });
        self.lost_rate.push(lost);
    }

    /// What an order by the class would break, and when its units are there even so.
    fn breaks(&self, terms: &ClassTerms) -> (Vec<Bar>, Instant) {
        let mut breaks = terms.barred.clone();
        let mut ready_at = terms.ready_at;
        if let Some(by) = self.demand.needed_by.filter(|by| terms.ready_at > *by) {
            ready_at = by.max(self.snapshot.taken_at);
            let message = format!("ready at {}, needed by {by}", terms.ready_at);
            breaks.push(Bar { rule: "notice".to_owned(), message });
        }
        if let Some(longest) = terms.longest.filter(|longest| self.demand.length > *longest) {
            let message =
                format!("a recall lasts at most {longest}, the gang {}", self.demand.length);
            breaks.push(Bar { rule: "longest".to_owned(), message });
        }
        (breaks, ready_at)
    }

    fn node_price(&self, terms: &ClassTerms, forced: Ratio) -> Option<i64> {
        let rate =
            terms.abatement.checked_add(terms.compensation).ok()?.checked_add(forced).ok()?;
        let unit = over(rate, self.demand.length)?;
        let node = unit.checked_mul(Ratio::new(i128::from(self.size) * PARTS, 1).ok()?).ok()?;
        i64::try_from(node.floor()).ok().filter(|price| (0..=PRICE_MAX).contains(price))
    }

    fn lost_rate(&self, price: Ratio) -> (i128, i128) {
        let rate = price.checked_mul(self.snapshot.weights.lost_work);
        let rate = rate.ok().and_then(|rate| rate.checked_mul(Ratio::new(PARTS, 3_600).ok()?).ok());
        rate.map_or((0, 1), |rate| (rate.numerator(), rate.denominator()))
    }

    /// What is lost when a replica stops for a way, in accelerator-seconds: its reload, and the
    /// streams that the notice does not see out.
    pub(super) fn lost_seconds(&self, replica: u32, way: &Way) -> (u128, u128) {
        let (lease, index) = self.replicas[replica as usize];
        let replica = &self.lease(lease).replicas[index];
        let units = u128::from(replica.nodes.len()) * u128::from(self.size);
        let reload = units * u128::from(replica.reload.0.max(0).unsigned_abs());
        let cut = replica.streams.iter().filter(|streams| streams.ends_at > way.ready_at);
        (reload, cut.map(|streams| streams.spent.0).sum())
    }

    /// The same for one bundle, in parts, rounded down: its nodes' share of the replica's loss.
    pub(super) fn lost_parts(&self, bundle: &Bundle, way: usize) -> i64 {
        if bundle.replica == NONE {
            return 0;
        }
        let (reload, cut) = self.lost_seconds(bundle.replica, &self.ways[way]);
        let (lease, index) = self.replicas[bundle.replica as usize];
        let nodes = i128::from(self.lease(lease).replicas[index].nodes.len().max(1));
        let (top, bottom) = self.lost_rate[way];
        let seconds = i128::try_from(reload + cut).unwrap_or(i128::MAX);
        let lost = seconds.saturating_mul(top) / bottom * i128::from(bundle.nodes) / nodes;
        i64::try_from(lost).unwrap_or(PRICE_MAX).min(PRICE_MAX)
    }

    /// Drops each way that another one of its tranche beats or equals in all that counts.
    fn drop_useless(&mut self) {
        let ways = &self.ways;
        let beats = |a: usize, b: usize| {
            let (x, y) = (&ways[a], &ways[b]);
            let no_worse = x.tranche == y.tranche
                && x.price <= y.price
                && x.most >= y.most
                && x.ready_at >= y.ready_at;
            let same = (x.price, x.most, x.ready_at) == (y.price, y.most, y.ready_at);
            no_worse && (!same || a < b)
        };
        for of in &mut self.of_lease {
            let all = of.clone();
            of.retain(|way| !all.iter().any(|other| other != way && beats(*other, *way)));
        }
    }

    fn add_domains(&mut self, pool: usize) {
        let of = &self.fleet.pools()[pool];
        (self.holders, self.replica_at) = (self.find_holders(pool), self.find_replicas(pool));
        for block in &self.fleet.blocks()[of.blocks.clone()] {
            for rack in block.racks.clone() {
                let start = self.bundles.len();
                let mut domain = Domain {
                    rack,
                    hall: block.hall,
                    rise: i64::from(block.rise_watts()),
                    ..Domain::default()
                };
                for node in block.nodes_of_rack(rack) {
                    let at = (node - self.first) as usize;
                    match self.holders[at] {
                        Holder::Idle => domain.idle += 1,
                        Holder::Blocked => domain.blocked += 1,
                        Holder::Down => {}
                        Holder::Tranche(tranche) => {
                            self.add_node(start, tranche, self.replica_at[at]);
                        }
                    }
                }
                domain.bundles = start..self.bundles.len();
                self.domains.push(domain);
            }
        }
    }

    fn add_node(&mut self, start: usize, tranche: u32, replica: u32) {
        let tranche = tranche as usize;
        let known = self.bundles[start..]
            .iter_mut()
            .rev()
            .find(|bundle| (bundle.tranche, bundle.replica) == (tranche, replica));
        match known {
            Some(bundle) => bundle.nodes += 1,
            None => self.bundles.push(Bundle { tranche, replica, nodes: 1 }),
        }
    }

    fn find_holders(&self, pool: usize) -> Vec<Holder> {
        let range = self.fleet.pools()[pool].nodes.clone();
        let mut holders = vec![Holder::Idle; range.len()];
        let mut set = |nodes: &crate::NodeSet, holder| {
            for run in nodes.within(range.clone()).ranges() {
                let run = (run.start - range.start) as usize..(run.end - range.start) as usize;
                holders[run].fill(holder);
            }
        };
        for (index, (_, tranche)) in self.tranches.iter().enumerate() {
            let takable =
                self.of_lease.iter().flatten().any(|way| self.ways[*way].tranche == index);
            let index = u32::try_from(index).unwrap_or(NONE);
            set(&tranche.nodes, if takable { Holder::Tranche(index) } else { Holder::Blocked });
        }
        for job in &self.snapshot.jobs {
            set(&job.nodes, Holder::Blocked);
        }
        set(&self.snapshot.kept, Holder::Blocked);
        set(&self.snapshot.down, Holder::Down);
        holders
    }

    fn find_replicas(&self, pool: usize) -> Vec<u32> {
        let range = self.fleet.pools()[pool].nodes.clone();
        let mut found = vec![NONE; range.len()];
        for (index, (lease, replica)) in self.replicas.iter().enumerate() {
            let nodes = &self.lease(*lease).replicas[*replica].nodes;
            for NodeId(node) in nodes.iter().filter(|node| range.contains(&node.0)) {
                found[(node - range.start) as usize] = u32::try_from(index).unwrap_or(NONE);
            }
        }
        found
    }
}

/// Highest cost of one item in parts: sums of all items, times a price, stay within 127 bits.
pub(super) const PRICE_MAX: i64 = 1 << 50;

/// `rate` for each hour over a length.
pub(super) fn over(rate: Ratio, length: Seconds) -> Option<Ratio> {
    rate.checked_mul(Ratio::new(length.0.max(0).into(), 3_600).ok()?).ok()
}

fn beyond(terms: &ClassTerms) -> Bar {
    let message = match terms.left {
        Some(left) => format!("at most {} units, {left} left this year", terms.most),
        None => format!("at most {} units", terms.most),
    };
    Bar { rule: "most_units".to_owned(), message }
}

/// What each hall has left of its cap: leased nodes, those of jobs and those that are kept count
/// with all that they may draw, others at rest.
fn headroom(fleet: &Fleet, snapshot: &Snapshot) -> Vec<i64> {
    let mut left: Vec<i64> = fleet
        .halls()
        .iter()
        .map(|hall| i64::try_from(hall.cap_watts).unwrap_or(i64::MAX))
        .collect();
    let tranches = snapshot.leases.iter().flat_map(|lease| &lease.tranches);
    let held =
        tranches.map(|tranche| &tranche.nodes).chain(snapshot.jobs.iter().map(|job| &job.nodes));
    let runs =
        held.chain([&snapshot.kept]).flat_map(|nodes| nodes.runs().iter().copied()).collect();
    let busy = crate::NodeSet::from_runs(runs);
    for block in fleet.blocks() {
        let busy = i64::from(busy.within(block.nodes.clone()).len());
        let at_rest = block.nodes.len() as i64 * i64::from(block.idle_watts);
        left[block.hall] -= at_rest + busy * i64::from(block.rise_watts());
    }
    left
}

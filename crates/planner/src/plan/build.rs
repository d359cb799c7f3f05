//! From a scene to a problem: what is an item, what a group, what a row.
//!
//! A gang that may lie anywhere takes nodes: an item is the nodes of one replica in one domain (or
//! of none), an inner group the replica, charged with what its stop loses, an outer group the
//! domain. A gang of whole domains takes domains: an item is a domain, an outer group a hall.

use std::ops::Range;

use super::Contiguity;
use super::parts;
use super::problem::{Group, Item, Part, Problem};
use super::scene::{Domain, PARTS, Scene};

/// Which ways are in play, and where.
pub(super) struct Choice<'a> {
    /// For each lease, the ways of which it may use one.
    pub(super) ways: &'a [Vec<usize>],
    /// The one hall that may be used; all where absent.
    pub(super) hall: Option<usize>,
}

/// What a problem's numbers stand for.
pub(super) struct Built {
    pub(super) problem: Problem,
    /// For each item, its domain and its bundle there; no bundle for idle nodes or a whole domain.
    pub(super) items: Vec<(usize, Option<usize>)>,
    /// For each tranche, its row; absent where it is not in play.
    pub(super) rows: Vec<Option<Terms>>,
}

/// What a tranche's nodes cost at least, by the ways in play.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    row: u32,
    price: i64,
    ways: Vec<usize>,
}

/// The problem for these ways. Where a lease has several, each of its nodes costs what the
/// cheapest asks and there are as many as the largest allows: a lower bound of them all.
pub(super) fn build(scene: &Scene<'_>, choice: &Choice<'_>) -> Built {
    let mut problem = Problem { need: i64::from(scene.need), ..Problem::default() };
    let mut rows: Vec<Option<Terms>> = vec![None; scene.tranches.len()];
    for way in choice.ways.iter().flatten() {
        let at = &scene.ways[*way];
        let most = i64::from(at.most);
        match &mut rows[at.tranche] {
            Some(terms) => {
                terms.price = terms.price.min(at.price);
                terms.ways.push(*way);
                let row = &mut problem.rows[terms.row as usize];
                *row = most.max(*row);
            }
            none => {
                let row = narrow(problem.rows.len());
                problem.rows.push(most);
                *none = Some(Terms { row, price: at.price, ways: vec![*way] });
            }
        }
    }
    let power = power_rows(scene, &mut problem);
    let mut builder =
        Builder { scene, choice, power, built: Built { problem, items: vec![], rows } };
    match scene.demand.contiguity {
        Contiguity::Any => builder.add_nodes(),
        Contiguity::Domain | Contiguity::Hall => builder.add_domains(),
    }
    builder.built
}

/// A row for each hall that could run short of power.
fn power_rows(scene: &Scene<'_>, problem: &mut Problem) -> Vec<Option<u32>> {
    let extra = i64::from(scene.demand.extra_watts);
    let mut asked = vec![0i64; scene.headroom.len()];
    for domain in &scene.domains {
        let nodes: u32 = scene.bundles[domain.bundles.clone()].iter().map(|b| b.nodes).sum();
        let idle = i64::from(domain.idle);
        asked[domain.hall] += idle * domain.rise + (idle + i64::from(nodes)) * extra;
    }
    let row = |(hall, asked): (usize, &i64)| {
        (*asked > scene.headroom[hall]).then(|| {
            problem.rows.push(scene.headroom[hall].max(0));
            narrow(problem.rows.len() - 1)
        })
    };
    asked.iter().enumerate().map(row).collect()
}

impl Built {
    /// The row of a bundle, what a node of it costs, and what its replica's stop loses.
    pub(super) fn terms_of(&self, scene: &Scene<'_>, bundle: usize) -> Option<(u32, i64, i64)> {
        let terms = self.rows[scene.bundles[bundle].tranche].as_ref()?;
        Some((terms.row, terms.price, terms.lost(scene, bundle)))
    }
}

impl Terms {
    /// What the stop of a bundle's replica loses at least, by the ways in play.
    fn lost(&self, scene: &Scene<'_>, bundle: usize) -> i64 {
        let bundle = &scene.bundles[bundle];
        self.ways.iter().map(|way| scene.lost_parts(bundle, *way)).min().unwrap_or(0)
    }
}

struct Builder<'s, 'a> {
    scene: &'s Scene<'a>,
    choice: &'s Choice<'s>,
    power: Vec<Option<u32>>,
    built: Built,
}

impl Builder<'_, '_> {
    fn add_nodes(&mut self) {
        let charge = i64::from(self.scene.snapshot.weights.domain) * PARTS as i64;
        for (index, domain) in self.scene.domains.iter().enumerate() {
            let first = self.built.problem.inners.len();
            if domain.idle > 0 {
                let uses = self.uses(&[], domain, 1, 1);
                self.add_node_item((index, None), i64::from(domain.idle), 0, 0, uses);
            }
            for at in domain.bundles.clone() {
                let bundle = self.scene.bundles[at];
                let Some(terms) = self.built.rows[bundle.tranche].clone() else { continue };
                let uses = self.uses(&[(terms.row, 1)], domain, 0, 1);
                let lost = terms.lost(self.scene, at);
                self.add_node_item((index, Some(at)), bundle.nodes.into(), terms.price, lost, uses);
            }
            self.close_outer(first, charge, 0..0);
        }
    }

    fn add_node_item(
        &mut self,
        what: (usize, Option<usize>),
        count: i64,
        cost: i64,
        charge: i64,
        uses: Range<usize>,
    ) {
        let problem = &mut self.built.problem;
        let (item, inner) = (problem.items.len(), narrow(problem.inners.len()));
        problem.items.push(Item { size: 1, cost, count, uses, inner });
        let outer = narrow(problem.outers.len());
        problem.inners.push(Group { members: item..item + 1, charge, outer, parts: 0..0 });
        self.built.items.push(what);
    }

    /// The rows that a choice uses: of tranches, and of power for idle nodes and for all.
    fn uses(&mut self, held: &[(u32, i64)], domain: &Domain, idle: i64, all: i64) -> Range<usize> {
        let uses = &mut self.built.problem.uses;
        let start = uses.len();
        uses.extend(held);
        let watts = idle * domain.rise + all * i64::from(self.scene.demand.extra_watts);
        if let Some(row) = self.power[domain.hall].filter(|_| watts > 0) {
            uses.push((row, watts));
        }
        start..uses.len()
    }

    fn close_outer(&mut self, first: usize, charge: i64, parts: Range<usize>) {
        let problem = &mut self.built.problem;
        if problem.inners.len() > first {
            let members = first..problem.inners.len();
            problem.outers.push(Group { members, charge, outer: 0, parts });
        }
    }

    fn add_domains(&mut self) {
        let charge = i64::from(self.scene.snapshot.weights.hall) * PARTS as i64;
        let mut order: Vec<usize> = (0..self.scene.domains.len()).collect();
        order.retain(|domain| {
            self.choice.hall.is_none_or(|hall| self.scene.domains[*domain].hall == hall)
        });
        order.sort_by_key(|domain| (self.scene.domains[*domain].hall, *domain));
        let wanted = self.part_sizes(&order);
        let of_hall =
            |a: &usize, b: &usize| self.scene.domains[*a].hall == self.scene.domains[*b].hall;
        let halls: Vec<&[usize]> = order.chunk_by(of_hall).collect();
        for domains in halls {
            let problem = &mut self.built.problem;
            let (first, items) = (problem.inners.len(), problem.items.len());
            let parts = problem.parts.len();
            for domain in domains {
                self.add_domain(*domain, narrow(first), &wanted);
            }
            let problem = &mut self.built.problem;
            let (members, outer) = (items..problem.items.len(), narrow(problem.outers.len()));
            problem.inners.push(Group { members, charge: 0, outer, parts: 0..0 });
            let parts = parts..problem.parts.len();
            self.close_outer(first, charge, parts);
        }
    }

    /// Which parts of a domain could complete a gang. Where all domains have one size, it is what
    /// the division leaves, and it must be taken.
    fn part_sizes(&mut self, order: &[usize]) -> Vec<u32> {
        let rack =
            |domain: &usize| self.scene.fleet.nodes_of_rack(self.scene.domains[*domain].rack);
        let mut sizes: Vec<u32> = order.iter().map(|domain| narrow(rack(domain).len())).collect();
        sizes.sort_unstable();
        let largest = sizes.last().copied().unwrap_or(self.scene.need);
        sizes.dedup();
        if sizes.len() > 1 {
            return (1..largest).collect();
        }
        let rest = sizes.first().map_or(self.scene.need, |size| self.scene.need % size);
        self.built.problem.must_part = rest > 0;
        if rest > 0 { vec![rest] } else { Vec::new() }
    }

    fn add_domain(&mut self, index: usize, inner: u32, wanted: &[u32]) {
        let domain = &self.scene.domains[index];
        let charge = i64::from(self.scene.snapshot.weights.domain) * PARTS as i64;
        let (mut cost, mut nodes, mut all) = (charge, domain.idle, true);
        let mut held: Vec<(u32, i64)> = Vec::new();
        for at in domain.bundles.clone() {
            let bundle = self.scene.bundles[at];
            let Some(terms) = self.built.rows[bundle.tranche].clone() else {
                all = false;
                continue;
            };
            nodes += bundle.nodes;
            cost += i64::from(bundle.nodes) * terms.price + terms.lost(self.scene, at);
            add_use(&mut held, terms.row, bundle.nodes.into());
        }
        let whole = self.scene.whole(index).filter(|_| all);
        let size = i64::from(whole.unwrap_or(nodes).max(1));
        let uses = self.uses(&held, domain, domain.idle.into(), size);
        let item = narrow(self.built.problem.items.len());
        let count = i64::from(whole.is_some());
        self.built.problem.items.push(Item { size, cost, count, uses, inner });
        self.built.items.push((index, None));
        let most = whole.map_or(nodes, |size| size - 1);
        for size in wanted.iter().copied().filter(|size| *size <= most) {
            self.add_parts(index, item, size, charge);
        }
    }

    fn add_parts(&mut self, index: usize, item: u32, size: u32, charge: i64) {
        let domain = &self.scene.domains[index];
        let outer = narrow(self.built.problem.outers.len());
        for (variant, part) in parts::mixes(self, index, size) {
            let all = if variant == parts::BOUND_ONLY { 0 } else { i64::from(size) };
            let uses = self.uses(&part.held, domain, part.idle, all);
            let cost = part.cost + charge;
            let size = i64::from(size);
            self.built.problem.parts.push(Part { item, outer, size, cost, uses, variant });
        }
    }
}

impl parts::Terms for Builder<'_, '_> {
    fn scene(&self) -> &Scene<'_> {
        self.scene
    }

    fn of(&self, bundle: usize) -> Option<(u32, i64, i64)> {
        self.built.terms_of(self.scene, bundle)
    }
}

impl Scene<'_> {
    /// The nodes of a domain that could be had as a whole: none of them is out of service, and
    /// none with somebody who gives nothing.
    pub(super) fn whole(&self, domain: usize) -> Option<u32> {
        let at = &self.domains[domain];
        let held: u32 = self.bundles[at.bundles.clone()].iter().map(|bundle| bundle.nodes).sum();
        let all = self.fleet.nodes_of_rack(at.rack).len();
        (at.blocked == 0 && (at.idle + held) as usize == all).then_some(at.idle + held)
    }
}

fn add_use(held: &mut Vec<(u32, i64)>, row: u32, amount: i64) {
    match held.iter_mut().find(|known| known.0 == row) {
        Some(known) => known.1 += amount,
        None => held.push((row, amount)),
    }
}

/// Rows, items and groups are fewer than a fleet has nodes.
pub(super) fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

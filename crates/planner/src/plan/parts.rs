//! A part of a domain: which of its nodes, if not all are wanted.
//!
//! A part is a mix: so many idle nodes, so many of each tranche, each tranche's taken in the
//! cheapest way. Rows may forbid one mix and allow another. Where there are few they are all told;
//! where there are many, the cheapest one is, and the cheapest without idle nodes and without each
//! tranche, and beside them a part that uses no row, which only the bound may take: so the bound
//! stays one of all mixes.

use super::build::narrow;
use super::scene::Scene;

/// Most parts of all domains for which every mix is told.
const PARTS_MAX: usize = 20_000;
/// The number of the part that only the bound may take.
pub(super) const BOUND_ONLY: u32 = u32::MAX;

/// What bundles cost.
pub(super) trait Terms {
    fn scene(&self) -> &Scene<'_>;
    /// The row of a bundle, what a node of it costs, and what its replica's stop does; `None`
    /// where it cannot be had.
    fn of(&self, bundle: usize) -> Option<(u32, i64, i64)>;
}

/// A part of a domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    pub(super) cost: i64,
    /// Idle nodes.
    pub(super) idle: i64,
    /// Nodes by row.
    pub(super) held: Vec<(u32, i64)>,
    /// Nodes by bundle.
    pub(super) bundles: Vec<(usize, u32)>,
}

/// A tranche's nodes in a domain.
struct Curve {
    row: u32,
    /// What `n` nodes cost at least; as long as there are nodes.
    costs: Vec<i64>,
    /// For each bundle, how many are of it where `n` are taken of it and those before it.
    picks: Vec<(usize, Vec<u32>)>,
}

/// Idle nodes, and nodes of each curve.
type Mix = (u32, Vec<u32>);

/// The parts of `size` nodes, each by its number.
pub(super) fn mixes(terms: &impl Terms, domain: usize, size: u32) -> Vec<(u32, Chosen)> {
    let curves = curves(terms, domain, size);
    let (all, complete) = listed(terms.scene(), domain, size, &curves);
    let numbered = (0..).zip(&all);
    let mut found: Vec<(u32, Chosen)> =
        numbered.map(|(number, mix)| (number, chosen(&curves, mix))).collect();
    if !complete {
        let least = found.iter().map(|part| part.1.cost).min();
        found.extend(least.map(|cost| (BOUND_ONLY, Chosen { cost, ..Chosen::default() })));
    }
    found
}

/// The part of that number.
pub(super) fn mix_of(terms: &impl Terms, domain: usize, size: u32, number: u32) -> Option<Chosen> {
    let curves = curves(terms, domain, size);
    let (all, _) = listed(terms.scene(), domain, size, &curves);
    all.get(number as usize).map(|mix| chosen(&curves, mix))
}

/// The mixes, and whether they are all.
fn listed(scene: &Scene<'_>, domain: usize, size: u32, curves: &[Curve]) -> (Vec<Mix>, bool) {
    let most = PARTS_MAX / scene.domains.len().max(1);
    let idle = scene.domains[domain].idle.min(size);
    let mut found = Vec::new();
    list(curves, size, idle, most, &mut Vec::new(), &mut found);
    if found.len() <= most {
        return (found, true);
    }
    let mut few: Vec<Mix> = Vec::new();
    let limits = [(idle, None), (0, None)].into_iter();
    for (idle, without) in limits.chain((0..curves.len()).map(|curve| (idle, Some(curve)))) {
        if let Some(mix) = cheapest(curves, size, idle, without).filter(|mix| !few.contains(mix)) {
            few.push(mix);
        }
    }
    (few, false)
}

/// All mixes, or more than `most` of them.
fn list(
    curves: &[Curve],
    missing: u32,
    idle: u32,
    most: usize,
    counts: &mut Vec<u32>,
    found: &mut Vec<Mix>,
) {
    if found.len() > most {
        return;
    }
    let Some(curve) = curves.get(counts.len()) else {
        if missing <= idle {
            found.push((missing, counts.clone()));
        }
        return;
    };
    for count in 0..=narrow(curve.costs.len() - 1).min(missing) {
        counts.push(count);
        list(curves, missing - count, idle, most, counts, found);
        counts.pop();
    }
}

/// The cheapest mix with at most `idle` idle nodes and none of the curve `without`.
fn cheapest(curves: &[Curve], size: u32, idle: u32, without: Option<usize>) -> Option<Mix> {
    let wanted = size as usize;
    let mut costs: Vec<Option<i64>> =
        (0..=wanted).map(|n| (n <= idle as usize).then_some(0)).collect();
    let mut picks: Vec<Vec<u32>> = Vec::new();
    for (index, curve) in curves.iter().enumerate() {
        let mut picked = vec![0; wanted + 1];
        let most = if without == Some(index) { 0 } else { curve.costs.len() - 1 };
        for sum in (1..=wanted).rev() {
            for of in 1..=most.min(sum) {
                let Some(cost) = costs[sum - of].map(|cost| cost + curve.costs[of]) else {
                    continue;
                };
                if costs[sum].is_none_or(|known| cost < known) {
                    costs[sum] = Some(cost);
                    picked[sum] = narrow(of);
                }
            }
        }
        picks.push(picked);
    }
    costs[wanted]?;
    let (mut sum, mut counts) = (wanted, vec![0; curves.len()]);
    for (curve, picked) in picks.iter().enumerate().rev() {
        counts[curve] = picked[sum];
        sum -= picked[sum] as usize;
    }
    Some((narrow(sum), counts))
}

fn chosen(curves: &[Curve], (idle, counts): &Mix) -> Chosen {
    let mut found = Chosen { idle: i64::from(*idle), ..Chosen::default() };
    for (curve, count) in curves.iter().zip(counts).filter(|(_, count)| **count > 0) {
        found.cost += curve.costs[*count as usize];
        found.held.push((curve.row, i64::from(*count)));
        let mut left = *count as usize;
        for (bundle, picked) in curve.picks.iter().rev() {
            if picked[left] > 0 {
                found.bundles.push((*bundle, picked[left]));
                left -= picked[left] as usize;
            }
        }
    }
    found
}

/// What nodes of each tranche cost in a domain.
fn curves(terms: &impl Terms, domain: usize, size: u32) -> Vec<Curve> {
    let scene = terms.scene();
    let mut curves: Vec<Curve> = Vec::new();
    for bundle in scene.domains[domain].bundles.clone() {
        let Some((row, price, lost)) = terms.of(bundle) else { continue };
        let at = curves.iter().position(|curve| curve.row == row).unwrap_or_else(|| {
            curves.push(Curve { row, costs: vec![0], picks: Vec::new() });
            curves.len() - 1
        });
        curves[at].add(bundle, scene.bundles[bundle].nodes, price, lost, size);
    }
    curves
}

impl Curve {
    /// Adds a bundle, filled or not: each part of it costs its nodes and the whole stop.
    fn add(&mut self, bundle: usize, nodes: u32, price: i64, lost: i64, size: u32) {
        let before = std::mem::take(&mut self.costs);
        let most = (before.len() - 1 + nodes as usize).min(size as usize);
        let mut picked = vec![0; size as usize + 1];
        for (sum, picked) in picked.iter_mut().enumerate().take(most + 1) {
            let without = before.get(sum).map(|cost| (*cost, 0));
            let with = (1..=(nodes as usize).min(sum)).filter_map(|of| {
                let cost = before.get(sum - of)? + price * of as i64 + lost;
                Some((cost, narrow(of)))
            });
            if let Some((cost, of)) = without.into_iter().chain(with).min() {
                self.costs.push(cost);
                *picked = of;
            }
        }
        self.picks.push((bundle, picked));
    }
}

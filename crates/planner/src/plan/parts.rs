//! The cheapest part of a domain: which of its nodes, if not all are wanted.
//!
//! Exact for its prices, by filling bundle after bundle. Rows may forbid the cheapest part, so
//! there are variants: without the idle nodes, and without each tranche that has nodes there.

use super::build::narrow;
use super::scene::Scene;

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

/// The variants of a part of `size` nodes, each by its number.
pub(super) fn cheapest(terms: &impl Terms, domain: usize, size: u32) -> Vec<(u32, Chosen)> {
    let mut found = Vec::new();
    let count = variants(terms.scene(), domain);
    for variant in 0..count {
        if let Some(chosen) = variant_of(terms, domain, size, variant) {
            let known = |(_, other): &(u32, Chosen)| {
                (other.cost, other.idle, &other.held) == (chosen.cost, chosen.idle, &chosen.held)
            };
            if !found.iter().any(known) {
                found.push((variant, chosen));
            }
        }
    }
    found
}

/// Without nothing, without idle nodes, without each of the domain's tranches.
fn variants(scene: &Scene<'_>, domain: usize) -> u32 {
    2 + narrow(tranches(scene, domain).len())
}

fn tranches(scene: &Scene<'_>, domain: usize) -> Vec<usize> {
    let bundles = &scene.bundles[scene.domains[domain].bundles.clone()];
    let mut tranches: Vec<usize> = bundles.iter().map(|bundle| bundle.tranche).collect();
    tranches.sort_unstable();
    tranches.dedup();
    tranches
}

/// One variant; `None` where it has too few nodes.
pub(super) fn variant_of(
    terms: &impl Terms,
    domain: usize,
    size: u32,
    variant: u32,
) -> Option<Chosen> {
    let scene = terms.scene();
    let at = &scene.domains[domain];
    let left_out = (variant as usize).checked_sub(2).map(|index| tranches(scene, domain)[index]);
    let idle = if variant == 1 { 0 } else { at.idle.min(size) };
    let wanted = (size - idle) as usize;
    // What `n` nodes of the bundles so far cost at least, and how many are of each.
    let mut costs: Vec<Option<i64>> = vec![None; wanted + 1];
    costs[0] = Some(0);
    let mut picks: Vec<(usize, u32, Vec<u32>)> = Vec::new();
    for bundle in at.bundles.clone() {
        if left_out == Some(scene.bundles[bundle].tranche) {
            continue;
        }
        let Some((row, price, lost)) = terms.of(bundle) else { continue };
        let nodes = scene.bundles[bundle].nodes as usize;
        let mut chosen = vec![0u32; wanted + 1];
        for sum in (1..=wanted).rev() {
            for of in 1..=nodes.min(sum) {
                let Some(before) = costs[sum - of] else { continue };
                let cost = before + price * of as i64 + lost;
                if costs[sum].is_none_or(|known| cost < known) {
                    costs[sum] = Some(cost);
                    chosen[sum] = narrow(of);
                }
            }
        }
        picks.push((bundle, row, chosen));
    }
    let mut found = Chosen { cost: costs[wanted]?, idle: idle.into(), ..Chosen::default() };
    let mut sum = wanted;
    for (bundle, row, chosen) in picks.iter().rev().filter(|pick| !pick.2.is_empty()) {
        let of = chosen[sum];
        if of > 0 {
            found.bundles.push((*bundle, of));
            match found.held.iter_mut().find(|known| known.0 == *row) {
                Some(known) => known.1 += i64::from(of),
                None => found.held.push((*row, of.into())),
            }
            sum -= of as usize;
        }
    }
    found.bundles.reverse();
    Some(found)
}

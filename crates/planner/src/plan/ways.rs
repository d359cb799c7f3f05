//! Which class of which lease: one way a lease, since a recall is one notice.
//!
//! With several ways in play, a problem costs a lease's nodes at the cheapest and lets as many go
//! as the largest allows. Where its best choice is also possible by one way of each lease, at that
//! cost, it is the best of all; where it is not, the lease is divided into its ways.

use super::build::{Built, Choice, build};
use super::parts;
use super::scene::Scene;
use super::search::{Found, Limits, search};
use super::{Contiguity, Effort};

/// The gap at which the fast mode is content, in millionths.
const FAST_GAP: u32 = 2_000;
/// Most other ways that the fast mode tries.
const TRIES_MAX: usize = 4;

/// Nodes of one bundle, or idle ones, of one domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pick {
    pub(super) domain: usize,
    pub(super) bundle: Option<usize>,
    pub(super) nodes: u32,
}

/// A choice in the scene's words.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) picks: Vec<Pick>,
    /// The way of each lease that gives anything.
    pub(super) ways: Vec<Option<usize>>,
    pub(super) cost: i128,
}

/// The best that was found, and what none can be below.
#[derive(Debug, Clone)]
pub(super) struct Solved {
    pub(super) answer: Option<Answer>,
    /// `i128::MAX` where it is proven that there is none.
    pub(super) bound: i128,
    pub(super) nodes: u32,
}

impl Solved {
    fn cost(&self) -> Option<i128> {
        self.answer.as_ref().map(|answer| answer.cost)
    }

    fn offer(&mut self, answer: Answer) {
        if self.cost().is_none_or(|cost| answer.cost < cost) {
            self.answer = Some(answer);
        }
    }
}

/// Solves a scene: hall by hall where it must be one hall.
pub(super) fn solve(scene: &Scene<'_>, effort: Effort) -> Solved {
    let mut all = Solved { answer: None, bound: i128::MAX, nodes: 0 };
    let mut halls: Vec<Option<usize>> = vec![None];
    if scene.demand.contiguity == Contiguity::Hall {
        halls = scene.domains.iter().map(|domain| Some(domain.hall)).collect();
        halls.sort_unstable();
        halls.dedup();
    }
    for hall in halls {
        let mut one = Hunt { scene, hall, effort, solved: all.clone() };
        one.solved.bound = i128::MAX;
        one.run();
        one.solved.bound = one.solved.bound.min(all.bound);
        all = one.solved;
    }
    all
}

struct Hunt<'s, 'a> {
    scene: &'s Scene<'a>,
    hall: Option<usize>,
    effort: Effort,
    solved: Solved,
}

impl Hunt<'_, '_> {
    fn run(&mut self) {
        let all = self.scene.of_lease.clone();
        match self.effort {
            Effort::Fast => self.settle_all(&all),
            Effort::Exact { gap_millionths, nodes } => {
                self.settle_all(&all);
                self.solved.bound = i128::MAX;
                self.divide_all(all, Limits { gap_millionths, nodes });
            }
        }
    }

    fn search(&mut self, ways: &[Vec<usize>], limits: Limits) -> (Built, Found) {
        let built = build(self.scene, &Choice { ways, hall: self.hall });
        let found = search(&built.problem, limits, self.solved.cost());
        self.solved.nodes += found.nodes;
        (built, found)
    }

    /// The fast mode: the cheapest of all ways at once, then one way a lease, then a few others.
    fn settle_all(&mut self, all: &[Vec<usize>]) {
        let fast = Limits { gap_millionths: FAST_GAP, nodes: 0 };
        let (built, found) = self.search(all, fast);
        self.solved.bound = found.bound;
        let Some(best) = found.best else { return };
        let picks = picks(self.scene, &built, &best);
        if let Some(ways) = consistent(self.scene, all, &picks) {
            self.solved.offer(Answer { picks, ways, cost: best.cost });
            return;
        }
        let mut ways = all.to_vec();
        let doubtful = doubtful(self.scene, all, &picks);
        for lease in &doubtful {
            ways[*lease] = vec![likeliest(self.scene, &all[*lease], &picks)];
        }
        self.try_ways(&ways, fast);
        for lease in doubtful.iter().take(TRIES_MAX) {
            let kept = ways[*lease].clone();
            for other in all[*lease].iter().filter(|way| !kept.contains(way)) {
                let before = self.solved.cost();
                ways[*lease] = vec![*other];
                self.try_ways(&ways, fast);
                if self.solved.cost() < before || before.is_none() && self.solved.answer.is_some() {
                    break;
                }
                ways[*lease].clone_from(&kept);
            }
        }
    }

    fn try_ways(&mut self, ways: &[Vec<usize>], limits: Limits) {
        let (built, found) = self.search(ways, limits);
        let Some(best) = found.best else { return };
        let picks = picks(self.scene, &built, &best);
        if let Some(ways) = consistent(self.scene, ways, &picks) {
            self.solved.offer(Answer { picks, ways, cost: best.cost });
        }
    }

    /// The exact mode: divide a lease into its ways wherever the best choice mixes them.
    fn divide_all(&mut self, all: Vec<Vec<usize>>, limits: Limits) {
        let mut stack = vec![all];
        while let Some(ways) = stack.pop() {
            let left = limits.nodes.saturating_sub(self.solved.nodes);
            let (built, found) = self.search(&ways, Limits { nodes: left, ..limits });
            let Some(best) =
                found.best.filter(|best| self.solved.cost().is_none_or(|cost| best.cost < cost))
            else {
                self.solved.bound = self.solved.bound.min(found.bound);
                continue;
            };
            let picks = picks(self.scene, &built, &best);
            if let Some(used) = consistent(self.scene, &ways, &picks) {
                self.solved.bound = self.solved.bound.min(found.bound);
                self.solved.offer(Answer { picks, ways: used, cost: best.cost });
                continue;
            }
            let mixed = doubtful(self.scene, &ways, &picks).first().copied();
            let Some(lease) = mixed.filter(|_| left > 0) else {
                self.solved.bound = self.solved.bound.min(found.bound);
                continue;
            };
            self.solved.nodes += 1;
            for way in &ways[lease] {
                let mut one = ways.clone();
                one[lease] = vec![*way];
                stack.push(one);
            }
        }
    }
}

/// A problem's choice in the scene's words.
fn picks(scene: &Scene<'_>, built: &Built, solution: &super::problem::Solution) -> Vec<Pick> {
    let mut picks = Vec::new();
    for (item, taken) in solution.taken.iter().enumerate().filter(|(_, taken)| **taken > 0) {
        let (domain, bundle) = built.items[item];
        let at = &scene.domains[domain];
        if built.problem.items[item].size == 1 && scene.demand.contiguity == Contiguity::Any {
            let nodes = u32::try_from(*taken).unwrap_or(u32::MAX);
            picks.push(Pick { domain, bundle, nodes });
            continue;
        }
        if at.idle > 0 {
            picks.push(Pick { domain, bundle: None, nodes: at.idle });
        }
        let whole = at.bundles.clone();
        picks.extend(whole.map(|bundle| Pick {
            domain,
            bundle: Some(bundle),
            nodes: scene.bundles[bundle].nodes,
        }));
    }
    if let Some(part) = solution.part.map(|part| &built.problem.parts[part]) {
        let domain = built.items[part.item as usize].0;
        let size = u32::try_from(part.size).unwrap_or(0);
        let terms = Priced { scene, built };
        if let Some(chosen) = parts::mix_of(&terms, domain, size, part.variant) {
            let idle = u32::try_from(chosen.idle).unwrap_or(0);
            let held = chosen.bundles.iter().map(|(bundle, nodes)| (Some(*bundle), *nodes));
            picks.extend(
                [(None, idle)]
                    .into_iter()
                    .chain(held)
                    .filter(|(_, nodes)| *nodes > 0)
                    .map(|(bundle, nodes)| Pick { domain, bundle, nodes }),
            );
        }
    }
    picks
}

struct Priced<'b, 's> {
    scene: &'b Scene<'s>,
    built: &'b Built,
}

impl parts::Terms for Priced<'_, '_> {
    fn scene(&self) -> &Scene<'_> {
        self.scene
    }

    fn of(&self, bundle: usize) -> Option<(u32, i64, i64)> {
        self.built.terms_of(self.scene, bundle)
    }
}

/// What a lease gives: nodes by tranche, with the bundles that it gives from.
fn given(scene: &Scene<'_>, picks: &[Pick], lease: usize) -> Vec<(usize, u32, Vec<usize>)> {
    let mut given: Vec<(usize, u32, Vec<usize>)> = Vec::new();
    for pick in picks {
        let Some(bundle) = pick.bundle else { continue };
        let tranche = scene.bundles[bundle].tranche;
        if scene.tranches[tranche].0 != lease {
            continue;
        }
        match given.iter_mut().find(|known| known.0 == tranche) {
            Some(known) => {
                known.1 += pick.nodes;
                known.2.push(bundle);
            }
            None => given.push((tranche, pick.nodes, vec![bundle])),
        }
    }
    given
}

/// What a way costs for what is given, and whether that is within it.
fn cost_by(scene: &Scene<'_>, way: usize, given: &(usize, u32, Vec<usize>)) -> Option<i128> {
    let at = &scene.ways[way];
    let lost = given.2.iter().map(|b| i128::from(scene.lost_parts(&scene.bundles[*b], way)));
    (at.tranche == given.0 && given.1 <= at.most)
        .then(|| i128::from(at.price) * i128::from(given.1) + lost.sum::<i128>())
}

/// The least that the bundles cost by any of the ways, as a problem counts them.
fn cost_least(scene: &Scene<'_>, ways: &[usize], given: &(usize, u32, Vec<usize>)) -> i128 {
    let of = || ways.iter().filter(|way| scene.ways[**way].tranche == given.0);
    let price = of().map(|way| scene.ways[*way].price).min().unwrap_or(0);
    let lost = given.2.iter().map(|bundle| {
        let bundle = &scene.bundles[*bundle];
        i128::from(of().map(|way| scene.lost_parts(bundle, *way)).min().unwrap_or(0))
    });
    i128::from(price) * i128::from(given.1) + lost.sum::<i128>()
}

/// The one way of a lease by which all that it gives costs what the problem counted.
fn one_way(scene: &Scene<'_>, ways: &[usize], given: &[(usize, u32, Vec<usize>)]) -> Option<usize> {
    let [only] = given else { return None };
    let least = cost_least(scene, ways, only);
    ways.iter().copied().find(|way| cost_by(scene, *way, only) == Some(least))
}

/// The way of each lease, where there is one for each.
fn consistent(
    scene: &Scene<'_>,
    ways: &[Vec<usize>],
    picks: &[Pick],
) -> Option<Vec<Option<usize>>> {
    let of = |(lease, ways): (usize, &Vec<usize>)| {
        let given = given(scene, picks, lease);
        if given.is_empty() { Some(None) } else { one_way(scene, ways, &given).map(Some) }
    };
    ways.iter().enumerate().map(of).collect()
}

/// The leases whose ways are mixed, those that give most first.
fn doubtful(scene: &Scene<'_>, ways: &[Vec<usize>], picks: &[Pick]) -> Vec<usize> {
    let mut found: Vec<(u32, usize)> = Vec::new();
    for (lease, ways) in ways.iter().enumerate() {
        let given = given(scene, picks, lease);
        if !given.is_empty() && one_way(scene, ways, &given).is_none() {
            found.push((given.iter().map(|given| given.1).sum(), lease));
        }
    }
    found.sort_unstable_by_key(|(nodes, lease)| (std::cmp::Reverse(*nodes), *lease));
    found.into_iter().map(|(_, lease)| lease).collect()
}

/// The way that gives most of what is wanted of its lease, then the cheapest.
fn likeliest(scene: &Scene<'_>, ways: &[usize], picks: &[Pick]) -> usize {
    let lease = scene.ways[ways[0]].lease;
    let given = given(scene, picks, lease);
    let gives = |way: usize| {
        let at = &scene.ways[way];
        let wanted = given.iter().find(|given| given.0 == at.tranche).map_or(0, |given| given.1);
        (std::cmp::Reverse(wanted.min(at.most)), at.price)
    };
    ways.iter().copied().min_by_key(|way| gives(*way)).unwrap_or(ways[0])
}

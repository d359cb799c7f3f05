//! The problem without what is fixed at nothing: small enough to branch on.

use crate::plan::evaluate::State;
use crate::plan::problem::{Group, Item, Part, Problem, Solution};

/// A smaller problem, and what its numbers were.
pub(super) struct Reduced {
    pub(super) problem: Problem,
    pub(super) state: State,
    items: Vec<usize>,
    parts: Vec<usize>,
}

/// Leaves out items and parts that cannot be taken, and groups that hold none.
pub(super) fn reduce(problem: &Problem, state: &State) -> Reduced {
    let has_part: Vec<bool> = {
        let mut has = vec![false; problem.items.len()];
        let alive = (0..problem.parts.len()).filter(|part| !state.dead[*part]);
        alive.for_each(|part| has[problem.parts[part].item as usize] = true);
        has
    };
    let mut to = Reduced {
        problem: Problem {
            need: problem.need,
            rows: problem.rows.clone(),
            must_part: problem.must_part,
            ..Problem::default()
        },
        state: State { least: vec![], most: vec![], outers: vec![], dead: vec![] },
        items: Vec::new(),
        parts: Vec::new(),
    };
    for (index, outer) in problem.outers.iter().enumerate() {
        let first = to.problem.inners.len();
        let mut renamed: Vec<(usize, u32)> = Vec::new();
        for inner in outer.members.clone() {
            to.add_inner(problem, state, &has_part, inner, &mut renamed);
        }
        let parts = to.problem.parts.len();
        for part in outer.parts.clone().filter(|part| !state.dead[*part]) {
            let item = problem.parts[part].item as usize;
            let found = renamed.binary_search_by_key(&item, |name| name.0);
            let Ok(at) = found else { continue };
            to.add_part(problem, part, renamed[at].1);
        }
        if to.problem.inners.len() > first {
            to.problem.outers.push(Group {
                members: first..to.problem.inners.len(),
                charge: outer.charge,
                outer: 0,
                parts: parts..to.problem.parts.len(),
            });
            to.state.outers.push(state.outers[index]);
        }
    }
    to
}

impl Reduced {
    fn add_inner(
        &mut self,
        problem: &Problem,
        state: &State,
        has_part: &[bool],
        inner: usize,
        renamed: &mut Vec<(usize, u32)>,
    ) {
        let group = &problem.inners[inner];
        let first = self.problem.items.len();
        let (at, outer) = (self.problem.inners.len(), self.problem.outers.len());
        for item in group.members.clone().filter(|item| state.most[*item] > 0 || has_part[*item]) {
            let old = &problem.items[item];
            let start = self.problem.uses.len();
            self.problem.uses.extend(problem.uses(&old.uses));
            renamed.push((item, narrow(self.problem.items.len())));
            self.problem.items.push(Item {
                uses: start..self.problem.uses.len(),
                inner: narrow(at),
                ..old.clone()
            });
            self.items.push(item);
            self.state.least.push(state.least[item]);
            self.state.most.push(state.most[item]);
        }
        if self.problem.items.len() > first {
            self.problem.inners.push(Group {
                members: first..self.problem.items.len(),
                charge: group.charge,
                outer: narrow(outer),
                parts: 0..0,
            });
        }
    }

    fn add_part(&mut self, problem: &Problem, part: usize, item: u32) {
        let old = &problem.parts[part];
        let start = self.problem.uses.len();
        self.problem.uses.extend(problem.uses(&old.uses));
        self.problem.parts.push(Part {
            item,
            outer: narrow(self.problem.outers.len()),
            uses: start..self.problem.uses.len(),
            ..old.clone()
        });
        self.parts.push(part);
        self.state.dead.push(false);
    }

    /// A choice in the numbers of the whole problem.
    pub(super) fn widen(
        &self,
        solution: &Solution,
        problem: &Problem,
    ) -> (Vec<i64>, Option<usize>) {
        let mut taken = vec![0; problem.items.len()];
        for (item, times) in self.items.iter().zip(&solution.taken) {
            taken[*item] = *times;
        }
        (taken, solution.part.map(|part| self.parts[part]))
    }
}

/// Items and groups are fewer than a fleet has nodes.
fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

//! The entitlement over a span as steps: constant between two of them.

use leasehold_contract::entitlement::Entitlement;
use leasehold_contract::{Evaluation, Facts};
use leasehold_types::{Instant, Period, TrancheId};

use crate::BooksError;

/// How one tranche stands from each instant on, in order; the first is the span's beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) tranche: TrancheId,
    pub(crate) steps: Vec<(Instant, Entitlement)>,
}

impl Steps {
    /// How the tranche stands at `at`.
    pub(crate) fn at(&self, at: Instant) -> Entitlement {
        let next = self.steps.partition_point(|(instant, _)| *instant <= at);
        match next.checked_sub(1) {
            Some(i) => self.steps[i].1,
            None => Entitlement::default(),
        }
    }
}

/// The steps of every tranche over `span`. `facts` are those that `evaluation` was made of.
pub(crate) fn steps_of(
    evaluation: &Evaluation<'_>,
    facts: &Facts,
    span: Period,
) -> Result<Vec<Steps>, BooksError> {
    let mut all: Vec<(TrancheId, Vec<Instant>)> = Vec::new();
    for change in evaluation.commitment_changes(span) {
        match all.iter_mut().find(|(tranche, _)| *tranche == change.tranche) {
            Some((_, cuts)) => cuts.push(change.at),
            None => all.push((change.tranche, vec![change.at])),
        }
    }
    for taking in &facts.takings {
        let Some((_, cuts)) = all.iter_mut().find(|(tranche, _)| *tranche == taking.tranche) else {
            continue;
        };
        let ends = [taking.period.start(), taking.period.end()];
        cuts.extend(ends.into_iter().filter(|at| span.contains(*at)));
    }
    all.into_iter()
        .map(|(tranche, mut cuts)| {
            cuts.sort();
            cuts.dedup();
            let mut steps: Vec<(Instant, Entitlement)> = Vec::with_capacity(cuts.len());
            for at in cuts {
                let standing = evaluation.entitlement(&tranche, at)?;
                if steps.last().is_none_or(|(_, last)| *last != standing) {
                    steps.push((at, standing));
                }
            }
            Ok(Steps { tranche, steps })
        })
        .collect()
}

//! The replay: one policy after another over the same demand.

mod cast;
mod concentration;
mod core;
mod failures;
mod firm;
mod ledger;
mod meter;
mod money;
mod outcome;
mod quantiles;
pub mod queue;
mod recalls;
mod room;
pub mod serving;
pub mod steps;
mod tally;
mod world;

use std::io::Write;

use leasehold_books::Books;
use leasehold_contract::Lease;
use leasehold_types::Instant;

use self::core::Core;
use self::steps::Grid;
use self::world::World;
use crate::figures::{Figures, Policy, PolicyFigures};
use crate::scenario::Loaded;

/// How far a replay is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// The policy at work.
    pub policy: Policy,
    /// Which of how many.
    pub index: usize,
    /// How many policies there are.
    pub of: usize,
    /// The virtual clock.
    pub at: Instant,
    /// Desk events so far under this policy.
    pub events: u64,
}

/// Who watches a replay, may stop it, and may take its journal.
pub trait Observer {
    /// Called now and then, with where the replay is.
    fn progress(&mut self, progress: Progress);
    /// Whether to stop at the next occasion and report what there is.
    fn stop(&self) -> bool;
    /// Where the desk's journal of `policy` goes, if anywhere.
    ///
    /// # Errors
    /// What the system says, if it cannot be written.
    fn journal(&mut self, policy: Policy) -> std::io::Result<Option<Box<dyn Write>>>;
}

/// What can go wrong in a replay that began with a good scenario.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal cannot be opened.
    #[error("the journal of policy `{policy}` cannot be opened: name another directory")]
    Open {
        /// Under which policy.
        policy: &'static str,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The journal cannot be written.
    #[error(
        "the journal of policy `{policy}` is broken off: free space or name another directory, and run again"
    )]
    Journal {
        /// Under which policy.
        policy: &'static str,
        /// What happened.
        #[source]
        source: leasehold_desk::journal::WriteError,
    },
    /// The desk refused what the replay believed to be right: a fault in this program.
    #[error(
        "at {at} the desk refused `{command}`: {refusal}; this is a fault of the replay, please report it with the scenario and the seed"
    )]
    Refused {
        /// When.
        at: Instant,
        /// What was asked.
        command: String,
        /// Why not.
        refusal: String,
    },
    /// Money or dates went past what their types hold.
    #[error("lease `{lease}`: {message}")]
    Money {
        /// Which lease.
        lease: String,
        /// What happened.
        message: String,
    },
}

/// What a replay found.
#[derive(Debug)]
pub struct Replayed {
    /// Every figure, for each policy.
    pub figures: Figures,
    /// The books from which the money of each policy comes, closed through its last day.
    pub books: Vec<(Policy, Books)>,
}

/// Replays a scenario under each of its policies.
///
/// A run that the observer stops ends at the close of a step, and its figures hold up to there;
/// policies that had not begun are left out.
///
/// # Errors
/// [`ReplayError`].
pub fn run(loaded: &Loaded, observer: &mut dyn Observer) -> Result<Replayed, ReplayError> {
    let scenario = &loaded.scenario;
    let step = scenario.series.step_days;
    let grid = Grid::new(&scenario.zone, scenario.from, scenario.until, step);
    let of = scenario.policies.len();
    let mut found: Vec<PolicyFigures> = Vec::with_capacity(of);
    let mut kept = Vec::with_capacity(of);
    let (mut before, mut stopped_at) = (None, None);
    for (index, policy) in scenario.policies.iter().copied().enumerate() {
        let source = |source| ReplayError::Open { policy: policy.name(), source };
        let journal = observer.journal(policy).map_err(source)?;
        let core = Core::new(loaded, policy, &grid, leases_of(loaded, policy)?, journal)?;
        let mut world = World::new(core);
        world.run((index, of), observer)?;
        let (figures, books) = outcome::figures(&mut world, before.as_deref())?;
        found.push(figures);
        kept.push((policy, books));
        if policy == Policy::None {
            before = Some(std::mem::take(&mut world.jobs.waits));
        }
        if world.core.ledger.closed < loaded.span.end() {
            stopped_at = Some(world.core.ledger.closed);
            break;
        }
    }
    Ok(Replayed { figures: cast::figures(loaded, found, stopped_at), books: kept })
}

/// The leases that a policy signs.
fn leases_of(loaded: &Loaded, policy: Policy) -> Result<Vec<Lease>, ReplayError> {
    let all = loaded.leases.iter().map(|(_, lease)| lease);
    match policy {
        Policy::None => Ok(Vec::new()),
        Policy::Recallable => Ok(all.cloned().collect()),
        Policy::Static => {
            let firm = all.map(|lease| {
                firm::firm_only(lease).map_err(|error| ReplayError::Money {
                    lease: lease.id.to_string(),
                    message: error.to_string(),
                })
            });
            Ok(firm.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        }
    }
}

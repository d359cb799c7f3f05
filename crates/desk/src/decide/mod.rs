//! What follows from a command.
//!
//! [`decide`] looks at the state and says the events, or why not. It changes nothing. Whatever is
//! due by the clock comes first, so that nothing is decided on a state that is already past.

mod delivery;
mod guard;
mod job;
mod lease;
mod node;
mod notice;
mod order;
mod promise;
mod recall;
mod tick;

use leasehold_planner::{Refused, Tenure};
use leasehold_types::{Instant, LeaseId, TrancheId};

use crate::{
    Actor, Command, CommandKind, Event, EventKind, LeaseRecord, LeaseRefusal, Refusal, State,
    TrancheRecord, TrancheRefusal,
};

/// What follows from `command` at `now`. The state does not change: [`apply`](crate::apply) the
/// events, in order, before the next command.
///
/// A command other than `Tick` is refused while something is due by the clock;
/// [`Desk`](crate::Desk) ticks first.
///
/// # Errors
/// [`Refusal`], with its reason and the next step.
pub fn decide(state: &State, command: &Command, now: Instant) -> Result<Vec<Event>, Refusal> {
    if now < state.now {
        return Err(Refusal::ClockWentBack { now, last: state.now });
    }
    if matches!(command.kind, CommandKind::Tick) {
        return tick::decide(state, now);
    }
    if let Some(due) = state.next_due().filter(|due| *due <= now) {
        return Err(Refusal::DueFirst { due });
    }
    guard::check(state, command)?;
    let kinds = Asked { state, by: &command.by, now }.decide(&command.kind)?;
    let event = |kind| Event { at: now, by: command.by.clone(), kind };
    Ok(kinds.into_iter().map(event).collect())
}

/// What is asked, of which state, by whom, when.
#[derive(Clone, Copy)]
struct Asked<'a> {
    state: &'a State,
    by: &'a Actor,
    now: Instant,
}

type Decided = Result<Vec<EventKind>, Refusal>;

impl Asked<'_> {
    fn decide(self, kind: &CommandKind) -> Decided {
        match kind {
            CommandKind::Sign { lease } => self.sign(lease),
            CommandKind::Amend { lease, release, reason } => self.amend(lease, release, reason),
            CommandKind::ServeNotice { lease, side, received, reason } => {
                self.serve_notice(lease, *side, *received, reason)
            }
            CommandKind::WithdrawNotice { lease, side, consent } => {
                self.withdraw_notice(lease, *side, consent)
            }
            CommandKind::ElectRemedy { lease, tranche, remedy } => {
                self.elect(lease, tranche, *remedy)
            }
            CommandKind::Deliver { lease, tranche, nodes } => self.deliver(lease, tranche, nodes),
            CommandKind::Fail { node } => self.fail(*node),
            CommandKind::Repair { node } => self.repair(*node),
            CommandKind::JobSubmit { job, pool, units, expected } => {
                self.submit(*job, pool, *units, *expected)
            }
            CommandKind::JobStart { job, slots } => self.start(*job, slots),
            CommandKind::JobEnd { job, outcome } => self.end(*job, *outcome),
            CommandKind::OrderRecall(request) => self.order(request),
            CommandKind::ServeRecall { recall, served } => self.serve_recall(*recall, *served),
            CommandKind::Acknowledge { recall } => self.acknowledge(*recall),
            CommandKind::WithdrawRecall { recall, reason } => self.withdraw_recall(*recall, reason),
            CommandKind::Released { recall } => self.released(*recall),
            CommandKind::ExtendRecall { recall, expected_return, force, reason } => {
                self.extend(*recall, *expected_return, *force, reason)
            }
            CommandKind::ReturnRecall { recall } => self.give_back(*recall),
            CommandKind::RunDrill { lease, tranche, class, units, reason } => {
                self.drill(lease, tranche, class, *units, reason)
            }
            CommandKind::Tick => Ok(Vec::new()),
        }
    }
}

impl<'a> Asked<'a> {
    /// A refusal of the occupancy, with the name of the lease that it is about.
    fn of_nodes(self, why: Refused) -> Refusal {
        let tenure = match &why {
            Refused::NotOwn { tenure, .. } | Refused::NotOfLease { tenure, .. } => *tenure,
            _ => Tenure::Own,
        };
        let ix = match tenure {
            Tenure::Leased(ix) | Tenure::Recalled(ix) => Some(ix),
            Tenure::Own => None,
        };
        let record = ix.and_then(|ix| self.state.leases.get(usize::from(ix.0)));
        Refusal::Nodes { why, whose: record.map(|record| (record.ix, record.id.clone())) }
    }

    /// A lease that has not ended.
    fn standing(self, id: &LeaseId) -> Result<&'a LeaseRecord, Refusal> {
        let record =
            self.state.lease(id).ok_or_else(|| Refusal::lease(id, LeaseRefusal::Unknown))?;
        match record.ended {
            Some((at, _)) => Err(Refusal::lease(id, LeaseRefusal::Ended(at))),
            None => Ok(record),
        }
    }

    /// A tranche of a lease that has not ended.
    fn tranche(
        self,
        lease: &LeaseId,
        tranche: &TrancheId,
    ) -> Result<(&'a LeaseRecord, &'a TrancheRecord), Refusal> {
        let record = self.standing(lease)?;
        let found = record.tranche(tranche).ok_or_else(|| {
            let names: Vec<_> = record.tranches.iter().map(|t| format!("`{}`", t.id)).collect();
            Refusal::tranche(lease, tranche, TrancheRefusal::Unknown(names.join(", ")))
        })?;
        Ok((record, found))
    }
}

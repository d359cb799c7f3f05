//! What is asked of the desk directly, because it costs nobody money by itself.

use leasehold_contract::lease::Side;
use leasehold_desk::{Command, CommandKind, decide};
use leasehold_types::{NodeId, RecallId};

use super::{Asked, Decided};
use crate::live::{Body, Refusal, Right, Thing};

impl Asked<'_> {
    pub(super) fn command(self, command: &CommandKind) -> Decided {
        self.caller.needs(right_of(command)?)?;
        self.check_ids(command)?;
        if !is_tenants(command) {
            self.owners("this")?;
        }
        let command = Command::new(self.caller.actor(), command.clone());
        let events = decide(&self.live.desk, &command, self.now)?;
        Ok(events.into_iter().map(|event| Body::Desk(event.by, event.kind)).collect())
    }

    /// Everything named has to exist, for this caller.
    fn check_ids(self, command: &CommandKind) -> Result<(), Refusal> {
        match command {
            CommandKind::WithdrawNotice { lease, .. }
            | CommandKind::ElectRemedy { lease, .. }
            | CommandKind::Deliver { lease, .. }
            | CommandKind::RunDrill { lease, .. } => self.lease(lease).map(|_| ()),
            CommandKind::ServeRecall { recall, .. }
            | CommandKind::Acknowledge { recall }
            | CommandKind::WithdrawRecall { recall, .. }
            | CommandKind::Released { recall }
            | CommandKind::ReturnRecall { recall } => self.recall(*recall),
            CommandKind::Fail { node } | CommandKind::Repair { node } => self.node(*node),
            CommandKind::JobStart { job, .. } | CommandKind::JobEnd { job, .. } => {
                let found = self.live.desk.job(*job).map(|_| ());
                found.ok_or_else(|| Refusal::not_found(Thing::Job, job))
            }
            _ => Ok(()),
        }
    }

    fn recall(self, id: RecallId) -> Result<(), Refusal> {
        let missing = || Refusal::not_found(Thing::Recall, id);
        let recall = self.live.desk.recall(id).ok_or_else(missing)?;
        self.lease(&recall.lease).map(|_| ()).map_err(|_| missing())
    }

    fn node(self, node: NodeId) -> Result<(), Refusal> {
        let known = node.0 < self.live.desk.fleet().node_count();
        if known { Ok(()) } else { Err(Refusal::not_found(Thing::Node, node)) }
    }
}

/// What a command takes. What costs either side money is not asked for directly.
fn right_of(command: &CommandKind) -> Result<Right, Refusal> {
    Ok(match command {
        CommandKind::Sign { .. }
        | CommandKind::Amend { .. }
        | CommandKind::ServeNotice { .. }
        | CommandKind::OrderRecall(_)
        | CommandKind::ExtendRecall { .. } => {
            return Err(Refusal::invalid("step", "costs money: ask for a quote, and confirm it"));
        }
        CommandKind::Tick => {
            return Err(Refusal::NotTheirs { what: "the passing of time", whose: "clock" });
        }
        CommandKind::WithdrawNotice { .. } | CommandKind::ElectRemedy { .. } => Right::LeasesWrite,
        CommandKind::Deliver { .. } => Right::LeasesDeliver,
        CommandKind::Fail { .. } | CommandKind::Repair { .. } => Right::FleetWrite,
        CommandKind::JobSubmit { .. }
        | CommandKind::JobStart { .. }
        | CommandKind::JobEnd { .. } => Right::JobsWrite,
        CommandKind::ServeRecall { .. } => Right::RecallsServe,
        CommandKind::Acknowledge { .. } => Right::RecallsAcknowledge,
        CommandKind::Released { .. } => Right::RecallsRelease,
        CommandKind::WithdrawRecall { .. }
        | CommandKind::ReturnRecall { .. }
        | CommandKind::RunDrill { .. } => Right::RecallsWrite,
    })
}

/// Whether a tenant may do it, for its own lease.
const fn is_tenants(command: &CommandKind) -> bool {
    matches!(
        command,
        CommandKind::WithdrawNotice { side: Side::Tenant, .. }
            | CommandKind::ElectRemedy { .. }
            | CommandKind::Acknowledge { .. }
    )
}

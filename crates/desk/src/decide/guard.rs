//! Who may ask for what, and how long a text may be.

use leasehold_contract::lease::Side;
use leasehold_types::{LeaseId, RecallId};

use crate::command::TEXT_MAX_BYTES;
use crate::{Actor, Command, CommandKind, Refusal, State};

pub(super) fn check(state: &State, command: &Command) -> Result<(), Refusal> {
    check_actor(state, command)?;
    for (what, text) in texts(command) {
        if text.len() > TEXT_MAX_BYTES {
            return Err(Refusal::TextTooLong { what, bytes: text.len() });
        }
    }
    Ok(())
}

/// A tenant speaks for itself and for nothing else; everybody else speaks for the owner, or brings
/// to the record what a tenant said. The clock only ticks.
fn check_actor(state: &State, command: &Command) -> Result<(), Refusal> {
    let not_theirs = |what, instead| Refusal::NotTheirs { by: command.by.clone(), what, instead };
    let tenant = match &command.by {
        Actor::Tenant(tenant, _) => tenant,
        Actor::Clock => {
            return Err(not_theirs("do more than tick", "name who really asks"));
        }
        _ => return Ok(()),
    };
    let lease = match &command.kind {
        CommandKind::ServeNotice { lease, side: Side::Tenant, .. }
        | CommandKind::WithdrawNotice { lease, side: Side::Tenant, .. }
        | CommandKind::ElectRemedy { lease, .. } => Some(lease),
        CommandKind::Acknowledge { recall } => lease_of(state, *recall),
        _ => {
            let what = "ask for that";
            return Err(not_theirs(
                what,
                "a tenant gives and withdraws its own notice, elects a \
                remedy, and acknowledges recalls; the rest is the owner's",
            ));
        }
    };
    let record = lease.and_then(|lease| state.lease(lease));
    match record {
        Some(record) if record.lease().tenant.id != *tenant => {
            Err(not_theirs("act on another tenant's lease", "name a lease of its own"))
        }
        _ => Ok(()),
    }
}

fn lease_of(state: &State, recall: RecallId) -> Option<&LeaseId> {
    state.recall(recall).map(|recall| &recall.lease)
}

fn texts(command: &Command) -> impl Iterator<Item = (&'static str, &str)> {
    let by = match &command.by {
        Actor::Owner(who) | Actor::Tenant(_, who) => Some(("actor's name", who.as_ref())),
        _ => None,
    };
    let said = match &command.kind {
        CommandKind::Amend { reason, .. }
        | CommandKind::ServeNotice { reason, .. }
        | CommandKind::WithdrawRecall { reason, .. }
        | CommandKind::ExtendRecall { reason, .. }
        | CommandKind::RunDrill { reason, .. } => Some(("reason", reason.as_str())),
        CommandKind::OrderRecall(request) => Some(("reason", request.reason.as_str())),
        CommandKind::WithdrawNotice { consent, .. } => Some(("consent", consent.as_str())),
        _ => None,
    };
    by.into_iter().chain(said)
}

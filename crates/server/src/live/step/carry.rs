//! What a step does once it is confirmed.

use leasehold_books::event::{CreditGranted, Event, EventKey, EventKind, InvoiceVoided};
use leasehold_contract::lease::Side;
use leasehold_desk::{Actor, Command, CommandKind, decide};
use leasehold_types::{Instant, LeaseId};

use super::Step;
use crate::id::QuoteId;
use crate::live::access::{AccessEvent, Organisation};
use crate::live::{Body, Live, Refusal};

/// By what the books know events that quotes led to; the id is the quote's.
pub(in crate::live) const QUOTE_SOURCE: &str = "quote";

impl Step {
    /// The command to the desk that it is, if it is one; received at `now` where it does not say.
    pub(super) fn command(&self, now: Instant) -> Option<CommandKind> {
        Some(match self {
            Step::Sign { lease, .. } => CommandKind::Sign { lease: lease.clone() },
            Step::Amend { lease, release, reason, .. } => CommandKind::Amend {
                lease: lease.clone(),
                release: release.clone(),
                reason: reason.clone(),
            },
            Step::Notice { lease, side, received, reason } => CommandKind::ServeNotice {
                lease: lease.clone(),
                side: *side,
                received: received.unwrap_or(now),
                reason: reason.clone(),
            },
            Step::Recall(request) => CommandKind::OrderRecall(request.clone()),
            Step::Extend { recall, expected_return, force, reason } => CommandKind::ExtendRecall {
                recall: *recall,
                expected_return: *expected_return,
                force: *force,
                reason: reason.clone(),
            },
            Step::Void { .. } | Step::Credit { .. } => return None,
        })
    }

    /// What follows from it at `now`, on behalf of `actor`.
    pub(in crate::live) fn carry_out(
        &self,
        live: &Live,
        quote: &QuoteId,
        actor: &Actor,
        now: Instant,
    ) -> Result<Vec<Body>, Refusal> {
        let mut bodies = self.before(live);
        if let Some(command) = self.command(now) {
            let events = decide(&live.desk, &Command::new(actor.clone(), command), now)?;
            bodies.extend(events.into_iter().map(|event| Body::Desk(event.by, event.kind)));
        } else if let Some((lease, kind)) = self.in_books() {
            let key = EventKey::new(QUOTE_SOURCE, quote.as_str());
            let (lease, effective) = (lease.clone(), None);
            bodies.push(Body::Books(vec![Event { key, at: now, effective, lease, kind }]));
        }
        Ok(bodies)
    }

    /// What stands before a signature: the text, and the tenant where it is a new one.
    fn before(&self, live: &Live) -> Vec<Body> {
        let (Step::Sign { lease, sheet } | Step::Amend { lease, sheet, .. }) = self else {
            return Vec::new();
        };
        let mut bodies = Vec::new();
        if live.access.organisation(&lease.tenant.id).is_none() {
            let (id, name) = (lease.tenant.id.clone(), lease.tenant.name.as_str().into());
            let organisation = Organisation { id, name, side: Side::Tenant };
            bodies.push(Body::Access(AccessEvent::OrganisationAdded(organisation)));
        }
        let (lease, version, text) = (lease.id.clone(), lease.version, sheet.clone());
        bodies.push(Body::Sheet { lease, version, text });
        bodies
    }

    fn in_books(&self) -> Option<(&LeaseId, EventKind)> {
        match self {
            Step::Void { lease, invoice, reason } => {
                let (invoice, reason) = (invoice.clone(), reason.clone());
                Some((lease, InvoiceVoided { invoice, reason }.into()))
            }
            Step::Credit { lease, invoice, lines, reason } => {
                let (invoice, lines, reason) = (invoice.clone(), lines.clone(), reason.clone());
                Some((lease, CreditGranted { invoice, lines, reason }.into()))
            }
            _ => None,
        }
    }
}

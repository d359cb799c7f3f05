//! What an entry does to the state.
//!
//! What [`Live::decide`] produced for this very state always fits. An entry that does not is from
//! another journal, or a fault; the state is then not to be used any more.

use leasehold_books::event::Offered;
use leasehold_desk::{Actor, Event as DeskEvent, EventKind};
use leasehold_types::Instant;

use super::quote::{Made, QUOTE_KEPT};
use super::{Approval, ApprovalState, Body, Entry, Held, Live, QuoteState, Who};
use crate::id::{ApprovalId, QuoteId};

/// An entry that does not fit the state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq} does not fit the state before it: {why}; replay the journal from its start")]
pub struct Foreign {
    /// Which entry, by its number.
    pub seq: u64,
    /// What does not fit.
    pub why: String,
}

impl Live {
    /// Makes `entry` part of the state.
    ///
    /// # Errors
    /// [`Foreign`]; the state is then not to be used any more.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Foreign> {
        let seq = self.seq.saturating_add(1);
        if entry.at < self.now {
            let why = format!("it is at {}, before the last entry at {}", entry.at, self.now);
            return Err(Foreign { seq, why });
        }
        self.change(entry).map_err(|why| Foreign { seq, why })?;
        (self.seq, self.now) = (seq, entry.at);
        Ok(())
    }

    fn change(&mut self, entry: &Entry) -> Result<(), String> {
        let at = entry.at;
        match &entry.body {
            Body::Founded(_) => Err("the journal began already".to_owned()),
            Body::Desk(by, kind) => self.desk_changed(by, kind, at),
            Body::Sheet { lease, version, text } => {
                let of_lease = self.sheets.entry(lease.clone()).or_default();
                of_lease.insert(*version, text.clone());
                Ok(())
            }
            Body::Books(events) => {
                for event in events {
                    let offered = self.books.record(event.clone()).map_err(|e| e.to_string())?;
                    if offered != Offered::New {
                        return Err(format!("{} was told before", event.key));
                    }
                }
                Ok(())
            }
            Body::Closed { through } => {
                if self.closed.is_some_and(|closed| *through <= closed) {
                    return Err(format!("{through} is closed already"));
                }
                self.books.close(*through);
                self.closed = Some(*through);
                self.next_close = self.find_next_close();
                Ok(())
            }
            Body::Access(event) => self.access.apply(event, at),
            Body::Quoted(made) => self.quoted(made, &entry.by, at),
            Body::QuoteConfirmed { quote } => self.settle(quote, QuoteState::Confirmed { at }),
            Body::ApprovalAsked { approval, quote } => {
                self.approval_asked(approval, quote, &entry.by, at)
            }
            Body::ApprovalGiven { approval } => {
                let by = entry.by.clone();
                self.approved(approval, ApprovalState::Given { by, at }).map(|_| ())
            }
            Body::ApprovalDeclined { approval, reason } => {
                let (by, reason) = (entry.by.clone(), reason.clone());
                let quote = self.approved(approval, ApprovalState::Declined { by, at, reason })?;
                self.settle(&quote, QuoteState::Declined { at })
            }
            Body::PolicySet(policy) => {
                self.policy = policy.clone();
                Ok(())
            }
        }
    }

    fn desk_changed(&mut self, by: &Actor, kind: &EventKind, at: Instant) -> Result<(), String> {
        let event = DeskEvent { at, by: by.clone(), kind: kind.clone() };
        leasehold_desk::apply(&mut self.desk, &event).map_err(|foreign| foreign.why)?;
        if let EventKind::LeaseSigned { lease } = kind {
            self.books.add_lease((**lease).clone()).map_err(|error| error.to_string())?;
        }
        for told in self.feed.note(&self.desk, &event) {
            self.books.record(told).map_err(|error| error.to_string())?;
        }
        if matches!(kind, EventKind::LeaseSigned { .. } | EventKind::AmendmentBegan { .. }) {
            self.next_close = self.find_next_close();
        }
        Ok(())
    }

    /// Keeps a quote, and forgets those that have long not held.
    fn quoted(&mut self, made: &Made, by: &Who, at: Instant) -> Result<(), String> {
        while let Some(first) = self.quotes.first_entry() {
            if first.get().made.expires.saturating_add(QUOTE_KEPT) > at {
                break;
            }
            let forgotten = first.remove();
            if let QuoteState::Awaiting { approval } = forgotten.state {
                self.approvals.remove(&approval);
            }
        }
        let kept = &self.quotes;
        self.approvals.retain(|_, approval| kept.contains_key(&approval.quote));
        let (id, state) = (made.id.clone(), QuoteState::Open);
        let held = Held { made: made.clone(), by: by.clone(), at, state };
        match self.quotes.insert(id, held) {
            Some(_) => Err(format!("there is a quote {} already", made.id)),
            None => Ok(()),
        }
    }

    fn settle(&mut self, id: &QuoteId, state: QuoteState) -> Result<(), String> {
        let held = self.quotes.get_mut(id).ok_or_else(|| format!("there is no quote {id}"))?;
        if !matches!(held.state, QuoteState::Open | QuoteState::Awaiting { .. }) {
            return Err(format!("quote {id} is {}", held.state.word()));
        }
        held.state = state;
        Ok(())
    }

    fn approval_asked(
        &mut self,
        id: &ApprovalId,
        quote: &QuoteId,
        by: &Who,
        at: Instant,
    ) -> Result<(), String> {
        self.settle(quote, QuoteState::Awaiting { approval: id.clone() })?;
        let (quote, by, state) = (quote.clone(), by.clone(), ApprovalState::Open);
        let approval = Approval { id: id.clone(), quote, by, at, state };
        match self.approvals.insert(id.clone(), approval) {
            Some(_) => Err(format!("there is a request for approval {id} already")),
            None => Ok(()),
        }
    }

    /// Settles a request; gives its quote.
    fn approved(&mut self, id: &ApprovalId, state: ApprovalState) -> Result<QuoteId, String> {
        let approval = self.approvals.get_mut(id);
        let approval = approval.ok_or_else(|| format!("there is no request for approval {id}"))?;
        if approval.state != ApprovalState::Open {
            return Err(format!("the request {id} is {}", approval.state.word()));
        }
        approval.state = state;
        Ok(approval.quote.clone())
    }
}

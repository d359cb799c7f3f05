//! What the books are told of the world outside: payments, use, corrections.

use std::collections::BTreeMap;

use leasehold_books::event::{Event, EventKey, EventKind, Offered};
use leasehold_contract::Lease;
use leasehold_types::Money;

use super::{Asked, Decided};
use crate::live::step::QUOTE_SOURCE;
use crate::live::{Body, DESK_SOURCE, Refusal, Right, Thing};

/// Most events that are handed in at once.
pub const EVENTS_MAX: usize = 2_000;

impl Asked<'_> {
    /// Takes in the events that are new, as learnt of now. One that is there with other contents
    /// refuses the whole of what was handed in, so that whoever hands in sees it.
    pub(super) fn record(self, events: &[Event]) -> Decided {
        if events.len() > EVENTS_MAX {
            let why = format!("has {} events; hand in at most {EVENTS_MAX} at once", events.len());
            return Err(Refusal::invalid("events", why));
        }
        let mut new: BTreeMap<EventKey, Event> = BTreeMap::new();
        for event in events {
            let event = Event { at: self.now, ..event.clone() };
            self.check_event(&event)?;
            let same = match new.get(&event.key) {
                Some(first) if *first == event => Offered::Duplicate,
                Some(_) => Offered::Conflict,
                None => self.live.books.look(&event)?,
            };
            match same {
                Offered::New => drop(new.insert(event.key.clone(), event)),
                Offered::Duplicate => {}
                Offered::Conflict => {
                    return Err(Refusal::EventConflict { key: event.key.to_string() });
                }
            }
        }
        let new: Vec<Event> = new.into_values().collect();
        Ok(if new.is_empty() { Vec::new() } else { vec![Body::Books(new)] })
    }

    fn check_event(self, event: &Event) -> Result<(), Refusal> {
        let right = match &event.kind {
            EventKind::Usage(_) => Right::UsageWrite,
            EventKind::Payment(_)
            | EventKind::Allocation(_)
            | EventKind::Refund(_)
            | EventKind::Spare(_)
            | EventKind::Excused(_)
            | EventKind::Correction(_) => Right::BooksWrite,
            other => {
                let why = format!(
                    "is `{}`, which the books learn of in another way: from the desk, or by a quote",
                    other.word()
                );
                return Err(Refusal::invalid("kind", why));
            }
        };
        self.caller.needs(right)?;
        self.owners("this")?;
        let record = self.lease(&event.lease)?;
        event.check().map_err(|why| Refusal::invalid("event", format!("is not sound: {why}")))?;
        for source in [DESK_SOURCE, QUOTE_SOURCE] {
            let corrects =
                matches!(&event.kind, EventKind::Correction(c) if &*c.event.source == source);
            if &*event.key.source == source || corrects {
                let why = format!("is `{source}`, which is this program's own; name another");
                return Err(Refusal::invalid("source", why));
            }
        }
        self.check_money(record.lease(), &event.kind)
    }

    /// Money is in the lease's currency, and invoices that are named are there.
    fn check_money(self, lease: &Lease, kind: &EventKind) -> Result<(), Refusal> {
        let (money, invoices) = match kind {
            EventKind::Payment(p) => (p.money, p.invoices.clone().unwrap_or_default()),
            EventKind::Allocation(a) => (a.money, vec![a.invoice.clone()]),
            EventKind::Refund(r) => (r.money, Vec::new()),
            _ => return Ok(()),
        };
        check_currency(lease, money)?;
        let missing =
            invoices.iter().find(|number| self.live.books.invoice_of(&lease.id, number).is_none());
        missing.map_or(Ok(()), |number| Err(Refusal::not_found(Thing::Invoice, number)))
    }
}

fn check_currency(lease: &Lease, money: Money) -> Result<(), Refusal> {
    if money.currency() == lease.currency {
        return Ok(());
    }
    let (found, wanted) = (money.currency(), lease.currency);
    let why = format!("is in {found}, and lease `{}` is in {wanted}; convert it outside", lease.id);
    Err(Refusal::invalid("money", why))
}

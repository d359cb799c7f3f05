//! Quotes: made, confirmed, and where that needs a second person, approved or declined.

use super::{Asked, Decided, check_text};
use crate::id::{ApprovalId, QuoteId};
use crate::live::quote::{Made, QUOTES_OPEN_MAX};
use crate::live::step::dearer;
use crate::live::{
    Approval, ApprovalState, Body, Held, QuoteState, Refusal, Right, Step, Thing, Who,
};

impl<'a> Asked<'a> {
    pub(super) fn quote(self, id: &QuoteId, step: &Step) -> Decided {
        self.may_take(step)?;
        if self.live.quotes.contains_key(id) {
            return Err(Refusal::Exists { thing: Thing::Quote, id: id.to_string() });
        }
        let open = self.live.quotes.values().filter(|held| {
            held.made.organisation == self.caller.organisation
                && held.state == QuoteState::Open
                && self.now < held.made.expires
        });
        if open.count() >= QUOTES_OPEN_MAX {
            let instead = "confirm some, or wait until they expire";
            return Err(Refusal::TooMany { what: "open quotes", most: QUOTES_OPEN_MAX, instead });
        }
        let cost = step.cost(self.live, &self.caller.actor(), self.now)?;
        Ok(vec![Body::Quoted(Box::new(Made {
            id: id.clone(),
            organisation: self.caller.organisation.clone(),
            step: step.clone(),
            expires: cost.expires_at,
            cost,
            computed_on: self.live.seq,
        }))])
    }

    pub(super) fn confirm(self, id: &QuoteId, approval: &ApprovalId) -> Decided {
        let held = self.held(id)?;
        self.may_take(&held.made.step)?;
        match &held.state {
            QuoteState::Open => {}
            state => {
                let (thing, state) = (Thing::Quote, state.word());
                return Err(Refusal::Settled { thing, id: id.to_string(), state });
            }
        }
        self.holds(held)?;
        if self.needs_second(held) {
            return Ok(vec![Body::ApprovalAsked { approval: approval.clone(), quote: id.clone() }]);
        }
        self.carried_out(held, &self.caller.actor())
    }

    pub(super) fn approve(self, id: &ApprovalId) -> Decided {
        let (approval, held) = self.asked_for(id)?;
        if self.same_person(&approval.by) {
            return Err(Refusal::SamePerson(held.made.step.kind()));
        }
        self.holds(held)?;
        let asker = self.live.access.caller(&self.live.owner, &approval.by, self.now)?;
        let mut bodies = vec![Body::ApprovalGiven { approval: id.clone() }];
        bodies.extend(self.carried_out(held, &asker.actor())?);
        Ok(bodies)
    }

    pub(super) fn decline(self, id: &ApprovalId, reason: &str) -> Decided {
        check_text("reason", reason)?;
        self.asked_for(id)?;
        Ok(vec![Body::ApprovalDeclined { approval: id.clone(), reason: reason.to_owned() }])
    }

    /// Whether the caller may ask for a step: it has the right, and a tenant speaks for itself.
    fn may_take(self, step: &Step) -> Result<(), Refusal> {
        self.caller.needs(step.right())?;
        if let Some(lease) = step.lease(self.live).filter(|_| !matches!(step, Step::Sign { .. })) {
            self.lease(lease)?;
        }
        if !step.is_tenants() {
            self.owners("this step")?;
        }
        if let Step::Notice { received: Some(_), .. } = step {
            self.owners("saying when a notice was received")?;
        }
        if let Step::Sign { lease, .. } | Step::Amend { lease, .. } = step
            && lease.owner.id != self.live.owner
        {
            let why = format!(
                "names the owner `{}`, and this desk is that of `{}`; correct the term sheet",
                lease.owner.id, self.live.owner
            );
            return Err(Refusal::invalid("sheet", why));
        }
        Ok(())
    }

    /// A quote that the caller may see: one of its own organisation.
    fn held(self, id: &QuoteId) -> Result<&'a Held, Refusal> {
        let held = self.live.quotes.get(id);
        held.filter(|held| held.made.organisation == self.caller.organisation)
            .ok_or_else(|| Refusal::not_found(Thing::Quote, id))
    }

    /// An open request, for somebody who may approve.
    fn asked_for(self, id: &ApprovalId) -> Result<(&'a Approval, &'a Held), Refusal> {
        self.caller.needs(Right::Approve)?;
        let missing = || Refusal::not_found(Thing::Approval, id);
        let approval = self.live.approvals.get(id).ok_or_else(missing)?;
        let held = self.held(&approval.quote).map_err(|_| missing())?;
        if approval.state != ApprovalState::Open {
            let (thing, state) = (Thing::Approval, approval.state.word());
            return Err(Refusal::Settled { thing, id: id.to_string(), state });
        }
        Ok((approval, held))
    }

    /// Whether the quote still says what would be.
    fn holds(self, held: &Held) -> Result<(), Refusal> {
        let made = &held.made;
        if self.now >= made.expires {
            let (thing, id, expired) = (Thing::Quote, made.id.to_string(), made.expires);
            return Err(Refusal::Expired { thing, id, expired });
        }
        let cost = made.step.cost(self.live, &self.caller.actor(), self.now)?;
        let lease = made.step.lease(self.live).and_then(|id| self.live.desk.lease(id));
        let currency = match (&made.step, lease) {
            (Step::Sign { lease, .. } | Step::Amend { lease, .. }, _) => lease.currency,
            (_, Some(record)) => record.lease().currency,
            _ => return Err(Refusal::not_found(Thing::Quote, &made.id)),
        };
        match dearer(&made.cost, &cost, currency) {
            Some(how) => Err(Refusal::CostChanged { how }),
            None => Ok(()),
        }
    }

    fn needs_second(self, held: &Held) -> bool {
        let four_eyes = self.live.policy.four_eyes;
        match &held.made.step {
            Step::Sign { .. } | Step::Amend { .. } => four_eyes.signing,
            Step::Recall(_) | Step::Extend { .. } => {
                four_eyes.recall_outside_terms && !held.made.cost.violations.is_empty()
            }
            Step::Void { .. } => four_eyes.voiding,
            Step::Notice { .. } | Step::Credit { .. } => false,
        }
    }

    fn carried_out(self, held: &Held, actor: &leasehold_desk::Actor) -> Decided {
        let id = &held.made.id;
        let mut bodies = vec![Body::QuoteConfirmed { quote: id.clone() }];
        bodies.extend(held.made.step.carry_out(self.live, id, actor, self.now)?);
        Ok(bodies)
    }

    /// Whether the caller is who asked. Two keys are two persons only where people made them so;
    /// a person who also holds a key is told apart by its own id.
    fn same_person(self, asker: &Who) -> bool {
        self.caller.who == *asker
    }
}

//! What a step costs both sides, as things stand.

use leasehold_books::event::LineCredit;
use leasehold_contract::facts::{TakenUnits, Taking};
use leasehold_contract::lease::Side;
use leasehold_contract::quote::{self, CostNature, Quote, QuoteLine};
use leasehold_contract::recall::{RecallOrder, Violation};
use leasehold_contract::{Facts, Lease};
use leasehold_desk::{
    Actor, Command, CommandKind, EventKind, LeaseRecord, Recall, RecallOrdered, RecallRefusal,
    RecallRequest, Stage, decide,
};
use leasehold_types::{Currency, Date, Instant, LeaseId, Money, Period, RecallId};

use super::Step;
use crate::live::quote::QUOTE_HOLDS;
use crate::live::{Live, Refusal, Thing};

impl Step {
    /// What it costs both sides at `now`, asked for by `actor`.
    pub(in crate::live) fn cost(
        &self,
        live: &Live,
        actor: &Actor,
        now: Instant,
    ) -> Result<Quote, Refusal> {
        let asking = Asking { live, actor, now };
        let mut quote = match self {
            Step::Sign { lease, .. } => asking.sign(self, lease)?,
            Step::Amend { lease, .. } => asking.amend(self, lease)?,
            Step::Notice { lease, side, received, .. } => {
                let record = asking.record(lease)?;
                let facts = asking.expected(record);
                let received = received.unwrap_or(now);
                quote::exit(record.lease(), &facts, &record.notices, *side, received)?
            }
            Step::Recall(request) => asking.recall(request)?,
            Step::Extend { recall, expected_return, .. } => {
                asking.extend(self, *recall, *expected_return)?
            }
            Step::Void { lease, invoice, .. } => {
                let what = "what is left of the invoice is credited, and billed again by the next";
                asking.credit(lease, invoice, &[], what)?
            }
            Step::Credit { lease, invoice, lines, .. } => {
                asking.credit(lease, invoice, lines, "credited before tax")?
            }
        };
        quote.expires_at = quote.expires_at.min(now.saturating_add(QUOTE_HOLDS));
        Ok(quote)
    }
}

/// Why `now` is dearer than `before` to either side, or otherwise not as it said; `None` where it
/// is as it said or cheaper.
pub fn dearer(before: &Quote, now: &Quote, currency: Currency) -> Option<String> {
    for side in [Side::Owner, Side::Tenant] {
        for nature in [CostNature::Paid, CostNature::Forgone, CostNature::Returned] {
            let sums =
                (before.borne_by(side, nature, currency), now.borne_by(side, nature, currency));
            let (Ok(before), Ok(now)) = sums else { return Some("a sum does not fit".to_owned()) };
            if now.minor() > before.minor() {
                return Some(format!("the {side} would bear {now} where it said {before}"));
            }
        }
    }
    if before.ends != now.ends {
        let day = |date: Option<Date>| date.map_or("no day".to_owned(), |date| date.to_string());
        let (before, now) = (day(before.ends), day(now.ends));
        return Some(format!("the lease would end on {now} where it said {before}"));
    }
    let known = |rule: &&Violation| before.violations.iter().any(|old| old.clause == rule.clause);
    let new = now.violations.iter().find(|rule| !known(rule));
    new.map(|rule| rule.message.clone())
}

#[derive(Clone, Copy)]
struct Asking<'a> {
    live: &'a Live,
    actor: &'a Actor,
    now: Instant,
}

impl<'a> Asking<'a> {
    fn record(self, lease: &LeaseId) -> Result<&'a LeaseRecord, Refusal> {
        self.live.desk.lease(lease).ok_or_else(|| Refusal::not_found(Thing::Lease, lease))
    }

    /// What happened, with what is still due expected.
    fn expected(self, record: &LeaseRecord) -> Facts {
        let today = record.lease().zone.date_of(self.now);
        record.facts().expecting_deliveries(record.lease(), today)
    }

    /// What the desk would do.
    fn tried(self, command: CommandKind) -> Result<Vec<EventKind>, leasehold_desk::Refusal> {
        let command = Command::new(self.actor.clone(), command);
        let events = decide(&self.live.desk, &command, self.now)?;
        Ok(events.into_iter().map(|event| event.kind).collect())
    }

    fn sign(self, step: &Step, lease: &Lease) -> Result<Quote, Refusal> {
        self.tries(step)?;
        let facts = Facts::as_promised(lease);
        let schedule = lease.schedule(&facts, Date::MIN, Date::MAX)?;
        let mut lines = Vec::new();
        let besides =
            if schedule.undisclosed.is_empty() { "" } else { ", besides what is not disclosed" };
        let label = format!("fees to the stated end, through {}{besides}", last_day(lease));
        lines.push(paid(Side::Tenant, schedule.total, label));
        for deposit in &lease.deposits {
            lines.push(paid(Side::Tenant, deposit.amount, format!("deposit due {}", deposit.due)));
        }
        let step = format!("the parties sign lease `{}`", lease.id);
        Ok(plain(step, self.now, lines))
    }

    fn amend(self, step: &Step, lease: &Lease) -> Result<Quote, Refusal> {
        self.tries(step)?;
        let record = self.record(&lease.id)?;
        let facts = self.expected(record);
        Ok(quote::amendment(record.lease(), lease, &facts, self.now)?)
    }

    /// A step that the desk refuses is not quoted.
    fn tries(self, step: &Step) -> Result<(), Refusal> {
        if let Some(command) = step.command(self.now) {
            self.tried(command)?;
        }
        Ok(())
    }

    /// A recall outside its clause is quoted with what it breaks; one that cannot be carried out
    /// at all is refused.
    fn recall(self, request: &RecallRequest) -> Result<Quote, Refusal> {
        let record = self.record(&request.lease)?;
        let as_asked = RecallRequest { force: false, ..request.clone() };
        let violations = match self.tried(CommandKind::OrderRecall(as_asked)) {
            Ok(_) => Vec::new(),
            Err(leasehold_desk::Refusal::OutsideClause { violations, .. }) => violations,
            Err(other) => return Err(other.into()),
        };
        let forced = RecallRequest { force: true, ..request.clone() };
        let events = self.tried(CommandKind::OrderRecall(forced))?;
        let ordered = events.iter().find_map(|event| match event {
            EventKind::RecallOrdered(ordered) => Some(ordered),
            _ => None,
        });
        let ordered = ordered.ok_or_else(|| Refusal::not_found(Thing::Lease, &request.lease))?;
        let order = order_of(ordered);
        let (lease, facts) = (record.lease(), record.facts());
        let mut quote = quote::recall(lease, facts, &record.history, &order, self.now)?;
        for violation in violations {
            if !quote.violations.iter().any(|known| known.clause == violation.clause) {
                quote.objections.push(violation.message.clone());
                quote.violations.push(violation);
            }
        }
        Ok(quote)
    }

    fn extend(self, step: &Step, id: RecallId, until: Instant) -> Result<Quote, Refusal> {
        let recall = self.live.desk.recall(id);
        let recall = recall.ok_or_else(|| Refusal::not_found(Thing::Recall, id))?;
        let record = self.record(&recall.lease)?;
        let violations = self.kept(step)?;
        let words = format!("the owner keeps the units of recall {id} until {until}");
        let mut quote = plain(words, self.now, Vec::new());
        quote.objections = violations.iter().map(|rule| rule.message.clone()).collect();
        quote.violations = violations;
        let before = taken_until(record, recall, recall.expected_return);
        let after = taken_until(record, recall, until);
        if let (Some(before), Some(after)) = (before, after) {
            let lease = record.lease();
            let total = |facts: &Facts| lease.schedule(facts, Date::MIN, Date::MAX);
            let more = total(&before)?.total.checked_sub(total(&after)?.total);
            let more = more.map_err(|_| leasehold_types::Overflow::of("a cost"))?;
            let label = "fee and compensation while the units are out for longer";
            quote.lines.push(paid(Side::Owner, more, label.to_owned()));
        }
        Ok(quote)
    }

    /// What an extension breaks; refused where it cannot be carried out at all.
    fn kept(self, step: &Step) -> Result<Vec<Violation>, Refusal> {
        let Some(CommandKind::ExtendRecall { recall, expected_return, reason, .. }) =
            step.command(self.now)
        else {
            return Ok(Vec::new());
        };
        let command = CommandKind::ExtendRecall { recall, expected_return, force: false, reason };
        match self.tried(command) {
            Ok(_) => Ok(Vec::new()),
            Err(leasehold_desk::Refusal::Recall {
                why: RecallRefusal::Kept { violations, .. },
                ..
            }) => Ok(violations),
            Err(other) => Err(other.into()),
        }
    }

    fn credit(
        self,
        lease: &LeaseId,
        number: &str,
        lines: &[LineCredit],
        what: &str,
    ) -> Result<Quote, Refusal> {
        let invoice = self.live.books.invoice_of(lease, number);
        let invoice = invoice.ok_or_else(|| Refusal::not_found(Thing::Invoice, number))?;
        let mut credited = Vec::new();
        for credit in lines {
            let line = invoice.lines.iter().find(|line| line.number == credit.line);
            let line = line.ok_or_else(|| {
                let why = format!("names line {}, which `{number}` does not have", credit.line);
                Refusal::invalid("lines", why)
            })?;
            let money = credit.money.unwrap_or(line.amount);
            if money.currency() != invoice.currency || money.minor() > line.amount.minor() {
                let why =
                    format!("asks for {money} of line {}, which is {}", line.number, line.amount);
                return Err(Refusal::invalid("lines", why));
            }
            let label = format!("line {} of `{number}`, {what}", line.number);
            credited.push(paid(Side::Owner, money, label));
        }
        if lines.is_empty() {
            let label = format!("`{number}`, at most: {what}");
            credited.push(paid(Side::Owner, invoice.total, label));
        }
        let step = format!("the owner credits invoice `{number}` of lease `{lease}`");
        Ok(plain(step, self.now, credited))
    }
}

fn last_day(lease: &Lease) -> Date {
    lease.term.end.yesterday().unwrap_or(lease.term.end)
}

fn order_of(ordered: &RecallOrdered) -> RecallOrder {
    RecallOrder {
        tranche: ordered.tranche.clone(),
        units: ordered.units,
        class: ordered.class.clone(),
        trigger: ordered.trigger,
        release_at: ordered.release_at,
        expected_return: ordered.expected_return,
    }
}

/// The facts of a lease as they would be with the units of `recall` out until then; `None` for one
/// whose notice was not served, whose taking has no beginning yet.
fn taken_until(record: &LeaseRecord, recall: &Recall, until: Instant) -> Option<Facts> {
    let mut facts = record.facts().clone();
    if let Some(taking) = recall.open_taking() {
        let taking = facts.takings.get_mut(taking)?;
        taking.period = Period::new(taking.period.start(), until);
        return Some(facts);
    }
    let (Stage::Noticed(notice) | Stage::Draining(notice) | Stage::Overdue(notice)) = recall.stage
    else {
        return None;
    };
    facts.takings.push(Taking {
        tranche: recall.tranche.clone(),
        period: Period::new(notice.release_due, until),
        units: TakenUnits::Counted(recall.units),
        class: recall.class.clone(),
        within_clause: recall.breaches.is_empty(),
    });
    Some(facts)
}

fn plain(step: String, at: Instant, lines: Vec<QuoteLine>) -> Quote {
    Quote {
        step,
        at,
        expires_at: at.saturating_add(QUOTE_HOLDS),
        lines: lines.into_iter().filter(|line| !line.amount.is_zero()).collect(),
        ends: None,
        objections: Vec::new(),
        violations: Vec::new(),
    }
}

fn paid(borne_by: Side, amount: Money, label: String) -> QuoteLine {
    QuoteLine { borne_by, nature: CostNature::Paid, amount, label }
}

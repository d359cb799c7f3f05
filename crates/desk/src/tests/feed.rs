//! What the books earn from what they are told is what the desk's own facts say.

use std::collections::BTreeMap;

use leasehold_books::book::{Deliveries, Policy};
use leasehold_books::event::{self as told, parse_line, to_line};
use leasehold_books::ledger::{Account, RevenueKind};
use leasehold_books::{Books, run};
use leasehold_contract::Lease;
use leasehold_contract::schedule::Accrued;
use leasehold_types::{Date, Instant, LeaseId, Money, Ratio};
use proptest::prelude::*;

use super::fixture::{at, fleet};
use super::random::{Step, Terms, command, lease_of, settings, steps, terms};
use crate::{Command, CommandKind, Desk, Event, EventKind, Feed, LeaseRecord, Settings, State};

const START: &str = "2027-01-30T12:00:00Z";

/// What the books were told of a history, and the desk at its end.
struct Fed {
    desk: Desk,
    signed: Vec<Lease>,
    told: Vec<told::Event>,
}

/// Runs `steps`, then waits until the civil day is over. Gives that day.
fn feed(settings: Settings, terms: &[Terms], steps: &[Step]) -> (Fed, Date) {
    let leases: Vec<_> = terms.iter().enumerate().map(|(i, terms)| lease_of(terms, i)).collect();
    let mut fed = Fed { desk: Desk::new(fleet(), settings), signed: Vec::new(), told: Vec::new() };
    let (mut feed, mut now, mut jobs) = (Feed::new("desk"), at(START), 0);
    let all = (0..leases.len()).map(Step::Sign).chain(steps.iter().cloned());
    for step in all {
        if let Step::Wait(seconds) = step {
            now = now.saturating_add(leasehold_types::Seconds(seconds));
            fed.advance(&mut feed, now);
            continue;
        }
        fed.advance(&mut feed, now);
        let asked = command(&step, fed.desk.state(), &leases, now, jobs);
        let Some((by, kind)) = asked else { continue };
        jobs += u64::from(matches!(kind, CommandKind::JobSubmit { .. }));
        fed.give(&mut feed, &Command::new(by, kind), now);
    }
    let zone = &leases[0].zone;
    let today = zone.date_of(now);
    let midnight = zone.start_of(today.tomorrow().unwrap());
    fed.advance(&mut feed, midnight);
    (fed, today)
}

impl Fed {
    fn note<'a>(
        signed: &'a mut Vec<Lease>,
        told: &'a mut Vec<told::Event>,
        feed: &'a mut Feed,
    ) -> impl FnMut(&State, &Event) + 'a {
        |state, event| {
            if let EventKind::LeaseSigned { lease } = &event.kind {
                signed.push(Lease::clone(lease));
            }
            told.extend(feed.note(state, event));
        }
    }

    fn advance(&mut self, feed: &mut Feed, now: Instant) {
        self.desk.advance(now, &mut Self::note(&mut self.signed, &mut self.told, feed)).unwrap();
    }

    /// Gives a command, which may be refused.
    fn give(&mut self, feed: &mut Feed, command: &Command, now: Instant) {
        let mut note = Self::note(&mut self.signed, &mut self.told, feed);
        let _ = self.desk.handle(command, now, &mut note);
    }

    fn books(&self, through: Date) -> Books {
        let policy = Policy { deliveries: Deliveries::Recorded, cut_off: Some(through) };
        run(self.signed.clone(), self.told.clone(), through, policy).unwrap()
    }
}

/// What the facts of every version say was earned before `until`, rounded as the books round.
fn by_facts(record: &LeaseRecord, until: Instant) -> BTreeMap<RevenueKind, Money> {
    let mut sum = Accrued { fees: Ratio::ZERO, late: Ratio::ZERO, recalled: Ratio::ZERO };
    for (i, version) in record.versions.iter().enumerate() {
        let end = record.versions.get(i + 1).map_or(until, |next| next.from.min(until));
        let from = if i == 0 { Instant::MIN } else { version.from };
        let evaluation = version.lease.evaluate(&version.facts).unwrap();
        let part = evaluation.accrued_parts(from, end).unwrap();
        sum.fees = sum.fees.checked_add(part.fees).unwrap();
        sum.late = sum.late.checked_add(part.late).unwrap();
        sum.recalled = sum.recalled.checked_add(part.recalled).unwrap();
    }
    let lease = record.lease();
    let round = |exact| Money::from_exact(exact, lease.currency, lease.rules.rounding);
    BTreeMap::from([
        (RevenueKind::Fees, round(sum.fees)),
        (RevenueKind::LateCredits, round(sum.late)),
        (RevenueKind::RecallCredits, round(sum.recalled)),
    ])
}

/// Lines of the lease's invoices.
fn lines_of(books: &Books, lease: &LeaseId) -> i128 {
    let of_it = books.invoices().iter().filter(|invoice| invoice.draft.lease == *lease);
    of_it.map(|invoice| invoice.draft.lines.len() as i128).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_books_earn_what_the_facts_say(
        settings in settings(),
        terms in prop::collection::vec(terms(), 3),
        steps in steps(60),
    ) {
        let (fed, today) = feed(settings, &terms, &steps);
        let books = fed.books(today);
        prop_assert!(books.parked().is_empty(), "{:?}", books.parked());
        for record in fed.desk.state().leases() {
            let until = record.lease().start_of(today.tomorrow().unwrap());
            for (kind, expected) in by_facts(record, until) {
                let account = Account::Revenue(kind);
                let currency = record.lease().currency;
                let held = books.journal().balance(&record.id, account, currency, today).unwrap();
                let earned = Money::zero(currency).checked_sub(held).unwrap();
                // What rounding its lines left over is earned with the periods that they billed.
                let off = (earned.minor() - expected.minor()).abs();
                let lines = lines_of(&books, &record.id);
                prop_assert!(
                    off <= lines,
                    "{} {kind:?}: {earned}, not {expected}, by {lines} lines: {:#?}",
                    record.id,
                    fed.told
                );
            }
        }
    }

    #[test]
    fn what_is_told_can_be_written_and_read(
        settings in settings(),
        terms in prop::collection::vec(terms(), 3),
        steps in steps(60),
    ) {
        let (fed, _) = feed(settings, &terms, &steps);
        for event in &fed.told {
            let line = to_line(event).unwrap();
            prop_assert_eq!(&parse_line(&line, 1).unwrap(), event, "{}", line);
        }
    }
}

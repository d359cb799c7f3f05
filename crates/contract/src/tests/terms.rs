//! Notices and the enforceable term: properties over random rights, and the notice book.

use leasehold_types::{Date, Instant, Seconds, add_months};
use proptest::prelude::*;

use super::build::*;
use super::generate::ZONES;
use super::reference::{days, next};
use crate::exact::add_days;
use crate::lease::*;
use crate::notice::{LeaseStatus, NoticeBook, WithdrawRefusal};
use crate::term::{EndsBecause, ServeRefusal};

const CASES: u32 = 3_000;

fn rights() -> impl Strategy<Value = ExitRight> {
    let date = |days: i64| add_days(day("2011-01-01"), days).unwrap();
    (
        prop::option::of(0..300_i64),
        prop::option::of(0..300_i64),
        prop_oneof![
            (0..120_u16).prop_map(NoticeLength::Days),
            (0..5_u16).prop_map(NoticeLength::Months)
        ],
        any::<bool>(),
        any::<bool>(),
        prop::option::of(any::<bool>()),
    )
        .prop_map(move |(served, effective, notice, at_end, month_end, penalty)| ExitRight {
            earliest_notice_served: served.map(date),
            earliest_effective: effective.map(date),
            notice,
            effective_at: if at_end { Effect::End } else { Effect::Start },
            to: if month_end { NoticeTo::MonthEnd } else { NoticeTo::Exact },
            penalty: penalty.map(|substantive| Penalty {
                amount: PenaltyAmount::Fixed(usd("1.00")),
                substantive,
                judgement: Judgement::default(),
            }),
        })
}

/// A lease of 2011 with random rights.
fn leases() -> impl Strategy<Value = Lease> {
    let optional = || prop::option::weighted(0.8, rights());
    (0..ZONES.len(), optional(), optional(), prop::option::of(0..300_i64), any::<bool>()).prop_map(
        |(at, owner, tenant, initial, shortens)| {
            let mut lease = lease("2011-01-01", "2012-03-01");
            lease.zone = zone(ZONES[at]);
            lease.term.owner_exit = owner;
            lease.term.tenant_exit = tenant;
            lease.term.initial_period_end =
                initial.map(|days| add_days(day("2011-01-01"), days).unwrap());
            lease.accounting.owner_exit_shortens = shortens;
            lease
        },
    )
}

/// The end that a notice received on `received` brings about, by the words of DESIGN.
fn reference_end(lease: &Lease, right: &ExitRight, received: Date) -> Date {
    let corresponding = match right.notice {
        NoticeLength::Days(n) => (0..n).fold(received, |date, _| next(date)),
        NoticeLength::Months(n) => add_months(received, n.into()).unwrap(),
    };
    let mut ends = corresponding;
    if right.effective_at == Effect::End {
        ends = next(ends);
    }
    while lease.term.initial_period_end.is_some_and(|initial| ends < initial)
        || right.earliest_effective.is_some_and(|earliest| ends < earliest)
    {
        ends = next(ends);
    }
    while right.to == NoticeTo::MonthEnd && ends.day() != 1 {
        ends = next(ends);
    }
    ends
}

fn instant_on(lease: &Lease, date: Date, hour: i64) -> Instant {
    lease.start_of(date).saturating_add(Seconds::from_hours(hour))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn a_notice_does_what_the_words_say(lease in leases(), on in 0..420_i64, hour in 0..22_i64) {
        let received = instant_on(&lease, add_days(day("2011-01-01"), on).unwrap(), hour);
        let date = lease.zone.date_of(received);
        for side in Side::BOTH {
            let found = lease.serve(side, received);
            let Some(right) = lease.term.exit(side) else {
                prop_assert_eq!(found, Err(ServeRefusal::NoRight(side)));
                continue;
            };
            if right.earliest_notice_served.is_some_and(|first| date < first) {
                let refused = matches!(found, Err(ServeRefusal::NotYet { earliest })
                    if Some(earliest) == right.earliest_notice_served);
                prop_assert!(refused, "{:?}", found);
                continue;
            }
            let ends = reference_end(&lease, right, date);
            let found = found.unwrap();
            prop_assert_eq!(found.ends, ends.min(lease.term.end));
            prop_assert_eq!(found.at_stated_end, ends >= lease.term.end);
        }
    }

    #[test]
    fn a_later_notice_never_ends_it_earlier(lease in leases()) {
        for side in Side::BOTH {
            let mut last = Date::MIN;
            for date in days(day("2011-01-01"), day("2012-02-28")) {
                if let Ok(effect) = lease.serve(side, instant_on(&lease, date, 12)) {
                    prop_assert!(effect.ends >= last, "{} {}", date, effect.ends);
                    last = effect.ends;
                }
            }
        }
    }

    #[test]
    fn the_window_rolls_day_by_day(lease in leases()) {
        for side in Side::BOTH {
            let all = days(day("2011-01-01"), day("2012-02-29"));
            // From the last day back: the earliest end among notices received then or later.
            let mut earliest: Option<Date> = None;
            for date in all.into_iter().rev() {
                let at = lease.start_of(date);
                let now = lease.serve(side, at).ok().filter(|e| !e.at_stated_end).map(|e| e.ends);
                earliest = [earliest, now].into_iter().flatten().min();
                prop_assert_eq!(lease.earliest_exit(side, at), earliest, "{}", date);
            }
        }
    }

    #[test]
    fn served_by_then_it_ends_by_then(lease in leases(), ends in 0..430_i64) {
        let ends = add_days(day("2011-01-01"), ends).unwrap();
        for side in Side::BOTH {
            let Some(right) = lease.term.exit(side) else { continue };
            let first = right.earliest_notice_served.unwrap_or(lease.signed);
            let early = |date: &Date| reference_end(&lease, right, *date) <= ends;
            let last = days(first, next(ends.max(first))).into_iter().take_while(early).last();
            prop_assert_eq!(lease.serve_by(side, ends), last);
        }
    }

    #[test]
    fn the_enforceable_term_follows_the_formula(lease in leases(), on in 0..420_i64) {
        let as_of = lease.close_of(add_days(day("2011-01-01"), on).unwrap());
        let found = lease.term_end(&NoticeBook::default(), as_of).unwrap();
        let counts = |side: Side| {
            let right = lease.term.exit(side)?;
            let substantive = right.penalty.as_ref().is_some_and(|p| p.substantive);
            let shortens = side == Side::Tenant || lease.accounting.owner_exit_shortens;
            (!substantive && shortens).then(|| lease.earliest_exit(side, as_of)).flatten()
        };
        let exits = Side::BOTH.into_iter().filter_map(counts);
        prop_assert_eq!(found.term_end, exits.fold(lease.term.end, Date::min));
        let stays = found.because == EndsBecause::StatedEnd;
        prop_assert_eq!(stays, found.term_end == lease.term.end);
    }

    #[test]
    fn the_earlier_effect_governs_whatever_is_served_and_withdrawn(
        lease in leases(),
        steps in prop::collection::vec((0..400_i64, any::<bool>(), any::<bool>()), 0..12),
    ) {
        let mut steps = steps;
        steps.sort_unstable();
        let mut book = NoticeBook::default();
        for (on, owner, withdraws) in steps {
            let at = instant_on(&lease, add_days(day("2011-01-01"), on).unwrap(), 12);
            let side = if owner { Side::Owner } else { Side::Tenant };
            let before = book.clone();
            if withdraws {
                if let Ok(withdrawal) = book.withdraw(&lease, side, at, "agreed") {
                    prop_assert!(at < lease.start_of(before.governing().unwrap().ends));
                    book.record_withdrawal(withdrawal);
                    prop_assert!(book.standing(side).is_none());
                    prop_assert_eq!(book.standing(side.other()), before.standing(side.other()));
                }
            } else if let Ok(notice) = book.serve(&lease, side, at) {
                book.record(notice);
            }
            prop_assert!(book.notices().len() >= before.notices().len(), "all stay on record");
            let standing: Vec<Date> =
                Side::BOTH.iter().filter_map(|s| book.standing(*s)).map(|n| n.ends).collect();
            prop_assert_eq!(book.governing().map(|n| n.ends), standing.into_iter().min());
            let json = serde_json::to_string(&book).unwrap();
            prop_assert_eq!(&serde_json::from_str::<NoticeBook>(&json).unwrap(), &book);
        }
    }
}

fn both_may_end() -> Lease {
    let mut lease = lease("2027-01-01", "2028-01-01");
    lease.term.owner_exit = Some(exit_right(NoticeLength::Days(30)));
    lease.term.tenant_exit = Some(exit_right(NoticeLength::Days(90)));
    lease
}

fn at(text: &str) -> Instant {
    format!("{text}T12:00:00Z").parse().unwrap()
}

#[test]
fn a_withdrawal_needs_consent_and_comes_before_the_effect() {
    let lease = both_may_end();
    let mut book = NoticeBook::default();
    let refusal = book.withdraw(&lease, Side::Owner, at("2027-02-01"), "letter").unwrap_err();
    assert_eq!(refusal, WithdrawRefusal::NoNotice(Side::Owner));
    book.record(book.serve(&lease, Side::Owner, at("2027-02-01")).unwrap());
    let refusal = book.withdraw(&lease, Side::Owner, at("2027-02-02"), " ").unwrap_err();
    insta::assert_snapshot!(refusal, @"a notice is withdrawn only with the consent of the tenant; give the reference of its consent");
    let refusal = book.withdraw(&lease, Side::Owner, at("2027-03-03"), "letter").unwrap_err();
    insta::assert_snapshot!(refusal, @"the notice took effect on 2027-03-03; agree on a new lease instead");
    let again = book.serve(&lease, Side::Owner, at("2027-02-10")).unwrap_err();
    insta::assert_snapshot!(again, @"the owner has already given notice to end it on 2027-03-03; withdraw that one first");
    let late = book.serve(&lease, Side::Tenant, at("2027-03-05")).unwrap_err();
    insta::assert_snapshot!(late, @"the lease ended on 2027-03-03; there is nothing left to end");
}

#[test]
fn the_book_is_known_as_of_an_instant() {
    let lease = both_may_end();
    let mut book = NoticeBook::default();
    book.record(book.serve(&lease, Side::Tenant, at("2027-02-01")).unwrap());
    let withdrawal = book.withdraw(&lease, Side::Tenant, at("2027-02-10"), "letter").unwrap();
    book.record_withdrawal(withdrawal);
    assert!(book.as_of(at("2027-01-31")).notices().is_empty());
    assert!(book.as_of(at("2027-02-05")).governing().is_some());
    assert!(book.governing().is_none());
}

#[test]
fn where_a_lease_stands() {
    let mut lease = both_may_end();
    lease.signed = day("2026-12-01");
    let signed = Some(at("2026-12-01"));
    let mut book = NoticeBook::default();
    let status = |book: &NoticeBook, on| LeaseStatus::at(&lease, signed, book, at(on));
    assert_eq!(LeaseStatus::at(&lease, None, &book, at("2027-06-01")), LeaseStatus::Draft);
    assert_eq!(status(&book, "2026-11-30"), LeaseStatus::Draft);
    assert_eq!(status(&book, "2026-12-24"), LeaseStatus::Signed);
    assert_eq!(status(&book, "2027-01-01"), LeaseStatus::Running);
    assert_eq!(status(&book, "2028-01-01"), LeaseStatus::Ended { on: day("2028-01-01") });
    book.record(book.serve(&lease, Side::Tenant, at("2027-05-01")).unwrap());
    let ends = day("2027-07-30");
    assert_eq!(status(&book, "2027-04-30"), LeaseStatus::Running);
    let by = Side::Tenant;
    assert_eq!(status(&book, "2027-05-01"), LeaseStatus::UnderNotice { by, ends });
    assert_eq!(status(&book, "2027-07-30"), LeaseStatus::Ended { on: ends });
}

#[test]
fn a_substantive_penalty_keeps_the_stated_end() {
    let mut lease = both_may_end();
    let as_of = lease.close_of(day("2027-03-31"));
    let none = NoticeBook::default();
    assert_eq!(lease.term_end(&none, as_of).unwrap().term_end, day("2027-05-01"));
    lease.accounting.owner_exit_shortens = false;
    assert_eq!(lease.term_end(&none, as_of).unwrap().term_end, day("2027-06-30"));
    lease.term.tenant_exit.as_mut().unwrap().penalty = Some(Penalty {
        amount: PenaltyAmount::MonthsOfFee(ratio("6")),
        substantive: true,
        judgement: Judgement::default(),
    });
    let found = lease.term_end(&none, as_of).unwrap();
    assert_eq!((found.term_end, found.because), (day("2028-01-01"), EndsBecause::StatedEnd));
    assert_eq!(found.earliest_exit, Some(day("2027-05-01")));
}

#[test]
fn recallable_units_are_enforceable_while_recalls_are_bounded() {
    let mut lease = lease("2027-01-01", "2028-01-01");
    let mut clause = recall_clause();
    clause.limits.first_not_before = Some(day("2027-02-01"));
    lease.recall = Some(clause);
    lease.tranches[0].recallable = leasehold_types::Units(40);
    let as_of = lease.close_of(day("2027-03-31"));
    let windows = |lease: &Lease, as_of| {
        let found = lease.term_end(&NoticeBook::default(), as_of).unwrap();
        assert_eq!(found.term_end, day("2028-01-01"));
        found.recallable.iter().map(|w| w.until.to_string()).collect::<Vec<_>>()
    };
    // Without a bound the owner may take them, with its shortest notice (4 h), for good.
    assert_eq!(windows(&lease, as_of), ["2027-04-01"]);
    assert_eq!(windows(&lease, lease.close_of(day("2027-01-10"))), ["2027-02-01"]);
    // With one they come back: a recall interrupts the commitment and does not end it.
    lease.recall.as_mut().unwrap().limits.longest = Some(Seconds::from_days(14));
    assert!(windows(&lease, as_of).is_empty());
    // Recalls for events that the owner does not control shorten nothing.
    lease.recall.as_mut().unwrap().limits.longest = None;
    lease.recall.as_mut().unwrap().triggers = vec![Trigger::GridCurtailment];
    assert!(windows(&lease, as_of).is_empty());
}

//! The four lines, what is recognised, and quotes.

use leasehold_types::{Date, Instant, Money, Ratio, Units};
use proptest::prelude::*;

use super::build::*;
use super::generate::plans;
use super::reference::sum;
use crate::disclose::FourLines;
use crate::facts::{Delivery, Facts};
use crate::lease::*;
use crate::notice::NoticeBook;
use crate::quote::{CostNature, Quote};

const CASES: u32 = 2_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn the_lines_reconcile(plan in plans(400, 4), on in 0..500_i64, mode in 0..3_u8) {
        let (mut lease, facts) = plan.build();
        lease.accounting.recognition =
            [Recognition::AsDelivered, Recognition::StraightLine, Recognition::AsInvoiced][usize::from(mode)];
        lease.term.tenant_exit = Some(exit_right(NoticeLength::Days(30)));
        let as_of = lease.start_of(crate::exact::add_days(lease.signed, on).unwrap());
        let four = lease.four_lines(&facts, &NoticeBook::default(), as_of).unwrap();
        let mut running = Money::zero(lease.currency);
        let mut sums = Vec::new();
        for line in &four.reconciliation {
            if line.is_sum && !sums.is_empty() {
                prop_assert_eq!(line.amount, running);
            }
            running = if line.is_sum { line.amount } else { running.checked_add(line.amount).unwrap() };
            if line.is_sum {
                sums.push(line.amount);
            }
        }
        prop_assert_eq!(sums, vec![four.headline_value, four.non_cancellable_value, four.rpo]);
        if lease.accounting.recognition == Recognition::AsDelivered {
            prop_assert_eq!(four.rpo, four.non_cancellable_value);
        }
        let schedule = lease.schedule(&Facts { ends: None, ..facts.clone() }, Date::MIN, Date::MAX);
        prop_assert_eq!(four.contract_value, schedule.unwrap().total);
    }

    #[test]
    fn every_mode_recognises_the_same_in_the_end(plan in plans(300, 4), mode in 0..3_u8) {
        let (mut lease, facts) = plan.build();
        let book = NoticeBook::default();
        let evaluation = lease.evaluate(&facts).unwrap();
        let delivered = evaluation.accrued(Instant::MIN, Instant::MAX).unwrap();
        let schedule = evaluation.schedule(Date::MIN, Date::MAX).unwrap();
        lease.accounting.recognition =
            [Recognition::AsDelivered, Recognition::StraightLine, Recognition::AsInvoiced][usize::from(mode)];
        let found = lease.recognised(&facts, &book, Instant::MAX).unwrap();
        if lease.accounting.recognition == Recognition::AsInvoiced {
            prop_assert_eq!(found, schedule.total.exact().unwrap());
        } else {
            prop_assert_eq!(found, delivered);
        }
    }

    #[test]
    fn recognised_by_day_never_falls_without_credits(plan in plans(200, 0), mode in 0..2_u8) {
        let (mut lease, facts) = plan.build();
        for tranche in &mut lease.tranches {
            tranche.late.discount_per_day = Ratio::ZERO;
        }
        lease.accounting.recognition =
            [Recognition::AsDelivered, Recognition::StraightLine][usize::from(mode)];
        let book = NoticeBook::default();
        let mut last = Ratio::ZERO;
        for days in (0..220).step_by(11) {
            let at = lease.start_of(crate::exact::add_days(lease.signed, days).unwrap());
            let found = lease.recognised(&facts, &book, at).unwrap();
            prop_assert!(found >= last);
            last = found;
        }
    }
}

/// 100,000.00 a month over 2027, which the tenant may end with 90 days.
fn year() -> Lease {
    let mut lease = lease("2027-01-01", "2028-01-01");
    lease.term.tenant_exit = Some(exit_right(NoticeLength::Days(90)));
    lease
}

fn four(lease: &Lease, facts: &Facts, date: &str) -> FourLines {
    lease.four_lines(facts, &NoticeBook::default(), lease.close_of(day(date))).unwrap()
}

#[test]
fn undelivered_units_are_in_no_line() {
    let lease = year();
    let mut facts = Facts::as_promised(&lease);
    facts.deliveries[0].units = Units(50);
    let found = four(&lease, &facts, "2027-06-30");
    assert_eq!(found.headline_value, usd("300000.00"));
    assert_eq!(found.run_rate_month, usd("50000.00"));
    let expected = facts.expecting_deliveries(&lease, day("2027-08-01"));
    assert_eq!(expected.deliveries.len(), 2);
    assert_eq!(four(&lease, &expected, "2027-06-30").headline_value, usd("550000.00"));
}

#[test]
fn straight_line_spreads_a_ramp_over_the_enforceable_term() {
    let mut lease = year();
    lease.term.tenant_exit = None;
    lease.fees =
        vec![monthly("low", "2027-01-01", "50000.00"), monthly("high", "2027-07-01", "150000.00")];
    lease.accounting.recognition = Recognition::StraightLine;
    let facts = Facts::as_promised(&lease);
    let found = four(&lease, &facts, "2027-06-30");
    // 1,200,000.00 in all; 181 of 365 days are 595,068.49, of which 300,000.00 is delivered.
    assert_eq!(found.non_cancellable_value, usd("900000.00"));
    assert_eq!(found.rpo, usd("604931.51"));
    let labels: Vec<&str> = found.reconciliation.iter().map(|l| l.label.as_str()).collect();
    assert!(labels.contains(&"recognised before it is delivered"), "{labels:?}");
}

#[test]
fn expedients_are_named_with_what_they_leave_out() {
    let mut lease = year();
    lease.accounting.expedients = vec![Expedient::OneYearOrLess];
    let facts = Facts::as_promised(&lease);
    let found = four(&lease, &facts, "2027-03-31");
    assert_eq!(found.non_cancellable_value, usd("296666.67"));
    assert_eq!(found.rpo, usd("0.00"));
    assert_eq!(found.expedients[0].left_out, usd("296666.67"));
    lease.accounting.expedients = vec![Expedient::RightToInvoice, Expedient::VariableUsage];
    let mut by_hour =
        phase("hours", "2027-01-01", Price::PerAcceleratorHour { minor: ratio("210") });
    by_hour.covers = Covers::Tranche(tranche_id("main"));
    lease.fees.push(by_hour);
    let found = four(&lease, &facts, "2027-03-31");
    let left_out: Vec<Money> = found.expedients.iter().map(|e| e.left_out).collect();
    // 100 units at 2.10 an hour for the 90 days from April to 29 June.
    assert_eq!(left_out, [usd("0.00"), usd("453600.00")]);
    assert_eq!(found.rpo, usd("296666.67"));
}

#[test]
fn the_run_rate_by_the_hour_takes_the_month_s_real_hours() {
    let mut lease = year();
    lease.zone = zone("America/New_York");
    lease.fees =
        vec![phase("hours", "2027-01-01", Price::PerAcceleratorHour { minor: ratio("100") })];
    let facts = Facts::as_promised(&lease);
    // November has 721 hours there, March 743.
    assert_eq!(four(&lease, &facts, "2027-11-10").run_rate_month, usd("72100.00"));
    assert_eq!(four(&lease, &facts, "2027-03-10").run_rate_month, usd("74300.00"));
    assert_eq!(four(&lease, &facts, "2027-12-31").run_rate_month, usd("0.00"));
}

#[test]
fn recallable_units_without_a_bound_are_not_in_the_non_cancellable_value() {
    let mut lease = lease("2027-01-01", "2028-01-01");
    lease.recall = Some(recall_clause());
    lease.tranches[0].recallable = Units(40);
    let facts = Facts::as_promised(&lease);
    let found = four(&lease, &facts, "2027-06-30");
    assert_eq!(found.headline_value, usd("600000.00"));
    // Firm units to the end; recallable ones only to the earliest release, on 1 July.
    assert_eq!(found.non_cancellable_value, usd("360000.00"));
}

#[test]
fn an_extended_lease_runs_on() {
    let lease = year();
    let facts = Facts { extension_days: 31, ..Facts::as_promised(&lease) };
    let found = four(&lease, &facts, "2027-11-30");
    assert_eq!(found.headline_value, usd("200000.00"));
    assert_eq!(found.enforceable.stated_end, day("2028-02-01"));
}

fn lines(quote: &Quote) -> Vec<String> {
    let line = |line: &crate::quote::QuoteLine| {
        format!("{} {:?} {}: {}", line.borne_by, line.nature, line.amount, line.label)
    };
    quote.lines.iter().map(line).chain(quote.objections.clone()).collect()
}

#[test]
fn a_quote_for_ending() {
    let mut lease = year();
    lease.term.tenant_exit.as_mut().unwrap().penalty = Some(Penalty {
        amount: PenaltyAmount::MonthsOfFee(ratio("1.5")),
        substantive: false,
        judgement: Judgement::default(),
    });
    lease.deposits = vec![Deposit {
        amount: usd("200000.00"),
        due: day("2027-01-01"),
        returned_within_days: 30,
    }];
    lease.prepayments = vec![Prepayment {
        amount: usd("500000.00"),
        due: day("2027-01-01"),
        draw_from: day("2027-01-01"),
        draw_down: DrawDown::Share(ratio("50%")),
    }];
    let facts = Facts::as_promised(&lease);
    let now = "2027-05-03T12:00:00Z".parse().unwrap();
    let quote =
        crate::quote::exit(&lease, &facts, &NoticeBook::default(), Side::Tenant, now).unwrap();
    assert_eq!(quote.ends, Some(day("2027-08-01")));
    assert_eq!(quote.expires_at.to_string(), "2027-05-04T00:00:00Z");
    insta::assert_snapshot!(lines(&quote).join("\n"), @r#"
    tenant Paid USD 150,000.00: penalty for ending early: 1.5 months of the fee then in force
    owner Forgone USD 500,000.00: fees from 2027-08-01 through 2027-12-31
    owner Returned USD 200,000.00: deposit, given back within 30 days of the end unless it is needed
    owner Returned USD 150,000.00: prepayment that no invoice uses up
    "#);
    let forgone = quote.borne_by(Side::Owner, CostNature::Forgone, lease.currency).unwrap();
    assert_eq!(forgone, usd("500000.00"));
    let owner =
        crate::quote::exit(&lease, &facts, &NoticeBook::default(), Side::Owner, now).unwrap();
    insta::assert_snapshot!(lines(&owner).join("\n"), @"the owner has no right to end this lease early; it needs a cause or an agreement");
}

#[test]
fn a_quote_for_an_amendment() {
    let old = year();
    let mut new = year();
    new.version = 2;
    new.effective = day("2027-07-01");
    new.tranches.push(tranche("more", 20, "2027-07-01", "2028-01-01"));
    new.fees.push(monthly("more", "2027-07-01", "90000.00"));
    new.fees.push(monthly("late", "2027-10-01", "130000.00"));
    let facts = Facts::as_promised(&old);
    let now = "2027-06-03T12:00:00Z".parse().unwrap();
    let quote = crate::quote::amendment(&old, &new, &facts, now).unwrap();
    insta::assert_snapshot!(lines(&quote).join("\n"), @r#"
    tenant Paid USD 90,000.00: periods whose fees rise
    owner Forgone USD 30,000.00: periods whose fees fall
    "#);
    let late = crate::quote::amendment(&new, &old, &facts, now).unwrap();
    insta::assert_snapshot!(late.objections.join("\n"), @r#"
    version 1 does not follow version 2; number it 3
    it is backdated to 2027-01-01: what was billed stays, and is corrected by credit notes and new charges
    "#);
    new.currency = currency("EUR");
    let error = crate::quote::amendment(&old, &new, &facts, now).unwrap_err();
    insta::assert_snapshot!(error, @"lease `test`, currency: the versions are in USD and EUR; end the lease and sign a new one instead");
}

#[test]
fn a_late_tranche_is_discounted_on_the_next_invoice() {
    let mut lease = lease("2027-01-01", "2027-05-01");
    lease.tranches[0].late.grace_days = 10;
    lease.tranches[0].late.discount_per_day = ratio("1%");
    let mut facts = Facts::default();
    let delivery =
        |on, units| Delivery { tranche: tranche_id("main"), on: day(on), units: Units(units) };
    facts.deliveries = vec![delivery("2027-01-01", 40), delivery("2027-02-01", 60)];
    // 60 of 100 units are missing in January: 60,000.00; late from the 11th on: 21 of 31 days at
    // one per cent of the missing units' fee.
    let wanted = [vec!["100000.00", "-60000.00", "-406.45"], vec!["100000.00"]];
    assert_eq!(amounts(&lease, &facts)[..2], wanted);
    lease.fees[0].timing = FeeTiming::InAdvance;
    let wanted = [vec!["100000.00", "-60000.00"], vec!["100000.00", "-406.45"]];
    assert_eq!(amounts(&lease, &facts)[..2], wanted);
    let schedule = lease.schedule(&facts, Date::MIN, Date::MAX).unwrap();
    let exact = sum(schedule.periods.iter().flat_map(|p| &p.lines).map(|l| l.exact));
    let accrued = lease.accrued(&facts, Instant::MIN, Instant::MAX).unwrap();
    assert_eq!(accrued, exact);
}

#[test]
fn an_hour_more_is_charged_where_clocks_go_back() {
    let mut lease = lease("2027-11-01", "2027-12-01");
    lease.zone = zone("America/New_York");
    lease.fees =
        vec![phase("hours", "2027-11-01", Price::PerAcceleratorHour { minor: ratio("210") })];
    let facts = Facts::as_promised(&lease);
    assert_eq!(totals(&lease, &facts), ["151410.00"]);
    let fee = lease.day_fee(&facts, day("2027-11-07")).unwrap();
    assert_eq!(fee, ratio("525000"));
    let schedule = lease.schedule(&facts, Date::MIN, Date::MAX).unwrap();
    insta::assert_snapshot!(schedule.periods[0].lines[0].working, @"USD 2.10 an accelerator-hour, 72,100 accelerator-hours");
}

#[test]
fn a_tranche_with_its_own_fee() {
    let mut lease = lease("2027-01-01", "2027-04-01");
    lease.tranches.push(tranche("b", 10, "2027-02-15", "2027-03-15"));
    let mut own = monthly("b", "2027-01-01", "2800.00");
    own.covers = Covers::Tranche(tranche_id("b"));
    lease.fees.push(own);
    lease.recall = Some(recall_clause());
    let mut facts = Facts::as_promised(&lease);
    // A fee that covers a tranche is charged while the tranche lasts.
    let wanted = [vec!["100000.00"], vec!["100000.00", "1400.00"], vec!["100000.00", "1264.52"]];
    assert_eq!(amounts(&lease, &facts), wanted);
    // A unit of it carries its share of both fees: 100,000.00 over 110 units, 2,800.00 over 10.
    let mut taken = taking(&lease, "2027-02-20", "2027-02-21", 0, 1);
    taken.tranche = tranche_id("b");
    facts.takings.push(taken);
    assert_eq!(amounts(&lease, &facts)[1][2], "-42.47");
}

#[test]
fn facts_that_contradict_the_lease_are_errors() {
    let mut lease = year();
    lease.recall = Some(recall_clause());
    let error = |lease: &Lease, change: fn(&mut Facts)| {
        let mut facts = Facts::as_promised(lease);
        facts.takings = vec![taking(lease, "2027-02-01", "2027-02-03", 0, 10)];
        change(&mut facts);
        lease.schedule(&facts, Date::MIN, Date::MAX).unwrap_err().to_string()
    };
    let said = [
        error(&lease, |facts| facts.takings[0].tranche = tranche_id("other")),
        error(&lease, |facts| facts.takings[0].class = "fast".to_owned()),
        error(&lease, |facts| facts.deliveries[0].units = Units(101)),
        error(&lease, |facts| facts.deliveries[0].units = Units(9)),
        error(&lease, |facts| facts.deliveries[0].tranche = tranche_id("other")),
    ];
    insta::assert_snapshot!(said.join("\n"), @r#"
    lease `test`, facts, taking 1 (2027-02-01T00:00:00Z to 2027-02-03T00:00:00Z): the lease has no tranche `other`; name one of its tranches
    lease `test`, facts, taking 1 (2027-02-01T00:00:00Z to 2027-02-03T00:00:00Z): the recall clause has no class `fast`; name one of its classes
    lease `test`, tranche `main`: 101 units are recorded as delivered of 100 promised; correct the deliveries
    lease `test`, facts, takings of tranche `main` on 2027-02-01: 10 units are recorded as taken where the tenant had 9; correct the takings or the deliveries
    lease `test`, facts, delivery: the lease has no tranche `other`; name one of its tranches
    "#);
    lease.recall = None;
    insta::assert_snapshot!(error(&lease, |_| {}), @"lease `test`, facts, taking 1 (2027-02-01T00:00:00Z to 2027-02-03T00:00:00Z): units were taken but the lease has no recall clause to price it; add one or settle it outside");
    lease.fees[0].price =
        Price::Monthly { amount: Money::new(i128::MAX, lease.currency), share: ratio("1/3") };
    insta::assert_snapshot!(error(&lease, |facts| facts.takings.clear()), @"lease `test`, schedule, total: the result of a sum of amounts is too large to represent");
}

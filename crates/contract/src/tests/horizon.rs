//! What lies ahead: bands, versions that follow, notices that are not given yet.

use leasehold_types::{Money, Ratio};
use proptest::prelude::*;

use super::build::*;
use super::generate::plans;
use crate::disclose::{Band, FourLines, Horizon, Version};
use crate::exact::add_days;
use crate::lease::*;
use crate::notice::NoticeBook;
use crate::quote::{CostNature, exit};
use crate::sheet::compile;
use crate::{Facts, Lease};
use leasehold_types::Date;

const CASES: u32 = 600;

fn alone<'a>(lease: &'a Lease, facts: &'a Facts) -> Version<'a> {
    Version { lease, facts, from: Date::MIN, until: Date::MAX }
}

fn bands(lease: &Lease, today: &str, cuts: &[&str]) -> (FourLines, Vec<Band>) {
    let (facts, book) = (Facts::as_promised(lease), NoticeBook::default());
    let ahead = Horizon::new(alone(lease, &facts), &[], &book, day(today)).unwrap();
    let cuts: Vec<Date> = cuts.iter().map(|cut| day(cut)).collect();
    ahead.maturity(&cuts).unwrap()
}

fn sum(bands: &[Band], of: impl Fn(&Band) -> Money) -> Money {
    Money::sum(of(&bands[0]).currency(), bands.iter().map(of)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn bands_add_up_to_their_line(
        plan in plans(400, 3),
        on in 0..450_i64,
        mode in 0..3_usize,
        expedients in 0..8_u8,
        bounded in any::<bool>(),
        cuts in prop::collection::btree_set(1..450_i64, 0..4),
    ) {
        let (mut lease, facts) = plan.build();
        lease.accounting.recognition =
            [Recognition::AsDelivered, Recognition::StraightLine, Recognition::AsInvoiced][mode];
        let all = [Expedient::OneYearOrLess, Expedient::RightToInvoice, Expedient::VariableUsage];
        lease.accounting.expedients =
            all.iter().enumerate().filter(|(i, _)| expedients & (1 << i) > 0).map(|(_, e)| *e).collect();
        lease.term.tenant_exit = Some(exit_right(NoticeLength::Days(60)));
        if !bounded {
            lease.recall.as_mut().unwrap().limits = RecallLimits::default();
        }
        let today = add_days(lease.signed, on).unwrap();
        let cuts: Vec<Date> = cuts.iter().map(|cut| add_days(today, *cut).unwrap()).collect();
        let book = NoticeBook::default();
        let ahead = Horizon::new(alone(&lease, &facts), &[], &book, today).unwrap();
        let (four, bands) = ahead.maturity(&cuts).unwrap();
        prop_assert_eq!(bands.len(), cuts.len() + 1);
        prop_assert_eq!(sum(&bands, |b| b.non_cancellable_value), four.non_cancellable_value);
        prop_assert_eq!(sum(&bands, |b| b.rpo), four.rpo);
        prop_assert_eq!(ahead.four_lines().unwrap(), four.clone());
        let bridged = four.bridge.at_run_rate.checked_add(four.bridge.difference).unwrap();
        prop_assert_eq!(bridged, four.non_cancellable_value);
    }

    #[test]
    fn a_version_that_changes_nothing_changes_nothing(
        plan in plans(300, 2),
        on in 0..320_i64,
        after in 1..200_i64,
    ) {
        let (mut lease, facts) = plan.build();
        lease.rules.billing = Billing { every_months: 1, align: Alignment::Calendar };
        lease.term.tenant_exit = Some(exit_right(NoticeLength::Days(30)));
        let today = add_days(lease.signed, on).unwrap();
        // On a boundary of the billing periods no line is cut in two.
        let from = add_days(today, after).unwrap().last_of_month().tomorrow().unwrap();
        let book = NoticeBook::default();
        let one = Horizon::new(alone(&lease, &facts), &[], &book, today).unwrap();
        let first = Version { until: from, ..alone(&lease, &facts) };
        let second = Version { from, ..alone(&lease, &facts) };
        let two = Horizon::new(first, &[second], &book, today).unwrap();
        let (one, two) = (one.four_lines().unwrap(), two.four_lines().unwrap());
        prop_assert_eq!(two.headline_value, one.headline_value);
        prop_assert_eq!(two.non_cancellable_value, one.non_cancellable_value);
        prop_assert_eq!(two.enforceable.term_end, one.enforceable.term_end);
        prop_assert_eq!(two.enforceable.earliest_exit, one.enforceable.earliest_exit);
    }
}

#[test]
fn bands_of_anthropic() {
    let lease = compile(include_str!("../../../../examples/leases/anthropic.toml")).unwrap().lease;
    // As disclosed: all of it within the year.
    let (_, found) = bands(&lease, "2026-07-01", &["2027-07-01", "2029-07-01"]);
    let rpo: Vec<String> = found.iter().map(|band| band.rpo.to_decimal()).collect();
    assert_eq!(rpo, ["5000000000.00", "0.00", "0.00"]);
    // If nobody could leave: 12 months, then 23.
    let mut firm = lease;
    (firm.term.owner_exit, firm.term.tenant_exit) = (None, None);
    let (_, found) = bands(&firm, "2026-07-01", &["2027-07-01", "2029-07-01"]);
    let value = |band: &Band| band.non_cancellable_value.to_decimal();
    let values: Vec<String> = found.iter().map(value).collect();
    assert_eq!(values, ["15000000000.00", "28750000000.00", "0.00"]);
}

#[test]
fn a_straight_line_falls_due_evenly() {
    let mut lease = lease("2027-01-01", "2028-01-01");
    lease.fees =
        vec![monthly("low", "2027-01-01", "50000.00"), monthly("high", "2027-07-01", "150000.00")];
    lease.accounting.recognition = Recognition::StraightLine;
    let (four, found) = bands(&lease, "2027-07-01", &["2027-10-01"]);
    assert_eq!(four.rpo, usd("604931.51"));
    // 92 of the 184 days that are left.
    assert_eq!(found[0].rpo, usd("302465.76"));
    assert_eq!(found[0].non_cancellable_value, usd("450000.00"));
}

/// 100,000.00 a month over 2027; from July on the second version governs.
fn amended(change: impl Fn(&mut Lease)) -> (Lease, Lease) {
    let mut old = lease("2027-01-01", "2028-01-01");
    old.fees = vec![monthly("full", "2027-01-01", "100000.00")];
    let mut new = old.clone();
    (new.version, new.effective) = (2, day("2027-07-01"));
    change(&mut new);
    (old, new)
}

fn both(old: &Lease, new: &Lease, today: &str) -> FourLines {
    let book = NoticeBook::default();
    let facts = (Facts::as_promised(old), Facts::as_promised(new));
    let first = Version { lease: old, facts: &facts.0, from: Date::MIN, until: new.effective };
    let second = Version { lease: new, facts: &facts.1, from: new.effective, until: Date::MAX };
    Horizon::new(first, &[second], &book, day(today)).unwrap().four_lines().unwrap()
}

#[test]
fn a_version_that_is_known_counts_from_its_day() {
    let (old, new) = amended(|new| {
        new.fees = vec![monthly("full", "2027-01-01", "200000.00")];
        new.term.end = day("2028-07-01");
        new.tranches[0].until = day("2028-07-01");
    });
    let found = both(&old, &new, "2027-04-01");
    // Three months at the old price, twelve at the new one.
    assert_eq!(found.headline_value, usd("2700000.00"));
    assert_eq!(found.non_cancellable_value, usd("2700000.00"));
    assert_eq!(found.run_rate_month, usd("100000.00"));
    assert_eq!(found.enforceable.stated_end, day("2028-07-01"));
    assert_eq!(found.bridge.months, Ratio::whole(15));
    assert_eq!(found.bridge.difference, usd("1200000.00"));
}

#[test]
fn who_leaves_before_a_version_governs_never_comes_under_it() {
    let (mut old, mut new) = amended(|new| {
        new.fees = vec![monthly("full", "2027-01-01", "200000.00")];
    });
    old.term.tenant_exit = Some(exit_right(NoticeLength::Days(30)));
    let found = both(&old, &new, "2027-04-01");
    assert_eq!(found.term_end(), day("2027-05-01"));
    assert_eq!(found.non_cancellable_value, usd("100000.00"));
    assert_eq!(found.headline_value, usd("1500000.00"));
    // A right that only the new version gives is seen from its first day.
    old.term.tenant_exit = None;
    new.term.tenant_exit = Some(exit_right(NoticeLength::Days(31)));
    let found = both(&old, &new, "2027-04-01");
    assert_eq!(found.term_end(), day("2027-08-01"));
    assert_eq!(found.non_cancellable_value, usd("500000.00"));
}

#[test]
fn as_if_a_notice_stood() {
    let mut lease = lease("2027-01-01", "2028-01-01");
    let mut right = exit_right(NoticeLength::Days(90));
    let amount = PenaltyAmount::MonthsOfFee(Ratio::whole(2));
    right.penalty = Some(Penalty { amount, substantive: true, judgement: Judgement::default() });
    lease.term.tenant_exit = Some(right);
    let (facts, book) = (Facts::as_promised(&lease), NoticeBook::default());
    let today = day("2027-04-01");
    let ahead = Horizon::new(alone(&lease, &facts), &[], &book, today).unwrap();
    // The penalty is substantive, so as long as no notice is given the stated end holds.
    assert_eq!(ahead.four_lines().unwrap().rpo, usd("900000.00"));
    let quote = exit(&lease, &facts, &book, Side::Tenant, lease.start_of(today)).unwrap();
    let ends = quote.ends.unwrap();
    assert_eq!(ends, day("2027-06-30"));
    let under = ahead.under_notice(Side::Tenant, ends);
    assert_eq!(under.ends(), ends);
    assert_eq!(under.four_lines().unwrap().rpo, ahead.value_to(ends).unwrap());
    let lost = ahead.value_to(ahead.ends()).unwrap().checked_sub(ahead.value_to(ends).unwrap());
    let forgone = quote.borne_by(Side::Owner, CostNature::Forgone, lease.currency).unwrap();
    assert_eq!(lost.unwrap(), forgone);
}

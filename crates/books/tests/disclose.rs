//! Disclosures: the three disclosed leases, worked cases of each section, and what must add up
//! whatever the lease.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use leasehold_books::disclose::*;
use leasehold_books::event::*;
use leasehold_books::ledger::{Account, RevenueKind};
use leasehold_books::{Policy, run};
use leasehold_contract::Lease;
use leasehold_contract::lease::*;
use leasehold_types::{Money, Ratio, TenantId};
use support::*;

fn example(name: &str) -> Lease {
    let path = format!("{}/../../examples/leases/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    leasehold_contract::sheet::compile(&text).unwrap().lease
}

fn at_close(leases: Vec<Lease>, events: Vec<Event>, date: &str) -> Disclosures {
    let policy = Policy { cut_off: Some(day(date)), ..Policy::default() };
    let books = run(leases, events, day(date), policy).unwrap();
    assert!(books.parked().is_empty(), "{:?}", books.parked());
    disclose(&books, day(date), &DisclosureOptions::default()).unwrap()
}

fn the_three(date: &str) -> Disclosures {
    at_close(["anthropic", "google", "reflection"].map(example).to_vec(), vec![], date)
}

fn of<'a>(found: &'a Disclosures, lease: &str) -> &'a LeaseLines {
    found.currencies[0].lines.leases.iter().find(|row| row.lease.name == lease).unwrap()
}

fn decimals(figures: &Figures) -> [String; 4] {
    let Figures { headline_value, non_cancellable_value, rpo, run_rate_month } = figures;
    [headline_value, non_cancellable_value, rpo, run_rate_month].map(|money| money.to_decimal())
}

#[test]
fn the_disclosed_leases_through_the_books() {
    let found = the_three("2026-06-30");
    let billion = "1250000000.00";
    assert_eq!(
        decimals(&of(&found, "anthropic").figures),
        ["43750000000.00", "5000000000.00", "5000000000.00", billion]
    );
    assert_eq!(of(&found, "anthropic").term_end, day("2026-11-01"));
    let steps: Vec<(String, String)> = of(&found, "anthropic")
        .run_rate_reconciliation
        .iter()
        .map(|step| (step.label.clone(), step.amount.to_decimal()))
        .collect();
    assert_eq!(
        steps,
        pairs(&[
            ("run rate for 4 months, to the end of the enforceable term", "5000000000.00"),
            ("fees at another rate (ramps, later prices, late units, recalls), rounding", "0.00"),
            ("non-cancellable value", "5000000000.00"),
        ])
    );
    let found = the_three("2026-09-30");
    assert_eq!(
        decimals(&of(&found, "google").figures),
        ["30360000000.00", "5520000000.00", "5520000000.00", "920000000.00"]
    );
    assert_eq!(of(&found, "google").term_end, day("2027-04-01"));
    let total = &found.currencies[0].lines.total;
    assert_eq!(total.leases, 3);
    assert_eq!(total.figures.run_rate_month, usd("2320000000.00"));
}

#[test]
fn each_reading_through_the_books() {
    let found = ["reading-a", "reading-b", "reading-c"].map(|name| {
        let found = at_close(vec![example(name)], vec![], "2026-06-30");
        let row = of(&found, name);
        (row.term_end.to_string(), decimals(&row.figures)[..3].join(" "))
    });
    let wanted = [
        ("2026-11-01", "43750000000.00 5000000000.00 5000000000.00"),
        ("2026-09-29", "43750000000.00 3666666666.67 3666666666.67"),
        ("2027-01-28", "43750000000.00 8588709677.42 8588709677.42"),
    ];
    assert_eq!(found.to_vec(), pairs(&wanted));
}

#[test]
fn sums_say_what_is_in_none() {
    let found = the_three("2026-05-31");
    // Two are signed in June.
    let left: Vec<&str> = found.left_out.iter().map(|left| left.lease.name.as_str()).collect();
    assert_eq!(left, ["google", "reflection"]);
    let usd = &found.currencies[0];
    assert_eq!(usd.lines.total.leases, 1);
    assert_eq!(usd.lines.total.left_out.len(), 2);
    assert_eq!(usd.lines.total.undisclosed[0].months, 1);
    assert_eq!(usd.lines.total.undisclosed[0].phase.as_deref(), Some("ramp"));
    // May's ramp was earned, but nobody says how much it was.
    assert_eq!(usd.revenue.recognised, Money::zero(currency("USD")));
    assert_eq!(usd.revenue.quarters[0].undisclosed[0].until, day("2026-06-01"));
    assert!(usd.concentration.iter().all(|period| period.undisclosed.len() == 1));
    assert!(usd.concentration.iter().all(|period| period.tenants.is_empty()));
}

#[test]
fn shares_of_revenue() {
    let found = the_three("2026-12-31");
    let usd = &found.currencies[0];
    // October to December, in billions: 3.75, 2.76 and 0.45.
    let quarter = &usd.concentration[0];
    assert_eq!(quarter.revenue.to_decimal(), "6960000000.00");
    let named: Vec<(String, Option<String>)> =
        quarter.tenants.iter().map(|t| (t.tenant.to_string(), t.percent.clone())).collect();
    assert_eq!(
        named,
        [("Anthropic".to_owned(), Some("53.9".into())), ("Google".into(), Some("39.7".into()))]
    );
    assert_eq!(quarter.tenants[0].share, Some(Ratio::new(375, 696).unwrap()));
    assert_eq!(quarter.others.tenants, 1);
    assert_eq!(quarter.others.percent.as_deref(), Some("6.5"));
    // Over twelve months Anthropic has six months, the others three and six.
    let trailing = &usd.concentration[2];
    assert_eq!(trailing.revenue.to_decimal(), "11160000000.00");
    assert_eq!(trailing.tenants[0].percent.as_deref(), Some("67.2"));
}

/// A lease of `tenant` at 100,000.00 a month over 2027.
fn of_tenant(name: &str, tenant: &str, amount: &str) -> Lease {
    let mut lease = lease("2027-01-01", "2028-01-01", amount);
    lease.id = id(name);
    lease.tenant.id = TenantId::new(tenant).unwrap();
    lease.tenant.name = format!("{tenant} Incorporated");
    lease
}

#[test]
fn a_tenth_is_listed_and_less_is_not_but_for_related_parties() {
    let mut small = of_tenant("c", "gamma", "99.99");
    small.related = vec![RelatedParty {
        from: day("2027-02-01"),
        until: Some(day("2027-03-01")),
        reference: "a director".to_owned(),
    }];
    let leases = vec![of_tenant("a", "alpha", "800.01"), of_tenant("b", "beta", "100.00"), small];
    let found = at_close(leases, vec![], "2027-03-31");
    let quarter = &found.currencies[0].concentration[0];
    let listed: Vec<&str> = quarter.tenants.iter().map(|t| t.tenant.name.as_str()).collect();
    assert_eq!(listed, ["alpha Incorporated", "beta Incorporated"]);
    assert_eq!(quarter.tenants[1].share, Some(Ratio::new(1, 10).unwrap()));
    assert_eq!(quarter.related_others[0].tenant.name, "gamma Incorporated");
    // On the reporting date it is related no longer.
    assert!(found.currencies[0].lines.tenants.iter().all(|row| !row.is_related));
}

#[test]
fn positions_roll_forward() {
    // In advance by the quarter: 3,000.00 on the first of January, April, July.
    let mut lease = of_tenant("test", "alpha", "1000.00");
    lease.rules.billing.every_months = 3;
    lease.fees[0].timing = FeeTiming::InAdvance;
    let found = at_close(vec![lease.clone()], vec![], "2027-05-31");
    let rows = &found.currencies[0].positions;
    let said: Vec<String> = rows
        .iter()
        .map(|r| {
            let all = [r.opening, r.invoices, r.credit_notes, r.recognised, r.other, r.closing];
            let all = all.map(|money| money.to_decimal()).join(" ");
            format!("{:?} {} {all} {}", r.account, r.from, r.recognised_from_opening.to_decimal())
        })
        .collect();
    assert_eq!(
        said,
        [
            "ContractLiability 2027-01-01 0.00 3000.00 0.00 -3000.00 0.00 0.00 0.00",
            "ContractLiability 2027-04-01 0.00 3000.00 0.00 -2000.00 0.00 1000.00 0.00",
        ]
    );
    // A lease under ASC 842, billed by the half-year: deferred rent of the opening is earned first.
    lease.rules.billing.every_months = 6;
    lease.accounting.standard = Standard::Lease;
    let found = at_close(vec![lease], vec![], "2027-06-30");
    let last = found.currencies[0].positions.last().unwrap();
    assert_eq!(last.account, Account::DeferredRevenue);
    assert_eq!(last.opening.to_decimal(), "3000.00");
    assert_eq!(last.recognised_from_opening.to_decimal(), "3000.00");
    assert!(last.closing.is_zero());
    // What remains of it is rent, which is told apart from the RPO.
    let total = &found.currencies[0].lines.total;
    assert_eq!((total.figures.rpo, total.rpo_of_leases), (usd("6000.00"), usd("6000.00")));
}

#[test]
fn revenue_by_kind_tenant_and_site() {
    // Two sites of 30 and 70 units at one price, with a recall at the smaller.
    let mut lease = of_tenant("test", "alpha", "100000.00");
    lease.tranches = vec![
        tranche("north", 30, "2027-01-01", "2028-01-01"),
        tranche("south", 70, "2027-01-01", "2028-01-01"),
    ];
    lease.tranches[1].pool = leasehold_types::PoolId::new("south/h200").unwrap();
    lease.tranches[0].pool = leasehold_types::PoolId::new("north/h100").unwrap();
    lease.recall = Some(recall_clause("1", None));
    let taken = Recalled {
        tranche: tranche_id("north"),
        from: at("2027-02-01T00:00:00Z"),
        until: at("2027-03-01T00:00:00Z"),
        class: "standard".to_owned(),
        units: Some(leasehold_types::Units(10)),
        numbered: None,
        within_clause: true,
    };
    let events = vec![event("desk", "1", "2027-02-01T00:00:00Z", taken)];
    let found = at_close(vec![lease], events, "2027-03-31");
    let quarter = &found.currencies[0].revenue.quarters[0];
    let kinds: Vec<(RevenueKind, String)> =
        quarter.kinds.iter().map(|row| (row.kind, row.amount.to_decimal())).collect();
    assert_eq!(
        kinds,
        [
            (RevenueKind::Fees, "300000.00".to_owned()),
            (RevenueKind::RecallCredits, "-10000.00".to_owned())
        ]
    );
    let sites: Vec<(Option<&str>, String)> =
        quarter.sites.iter().map(|row| (row.site.as_deref(), row.amount.to_decimal())).collect();
    assert_eq!(
        sites,
        [(Some("north"), "80000.00".to_owned()), (Some("south"), "210000.00".to_owned())]
    );
    assert_eq!(quarter.recognised, usd("290000.00"));
    // Billed in arrears: March is invoiced in April.
    assert_eq!(quarter.billed, usd("190000.00"));
}

#[test]
fn exposure_of_the_disclosed_leases() {
    let found = the_three("2026-09-30");
    let exposure = &found.currencies[0].exposure;
    let row = |lease: &str, side: Side| {
        exposure.leases.iter().find(|row| row.lease.name == lease && row.side == side).unwrap()
    };
    let anthropic = row("anthropic", Side::Tenant);
    assert_eq!(anthropic.notice, Possible::Now(day("2026-10-01")));
    assert_eq!(anthropic.ends, Some(day("2026-12-30")));
    // October, November and 29 of December's 31 days are left of 32 months.
    assert_eq!(anthropic.before.headline_value.to_decimal(), "40000000000.00");
    assert_eq!(anthropic.after.headline_value.to_decimal(), "3669354838.71");
    assert_eq!(anthropic.fees_lost.to_decimal(), "36330645161.29");
    assert_eq!(anthropic.before.rpo, anthropic.after.rpo);
    assert!(anthropic.penalty.is_none());
    let google = row("google", Side::Owner);
    assert_eq!(google.notice, Possible::From(day("2027-01-01")));
    assert_eq!(google.ends, Some(day("2027-04-01")));
    let all = &exposure.all[0];
    assert_eq!((all.leases, all.ended), (3, 3));
    assert_eq!(all.ends, Some((day("2026-12-30"), day("2027-04-01"))));
    assert_eq!(all.run_rate_percent.as_deref(), Some("100.0"));
    let steps: Vec<(String, String)> =
        exposure.run_rate.iter().map(|s| (s.from.to_string(), s.left.to_decimal())).collect();
    assert_eq!(steps, pairs(&[("2026-12-30", "920000000.00"), ("2027-04-01", "0.00")]));
}

#[test]
fn a_penalty_that_is_substantive_keeps_the_term_until_notice_is_given() {
    let mut lease = of_tenant("test", "alpha", "1000.00");
    let mut right = notice(None, Some(30));
    right.penalty = Some(Penalty {
        amount: PenaltyAmount::MonthsOfFee(Ratio::whole(3)),
        substantive: true,
        judgement: Judgement { by: "Accounting".to_owned(), ..Judgement::default() },
    });
    lease.term.tenant_exit = Some(right);
    let found = at_close(vec![lease.clone()], vec![], "2027-03-31");
    let row = &found.currencies[0].exposure.leases[0];
    assert_eq!(row.before.rpo, usd("9000.00"));
    // April, and no day of May: received on 1 April, 30 days.
    assert_eq!(row.ends, Some(day("2027-05-01")));
    assert_eq!(row.after.rpo, usd("1000.00"));
    let penalty = row.penalty.as_ref().unwrap();
    assert_eq!((penalty.amount, penalty.is_substantive), (usd("3000.00"), true));
    let owner = &found.currencies[0].exposure.leases[1];
    assert!(matches!(&owner.notice, Possible::Never(why) if why.contains("no right")), "{owner:?}");
    assert_eq!(owner.before, owner.after);
    // Once it is given, it cannot be given again, and there is nothing more to lose.
    let given = event("desk", "1", "2027-03-15T12:00:00Z", NoticeGiven { side: Side::Tenant });
    let found = at_close(vec![lease], vec![given], "2027-03-31");
    let row = &found.currencies[0].exposure.leases[0];
    assert_eq!(row.ends_now, day("2027-04-14"));
    assert!(matches!(&row.notice, Possible::Never(why) if why.contains("already given")));
    assert!(row.fees_lost.is_zero());
}

#[test]
fn an_amendment_that_is_known_counts_from_its_day() {
    let first = of_tenant("test", "alpha", "1000.00");
    let mut second = first.clone();
    (second.version, second.effective) = (2, day("2027-07-01"));
    second.fees = vec![monthly("full", "2027-01-01", "3000.00")];
    let known = Amendment { sheet: None, version: Some(Box::new(second)) };
    let events = vec![event("desk", "1", "2027-02-01T00:00:00Z", known)];
    let found = at_close(vec![first], events, "2027-03-31");
    assert_eq!(
        decimals(&of(&found, "test").figures),
        ["21000.00", "21000.00", "21000.00", "1000.00"]
    );
}

/// What is recognised, and what remains to be.
fn recognised_and_rpo(lease: Lease, events: Vec<Event>, date: &str) -> (String, String) {
    let found = at_close(vec![lease], events, date);
    let all = &found.currencies[0];
    (all.revenue.recognised.to_decimal(), all.lines.total.figures.rpo.to_decimal())
}

#[test]
fn what_is_recognised_and_the_rpo_are_all_there_is() {
    let said = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
    // A straight line over a ramp: 181 of 365 days of 1,200,000.00.
    let mut ramp = of_tenant("test", "alpha", "50000.00");
    ramp.fees.push(monthly("high", "2027-07-01", "150000.00"));
    ramp.accounting.recognition = Recognition::StraightLine;
    let found = recognised_and_rpo(ramp.clone(), vec![], "2027-06-30");
    assert_eq!(found, said(("595068.49", "604931.51")));
    // The same, amended from July on: what is left of 1,500,000.00 over what is left of the year.
    let mut second = ramp.clone();
    (second.version, second.effective) = (2, day("2027-07-01"));
    second.fees[1].price = Price::Monthly { amount: usd("200000.00"), share: Ratio::ONE };
    let known = Amendment { sheet: None, version: Some(Box::new(second)) };
    let events = vec![event("desk", "1", "2027-06-15T00:00:00Z", known)];
    let found = recognised_and_rpo(ramp, events, "2027-09-30");
    assert_eq!(found, said(("1047534.25", "452465.75")));
    // As invoiced, in arrears: March is delivered and will be invoiced on the first of April.
    let mut invoiced = of_tenant("test", "alpha", "1000.00");
    invoiced.accounting.recognition = Recognition::AsInvoiced;
    let found = recognised_and_rpo(invoiced.clone(), vec![], "2027-03-31");
    assert_eq!(found, said(("2000.00", "10000.00")));
    // As delivered, within a month: 16 of its 31 days.
    invoiced.accounting.recognition = Recognition::AsDelivered;
    let found = recognised_and_rpo(invoiced, vec![], "2027-03-16");
    assert_eq!(found, said(("2516.13", "9483.87")));
}

#[test]
fn what_was_learnt_since_the_last_bill_counts() {
    let mut lease = of_tenant("test", "alpha", "31000.00");
    lease.recall = Some(recall_clause("1", None));
    let taken = Recalled {
        tranche: tranche_id("main"),
        from: at("2027-03-20T00:00:00Z"),
        until: at("2027-03-30T00:00:00Z"),
        class: "standard".to_owned(),
        units: Some(leasehold_types::Units(100)),
        numbered: None,
        within_clause: true,
    };
    let events = vec![event("desk", "1", "2027-03-16T00:00:00Z", taken)];
    let found = at_close(vec![lease], events, "2027-03-16");
    // 15 days of March and nine months, less ten days that are ordered to be taken.
    assert_eq!(of(&found, "test").figures.headline_value, usd("284000.00"));
}

#[test]
fn the_books_must_be_closed_on_that_day() {
    let books = books(of_tenant("test", "alpha", "1.00"), vec![], "2027-03-31");
    let options = DisclosureOptions::default();
    for date in ["2027-03-30", "2027-04-01"] {
        let error = disclose(&books, day(date), &options).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "disclosures at {date} need books that are closed on that day, and these are \
                 closed on 2027-03-31; run them through {date}"
            )
        );
    }
}

#[test]
fn a_parked_lease_is_left_out_and_the_others_go_on() {
    let amended = Amendment { sheet: Some("nowhere.toml".to_owned()), version: None };
    let mut events = vec![event("desk", "1", "2027-02-10T00:00:00Z", amended)];
    events[0].lease = id("bad");
    let leases = vec![of_tenant("good", "alpha", "1.00"), of_tenant("bad", "beta", "1.00")];
    let books = run(leases, events, day("2027-03-31"), Policy::default()).unwrap();
    let found = disclose(&books, day("2027-03-31"), &DisclosureOptions::default()).unwrap();
    assert_eq!(found.left_out.len(), 1);
    assert!(found.left_out[0].because.as_ref().unwrap().contains("nowhere.toml"));
    assert_eq!(found.currencies[0].lines.total.leases, 1);
    assert_eq!(found.currencies[0].lines.total.left_out, found.left_out);
    // What was booked of it before stays in the revenue, at no site.
    let quarter = &found.currencies[0].revenue.quarters[0];
    assert_eq!(quarter.recognised, usd("4.00"));
    assert_eq!(quarter.sites[0].site, None);
}

#[test]
fn outside_nobody_is_named() {
    let found = the_three("2026-12-31").anonymous();
    let text = serde_json::to_string(&found).unwrap().to_lowercase();
    for name in ["anthropic", "google", "reflection", "ramp\"", "neither side", "assumed"] {
        assert!(!text.contains(name), "{name}");
    }
    let labels: Vec<&str> =
        found.currencies[0].lines.tenants.iter().map(|row| row.tenant.name.as_str()).collect();
    assert_eq!(labels, ["Customer A", "Customer B", "Customer C"]);
    assert_eq!(found.currencies[0].concentration[2].tenants[0].tenant.name, "Customer A");
    // The figures are the same.
    let inside = the_three("2026-12-31");
    assert_eq!(found.currencies[0].lines.total.figures, inside.currencies[0].lines.total.figures);
    let json = serde_json::to_string(&inside).unwrap();
    assert_eq!(serde_json::from_str::<Disclosures>(&json).unwrap(), inside);
}

#[test]
fn currencies_are_never_added() {
    let mut yen = of_tenant("b", "alpha", "1.00");
    yen.currency = currency("JPY");
    let amount = Money::new(1_000_000, currency("JPY"));
    yen.fees[0].price = Price::Monthly { amount, share: Ratio::ONE };
    let found = at_close(vec![of_tenant("a", "alpha", "1.00"), yen], vec![], "2027-03-31");
    let totals: Vec<String> = found
        .currencies
        .iter()
        .map(|all| all.lines.total.figures.headline_value.to_string())
        .collect();
    assert_eq!(totals, ["JPY 9,000,000", "USD 9.00"]);
}

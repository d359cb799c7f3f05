//! Other taxes, currencies and roundings than those of the rich books.

use leasehold_books::Books;
use leasehold_books::event::*;
use leasehold_contract::Lease;
use leasehold_contract::lease::*;
use leasehold_types::{AcceleratorSeconds, Currency, Money, Ratio, Rounding, Seconds};

use crate::support::*;

fn untaxed(category: TaxCategory, reason: Option<&str>, code: Option<&str>) -> TaxClass {
    TaxClass {
        category,
        rate: Ratio::ZERO,
        exemption: reason.map(str::to_owned),
        exemption_code: code.map(str::to_owned),
    }
}

pub fn rule(from: &str, on: Taxed, class: TaxClass) -> TaxRule {
    TaxRule { from: day(from), on, class }
}

/// The rich books with one class for every line.
pub fn with_class(class: &TaxClass) -> Books {
    rich_books_with(|lease| lease.taxes = vec![rule("2027-01-01", Taxed::All, class.clone())])
}

/// Every category that EN 16931 knows but S and AE, which the rich books have.
pub fn categories() -> Vec<(&'static str, Books)> {
    let export = Some("VATEX-EU-G");
    let intra = Some("vatex-eu-ic");
    vec![
        ("zero", with_class(&untaxed(TaxCategory::Zero, None, None))),
        ("exempt", with_class(&untaxed(TaxCategory::Exempt, Some("Exempt by law"), None))),
        ("export", with_class(&untaxed(TaxCategory::Export, None, export))),
        ("intra", with_class(&untaxed(TaxCategory::IntraCommunity, None, intra))),
        ("outside", with_class(&TaxClass::none())),
    ]
}

/// Two exemptions with reasons of their own: one group of the breakdown, with both reasons.
pub fn two_exemptions() -> Books {
    let fees = untaxed(TaxCategory::Exempt, Some("Leasing"), Some("VATEX-EU-132"));
    let usage = untaxed(TaxCategory::Exempt, Some("Metered use"), Some("VATEX-EU-143"));
    rich_books_with(|lease| {
        lease.taxes = vec![
            rule("2027-01-01", Taxed::Fees, fees.clone()),
            rule("2027-01-01", Taxed::Usage, usage.clone()),
        ];
    })
}

/// A lease with every detail of its parties, at 20 %.
pub fn complete(mut lease: Lease) -> Lease {
    lease.owner.details = owner_details();
    lease.tenant.details = tenant_details();
    lease.invoicing.buyer_reference = Some("7".to_owned());
    lease.taxes = vec![rule("2027-01-01", Taxed::All, TaxClass::standard("20%".parse().unwrap()))];
    lease
}

/// Four lines, each credited in full by a note of its own: the last note's tax is a cent less than
/// that of its net amount.
pub fn four_notes() -> Books {
    let mut lease = complete(lease("2027-04-01", "2027-05-01", "1.00"));
    let all = [("a", "68.33"), ("b", "68.33"), ("c", "57.50"), ("d", "85.00")];
    lease.tranches =
        all.iter().map(|(name, _)| tranche(name, 1, "2027-04-01", "2027-05-01")).collect();
    lease.fees = all.iter().map(|(name, amount)| of_tranche(name, usd(amount))).collect();
    notes_in_order(lease, [1, 3, 4, 2])
}

fn of_tranche(name: &str, amount: Money) -> FeePhase {
    let price = Price::Monthly { amount, share: Ratio::ONE };
    let covers = Covers::Tranche(tranche_id(name));
    FeePhase { covers, price, ..monthly(name, "2027-04-01", "0.00") }
}

fn notes_in_order(lease: Lease, order: [u32; 4]) -> Books {
    let credit = |(n, line): (usize, u32)| {
        let lines = vec![LineCredit { line, money: None }];
        let invoice = "INV-000001".to_owned();
        let credit = CreditGranted { invoice, lines, reason: "agreed".to_owned() };
        event("clerk", &format!("c{n}"), &format!("2027-05-0{}T12:00:00Z", n + 2), credit)
    };
    books(lease, order.into_iter().enumerate().map(credit).collect(), "2027-05-31")
}

/// Yen, which have no decimals: taxes and notes are rounded to whole ones.
pub fn yen(rounding: Rounding) -> Books {
    let mut lease = complete(lease("2027-04-01", "2027-05-01", "1.00"));
    lease.currency = currency("JPY");
    lease.rules.rounding = rounding;
    let all = [("a", 105), ("b", 113), ("c", 101), ("d", 99)];
    lease.tranches =
        all.iter().map(|(name, _)| tranche(name, 1, "2027-04-01", "2027-05-01")).collect();
    let yen = |minor| Money::new(minor, lease.currency);
    lease.fees = all.iter().map(|(name, minor)| of_tranche(name, yen(*minor))).collect();
    lease.taxes[0].class.rate = "10%".parse().unwrap();
    notes_in_order(lease, [2, 4, 1, 3])
}

/// A month's fee in a currency of that many decimals.
pub fn in_currency(code: &str) -> Books {
    let mut lease = complete(lease("2027-04-01", "2027-05-01", "1.00"));
    let currency: Currency = currency(code);
    lease.currency = currency;
    let price = Price::Monthly { amount: Money::new(100_000, currency), share: Ratio::ONE };
    lease.fees[0].price = price;
    books(lease, vec![], "2027-05-31")
}

/// Accelerator-hours above the entitlement: whole ones, a half, and thirds that no decimal says.
pub fn by_the_hour() -> Books {
    let mut lease = complete(lease("2027-04-01", "2027-07-01", "1.00"));
    lease.overage = Some(Overage {
        minor_per_accelerator_hour: Some(ratio("312.5")),
        tokens: None,
        up_to: None,
    });
    let over = |id: &str, from: &str, seconds: u128| {
        let used = Usage {
            from: at(from),
            until: at(from).checked_add(Seconds::from_hours(1)).unwrap(),
            accelerator_seconds: AcceleratorSeconds(100 * 3_600 + seconds),
            tokens: TokenUse::default(),
            model: None,
        };
        event("meter", id, from, used)
    };
    let events = vec![
        over("1", "2027-04-10T00:00:00Z", 7 * 3_600),
        over("2", "2027-05-10T00:00:00Z", 1_800),
        over("3", "2027-06-10T00:00:00Z", 1_200),
    ];
    books(lease, events, "2027-08-31")
}

//! Books whose documents are hard to lay out.

use leasehold_books::Books;
use leasehold_books::event::*;
use leasehold_contract::Lease;
use leasehold_contract::lease::*;
use leasehold_types::{AcceleratorSeconds, Money, Ratio, Seconds, Tokens, Zone};

use crate::support::*;

/// Each case by a name.
pub fn all() -> Vec<(&'static str, Books)> {
    vec![
        ("rich", rich_books()),
        ("one", one()),
        ("many", many()),
        ("names", names()),
        ("yen", yen()),
        ("dinar", dinar()),
        ("hidden", hidden()),
    ]
}

fn address(lines: &[&str], city: &str, code: &str, region: Option<&str>, country: &str) -> Address {
    Address {
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        city: Some(city.to_owned()),
        postal_code: Some(code.to_owned()),
        region: region.map(str::to_owned),
        country: country.to_owned(),
    }
}

/// One line of 1,250,000,000.00 dollars, on Letter paper.
pub fn one() -> Books {
    let mut lease = lease("2026-07-01", "2026-08-01", "1250000000.00");
    lease.title = "Colossus, full capacity".to_owned();
    lease.owner.name = "Colossus Compute LLC".to_owned();
    lease.owner.details.address =
        Some(address(&["3231 Paul R. Lowry Road"], "Memphis", "38109", Some("TN"), "US"));
    lease.tenant.name = "Tenant Public Benefit Corporation".to_owned();
    lease.tenant.details.address = Some(address(
        &["548 Market Street", "PMB 90375"],
        "San Francisco",
        "94104",
        Some("CA"),
        "US",
    ));
    lease.owner.details.bank = Some(Bank {
        account: "000123456789".to_owned(),
        bank: Some("021000021".to_owned()),
        holder: None,
    });
    books(lease, vec![], "2026-08-01")
}

/// Sixty tranches, each with a fee of its own: the table goes on over pages.
pub fn many() -> Books {
    let mut lease = lease("2027-01-11", "2027-02-01", "0.00");
    lease.owner.details = owner_details();
    lease.tenant.details = tenant_details();
    lease.tranches = (1..=60)
        .map(|n| tranche(&format!("rack-{n:02}"), 72, "2027-01-11", "2027-02-01"))
        .collect();
    lease.fees = lease
        .tranches
        .iter()
        .map(|t| FeePhase {
            covers: Covers::Tranche(t.id.clone()),
            ..monthly(&format!("full-{}", t.id), "2027-01-11", "123456.78")
        })
        .collect();
    lease.taxes = vec![TaxRule {
        from: day("2027-01-01"),
        on: Taxed::All,
        class: TaxClass::standard(ratio("19%")),
    }];
    books(lease, vec![], "2027-02-01")
}

/// Long names in Latin, Greek and Cyrillic, and one that the typeface lacks.
pub fn names() -> Books {
    let mut lease = lease("2027-01-01", "2027-02-01", "31000.00");
    lease.title = "Χωρητικότητα εξαγωγής συμπερασμάτων, Θεσσαλονίκη".to_owned();
    lease.owner.name = "Gesellschaft für außerordentlich ausführliche Firmenbezeichnungen und \
        Rechenzentrumsbetriebsführung mbH & Co. Kommanditgesellschaft auf Aktien"
        .to_owned();
    lease.owner.details = owner_details();
    lease.tenant.name =
        "Общество с ограниченной ответственностью «Вычислительные ресурсы» / 株式会社計算"
            .to_owned();
    lease.tenant.details.address = Some(address(
        &["Λεωφόρος Νίκης 12", "1. Złota Łąka – Řeřicha, Đà Nẵng"],
        "Θεσσαλονίκη",
        "546 24",
        None,
        "GR",
    ));
    lease.invoicing.note = Some(
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
            .repeat(2),
    );
    lease.assumptions = vec![Assumption {
        about: "fee.full.monthly".to_owned(),
        text: "Reported by the press; not confirmed".to_owned(),
    }];
    books(lease, vec![], "2027-02-01")
}

fn in_currency(mut lease: Lease, code: &str, monthly_fee: &str) -> Lease {
    lease.currency = currency(code);
    let amount = Money::parse(monthly_fee, lease.currency).unwrap();
    lease.fees = vec![FeePhase {
        price: Price::Monthly { amount, share: Ratio::ONE },
        ..monthly("full", "2027-01-01", "0.00")
    }];
    lease
}

fn used(lease: &mut Lease) -> Vec<Event> {
    lease.overage = Some(Overage {
        minor_per_accelerator_hour: Some(ratio("312.5")),
        tokens: Some(TokenPrices {
            input: ratio("12.5"),
            cached: ratio("1.25"),
            output: ratio("60"),
        }),
        up_to: None,
    });
    let from = at("2027-01-10T10:00:00Z");
    let usage = Usage {
        from,
        until: from.checked_add(Seconds(3_600)).unwrap(),
        accelerator_seconds: AcceleratorSeconds(117 * 3_600 + 1_234),
        tokens: TokenUse {
            input: Tokens(9_123_456_789),
            cached: Tokens(1),
            output: Tokens(70_000_000_000),
        },
        model: None,
    };
    vec![event("meter", "u1", "2027-01-10T12:00:00Z", usage)]
}

/// Amounts without decimals.
pub fn yen() -> Books {
    let mut lease = in_currency(lease("2027-01-05", "2027-02-01", "0.00"), "JPY", "187500000000");
    lease.zone = Zone::named("Asia/Tokyo").unwrap();
    let events = used(&mut lease);
    books(lease, events, "2027-02-01")
}

/// Amounts with three decimals.
pub fn dinar() -> Books {
    let mut lease = in_currency(lease("2027-01-05", "2027-02-01", "0.00"), "KWD", "1250000000.125");
    lease.zone = Zone::named("Asia/Kuwait").unwrap();
    let events = used(&mut lease);
    books(lease, events, "2027-02-01")
}

/// A ramp whose fee was not disclosed.
pub fn hidden() -> Books {
    let mut lease = lease("2026-05-04", "2026-08-01", "1250000000.00");
    lease.fees = vec![
        FeePhase { price: Price::Undisclosed, ..monthly("ramp", "2026-05-04", "0.00") },
        monthly("full", "2026-06-16", "1250000000.00"),
    ];
    books(lease, vec![], "2026-08-01")
}

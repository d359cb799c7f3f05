//! The lease of every tenant of the measurement: a fee in arrears, a recall clause with a cap and
//! compensation, overage by the hour and by the token, a minimum commitment, tax.

#![allow(clippy::unwrap_used, reason = "all of it is written here and sound")]

use leasehold_contract::Lease;
use leasehold_contract::lease::*;
use leasehold_types::*;

pub(crate) fn lease(n: u64) -> Lease {
    let usd: Currency = "USD".parse().unwrap();
    let d = |t: &str| t.parse::<Date>().unwrap();
    let party = |id: String, name: &str| Party {
        id: TenantId::new(&id).unwrap(),
        name: name.to_owned(),
        notices: vec![],
        details: PartyDetails::default(),
    };
    let class = TaxClass {
        category: TaxCategory::Standard,
        rate: "1/5".parse().unwrap(),
        exemption: None,
        exemption_code: None,
    };
    Lease {
        id: LeaseId::new(&format!("lease-{n:06}")).unwrap(),
        title: "t".into(),
        version: 1,
        effective: d("2027-01-01"),
        owner: party("owner".into(), "Owner Inc."),
        tenant: party(format!("tenant-{n}"), "Tenant"),
        related: vec![],
        currency: usd,
        zone: Zone::UTC,
        signed: d("2027-01-01"),
        anchor: d("2027-01-01"),
        rules: Rules::default(),
        tranches: vec![Tranche {
            id: TrancheId::new("main").unwrap(),
            pool: PoolId::new("site/h100").unwrap(),
            units: Units(100),
            delivery: d("2027-01-01"),
            until: d("2028-01-01"),
            recallable: Units(100),
            late: Late {
                grace_days: 0,
                discount_per_day: Ratio::ZERO,
                remedies: vec![],
                elect_within_days: 0,
                silence: Remedy::Wait,
            },
        }],
        fees: vec![FeePhase {
            name: "full".into(),
            from: d("2027-01-01"),
            covers: Covers::Whole,
            price: Price::Monthly {
                amount: Money::parse("100000", usd).unwrap(),
                share: Ratio::ONE,
            },
            timing: FeeTiming::InArrears,
            days_to_pay: 30,
        }],
        deposits: vec![],
        prepayments: vec![],
        term: Term {
            end: d("2028-01-01"),
            initial_period_end: None,
            owner_exit: None,
            tenant_exit: None,
        },
        recall: Some(RecallClause {
            triggers: vec![Trigger::OwnerTraining],
            classes: vec![NoticeClass {
                name: "standard".into(),
                notice: Seconds::from_hours(24),
                most_units: None,
                multiplier: Ratio::ONE,
                triggers: vec![],
            }],
            limits: RecallLimits::default(),
            blackouts: vec![],
            drain: Drain { length: Seconds::from_minutes(30), cut: Cut::AtDeadline },
            abatement: Abatement { multiple: Ratio::ONE, cap: Some("1/2".parse().unwrap()) },
            compensation: Compensation {
                minor_per_accelerator_hour: Ratio::whole(50),
                stop_loss_per_year: None,
            },
            election: None,
            offer_back_within: Seconds::from_hours(24),
            acknowledge_within: Seconds::from_hours(4),
        }),
        service: None,
        overage: Some(Overage {
            minor_per_accelerator_hour: Some(Ratio::whole(250)),
            tokens: Some(TokenPrices {
                input: Ratio::whole(100),
                cached: Ratio::whole(10),
                output: Ratio::whole(400),
            }),
            up_to: None,
        }),
        commitments: vec![Commitment {
            name: "min".into(),
            from: d("2027-01-01"),
            until: None,
            amount: Money::parse("30000", usd).unwrap(),
            every_months: 1,
            counts: CommitmentCounts::Usage,
        }],
        taxes: vec![TaxRule { from: d("2027-01-01"), on: Taxed::default(), class }],
        invoicing: Invoicing::default(),
        accounting: Accounting {
            standard: Standard::Service,
            recognition: Recognition::AsDelivered,
            owner_exit_shortens: true,
            expedients: vec![],
            judgement: Judgement::default(),
        },
        assumptions: vec![],
    }
}

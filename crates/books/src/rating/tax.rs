//! Taxes: which class a line is of, and what is charged on a class.

use leasehold_contract::lease::{TaxClass, TaxRule, Taxed};
use leasehold_types::{Date, Money, Overflow, Rounding};

use super::ChargeKind;

/// The class of a line of `kind` whose last day is `day`, by the rules of a lease and those that
/// events added. The latest rule at or before that day counts; a rule for some lines goes before
/// one for all. Without a rule a line is outside the scope of any tax.
pub fn class_on<'r>(
    rules: impl Iterator<Item = &'r TaxRule>,
    kind: ChargeKind,
    day: Date,
) -> TaxClass {
    let about = kind.taxed();
    let of_it =
        rules.filter(|rule| rule.from <= day && (rule.on == about || rule.on == Taxed::All));
    // Of two rules from the same day, the one that was added last: `max_by_key` keeps it.
    let found = of_it.max_by_key(|rule| (rule.on == about, rule.from));
    found.map_or_else(TaxClass::none, |rule| rule.class.clone())
}

/// The tax on `net`: net times rate, rounded once.
///
/// # Errors
/// [`Overflow`] where the product does not fit.
pub fn tax_on(net: Money, class: &TaxClass, rounding: Rounding) -> Result<Money, Overflow> {
    let exact = net.exact()?.checked_mul(class.rate)?;
    Ok(Money::from_exact(exact, net.currency(), rounding))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn rule(from: Date, on: Taxed, percent: &str) -> TaxRule {
        TaxRule { from, on, class: TaxClass::standard(percent.parse().unwrap()) }
    }

    #[test]
    fn the_latest_rule_counts_and_a_special_one_goes_first() {
        let rules = [
            rule(date(2027, 1, 1), Taxed::All, "19%"),
            rule(date(2028, 1, 1), Taxed::All, "20%"),
            rule(date(2027, 6, 1), Taxed::Usage, "7%"),
        ];
        let rate = |kind, day| class_on(rules.iter(), kind, day).rate.to_string();
        assert_eq!(rate(ChargeKind::Fee, date(2027, 12, 31)), "0.19");
        assert_eq!(rate(ChargeKind::Fee, date(2028, 1, 1)), "0.2");
        assert_eq!(rate(ChargeKind::RecallAbatement, date(2028, 1, 1)), "0.2");
        assert_eq!(rate(ChargeKind::TokensInput, date(2027, 5, 31)), "0.19");
        assert_eq!(rate(ChargeKind::TokensInput, date(2028, 5, 31)), "0.07");
    }

    #[test]
    fn without_a_rule_nothing_is_charged_and_the_reason_is_said() {
        let class = class_on([].iter(), ChargeKind::Fee, date(2027, 1, 1));
        assert_eq!(class.category.code(), "O");
        assert!(class.exemption.is_some());
        let early = [rule(date(2027, 1, 1), Taxed::All, "19%")];
        let class = class_on(early.iter(), ChargeKind::Fee, date(2026, 12, 31));
        assert_eq!(class.category.code(), "O");
    }
}

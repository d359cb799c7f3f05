//! Use, priced: what exceeds the entitlement, and tokens.

use leasehold_contract::lease::Overage;
use leasehold_contract::{Evaluation, Facts};
use leasehold_types::{Currency, Date, Instant, Money, Overflow, Period, Ratio, Tokens};

use crate::explain::words;
use crate::rating::{
    Above, ChargeKind, Head, Quantity, QuantityUnit, RatedLine, Steps, Working, above, steps_of,
};
use crate::{BooksError, Trouble};

use super::Rater;

/// Tokens by which they are priced.
const TOKENS_PER_PRICE: i64 = 1_000_000;

/// Seconds of an hour.
const HOUR_S: i64 = 3_600;

impl Rater<'_> {
    /// What was used on `from <= day < until`, priced, under the period that begins on `period`.
    pub(crate) fn usage_lines(
        &self,
        period: Date,
        from: Date,
        until: Date,
    ) -> Result<Vec<RatedLine>, BooksError> {
        let mut sorts: Vec<Priced> = Vec::new();
        for (span, evaluation, first, end) in self.versions(from, until) {
            let used = self
                .counted_use(evaluation, &span.facts, (first, end))
                .map_err(|trouble| trouble.at(&span.lease.id, format!("use, {first} to {end}")))?;
            price(&mut sorts, used, span.lease.overage.as_ref())
                .map_err(|trouble| trouble.at(&span.lease.id, format!("use, {first} to {end}")))?;
        }
        let rules = &self.known.lease_on(from).rules;
        let currency = self.known.spans[0].lease.currency;
        let line = |sort: Priced| RatedLine {
            head: Head { period, kind: sort.kind, tranche: None, phase: None, name: None },
            phase: None,
            from,
            until,
            exact: sort.exact,
            amount: Money::from_exact(sort.exact, currency, rules.rounding),
            quantity: Quantity { value: sort.quantity, unit: sort.unit },
            price: sort.price,
            disclosed: true,
            invoiced_on: until,
            due_on: None,
            working: sort.working(currency),
        };
        Ok(sorts.into_iter().filter(|sort| !sort.quantity.is_zero()).map(line).collect())
    }

    /// The use of those days, counted once.
    fn counted_use(
        &self,
        evaluation: &Evaluation<'_>,
        facts: &Facts,
        days: (Date, Date),
    ) -> Result<Above, Trouble> {
        let found = self.counted.borrow().iter().find(|(of, _)| *of == days).map(|(_, used)| *used);
        if let Some(used) = found {
            return Ok(used);
        }
        let period = self.known.period(days.0, days.1);
        if self.usage.range(period.start()..period.end()).next().is_none() {
            return Ok(Above::default());
        }
        let steps = steps_of(evaluation, facts, period).map_err(|error| error.trouble)?;
        let used = above(self.usage, period, |hour| entitled(&steps, hour))?;
        self.counted.borrow_mut().push((days, used));
        Ok(used)
    }

    /// Use of `from <= day < until`, exact minor units, for recognition before a period ends.
    pub(crate) fn usage_exact(&self, from: Date, until: Date) -> Result<Ratio, BooksError> {
        let lines = self.usage_lines(from, from, until)?;
        let sum = lines.iter().try_fold(Ratio::ZERO, |sum, line| sum.checked_add(line.exact));
        let id = &self.known.spans[0].lease.id;
        sum.map_err(|e| Trouble::from(e).at(id, format!("use, {from} to {until}")))
    }
}

/// Accelerator-seconds that the tenant may use in `span`.
fn entitled(steps: &[Steps], span: Period) -> u128 {
    let mut sum = 0_u128;
    for tranche in steps {
        let mut at = span.start();
        let next = tranche.steps.partition_point(|(instant, _)| *instant <= at);
        let mut standing = next.checked_sub(1).map_or(0, |last| tranche.steps[last].1.entitled.0);
        let mut add = |until: Instant, standing: u64| {
            let seconds = u128::from(until.since(at).0.unsigned_abs());
            sum = sum.saturating_add(u128::from(standing) * seconds);
            at = until;
        };
        for (cut, after) in tranche.steps[next..].iter().take_while(|(cut, _)| *cut < span.end()) {
            add(*cut, standing);
            standing = after.entitled.0;
        }
        add(span.end(), standing);
    }
    sum
}

/// Use of one sort, priced.
struct Priced {
    kind: ChargeKind,
    unit: QuantityUnit,
    quantity: Ratio,
    exact: Ratio,
    /// `None` where it had several.
    price: Option<Ratio>,
    used: u128,
}

impl Priced {
    fn working(&self, currency: Currency) -> Working {
        let mut working = Working::by(match self.unit {
            QuantityUnit::AcceleratorHour => "use above the entitlement, `overage`",
            _ => "use by token, `overage.tokens`",
        });
        let unit = match self.unit {
            QuantityUnit::AcceleratorHour => {
                let used =
                    Ratio::new(i128::try_from(self.used).unwrap_or(i128::MAX), HOUR_S.into());
                if let Ok(used) = used {
                    working = working.with("used", words::number(used) + " accelerator-hours");
                }
                "accelerator-hours"
            }
            _ => "million tokens",
        };
        let charged = format!("{} {unit}", words::number(self.quantity));
        match self.price {
            Some(price) => {
                let price = words::exact(currency, price);
                working.saying(format!("{charged} at {price} each"))
            }
            None => working.saying(format!("{charged} at several prices")),
        }
    }
}

/// Adds the use of one version at its prices.
fn price(sorts: &mut Vec<Priced>, used: Above, overage: Option<&Overage>) -> Result<(), Trouble> {
    let hours = overage.and_then(|o| o.minor_per_accelerator_hour);
    let tokens = overage.and_then(|o| o.tokens.as_ref());
    let count = |value: u128| {
        let value = i128::try_from(value).map_err(|_| Overflow::of("a quantity"))?;
        Ratio::new(value, 1).map_err(|_| Overflow::of("a quantity"))
    };
    let wide = |tokens: Tokens| u128::from(tokens.0);
    let (hour, million) = (Ratio::whole(HOUR_S), Ratio::whole(TOKENS_PER_PRICE));
    let (time, token) = (QuantityUnit::AcceleratorHour, QuantityUnit::MillionTokens);
    let all = [
        (ChargeKind::AcceleratorOverage, time, used.above, hour, hours, used.used),
        (
            ChargeKind::TokensInput,
            token,
            wide(used.tokens.input),
            million,
            tokens.map(|t| t.input),
            0,
        ),
        (
            ChargeKind::TokensCached,
            token,
            wide(used.tokens.cached),
            million,
            tokens.map(|t| t.cached),
            0,
        ),
        (
            ChargeKind::TokensOutput,
            token,
            wide(used.tokens.output),
            million,
            tokens.map(|t| t.output),
            0,
        ),
    ];
    for (kind, unit, amount, per, price, all_used) in all {
        if amount == 0 {
            continue;
        }
        let price = price.ok_or_else(|| Trouble::MissingRate(kind.to_string()))?;
        let quantity = count(amount)?.checked_div(per)?;
        let exact = quantity.checked_mul(price)?;
        match sorts.iter_mut().find(|sort| sort.kind == kind) {
            Some(sort) => {
                sort.quantity = sort.quantity.checked_add(quantity)?;
                sort.exact = sort.exact.checked_add(exact)?;
                sort.price = sort.price.filter(|other| *other == price);
                sort.used = sort.used.saturating_add(all_used);
            }
            None => {
                let (price, used) = (Some(price), all_used);
                sorts.push(Priced { kind, unit, quantity, exact, price, used });
            }
        }
    }
    Ok(())
}

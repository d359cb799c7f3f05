//! Use that is billed by its quantity: accelerator-hours above the entitlement, and tokens.

use leasehold_books::invoice::BilledLine;
use leasehold_books::rating::{ChargeKind, Head, QuantityUnit};
use leasehold_contract::lease::CommitmentCounts;
use leasehold_types::{Date, LeaseId, Ratio};

use crate::focus::cell::{Decimal, PRICE_DECIMALS, QUANTITY_DECIMALS};
use crate::focus::error::FocusError;

use super::context::Context;
use super::lines::quoted;
use super::row::{CostRow, Pricing};

/// Tokens by which they are priced.
const TOKENS_PER_PRICE: i64 = 1_000_000;

/// Adds quantity, price and what the use counts towards. A correction has neither quantity nor
/// price: it is what is owed to date less what was billed to date.
pub(super) fn complete(
    context: &Context<'_>,
    line: &BilledLine,
    head: &Head,
    row: &mut CostRow,
) -> Result<(), FocusError> {
    let (from, _) = context.document.days_of(line);
    row.applied = applied(context, from, CommitmentCounts::Usage, row.billed);
    if row.correction {
        return Ok(());
    }
    let priced = pricing(context, line, head)?;
    row.contracted = context.fits("ContractedCost", priced.quantity.times(priced.price))?;
    row.consumed = Some(consumed(context, line, priced.quantity)?);
    row.pricing = Some(priced);
    Ok(())
}

fn pricing(context: &Context<'_>, line: &BilledLine, head: &Head) -> Result<Pricing, FocusError> {
    let quantity = Decimal::rounded(line.quantity.value, QUANTITY_DECIMALS);
    let quantity = context.fits("PricingQuantity", quantity)?;
    let major = Ratio::whole(context.shared.currency.minor_per_major());
    // Where use of one line had several prices, its price is their mean.
    let minor = match line.price {
        Some(price) => Ok(price),
        None => line.exact.checked_div(line.quantity.value),
    };
    let price = minor.and_then(|minor| minor.checked_div(major));
    let price = context.fits("ContractedUnitPrice", price)?;
    let price = context.fits("ContractedUnitPrice", Decimal::rounded(price, PRICE_DECIMALS))?;
    let (sku, meter) = match head.kind {
        ChargeKind::TokensInput => ("tokens/input", "Input Tokens"),
        ChargeKind::TokensCached => ("tokens/cached", "Cached Input Tokens"),
        ChargeKind::TokensOutput => ("tokens/output", "Output Tokens"),
        _ => ("overage/accelerator-hour", "Accelerator-Hours Above Entitlement"),
    };
    let lease = &context.shared.lease;
    Ok(Pricing {
        category: "Standard",
        quantity,
        unit: match line.quantity.unit {
            QuantityUnit::MillionTokens => "1000000 Tokens",
            QuantityUnit::AcceleratorHour => "Accelerator-Hours",
            QuantityUnit::One => "Count",
        },
        price: price.absolute(),
        sku: sku.to_owned(),
        sku_price: format!("{sku}/{lease}"),
        meter,
        details: details("overage", None),
    })
}

fn consumed(
    context: &Context<'_>,
    line: &BilledLine,
    quantity: Decimal,
) -> Result<(Decimal, &'static str), FocusError> {
    match line.quantity.unit {
        QuantityUnit::MillionTokens => {
            let tokens = line.quantity.value.checked_mul(Ratio::whole(TOKENS_PER_PRICE));
            let tokens = context.fits("ConsumedQuantity", tokens)?;
            let tokens = Decimal::rounded(tokens, QUANTITY_DECIMALS);
            Ok((context.fits("ConsumedQuantity", tokens)?, "Tokens"))
        }
        QuantityUnit::AcceleratorHour => Ok((quantity, "Accelerator-Hours")),
        QuantityUnit::One => Ok((quantity, "Count")),
    }
}

/// The minimum commitments towards which a charge for days from `from` on counts.
pub(super) fn applied(
    context: &Context<'_>,
    from: Date,
    counts: CommitmentCounts,
    cost: Decimal,
) -> Option<String> {
    let lease = context.lease_on(from);
    let of_it = lease.commitments.iter().filter(|commitment| {
        let counts =
            commitment.counts == CommitmentCounts::Everything || counts == CommitmentCounts::Usage;
        counts && commitment.from <= from && commitment.until.is_none_or(|until| from < until)
    });
    let elements = of_it.map(|c| by_cost(&lease.id, &spend_id(&lease.id, &c.name), cost));
    elements_json(elements.collect())
}

/// What sets a price apart: by what it is set, and the type of accelerator.
pub(super) fn details(by: &str, pool: Option<&str>) -> String {
    let of_type = pool.and_then(|pool| pool.split_once('/')).map(|(_, of_type)| of_type);
    let of_type = of_type.map(|of_type| format!("\"InstanceType\":{},", quoted(of_type)));
    format!("{{{}\"x_PricedBy\":{}}}", of_type.unwrap_or_default(), quoted(by))
}

/// The id of a minimum commitment.
pub(in crate::focus) fn spend_id(lease: &LeaseId, name: &str) -> String {
    format!("{lease}/commitment/{name}")
}

/// A cost that counts towards a commitment.
pub(super) fn by_cost(contract: &LeaseId, commitment: &str, cost: Decimal) -> String {
    format!(
        "{{\"ContractId\":{},\"ContractCommitmentId\":{},\"ContractCommitmentAppliedCost\":{cost}}}",
        quoted(contract.as_str()),
        quoted(commitment),
    )
}

/// What counts towards commitments, as FOCUS's JSON; none where nothing does.
pub(super) fn elements_json(elements: Vec<String>) -> Option<String> {
    (!elements.is_empty()).then(|| format!("{{\"Elements\":[{}]}}", elements.join(",")))
}

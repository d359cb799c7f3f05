//! The columns of Cost and Usage, in the order of FOCUS's own list; then those with `x_`.

use std::borrow::Cow;

use leasehold_types::{AcceleratorSeconds, LeaseId};

use crate::focus::cell::{Cell, Decimal};
use crate::focus::column::{COST, COUNT, Column, Kind, PRICE, QUANTITY, always, maybe};
use crate::focus::table::Row;

use super::row::{CommitmentDiscount, CostRow, Pricing};

impl Row for CostRow {
    fn columns() -> &'static [Column<Self>] {
        COLUMNS
    }

    fn place(&self) -> (LeaseId, String) {
        (self.document.lease.clone(), self.document.place())
    }
}

fn say(text: &str) -> Cell<'_> {
    Cell::Text(Cow::Borrowed(text))
}

fn pricing<'a>(row: &'a CostRow, of: fn(&'a Pricing) -> Cell<'a>) -> Cell<'a> {
    row.pricing.as_ref().map_or(Cell::Null, of)
}

fn commitment<'a>(row: &'a CostRow, of: fn(&'a CommitmentDiscount) -> Cell<'a>) -> Cell<'a> {
    row.commitment.as_ref().map_or(Cell::Null, of)
}

fn seconds(of: Option<AcceleratorSeconds>) -> Cell<'static> {
    // More than 127 bits of them do not occur; what does not fit the column is refused there.
    of.map_or(Cell::Null, |time| {
        Cell::Decimal(Decimal::whole(i128::try_from(time.0).unwrap_or(i128::MAX)))
    })
}

const TEXT: Kind = Kind::Text;
const INSTANT: Kind = Kind::Instant;

static COLUMNS: &[Column<CostRow>] = &[
    always("BilledCost", COST, |r| Cell::Decimal(r.billed)),
    always("BillingAccountId", TEXT, |r| say(&r.document.tenant_id)),
    always("BillingAccountName", TEXT, |r| say(&r.document.tenant)),
    always("BillingAccountType", TEXT, |_| say("Tenant")),
    always("BillingCurrency", TEXT, |r| say(r.document.currency.code())),
    always("BillingPeriodEnd", INSTANT, |r| Cell::Instant(r.document.billing.end())),
    always("BillingPeriodStart", INSTANT, |r| Cell::Instant(r.document.billing.start())),
    always("ChargeCategory", TEXT, |r| say(r.category.word())),
    maybe("ChargeClass", TEXT, |r| Cell::text(r.correction.then_some("Correction"))),
    always("ChargeDescription", TEXT, |r| say(&r.description)),
    always("ChargeFrequency", TEXT, |r| say(r.frequency.word())),
    always("ChargePeriodEnd", INSTANT, |r| Cell::Instant(r.period.end())),
    always("ChargePeriodStart", INSTANT, |r| Cell::Instant(r.period.start())),
    maybe("CommitmentDiscountCategory", TEXT, |r| commitment(r, |c| say(c.category))),
    maybe("CommitmentDiscountId", TEXT, |r| commitment(r, |c| say(&c.id))),
    maybe("CommitmentDiscountName", TEXT, |r| commitment(r, |c| say(&c.name))),
    maybe("CommitmentDiscountQuantity", COST, |r| {
        commitment(r, |c| Cell::decimal(c.quantity.as_ref().map(|(quantity, _)| *quantity)))
    }),
    maybe("CommitmentDiscountStatus", TEXT, |r| commitment(r, |c| Cell::text(c.status))),
    maybe("CommitmentDiscountType", TEXT, |r| commitment(r, |c| say(c.kind))),
    maybe("CommitmentDiscountUnit", TEXT, |r| {
        commitment(r, |c| Cell::text(c.quantity.as_ref().map(|(_, unit)| unit.as_str())))
    }),
    maybe("ConsumedQuantity", QUANTITY, |r| Cell::decimal(r.consumed.map(|(much, _)| much))),
    maybe("ConsumedUnit", TEXT, |r| Cell::text(r.consumed.map(|(_, unit)| unit))),
    maybe("ContractApplied", TEXT, |r| Cell::text(r.applied.as_deref())),
    always("ContractedCost", COST, |r| Cell::Decimal(r.contracted)),
    maybe("ContractedUnitPrice", PRICE, |r| pricing(r, |p| Cell::Decimal(p.price))),
    always("EffectiveCost", COST, |r| Cell::Decimal(r.effective)),
    always("HostProviderName", TEXT, |r| say(&r.document.issuer)),
    maybe("InvoiceDetailId", TEXT, |r| Cell::text(r.detail_id.as_deref())),
    always("InvoiceId", TEXT, |r| say(&r.document.number)),
    always("InvoiceIssuerName", TEXT, |r| say(&r.document.issuer)),
    always("ListCost", COST, |r| Cell::Decimal(r.contracted)),
    maybe("ListUnitPrice", PRICE, |r| pricing(r, |p| Cell::Decimal(p.price))),
    maybe("PricingCategory", TEXT, |r| pricing(r, |p| say(p.category))),
    maybe("PricingQuantity", QUANTITY, |r| pricing(r, |p| Cell::Decimal(p.quantity))),
    maybe("PricingUnit", TEXT, |r| pricing(r, |p| say(p.unit))),
    maybe("RegionId", TEXT, |r| Cell::text(r.region.as_deref())),
    maybe("RegionName", TEXT, |r| Cell::text(r.region.as_deref())),
    maybe("ResourceId", TEXT, |r| Cell::text(r.resource.as_ref().map(|(id, _)| id.as_str()))),
    maybe("ResourceName", TEXT, |r| Cell::text(r.resource.as_ref().map(|(_, name)| name.as_str()))),
    maybe("ResourceType", TEXT, |r| Cell::text(r.resource.as_ref().map(|_| "Tranche"))),
    always("ServiceCategory", TEXT, |_| say("AI and Machine Learning")),
    always("ServiceName", TEXT, |r| say(r.service.0)),
    always("ServiceProviderName", TEXT, |r| say(&r.document.issuer)),
    always("ServiceSubcategory", TEXT, |r| say(r.service.1)),
    maybe("SkuId", TEXT, |r| pricing(r, |p| say(&p.sku))),
    maybe("SkuMeter", TEXT, |r| pricing(r, |p| say(p.meter))),
    maybe("SkuPriceDetails", TEXT, |r| pricing(r, |p| say(&p.details))),
    maybe("SkuPriceId", TEXT, |r| pricing(r, |p| say(&p.sku_price))),
    always("SubAccountId", TEXT, |r| say(r.document.lease.as_str())),
    always("SubAccountName", TEXT, |r| say(&r.document.title)),
    always("SubAccountType", TEXT, |_| say("Lease")),
    always("Tags", TEXT, |r| say(&r.tags)),
    maybe("x_ChargeKind", TEXT, |r| Cell::text(r.extra.kind)),
    maybe("x_CommittedAcceleratorSeconds", COUNT, |r| seconds(r.extra.committed)),
    maybe("x_CorrectedInvoiceIds", TEXT, |r| Cell::text(r.extra.corrects.as_deref())),
    maybe("x_CreditReason", TEXT, |r| Cell::text(r.document.reason.as_deref())),
    maybe("x_Disclosed", Kind::Flag, |r| r.extra.disclosed.map_or(Cell::Null, Cell::Flag)),
    always("x_DocumentType", TEXT, |r| say(r.document.kind.word())),
    maybe("x_ExactCost", TEXT, |r| Cell::text(r.extra.exact.as_deref())),
    maybe("x_FeePhase", TEXT, |r| Cell::text(r.extra.phase.as_deref())),
    always("x_LeaseVersion", Kind::Whole, |r| Cell::Whole(i64::from(r.document.version))),
    maybe("x_LineNumber", Kind::Whole, |r| {
        r.extra.line.map_or(Cell::Null, |line| Cell::Whole(i64::from(line)))
    }),
    maybe("x_NoticeClasses", TEXT, |r| Cell::text(r.extra.notice_classes.as_deref())),
    maybe("x_RecallIds", TEXT, |r| Cell::text(r.extra.recalls.as_deref())),
    maybe("x_RecalledAcceleratorSeconds", COUNT, |r| seconds(r.extra.recalled)),
    maybe("x_ReferenceInvoiceId", TEXT, |r| Cell::text(r.document.credits.as_deref())),
    maybe("x_TaxCategory", TEXT, |r| Cell::text(r.extra.tax_category)),
    maybe("x_TaxRate", TEXT, |r| Cell::text(r.extra.tax_rate.as_deref())),
    always("x_TimeZone", TEXT, |r| say(&r.document.zone)),
    maybe("x_Tranche", TEXT, |r| Cell::text(r.extra.tranche.as_deref())),
    maybe("x_UndeliveredAcceleratorSeconds", COUNT, |r| seconds(r.extra.undelivered)),
];

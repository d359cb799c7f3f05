//! The same for outsiders: tenants and leases by their labels, and nothing that tells who they are.
//!
//! What people wrote may hold a name, so it is left out: references of judgements, assumptions, names
//! of phases, reasons. Rows go in the order of the labels.

use super::{Disclosures, InCurrency, LeaseJudgements, LeftOut, Named, UndisclosedFee};

impl Disclosures {
    /// The same for outsiders. Sites, dates and amounts stay; amounts of one lease are those of its
    /// tenant and may be known from elsewhere.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.is_anonymous = true;
        for currency in &mut self.currencies {
            hide_currency(currency);
        }
        for judgements in &mut self.judgements {
            hide_judgements(judgements);
        }
        self.judgements.sort_by_key(|row| order(&row.lease));
        hide_left_out(&mut self.left_out);
        self
    }
}

fn order(named: &Named) -> (usize, String) {
    (named.label.len(), named.label.clone())
}

fn hide_currency(all: &mut InCurrency) {
    for row in &mut all.lines.leases {
        row.lease.hide();
        row.tenant.hide();
        hide_fees(&mut row.undisclosed);
    }
    all.lines.leases.sort_by_key(|row| order(&row.lease));
    for row in &mut all.lines.tenants {
        row.tenant.hide();
    }
    let sums = all.lines.tenants.iter_mut().map(|row| &mut row.sum);
    for sum in sums.chain([&mut all.lines.total]) {
        hide_fees(&mut sum.undisclosed);
        hide_left_out(&mut sum.left_out);
    }
    for period in &mut all.concentration {
        for row in period.tenants.iter_mut().chain(&mut period.related_others) {
            row.tenant.hide();
        }
        hide_fees(&mut period.undisclosed);
    }
    for quarter in &mut all.revenue.quarters {
        for row in &mut quarter.tenants {
            row.tenant.hide();
        }
        hide_fees(&mut quarter.undisclosed);
    }
    for row in &mut all.exposure.leases {
        row.lease.hide();
        row.tenant.hide();
    }
    all.exposure.leases.sort_by_key(|row| order(&row.lease));
    for row in &mut all.exposure.tenants {
        if let Some(tenant) = &mut row.tenant {
            tenant.hide();
        }
    }
}

fn hide_fees(fees: &mut [UndisclosedFee]) {
    for fee in fees.iter_mut() {
        fee.lease.hide();
        fee.phase = None;
    }
    fees.sort_by_key(|fee| (order(&fee.lease), fee.from));
}

fn hide_left_out(left: &mut [LeftOut]) {
    for row in left.iter_mut() {
        row.lease.hide();
        row.tenant.hide();
        row.because = None;
    }
    left.sort_by_key(|row| order(&row.lease));
}

fn hide_judgements(row: &mut LeaseJudgements) {
    row.lease.hide();
    row.judgement = None;
    for penalty in &mut row.penalties {
        penalty.judgement = None;
    }
    for relation in &mut row.related {
        relation.reference = None;
    }
    row.assumptions.clear();
}

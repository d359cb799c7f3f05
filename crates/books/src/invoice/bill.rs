//! From what is to be billed to an invoice and credit notes.

use std::collections::BTreeMap;

use leasehold_types::{Date, Money, Ratio, Rounding};

use crate::Trouble;
use crate::rating::{ChargeKind, Quantity, RatedLine, TaxClass, Working, tax_on};

use super::heads::Delta;
use super::state::{InvoiceState, LineState};
use super::{BilledLine, LineNature, TaxTotal};

/// What a bill makes of the deltas.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bill {
    /// Lines of the invoice, numbered; none where there is no invoice.
    pub(crate) lines: Vec<BilledLine>,
    /// Its taxes.
    pub(crate) taxes: Vec<TaxTotal>,
    /// Lines of credit notes, by the place of the invoice among those of the lease.
    pub(crate) notes: BTreeMap<usize, Vec<BilledLine>>,
    /// The latest day by which a charge is to be paid, where a charge says so.
    pub(crate) due_on: Option<Date>,
}

/// What a lease has issued and holds, as far as a bill asks.
pub(crate) struct Issued<'a> {
    pub(crate) invoices: &'a [InvoiceState],
    pub(crate) credit_balance: &'a BTreeMap<TaxClass, Money>,
    pub(crate) zero: Money,
    pub(crate) rounding: Rounding,
    /// The day of issue.
    pub(crate) date: Date,
}

impl Issued<'_> {
    /// Places of the invoices that billed the period, the latest last.
    fn that_billed(&self, period: Date) -> Vec<usize> {
        let billed = |invoice: &InvoiceState| {
            invoice.lines.iter().any(|line| line.head.as_ref().is_some_and(|h| h.period == period))
        };
        (0..self.invoices.len()).filter(|i| billed(&self.invoices[*i])).collect()
    }

    fn numbers(&self, places: &[usize]) -> Vec<String> {
        places.iter().map(|i| self.invoices[*i].number.clone()).collect()
    }

    /// The one of the invoices that can best take `credit` of `class` for the period, and how much
    /// it can: that which can take most of it; of several, that which billed most of the period.
    fn creditable(
        &self,
        billers: &[usize],
        (period, class): (Date, &TaxClass),
        credit: Money,
        taken: &BTreeMap<(usize, TaxClass), Money>,
    ) -> Result<Option<(usize, Money)>, Trouble> {
        let mut best: Option<((i128, i128), (usize, Money))> = None;
        for i in billers.iter().copied() {
            let invoice = &self.invoices[i];
            let Some(left) = invoice.creditable(class)? else { continue };
            let used = taken.get(&(i, class.clone())).copied().unwrap_or(self.zero);
            let left = left.checked_sub(used)?;
            let of_period = |line: &&LineState| {
                line.class == *class && line.head.as_ref().is_some_and(|h| h.period == period)
            };
            let billed = invoice.lines.iter().filter(of_period).map(|line| line.amount.minor());
            let rank = (left.minor().min(credit.minor()), billed.sum());
            if left.minor() > 0 && best.is_none_or(|(other, _)| rank >= other) {
                best = Some((rank, (i, left)));
            }
        }
        Ok(best.map(|(_, found)| found))
    }
}

/// Makes a bill. Corrections of a period that sum to a charge are lines of the invoice; those that
/// sum to a credit are credit notes on an invoice that billed the period, as far as it has
/// something left to credit. So is what is taken off when there is nothing to take it off from.
pub(crate) fn bill(deltas: Vec<Delta>, issued: &Issued<'_>) -> Result<Bill, Trouble> {
    let has_charge = deltas.iter().any(|delta| delta.line.amount.minor() > 0);
    let mut bill = Bill::default();
    let mut groups: BTreeMap<(Date, TaxClass), Vec<Delta>> = BTreeMap::new();
    for delta in deltas {
        if delta.is_late || (!has_charge && delta.line.amount.is_negative()) {
            let key = (delta.line.head.period, delta.class.clone());
            groups.entry(key).or_default().push(delta);
        } else {
            bill.charge(delta, LineNature::Regular);
        }
    }
    let mut taken = BTreeMap::new();
    for ((period, class), group) in groups {
        let billers = issued.that_billed(period);
        let nature = |delta: &Delta| match delta.is_late {
            true => LineNature::Correction(issued.numbers(&billers)),
            false => LineNature::Regular,
        };
        let net = Money::sum(issued.zero.currency(), group.iter().map(|d| d.line.amount))?;
        let credit = issued.zero.checked_sub(net)?;
        let target = if credit.minor() > 0 {
            issued.creditable(&billers, (period, &class), credit, &taken)?
        } else {
            None
        };
        let Some((invoice, left)) = target else {
            for delta in group {
                let nature = nature(&delta);
                bill.charge(delta, nature);
            }
            continue;
        };
        let credited = if left.minor() < credit.minor() { left } else { credit };
        let held = taken.entry((invoice, class.clone())).or_insert(issued.zero);
        *held = held.checked_add(credited)?;
        let mut rest = credit.checked_sub(credited)?;
        for mut delta in group {
            let nature = nature(&delta);
            // What the invoice cannot take is taken off the next one.
            if !rest.is_zero() && delta.line.amount.is_negative() {
                let most = issued.zero.checked_sub(delta.line.amount)?;
                let part = if most.minor() < rest.minor() { most } else { rest };
                rest = rest.checked_sub(part)?;
                let mut cut = delta.clone();
                cut.line.amount = issued.zero.checked_sub(part)?;
                cut.line.exact = cut.line.amount.exact()?;
                bill.charge(cut, nature.clone());
                delta.line.amount = delta.line.amount.checked_add(part)?;
                delta.line.exact = delta.line.exact.checked_add(part.exact()?)?;
                if delta.line.amount.is_zero() {
                    continue;
                }
            }
            delta.line.amount = issued.zero.checked_sub(delta.line.amount)?;
            delta.line.exact = Ratio::ZERO.checked_sub(delta.line.exact)?;
            let line = billed_line(delta.line, delta.class, nature);
            bill.notes.entry(invoice).or_default().push(line);
        }
    }
    bill.finish(issued)?;
    Ok(bill)
}

impl Bill {
    fn charge(&mut self, delta: Delta, nature: LineNature) {
        if delta.line.amount.minor() > 0 {
            self.due_on = self.due_on.max(delta.line.due_on);
        }
        self.lines.push(billed_line(delta.line, delta.class, nature));
    }

    /// Moves what is below zero to the credit balance, uses the balance, sums up, numbers.
    fn finish(&mut self, issued: &Issued<'_>) -> Result<(), Trouble> {
        if self.lines.is_empty() {
            number_notes(&mut self.notes);
            return Ok(());
        }
        self.lines.sort_by(|a, b| order(a).cmp(&order(b)));
        let mut classes: Vec<TaxClass> = self.lines.iter().map(|line| line.tax.clone()).collect();
        classes.sort();
        classes.dedup();
        for class in classes {
            let of_it = self.lines.iter().filter(|line| line.tax == class).map(|l| l.amount);
            let net = Money::sum(issued.zero.currency(), of_it)?;
            let balance = issued.credit_balance.get(&class).copied().unwrap_or(issued.zero);
            let moved = if net.is_negative() {
                issued.zero.checked_sub(net)?
            } else {
                let used = if balance.minor() < net.minor() { balance } else { net };
                issued.zero.checked_sub(used)?
            };
            let net = net.checked_add(moved)?;
            if !moved.is_zero() {
                self.lines.push(balance_line(moved, &class, issued.date)?);
            }
            let tax = tax_on(net, &class, issued.rounding)?;
            self.taxes.push(TaxTotal { class, net, tax });
        }
        renumber(&mut self.lines);
        number_notes(&mut self.notes);
        Ok(())
    }
}

/// In which order lines stand: charges first, then by period, kind and what they are about; the
/// phases of a fee by their days.
fn order(line: &BilledLine) -> impl Ord + '_ {
    let head = line.head.as_ref();
    let what = head.map(|h| (h.period, h.kind, h.tranche.as_ref(), h.name.as_ref()));
    (line.amount.is_negative(), what, line.from, line.phase.as_ref())
}

fn number_notes(notes: &mut BTreeMap<usize, Vec<BilledLine>>) {
    for lines in notes.values_mut() {
        renumber(lines);
    }
}

pub(crate) fn renumber(lines: &mut [BilledLine]) {
    for (line, number) in lines.iter_mut().zip(1_u32..) {
        line.number = number;
    }
}

/// A line that moves credit to the balance (above zero) or uses it (below).
fn balance_line(amount: Money, class: &TaxClass, date: Date) -> Result<BilledLine, Trouble> {
    let carried = amount.minor() > 0;
    let (nature, label) = if carried {
        (LineNature::CreditCarried, "credits beyond the charges, moved to the credit balance")
    } else {
        (LineNature::CreditApplied, "credit balance used")
    };
    Ok(BilledLine {
        number: 0,
        nature,
        head: None,
        label: label.to_owned(),
        phase: None,
        from: date,
        until: date,
        quantity: Quantity::ONE,
        price: None,
        exact: amount.exact()?,
        amount,
        tax: class.clone(),
        disclosed: true,
        working: Working::by("no invoice is below zero: what is left is a credit balance"),
    })
}

fn billed_line(line: RatedLine, tax: TaxClass, nature: LineNature) -> BilledLine {
    BilledLine {
        number: 0,
        label: label(&line, &nature),
        nature,
        head: Some(line.head),
        phase: line.phase,
        from: line.from,
        until: line.until,
        quantity: line.quantity,
        price: line.price,
        exact: line.exact,
        amount: line.amount,
        tax,
        disclosed: line.disclosed,
        working: line.working,
    }
}

fn label(line: &RatedLine, nature: &LineNature) -> String {
    let mut label = line.head.kind.to_string();
    if let Some(phase) = &line.phase
        && line.head.kind == ChargeKind::Fee
    {
        label = format!("fee `{phase}`");
    }
    if let Some(name) = &line.head.name {
        label = format!("{label}, `{name}`");
    }
    if let Some(tranche) = &line.head.tranche {
        label = format!("{label}, tranche `{tranche}`");
    }
    if matches!(nature, LineNature::Correction(_)) { format!("correction: {label}") } else { label }
}

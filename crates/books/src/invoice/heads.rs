//! What was billed under each head so far, and the next bill for it.
//!
//! A head is billed as a whole, tax class by tax class: what it has come to, rounded once, less what
//! was billed for it before. So a credit and a charge for one thing are never rounded apart, and a
//! head comes to the same however often it is corrected and whenever what changes it is learnt. Where
//! nothing that was billed turns out otherwise, each new line is billed by itself, and the rounded
//! amount is shared out over them; else one line corrects what was billed.

use leasehold_contract::schedule::next_bill;
use leasehold_types::{Date, Money, Overflow, Ratio, Rounding};
use serde::{Deserialize, Serialize};

use crate::Trouble;
use crate::explain::words;
use crate::rating::{Head, Quantity, RatedLine, TaxClass, Working};

/// What was billed under a head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeadState {
    /// The first day after the last that it covers.
    pub(crate) until: Option<Date>,
    /// What it came to when it was last rated: exact minor units.
    pub(crate) owed: Ratio,
    /// The lines that were billed.
    marks: Vec<Mark>,
    /// How much was billed, by tax class.
    billed: Vec<(TaxClass, Money)>,
    /// Whether an invoice that billed it was voided: the marks then no longer say what is billed.
    stale: bool,
}

/// A line that was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    phase: Option<String>,
    from: Date,
    until: Date,
    exact: Ratio,
    class: TaxClass,
}

/// The next bill under a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) line: RatedLine,
    pub(crate) class: TaxClass,
    /// Whether it corrects what was billed, or comes after its invoice was issued.
    pub(crate) is_late: bool,
}

impl Default for HeadState {
    fn default() -> Self {
        let (marks, billed) = (Vec::new(), Vec::new());
        HeadState { until: None, owed: Ratio::ZERO, marks, billed, stale: false }
    }
}

impl HeadState {
    /// What was billed, over all tax classes.
    pub(crate) fn billed(&self, zero: Money) -> Result<Money, Trouble> {
        Ok(Money::sum(zero.currency(), self.billed.iter().map(|(_, money)| *money))?)
    }

    /// The exact amounts of the lines that were billed. What was billed less that is the residue of
    /// rounding.
    pub(crate) fn exact(&self) -> Result<Ratio, Overflow> {
        self.marks.iter().try_fold(Ratio::ZERO, |sum, mark| sum.checked_add(mark.exact))
    }

    /// What it has come to, where it is rated without being billed.
    pub(crate) fn rate(&mut self, lines: &[RatedLine]) -> Result<(), Trouble> {
        self.owed = lines.iter().try_fold(Ratio::ZERO, |sum, l| sum.checked_add(l.exact))?;
        self.until = lines.iter().map(|line| line.until).max().or(self.until);
        Ok(())
    }

    /// Whether what was billed is what it was last rated at.
    pub(crate) fn is_billed_in_full(&self) -> Result<bool, Overflow> {
        Ok(!self.stale && self.exact()? == self.owed)
    }

    /// The next bills for `targets`, all lines that are owed under this head and due; and the state
    /// once they are billed. `billed_at` is when the lease was billed last: a line that was due by
    /// then comes late.
    pub(crate) fn bill(
        &self,
        head: &Head,
        targets: Vec<(RatedLine, TaxClass)>,
        billed_at: Option<Date>,
        rounding: Rounding,
        zero: Money,
    ) -> Result<(Vec<Delta>, HeadState), Trouble> {
        let marks: Vec<Mark> = targets.iter().map(Mark::of).collect();
        let mut next = HeadState {
            until: targets.iter().map(|(line, _)| line.until).max().or(self.until),
            owed: marks.iter().try_fold(Ratio::ZERO, |sum, m| sum.checked_add(m.exact))?,
            marks,
            billed: self.billed.clone(),
            stale: false,
        };
        let grows = !self.stale && self.marks.iter().all(|mark| next.marks.contains(mark));
        let mut deltas = Vec::new();
        for (class, lines) in self.by_class(targets) {
            let billed = self.billed_of(&class, zero);
            let owed = lines.iter().try_fold(Ratio::ZERO, |sum, l| sum.checked_add(l.exact))?;
            let amount = next_bill(owed, billed, rounding)?;
            next.add(&class, amount)?;
            let is_new = |line: &RatedLine| !self.marks.iter().any(|m| m.is_of(line, &class));
            if grows && lines.iter().any(is_new) {
                let new: Vec<RatedLine> = lines.into_iter().filter(is_new).collect();
                for line in shared_out(new, amount) {
                    let is_late = billed_at.is_some_and(|at| line.invoiced_on <= at);
                    deltas.push(Delta { line, class: class.clone(), is_late });
                }
            } else if !amount.is_zero() {
                let line = self.corrected(head, &lines, amount, owed, billed)?;
                deltas.push(Delta { line, class, is_late: true });
            }
        }
        Ok((deltas, next))
    }

    /// The lines class by class, with the classes of which something was billed.
    fn by_class(&self, targets: Vec<(RatedLine, TaxClass)>) -> Vec<(TaxClass, Vec<RatedLine>)> {
        let mut classes: Vec<(TaxClass, Vec<RatedLine>)> =
            self.billed.iter().map(|(class, _)| (class.clone(), Vec::new())).collect();
        for (line, class) in targets {
            match classes.iter_mut().find(|(other, _)| *other == class) {
                Some((_, lines)) => lines.push(line),
                None => classes.push((class, vec![line])),
            }
        }
        classes.sort_by(|(a, _), (b, _)| a.cmp(b));
        classes
    }

    fn billed_of(&self, class: &TaxClass, zero: Money) -> Money {
        let found = self.billed.iter().find(|(other, _)| other == class);
        found.map_or(zero, |(_, money)| *money)
    }

    fn corrected(
        &self,
        head: &Head,
        lines: &[RatedLine],
        amount: Money,
        owed: Ratio,
        billed: Money,
    ) -> Result<RatedLine, Trouble> {
        let exact = owed.checked_sub(billed.exact()?)?;
        let currency = billed.currency();
        let difference =
            format!("{} owed to date less {billed} billed to date", words::exact(currency, owed));
        let billed_from = self.marks.iter().map(|mark| mark.from).min();
        let billed_until = self.marks.iter().map(|mark| mark.until).max();
        let from = lines.iter().map(|l| l.from).min().or(billed_from).unwrap_or(head.period);
        let until = lines.iter().map(|l| l.until).max().or(billed_until).unwrap_or(head.period);
        let mut working =
            Working::by("what is owed to date, rounded, less what was billed to date");
        for line in lines {
            let (from, last) = (line.from, line.until.yesterday().unwrap_or(line.until));
            let what = line.phase.as_deref().map_or(String::new(), |phase| format!("`{phase}`, "));
            working = working.with(
                &format!("of it {what}{} to {}", words::day(from), words::day(last.max(from))),
                format!("{}: {}", words::exact(currency, line.exact), line.working.text),
            );
        }
        Ok(RatedLine {
            head: head.clone(),
            phase: head.phase.clone(),
            from,
            until,
            exact,
            amount,
            quantity: Quantity::ONE,
            price: None,
            disclosed: lines.iter().all(|line| line.disclosed),
            invoiced_on: until,
            due_on: None,
            working: working.saying(difference),
        })
    }

    /// `amount` was billed besides.
    pub(crate) fn add(&mut self, class: &TaxClass, amount: Money) -> Result<(), Trouble> {
        match self.billed.iter_mut().find(|(other, _)| other == class) {
            Some((_, held)) => *held = held.checked_add(amount)?,
            None => self.billed.push((class.clone(), amount)),
        }
        Ok(())
    }

    /// `amount` of what was billed is taken back, to be billed again.
    pub(crate) fn unbill(&mut self, class: &TaxClass, amount: Money) -> Result<(), Trouble> {
        self.add(class, Money::zero(amount.currency()).checked_sub(amount)?)?;
        if self.billed.iter().all(|(_, money)| money.is_zero()) {
            self.billed.clear();
            self.marks.clear();
            self.stale = false;
        } else {
            self.stale = true;
        }
        Ok(())
    }

    /// A credit that a decision gave: owed and billed at once.
    pub(crate) fn granted(class: &TaxClass, amount: Money, day: Date) -> Result<Self, Trouble> {
        let exact = amount.exact()?;
        let class = class.clone();
        Ok(HeadState {
            until: Some(day),
            owed: exact,
            marks: vec![Mark { phase: None, from: day, until: day, exact, class: class.clone() }],
            billed: vec![(class, amount)],
            stale: false,
        })
    }
}

/// Gives `lines` of one head amounts that sum to `amount`: that of the head, rounded once. Each
/// gets what it comes to without its fraction, what is left over goes to the largest fractions,
/// ties to the first; signs are mirrored.
fn shared_out(mut lines: Vec<RatedLine>, amount: Money) -> Vec<RatedLine> {
    let sign = if amount.is_negative() { -1 } else { 1 };
    let parts: Vec<i128> = {
        let exact = lines.iter().map(|line| (line.exact.numerator() * sign, line.exact));
        exact.map(|(top, exact)| top.div_euclid(exact.denominator())).collect()
    };
    let fraction = |line: &RatedLine, part: i128| {
        let rest = line.exact.numerator() * sign - part * line.exact.denominator();
        Ratio::new(rest, line.exact.denominator()).unwrap_or(Ratio::ZERO)
    };
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(fraction(&lines[*i], parts[*i])));
    let left = amount.minor() * sign - parts.iter().sum::<i128>();
    let count = i128::try_from(lines.len().max(1)).unwrap_or(1);
    let (each, more) = (left.div_euclid(count), left.rem_euclid(count));
    for (place, i) in (0_i128..).zip(order) {
        let part = parts[i] + each + i128::from(place < more);
        let line = &mut lines[i];
        let alone = line.amount;
        line.amount = Money::new(part * sign, amount.currency());
        if line.amount != alone {
            let working = std::mem::take(&mut line.working);
            line.working = working.with(
                "rounded together with the other lines of its head; by itself it would be",
                alone,
            );
        }
    }
    lines
}

impl Mark {
    fn is_of(&self, line: &RatedLine, class: &TaxClass) -> bool {
        (self.from, self.until, self.exact) == (line.from, line.until, line.exact)
            && self.phase == line.phase
            && self.class == *class
    }

    fn of((line, class): &(RatedLine, TaxClass)) -> Mark {
        Mark {
            phase: line.phase.clone(),
            from: line.from,
            until: line.until,
            exact: line.exact,
            class: class.clone(),
        }
    }
}

//! What was billed under each head so far, and the next bill for it.
//!
//! A line that was never billed is billed as it is, rounded once. As soon as something that was
//! billed turns out otherwise, the whole head is billed together: what it has come to, rounded
//! once, less what was billed for it before. So a credit and a charge for one thing are never
//! rounded apart, and however often a head is corrected its bills add up to the rounded total.

use leasehold_contract::schedule::next_bill;
use leasehold_types::{Date, Money, Overflow, Ratio, Rounding};
use serde::{Deserialize, Serialize};

use crate::Trouble;
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

    /// What was billed less the exact amounts of the lines billed: the residue of rounding.
    pub(crate) fn residue(&self, zero: Money) -> Result<Ratio, Trouble> {
        let billed = self.billed(zero)?.exact()?;
        let exact = self.marks.iter().try_fold(Ratio::ZERO, |sum, m| sum.checked_add(m.exact))?;
        Ok(billed.checked_sub(exact)?)
    }

    /// What it has come to, where it is rated without being billed.
    pub(crate) fn rate(&mut self, lines: &[RatedLine]) -> Result<(), Trouble> {
        self.owed = lines.iter().try_fold(Ratio::ZERO, |sum, l| sum.checked_add(l.exact))?;
        self.until = lines.iter().map(|line| line.until).max().or(self.until);
        Ok(())
    }

    /// Whether what was billed is what it was last rated at.
    pub(crate) fn is_billed_in_full(&self) -> Result<bool, Overflow> {
        let exact = self.marks.iter().try_fold(Ratio::ZERO, |sum, m| sum.checked_add(m.exact))?;
        Ok(!self.stale && exact == self.owed)
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
        let mut next = self.clone();
        next.owed = marks.iter().try_fold(Ratio::ZERO, |sum, m| sum.checked_add(m.exact))?;
        let ends = targets.iter().map(|(line, _)| line.until).max();
        next.until = ends.or(self.until);
        let unchanged = !self.stale && self.marks.iter().all(|mark| marks.contains(mark));
        let deltas = if unchanged {
            let new =
                targets.into_iter().zip(&marks).filter(|(_, mark)| !self.marks.contains(mark));
            new.map(|((line, class), _)| {
                let is_late = billed_at.is_some_and(|at| line.invoiced_on <= at);
                Delta { line, class, is_late }
            })
            .collect()
        } else {
            self.joint(head, targets, rounding, zero)?
        };
        for delta in &deltas {
            next.add(&delta.class, delta.line.amount)?;
        }
        next.marks = marks;
        next.stale = false;
        Ok((deltas, next))
    }

    /// The whole head together, class by class.
    fn joint(
        &self,
        head: &Head,
        targets: Vec<(RatedLine, TaxClass)>,
        rounding: Rounding,
        zero: Money,
    ) -> Result<Vec<Delta>, Trouble> {
        let mut classes: Vec<TaxClass> =
            self.billed.iter().map(|(class, _)| class.clone()).collect();
        classes.extend(targets.iter().map(|(_, class)| class.clone()));
        classes.sort();
        classes.dedup();
        let mut deltas = Vec::new();
        for class in classes {
            let of_it = targets.iter().filter(|(_, other)| *other == class).map(|(line, _)| line);
            let lines: Vec<&RatedLine> = of_it.collect();
            let billed = self.billed.iter().find(|(other, _)| *other == class);
            let billed = billed.map_or(zero, |(_, money)| *money);
            let owed = lines.iter().try_fold(Ratio::ZERO, |sum, l| sum.checked_add(l.exact))?;
            let amount = next_bill(owed, billed, rounding)?;
            if amount.is_zero() {
                continue;
            }
            let exact = owed.checked_sub(billed.exact()?)?;
            let line = self.corrected(head, &lines, exact, amount, owed, billed);
            deltas.push(Delta { line, class, is_late: true });
        }
        Ok(deltas)
    }

    fn corrected(
        &self,
        head: &Head,
        lines: &[&RatedLine],
        exact: Ratio,
        amount: Money,
        owed: Ratio,
        billed: Money,
    ) -> RatedLine {
        let billed_from = self.marks.iter().map(|mark| mark.from).min();
        let billed_until = self.marks.iter().map(|mark| mark.until).max();
        let from = lines.iter().map(|l| l.from).min().or(billed_from).unwrap_or(head.period);
        let until = lines.iter().map(|l| l.until).max().or(billed_until).unwrap_or(head.period);
        let mut working =
            Working::by("what is owed to date, rounded, less what was billed to date")
                .with("owed to date, exact minor units", owed)
                .with("billed to date", billed);
        for line in lines {
            let what = line.phase.as_deref().unwrap_or("line");
            working = working.with(
                &format!("{what}, {} to {}", line.from, line.until),
                format!("{} minor units: {}", line.exact, line.working.text),
            );
        }
        RatedLine {
            head: head.clone(),
            phase: lines.last().and_then(|line| line.phase.clone()),
            from,
            until,
            exact,
            amount,
            quantity: Quantity::ONE,
            price: None,
            disclosed: lines.iter().all(|line| line.disclosed),
            invoiced_on: until,
            due_on: None,
            working: working.saying("a correction of what was billed before"),
        }
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

impl Mark {
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

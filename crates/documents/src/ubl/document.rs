//! The document, checked: whatever it lacks is said before a byte of it is written.

use leasehold_types::{BadAmount, Date, Money};

use super::error::{Problem, UblError};
use super::lines::{Allowance, Line, period_of, split};
use super::parties;
use super::source::Source;
use super::taxes::{Group, TaxKey, groups};
use leasehold_contract::codelist as codes;

/// At most this many decimals in an amount (BR-DEC-01 to BR-DEC-28).
const AMOUNT_DECIMALS_MAX: u8 = 2;

/// A document in the terms of EN 16931.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) source: Source<'a>,
    pub(super) groups: Vec<Group>,
    pub(super) lines: Vec<Line>,
    pub(super) allowances: Vec<Allowance>,
    pub(super) totals: Totals,
    /// First and last day.
    pub(super) period: Option<(Date, Date)>,
    /// Whether no VAT identifier may be shown.
    pub(super) outside_scope: bool,
}

/// The sums that the lines make.
#[derive(Debug, Clone, Copy)]
pub(super) struct Totals {
    /// BT-106.
    pub(super) lines: Money,
    /// BT-107.
    pub(super) allowances: Money,
    /// BT-115.
    pub(super) payable: Money,
}

impl<'a> Document<'a> {
    /// Checks what the books say against every rule that a document can break.
    pub(super) fn check(source: Source<'a>) -> Result<Self, UblError> {
        let mut problems = Vec::new();
        problems.extend(check_currency(&source));
        let groups = groups(&source, &mut problems);
        let (lines, allowances) = split(&source, &mut problems);
        parties::check(&source, &groups, &mut problems);
        // Sums over what is incomplete would only say again what is said above.
        let totals = match problems.is_empty() {
            true => totals(&source, &groups, &lines, &allowances).map_err(|p| problems.push(p)),
            false => Err(()),
        };
        match totals {
            Ok(totals) => Ok(Document {
                period: period(&source),
                outside_scope: parties::is_outside(&groups),
                source,
                groups,
                lines,
                allowances,
                totals,
            }),
            Err(()) => Err(UblError { document: source.name(), problems }),
        }
    }
}

fn check_currency(source: &Source<'_>) -> Option<Problem> {
    let (currency, decimals) = (source.currency, source.currency.decimals());
    let (rule, message) = if decimals > AMOUNT_DECIMALS_MAX {
        let message = format!(
            "amounts in {currency} have {decimals} decimals, and EN 16931 allows \
             {AMOUNT_DECIMALS_MAX}; no amount is rounded for it, so send this document in another \
             format"
        );
        ("BR-DEC-23", message)
    } else if !codes::is_currency(currency.code()) {
        let message = format!(
            "the list of EN 16931 does not have the currency {currency} (BT-5) yet, so send this \
             document in another format"
        );
        ("BR-CL-04", message)
    } else {
        return None;
    };
    Some(Problem::new(rule, message).at("lease.currency"))
}

/// All days that lines cover, so that no line lies outside of it (R110, R111).
fn period(source: &Source<'_>) -> Option<(Date, Date)> {
    let covered = source.lines.iter().filter_map(period_of);
    let whole = covered.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (from, until) = source.period;
    whole.or_else(|| until.yesterday().ok().filter(|last| from <= *last).map(|last| (from, last)))
}

/// Adds everything up again, and refuses what the books do not say too.
fn totals(
    source: &Source<'_>,
    groups: &[Group],
    lines: &[Line],
    allowances: &[Allowance],
) -> Result<Totals, Problem> {
    let sum = |rule, money: &mut dyn Iterator<Item = Money>| {
        Money::sum(source.currency, money).map_err(|error| absurd(rule, &error))
    };
    let line_sum = sum("BR-CO-10", &mut lines.iter().map(|line| line.amount))?;
    let taken_off = sum("BR-CO-11", &mut allowances.iter().map(|it| it.amount))?;
    let net = line_sum.checked_sub(taken_off).map_err(|error| absurd("BR-CO-13", &error))?;
    same("BR-CO-13", "the net amount (BT-109)", source.net, net)?;
    let tax = sum("BR-CO-14", &mut groups.iter().map(|group| group.tax))?;
    same("BR-CO-14", "the tax (BT-110)", source.tax, tax)?;
    let total = net.checked_add(tax).map_err(|error| absurd("BR-CO-15", &error))?;
    same("BR-CO-15", "the total with tax (BT-112)", source.total, total)?;
    for group in groups {
        let of_it = |key: &TaxKey| *key == group.key;
        let mut charged = lines.iter().filter(|line| of_it(&line.tax)).map(|line| line.amount);
        let mut off = allowances.iter().filter(|it| of_it(&it.tax)).map(|it| it.amount);
        let (charged, off) = (sum("BR-S-08", &mut charged)?, sum("BR-S-08", &mut off)?);
        let net = charged.checked_sub(off).map_err(|error| absurd("BR-S-08", &error))?;
        same("BR-S-08", "the taxable amount of a category (BT-116)", group.net, net)?;
    }
    let payable = total.checked_sub(source.prepaid).map_err(|error| absurd("BR-CO-16", &error))?;
    Ok(Totals { lines: line_sum, allowances: taken_off, payable })
}

fn absurd(rule: &'static str, error: &BadAmount) -> Problem {
    Problem::new(rule, error.to_string())
}

fn same(rule: &'static str, what: &str, said: Money, found: Money) -> Result<(), Problem> {
    if said == found {
        return Ok(());
    }
    let message = format!(
        "{what} is {said} in the books, but its lines make {found}; this is a fault in the books, \
         so do not send the document"
    );
    Err(Problem::new(rule, message))
}

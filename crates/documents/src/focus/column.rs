//! The columns of a table: a name, a kind, and how a row gives its value.

use super::cell::{COST_DECIMALS, Cell, PRICE_DECIMALS, QUANTITY_DECIMALS};

/// A column of a table whose rows are `R`.
#[derive(Debug)]
pub struct Column<R: 'static> {
    /// Its name: FOCUS's own, or with `x_` before it.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a row may have none.
    pub nullable: bool,
    pub(super) cell: fn(&R) -> Cell<'_>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text in UTF-8; JSON is text as well.
    Text,
    /// An instant of UTC, to the second.
    Instant,
    /// An exact decimal of at most so many places.
    Decimal(u8),
    /// A whole number.
    Whole,
    /// Yes or no.
    Flag,
}

/// A cost, in major units of the billing currency.
pub(super) const COST: Kind = Kind::Decimal(COST_DECIMALS);
/// A quantity.
pub(super) const QUANTITY: Kind = Kind::Decimal(QUANTITY_DECIMALS);
/// A price of one unit.
pub(super) const PRICE: Kind = Kind::Decimal(PRICE_DECIMALS);
/// Accelerator-seconds: whole, and more than 64 bits of them.
pub(super) const COUNT: Kind = Kind::Decimal(0);

/// A column of which every row has a value.
pub(super) const fn always<R>(
    name: &'static str,
    kind: Kind,
    cell: fn(&R) -> Cell<'_>,
) -> Column<R> {
    Column { name, kind, nullable: false, cell }
}

/// A column of which a row may have none.
pub(super) const fn maybe<R>(
    name: &'static str,
    kind: Kind,
    cell: fn(&R) -> Cell<'_>,
) -> Column<R> {
    Column { name, kind, nullable: true, cell }
}

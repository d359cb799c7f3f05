//! Readers of single values. Each takes a node, reports what is wrong with it, and gives `None`;
//! or gives the value.

mod amount;
mod choice;
mod date;
mod duration;
mod identity;
mod number;
mod share;
mod text;

pub(super) use amount::{amount, rate};
pub(super) use choice::{choice, choices};
pub(super) use date::date;
pub(super) use duration::duration;
pub(super) use identity::{Schemes, account, country, email, exemption, scheme, vat_id};
pub(super) use number::{flag, only_true, whole};
pub(super) use share::{multiple, share};
pub(super) use text::{address_lines, addresses, name, prefix, prose, text};

//! An entry and its bytes.
//!
//! What a frame holds: the count of new accounts (u32), each its name and currency (texts); then
//! entries to its end. An entry: the count of bytes that follow (u32), its id (u128), the days on
//! which it is booked and to which it belongs (year i16, month u8, day u8 each), the count of its
//! postings (u8), each an account (u32) and minor units (a number of either sign), then its note.

use leasehold_types::{Currency, Date};

use crate::StoreError;
use crate::codec::{Bytes, Short, put_signed};

use super::account::Accounts;
use super::{AccountNo, LEGS_MAX, Refusal};

/// Longest note of an entry, in bytes.
pub const NOTE_BYTES_MAX: usize = 4_096;

/// Largest amount of one posting, in minor units of either sign.
pub const MINOR_MAX: u128 = 1 << 120;

/// A posting: minor units of its account's currency; a debit is positive, a credit negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// Where.
    pub account: AccountNo,
    /// How much.
    pub minor: i128,
}

/// An entry to be posted, or as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostingEntry<'a> {
    /// By what it is known. Whoever posts it again, after a crash or a timeout, gives the same.
    pub id: u128,
    /// When it is booked.
    pub date: Date,
    /// To which day it belongs.
    pub effective: Date,
    /// Its postings; they sum to zero in each currency.
    pub legs: &'a [Leg],
    /// What it is about, for whoever reads it: part of its content.
    pub note: &'a [u8],
}

impl<'a> PostingEntry<'a> {
    /// Its postings.
    pub const fn legs(&self) -> &'a [Leg] {
        self.legs
    }

    pub(super) fn check(&self, accounts: &Accounts) -> Result<(), Refusal> {
        if !(2..=LEGS_MAX).contains(&self.legs.len()) {
            return Err(Refusal::Legs(self.legs.len()));
        }
        if self.note.len() > NOTE_BYTES_MAX {
            return Err(Refusal::Note(self.note.len()));
        }
        let mut first: Option<(Currency, i128)> = None;
        let mut others: Vec<(Currency, i128)> = Vec::new();
        for leg in self.legs {
            let no_account = Refusal::NoAccount(leg.account.0);
            let currency = accounts.currency(leg.account).ok_or(no_account)?;
            let sum = match &mut first {
                Some((same, sum)) if *same == currency => sum,
                None => &mut first.insert((currency, 0)).1,
                Some(_) => match others.iter().position(|(other, _)| *other == currency) {
                    Some(i) => &mut others[i].1,
                    None => {
                        others.push((currency, 0));
                        let last = others.len() - 1;
                        &mut others[last].1
                    }
                },
            };
            let fits = leg.minor.unsigned_abs() <= MINOR_MAX;
            *sum = sum.checked_add(leg.minor).filter(|_| fits).ok_or(Refusal::Overflow)?;
        }
        match first.into_iter().chain(others).find(|(_, left)| *left != 0) {
            Some((currency, left)) => Err(Refusal::Unbalanced { currency, left }),
            None => Ok(()),
        }
    }

    /// Writes it with its length before it.
    pub(super) fn write(&self, to: &mut Vec<u8>) {
        let begins = to.len();
        to.extend_from_slice(&[0; 4]);
        to.extend_from_slice(&self.id.to_le_bytes());
        put_day(to, self.date);
        put_day(to, self.effective);
        to.push(u8::try_from(self.legs.len()).unwrap_or(u8::MAX));
        for leg in self.legs {
            to.extend_from_slice(&leg.account.0.to_le_bytes());
            put_signed(to, leg.minor);
        }
        to.extend_from_slice(self.note);
        let length = u32::try_from(to.len() - begins - 4).unwrap_or(u32::MAX);
        to[begins..begins + 4].copy_from_slice(&length.to_le_bytes());
    }
}

/// Reads a frame: opens its accounts, then gives each entry with its place in the frame.
///
/// # Errors
/// `None` where the frame is not what [`PostingEntry::write`] wrote; what `sink` says otherwise.
pub(super) fn read_frame(
    frame: &[u8],
    accounts: &mut Accounts,
    sink: &mut dyn FnMut(&mut Accounts, u32, &PostingEntry<'_>) -> Result<(), StoreError>,
) -> Result<(), Option<StoreError>> {
    let short = |Short| None;
    let mut read = Bytes(frame);
    accounts.read_new(&mut read).map_err(short)?;
    let mut legs: Vec<Leg> = Vec::with_capacity(4);
    while !read.0.is_empty() {
        let at = u32::try_from(frame.len() - read.0.len()).map_err(|_| None)?;
        let mut body = Bytes(read.blob().map_err(short)?);
        let (id, date, effective) = head(&mut body).map_err(short)?;
        legs.clear();
        for _ in 0..body.u8().map_err(short)? {
            let account = AccountNo(body.u32().map_err(short)?);
            legs.push(Leg { account, minor: body.signed().map_err(short)? });
        }
        let entry = PostingEntry { id, date, effective, legs: &legs, note: body.0 };
        sink(accounts, at, &entry).map_err(Some)?;
    }
    Ok(())
}

fn head(body: &mut Bytes<'_>) -> Result<(u128, Date, Date), Short> {
    Ok((body.u128()?, day(body)?, day(body)?))
}

fn put_day(to: &mut Vec<u8>, day: Date) {
    to.extend_from_slice(&day.year().to_le_bytes());
    to.extend_from_slice(&[day.month().cast_unsigned(), day.day().cast_unsigned()]);
}

fn day(read: &mut Bytes<'_>) -> Result<Date, Short> {
    let year = read.u16()?.cast_signed();
    let (month, day) = (read.u8()?.cast_signed(), read.u8()?.cast_signed());
    Date::new(year, month, day).map_err(|_| Short)
}

//! The difference of billing and recognition: a contract liability where more was billed, a
//! contract asset where more was earned. A lease has one of them, never both.

use leasehold_contract::lease::Standard;
use leasehold_types::{BadAmount, Money};

use crate::ledger::{Account, Posting};

/// The postings by which a position of `before` becomes one of `after`; billed less earned.
pub(crate) fn position_postings(
    standard: Standard,
    before: Money,
    after: Money,
) -> Result<Vec<Posting>, BadAmount> {
    let (asset, liability) = match standard {
        Standard::Service => (Account::ContractAsset, Account::ContractLiability),
        Standard::Lease => (Account::AccruedRent, Account::DeferredRevenue),
    };
    let zero = Money::zero(before.currency());
    // As balances: an asset is a debit, a liability a credit.
    let split = |position: Money| -> Result<(Money, Money), BadAmount> {
        let balance = zero.checked_sub(position)?;
        Ok(if balance.is_negative() { (zero, balance) } else { (balance, zero) })
    };
    let (had, has) = (split(before)?, split(after)?);
    let postings = [
        Posting { account: asset, amount: has.0.checked_sub(had.0)? },
        Posting { account: liability, amount: has.1.checked_sub(had.1)? },
    ];
    Ok(postings.into_iter().filter(|posting| !posting.amount.is_zero()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(minor: i128) -> Money {
        Money::new(minor, "USD".parse().unwrap())
    }

    #[test]
    fn a_position_crosses_from_liability_to_asset() {
        let moved = position_postings(Standard::Service, usd(300), usd(-200)).unwrap();
        let shown: Vec<(Account, i128)> =
            moved.iter().map(|p| (p.account, p.amount.minor())).collect();
        assert_eq!(shown, [(Account::ContractAsset, 200), (Account::ContractLiability, 300)]);
    }

    #[test]
    fn the_postings_are_the_change() {
        for (before, after) in [(0, 5), (5, 0), (-7, 3), (-7, -9), (4, 4)] {
            let moved = position_postings(Standard::Lease, usd(before), usd(after)).unwrap();
            let sum: i128 = moved.iter().map(|p| p.amount.minor()).sum();
            assert_eq!(sum, before - after);
        }
    }
}

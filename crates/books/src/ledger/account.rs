//! The accounts.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An account. Each is kept per lease; a chart of another system maps onto these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Money received and not paid out.
    Cash,
    /// What tenants owe on invoices.
    Receivable,
    /// Revenue recognised before it was billed (ASC 606).
    ContractAsset,
    /// The same for a lease under ASC 842.
    AccruedRent,
    /// Billed before revenue was recognised (ASC 606).
    ContractLiability,
    /// The same for a lease under ASC 842.
    DeferredRevenue,
    /// Credits of the tenant's that no invoice could use yet, before tax.
    CustomerCredit,
    /// Money of the tenant's that no invoice has used yet: paid in excess, or credited once paid.
    OnAccount,
    /// Money held as security.
    DepositsHeld,
    /// Money paid ahead, to be used up against invoices.
    Prepayments,
    /// Tax charged and not yet handed on.
    TaxPayable,
    /// Revenue of one kind; the kinds that are credits are debits here.
    Revenue(RevenueKind),
}

/// Of what revenue is made. Credits are contra-revenue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevenueKind {
    /// Fees of the phases, less units that are undelivered or given up.
    Fees,
    /// Use above the commitment.
    Usage,
    /// What a minimum commitment adds to the use.
    Commitment,
    /// Off: discounts for late delivery.
    LateCredits,
    /// Off: abatement and compensation for recalls.
    RecallCredits,
    /// Off: credits for poor availability.
    ServiceCredits,
    /// Off: credits by a decision.
    OtherCredits,
}

/// On which side of the statements an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountClass {
    /// What the owner has.
    Asset,
    /// What it owes.
    Liability,
    /// What it earned.
    Revenue,
    /// What it gave back of that.
    ContraRevenue,
}

impl RevenueKind {
    /// Every kind.
    pub const ALL: [RevenueKind; 7] = [
        RevenueKind::Fees,
        RevenueKind::Usage,
        RevenueKind::Commitment,
        RevenueKind::LateCredits,
        RevenueKind::RecallCredits,
        RevenueKind::ServiceCredits,
        RevenueKind::OtherCredits,
    ];

    /// Whether it is taken off.
    pub const fn is_contra(self) -> bool {
        !matches!(self, RevenueKind::Fees | RevenueKind::Usage | RevenueKind::Commitment)
    }
}

impl Account {
    /// On which side of the statements it stands.
    pub const fn class(self) -> AccountClass {
        match self {
            Account::Cash | Account::Receivable | Account::ContractAsset | Account::AccruedRent => {
                AccountClass::Asset
            }
            Account::ContractLiability
            | Account::DeferredRevenue
            | Account::CustomerCredit
            | Account::OnAccount
            | Account::DepositsHeld
            | Account::Prepayments
            | Account::TaxPayable => AccountClass::Liability,
            Account::Revenue(kind) if kind.is_contra() => AccountClass::ContraRevenue,
            Account::Revenue(_) => AccountClass::Revenue,
        }
    }

    /// Every account, those of the balance sheet first.
    pub fn all() -> impl Iterator<Item = Account> {
        let revenue = RevenueKind::ALL.into_iter().map(Account::Revenue);
        Account::BALANCE_SHEET.into_iter().chain(revenue)
    }

    /// The account of that path.
    pub fn of_path(path: &str) -> Option<Account> {
        Account::all().find(|account| account.path() == path)
    }

    /// Every account that is not of revenue.
    pub const BALANCE_SHEET: [Account; 11] = [
        Account::Cash,
        Account::Receivable,
        Account::ContractAsset,
        Account::AccruedRent,
        Account::ContractLiability,
        Account::DeferredRevenue,
        Account::CustomerCredit,
        Account::OnAccount,
        Account::DepositsHeld,
        Account::Prepayments,
        Account::TaxPayable,
    ];

    /// Its path, as plain-text accounting writes it: `liabilities:contract liability`.
    pub const fn path(self) -> &'static str {
        match self {
            Account::Cash => "assets:cash",
            Account::Receivable => "assets:receivable",
            Account::ContractAsset => "assets:contract asset",
            Account::AccruedRent => "assets:accrued rent",
            Account::ContractLiability => "liabilities:contract liability",
            Account::DeferredRevenue => "liabilities:deferred revenue",
            Account::CustomerCredit => "liabilities:customer credit",
            Account::OnAccount => "liabilities:on account",
            Account::DepositsHeld => "liabilities:deposits held",
            Account::Prepayments => "liabilities:prepayments",
            Account::TaxPayable => "liabilities:tax payable",
            Account::Revenue(RevenueKind::Fees) => "revenue:fees",
            Account::Revenue(RevenueKind::Usage) => "revenue:usage",
            Account::Revenue(RevenueKind::Commitment) => "revenue:commitment",
            Account::Revenue(RevenueKind::LateCredits) => "revenue:credits:late delivery",
            Account::Revenue(RevenueKind::RecallCredits) => "revenue:credits:recall",
            Account::Revenue(RevenueKind::ServiceCredits) => "revenue:credits:service",
            Account::Revenue(RevenueKind::OtherCredits) => "revenue:credits:other",
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.path())
    }
}

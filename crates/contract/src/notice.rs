//! Notices to end a lease, and where a lease stands.
//!
//! Deciding and recording are apart: [`NoticeBook::serve`] and [`NoticeBook::withdraw`] say what
//! would follow, [`NoticeBook::record`] and [`NoticeBook::record_withdrawal`] keep it. Nothing is
//! ever removed: a withdrawn notice stays on record as withdrawn.

use leasehold_types::{Date, Instant};
use serde::{Deserialize, Serialize};

use crate::Lease;
use crate::lease::Side;
use crate::term::ServeRefusal;

/// A notice on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who gave it.
    pub side: Side,
    /// When it was received.
    pub received: Instant,
    /// The first day after the lease's last.
    pub ends: Date,
    /// How it was withdrawn, where it was.
    pub withdrawn: Option<Withdrawal>,
}

/// A withdrawal of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Whose notice.
    pub side: Side,
    /// When.
    pub at: Instant,
    /// Where the other side's consent is written.
    pub consent: String,
}

/// A withdrawal that does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawRefusal {
    /// There is nothing to withdraw.
    #[error("the {0} has no notice standing; there is nothing to withdraw")]
    NoNotice(Side),
    /// The other side did not consent.
    #[error(
        "a notice is withdrawn only with the consent of the {0}; give the reference of its consent"
    )]
    NoConsent(Side),
    /// It has taken effect.
    #[error("the notice took effect on {0}; agree on a new lease instead")]
    TookEffect(Date),
}

/// Every notice that was served on a lease, in the order of receipt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NoticeBook {
    notices: Vec<Notice>,
}

impl NoticeBook {
    /// All notices, withdrawn ones included.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// What follows if `side`'s notice is received at `received`.
    ///
    /// # Errors
    /// [`ServeRefusal`] where the side may not serve then, or has a notice standing.
    pub fn serve(
        &self,
        lease: &Lease,
        side: Side,
        received: Instant,
    ) -> Result<Notice, ServeRefusal> {
        if let Some(standing) = self.standing(side) {
            return Err(ServeRefusal::AlreadyServed { side, ends: standing.ends });
        }
        let ended = self.governing().map(|notice| notice.ends);
        if let Some(ends) = ended.filter(|ends| received >= lease.start_of(*ends)) {
            return Err(ServeRefusal::Over(ends));
        }
        let effect = lease.serve(side, received)?;
        Ok(Notice { side, received, ends: effect.ends, withdrawn: None })
    }

    /// Keeps a notice.
    pub fn record(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// What follows if `side` withdraws its notice at `at`. `consent` says where the other side's
    /// consent is written.
    ///
    /// # Errors
    /// [`WithdrawRefusal`] without a standing notice, without consent, or once it has taken effect.
    pub fn withdraw(
        &self,
        lease: &Lease,
        side: Side,
        at: Instant,
        consent: &str,
    ) -> Result<Withdrawal, WithdrawRefusal> {
        let standing = self.standing(side).ok_or(WithdrawRefusal::NoNotice(side))?;
        if consent.trim().is_empty() {
            return Err(WithdrawRefusal::NoConsent(side.other()));
        }
        let governs = self.governing().map_or(standing.ends, |notice| notice.ends);
        if at >= lease.start_of(governs) {
            return Err(WithdrawRefusal::TookEffect(governs));
        }
        Ok(Withdrawal { side, at, consent: consent.trim().to_owned() })
    }

    /// Keeps a withdrawal.
    pub fn record_withdrawal(&mut self, withdrawal: Withdrawal) {
        let standing = |n: &&mut Notice| n.side == withdrawal.side && n.withdrawn.is_none();
        if let Some(notice) = self.notices.iter_mut().find(standing) {
            notice.withdrawn = Some(withdrawal);
        }
    }

    /// The notice of `side` that stands.
    pub fn standing(&self, side: Side) -> Option<&Notice> {
        self.notices.iter().find(|n| n.side == side && n.withdrawn.is_none())
    }

    /// The notice that ends the lease: the earliest effect of those that stand, the first received
    /// where two take effect on one day.
    pub fn governing(&self) -> Option<&Notice> {
        let standing = self.notices.iter().filter(|n| n.withdrawn.is_none());
        standing.min_by_key(|n| (n.ends, n.received))
    }

    /// The book as it was at `at`: later notices left out, later withdrawals undone.
    #[must_use]
    pub fn as_of(&self, at: Instant) -> NoticeBook {
        let known = |notice: &Notice| {
            let withdrawn = notice.withdrawn.clone().filter(|w| w.at < at);
            Notice { withdrawn, ..notice.clone() }
        };
        let notices = self.notices.iter().filter(|n| n.received < at).map(known).collect();
        NoticeBook { notices }
    }
}

/// Where a lease stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseStatus {
    /// Not signed.
    Draft,
    /// Signed; nothing is due to the tenant yet.
    Signed,
    /// Capacity is due to the tenant.
    Running,
    /// Running, and a notice ends it.
    UnderNotice {
        /// Who ends it.
        by: Side,
        /// The first day after its last.
        ends: Date,
    },
    /// Over.
    Ended {
        /// The first day after its last.
        on: Date,
    },
}

impl LeaseStatus {
    /// Where `lease` stands at `at`, when it was signed at `signed` and `book` holds its notices.
    pub fn at(lease: &Lease, signed: Option<Instant>, book: &NoticeBook, at: Instant) -> Self {
        if signed.is_none_or(|signed| at < signed) {
            return LeaseStatus::Draft;
        }
        let book = book.as_of(at.saturating_add(leasehold_types::Seconds(1)));
        let governing = book.governing();
        let end = governing.map_or(lease.term.end, |n| n.ends).min(lease.term.end);
        if at >= lease.start_of(end) {
            return LeaseStatus::Ended { on: end };
        }
        match governing {
            Some(notice) => LeaseStatus::UnderNotice { by: notice.side, ends: end },
            None if at < lease.stated_period().start() => LeaseStatus::Signed,
            None => LeaseStatus::Running,
        }
    }
}

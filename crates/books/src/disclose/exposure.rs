//! What is lost, from which day, if a tenant or the owner gives notice now.
//!
//! The base is what is known: every lease runs to its stated end, or to the end that notices and
//! causes have already brought about; units that are still due come; nothing else happens. A notice
//! is taken to be received on the day after the reporting date, or on the first day on which it may
//! be served where that is later. When it ends the lease and what it costs is the contract's answer.

use leasehold_contract::disclose::{FourLines, Horizon};
use leasehold_contract::lease::Side;
use leasehold_contract::notice::NoticeBook;
use leasehold_contract::quote::{CostNature, Quote, exit};
use leasehold_contract::term::ServeRefusal;
use leasehold_contract::{Facts, Lease};
use leasehold_types::{Date, Money};
use serde::{Deserialize, Serialize};

use crate::{BooksError, Trouble};

use super::error::DisclosureError;
use super::leases::{Leases, Prepared};
use super::names::Named;
use super::view::View;

/// What a notice of one side would do to one lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseExposure {
    /// Which lease.
    pub lease: Named,
    /// Whose.
    pub tenant: Named,
    /// Who gives notice.
    pub side: Side,
    /// When it can be given.
    pub notice: Possible,
    /// The first day after the lease's last, as things stand.
    pub ends_now: Date,
    /// The first day after its last under the notice; absent where none can be given.
    pub ends: Option<Date>,
    /// What the side that leaves pays for it.
    pub penalty: Option<PenaltyDue>,
    /// Deposits and prepayments that go back to the tenant.
    pub returned: Money,
    /// Fees that are no longer due: from `ends` to `ends_now`.
    pub fees_lost: Money,
    /// As things stand.
    pub before: Outlook,
    /// Under the notice, as seen on the reporting date; the run rate once it has taken effect.
    pub after: Outlook,
    /// Whether fees that are not disclosed are lost besides, or left out of the figures.
    pub is_undisclosed: bool,
}

/// When a notice can be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Possible {
    /// On the day after the reporting date.
    Now(Date),
    /// From this day on.
    From(Date),
    /// Not at all, and why.
    Never(String),
}

/// What leaving early costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyDue {
    /// How much.
    pub amount: Money,
    /// How it is measured, in words.
    pub label: String,
    /// Whether people judged it substantive.
    pub is_substantive: bool,
}

/// Three of the four lines; the headline value to the end as things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// Fees from the reporting date to the end.
    pub headline_value: Money,
    /// Remaining performance obligations.
    pub rpo: Money,
    /// A month's fee.
    pub run_rate_month: Money,
}

/// What a notice of `side` would do to every lease of these that goes on, by lease, the tenant's
/// side first.
pub(super) fn exposures<'a>(
    leases: &Leases,
    all: impl Iterator<Item = &'a Prepared>,
) -> Result<Vec<LeaseExposure>, DisclosureError> {
    let mut rows = Vec::new();
    for lease in all {
        let (Some(view), Some((four, _))) = (&lease.view, &lease.ahead) else { continue };
        let Some(ahead) = view.horizon()? else { continue };
        if ahead.ends() <= view.today {
            continue;
        }
        for side in [Side::Tenant, Side::Owner] {
            let asked = Asked { view, four, ahead: &ahead, side };
            let (lease_name, tenant) =
                (leases.names.lease(&lease.id), leases.names.tenant(&lease.tenant));
            rows.push(asked.answer(lease_name, tenant)?);
        }
    }
    Ok(rows)
}

/// One question: what if this side left this lease?
struct Asked<'a> {
    view: &'a View,
    four: &'a FourLines,
    ahead: &'a Horizon<'a>,
    side: Side,
}

impl Asked<'_> {
    fn answer(&self, lease: Named, tenant: Named) -> Result<LeaseExposure, BooksError> {
        let (terms, facts, now) = (self.view.lease(), self.view.facts(), self.ahead.ends());
        let zero = Money::zero(terms.currency);
        let quote = exit(terms, &facts, self.view.notices(), self.side, self.view.as_of())?;
        let ends = quote.ends.map(|ends| ends.min(now));
        let before = Outlook {
            headline_value: self.ahead.value_to(now)?,
            rpo: self.four.rpo,
            run_rate_month: self.four.run_rate_month,
        };
        let after = match ends {
            Some(ends) if ends < now => self.after(ends)?,
            _ => before,
        };
        let at = |e: leasehold_types::BadAmount| Trouble::from(e).at(&terms.id, "exposure");
        let returned =
            quote.borne_by(Side::Owner, CostNature::Returned, zero.currency()).map_err(at)?;
        Ok(LeaseExposure {
            notice: self.possible(terms, self.view.notices(), &quote),
            penalty: self.penalty(&quote)?,
            returned: if ends.is_some() { returned } else { zero },
            fees_lost: before.headline_value.checked_sub(after.headline_value).map_err(at)?,
            is_undisclosed: self.is_undisclosed(terms, &facts)?,
            side: self.side,
            ends_now: now,
            lease,
            tenant,
            ends,
            before,
            after,
        })
    }

    /// The figures if the notice stood.
    fn after(&self, ends: Date) -> Result<Outlook, BooksError> {
        let under = self.ahead.under_notice(self.side, ends);
        Ok(Outlook {
            headline_value: self.ahead.value_to(ends)?,
            rpo: under.four_lines()?.rpo,
            run_rate_month: Money::zero(self.four.rpo.currency()),
        })
    }

    fn possible(&self, terms: &Lease, notices: &NoticeBook, quote: &Quote) -> Possible {
        match notices.as_of(self.view.as_of()).serve(terms, self.side, self.view.as_of()) {
            Ok(_) => Possible::Now(self.view.today),
            Err(ServeRefusal::NotYet { earliest }) if quote.ends.is_some() => {
                Possible::From(earliest)
            }
            Err(refusal) => Possible::Never(refusal.to_string()),
        }
    }

    fn penalty(&self, quote: &Quote) -> Result<Option<PenaltyDue>, BooksError> {
        let lines = quote.lines.iter();
        let mut paid = lines.filter(|l| l.borne_by == self.side && l.nature == CostNature::Paid);
        let right = self.view.lease().term.exit(self.side);
        let is_substantive =
            right.and_then(|r| r.penalty.as_ref()).is_some_and(|penalty| penalty.substantive);
        Ok(paid.next().map(|line| PenaltyDue {
            amount: line.amount,
            label: line.label.clone(),
            is_substantive,
        }))
    }

    fn is_undisclosed(&self, terms: &Lease, facts: &Facts) -> Result<bool, BooksError> {
        let hides =
            terms.fees.iter().any(|fee| fee.price == leasehold_contract::lease::Price::Undisclosed);
        if !hides {
            return Ok(false);
        }
        let schedule = terms.evaluate(facts)?.schedule(self.view.today, Date::MAX)?;
        Ok(!schedule.undisclosed.is_empty())
    }
}

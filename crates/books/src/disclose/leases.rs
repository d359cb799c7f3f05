//! The leases of the books, each prepared once for all sections.

use std::collections::BTreeMap;

use leasehold_contract::Lease;
use leasehold_contract::disclose::{Band, FourLines};
use leasehold_contract::lease::Standard;
use leasehold_types::{Currency, Date, LeaseId, Money, Ratio, TenantId};
use serde::{Deserialize, Serialize};

use crate::book::{Books, LeaseBook};
use crate::{BooksError, Trouble};

use super::booked::Booked;
use super::error::DisclosureError;
use super::names::{Named, Names};
use super::quarters::Span;
use super::view::View;

/// A lease that is in no sum of what lies ahead. What was booked of it is in the journal's sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which lease.
    pub lease: Named,
    /// Whose.
    pub tenant: Named,
    /// Why; absent where it is anonymous.
    pub because: Option<String>,
}

/// A fee that is owed and in no sum, because its amount is not disclosed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndisclosedFee {
    /// Of which lease.
    pub lease: Named,
    /// Of which phase; absent where it is anonymous.
    pub phase: Option<String>,
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// Months or parts of months that it touches.
    pub months: u32,
}

/// A lease, prepared.
pub(super) struct Prepared {
    pub(super) id: LeaseId,
    pub(super) tenant: TenantId,
    pub(super) currency: Currency,
    /// As it is known; absent where it cannot be computed.
    pub(super) view: Option<View>,
    /// What lies ahead; absent where it is left out.
    pub(super) ahead: Option<(FourLines, Vec<Band>)>,
    /// Why it is left out.
    pub(super) left_out: Option<String>,
}

/// All leases of the books, by id.
pub(super) struct Leases {
    pub(super) all: Vec<Prepared>,
    /// Their places, by tenant.
    by_tenant: BTreeMap<TenantId, Vec<usize>>,
    pub(super) names: Names,
    pub(super) at: Date,
}

impl Leases {
    /// Every lease as it is known at the close of `at`.
    pub(super) fn of(books: &Books, at: Date, cuts: &[Date]) -> Self {
        let all: Vec<_> = books.leases().map(|book| Prepared::of(book, at, cuts)).collect();
        let mut by_tenant: BTreeMap<TenantId, Vec<usize>> = BTreeMap::new();
        for (place, lease) in all.iter().enumerate() {
            by_tenant.entry(lease.tenant.clone()).or_default().push(place);
        }
        Leases { all, by_tenant, names: Names::default(), at }
    }

    /// Names tenants and leases by what was booked over `periods`.
    pub(super) fn name(
        &mut self,
        books: &Books,
        booked: &BTreeMap<Currency, Booked>,
    ) -> Result<(), DisclosureError> {
        let mut tenants: BTreeMap<TenantId, String> = BTreeMap::new();
        let mut leases: BTreeMap<LeaseId, TenantId> = BTreeMap::new();
        for book in books.leases() {
            let signed = book.signed();
            let name = book.version_on(self.at).tenant.name.clone();
            tenants.entry(signed.tenant.id.clone()).or_insert(name);
            leases.insert(signed.id.clone(), signed.tenant.id.clone());
        }
        let mut shares: BTreeMap<TenantId, Ratio> = BTreeMap::new();
        for booked in booked.values() {
            let mut totals: BTreeMap<usize, Money> = BTreeMap::new();
            for ((period, _), revenue) in &booked.periods {
                let total = totals.entry(*period).or_insert(Money::zero(revenue.currency()));
                *total = total.checked_add(*revenue)?;
            }
            for ((period, tenant), revenue) in &booked.periods {
                if let Some(share) = share(*revenue, totals[period])? {
                    let held = shares.entry(tenant.clone()).or_insert(Ratio::ZERO);
                    *held = (*held).max(share);
                }
            }
        }
        self.names = Names::of(&tenants, &leases, &shares);
        Ok(())
    }

    /// The first day on which a lease is charged or delivered, where that can be computed: fees
    /// that are not disclosed are earned though nothing is booked.
    pub(super) fn first_day(&self) -> Option<Date> {
        let views = self.all.iter().filter_map(|lease| lease.view.as_ref());
        views.filter_map(|view| view.book.boundaries().first().copied()).min()
    }

    /// The lease of that id.
    pub(super) fn get(&self, id: &LeaseId) -> Option<&Prepared> {
        self.all.binary_search_by(|lease| lease.id.cmp(id)).ok().map(|place| &self.all[place])
    }

    /// The leases of one tenant.
    pub(super) fn of_tenant(&self, id: &TenantId) -> impl Iterator<Item = &Prepared> {
        self.by_tenant.get(id).into_iter().flatten().map(|place| &self.all[*place])
    }

    /// The leases of one currency.
    pub(super) fn in_currency(&self, currency: Currency) -> impl Iterator<Item = &Prepared> {
        self.all.iter().filter(move |lease| lease.currency == currency)
    }

    /// Every currency that a lease has.
    pub(super) fn currencies(&self) -> impl Iterator<Item = Currency> {
        self.all.iter().map(|lease| lease.currency)
    }

    /// Which of `leases` are left out, and why.
    pub(super) fn left_out<'a>(
        &self,
        leases: impl IntoIterator<Item = &'a Prepared>,
    ) -> Vec<LeftOut> {
        let left = |lease: &Prepared| {
            let because = lease.left_out.clone()?;
            let (tenant, named) = (self.names.tenant(&lease.tenant), self.names.lease(&lease.id));
            Some(LeftOut { lease: named, tenant, because: Some(because) })
        };
        leases.into_iter().filter_map(left).collect()
    }

    /// Fees of `quarter` that are in no sum because they are not disclosed.
    pub(super) fn undisclosed_in(
        &self,
        currency: Currency,
        quarter: &Span,
    ) -> Result<Vec<UndisclosedFee>, DisclosureError> {
        let mut fees = Vec::new();
        for lease in self.in_currency(currency) {
            let Some(view) = &lease.view else { continue };
            for found in view.undisclosed_in(quarter)? {
                fees.push(UndisclosedFee::of(self.names.lease(&lease.id), found));
            }
        }
        Ok(fees)
    }
}

/// `part` of `whole`, exact; `None` where the whole is nothing or below.
pub(super) fn share(part: Money, whole: Money) -> Result<Option<Ratio>, DisclosureError> {
    if whole.minor() <= 0 {
        return Ok(None);
    }
    Ok(Some(part.exact()?.checked_div(whole.exact()?)?))
}

impl UndisclosedFee {
    pub(super) fn of(lease: Named, found: leasehold_contract::schedule::Undisclosed) -> Self {
        let leasehold_contract::schedule::Undisclosed { phase, from, until, months } = found;
        UndisclosedFee { lease, phase: Some(phase), from, until, months }
    }
}

impl Prepared {
    fn of(book: &LeaseBook, at: Date, cuts: &[Date]) -> Self {
        let signed = book.signed();
        let mut prepared = Prepared {
            id: signed.id.clone(),
            tenant: signed.tenant.id.clone(),
            currency: signed.currency,
            view: None,
            ahead: None,
            left_out: None,
        };
        if let Some(parked) = book.parked() {
            let since = parked.since;
            prepared.left_out = Some(format!("parked since {since}: {}", parked.because));
            return prepared;
        }
        match View::of(book, at) {
            Ok(view) => prepared.view = Some(view),
            Err(error) => {
                prepared.left_out = Some(error.to_string());
                return prepared;
            }
        }
        if signed.signed > at {
            prepared.left_out = Some(format!("it is signed later, on {}", signed.signed));
            return prepared;
        }
        match prepared.look_ahead(cuts) {
            Ok(ahead) => prepared.ahead = Some(ahead),
            Err(error) => prepared.left_out = Some(error.to_string()),
        }
        prepared
    }

    fn look_ahead(&self, cuts: &[Date]) -> Result<(FourLines, Vec<Band>), BooksError> {
        let horizon = self.view.as_ref().map(View::horizon).transpose()?.flatten();
        let nothing = || Trouble::Impossible("no version governs then".to_owned());
        let horizon = horizon.ok_or_else(|| nothing().at(&self.id, "disclosures"))?;
        Ok(horizon.maturity(cuts)?)
    }

    /// The version in force as the reporting date has closed, where the lease can be computed.
    pub(super) fn lease(&self) -> Option<&Lease> {
        self.view.as_ref().map(View::lease)
    }

    /// By which standard it is accounted for.
    pub(super) fn standard(&self) -> Standard {
        self.lease().map(|lease| lease.accounting.standard).unwrap_or_default()
    }

    /// Whether the tenant is a related party on any day of `from..=through`.
    pub(super) fn is_related(&self, from: Date, through: Date) -> bool {
        let related = self.lease().map_or(&[][..], |lease| &lease.related);
        related.iter().any(|r| r.from <= through && r.until.is_none_or(|until| until > from))
    }
}

//! Who signed, and what is assumed rather than known.

use leasehold_types::{Date, TenantId};
use serde::{Deserialize, Serialize};

use super::PartyDetails;

/// One side of the lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its id in this system.
    pub id: TenantId,
    /// Its legal name.
    pub name: String,
    /// Addresses of record for notices (`mailto:` or `https:`).
    pub notices: Vec<String>,
    /// What its invoices say of it besides.
    #[serde(default)]
    pub details: PartyDetails,
}

/// A span in which the tenant is a related party of the owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedParty {
    /// The first day of the relation.
    pub from: Date,
    /// The first day after it; open where absent.
    pub until: Option<Date>,
    /// Where this is documented.
    pub reference: String,
}

/// Something that is not public, and what was assumed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// The field it is about, as a path in the term sheet: `tranche.colossus-1.units`.
    pub about: String,
    /// What was assumed and why.
    pub text: String,
}

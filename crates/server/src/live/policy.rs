//! What the owner has decided about how the desk is run.

use serde::{Deserialize, Serialize};

/// What the owner has decided about how the desk is run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What needs a second person.
    pub four_eyes: FourEyes,
}

/// What needs a second person: it is carried out once somebody else with the right approves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FourEyes {
    /// Recalls, and extensions of recalls, outside the clause.
    pub recall_outside_terms: bool,
    /// Signing and amending.
    pub signing: bool,
    /// Voiding an invoice.
    pub voiding: bool,
}

//! Who did what.

use leasehold_types::Instant;

use crate::table;

table! {
    /// One row an entry of the journal, in words.
    pub struct ActRow in "act", key [seq],
    indexes [[actor, seq], [lease, seq], [tenant, seq], [kind, seq]] {
        /// The entry.
        seq: u64,
        /// When it takes effect.
        at: Instant,
        /// Who brought it about.
        actor: String,
        /// What kind of entry it is.
        kind: String,
        /// The lease that it is about; empty where it is about none.
        lease: String,
        /// The tenant that it concerns; empty where it is the owner's own affair.
        tenant: String,
        /// What was done, in a sentence.
        summary: String,
    }
}

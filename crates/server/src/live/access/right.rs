//! Rights, and the roles that bundle them.
//!
//! A role belongs to a side: one of the owner's gives rights over everything, one of a tenant's the
//! same kinds of rights over what is that tenant's own. A key has roles too, and may be narrowed to
//! some rights of them (its scopes).

use std::fmt;

use leasehold_contract::lease::Side;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $word:literal, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $( $(#[$variant_doc])* #[serde(rename = $word)] $variant, )*
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word for it.
            pub const fn word(self) -> &'static str {
                match self { $( $name::$variant => $word, )* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

words! {
    /// Something that somebody may do. Every route of the API needs one.
    Right {
        /// See sites, halls, pools and nodes.
        FleetRead = "fleet:read",
        /// Say that a node failed or was repaired.
        FleetWrite = "fleet:write",
        /// See leases: their terms, schedules, entitlements.
        LeasesRead = "leases:read",
        /// Sign, amend, give and take back notice, elect; a tenant: give and take back its own
        /// notice, elect.
        LeasesWrite = "leases:write",
        /// Put nodes at a lease's disposal.
        LeasesDeliver = "leases:deliver",
        /// See recalls.
        RecallsRead = "recalls:read",
        /// Order, extend, withdraw and return recalls; run drills.
        RecallsWrite = "recalls:write",
        /// Acknowledge a recall.
        RecallsAcknowledge = "recalls:acknowledge",
        /// Record that the notice of a recall was served.
        RecallsServe = "recalls:serve",
        /// Record that the nodes of a recall are drained.
        RecallsRelease = "recalls:release",
        /// See the owner's jobs.
        JobsRead = "jobs:read",
        /// Submit, start and end the owner's jobs.
        JobsWrite = "jobs:write",
        /// See invoices, credit notes, payments and statements.
        BooksRead = "books:read",
        /// Record payments and refunds, credit and void invoices.
        BooksWrite = "books:write",
        /// See the disclosures.
        DisclosuresRead = "disclosures:read",
        /// Hand in what was metered.
        UsageWrite = "usage:write",
        /// See and export the audit log.
        AuditRead = "audit:read",
        /// See organisations, users and keys.
        AccessRead = "access:read",
        /// Add and change organisations, users and keys.
        AccessWrite = "access:write",
        /// Approve what somebody else asked for.
        Approve = "approvals:write",
        /// Decide what needs a second person.
        PolicyWrite = "policy:write",
    }
}

words! {
    /// What somebody is, in one word.
    Role {
        /// The owner's administrator: people, keys, policy.
        Admin = "admin",
        /// Decides on leases and recalls for the owner.
        Capacity = "capacity",
        /// Keeps the owner's money.
        Finance = "finance",
        /// Sees everything of the owner's, and changes nothing.
        Auditor = "auditor",
        /// The second person.
        Approver = "approver",
        /// The owner's job scheduler.
        Scheduler = "scheduler",
        /// What grants, drains and revokes nodes.
        Engine = "engine",
        /// What meters use.
        Meter = "meter",
        /// What delivers notices.
        Post = "post",
        /// A tenant's administrator.
        TenantAdmin = "tenant_admin",
        /// Sees everything of a tenant's, and changes nothing.
        TenantViewer = "tenant_viewer",
    }
}

use Right::{
    AccessRead, AccessWrite, Approve, AuditRead, BooksRead, BooksWrite, DisclosuresRead, FleetRead,
    FleetWrite, JobsRead, JobsWrite, LeasesDeliver, LeasesRead, LeasesWrite, PolicyWrite,
    RecallsAcknowledge, RecallsRead, RecallsRelease, RecallsServe, RecallsWrite, UsageWrite,
};

/// What an auditor sees, and everybody else who sees all.
const ALL_READ: Rights = Rights::of(&[
    FleetRead,
    LeasesRead,
    RecallsRead,
    JobsRead,
    BooksRead,
    DisclosuresRead,
    AuditRead,
    AccessRead,
]);

impl Role {
    /// Whose it can be.
    pub const fn side(self) -> Side {
        match self {
            Role::TenantAdmin | Role::TenantViewer => Side::Tenant,
            _ => Side::Owner,
        }
    }

    /// What it allows: the one table of roles.
    pub const fn rights(self) -> Rights {
        match self {
            Role::Admin => ALL_READ.and(Rights::of(&[AccessWrite, PolicyWrite])),
            Role::Capacity => Rights::of(&[
                FleetRead,
                FleetWrite,
                LeasesRead,
                LeasesWrite,
                LeasesDeliver,
                RecallsRead,
                RecallsWrite,
                RecallsServe,
                RecallsRelease,
                JobsRead,
                JobsWrite,
                BooksRead,
            ]),
            Role::Finance => Rights::of(&[
                FleetRead,
                LeasesRead,
                RecallsRead,
                BooksRead,
                BooksWrite,
                DisclosuresRead,
                UsageWrite,
            ]),
            Role::Auditor => ALL_READ,
            Role::Approver => Rights::of(&[FleetRead, LeasesRead, RecallsRead, BooksRead, Approve]),
            Role::Scheduler => Rights::of(&[FleetRead, RecallsRead, JobsRead, JobsWrite]),
            Role::Engine => Rights::of(&[
                FleetRead,
                FleetWrite,
                LeasesRead,
                LeasesDeliver,
                RecallsRead,
                RecallsRelease,
                JobsRead,
            ]),
            Role::Meter => Rights::of(&[UsageWrite]),
            Role::Post => Rights::of(&[RecallsRead, RecallsServe]),
            Role::TenantAdmin => Rights::of(&[
                LeasesRead,
                LeasesWrite,
                RecallsRead,
                RecallsAcknowledge,
                BooksRead,
                AccessRead,
                AccessWrite,
            ]),
            Role::TenantViewer => Rights::of(&[LeasesRead, RecallsRead, BooksRead, AccessRead]),
        }
    }
}

/// A set of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights(u32);

impl Rights {
    /// None.
    pub const NONE: Rights = Rights(0);
    /// All.
    pub const ALL: Rights = Rights::of(Right::ALL);

    /// These.
    pub const fn of(rights: &[Right]) -> Self {
        let (mut all, mut i) = (0, 0);
        while i < rights.len() {
            all |= 1 << rights[i] as u32;
            i += 1;
        }
        Rights(all)
    }

    /// Those of either.
    #[must_use]
    pub const fn and(self, other: Rights) -> Self {
        Rights(self.0 | other.0)
    }

    /// Those of both.
    #[must_use]
    pub const fn within(self, other: Rights) -> Self {
        Rights(self.0 & other.0)
    }

    /// Whether `right` is one of them.
    pub const fn has(self, right: Right) -> bool {
        self.0 & (1 << right as u32) != 0
    }

    /// Those of all these roles.
    pub fn of_roles(roles: &[Role]) -> Self {
        roles.iter().fold(Rights::NONE, |all, role| all.and(role.rights()))
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.iter().copied().filter(move |right| self.has(*right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, to be read by a person who changes it.
    #[test]
    fn the_table_of_roles() {
        let mut table = String::new();
        for role in Role::ALL {
            let rights: Vec<&str> = role.rights().iter().map(Right::word).collect();
            table += &format!("{role} ({}): {}\n", role.side(), rights.join(" "));
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn nobody_approves_what_it_may_ask_for() {
        let asks = [LeasesWrite, RecallsWrite, BooksWrite];
        for role in Role::ALL.iter().filter(|role| role.rights().has(Approve)) {
            assert!(asks.iter().all(|right| !role.rights().has(*right)), "{role}");
        }
    }
}

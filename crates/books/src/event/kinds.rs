//! The kinds of events and what each says. All spans are half-open.

use leasehold_contract::Lease;
use leasehold_contract::facts::UnitRange;
use leasehold_contract::lease::{Overage, Price, RecallRight, Remedy, Side, Taxed};
use leasehold_types::{AcceleratorSeconds, Date, Instant, Money, Period, Tokens, TrancheId, Units};
use serde::{Deserialize, Serialize};

use super::EventKey;

macro_rules! kinds {
    ($(
        $(#[$doc:meta])*
        $name:ident $word:literal {
            $( $(#[$field_doc:meta])* $field:ident: $type:ty, )*
        }
    )*) => {
        /// What happened.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum EventKind {
            $( $(#[$doc])* $name($name), )*
        }

        impl EventKind {
            /// The word for it in the events file.
            pub fn word(&self) -> &'static str {
                match self { $( EventKind::$name(_) => $word, )* }
            }

            /// Every word that the events file may use.
            pub const WORDS: &'static [&'static str] = &[$($word),*];
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $( $(#[$field_doc])* pub $field: $type, )*
            }

            impl From<$name> for EventKind {
                fn from(kind: $name) -> EventKind {
                    EventKind::$name(kind)
                }
            }
        )*

        /// The shape of each kind on its line: the head that all share, then what it says.
        pub(super) mod lines {
            use super::*;
            use leasehold_types::LeaseId;
            use crate::event::Event;

            $(
                #[derive(Serialize, Deserialize)]
                #[serde(deny_unknown_fields)]
                struct $name {
                    id: String,
                    source: String,
                    at: Instant,
                    #[serde(default, skip_serializing_if = "Option::is_none")]
                    effective: Option<Instant>,
                    lease: LeaseId,
                    kind: String,
                    $( $(#[$field_doc])* $field: $type, )*
                }
            )*

            /// Reads a line of the kind that `word` names; `None` where no kind has that word.
            pub(in crate::event) fn read(
                word: &str,
                text: &str,
            ) -> Option<Result<Event, serde_json::Error>> {
                match word {
                    $( $word => Some(serde_json::from_str::<$name>(text).map(|line| Event {
                        key: EventKey::new(&line.source, &line.id),
                        at: line.at,
                        effective: line.effective,
                        lease: line.lease,
                        kind: EventKind::$name(super::$name { $( $field: line.$field, )* }),
                    })), )*
                    _ => None,
                }
            }

            /// Writes an event as its line.
            pub(in crate::event) fn write(event: &Event) -> Result<String, serde_json::Error> {
                match &event.kind {
                    $( EventKind::$name(kind) => {
                        let super::$name { $( $field, )* } = kind.clone();
                        serde_json::to_string(&$name {
                            id: event.key.id.to_string(),
                            source: event.key.source.to_string(),
                            at: event.at,
                            effective: event.effective,
                            lease: event.lease.clone(),
                            kind: $word.to_owned(),
                            $( $field, )*
                        })
                    } )*
                }
            }
        }
    };
}

kinds! {
    /// A side gave notice to end the lease. It was received when it took effect.
    NoticeGiven "notice" {
        /// Whose notice.
        side: Side,
    }

    /// A side took its notice back.
    NoticeWithdrawn "withdrawal" {
        /// Whose notice.
        side: Side,
        /// Where the other side's consent is written.
        consent: String,
    }

    /// The lease ends for a cause, by agreement or by force majeure.
    Termination "termination" {
        /// The first day after its last.
        ends: Date,
        /// Why.
        reason: String,
    }

    /// Units reached the tenant, or none had by then.
    Delivered "delivery" {
        /// Which tranche.
        tranche: TrancheId,
        /// The first day on which the tenant has them.
        on: Date,
        /// How many, besides those delivered before; 0 says that nothing has come yet.
        units: Units,
    }

    /// Units went back to the owner for good, as a new version of the lease began.
    Removed "removal" {
        /// From which tranche.
        tranche: TrancheId,
        /// The first day on which the tenant has them no more: the day on which a version begins.
        on: Date,
        /// How many of those delivered before.
        units: Units,
    }

    /// The tenant elected what follows from a late delivery.
    LateElection "late_election" {
        /// Which tranche.
        tranche: TrancheId,
        /// What it elected.
        remedy: Remedy,
        /// The first day on which it holds.
        from: Date,
        /// Units that it keeps, where it accepts fewer; what was delivered by then where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keeps: Option<Units>,
    }

    /// The tenant elected what follows from much having been recalled.
    RecallElected "recall_election" {
        /// What it elected.
        right: RecallRight,
        /// The first day on which it holds.
        from: Date,
        /// Which tranche, where units are given up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tranche: Option<TrancheId>,
        /// Units that it keeps, where units are given up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keeps: Option<Units>,
        /// Days by which the term is extended, where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<u32>,
    }

    /// Units were taken back for a time: from their real release to their return, or to the return
    /// expected while they are out.
    Recalled "recall" {
        /// From which tranche.
        tranche: TrancheId,
        /// The release.
        from: Instant,
        /// The return.
        until: Instant,
        /// The notice class by which they were taken.
        class: String,
        /// How many, none of them in any other recall. Either this or `numbered`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<Units>,
        /// Which, numbered from 0 within the tranche; a unit in several recalls counts once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        numbered: Option<Vec<UnitRange>>,
        /// Whether the clause allowed it.
        #[serde(default = "yes")]
        within_clause: bool,
    }

    /// The units of a recall came back at another time than was expected.
    RecallReturned "recall_return" {
        /// The event of the recall.
        recall: EventKey,
        /// When they came back.
        returned: Instant,
    }

    /// Units of the tenant's did not work.
    Outage "outage" {
        /// Of which tranche.
        tranche: TrancheId,
        /// When it began.
        from: Instant,
        /// When it ended.
        until: Instant,
        /// How many units.
        units: Units,
        /// Which node; its outages that overlap count once. Without it they add up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<String>,
    }

    /// Healthy units beyond the commitment were at the tenant's disposal.
    Spare "spare" {
        /// Of which tranche.
        tranche: TrancheId,
        /// From when.
        from: Instant,
        /// Until when.
        until: Instant,
        /// How many units.
        units: Units,
    }

    /// Time that does not count against the owner.
    Excused "excuse" {
        /// Of which tranche; of all where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tranche: Option<TrancheId>,
        /// From when.
        from: Instant,
        /// Until when.
        until: Instant,
        /// How many units of each tranche; all where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<Units>,
        /// Why.
        because: ExcusedBecause,
    }

    /// What was used, as metered. The same request metered twice has the same source and id.
    Usage "usage" {
        /// The beginning of what was measured; tokens belong to the period that holds it.
        from: Instant,
        /// The end of what was measured; accelerator-seconds are spread evenly up to it.
        until: Instant,
        /// All use of the lease's accelerators; what exceeds the entitlement within an hour is
        /// overage.
        #[serde(default, skip_serializing_if = "no_time")]
        accelerator_seconds: AcceleratorSeconds,
        /// Tokens to be priced, every one of them.
        #[serde(default, skip_serializing_if = "TokenUse::is_zero")]
        tokens: TokenUse,
        /// By which model, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
    }

    /// A new version of the lease. Either its compiled form or the path of its term sheet, which
    /// whoever reads files resolves.
    Amendment "amendment" {
        /// The path of its term sheet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet: Option<String>,
        /// The version itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Box<Lease>>,
    }

    /// A price changed by an index, a review or a letter.
    RateChange "rate" {
        /// The first day of the new price.
        from: Date,
        /// Which fee phase, where a fee changes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phase: Option<String>,
        /// The new price of that phase.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<Price>,
        /// The new prices of overage, where they change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overage: Option<Box<Overage>>,
        /// Why.
        reason: String,
    }

    /// The tax on this lease changed.
    TaxChange "tax" {
        /// The first day of supply under the new rule.
        from: Date,
        /// Which lines.
        #[serde(default)]
        on: Taxed,
        /// What is charged from then on.
        class: crate::rating::TaxClass,
    }

    /// The tenant paid.
    Payment "payment" {
        /// How much.
        money: Money,
        /// Towards what.
        #[serde(default)]
        toward: PaidToward,
        /// The invoices that it names, in the order in which it pays them. Where absent, the
        /// invoice that falls due first is paid first; where empty, the money is held.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invoices: Option<Vec<String>>,
        /// The reference on the transfer.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reference: String,
    }

    /// Money held for the tenant is put against an invoice.
    Allocation "allocation" {
        /// How much.
        money: Money,
        /// Which invoice.
        invoice: String,
        /// From which money.
        #[serde(default)]
        out_of: PaidFrom,
    }

    /// Money was paid back to the tenant.
    Refund "refund" {
        /// How much.
        money: Money,
        /// Out of which money.
        #[serde(default)]
        out_of: PaidFrom,
        /// The reference on the transfer.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reference: String,
    }

    /// Part of an invoice is credited by a decision: a dispute settled, a gesture.
    CreditGranted "credit" {
        /// Which invoice.
        invoice: String,
        /// Which of its lines, how much of each before tax; all that is left where empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<LineCredit>,
        /// Why.
        reason: String,
    }

    /// An invoice is void: what is left of it is credited and billed again by the next one.
    InvoiceVoided "void" {
        /// Which invoice.
        invoice: String,
        /// Why.
        reason: String,
    }

    /// An event did not happen, or happened otherwise. From now on it counts for nothing; what did
    /// happen is an event of its own.
    Correction "correction" {
        /// The event.
        event: EventKey,
        /// Why.
        reason: String,
    }
}

const fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn no_time(time: &AcceleratorSeconds) -> bool {
    time.is_zero()
}

/// Why time does not count against the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExcusedBecause {
    /// Maintenance that was announced.
    Maintenance,
    /// What the tenant did.
    TenantFault,
    /// What nobody could help.
    ForceMajeure,
}

/// Tokens of each sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenUse {
    /// Input tokens that were not cached.
    #[serde(default)]
    pub input: Tokens,
    /// Input tokens that were cached.
    #[serde(default)]
    pub cached: Tokens,
    /// Output tokens.
    #[serde(default)]
    pub output: Tokens,
}

impl TokenUse {
    /// Whether there are none.
    pub const fn is_zero(&self) -> bool {
        self.input.is_zero() && self.cached.is_zero() && self.output.is_zero()
    }
}

/// Towards what a payment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidToward {
    /// Invoices.
    #[default]
    Invoices,
    /// The deposit.
    Deposit,
    /// A prepayment.
    Prepayment,
}

/// Money of the tenant's that the owner holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidFrom {
    /// What was paid and has not been used.
    #[default]
    OnAccount,
    /// Credits that no invoice has used (a refund only).
    CreditBalance,
    /// The deposit.
    Deposit,
    /// A prepayment.
    Prepayment,
}

/// Part of a line to be credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineCredit {
    /// The line's number on its invoice.
    pub line: u32,
    /// How much of it, before tax; all that is left where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
}

impl Recalled {
    /// From release to return.
    pub fn period(&self) -> Period {
        Period::new(self.from, self.until)
    }
}

impl Usage {
    /// What was measured.
    pub fn period(&self) -> Period {
        Period::new(self.from, self.until)
    }
}

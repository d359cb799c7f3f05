//! Faults of parties, versions, dates and exits.

use super::{Code, Severity, codes};

codes! { TERM_CODES:
    OWNER_IS_TENANT = Error "owner-is-tenant"
        "a lease has two sides (docs/term-sheet.md#owner)";
    NO_NOTICE_ADDRESS = Warning "no-notice-address"
        "notices of ending and of recall are served at the addresses of record \
         (docs/term-sheet.md#owner)";
    RELATED_SPAN_INVERTED = Error "related-span-inverted"
        "a span ends after it begins; `until` is the first day after it \
         (docs/term-sheet.md#tenantrelated)";
    RELATED_SPANS_OVERLAP = Error "related-spans-overlap"
        "on each day a tenant is a related party once or not at all \
         (docs/term-sheet.md#tenantrelated)";
    EFFECTIVE_MISSING = Error "effective-missing"
        "an amendment is a new version from a date; nothing before it changes \
         (docs/term-sheet.md#lease)";
    EFFECTIVE_BEFORE_SIGNED = Error "effective-before-signed"
        "nothing governs before the lease is signed; what was agreed for earlier days is a credit \
         note and a new charge (docs/term-sheet.md#lease)";
    EFFECTIVE_AFTER_END = Error "effective-after-end"
        "a version governs at least one day of the lease (docs/term-sheet.md#lease)";
    END_BEFORE_START = Error "end-before-start"
        "a lease ends after it is signed and after its first delivery (docs/term-sheet.md#term)";
    ANCHOR_OUTSIDE_TERM = Error "anchor-outside-term"
        "lease months are counted from a day before the end (docs/term-sheet.md#lease)";
    INITIAL_PERIOD_AFTER_END = Error "initial-period-after-end"
        "the initial period is part of the term (docs/term-sheet.md#term)";
    INITIAL_PERIOD_IDLE = Warning "initial-period-idle"
        "an initial period ends after the lease is signed, or it keeps nobody from leaving \
         (docs/term-sheet.md#term)";
    EXIT_BEFORE_SIGNED = Error "exit-before-signed"
        "nobody gives notice, and no lease ends, before it is signed \
         (docs/term-sheet.md#termowner-and-termtenant)";
    EXIT_NEVER_USABLE = Warning "exit-never-usable"
        "the earliest end by notice is the latest of the notice's last date, \
         `earliest_effective` and `initial_period_end`; at or after the stated end it ends \
         nothing early (docs/term-sheet.md#termowner-and-termtenant)";
    EXIT_BOUND_IDLE = Warning "exit-bound-idle"
        "`earliest_effective` binds only where a notice served as early as possible would end \
         the lease before it (docs/term-sheet.md#termowner-and-termtenant)";
    NOTICE_ZERO = Error "notice-zero"
        "a notice has at least one day; the day of receipt is not counted \
         (docs/term-sheet.md#termowner-and-termtenant)";
    PENALTY_ZERO = Error "penalty-zero"
        "a penalty costs something; leave it out where leaving is free \
         (docs/term-sheet.md#termownerpenalty-and-termtenantpenalty)";
}

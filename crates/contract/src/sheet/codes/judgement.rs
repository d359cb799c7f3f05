//! Faults of service levels, accounting judgements and assumptions.

use super::{Code, Severity, codes};

codes! { JUDGEMENT_CODES:
    LADDER_OUT_OF_ORDER = Error "ladder-out-of-order"
        "down the ladder `below` falls and `credit` rises: the lowest step reached counts \
         (docs/term-sheet.md#serviceavailability)";
    CREDIT_ABOVE_CAP = Error "credit-above-cap"
        "no credit is above the month's cap, or it could never be paid \
         (docs/term-sheet.md#serviceavailability)";
    CHRONIC_IMPOSSIBLE = Error "chronic-impossible"
        "there are at most `within_months` poor months among `within_months` \
         (docs/term-sheet.md#servicechronic)";
    DUPLICATE_LATENCY = Error "duplicate-latency"
        "each input length and percentile has one target (docs/term-sheet.md#servicelatency)";
    LATENCY_FALLS = Warning "latency-falls"
        "longer inputs usually take longer (docs/term-sheet.md#servicelatency)";
    JUDGEMENT_WITHOUT_REFERENCE = Error "judgement-without-reference"
        "judgements are made by people, with a reference to where they are written; the software \
         decides none (docs/term-sheet.md#accounting)";
    ACCOUNTING_WITHOUT_REFERENCE = Warning "accounting-without-reference"
        "judgements are made by people, with a reference to where they are written; the software \
         decides none (docs/term-sheet.md#accounting)";
    EXPEDIENT_DOES_NOT_APPLY = Warning "expedient-does-not-apply"
        "an expedient leaves obligations out of RPO only under its conditions \
         (ASC 606-10-50-14 and 50-14A)";
    UNKNOWN_PATH = Error "unknown-path"
        "an assumption is about a key or table of the sheet, written like \
         `tranche.colossus-1.units` (docs/term-sheet.md#assumption)";
}

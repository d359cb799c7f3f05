//! Faults of the file and of single values.

use super::{Code, Severity, codes};

codes! { FORMAT_CODES:
    SHEET_TOO_LARGE = Error "sheet-too-large"
        "a term sheet has at most 1 MiB (docs/term-sheet.md#limits)";
    EMPTY_SHEET = Error "empty-sheet"
        "a term sheet names at least the two sides, the capacity, the fee and the term \
         (docs/term-sheet.md#the-sheet)";
    SYNTAX = Error "syntax"
        "a term sheet is written in TOML (toml.io, version 1.1)";
    UNQUOTED = Error "unquoted"
        "a text stands in quotes (toml.io, version 1.1, String)";
    DUPLICATE_KEY = Error "duplicate-key"
        "a key or table is written once (toml.io, version 1.1, Keys)";
    UNKNOWN_FORMAT = Error "unknown-format"
        "`term_sheet` names the version of the format, which is 1 (docs/term-sheet.md#the-sheet)";
    TOO_MANY_FAULTS = Error "too-many-faults"
        "at most 1,000 faults are shown at once (docs/term-sheet.md#limits)";
    NOT_COMPILED = Error "not-compiled"
        "a sheet without faults compiles (docs/term-sheet.md#faults)";
    UNKNOWN_KEY = Error "unknown-key"
        "a key that the format does not have is refused, so that nothing written is overlooked \
         (docs/term-sheet.md#how-it-is-read)";
    MISSING_KEY = Error "missing-key"
        "what has no default must be written (docs/term-sheet.md#how-it-is-read)";
    MISSING_CHOICE = Error "missing-choice"
        "of keys that exclude each other, exactly one is written \
         (docs/term-sheet.md#how-it-is-read)";
    EXCLUSIVE_KEYS = Error "exclusive-keys"
        "of keys that exclude each other, exactly one is written \
         (docs/term-sheet.md#how-it-is-read)";
    IDLE_KEY = Error "idle-key"
        "a key that would have no effect is refused (docs/term-sheet.md#how-it-is-read)";
    WRONG_TYPE = Error "wrong-type"
        "each key has one type (docs/term-sheet.md#how-it-is-read)";
    TOO_MANY_ENTRIES = Error "too-many-entries"
        "lists have limits (docs/term-sheet.md#limits)";
    EMPTY_LIST = Error "empty-list"
        "this list has at least one entry (docs/term-sheet.md#how-it-is-read)";
    DUPLICATE_ENTRY = Error "duplicate-entry"
        "an entry stands once in its list (docs/term-sheet.md#how-it-is-read)";
    UNKNOWN_CHOICE = Error "unknown-choice"
        "this key takes one of a few words (docs/term-sheet.md#how-it-is-read)";
    WRONG_NAME = Error "wrong-name"
        "a name has 1 to 64 lower-case letters, digits, `-`, `_`, `.` or `/`, and begins with a \
         letter or digit (docs/term-sheet.md#names)";
    WRONG_TEXT = Error "wrong-text"
        "a text is not blank, not too long, and has no control characters \
         (docs/term-sheet.md#texts)";
    WRONG_ADDRESS = Error "wrong-address"
        "an address of record is a `mailto:` or `https:` address, since notices run from when \
         they are served there (docs/term-sheet.md#owner)";
    WRONG_DATE = Error "wrong-date"
        "a date is a civil day that exists, written like 2026-07-01 without quotes or time \
         (docs/term-sheet.md#dates)";
    DATE_OUT_OF_RANGE = Error "date-out-of-range"
        "a date lies between 1900 and 9000 (docs/term-sheet.md#limits)";
    WRONG_NUMBER = Error "wrong-number"
        "a count is a whole number; nothing is read through floating point \
         (docs/term-sheet.md#numbers)";
    NUMBER_OUT_OF_RANGE = Error "number-out-of-range"
        "each count has a least and a most (docs/term-sheet.md#limits)";
    WRONG_AMOUNT = Error "wrong-amount"
        "an amount is written in major units as decimal digits, like \"1250000.00\" or \
         \"USD 1250000.00\" (docs/term-sheet.md#amounts)";
    TOO_MANY_DECIMALS = Error "too-many-decimals"
        "an amount has at most the decimals of its currency (ISO 4217), a rate or share at most \
         9 (docs/term-sheet.md#amounts)";
    AMOUNT_OUT_OF_RANGE = Error "amount-out-of-range"
        "an amount is not negative and at most a quadrillion (docs/term-sheet.md#limits)";
    MIXED_CURRENCIES = Error "mixed-currencies"
        "a lease has one currency, and two are never added (docs/term-sheet.md#amounts)";
    UNKNOWN_CURRENCY = Error "unknown-currency"
        "a currency is a national currency by its three-letter code (ISO 4217)";
    UNKNOWN_ZONE = Error "unknown-zone"
        "a time zone has a name of the IANA tables (iana.org/time-zones)";
    WRONG_SHARE = Error "wrong-share"
        "a share or multiple is written like \"12.5%\", \"0.125\" or \"1/8\" (docs/term-sheet.md#shares)";
    SHARE_OUT_OF_RANGE = Error "share-out-of-range"
        "each share or multiple has a least and a most (docs/term-sheet.md#shares)";
    WRONG_DURATION = Error "wrong-duration"
        "a length of time is whole numbers with d, h, min or s, the largest first, like \"72h\" \
         or \"1d12h\"; d is 24 hours (docs/term-sheet.md#lengths-of-time)";
    DURATION_OUT_OF_RANGE = Error "duration-out-of-range"
        "each length of time has a least and a most (docs/term-sheet.md#limits)";
}

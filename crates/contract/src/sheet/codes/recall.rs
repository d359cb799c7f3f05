//! Faults of the recall clause.

use super::{Code, Severity, codes};

codes! { RECALL_CODES:
    CLAUSE_WITHOUT_UNITS = Warning "clause-without-units"
        "a recall clause covers the `recallable` units of the tranches, 0 where a tranche says \
         nothing (docs/term-sheet.md#recall)";
    DUPLICATE_CLASS = Error "duplicate-class"
        "each notice class has a name of its own (docs/term-sheet.md#recallclass)";
    CLASS_TRIGGER_NOT_IN_CLAUSE = Error "class-trigger-not-in-clause"
        "a class narrows the triggers of its clause and adds none \
         (docs/term-sheet.md#recallclass)";
    TRIGGER_WITHOUT_CLASS = Warning "trigger-without-class"
        "a recall is ordered in a class that its trigger may use \
         (docs/term-sheet.md#recallclass)";
    CLASS_EXCEEDS_RECALLABLE = Error "class-exceeds-recallable"
        "no class takes more than the recallable units of all tranches \
         (docs/term-sheet.md#recallclass)";
    NOTICE_BELOW_DRAIN = Error "notice-below-drain"
        "the drain is the last part of the notice (docs/term-sheet.md#recalldrain)";
    SHORT_NOTICE_CHEAPER = Warning "short-notice-cheaper"
        "shorter notice usually costs at least as much as longer notice \
         (docs/term-sheet.md#recallclass)";
    MULTIPLIER_IDLE = Warning "multiplier-idle"
        "a multiplier multiplies the clause's compensation, and there is none \
         (docs/term-sheet.md#recallclass)";
    CAPS_CONTRADICT = Error "caps-contradict"
        "the most recalls of a day are at most those of a month, and those at most those of a \
         year (docs/term-sheet.md#recall)";
    CAP_NEVER_REACHED = Warning "cap-never-reached"
        "`least_gap` runs from one release to the next, so it limits recalls, too \
         (docs/term-sheet.md#recall)";
    LONGEST_BELOW_DRAIN = Error "longest-below-drain"
        "a recall lasts longer than it takes to empty the units (docs/term-sheet.md#recall)";
    RECALL_UNLIMITED = Warning "recall-unlimited"
        "without `longest` or `most_accelerator_hours_per_year` a recall may last until the lease \
         ends, which lets the owner leave as far as these units go (docs/term-sheet.md#recall)";
    FIRST_RECALL_AFTER_END = Error "first-recall-after-end"
        "the first recall falls within the lease (docs/term-sheet.md#recall)";
    BLACKOUT_INVERTED = Error "blackout-inverted"
        "a blackout ends after it begins; `until` is the first day after it \
         (docs/term-sheet.md#recallblackout)";
    BLACKOUT_TOO_LONG = Error "blackout-too-long"
        "a blackout that comes back each year is shorter than a year \
         (docs/term-sheet.md#recallblackout)";
    BLACKOUT_ON_LEAP_DAY = Error "blackout-on-leap-day"
        "a blackout that comes back each year begins and ends on days that come each year \
         (docs/term-sheet.md#recallblackout)";
    BLACKOUT_OUTSIDE_TERM = Warning "blackout-outside-term"
        "a blackout outside the term forbids nothing (docs/term-sheet.md#recallblackout)";
    BLACKOUTS_COVER_TERM = Error "blackouts-cover-term"
        "a recall clause allows a recall on some day of the term \
         (docs/term-sheet.md#recallblackout)";
    ELECTION_NEVER_ARISES = Warning "election-never-arises"
        "at most the recallable share of the committed accelerator-time can be taken \
         (docs/term-sheet.md#recallelection)";
    ACKNOWLEDGE_AFTER_RELEASE = Warning "acknowledge-after-release"
        "an acknowledgement is due before the release, or it acknowledges nothing \
         (docs/term-sheet.md#recall)";
}

//! How much a term sheet may hold. Each limit is far above what any lease needs and low enough
//! that no sheet can exhaust whoever reads it.

/// Longest term sheet, in bytes.
pub const SHEET_MAX_BYTES: usize = 1 << 20;
/// Most faults that are reported at once.
pub const DIAGNOSTICS_MAX: usize = 1_000;

/// Most tranches.
pub const TRANCHES_MAX: usize = 1_000;
/// Most fee phases.
pub const FEE_PHASES_MAX: usize = 1_000;
/// Most deposits, and most prepayments.
pub const PAYMENTS_MAX: usize = 100;
/// Most commitments, and most tax rules.
pub const MONEY_RULES_MAX: usize = 100;
/// Most notice classes of a recall clause.
pub const NOTICE_CLASSES_MAX: usize = 20;
/// Most blackouts.
pub const BLACKOUTS_MAX: usize = 1_000;
/// Most steps of an availability ladder, and most latency targets.
pub const SERVICE_STEPS_MAX: usize = 100;
/// Most spans in which the tenant is a related party.
pub const RELATED_SPANS_MAX: usize = 100;
/// Most addresses of record of one side.
pub const ADDRESSES_MAX: usize = 20;
/// Most lines of a postal address besides city and code: as many as an invoice of EN 16931 has.
pub const ADDRESS_LINES_MAX: usize = 3;
/// Most assumptions.
pub const ASSUMPTIONS_MAX: usize = 1_000;
/// Most words in a list of choices (each may stand once, so no list needs more).
pub const CHOICES_MAX: usize = 20;

/// Longest name, title or address, in characters.
pub const TEXT_MAX_CHARS: usize = 200;
/// Longest beginning of an invoice's number, in characters.
pub const PREFIX_MAX_CHARS: usize = 20;
/// Longest prose (a reason, an assumption), in characters.
pub const PROSE_MAX_CHARS: usize = 4_000;

/// First year in which a date may fall. Before it calendars and zones are not what they are now.
pub const YEAR_MIN: i16 = 1900;
/// Last year in which a date may fall; leaves room for whatever is added to a date.
pub const YEAR_MAX: i16 = 9000;
/// Longest length of time, in seconds: ten years of 366 days.
pub const DURATION_MAX_SECONDS: i64 = 3_660 * 86_400;
/// Longest notice, grace or time to pay, in days: ten years.
pub const DAYS_MAX: u64 = 3_660;
/// Longest notice or billing period, in months: ten years.
pub const MONTHS_MAX: u64 = 120;
/// Last lease month in which a phase may begin: a hundred years.
pub const LEASE_MONTH_MAX: u64 = 1_200;

/// Most versions of a lease.
pub const VERSION_MAX: u64 = 1_000_000;
/// Most units of one tranche, in accelerators.
pub const UNITS_MAX: u64 = 100_000_000;
/// Most recalls in a day, month or year.
pub const EVENTS_MAX: u64 = 1_000_000;
/// Most accelerator-hours a year: [`UNITS_MAX`] all year over a thousand tranches.
pub const ACCELERATOR_HOURS_MAX: u64 = 1_000_000_000_000_000;
/// Most input tokens of a latency target.
pub const INPUT_TOKENS_MAX: u64 = 1_000_000_000;
/// Longest latency target, in milliseconds: one hour.
pub const LATENCY_MAX_MS: u64 = 3_600_000;

/// Largest amount, in major units: a quadrillion. Products of it stay within 128 bits.
pub const AMOUNT_MAX_MAJOR: i64 = 1_000_000_000_000_000;
/// Most decimals of a rate or a share, and the most digits of a denominator.
pub const RATE_DECIMALS_MAX: u32 = 9;
/// Most times a fee may be multiplied (abatement, compensation, overage, months of fee).
pub const MULTIPLE_MAX: i64 = 1_000;

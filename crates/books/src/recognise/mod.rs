//! Recognition: revenue month by month, on a schedule of its own beside billing.

//! What people read when the desk says no.

//! Replay: drives the desk with traces, models and generated demand, and says what came of it.

pub mod figures;

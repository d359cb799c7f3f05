//! Replay: drives the desk with traces, models and generated demand, and says what came of it.
//!
//! Pure but for reading files: paths are read in `demand::read` and `scenario::load` only.

pub mod demand;
pub mod figures;
pub mod replay;
pub mod scenario;

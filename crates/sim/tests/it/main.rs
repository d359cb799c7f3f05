//! Whole replays of small scenarios, checked against what must hold, and demand from whole traces.

mod bench;
mod random;
mod replay;
mod shipped;
mod traces;

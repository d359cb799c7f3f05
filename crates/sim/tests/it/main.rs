//! Whole replays of small scenarios, checked against what must hold.

mod bench;
mod random;
mod replay;

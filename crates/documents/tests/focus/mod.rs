//! FOCUS: what adds up, what is written, and what others say of it.

mod large;
mod mapping;
mod others;
mod sums;

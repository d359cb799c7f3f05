//! FOCUS: what adds up, what is written, and what others say of it.

mod sums;

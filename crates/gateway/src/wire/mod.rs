//! What passes through, looked at without being read whole.

pub mod json;
pub mod sse;

//! Tests of the command as people call it, and of what the documents say about the workspace.

mod architecture;
mod fleet;
mod general;
mod lease;
mod support;

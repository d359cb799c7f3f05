//! Tests of the command as people call it, and of what the documents say about the workspace.

mod architecture;
mod demo;
mod documents;
mod fleet;
mod general;
mod interrupt;
mod journal;
mod lease;
mod replay;
mod report;
mod support;

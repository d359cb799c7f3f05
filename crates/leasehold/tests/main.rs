//! Tests of the command as people call it, and of what the documents say about the workspace.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that panics has failed, and tests of a program measure how long it takes"
)]

mod architecture;
mod backup;
mod books;
mod books_directory;
mod books_pages;
mod demo;
mod disclose;
mod documents;
mod fleet;
mod gateway;
mod gateway_clients;
mod general;
mod generate;
mod interrupt;
mod journal;
mod lease;
mod plan;
mod replay;
mod report;
mod server;
mod support;

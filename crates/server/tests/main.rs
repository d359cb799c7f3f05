//! The live desk from the outside: its API over a journal in SQLite.

mod document;
mod isolation;
mod story;
mod support;

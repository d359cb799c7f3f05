//! The meter's log: processes that are killed at any moment, and a disk that is full.

mod disk;
mod kill;
mod store;
mod support;

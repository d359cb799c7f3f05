//! The log by itself, on disks that fail and files that were torn.

mod commit;
mod recover;
mod refuse;
pub(crate) mod support;

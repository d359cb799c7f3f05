//! Exit codes; docs/exit-codes.md is their reference.

use std::process::ExitCode;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and the answer is yes where one was asked for.
    Done = 0,
    /// Done, and the answer is no: faults were found, a chain is broken, a lease is parked.
    No = 1,
    /// The command line is not one that this program knows.
    Usage = 2,
    /// An input cannot be read or is not as documented.
    Input = 3,
    /// An output cannot be written.
    Output = 4,
    /// A fault of this program.
    Fault = 70,
    /// Interrupted; what was done until then is reported where it can be.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// The codes in short, as `--help` prints them.
pub(crate) const HELP: &str = "\
Exit codes:
    0  done
    1  done, and the answer is no: faults were found, a chain is broken,
       a lease is parked
    2  the command line is not understood
    3  an input cannot be read or is not as documented
    4  an output cannot be written; nothing half-written is left
   70  a fault of leasehold itself
  130  interrupted; a replay reports what it has until then";

//! What can end a command early, which exit code says so, and how it is told.

use std::error::Error;
use std::fmt::Write as _;

use crate::exit::Exit;
use crate::input::InputError;
use crate::terminal::OutputError;

/// Why a command gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A file that cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Standard output cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A result cannot be put into JSON.
    #[error("cannot put the result into JSON; this is a fault of leasehold, please report it")]
    Json(#[from] serde_json::Error),
}

impl CommandError {
    /// The exit code that says so.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            CommandError::Input(_) => Exit::Input,
            CommandError::Output(_) => Exit::Output,
            CommandError::Json(_) => Exit::Fault,
        }
    }
}

/// An error and its sources, each told once: the error itself, then `caused by: …` lines.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        if !text.contains(&told) {
            let _ = write!(text, "\n  caused by: {told}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Sample {
        #[error("outer")]
        Outer(#[source] Box<Sample>),
        #[error(transparent)]
        Same(Box<Sample>),
        #[error("inner")]
        Inner,
    }

    #[test]
    fn each_cause_is_told_once() {
        let error = Sample::Outer(Box::new(Sample::Same(Box::new(Sample::Inner))));
        assert_eq!(chain(&error), "outer\n  caused by: inner");
    }
}

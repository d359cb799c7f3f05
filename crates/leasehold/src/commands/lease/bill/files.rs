//! The files of a billed lease: each document, the postings, an index.

use std::path::{Path, PathBuf};

use super::answer::Answer;
use crate::commands::books::{Run, formats};
use crate::error::CommandError;
use crate::report::{File, write_files};

/// The index: everything that the command found, as JSON.
const INDEX: &str = "index.json";

/// What was written.
pub(super) struct Written {
    /// The index.
    pub(super) index: PathBuf,
    /// What could not be written in every format, in words.
    pub(super) missing: Vec<String>,
}

/// Writes all of it into `dir`, whole or not at all.
pub(super) fn write(dir: &Path, run: &Run, answer: &Answer<'_>) -> Result<Written, CommandError> {
    let index = serde_json::to_vec_pretty(answer)?;
    let mut files: Vec<File> = vec![(INDEX.into(), index)];
    files.extend(formats::csv(run)?);
    files.push(formats::hledger_file(run)?);
    files.extend(formats::pdf(run)?);
    let (documents, refused) = formats::ubl(run);
    files.extend(documents);
    let mut missing = Vec::new();
    if !refused.is_empty() {
        missing.push(formats::refusal(&refused));
    }
    write_files(dir, &files)?;
    Ok(Written { index: dir.join(INDEX), missing })
}

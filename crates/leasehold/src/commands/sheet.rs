//! Term sheets from files, and their faults as people see them.

use std::path::Path;

use leasehold_contract::diagnostic::{Diagnostic, Severity};
use leasehold_contract::{Lease, sheet};

use crate::error::CommandError;
use crate::input::{name_of, read_text};
use crate::terminal::{Look, Terminal, faults};

/// What messages call a term sheet.
pub(crate) const WHAT: &str = "term sheet";

/// Reads a term sheet that must be sound; its warnings go beside the result.
///
/// # Errors
/// [`CommandError::Input`], or [`CommandError::Faults`] with all faults of the sheet.
pub(crate) fn open(terminal: &mut Terminal, path: &Path) -> Result<Lease, CommandError> {
    let name = name_of(path);
    let text = read_text(path, "a term sheet")?;
    match sheet::compile(&text) {
        Ok(compiled) => {
            if !compiled.warnings.is_empty() {
                let shown = show(terminal.remarks(), &name, &text, &compiled.warnings);
                terminal.note(shown.trim_end());
            }
            Ok(compiled.lease)
        }
        Err(found) => Err(CommandError::Faults {
            shown: show(terminal.remarks(), &name, &text, &found),
            name,
            what: WHAT,
            check: "leasehold lease check",
            errors: found.iter().filter(|found| found.severity == Severity::Error).count(),
        }),
    }
}

/// Diagnostics with the lines that they are about.
pub(crate) fn show(look: Look, name: &str, text: &str, found: &[Diagnostic]) -> String {
    let faults: Vec<faults::Fault<'_>> = found.iter().map(view).collect();
    faults::show(look, name, text, &faults)
}

fn view(diagnostic: &Diagnostic) -> faults::Fault<'_> {
    let also = diagnostic.also.iter();
    faults::Fault {
        is_warning: diagnostic.severity == Severity::Warning,
        code: Some(diagnostic.code),
        message: &diagnostic.message,
        place: faults::Place { span: diagnostic.span.range(), label: &diagnostic.label },
        also: also.map(|a| faults::Place { span: a.span.range(), label: &a.label }).collect(),
        rule: Some(diagnostic.rule),
        remedy: &diagnostic.remedy,
    }
}

//! Every fault that a term sheet can have: its stable name, how bad it is, and the rule it breaks.
//!
//! A rule ends with its source: a section of `docs/term-sheet.md`, or the standard that it is
//! taken from. A test holds the list against that page.

mod books;
mod capacity;
mod format;
mod judgement;
mod recall;
mod term;

pub use books::*;
pub use capacity::*;
pub use format::*;
pub use judgement::*;
pub use recall::*;
pub use term::*;

use crate::diagnostic::{Diagnostic, Severity, Span};

/// A sort of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Its stable name.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The rule that it breaks, with its source.
    pub rule: &'static str,
}

impl Code {
    /// Such a fault, at a place. The caller adds label and remedy.
    pub fn at(self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: self.severity,
            code: self.name,
            message: message.into(),
            span,
            label: String::new(),
            also: Vec::new(),
            rule: self.rule,
            remedy: String::new(),
        }
    }
}

/// Defines codes as constants and lists them.
macro_rules! codes {
    ($list:ident: $($id:ident = $severity:ident $name:literal $rule:literal;)*) => {
        $(
            #[doc = $rule]
            pub const $id: Code = Code { name: $name, severity: Severity::$severity, rule: $rule };
        )*
        /// The codes defined here.
        pub const $list: &[Code] = &[$($id),*];
    };
}
use codes;

/// Every code, in the order of the reference.
pub fn all() -> Vec<Code> {
    [FORMAT_CODES, TERM_CODES, CAPACITY_CODES, BOOKS_CODES, RECALL_CODES, JUDGEMENT_CODES].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_kebab_case_and_rules_give_their_source() {
        let all = all();
        let mut names: Vec<&str> = all.iter().map(|code| code.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        for code in all {
            let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(code.name.chars().all(kebab), "{}", code.name);
            assert!(code.rule.ends_with(')') && code.rule.contains('('), "{}", code.rule);
        }
    }
}

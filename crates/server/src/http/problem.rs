//! What went wrong, as RFC 9457 has it: `application/problem+json`.
//!
//! What outsiders are told names the input, the rule and the next step. What failed inside is told
//! to the log, never to them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::live::{Refusal, RefusalClass};
use crate::writer::WriteError;

/// The media type of a problem.
pub const PROBLEM_MEDIA: &str = "application/problem+json";

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// A reference that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: Box<str>,
    /// The kind of problem, in a few words.
    pub title: &'static str,
    /// The status of HTTP.
    pub status: u16,
    /// What is wrong with this request, by which rule, and what to do.
    pub detail: Box<str>,
    /// The kind of problem, in one word for programs.
    pub code: &'static str,
    /// Each fault of what was sent, where it has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// The id of the request, as in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<Box<str>>,
    /// After how many seconds to try again.
    #[serde(skip)]
    pub retry_after: Option<u32>,
}

/// One fault of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fault {
    /// The kind of fault, in one word for programs.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// Where, as a line of the text, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Where in that line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// The problems that do not come from the state machine: status, code, title.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $status:literal $code:literal $title:literal;)*) => {
        impl Problem {
            $(
                $(#[$doc])*
                pub fn $name(detail: impl Into<String>) -> Self {
                    Problem::new($status, $code, $title, detail)
                }
            )*
        }
    };
}

problems! {
    /// The request cannot be read.
    malformed = 400 "malformed" "The request cannot be read";
    /// A part of the request breaks a rule.
    invalid = 422 "invalid" "A part of the request breaks a rule";
    /// Nobody, or somebody who does not count any more.
    not_signed_in = 401 "not_signed_in" "Not signed in";
    /// Signed in, and not allowed to.
    forbidden = 403 "forbidden" "Not allowed";
    /// No such thing, as far as the caller may know.
    not_found = 404 "not_found" "No such thing";
    /// The route is there, for other methods.
    no_such_method = 405 "no_such_method" "Not with this method";
    /// The body did not come in time.
    too_slow = 408 "too_slow" "The request came too slowly";
    /// The body is too large.
    too_large = 413 "too_large" "The request is too large";
    /// The body is of another media type.
    other_media = 415 "other_media" "Another media type is needed";
    /// Too many requests.
    too_many_requests = 429 "too_many_requests" "Too many requests";
    /// A fault of this program.
    fault = 500 "fault" "A fault of the server";
    /// Not now.
    not_now = 503 "not_now" "Not at present";
}

impl Problem {
    /// A problem.
    pub fn new(
        status: u16,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Problem {
            kind: format!("/v1/docs#problem-{code}").into(),
            title,
            status,
            detail: detail.into().into(),
            code,
            faults: Vec::new(),
            instance: None,
            retry_after: None,
        }
    }

    /// With each fault.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// With when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
        self
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (status, title) = match refusal.class() {
            RefusalClass::NotSignedIn => (401, "Not signed in"),
            RefusalClass::Forbidden => (403, "Not allowed"),
            RefusalClass::NotFound => (404, "No such thing"),
            RefusalClass::Invalid => (422, "A part of the request breaks a rule"),
            RefusalClass::Conflict => (409, "It does not fit how things stand"),
            RefusalClass::NotNow => (503, "Not at present"),
        };
        let problem = Problem::new(status, refusal.code(), title, refusal.to_string());
        problem.with_faults(violations(&refusal))
    }
}

fn violations(refusal: &Refusal) -> Vec<Fault> {
    use leasehold_desk::{RecallRefusal, Refusal as Desk};
    let violations = match refusal {
        Refusal::Desk(
            Desk::OutsideClause { violations, .. } | Desk::NotEvenForced { violations, .. },
        ) => violations,
        Refusal::Desk(Desk::Recall { why: RecallRefusal::Kept { violations, .. }, .. }) => {
            violations
        }
        _ => return Vec::new(),
    };
    let fault = |rule: &leasehold_contract::recall::Violation| Fault {
        code: word(&rule.clause),
        message: rule.message.clone(),
        line: None,
        column: None,
        remedy: None,
    };
    violations.iter().map(fault).collect()
}

/// The word by which an enum without contents is written.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        let detail = error.to_string();
        match error {
            WriteError::Refused(refusal) => refusal.into(),
            WriteError::KeyReused(_) => Problem::new(
                422,
                "idempotency_key_reused",
                "The idempotency key was used for another request",
                detail,
            ),
            WriteError::NotLeader { .. } => {
                Problem::new(503, "not_leader", "This process only reads", detail).retry_after(1)
            }
            WriteError::Busy => Problem::new(503, "busy", "Too much waits", detail).retry_after(1),
            WriteError::Unavailable => {
                Problem::new(503, "unavailable", "The journal cannot be written at present", detail)
                    .retry_after(1)
            }
            WriteError::Unknown => {
                Problem::new(503, "unknown", "It is not known whether it was done", detail)
                    .retry_after(1)
            }
        }
    }
}

/// A text in which faults were found, as faults with their places.
pub(super) fn faults_of(
    text: &str,
    diagnostics: &[leasehold_contract::diagnostic::Diagnostic],
) -> Vec<Fault> {
    let lines = leasehold_contract::diagnostic::Lines::new(text);
    let fault = |found: &leasehold_contract::diagnostic::Diagnostic| {
        let place = lines.position(found.span.start);
        Fault {
            code: found.code.to_owned(),
            message: found.message.clone(),
            line: Some(place.line),
            column: Some(place.column),
            remedy: Some(found.remedy.clone()).filter(|remedy| !remedy.is_empty()),
        }
    };
    diagnostics.iter().map(fault).collect()
}

//! Refusals, in the words and with the status codes that each API's clients expect.

use super::Family;

/// Why a request is refused or an answer is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// No key, or one that nobody knows.
    Key,
    /// The key's lease does not have the model.
    Model(String),
    /// There is no such call.
    Path,
    /// The body cannot be read as a request.
    Ask(super::BadAsk),
    /// The body is longer than this many bytes.
    TooLarge(usize),
    /// The lease's entitlement is used up, and so is the queue; try again after so many seconds.
    Entitlement {
        /// Seconds until something is likely to be free.
        retry_after: u64,
    },
    /// Nothing serves the model now.
    Overloaded {
        /// Seconds until something is likely to serve it.
        retry_after: u64,
    },
    /// The meter's log cannot be written now; try again after so many seconds.
    Meter {
        /// Seconds until it is likely to be written again.
        retry_after: u64,
    },
    /// The client took too long to send its request.
    Slow,
    /// The engine did not answer as an engine should.
    Engine,
    /// The engine did not answer in time.
    Late,
    /// The capacity was recalled, and the drain is over.
    Drained,
    /// The gateway has to stop.
    Stopped,
    /// The client did not read its answer.
    Unread,
}

/// How a refusal is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, as JSON.
    pub body: String,
    /// The header `retry-after`, where it says so.
    pub retry_after: Option<u64>,
}

impl Refused {
    /// Whether nothing serves now and something is likely to later.
    const fn is_passing(&self) -> bool {
        matches!(
            self,
            Refused::Overloaded { .. }
                | Refused::Meter { .. }
                | Refused::Drained
                | Refused::Stopped
        )
    }

    /// The status with which `family` says it.
    pub const fn status(&self, family: Family) -> u16 {
        match (self, family) {
            (_, Family::Anthropic) if self.is_passing() => 529,
            (Refused::Key, _) => 401,
            (Refused::Model(_) | Refused::Path, _) => 404,
            (Refused::Ask(_), _) => 400,
            (Refused::TooLarge(_), _) => 413,
            (Refused::Slow | Refused::Unread, _) => 408,
            (Refused::Entitlement { .. }, _) => 429,
            (Refused::Engine, Family::OpenAi) => 502,
            (Refused::Engine, Family::Anthropic) => 500,
            (Refused::Late, _) => 504,
            _ => 503,
        }
    }

    const fn kind(&self, family: Family) -> &'static str {
        match family {
            Family::OpenAi => self.kind_openai(),
            Family::Anthropic => self.kind_anthropic(),
        }
    }

    const fn kind_openai(&self) -> &'static str {
        match self {
            Refused::Entitlement { .. } => "rate_limit_exceeded",
            Refused::Engine | Refused::Late => "server_error",
            _ if self.is_passing() => "server_error",
            _ => "invalid_request_error",
        }
    }

    const fn kind_anthropic(&self) -> &'static str {
        match self {
            Refused::Key => "authentication_error",
            Refused::Model(_) | Refused::Path => "not_found_error",
            Refused::TooLarge(_) => "request_too_large",
            Refused::Entitlement { .. } => "rate_limit_error",
            Refused::Late => "timeout_error",
            Refused::Engine => "api_error",
            _ if self.is_passing() => "overloaded_error",
            _ => "invalid_request_error",
        }
    }

    const fn code(&self) -> Option<&'static str> {
        match self {
            Refused::Key => Some("invalid_api_key"),
            Refused::Model(_) => Some("model_not_found"),
            Refused::Entitlement { .. } => Some("rate_limit_exceeded"),
            _ => None,
        }
    }

    fn message(&self) -> String {
        match self {
            Refused::Key => "There is no valid API key in this request: send one as \
                             `Authorization: Bearer KEY` or as `x-api-key: KEY`."
                .to_owned(),
            Refused::Model(model) => {
                format!("The model `{model}` does not exist or this key has no access to it.")
            }
            Refused::Path => "There is no such call here.".to_owned(),
            Refused::Ask(bad) => format!("This request cannot be read: {bad}."),
            Refused::TooLarge(most) => format!("The body is longer than {most} bytes."),
            Refused::Entitlement { retry_after } => format!(
                "All of the leased capacity is in use and so is its queue: try again in \
                 {retry_after} s."
            ),
            Refused::Overloaded { retry_after } => {
                format!("Nothing can serve this model now: try again in {retry_after} s.")
            }
            Refused::Meter { retry_after } => format!(
                "Use cannot be put on record now, so nothing is served: try again in \
                 {retry_after} s."
            ),
            Refused::Slow => "The body of this request did not come in time.".to_owned(),
            Refused::Engine => "The engine that was to answer failed.".to_owned(),
            Refused::Late => "The engine that was to answer did not do so in time.".to_owned(),
            Refused::Drained => {
                "The capacity that served this answer was taken back before it was whole."
                    .to_owned()
            }
            Refused::Stopped => {
                "The gateway that passed this answer on had to stop before it was whole.".to_owned()
            }
            Refused::Unread => "This answer was not read in time.".to_owned(),
        }
    }

    /// The whole answer.
    pub fn answer(&self, family: Family) -> Answer {
        let retry_after = match self {
            Refused::Entitlement { retry_after }
            | Refused::Overloaded { retry_after }
            | Refused::Meter { retry_after } => Some(*retry_after),
            _ => None,
        };
        Answer { status: self.status(family), body: self.body(family), retry_after }
    }

    fn body(&self, family: Family) -> String {
        let (kind, message) = (self.kind(family), quoted(&self.message()));
        match family {
            Family::OpenAi => {
                let code = self.code().map_or("null".to_owned(), quoted);
                format!(
                    "{{\"error\":{{\"message\":{message},\"type\":\"{kind}\",\"param\":null,\
                     \"code\":{code}}}}}"
                )
            }
            Family::Anthropic => format!(
                "{{\"type\":\"error\",\"error\":{{\"type\":\"{kind}\",\"message\":{message}}}}}"
            ),
        }
    }

    /// The event by which a stream that has begun says it.
    pub fn event(&self, family: Family) -> String {
        let body = self.body(family);
        match family {
            Family::OpenAi => format!("data: {body}\n\n"),
            Family::Anthropic => format!("event: error\ndata: {body}\n\n"),
        }
    }
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Refused> {
        vec![
            Refused::Key,
            Refused::Model("a\"b\n".to_owned()),
            Refused::Path,
            Refused::Ask(super::super::BadAsk::NoObject),
            Refused::TooLarge(9),
            Refused::Entitlement { retry_after: 3 },
            Refused::Overloaded { retry_after: 5 },
            Refused::Meter { retry_after: 1 },
            Refused::Slow,
            Refused::Engine,
            Refused::Late,
            Refused::Drained,
            Refused::Stopped,
            Refused::Unread,
        ]
    }

    #[test]
    fn every_refusal_is_json_of_its_api() {
        for refused in all() {
            let answer = refused.answer(Family::OpenAi);
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert!(body["error"]["message"].is_string() && body["error"]["type"].is_string());
            let answer = refused.answer(Family::Anthropic);
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(body["type"], "error");
            assert!(body["error"]["message"].is_string() && body["error"]["type"].is_string());
        }
    }

    #[test]
    fn anthropic_s_overloaded_is_529() {
        let overloaded = Refused::Overloaded { retry_after: 5 };
        let answer = overloaded.answer(Family::Anthropic);
        assert_eq!((answer.status, answer.retry_after), (529, Some(5)));
        assert!(answer.body.contains("overloaded_error"));
        assert_eq!(overloaded.status(Family::OpenAi), 503);
        assert_eq!(Refused::Entitlement { retry_after: 1 }.status(Family::OpenAi), 429);
    }

    #[test]
    fn a_stream_says_it_as_an_event() {
        let event = Refused::Drained.event(Family::Anthropic);
        assert!(
            event.starts_with("event: error\ndata: {\"type\":\"error\"") && event.ends_with("\n\n")
        );
        assert!(Refused::Drained.event(Family::OpenAi).starts_with("data: {\"error\":"));
    }
}

//! What a request asks for, and what the engine is asked instead.

use bytes::Bytes;

use super::{Dialect, Surface};
use crate::wire::json::{self, Member};

/// What a request asks for, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which call.
    pub surface: Surface,
    /// By which model.
    pub model: String,
    /// Whether the answer is to come as a stream.
    pub stream: bool,
    /// The most output tokens that it allows, where it says so.
    pub output_max: Option<u64>,
    /// How many answers it wants.
    pub choices: u64,
    /// Whether the client wants to see how many tokens were used in a stream.
    pub wants_usage: bool,
    /// The place of `stream_options` in the body, where it is an object.
    options: Option<std::ops::Range<usize>>,
    /// The place of the member `stream_options`, where it is `null`.
    no_options: Option<std::ops::Range<usize>>,
    /// Whether the client itself asks for `timings_per_token`.
    wants_timings: bool,
}

/// A request that no engine is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAsk {
    /// The body is no object.
    #[error("the body is not a JSON object")]
    NoObject,
    /// It is packed.
    #[error("the body must come as it is, without a content encoding")]
    Packed,
    /// The name of a member has escapes.
    #[error("names of members must be written without `\\`")]
    Escaped,
    /// A member is missing or is not what it should be.
    #[error("`{member}` must be {must}")]
    Member {
        /// Which.
        member: &'static str,
        /// What it must be.
        must: &'static str,
    },
}

/// What the engine is asked, and what is then to be taken out of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The body.
    pub body: Bytes,
    /// Whether `usage` was asked for on the client's behalf and is to be hidden from it.
    pub hide_usage: bool,
    /// Whether `timings` was.
    pub hide_timings: bool,
}

/// Longest name of a model, in bytes.
pub const MODEL_BYTES_MAX: usize = 256;

impl Ask {
    /// Reads what `body` asks of `surface`.
    ///
    /// # Errors
    /// [`BadAsk`], which is for the client to read.
    pub fn read(surface: Surface, body: &[u8]) -> Result<Ask, BadAsk> {
        let mut ask = Ask {
            surface,
            model: String::new(),
            stream: false,
            output_max: None,
            choices: 1,
            wants_usage: false,
            options: None,
            no_options: None,
            wants_timings: false,
        };
        let (mut bad, mut seen) = (None, Vec::new());
        json::members(body, |member| {
            let taken = once(&member, &mut seen).and_then(|()| ask.take(body, &member));
            if let Err(fault) = taken {
                bad.get_or_insert(fault);
            }
        })
        .map_err(|_| BadAsk::NoObject)?;
        match bad {
            Some(fault) => Err(fault),
            None if ask.model.is_empty() => {
                Err(BadAsk::Member { member: "model", must: "the name of a model" })
            }
            None => Ok(ask),
        }
    }

    fn take(&mut self, body: &[u8], member: &Member<'_>) -> Result<(), BadAsk> {
        let value = body.get(member.value.clone()).unwrap_or_default();
        let number = |member| {
            let wrong = BadAsk::Member { member, must: "a whole number" };
            if value == b"null" { Ok(None) } else { json::count(value).ok_or(wrong).map(Some) }
        };
        match member.key {
            b"model" => self.model = model(value)?,
            b"stream" => self.stream = boolean("stream", value)?,
            b"max_tokens" => self.at_most(number("max_tokens")?),
            b"max_completion_tokens" => self.at_most(number("max_completion_tokens")?),
            b"max_output_tokens" => self.at_most(number("max_output_tokens")?),
            b"n" => self.choices = self.choices.max(number("n")?.unwrap_or(1)),
            b"best_of" => self.choices = self.choices.max(number("best_of")?.unwrap_or(1)),
            b"timings_per_token" => self.wants_timings = value == b"true",
            b"stream_options" if value.starts_with(b"{") => {
                let usage = json::member(value, "include_usage").ok().flatten();
                self.wants_usage = usage == Some(b"true");
                self.options = Some(member.value.clone());
            }
            b"stream_options" if value == b"null" => self.no_options = Some(member.whole.clone()),
            b"stream_options" => {
                return Err(BadAsk::Member { member: "stream_options", must: "an object" });
            }
            _ => {}
        }
        Ok(())
    }

    fn at_most(&mut self, limit: Option<u64>) {
        // Where two limits are given, an engine holds to one of them: the larger is the safer guess.
        self.output_max = self.output_max.max(limit);
    }

    /// What the engine is asked instead of `body`, so that it counts what it sends.
    pub fn prepare(&self, body: Bytes, dialect: Dialect) -> Prepared {
        let counted = self.stream && matches!(self.surface, Surface::Chat | Surface::Completions);
        if !counted {
            return Prepared { body, hide_usage: false, hide_timings: false };
        }
        let timings = dialect == Dialect::Timings && !self.wants_timings;
        let mut added = String::new();
        if timings {
            added.push_str("\"timings_per_token\":true,");
        }
        let mut options = String::new();
        if !self.wants_usage {
            options.push_str("\"include_usage\":true");
        }
        if dialect == Dialect::Continuous {
            let comma = if options.is_empty() { "" } else { "," };
            options.push_str(comma);
            options.push_str("\"continuous_usage_stats\":true");
        }
        let hide_usage = !self.wants_usage || dialect == Dialect::Continuous;
        // A later `null` would count more than what is added before it.
        let body = match &self.no_options {
            Some(whole) => json::without(&body, whole).into(),
            None => body,
        };
        let body = self.with(&body, &mut added, &options);
        Prepared { body, hide_usage, hide_timings: timings }
    }

    /// The body with members added at its beginning, and `options` at the end of its
    /// `stream_options`, where a later member counts.
    fn with(&self, body: &Bytes, added: &mut String, options: &str) -> Bytes {
        if !options.is_empty() && self.options.is_none() {
            added.push_str(&format!("\"stream_options\":{{{options}}},"));
        }
        let mut out = Vec::with_capacity(body.len() + added.len() + options.len() + 1);
        let open = body.iter().position(|byte| *byte == b'{').map_or(0, |at| at + 1);
        out.extend_from_slice(body.get(..open).unwrap_or_default());
        out.extend_from_slice(added.as_bytes());
        match &self.options {
            Some(at) if !options.is_empty() => {
                let inside = body.get(at.start + 1..at.end - 1).unwrap_or_default();
                let empty = inside.iter().all(u8::is_ascii_whitespace);
                out.extend_from_slice(body.get(open..at.end - 1).unwrap_or_default());
                out.extend_from_slice(if empty { b"" } else { b"," });
                out.extend_from_slice(options.as_bytes());
                out.extend_from_slice(body.get(at.end - 1..).unwrap_or_default());
            }
            _ => out.extend_from_slice(body.get(open..).unwrap_or_default()),
        }
        out.into()
    }
}

/// Members that decide over who is served what. Where one came twice, the engine might heed the other.
const ONCE: [&str; 9] = [
    "model",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "n",
    "best_of",
    "timings_per_token",
];

/// Refuses a member that came before, and one whose name is written so that it might be another:
/// what is read here must be what the engine reads.
fn once(member: &Member<'_>, seen: &mut Vec<&'static str>) -> Result<(), BadAsk> {
    if member.key.contains(&b'\\') {
        return Err(BadAsk::Escaped);
    }
    let known = ONCE.into_iter().find(|name| name.as_bytes() == member.key);
    match known {
        Some(name) if seen.contains(&name) => {
            Err(BadAsk::Member { member: name, must: "there once" })
        }
        Some(name) => {
            seen.push(name);
            Ok(())
        }
        None => Ok(()),
    }
}

fn model(value: &[u8]) -> Result<String, BadAsk> {
    let bad = BadAsk::Member { member: "model", must: "the name of a model" };
    let name = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let name = name.filter(|name| {
        let plain = |byte: &u8| *byte != b'\\' && !byte.is_ascii_control();
        !name.is_empty() && name.len() <= MODEL_BYTES_MAX && name.iter().all(plain)
    });
    name.and_then(|name| std::str::from_utf8(name).ok()).map(str::to_owned).ok_or(bad)
}

fn boolean(member: &'static str, value: &[u8]) -> Result<bool, BadAsk> {
    match value {
        b"true" => Ok(true),
        b"false" | b"null" => Ok(false),
        _ => Err(BadAsk::Member { member, must: "true or false" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Ask, BadAsk> {
        Ask::read(Surface::Chat, body.as_bytes())
    }

    fn prepared(body: &str, dialect: Dialect) -> (serde_json::Value, Prepared) {
        let prepared =
            read(body).unwrap().prepare(Bytes::copy_from_slice(body.as_bytes()), dialect);
        (serde_json::from_slice(&prepared.body).unwrap(), prepared)
    }

    #[test]
    fn what_a_request_asks_for() {
        let ask = read(
            r#"{"model":"llama-70b","messages":[{"role":"user","content":"\"model\":\"x\""}],
                "stream":true,"max_tokens":100,"max_completion_tokens":null,"n":2,
                "stream_options":{"include_usage":true}}"#,
        )
        .unwrap();
        assert_eq!(
            (ask.model.as_str(), ask.stream, ask.output_max),
            ("llama-70b", true, Some(100))
        );
        assert_eq!((ask.choices, ask.wants_usage), (2, true));
    }

    #[test]
    fn what_cannot_be_asked() {
        let said = |body: &str| read(body).unwrap_err().to_string();
        assert_eq!(said("[]"), "the body is not a JSON object");
        assert_eq!(said("{}"), "`model` must be the name of a model");
        assert_eq!(said(r#"{"model":7}"#), "`model` must be the name of a model");
        assert_eq!(said(r#"{"model":"a","stream":1}"#), "`stream` must be true or false");
        assert_eq!(said(r#"{"model":"a","max_tokens":-1}"#), "`max_tokens` must be a whole number");
    }

    #[test]
    fn what_is_read_here_is_what_the_engine_reads() {
        let said = |body: &str| read(body).unwrap_err().to_string();
        assert_eq!(said(r#"{"model":"a","model":"b"}"#), "`model` must be there once");
        assert_eq!(
            said(r#"{"model":"a","max_tokens":1,"max_tokens":9}"#),
            "`max_tokens` must be there once"
        );
        let escaped = r#"{"model":"a","mod\u0065l":"b"}"#;
        assert_eq!(said(escaped), "names of members must be written without `\\`");
        assert_eq!(
            said(r#"{"model":"a","stream_options":7}"#),
            "`stream_options` must be an object"
        );
        let (body, told) =
            prepared(r#"{"model":"a","stream":true,"stream_options":null}"#, Dialect::Continuous);
        assert_eq!(body["stream_options"]["include_usage"], true);
        assert!(told.hide_usage);
        assert_eq!(read(r#"{"model":"a","n":2,"best_of":5}"#).unwrap().choices, 5);
    }

    #[test]
    fn usage_is_asked_for_and_hidden_where_the_client_did_not_ask() {
        let (body, told) = prepared(r#"{"model":"a","stream":true}"#, Dialect::Plain);
        assert_eq!(body["stream_options"]["include_usage"], true);
        assert!(told.hide_usage && !told.hide_timings);
        let asked = r#"{"model":"a","stream":true,"stream_options":{"include_usage":true}}"#;
        let (_, told) = prepared(asked, Dialect::Plain);
        assert_eq!(told, Prepared { body: asked.into(), hide_usage: false, hide_timings: false });
        for options in ["{}", "{ }", r#"{"include_usage":false}"#, r#"{"x":[1,{}]}"#] {
            let text = format!(r#"{{"model":"a","stream_options":{options},"stream":true}}"#);
            let (body, told) = prepared(&text, Dialect::Continuous);
            assert_eq!(body["stream_options"]["include_usage"], true, "{options}");
            assert_eq!(body["stream_options"]["continuous_usage_stats"], true, "{options}");
            assert!(told.hide_usage);
        }
        let (body, told) = prepared(r#" {"model":"a","stream":true}"#, Dialect::Timings);
        assert_eq!((&body["timings_per_token"], told.hide_timings), (&true.into(), true));
    }

    #[test]
    fn what_is_no_stream_goes_as_it_came() {
        let body = r#"{"model":"a"}"#;
        let (_, told) = prepared(body, Dialect::Continuous);
        assert_eq!(told.body, body.as_bytes());
    }
}

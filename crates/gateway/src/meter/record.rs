//! What is recorded of a request.

use std::fmt;
use std::sync::Arc;

use leasehold_types::{Instant, LeaseId, TenantId};

use super::RecordId;
use crate::api::{Counts, Surface};

/// Longest [`Label`], in bytes.
pub const LABEL_BYTES_MAX: usize = crate::api::MODEL_BYTES_MAX;

/// The record of one admitted request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its own id: whatever is retried or shipped again, it counts once.
    pub id: RecordId,
    /// Who asked.
    pub tenant: TenantId,
    /// On which lease.
    pub lease: LeaseId,
    /// Which model.
    pub model: Label,
    /// Which replica answered; none where the request never reached one.
    pub replica: Option<Label>,
    /// By what people know the key: its prefix, never the key.
    pub key: Label,
    /// Which call.
    pub surface: Surface,
    /// The tokens, and who counted them.
    pub counted: Counted,
    /// What the engine made beyond that.
    pub unreceived: Unreceived,
    /// When the request was there.
    pub received: Micros,
    /// When the first of the answer was.
    pub first_token: Option<Micros>,
    /// When the answer was over.
    pub end: Micros,
    /// How it ended.
    pub outcome: Outcome,
    /// The status that the client was given.
    pub status: u16,
}

/// Tokens, and where the counts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// The engine's usage of the whole answer.
    Whole(Counts),
    /// The engine's running counts, as they stood at a cut.
    Running(Counts),
    /// What the gateway received, as the engine counts it.
    Received(Counts),
    /// Nobody counted. So many events with content came; they are no tokens and never become any.
    Unknown {
        /// Events with content.
        chunks: u64,
    },
}

/// What the engine made beyond what the gateway received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreceived {
    /// Nothing.
    Nothing,
    /// Perhaps something: the answer was cut, and the engine does not say.
    Perhaps,
    /// Something; how much is not known.
    Some,
    /// So many output tokens.
    Tokens(u64),
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Answered, whole.
    Served,
    /// Refused by the engine: the tenant's request was not one that it takes.
    Refused,
    /// Not answered: nothing served it in time, or what did failed before the answer began.
    Failed,
    /// Begun and cut.
    Cut(WhoCut),
}

/// Who cut an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhoCut {
    /// The client went away.
    Client,
    /// The drain of a recall was over.
    Drain,
    /// The gateway itself had to stop.
    Stop,
    /// The engine broke off.
    Engine,
    /// A limit of the gateway: an event too long, a reader too slow.
    Limit,
}

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub u64);

/// The name of a model or replica, or the prefix of a key, as it is recorded.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Arc<str>);

/// A text that is no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` cannot be recorded as a name: use 1 to {LABEL_BYTES_MAX} bytes without control characters"
)]
pub struct BadLabel(String);

impl Label {
    /// Checks and keeps the text. Cloning it later costs no allocation.
    ///
    /// # Errors
    /// [`BadLabel`] where it is empty, too long or holds control characters.
    pub fn new(text: &str) -> Result<Self, BadLabel> {
        if Label::is_plain(text) {
            Ok(Label(text.into()))
        } else {
            let shown = text.chars().take(80).flat_map(char::escape_debug);
            Err(BadLabel(shown.collect()))
        }
    }

    /// The text, or where that cannot be recorded, what of it can: cut to [`LABEL_BYTES_MAX`], with
    /// `\u{fffd}` for control characters, `-` for nothing. A record never fails for want of a name.
    /// Costs no allocation where nothing has to be replaced.
    pub fn lossy(text: &Arc<str>) -> Self {
        if Label::is_plain(text) {
            return Label(text.clone());
        }
        let plain = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
        let mut kept = String::new();
        for c in text.chars().map(plain) {
            if kept.len() + c.len_utf8() > LABEL_BYTES_MAX {
                break;
            }
            kept.push(c);
        }
        if kept.is_empty() { Label("-".into()) } else { Label(kept.into()) }
    }

    fn is_plain(text: &str) -> bool {
        let length = 1..=LABEL_BYTES_MAX;
        length.contains(&text.len()) && !text.chars().any(char::is_control)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for Micros {
    /// As RFC 3339, to the microsecond; held within [`Instant::MAX`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = i64::try_from(self.0 / 1_000_000).unwrap_or(i64::MAX);
        let whole = Instant::from_second(second).to_string();
        write!(f, "{}.{:06}Z", whole.trim_end_matches('Z'), self.0 % 1_000_000)
    }
}

impl Outcome {
    /// Its name in an export.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Served => "served",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
            Outcome::Cut(_) => "cut",
        }
    }
}

impl WhoCut {
    /// Its name in an export.
    pub const fn name(self) -> &'static str {
        match self {
            WhoCut::Client => "client",
            WhoCut::Drain => "drain",
            WhoCut::Stop => "stop",
            WhoCut::Engine => "engine",
            WhoCut::Limit => "limit",
        }
    }
}

impl Counted {
    /// The counts, where somebody counted.
    pub const fn counts(self) -> Option<Counts> {
        match self {
            Counted::Whole(counts) | Counted::Running(counts) | Counted::Received(counts) => {
                Some(counts)
            }
            Counted::Unknown { .. } => None,
        }
    }

    /// Its name in an export.
    pub const fn name(self) -> &'static str {
        match self {
            Counted::Whole(_) => "whole",
            Counted::Running(_) => "running",
            Counted::Received(_) => "received",
            Counted::Unknown { .. } => "unknown",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A record like most; `number` makes its id its own.
    pub(crate) fn record(number: u64) -> Record {
        let received = Micros(1_777_784_400_000_000 + number);
        Record {
            id: RecordId::new(received, number),
            tenant: TenantId::new("acme").unwrap(),
            lease: LeaseId::new("acme-chat").unwrap(),
            model: Label::new("llama-70b").unwrap(),
            replica: Some(Label::new("llama-70b/3").unwrap()),
            key: Label::new("lh-4f2a").unwrap(),
            surface: Surface::Chat,
            counted: Counted::Whole(Counts { input: 812, cached: 512, output: 97, reasoning: 0 }),
            unreceived: Unreceived::Nothing,
            received,
            first_token: Some(Micros(received.0 + 41_000)),
            end: Micros(received.0 + 2_400_000),
            outcome: Outcome::Served,
            status: 200,
        }
    }

    fn counted() -> impl Strategy<Value = Counted> {
        let counts = (any::<u64>(), any::<u64>(), any::<u64>(), any::<u64>()).prop_map(
            |(input, cached, output, reasoning)| Counts { input, cached, output, reasoning },
        );
        prop_oneof![
            counts.clone().prop_map(Counted::Whole),
            counts.clone().prop_map(Counted::Running),
            counts.prop_map(Counted::Received),
            any::<u64>().prop_map(|chunks| Counted::Unknown { chunks }),
        ]
    }

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop::sample::select(vec![
            Outcome::Served,
            Outcome::Refused,
            Outcome::Failed,
            Outcome::Cut(WhoCut::Client),
            Outcome::Cut(WhoCut::Drain),
            Outcome::Cut(WhoCut::Stop),
            Outcome::Cut(WhoCut::Engine),
            Outcome::Cut(WhoCut::Limit),
        ])
    }

    fn unreceived() -> impl Strategy<Value = Unreceived> {
        prop_oneof![
            Just(Unreceived::Nothing),
            Just(Unreceived::Perhaps),
            Just(Unreceived::Some),
            any::<u64>().prop_map(Unreceived::Tokens),
        ]
    }

    prop_compose! {
        /// Any record.
        pub(crate) fn records()(
            (number, random) in any::<(u64, u64)>(),
            names in ("[a-z0-9][a-z0-9./_-]{0,63}", "[a-z0-9][a-z0-9./_-]{0,63}"),
            labels in ("[ -~é]{1,80}", prop::option::of("[ -~]{1,256}"), "[ -~]{1,20}"),
            surface in prop::sample::select(Surface::ALL.to_vec()),
            (counted, unreceived, outcome) in (counted(), unreceived(), outcome()),
            (received, first, end) in any::<(u64, Option<u64>, u64)>(),
            status in any::<u16>(),
        ) -> Record {
            Record {
                id: RecordId::new(Micros(number), random),
                tenant: TenantId::new(&names.0).unwrap(),
                lease: LeaseId::new(&names.1).unwrap(),
                model: Label::new(&labels.0).unwrap(),
                replica: labels.1.map(|text| Label::new(&text).unwrap()),
                key: Label::new(&labels.2).unwrap(),
                surface, counted, unreceived,
                received: Micros(received),
                first_token: first.map(Micros),
                end: Micros(end),
                outcome, status,
            }
        }
    }

    #[test]
    fn labels_are_checked() {
        assert_eq!(Label::new("lh-4f2a").unwrap().to_string(), "lh-4f2a");
        for bad in ["", "a\nb", &"x".repeat(257)] {
            assert!(Label::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            Label::new("a\n").unwrap_err().to_string(),
            "`a\\n` cannot be recorded as a name: use 1 to 256 bytes without control characters"
        );
    }

    #[test]
    fn any_text_becomes_a_label() {
        let lossy = |text: &str| Label::lossy(&text.into()).to_string();
        assert_eq!((lossy("tiny"), lossy("")), ("tiny".to_owned(), "-".to_owned()));
        assert_eq!(lossy("a\nb"), "a\u{fffd}b");
        assert_eq!(lossy(&"é".repeat(200)), "é".repeat(128));
        assert_eq!(lossy(&"\n".repeat(200)), "\u{fffd}".repeat(85));
    }

    #[test]
    fn times_are_written_to_the_microsecond() {
        assert_eq!(Micros(1_777_784_400_000_042).to_string(), "2026-05-03T05:00:00.000042Z");
    }
}

//! What happened: the entries that the state is made of, and how each is written.
//!
//! An entry is written as a kind, a version of that kind's encoding, and a body of JSON. A kind is
//! never given another meaning: a body that changes its shape gets the next version, and the old
//! one goes on being read here.

use std::sync::Arc;

use leasehold_books::event::{Event as BooksEvent, reread, to_line};
use leasehold_desk::{Actor, Event as DeskEvent, EventKind};
use leasehold_types::{Date, Instant, LeaseId, TenantId};
use serde::{Deserialize, Serialize};

use super::access::AccessEvent;
use super::quote::Made;
use super::{Policy, Who};
use crate::id::{ApprovalId, QuoteId};

/// The version of every encoding that is written here.
pub const ENCODING: u32 = 1;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it takes effect. Entries never go back in time.
    pub at: Instant,
    /// Who brought it about.
    pub by: Who,
    /// What it is.
    pub body: Body,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The journal began. Always the first entry, and never another one.
    Founded(Founded),
    /// Something happened on the desk; with the desk's own words for who brought it about.
    Desk(Actor, EventKind),
    /// The text of a version of a lease was kept, just before it was signed or agreed.
    Sheet {
        /// Which lease.
        lease: LeaseId,
        /// Which version.
        version: u32,
        /// The text.
        text: Arc<str>,
    },
    /// The books were told of what happened outside.
    Books(Vec<BooksEvent>),
    /// The books closed a day.
    Closed {
        /// The day.
        through: Date,
    },
    /// Organisations, people, keys, sessions.
    Access(AccessEvent),
    /// A quote was made.
    Quoted(Box<Made>),
    /// The step of a quote was carried out; its entries come next.
    QuoteConfirmed {
        /// The quote.
        quote: QuoteId,
    },
    /// The step of a quote waits for a second person.
    ApprovalAsked {
        /// The request.
        approval: ApprovalId,
        /// The quote.
        quote: QuoteId,
    },
    /// A second person approved.
    ApprovalGiven {
        /// The request.
        approval: ApprovalId,
    },
    /// A second person declined.
    ApprovalDeclined {
        /// The request.
        approval: ApprovalId,
        /// Why.
        reason: String,
    },
    /// What needs a second person was decided.
    PolicySet(Policy),
}

/// How a journal begins: everything that the state does not learn later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founded {
    /// The text of the fleet.
    pub fleet: Arc<str>,
    /// The owner, as the leases name it.
    pub owner: TenantId,
    /// Its name.
    pub owner_name: String,
    /// The time-zone tables by which it began.
    pub tzdb: String,
    /// The currency table by which it began.
    pub currencies: String,
}

/// An entry as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What it is, as `group` or `group.word`.
    pub kind: String,
    /// The version of the kind's encoding.
    pub version: u32,
    /// Its body, as JSON.
    pub body: Vec<u8>,
}

/// An entry that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadEntry {
    /// A kind or a version that is not known here.
    #[error(
        "an entry of kind `{kind}`, version {version}, is not known to this program; use the version of it that wrote it, or a later one"
    )]
    Unknown {
        /// The kind.
        kind: String,
        /// The version.
        version: u32,
    },
    /// Its body is not what its kind says.
    #[error("the body of an entry of kind `{kind}` cannot be read; verify the journal")]
    Body {
        /// The kind.
        kind: String,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// An event of the books in it cannot be read.
    #[error("an event of the books in an entry cannot be read: {0}; verify the journal")]
    Event(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskBody {
    by: Actor,
    event: EventKind,
}

/// As it is written, without a copy: a lease may be large.
#[derive(Serialize)]
struct DeskBodyOf<'a> {
    by: &'a Actor,
    event: &'a EventKind,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SheetBody {
    lease: LeaseId,
    version: u32,
    text: Arc<str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClosedBody {
    through: Date,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmedBody {
    quote: QuoteId,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApprovalBody {
    approval: ApprovalId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quote: Option<QuoteId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Body {
    /// As the journal keeps it.
    ///
    /// # Errors
    /// As `serde_json`; in practice none, for every field can be written.
    pub fn encode(&self) -> Result<Encoded, serde_json::Error> {
        let (kind, body) = match self {
            Body::Founded(founded) => ("founded".to_owned(), serde_json::to_vec(founded)?),
            Body::Desk(by, event) => {
                let body = serde_json::to_vec(&DeskBodyOf { by, event })?;
                (format!("desk.{}", word_of(event)?), body)
            }
            Body::Sheet { lease, version, text } => {
                let (lease, version, text) = (lease.clone(), *version, text.clone());
                ("sheet".to_owned(), serde_json::to_vec(&SheetBody { lease, version, text })?)
            }
            Body::Books(events) => {
                let lines: Result<Vec<String>, _> = events.iter().map(to_line).collect();
                ("books".to_owned(), format!("[{}]", lines?.join(BETWEEN_LINES)).into_bytes())
            }
            Body::Closed { through } => {
                ("closed".to_owned(), serde_json::to_vec(&ClosedBody { through: *through })?)
            }
            Body::Access(event) => {
                (format!("access.{}", word_of(event)?), serde_json::to_vec(event)?)
            }
            Body::Quoted(made) => ("quote.made".to_owned(), serde_json::to_vec(made)?),
            Body::QuoteConfirmed { quote } => {
                let body = ConfirmedBody { quote: quote.clone() };
                ("quote.confirmed".to_owned(), serde_json::to_vec(&body)?)
            }
            Body::ApprovalAsked { approval, quote } => {
                ("approval.asked".to_owned(), approval_body(approval, Some(quote), None)?)
            }
            Body::ApprovalGiven { approval } => {
                ("approval.given".to_owned(), approval_body(approval, None, None)?)
            }
            Body::ApprovalDeclined { approval, reason } => {
                ("approval.declined".to_owned(), approval_body(approval, None, Some(reason))?)
            }
            Body::PolicySet(policy) => ("policy".to_owned(), serde_json::to_vec(policy)?),
        };
        Ok(Encoded { kind, version: ENCODING, body })
    }

    /// Reads what [`Body::encode`] wrote.
    ///
    /// # Errors
    /// [`BadEntry`].
    pub fn decode(kind: &str, version: u32, body: &[u8]) -> Result<Self, BadEntry> {
        let unknown = || BadEntry::Unknown { kind: kind.to_owned(), version };
        if version != ENCODING {
            return Err(unknown());
        }
        let (group, word) = kind.split_once('.').unwrap_or((kind, ""));
        Ok(match (group, word) {
            ("founded", "") => Body::Founded(read(kind, body)?),
            ("desk", _) => {
                let DeskBody { by, event } = read(kind, body)?;
                Body::Desk(by, event)
            }
            ("sheet", "") => {
                let SheetBody { lease, version, text } = read(kind, body)?;
                Body::Sheet { lease, version, text }
            }
            ("books", "") => Body::Books(events(body)?),
            ("closed", "") => {
                let ClosedBody { through } = read(kind, body)?;
                Body::Closed { through }
            }
            ("access", _) => Body::Access(read(kind, body)?),
            ("quote", "made") => Body::Quoted(read(kind, body)?),
            ("quote", "confirmed") => {
                let ConfirmedBody { quote } = read(kind, body)?;
                Body::QuoteConfirmed { quote }
            }
            ("approval", _) => approval(word, read(kind, body)?).ok_or_else(unknown)?,
            ("policy", "") => Body::PolicySet(read(kind, body)?),
            _ => return Err(unknown()),
        })
    }

    /// The desk's event, where it is one.
    pub fn desk_event(&self, at: Instant) -> Option<DeskEvent> {
        match self {
            Body::Desk(by, kind) => Some(DeskEvent { at, by: by.clone(), kind: kind.clone() }),
            _ => None,
        }
    }
}

fn approval_body(
    approval: &ApprovalId,
    quote: Option<&QuoteId>,
    reason: Option<&String>,
) -> Result<Vec<u8>, serde_json::Error> {
    let (quote, reason) = (quote.cloned(), reason.cloned());
    serde_json::to_vec(&ApprovalBody { approval: approval.clone(), quote, reason })
}

fn approval(word: &str, body: ApprovalBody) -> Option<Body> {
    let ApprovalBody { approval, quote, reason } = body;
    match (word, quote, reason) {
        ("asked", Some(quote), None) => Some(Body::ApprovalAsked { approval, quote }),
        ("given", None, None) => Some(Body::ApprovalGiven { approval }),
        ("declined", None, Some(reason)) => Some(Body::ApprovalDeclined { approval, reason }),
        _ => None,
    }
}

fn read<'a, T: Deserialize<'a>>(kind: &str, body: &'a [u8]) -> Result<T, BadEntry> {
    serde_json::from_slice(body).map_err(|source| BadEntry::Body { kind: kind.to_owned(), source })
}

/// Between two events in a body. JSON writes a line's end inside a text as an escape, so this
/// stands nowhere else.
const BETWEEN_LINES: &str = ",\n";

fn events(body: &[u8]) -> Result<Vec<BooksEvent>, BadEntry> {
    let wrong = || BadEntry::Event("it is no list of lines".to_owned());
    let text = std::str::from_utf8(body).map_err(|_| wrong())?;
    let lines = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).ok_or_else(wrong)?;
    let lines = lines.split(BETWEEN_LINES).filter(|line| !line.is_empty());
    lines.map(reread).collect::<Result<_, _>>().map_err(|fault| BadEntry::Event(fault.to_string()))
}

/// The word by which serde tags a variant: the first text of its JSON.
fn word_of(variant: &impl Serialize) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(variant)?;
    Ok(json.split('"').nth(1).unwrap_or_default().to_owned())
}

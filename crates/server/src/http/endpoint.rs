//! A row of the table of routes.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use leasehold_types::Instant;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::app::{App, Incoming};
use super::draws::{self, Draws};
use super::problem::Problem;
use crate::live::{ActKind, Caller, Entry, Live, Right};
use crate::writer::{Reply, Work};

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes, or does.
    Post,
    /// Puts something in the place of what was there.
    Put,
    /// Changes a part.
    Patch,
    /// Takes away.
    Delete,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Everybody.
    Nothing,
    /// Whoever is signed in, for what is its own.
    SignedIn,
    /// Whoever has this right.
    Right(Right),
}

/// A parameter of the query.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it is a whole number.
    pub number: bool,
}

/// The parameters of a list.
pub const PAGE: &[Param] = &[
    Param {
        name: "limit",
        about: "How many at most: 1 to 500, 100 where absent",
        required: false,
        number: true,
    },
    Param {
        name: "after",
        about: "The `next` of the page before; from the beginning where absent",
        required: false,
        number: false,
    },
];

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;
type ReadFn = fn(&Look<'_>) -> Result<Shown, Problem>;
type WriteFn = fn(&Asking<'_>) -> Result<Work, Problem>;
/// What a route of its own kind gives.
pub type Pending = Pin<Box<dyn Future<Output = Result<Shown, Problem>> + Send>>;
type SpecialFn = fn(Arc<App>, Incoming) -> Pending;

/// What does it.
#[derive(Clone, Copy)]
pub enum Run {
    /// A read of the committed state.
    Read(ReadFn),
    /// An act.
    Write(WriteFn),
    /// Something else: it reads the journal, or works out a password.
    Special(SpecialFn),
}

/// A route.
#[derive(Clone)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Its id in the OpenAPI document.
    pub id: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// Who may call it.
    pub needs: Needs,
    /// Parameters of the query.
    pub query: Vec<Param>,
    /// What goes in.
    pub body: Option<SchemaOf>,
    /// Bodies as they may be sent: for readers, and for the tests that call every route.
    pub examples: Vec<&'static str>,
    /// The status where all is well.
    pub status: u16,
    /// What comes out.
    pub answer: Option<SchemaOf>,
    /// The media type of what comes out.
    pub media: &'static str,
    /// What does it.
    pub run: Run,
}

fn nothing(_: &Look<'_>) -> Result<Shown, Problem> {
    Err(Problem::not_found("this route does nothing"))
}

impl Endpoint {
    /// A route that does nothing yet.
    pub fn new(method: Method, path: &'static str, id: &'static str, needs: Needs) -> Self {
        Endpoint {
            method,
            path,
            id,
            summary: "",
            needs,
            query: Vec::new(),
            body: None,
            examples: Vec::new(),
            status: 200,
            answer: None,
            media: "application/json",
            run: Run::Read(nothing),
        }
    }

    /// A route that reads.
    pub fn get(path: &'static str, id: &'static str, needs: Needs) -> Self {
        Endpoint::new(Method::Get, path, id, needs)
    }

    /// A route that makes or does something.
    pub fn post(path: &'static str, id: &'static str, needs: Needs) -> Self {
        Endpoint::new(Method::Post, path, id, needs)
    }

    /// What it does, in a line.
    #[must_use]
    pub const fn about(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Parameters of the query.
    #[must_use]
    pub fn query(mut self, params: &[Param]) -> Self {
        self.query.extend_from_slice(params);
        self
    }

    /// What goes in, with examples of it.
    #[must_use]
    pub fn takes<T: JsonSchema>(mut self, examples: &[&'static str]) -> Self {
        self.body = Some(SchemaGenerator::subschema_for::<T>);
        self.examples = examples.to_vec();
        self
    }

    /// What comes out.
    #[must_use]
    pub fn gives<T: JsonSchema>(mut self, status: u16) -> Self {
        self.status = status;
        self.answer = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// Nothing comes out.
    #[must_use]
    pub const fn gives_nothing(mut self) -> Self {
        self.status = 204;
        self
    }

    /// Something else than JSON comes out.
    #[must_use]
    pub const fn gives_media(mut self, media: &'static str) -> Self {
        self.media = media;
        self
    }

    /// Reads.
    #[must_use]
    pub fn read(mut self, run: ReadFn) -> Self {
        self.run = Run::Read(run);
        self
    }

    /// Acts.
    #[must_use]
    pub fn write(mut self, run: WriteFn) -> Self {
        self.run = Run::Write(run);
        self
    }

    /// Does something else.
    #[must_use]
    pub fn special(mut self, run: SpecialFn) -> Self {
        self.run = Run::Special(run);
        self
    }

    /// The names of the parameters in the path.
    pub fn path_params(&self) -> Vec<&'static str> {
        self.path
            .split('/')
            .filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')))
            .collect()
    }

    /// Whether it changes something, so that it needs an idempotency key.
    pub const fn writes(&self) -> bool {
        matches!(self.run, Run::Write(_))
    }
}

/// Parameters by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(pub BTreeMap<String, String>);

impl Params {
    /// The parameter of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Reads the parameter of that name.
    ///
    /// # Errors
    /// [`Problem`] where it is absent or cannot be read.
    pub fn read<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        name: &'static str,
    ) -> Result<T, Problem> {
        match self.read_if(name)? {
            Some(value) => Ok(value),
            None => Err(Problem::invalid(format!("`{name}` is missing; give it"))),
        }
    }

    /// Reads the parameter of that name, where it is there.
    ///
    /// # Errors
    /// [`Problem`] where it cannot be read.
    pub fn read_if<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let shown: String = text.chars().take(80).collect();
        let bad = |error: T::Err| Problem::invalid(format!("`{name}` is `{shown}`: {error}"));
        text.parse().map(Some).map_err(bad)
    }
}

/// A read: what may be looked at, and what is asked.
pub struct Look<'a> {
    /// The committed state.
    pub live: &'a Live,
    /// Who calls.
    pub caller: &'a Caller,
    /// When.
    pub now: Instant,
    /// Parameters of the path.
    pub path: &'a Params,
    /// Parameters of the query.
    pub query: &'a Params,
}

/// An act in the making.
pub struct Asking<'a> {
    /// The committed state; what is decided later is decided on the state of then.
    pub live: &'a Live,
    /// Who calls.
    pub caller: &'a Caller,
    /// When.
    pub now: Instant,
    /// Parameters of the path.
    pub path: &'a Params,
    /// The body.
    pub body: &'a [u8],
    /// Random bytes.
    pub draws: &'a dyn Draws,
}

impl Asking<'_> {
    /// Reads the body.
    ///
    /// # Errors
    /// [`Problem`] where it is no JSON, or not of that shape.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        read_body(self.body)
    }

    /// Ten random bytes, for an id.
    ///
    /// # Errors
    /// [`Problem`] where the system has none.
    pub fn ten(&self) -> Result<[u8; 10], Problem> {
        draws::ten(self.draws).map_err(Problem::fault)
    }
}

/// Reads a body.
///
/// # Errors
/// [`Problem`] where it is no JSON, or not of that shape.
pub fn read_body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Problem::invalid(format!("the body: {error}")),
        _ => Problem::malformed(format!("the body is no JSON: {error}")),
    })
}

/// What is answered to a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The status.
    pub status: u16,
    /// The media type.
    pub media: &'static str,
    /// The body.
    pub body: Vec<u8>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

impl Shown {
    /// A value as JSON.
    ///
    /// # Errors
    /// [`Problem`] where it cannot be written, which does not happen.
    pub fn json(value: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(|error| Problem::fault(error.to_string()))?;
        Ok(Shown { status: 200, media: "application/json", body, headers: Vec::new() })
    }
}

/// An act whose answer is made from the state just after it.
pub fn work<T: Serialize>(
    act: ActKind,
    status: u16,
    answer: impl FnOnce(&Live, &[Entry]) -> T + Send + 'static,
) -> Work {
    let render = move |live: &Live, entries: &[Entry]| Reply {
        status,
        location: None,
        body: serde_json::to_string(&answer(live, entries)).unwrap_or_default(),
    };
    Work { act, render: Box::new(render) }
}

/// An act whose answer says where what it made is found.
pub fn made<T: Serialize>(
    act: ActKind,
    location: String,
    answer: impl FnOnce(&Live, &[Entry]) -> T + Send + 'static,
) -> Work {
    let render = move |live: &Live, entries: &[Entry]| Reply {
        status: 201,
        location: Some(location),
        body: serde_json::to_string(&answer(live, entries)).unwrap_or_default(),
    };
    Work { act, render: Box::new(render) }
}

/// An act that has no answer but that it is done.
pub fn silent(act: ActKind) -> Work {
    let render = |_: &Live, _: &[Entry]| Reply { status: 204, location: None, body: String::new() };
    Work { act, render: Box::new(render) }
}

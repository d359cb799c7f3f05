//! Who calls: an API key as a bearer token, or a session's cookie.
//!
//! A browser sends a cookie by itself, so a request that writes with a session must also bring the
//! token that only the page knows: the session's CSRF token, which follows from the session's own.

use axum::http::{HeaderMap, header};
use leasehold_desk::Digest;
use leasehold_types::{Instant, Seconds};

use super::problem::Problem;
use crate::live::{Caller, Live};

/// The cookie of a session. Its prefix makes browsers keep it to this host, over TLS.
pub const COOKIE: &str = "__Host-leasehold";
/// The header with the CSRF token.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// For how long a session lasts.
pub const SESSION_LASTS: Seconds = Seconds::from_hours(12);

/// By what a request says who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// An API key.
    Key(String),
    /// A session, and the CSRF token that came with it.
    Session(String, Option<String>),
}

impl Token {
    /// What a request brings, a key before a session.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(given) = text(header::AUTHORIZATION.as_str()) {
            let (scheme, token) = given.split_once(' ')?;
            return scheme
                .eq_ignore_ascii_case("bearer")
                .then(|| Token::Key(token.trim().to_owned()));
        }
        let cookies = text(header::COOKIE.as_str())?.split(';');
        let mut pairs = cookies.filter_map(|pair| pair.trim().split_once('='));
        let (_, token) = pairs.find(|(name, _)| *name == COOKIE)?;
        Some(Token::Session(token.to_owned(), text(CSRF_HEADER).map(str::to_owned)))
    }

    /// Who that is at `now`; a session that writes has to bring its CSRF token.
    ///
    /// # Errors
    /// [`Problem`] where it is nobody, or the CSRF token is missing or wrong.
    pub fn caller(&self, live: &Live, now: Instant, writes: bool) -> Result<Caller, Problem> {
        let who = match self {
            Token::Key(token) => live.access().bearer(token, now),
            Token::Session(token, _) => live.access().session_of(token, now),
        };
        let who = who.ok_or_else(nobody)?;
        let caller = live.access().caller(live.owner(), &who, now)?;
        if let Token::Session(token, given) = self
            && writes
            && given.as_deref() != Some(csrf_of(token).as_str())
        {
            return Err(Problem::new(
                403,
                "csrf",
                "The CSRF token is missing or wrong",
                format!(
                    "a session that writes sends the header `{CSRF_HEADER}` with the token that signing in, or GET /v1/session, has given"
                ),
            ));
        }
        Ok(caller)
    }

    /// By what its requests are counted.
    pub fn rate_key(&self) -> String {
        let (Token::Key(token) | Token::Session(token, _)) = self;
        Digest::of(token.as_bytes()).to_string()
    }
}

/// The CSRF token of a session: whoever knows the session's token can work it out, nobody else.
pub fn csrf_of(session: &str) -> String {
    Digest::of(format!("leasehold csrf\n{session}").as_bytes()).to_string()
}

/// Nobody, or somebody who does not count any more.
pub fn nobody() -> Problem {
    Problem::not_signed_in(
        "give an API key that is neither expired nor revoked as `Authorization: Bearer KEY`, or \
         sign in at POST /v1/session",
    )
}

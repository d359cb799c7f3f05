//! From what is shown to a response of HTTP.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use leasehold_desk::Digest;

use super::endpoint::Shown;
use super::problem::{PROBLEM_MEDIA, Problem};
use crate::writer::Done;

/// Characters of a digest in an entity tag: 64 bits tell versions of one thing apart.
const ETAG_CHARS: usize = 16;

/// The answer to a read: with its tag, or without its body where the client has it already.
pub(super) fn shown(shown: Shown, is_read: bool, if_none_match: Option<&str>) -> Response<Body> {
    let tag = Digest::of(&shown.body).to_string();
    let tag = format!("\"{}\"", &tag[..ETAG_CHARS]);
    let known = if_none_match.is_some_and(|known| {
        known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*")
    });
    let unchanged = is_read && known && shown.status == 200;
    let (status, body) =
        if unchanged { (304, Body::empty()) } else { (shown.status, Body::from(shown.body)) };
    let mut response = plain(status, body);
    let headers = response.headers_mut();
    if !unchanged {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(shown.media));
    }
    if is_read && matches!(status, 200 | 304) {
        set(headers, header::ETAG, &tag);
    }
    for (name, value) in shown.headers {
        set(headers, header::HeaderName::from_static(name), &value);
    }
    response
}

/// The answer to an act that is on record.
pub(super) fn done(done: Done) -> Response<Body> {
    let empty = done.reply.body.is_empty();
    let mut response = plain(done.reply.status, Body::from(done.reply.body));
    let headers = response.headers_mut();
    if !empty {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(location) = &done.reply.location {
        set(headers, header::LOCATION, location);
    }
    if done.repeated {
        let name = header::HeaderName::from_static("idempotency-replayed");
        headers.insert(name, HeaderValue::from_static("true"));
    }
    response
}

/// What went wrong.
pub(super) fn problem(mut problem: Problem, request: &str) -> Response<Body> {
    problem.instance = Some(request.into());
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = plain(problem.status, Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA));
    if problem.status == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = problem.retry_after {
        set(headers, header::RETRY_AFTER, &seconds.to_string());
    }
    response
}

fn plain(status: u16, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    // What one caller may see is not for a cache that others share.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

pub(super) fn set(headers: &mut axum::http::HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

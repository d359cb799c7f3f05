//! What answers say in their headers beside what the engine says: the request's id, and how much of
//! its lease is free, by the names that each API's clients know.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use crate::admission::Standing;
use crate::api::Family;
use crate::meter::{Micros, RecordId};

/// The names of one API's headers.
struct Names {
    id: HeaderName,
    requests_limit: HeaderName,
    requests_remaining: HeaderName,
    tokens_limit: HeaderName,
    tokens_remaining: HeaderName,
    tokens_reset: HeaderName,
}

const OPENAI: Names = Names {
    id: HeaderName::from_static("x-request-id"),
    requests_limit: HeaderName::from_static("x-ratelimit-limit-requests"),
    requests_remaining: HeaderName::from_static("x-ratelimit-remaining-requests"),
    tokens_limit: HeaderName::from_static("x-ratelimit-limit-tokens"),
    tokens_remaining: HeaderName::from_static("x-ratelimit-remaining-tokens"),
    tokens_reset: HeaderName::from_static("x-ratelimit-reset-tokens"),
};

const ANTHROPIC: Names = Names {
    id: HeaderName::from_static("request-id"),
    requests_limit: HeaderName::from_static("anthropic-ratelimit-requests-limit"),
    requests_remaining: HeaderName::from_static("anthropic-ratelimit-requests-remaining"),
    tokens_limit: HeaderName::from_static("anthropic-ratelimit-tokens-limit"),
    tokens_remaining: HeaderName::from_static("anthropic-ratelimit-tokens-remaining"),
    tokens_reset: HeaderName::from_static("anthropic-ratelimit-tokens-reset"),
};

/// Says which request it was, and how its lease stands at `wall`, in microseconds since 1970.
/// Requests are those under way at once.
pub(super) fn say(
    headers: &mut HeaderMap,
    family: Family,
    id: RecordId,
    lease: Option<Standing>,
    wall: u64,
) {
    let names = if family == Family::OpenAi { &OPENAI } else { &ANTHROPIC };
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(&names.id, id);
    }
    let Some(lease) = lease else { return };
    headers.insert(&names.requests_limit, lease.requests.into());
    let free = lease.requests.saturating_sub(lease.under_way);
    headers.insert(&names.requests_remaining, free.into());
    let (Some(tokens), Some(rate)) = (lease.tokens, lease.tokens_per_minute) else { return };
    headers.insert(&names.tokens_limit, rate.into());
    headers.insert(&names.tokens_remaining, tokens.into());
    // Until the bucket is full again, in whole seconds.
    let seconds = (rate.saturating_sub(tokens).saturating_mul(60)).div_ceil(rate.max(1));
    let reset = match family {
        Family::OpenAi => format!("{seconds}s"),
        Family::Anthropic => {
            let at = (wall / 1_000_000).saturating_add(seconds).saturating_mul(1_000_000);
            Micros(at).to_string().replace(".000000Z", "Z")
        }
    };
    if let Ok(reset) = HeaderValue::try_from(reset) {
        headers.insert(&names.tokens_reset, reset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(family: Family) -> Vec<String> {
        let lease = Standing {
            under_way: 3,
            requests: 8,
            waiting: 0,
            tokens: Some(45_000),
            tokens_per_minute: Some(60_000),
        };
        let (mut headers, wall) = (HeaderMap::new(), 1_777_784_400_000_007);
        say(&mut headers, family, RecordId::new(Micros(wall), 1), Some(lease), wall);
        let mut lines: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        lines
    }

    #[test]
    fn each_api_hears_it_by_its_own_names() {
        assert_eq!(
            said(Family::OpenAi),
            [
                "x-ratelimit-limit-requests: 8",
                "x-ratelimit-limit-tokens: 60000",
                "x-ratelimit-remaining-requests: 5",
                "x-ratelimit-remaining-tokens: 45000",
                "x-ratelimit-reset-tokens: 15s",
                "x-request-id: 019dec35-2880-701c-8000-000000000001",
            ]
        );
        let anthropic = said(Family::Anthropic);
        assert!(anthropic.contains(&"anthropic-ratelimit-requests-remaining: 5".to_owned()));
        let reset = "anthropic-ratelimit-tokens-reset: 2026-05-03T05:00:15Z".to_owned();
        assert!(anthropic.contains(&reset), "{anthropic:?}");
    }
}

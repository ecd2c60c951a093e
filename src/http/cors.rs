//! Cross-origin requests (Fetch, 3.3): pages of the origins in
//! `trusted_origins` may use the API from a browser, and no others. Without any
//! there is no trace of it in an answer (SECURITY-BAR H10).

use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

use super::auth::origin_of;
use crate::config::Config;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");

/// What a page may send besides what any form could.
const SENT: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, \
     x-request-id",
);

/// What a page may read besides what it always can.
const READ: &str = "etag, link, location, idempotent-replayed, ratelimit, ratelimit-policy, \
     retry-after, www-authenticate, x-request-id, x-retry-after";

/// What it may read below `/api/auth` as well.
const READ_OF_AUTH: &str = "set-auth-jwt, set-auth-token";

/// How long a browser may remember what a preflight was told, in seconds.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");

/// The origins whose pages may read answers.
pub(super) struct Cors(Vec<String>);

impl Cors {
    pub(super) fn new(config: &Config) -> Cors {
        let origin = |url: &crate::config::BaseUrl| origin_of(&url.to_string());
        Cors(config.trusted_origins.iter().filter_map(origin).collect())
    }

    /// The answer to a browser that asks whether a page may send something.
    pub(super) fn preflight(&self, head: &Parts) -> Option<(StatusCode, HeaderMap)> {
        let asks = head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if head.method != Method::OPTIONS || !asks || !is_api(head) {
            return None;
        }
        self.origin(head)?;
        let headers = HeaderMap::from_iter([
            (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (ACCESS_CONTROL_ALLOW_HEADERS, SENT),
            (ACCESS_CONTROL_MAX_AGE, REMEMBERED),
        ]);
        Some((StatusCode::NO_CONTENT, headers))
    }

    /// Says in an answer who may read it. The cookie goes with a request to
    /// `/api/auth` alone: the rest of the API takes none.
    pub(super) fn add(&self, head: &Parts, headers: &mut HeaderMap) {
        if self.0.is_empty() || !is_api(head) {
            return;
        }
        headers.append(VARY, HeaderValue::from_static("origin"));
        let Some(origin) = self.origin(head) else { return };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        let mut read = READ.to_owned();
        if head.uri.path().starts_with("/api/auth/") {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            read = format!("{READ_OF_AUTH}, {READ}");
        }
        if let Ok(read) = HeaderValue::try_from(read) {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, read);
        }
    }

    /// Where the page stands, if it is listed: one header, compared exactly.
    fn origin<'h>(&self, head: &'h Parts) -> Option<&'h HeaderValue> {
        let mut sent = head.headers.get_all(ORIGIN).iter();
        let (only, more) = (sent.next()?, sent.next());
        let listed = self.0.iter().any(|listed| listed.as_bytes() == only.as_bytes());
        (listed && more.is_none()).then_some(only)
    }
}

fn is_api(head: &Parts) -> bool {
    head.uri.path().starts_with("/api/")
}

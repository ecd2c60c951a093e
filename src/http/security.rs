//! Headers that every answer carries.

use hyper::HeaderMap;
use hyper::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

/// For data: nothing in it is a page.
const DATA: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// For the page: its own files and nothing from elsewhere, nothing inline.
const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// For the service worker: it may fetch the page's files.
pub(super) const WORKER: &str = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// For a year, which is the least that ASVS 3.4.1 asks for.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Whether browsers are told never to come by plain http again (RFC 6797).
pub(super) struct Transport {
    only_https: bool,
}

impl Transport {
    /// They are where people use https at its own port. A browser takes the word for
    /// the whole host, whatever the port: with a port in the address others are
    /// likely to be there too, who may not speak https.
    pub(super) fn of(base_url: &str) -> Transport {
        let host = base_url.strip_prefix("https://");
        let has_port = |host: &str| host.rsplit(']').next().is_some_and(|end| end.contains(':'));
        Transport { only_https: host.is_some_and(|host| !has_port(host)) }
    }
}

/// Adds them (SECURITY-BAR H9).
pub(super) fn add(transport: Option<&Transport>, headers: &mut HeaderMap) {
    if transport.is_some_and(|transport| transport.only_https) {
        headers.insert(STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let is_page =
        headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        headers.insert(CONTENT_SECURITY_POLICY, PAGE);
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(OPENER, HeaderValue::from_static("same-origin"));
        headers.insert(
            PERMISSIONS,
            HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
        );
    } else {
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(DATA);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_of_its_own_is_bound_to_https() {
        let bound = |url| Transport::of(url).only_https;
        assert!(bound("https://tasks.example.org"));
        assert!(bound("https://[fd00::1]"));
        for free in
            ["http://tasks.example.org", "https://nas.example.org:8443", "https://[::1]:8443"]
        {
            assert!(!bound(free), "{free}");
        }
    }
}
